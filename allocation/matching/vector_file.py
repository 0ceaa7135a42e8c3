"""Every fault of a file of matching vectors, located, before anything is solved."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, get_args

from allocation.errors import Problem
from allocation.matching.shortage import RuleName
from allocation.matching.vector_answers import KEYS
from allocation.matching.vectors import KINDS, counting_of, seats_of
from allocation.model.quota import MOST_SEATS, MOST_WEIGHT
from allocation.quotas.pacing import Pacing

MOST = MOST_SEATS  # allocations of a period and dwellings too
MOST_LOTTERY = 2**64 - 1
NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18}|/[0-9]{1,18})?")
QUANTITIES = {
    "floor": ("seats", "share", "period_seats"),
    "cap": ("seats", "share", "period_seats"),
    "partner": ("seats", "share", "period_seats"),
    "capacity": ("places",),
}
COUNTINGS = ("each", "once")
LISTS = ("households", "units", "quotas")
FIELDS = {
    "": "id title source notes households units quotas counting shortage_rule ledger forecast"
    " pacing expected",
    "households": "id points date lottery groups accepts choices",
    "units": "id label label_mode reserved_for",
    "quotas": "id kind group seats share period_seats places used hard weight counting"
    " precedence units intensity",
}

Fault = tuple[str, str, tuple[tuple[str, str], ...]]


def problems_of(where: str, vectors: Any) -> list[Problem]:
    """Problems of every vector; ``row`` is the place of the vector in the file, from 1."""
    if not isinstance(vectors, list):
        return [Problem.at(where, 0, "vectors", "matching.not_a_list")]
    if not vectors:
        return [Problem.at(where, 0, "", "matching.no_problem")]
    found = []
    for row, vector in enumerate(vectors, 1):
        if not isinstance(vector, Mapping):
            found.append(Problem.at(where, row, "", "matching.not_an_object"))
            continue
        found += [
            Problem(where, row, column, code, facts) for column, code, facts in _faults(vector)
        ]
    return found


def _fault(column: str, code: str, **facts: object) -> Fault:
    return column, f"matching.{code}", tuple((k, str(v)[:80]) for k, v in facts.items())


@dataclass(frozen=True)
class _Known:
    """What the quotas may name: groups, households, units."""

    groups: frozenset[str]
    members: Mapping[str, frozenset[str]]
    units: frozenset[str]


def _faults(vector: Mapping[str, Any]) -> Iterator[Fault]:
    if not _is_name(vector.get("id")):
        yield _fault("id", "missing", name="id")
    yield from _unknown("", vector, FIELDS[""])
    yield from _choice(vector, "counting", COUNTINGS)
    yield from _choice(vector, "shortage_rule", get_args(RuleName))
    yield from _choice(vector, "pacing", get_args(Pacing))
    if "forecast" in vector:
        yield from _count(vector, "forecast", "forecast")
    yield from _expected(vector.get("expected", {}))
    ledger_faults = list(_ledger(vector.get("ledger")))
    yield from ledger_faults
    entries = {name: vector.get(name, [] if name == "quotas" else None) for name in LISTS}
    unread = [name for name, value in entries.items() if not _is_list_of_objects(value)]
    for name in unread:
        yield _fault(name, "missing", name=name)
    if unread:
        return
    for name, values in entries.items():
        yield from _duplicates(name, [value.get("id") for value in values])
        for i, value in enumerate(values):
            yield from _unknown(f"{name}[{i}]", value, FIELDS[name])
    known = _known(vector, ledger_faults)
    for i, household in enumerate(vector["households"]):
        yield from _household(f"households[{i}]", household)
    for i, unit in enumerate(vector["units"]):
        yield from _unit(f"units[{i}]", unit, known)
    for i, quota in enumerate(entries["quotas"]):
        found = list(_quota(f"quotas[{i}]", quota, known))
        if not found and not ledger_faults:
            found = list(_together(f"quotas[{i}]", quota, vector))
        yield from found


def _unknown(place: str, entry: Mapping[str, Any], fields: str) -> Iterator[Fault]:
    """A field misspelt would otherwise be a wish that nobody hears."""
    for name in entry:
        if name not in fields.split():
            column = f"{place}.{name[:40]}" if place else name[:40]
            yield _fault(column, "unknown_field", name=name)


def _known(vector: Mapping[str, Any], ledger_faults: Collection[Fault]) -> _Known:
    members = {
        h["id"]: frozenset(_texts(h.get("groups")))
        for h in vector["households"]
        if _is_name(h.get("id"))
    }
    groups = {g for h in vector["households"] for g in _texts(h.get("groups"))}
    groups |= {u["label"] for u in vector["units"] if _is_name(u.get("label"))}
    if not ledger_faults and vector.get("ledger") is not None:
        groups |= set(vector["ledger"]["by_group"])
    units = frozenset(u["id"] for u in vector["units"] if _is_name(u.get("id")))
    return _Known(frozenset(groups), members, units)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _expected(expected: Any) -> Iterator[Fault]:
    if not isinstance(expected, Mapping):
        yield _fault("expected", "not_an_object")
        return
    for key in expected:
        if key not in KEYS:
            yield _fault(f"expected.{key[:40]}", "unknown_key", key=key)


def _duplicates(column: str, identifiers: list[Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for i, identifier in enumerate(identifiers):
        if not _is_name(identifier):
            yield _fault(f"{column}[{i}].id", "missing", name="id")
        elif identifier in seen:
            yield _fault(f"{column}[{i}].id", "duplicate_id", id=identifier)
        else:
            seen.add(identifier)


def _household(place: str, household: Mapping[str, Any]) -> Iterator[Fault]:
    if _fraction(household.get("points")) is None:
        yield _fault(f"{place}.points", "not_a_number", value=household.get("points"))
    if not _is_date(household.get("date")):
        yield _fault(f"{place}.date", "not_a_date", value=household.get("date"))
    yield from _count(household, "lottery", f"{place}.lottery", most=MOST_LOTTERY)
    for name in ("groups", "accepts"):
        value = household.get(name)
        if not isinstance(value, list) or len(_texts(value)) != len(value):
            yield _fault(f"{place}.{name}", "missing", name=name)
    choices = household.get("choices", {})
    if not isinstance(choices, Mapping):
        yield _fault(f"{place}.choices", "missing", name="choices")
        return
    for unit in choices:
        yield from _count(choices, unit, f"{place}.choices.{unit[:40]}")


def _unit(place: str, unit: Mapping[str, Any], known: _Known) -> Iterator[Fault]:
    yield from _choice(unit, "label_mode", ("soft", "hard"), place)
    if "label" in unit and not _is_name(unit["label"]):
        yield _fault(f"{place}.label", "missing", name="label")
    if "reserved_for" in unit:
        yield from _group(f"{place}.reserved_for", unit["reserved_for"], known)


def _group(column: str, group: Any, known: _Known) -> Iterator[Fault]:
    if not isinstance(group, str) or group not in known.groups:
        yield _fault(column, "unknown_group", group=group)


def _ledger(ledger: Any) -> Iterator[Fault]:
    if ledger is None:
        return
    if (
        not isinstance(ledger, Mapping)
        or not _is_count(ledger.get("total"))
        or not isinstance(ledger.get("by_group"), Mapping)
        or not all(_is_count(n, most=ledger["total"]) for n in ledger["by_group"].values())
    ):
        yield _fault("ledger", "bad_ledger")


def _quota(place: str, quota: Mapping[str, Any], known: _Known) -> Iterator[Fault]:
    kind = quota.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        yield _fault(f"{place}.kind", "unknown_value", value=kind, allowed=", ".join(KINDS))
        kind = "floor"
    yield from _group(f"{place}.group", quota.get("group"), known)
    yield from _quantity(place, quota, kind)
    yield from _choice(quota, "counting", COUNTINGS, place)
    for name, most in (("weight", MOST_WEIGHT), ("precedence", MOST_WEIGHT)):
        if name in quota:
            yield from _count(quota, name, f"{place}.{name}", most=most)
    if not isinstance(quota.get("hard", False), bool):
        yield _fault(f"{place}.hard", "unknown_value", value=quota["hard"], allowed="true, false")
    units = quota.get("units", [])
    if not isinstance(units, list) or ("units" in quota and not units):
        yield _fault(f"{place}.units", "missing", name="units")
    else:
        for j, unit in enumerate(units):
            if not isinstance(unit, str) or unit not in known.units:
                yield _fault(f"{place}.units[{j}]", "unknown_unit", unit=unit)
    yield from _intensity(f"{place}.intensity", quota, known)


def _quantity(place: str, quota: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    """Exactly one quantity, of the right form; free places limit a partner's seats."""
    allowed = QUANTITIES[kind]
    given = [name for name in allowed if name in quota]
    if len(given) != 1:
        yield _fault(place, "one_quantity", allowed=", ".join(allowed))
    for name in given:
        if name != "share":
            yield from _count(quota, name, f"{place}.{name}")
        elif not _is_share(quota[name]):
            yield _fault(f"{place}.share", "not_a_share", value=quota[name])
    others = {n for names in QUANTITIES.values() for n in names} | {"used"}
    extra = {"places", "used"} if kind in ("partner", "capacity") else set()
    for name in sorted(others - {*allowed} - extra):
        if name in quota:
            yield _fault(f"{place}.{name}", "not_for_this_kind", name=name, of=kind)
    for name in sorted(extra - {*allowed}):
        if name in quota:
            yield from _count(quota, name, f"{place}.{name}")
    if "used" in quota and "places" not in quota:
        yield _fault(f"{place}.places", "missing", name="places")


