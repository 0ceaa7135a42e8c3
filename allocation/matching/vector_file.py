"""Every fault of a file of matching vectors, located, before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from allocation.errors import Problem

QUANTITIES = ("seats", "share", "period_seats")
MOST = 2**31 - 1


def problems_of(where: str, vectors: Any) -> list[Problem]:
    """Problems of every vector; ``row`` is the place of the vector in the file, from 1."""
    if not isinstance(vectors, list):
        return [Problem.at(where, 0, "vectors", "matching.not_a_list")]
    found = []
    for row, vector in enumerate(vectors, 1):
        if not isinstance(vector, Mapping):
            found.append(Problem.at(where, row, "", "matching.not_an_object"))
            continue
        found += [
            Problem(where, row, column, code, facts) for column, code, facts in _faults(vector)
        ]
    return found


Fault = tuple[str, str, tuple[tuple[str, str], ...]]


def _fault(column: str, code: str, **facts: object) -> Fault:
    return column, f"matching.{code}", tuple((k, str(v)) for k, v in facts.items())


def _faults(vector: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(vector.get("id"), str):
        yield _fault("id", "missing", name="id")
    for name in ("households", "units"):
        if not isinstance(vector.get(name), list) or not all(
            isinstance(entry, Mapping) for entry in vector[name]
        ):
            yield _fault(name, "missing", name=name)
            return
    yield from _households(vector["households"])
    yield from _duplicates("units", [u.get("id") for u in vector["units"]])
    yield from _labels(vector)
    if vector.get("counting", "each") not in ("each", "once"):
        yield _fault("counting", "unknown_value", value=vector["counting"])
    yield from _ledger(vector.get("ledger"))
    known = {g for h in vector["households"] for g in _texts(h.get("groups"))}
    known |= {u["label"] for u in vector["units"] if isinstance(u.get("label"), str)}
    ledger = vector.get("ledger")
    if isinstance(ledger, Mapping) and isinstance(ledger.get("by_group"), Mapping):
        known |= set(ledger["by_group"])
    quotas = vector.get("quotas", [])
    if not isinstance(quotas, list) or not all(isinstance(q, Mapping) for q in quotas):
        yield _fault("quotas", "missing", name="quotas")
        return
    yield from _duplicates("quotas", [q.get("id") for q in quotas])
    for i, quota in enumerate(quotas):
        yield from _quota(f"quotas[{i}]", quota, known)


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _duplicates(column: str, identifiers: list[Any]) -> Iterator[Fault]:
    seen: set[Any] = set()
    for i, identifier in enumerate(identifiers):
        if not isinstance(identifier, str) or not identifier:
            yield _fault(f"{column}[{i}].id", "missing", name="id")
        elif identifier in seen:
            yield _fault(f"{column}[{i}].id", "duplicate_id", id=identifier)
        else:
            seen.add(identifier)


def _households(households: list[Mapping[str, Any]]) -> Iterator[Fault]:
    yield from _duplicates("households", [h.get("id") for h in households])
    for i, household in enumerate(households):
        place = f"households[{i}]"
        if not _is_exact(household.get("points")):
            yield _fault(f"{place}.points", "not_a_number", value=household.get("points"))
        if not _is_date(household.get("date")):
            yield _fault(f"{place}.date", "not_a_date", value=household.get("date"))
        if not _is_count(household.get("lottery"), most=2**64):
            yield _fault(f"{place}.lottery", "not_a_count", value=household.get("lottery"))
        for name in ("groups", "accepts"):
            value = household.get(name)
            if not isinstance(value, list) or len(_texts(value)) != len(value):
                yield _fault(f"{place}.{name}", "missing", name=name)


def _labels(vector: Mapping[str, Any]) -> Iterator[Fault]:
    for i, unit in enumerate(vector["units"]):
        if unit.get("label_mode", "soft") not in ("soft", "hard"):
            yield _fault(f"units[{i}].label_mode", "unknown_value", value=unit["label_mode"])


def _ledger(ledger: Any) -> Iterator[Fault]:
    if ledger is None:
        return
    if (
        not isinstance(ledger, Mapping)
        or not _is_count(ledger.get("total"))
        or not isinstance(ledger.get("by_group"), Mapping)
        or not all(_is_count(n) for n in ledger["by_group"].values())
    ):
        yield _fault("ledger", "bad_ledger")


def _quota(place: str, quota: Mapping[str, Any], known: set[str]) -> Iterator[Fault]:
    if quota.get("kind") not in ("floor", "cap"):
        yield _fault(f"{place}.kind", "unknown_value", value=quota.get("kind"))
    if quota.get("group") not in known:
        yield _fault(f"{place}.group", "unknown_group", group=quota.get("group"))
    given = [name for name in QUANTITIES if name in quota]
    if len(given) != 1:
        yield _fault(place, "one_quantity")
    for name in given:
        if name == "share":
            if not _is_share(quota[name]):
                yield _fault(f"{place}.share", "not_a_share", value=quota[name])
        elif not _is_count(quota[name]):
            yield _fault(f"{place}.{name}", "not_a_count", value=quota[name])
    if not _is_count(quota.get("weight", 1)):
        yield _fault(f"{place}.weight", "not_a_count", value=quota["weight"])
    if not isinstance(quota.get("hard", False), bool):
        yield _fault(f"{place}.hard", "unknown_value", value=quota["hard"])


def _is_count(value: Any, *, most: int = MOST) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_exact(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    return _fraction(value) is not None


def _is_share(value: Any) -> bool:
    found = _fraction(value) if isinstance(value, str) else None
    return found is not None and 0 <= found <= 1


def _fraction(value: int | str) -> Fraction | None:
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        return None


def _is_date(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
