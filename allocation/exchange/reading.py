"""From outlines to entries: every refusal of a strict model becomes a located problem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import ValidationError

from allocation.errors import Problem
from allocation.exchange.cells import suggestion
from allocation.exchange.entries import (
    Entry,
    MeetingEntry,
    QuotaEntry,
    QuotasEntry,
    RegisterEntry,
)
from allocation.exchange.outline import Outline, Path_
from allocation.model import QuotaRule

E = TypeVar("E", bound=Entry)

_SHARE = re.compile(r"([0-9]{1,9})/([1-9][0-9]{0,8})")
_EXPECTED = {
    "string_type": "register.expected_text",
    "int_type": "register.expected_whole_number",
    "int_from_float": "register.expected_whole_number",
    "bool_type": "register.expected_true_or_false",
    "date_type": "register.expected_day",
    "date_from_datetime_inexact": "register.expected_day",
    "date_parsing": "register.expected_day",
    "list_type": "register.expected_list",
    "dict_type": "register.expected_fields",
    "model_type": "register.expected_fields",
    "model_attributes_type": "register.expected_fields",
}


@dataclass(frozen=True)
class PlacedQuota:
    """A quota read, and where it stands in its file."""

    quota: QuotaRule
    path: Path_


def read_register_entry(outline: Outline) -> tuple[RegisterEntry | None, tuple[Problem, ...]]:
    """Read `register.yaml`."""
    return _read(outline, RegisterEntry, ())


def read_meeting_entry(outline: Outline) -> tuple[MeetingEntry | None, tuple[Problem, ...]]:
    """Read `meeting.yaml`."""
    return _read(outline, MeetingEntry, ())


def read_quotas(outline: Outline) -> tuple[tuple[PlacedQuota, ...], tuple[Problem, ...]]:
    """Read `quotas.yaml`; a faulty quota does not hide the faults of the others."""
    file, problems = _read(outline, QuotasEntry, ())
    found: list[PlacedQuota] = []
    told = list(problems)
    for idx in range(len(file.quotas) if file else 0):
        path: Path_ = ("quotas", idx)
        entry, problems = _read(outline, QuotaEntry, path)
        told += problems
        if entry is None:
            continue
        faults, share, steps = _shares_of(outline, path, entry)
        told += faults
        if not faults:
            found.append(PlacedQuota(entry.quota(share, steps), path))
    return tuple(found), tuple(told)


def _shares_of(
    outline: Outline, path: Path_, entry: QuotaEntry
) -> tuple[list[Problem], Fraction | None, list[Fraction]]:
    """The shares of a quota and of its steps as fractions, and those that are none."""
    written: dict[Path_, str] = {(*path, "share"): entry.share} if entry.share is not None else {}
    written |= {(*path, "steps", n, "share"): s.share for n, s in enumerate(entry.steps)}
    read = {place: _share(text) for place, text in written.items()}
    faults = [
        outline.problem(place, "register.share_invalid", value=written[place][:60])
        for place, share in read.items()
        if share is None
    ]
    share = read.pop((*path, "share"), None)
    return faults, share, [step for step in read.values() if step is not None]


def _share(text: str | None) -> Fraction | None:
    """A share written `1/2`, from 0 to 1; ``None`` when it is not one."""
    match = _SHARE.fullmatch(text or "")
    if not match:
        return None
    share = Fraction(int(match[1]), int(match[2]))
    return share if share <= 1 else None


def _read(outline: Outline, model: type[E], path: Path_) -> tuple[E | None, tuple[Problem, ...]]:
    values: Any = outline.values
    for step in path:
        values = values[step]
    try:
        return model.model_validate(values), ()
    except ValidationError as error:
        return None, tuple(_problems(outline, model, path, error))


def _problems(
    outline: Outline, model: type[Entry], path: Path_, error: ValidationError
) -> Iterator[Problem]:
    told: set[Path_] = set()
    for fault in error.errors(include_url=False):
        kind, loc = fault["type"], tuple(fault["loc"])
        if loc[-2:-1] == ("value",):  # one line per possible type of a setting: told once
            kind, loc = "scalar", loc[:-1]
        if loc[-1:] == ("[key]",):
            kind, loc = "extra_forbidden", loc[:-1]
        at = (*path, *loc)
        if at in told:
            continue
        told.add(at)
        code, facts = _sentence(kind, loc, fault.get("input"), fault.get("ctx", {}), model)
        yield outline.problem(at, code, **facts)


def _sentence(
    kind: str, loc: Path_, value: Any, context: Mapping[str, Any], model: type[Entry]
) -> tuple[str, dict[str, object]]:
    name = str(loc[-1]) if loc else ""
    if kind in ("missing", "string_too_short"):
        return "register.field_missing", {"field": name}
    if kind == "extra_forbidden":
        known = [f.alias or n for n, f in model.model_fields.items()] if len(loc) == 1 else []
        if known:
            return "register.unknown_field", {"field": name, "suggestion": suggestion(name, known)}
        return "register.unknown_inner_field", {"field": name}
    if kind == "literal_error":
        valid = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        if name == "schema":
            return "register.unknown_format", {"value": value, "expected": ", ".join(valid)}
        closest = suggestion(str(value), [v for v in valid if v])
        return "register.unknown_value", {"value": str(value)[:60], "suggestion": closest}
    if kind == "greater_than_equal":
        return "register.number_too_small", {"value": value, "least": context["ge"]}
    if kind == "less_than_equal":
        return "register.number_above", {"value": value, "most": context["le"]}
    return _EXPECTED.get(kind, "register.expected_scalar"), {"field": name}