def _intensity(place: str, quota: Mapping[str, Any], known: _Known) -> Iterator[Fault]:
    """Places that members of the group take, whole numbers of one or more."""
    intensity = quota.get("intensity", {})
    if not isinstance(intensity, Mapping):
        yield _fault(place, "missing", name="intensity")
        return
    for household in intensity:
        if quota.get("group") not in known.members.get(household, ()):
            yield _fault(f"{place}.{household[:40]}", "not_a_member", id=household)
        yield from _count(intensity, household, f"{place}.{household[:40]}", least=1)


def _together(place: str, quota: Mapping[str, Any], vector: Mapping[str, Any]) -> Iterator[Fault]:
    """What each part allows and the whole does not."""
    counting = counting_of(quota, vector)
    if KINDS[quota["kind"]] == "floor" and counting == "once":
        for name in ("units", "intensity"):
            if name in quota:
                yield _fault(f"{place}.{name}", f"once_with_{name}")
    seats = seats_of(quota, vector, len(vector["units"]))
    if seats > MOST:
        yield _fault(place, "not_a_count", value=seats, least=0, most=MOST)


def _choice(
    entry: Mapping[str, Any], name: str, allowed: tuple[str, ...], place: str = ""
) -> Iterator[Fault]:
    if name in entry and entry[name] not in allowed:
        column = f"{place}.{name}" if place else name
        yield _fault(column, "unknown_value", value=entry[name], allowed=", ".join(allowed))


def _count(
    entry: Mapping[str, Any], name: str, column: str, *, least: int = 0, most: int = MOST
) -> Iterator[Fault]:
    value = entry.get(name)
    if not _is_count(value, least=least, most=most):
        yield _fault(column, "not_a_count", value=value, least=least, most=most)


def _is_count(value: Any, *, least: int = 0, most: int = MOST) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_share(value: Any) -> bool:
    found = _fraction(value) if isinstance(value, str) else None
    return found is not None and 0 <= found <= 1


def _fraction(value: Any) -> Fraction | None:
    """An exact number written in at most 18 figures; longer ones are no quantity of this world."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if not NUMBER.fullmatch(str(value)):
        return None
    try:
        return Fraction(value)
    except ZeroDivisionError:
        return None


def _is_date(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
