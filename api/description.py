"""
The OpenAPI document: what each operation may answer, and an example of what is sent and answered.

FastAPI writes the schemas; what is added here follows from them. An operation tells only the
refusals it can give. An example is made of the examples of the fields, then of ``samples.yaml``
by the name of the field, so that it is always of its schema: a test sends every one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from ruamel.yaml import YAML
from starlette.routing import compile_path

from allocation.wording import catalogue

Schema = dict[str, Any]
PROBLEM = "application/problem+json"
_JSON = "application/json"
_BODY = {"413", "415", "422"}
_ALWAYS = {"429", "500", "503"}  # 429: every address may be asked for too often
# The refusal shown as the example of a status.
_SHOWN = {
    "400": "cursor.invalid",
    "401": "auth.required",
    "403": "access.denied",
    "404": "access.absent",
    "405": "service.http.method",
    "409": "idempotency.other_request",
    "413": "service.http.too_large",
    "415": "service.http.media_type",
    "422": "service.input_refused",
    "429": "presentation.too_many_refused",
    "500": "service.internal_error",
    "503": "database.away",
}
_FORMATS = {"date": "2026-06-12", "date-time": "2026-06-12T09:30:00Z", "password": "secret"}
_DEEPEST = 6
_PARAMETER = re.compile(r"\{[^}]*\}")


class DescribedApp(FastAPI):
    """An application whose document is completed once, when it is first asked for."""

    def openapi(self) -> dict[str, Any]:
        """The document."""
        if self.openapi_schema is None:
            _complete(super().openapi())  # what it gives is what it keeps
        return super().openapi()

    def methods_of(self, path: str) -> list[str]:
        """What an address takes: the methods of the template that spells most of it out."""
        paths = self.openapi()["paths"]
        spelt = {t: len(_PARAMETER.sub("", t)) for t in paths if compile_path(t)[0].match(path)}
        most = max(spelt.values(), default=0)
        return sorted({m.upper() for t, n in spelt.items() if n == most for m in paths[t]})


def _complete(document: dict[str, Any]) -> None:
    shared: dict[str, Any] = document["components"].setdefault("responses", {})
    for operation in _operations(document):
        told = operation["responses"]
        possible = _possible(operation)
        for status in [s for s in told if s not in possible and not s.startswith("2")]:
            del told[status]
        for status, response in told.items():
            if _is_problem(response):
                shared[f"Refused{status}"] = _refusal(status, response)
                told[status] = {"$ref": f"#/components/responses/Refused{status}"}
            else:
                _add_example(response, document, is_sent=False)
        if "requestBody" in operation:
            _add_example(operation["requestBody"], document, is_sent=True)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _possible(operation: dict[str, Any]) -> set[str]:
    """The refusals an operation can give, from what it takes."""
    parameters = operation.get("parameters", [])
    names = {p["name"] for p in parameters}
    found = {"405"} | _ALWAYS
    if operation.get("security"):
        found |= {"401", "403"}
    if parameters:
        found |= {"422"}
    if "cursor" in names:
        found |= {"400"}
    if "requestBody" in operation:
        found |= _BODY | {"400", "401", "404", "409"}
    if any(p["in"] == "path" for p in parameters) or "register_id" in names:
        found |= {"404", "409"}
    return found


def _is_problem(response: dict[str, Any]) -> bool:
    schema = response.get("content", {}).get(_JSON, {}).get("schema", {})
    return str(schema.get("$ref", "")).endswith("/ProblemDetails")


def _refusal(status: str, response: dict[str, Any]) -> dict[str, Any]:
    words, key = catalogue("fr"), _SHOWN[status]
    code = key.removeprefix("service.").replace("_refused", ".refused").replace("_error", "")
    problem = {
        "type": f"urn:passerelle:{code}",
        "title": words.text(f"service.status.{status}"),
        "status": int(status),
        "code": code,
        "detail": words.text(key, reference="0123456789abcdef", n=20, until="2026-06-13"),
        "errors": [],
    }
    content = {"schema": response["content"][_JSON]["schema"], "example": problem}
    return {"description": response["description"], "content": {PROBLEM: content}}


def _add_example(holder: dict[str, Any], document: dict[str, Any], *, is_sent: bool) -> None:
    content = holder.get("content", {}).get(_JSON)
    if content is None or "example" in content or not content.get("schema"):
        return
    content["example"] = example_of(content["schema"], document, is_sent=is_sent)


def example_of(
    schema: Schema, document: dict[str, Any], *, is_sent: bool, name: str = "", depth: int = 0
) -> Any:
    """
    An example of a schema: its own, or one made of the examples of its parts.

    ``is_sent``: only what must be sent and what has an example; else every member.
    """
    while "$ref" in schema and "examples" not in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("example", "const"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema or "oneOf" in schema:
        kinds = schema.get("anyOf") or schema["oneOf"]
        wanted = [s for s in kinds if s.get("type") != "null"]
        return example_of(wanted[0], document, is_sent=is_sent, name=name, depth=depth)
    deeper: dict[str, Any] = {"document": document, "is_sent": is_sent, "depth": depth + 1}
    if schema.get("type") == "object":
        return _object(schema, deeper)
    if schema.get("type") == "array":
        item = schema.get("items", {})
        return [example_of(item, name=name, **deeper)] if item and depth < _DEEPEST else []
    return _plain(schema, name)


def _object(schema: Schema, deeper: dict[str, Any]) -> dict[str, Any]:
    members = schema.get("properties", {})
    if deeper["is_sent"]:
        needed = schema.get("required", [])
        members = {n: s for n, s in members.items() if n in needed or s.get("examples")}
    made = {n: example_of(s, name=n, **deeper) for n, s in members.items()}
    of_any_name = schema.get("additionalProperties")
    if not members and isinstance(of_any_name, dict):
        made = {"fr": example_of(of_any_name, name="of_any_name", **deeper)}
    return made


def _plain(schema: Schema, name: str) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return int(max(schema.get("minimum", 1), 1)) if schema.get("maximum", 1) >= 1 else 0
    return _FORMATS.get(schema.get("format", ""), samples().get(name, samples()["other"]))


@cache
def samples() -> dict[str, str]:
    """Name of a field -> a text it may hold."""
    with Path(__file__).with_name("samples.yaml").open(encoding="utf-8") as file:
        found: dict[str, str] = YAML(typ="safe", pure=True).load(file)
    return found
