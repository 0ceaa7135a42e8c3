"""What one policy takes away from another in its text: the annex on standstill begins with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from allocation.rules.in_force import LineInForce, RulesInForce, rules_in_force
from allocation.rules.schema import Label
from scenarios.policy import Policy

_FIRST_COMMITTEE = timedelta(days=1)


@dataclass(frozen=True)
class Lost:
    """
    One protection less: a code of sentence, the facts, and the name of the line concerned.

    Shares among the facts are floats from 0 to 1.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    label: Label | None = None


def protections(before: Policy, after: Policy, start: date) -> list[Lost]:
    """
    Protections of ``before`` that ``after`` takes away or lowers, as their texts say.

    Lines of points worth less, fewer refusals allowed, terms of lease and trials, minimum shares
    and agreements. What a rule gives to others is not told here: the run shows it.
    """
    on = start + _FIRST_COMMITTEE
    old = rules_in_force(before.rulebook(), on, before.settings)
    new = rules_in_force(after.rulebook(), on, after.settings)
    return [
        *_lines(old, new),
        *_refusals(old, new),
        *_leases(before, after),
        *_shares(before, after),
    ]


def _lines(old: RulesInForce, new: RulesInForce) -> Iterator[Lost]:
    now: Mapping[str, LineInForce] = {line.code: line for line in new.lines}
    for line in old.lines:
        points = now[line.code].points if line.code in now else 0
        if points < line.points:
            facts = {"before": line.points, "after": points, "name": line.code}
            yield Lost("points", facts, line.label)


def _refusals(old: RulesInForce, new: RulesInForce) -> Iterator[Lost]:
    before, after = old.whole("refusal_limit"), new.whole("refusal_limit")
    if after < before:
        yield Lost("refusals", {"before": before, "after": after})


def _leases(before: Policy, after: Policy) -> Iterator[Lost]:
    if after.leases is None:
        return
    shortest = min(after.leases.terms_months)
    known = min(before.leases.terms_months) if before.leases else None
    if known is None or shortest < known:
        code = "terms" if known else "first_terms"
        yield Lost(code, {"after": shortest, **({"before": known} if known else {})})
    trial = before.leases.trial_months if before.leases else 0
    if after.leases.trial_months > trial:
        yield Lost("trial", {"after": after.leases.trial_months})


def _shares(before: Policy, after: Policy) -> Iterator[Lost]:
    """Minimum shares and agreements that are lowered or gone."""
    quotas = {q.quota_id: q for q in after.quotas}
    for quota in before.quotas:
        if quota.kind == "floor" and quota.quota_id not in quotas:
            yield Lost("floor_gone", {"name": quota.quota_id})
    bridges = {b.bridge_id: b for b in after.bridges}
    for bridge in before.bridges:
        share = float(bridge.share + bridge.named_share)
        kept = bridges.get(bridge.bridge_id)
        now = float(kept.share + kept.named_share) if kept else 0.0
        if now < share:
            yield Lost("reserve", {"before": share, "after": now, "name": bridge.bridge_id})
