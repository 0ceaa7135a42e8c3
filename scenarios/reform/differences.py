"""What differs between the two sides, rule by rule and quota by quota, each with its mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from allocation.exchange.entries import quota_values
from allocation.model import QuotaRule
from allocation.rules.in_force import LineInForce, RulesInForce, rules_in_force
from allocation.rules.rulebook import Rulebook, current
from scenarios.reform.arms import Arm
from scenarios.reform.reform_file import QuotaChanges, Reform

POINTS = "points."


@dataclass(frozen=True)
class Difference:
    """
    One thing that differs.

    ``kind``: ``value``, ``points``, ``line`` (a new one), ``ended``, ``condition``, ``ceilings``,
    ``quota``. ``before`` and ``after`` as written, empty when absent. ``mark``: evidence of the
    value after.
    """

    kind: str
    key: str
    before: str
    after: str
    mark: str


def differences(before: Arm, after: Arm) -> tuple[Difference, ...]:
    """Everything that differs on the day of the meeting, sorted by kind and key."""
    here, there = _in_force(before), _in_force(after)
    found = [*_values(before, after), *_lines(here, there), *_quotas(before, after)]
    if here.ceilings.ceilings != there.ceilings.ceilings or (
        here.ceilings.per_child != there.ceilings.per_child
    ):
        found.append(
            Difference(
                "ceilings", "ceilings", _ceilings(here), _ceilings(there), there.ceilings.mark
            )
        )
    return tuple(sorted(found, key=lambda d: (d.kind, d.key)))


def _in_force(arm: Arm) -> RulesInForce:
    return rules_in_force(arm.rulebook, arm.meeting.meeting_on, arm.meeting.settings)


def _values(before: Arm, after: Arm) -> Iterator[Difference]:
    keys = sorted({*before.rulebook.parameters, *after.rulebook.parameters})
    for key in keys:
        # The points of a line and whether it is in force are told with the lines.
        if key.startswith(POINTS):
            continue
        was, _ = _value(before, key)
        will, mark = _value(after, key)
        if was != will:
            yield Difference("value", key, was, will, mark)


def _value(arm: Arm, key: str) -> tuple[str, str]:
    book: Rulebook = arm.rulebook
    definition = book.parameters.get(key)
    if definition is None or current(definition.values, arm.meeting.meeting_on) is None:
        return "", ""
    version = current(definition.values, arm.meeting.meeting_on)
    if definition.type == "table" and version is not None:
        rows = version.value if isinstance(version.value, dict) else {}
        return "; ".join(f"{k} {v}" for k, v in sorted(rows.items())), version.mark
    found = book.parameter(key, arm.meeting.meeting_on, arm.meeting.settings)
    return str(found.value), found.mark


def _lines(here: RulesInForce, there: RulesInForce) -> Iterator[Difference]:
    first = {line.code: line for line in here.lines}
    second = {line.code: line for line in there.lines}
    for code in sorted({*first, *second}):
        yield from _line(code, first.get(code), second.get(code))


def _line(code: str, was: LineInForce | None, will: LineInForce | None) -> Iterator[Difference]:
    if was is None and will is not None:
        yield Difference("line", code, "", str(will.points), will.mark)
    elif was is not None and will is None:
        yield Difference("ended", code, str(was.points), "", "")
    elif was is not None and will is not None:
        if was.points != will.points:
            yield Difference("points", code, str(was.points), str(will.points), will.mark)
        if was.condition != will.condition:
            yield Difference("condition", code, "", "", will.mark)


def _quotas(before: Arm, after: Arm) -> Iterator[Difference]:
    first = {q.quota_id: q for q in before.register.quotas}
    second = {q.quota_id: q for q in after.register.quotas}
    for name in sorted({*first, *second}):
        if first.get(name) == second.get(name):
            continue  # a share of the rulebook is told with the values
        was, will = _told(first.get(name), before), _told(second.get(name), after)
        names = [n for n in {**was, **will} if was.get(n) != will.get(n)]
        mark = second[name].mark if name in second else ""
        yield Difference("quota", name, _said(was, names), _said(will, names), mark)


def _told(quota: QuotaRule | None, arm: Arm) -> Mapping[str, Any]:
    """What a quota asks; a share of the rulebook is its value on the day."""
    if quota is None:
        return {}
    told = quota_values(quota)
    if quota.parameter:
        told["share"], _ = _value(arm, quota.parameter)
    unsaid = ("id", "label", "source", "mark", "parameter")
    return {k: told[k] for k in told if k not in unsaid}


def _said(values: Mapping[str, Any], names: list[str]) -> str:
    return "; ".join(f"{n} {_plain(values[n])}" for n in names if n in values)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{k} {_plain(v)}" for k, v in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _ceilings(rules: RulesInForce) -> str:
    rows = rules.ceilings
    told = [f"{c} {one}/{several}" for c, (one, several) in rows.ceilings.items()]
    return "; ".join([*told, f"+{rows.per_child}"])


def each_alone(reform: Reform) -> Iterator[tuple[str, Reform]]:
    """
    The reform with one of its changes only, once for each, by the key of the change.

    Nothing when there is but one: alone it is the whole.
    """
    parts = list(_parts(reform))
    if len(parts) > 1:
        yield from parts


def _parts(reform: Reform) -> Iterator[tuple[str, Reform]]:
    bare = replace(reform, rulebook=None, draft=None, settings={}, quotas=None)
    draft = reform.draft
    if draft is not None:
        none: dict[str, Any] = {"values": {}, "lines": [], "ended": [], "ceilings": None}
        kept: list[tuple[str, dict[str, Any]]] = [
            (key, {"values": {key: value}}) for key, value in draft.values.items()
        ]
        kept += [(f"{POINTS}{line.code}", {"lines": [line]}) for line in draft.lines]
        kept += [(f"{POINTS}{code}", {"ended": [code]}) for code in draft.ended]
        kept += [("ceilings", {"ceilings": draft.ceilings})] if draft.ceilings else []
        for key, part in kept:
            yield key, replace(bare, draft=draft.model_copy(update=none | part))
    for key, value in reform.settings.items():
        yield key, replace(bare, settings={key: value})
    changes = reform.quotas or QuotaChanges.model_validate({})
    for name, fields in changes.change.items():
        yield name, replace(bare, quotas=QuotaChanges.model_validate({"change": {name: fields}}))
    for name in changes.remove:
        yield name, replace(bare, quotas=QuotaChanges.model_validate({"remove": [name]}))
    for entry in changes.add:
        told = QuotaChanges.model_validate({"add": [entry]})
        yield str(entry.get("id", "")), replace(bare, quotas=told)
