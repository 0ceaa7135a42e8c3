"""An assessment as plain data for machines: language-free, dates as text, cents as numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any

from allocation.rules.schema import Source
from allocation.rules.trace import Assessment, BedroomsTrace, LineTrace, RuleTrace, Step


def plain_assessment(assessment: Assessment, *, with_trace: bool = False) -> dict[str, Any]:
    """
    Everything an assessment says.

    Parameters
    ----------
    assessment
        The answer for one household.
    with_trace
        Also give, for each rule, the tree of what was looked at.
    """
    a = assessment
    return {
        "application_id": a.application_id,
        "on": a.on.isoformat(),
        "points": a.points,
        "housing": {"line": a.housing_line, "points": a.housing_points},
        "personal": {"line": a.personal_line, "points": a.personal_points},
        "seniority": _plain(asdict(a.seniority) | {"points": a.seniority_points}),
        "lines": [
            _line(line, with_trace=with_trace) for line in a.lines if with_trace or line.outcome
        ],
        "bedrooms": _bedrooms(a.bedrooms, with_trace=with_trace),
        "income": _plain(asdict(a.income)),
        "admissible": {1: True, 0: False}.get(a.admissible),
        "ground": a.ground,
        "admission": [_rule(r, with_trace=with_trace) for r in a.admission],
        "preferences": [r.code for r in a.preferences if r.outcome == 1],
        "n_unknown": a.n_unknown,
        "missing": [_plain(asdict(m)) for m in a.missing],
        "findings": [{"code": f.code, "facts": dict(f.facts)} for f in a.findings],
    }


def _bedrooms(trace: BedroomsTrace, *, with_trace: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in vars(trace).items():
        is_rules = name in ("extra_rules", "own_room_rules")
        found[name] = [_rule(r, with_trace=with_trace) for r in value] if is_rules else value
    return found


def _rule(rule: RuleTrace, *, with_trace: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": rule.code,
        "outcome": {1: "met", 0: "not_met"}.get(rule.outcome, "unknown"),
        "unknown": rule.unknown,
        "source": _source(rule.source),
        "mark": rule.mark,
    }
    if with_trace and rule.condition is not None:
        found["condition"] = _step(rule.condition)
    return found


def _line(line: LineTrace, *, with_trace: bool) -> dict[str, Any]:
    return _rule(line, with_trace=with_trace) | {
        "table": line.table,
        "points": line.points,
        "line": line.number,
        "counts": line.is_best,
        "is_established": line.is_established,
        "is_unverified": line.is_unverified,
    }


def _step(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"operator": step.operator, "outcome": step.outcome}
    if step.reading is not None:
        found["fact"] = _plain(asdict(step.reading))
    for name in ("wanted", "comparison", "limit", "until_on", "margin"):
        value = getattr(step, name)
        if value not in (None, "", ()):
            found[name] = _plain(value)
    if step.parts:
        found["parts"] = [_step(part) for part in step.parts]
    return found


def _source(source: Source) -> dict[str, str]:
    return {name: text for name, text in source.model_dump().items() if text}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Source):
        return _source(value)
    return str(value) if isinstance(value, Fraction) else value
