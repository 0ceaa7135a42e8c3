"""Quotas over a year: steps, the year before, what is carried in, what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.outline import Outline
from allocation.exchange.reading import PlacedQuota
from allocation.model import QuotaRule, Unused
from allocation.quotas import whole_members

# What each policy must say, and nothing else.
_SAYS = {"carry_over": {"most"}, "release": {"on"}, "reassign": {"on", "to"}}


def year_problems(outline: Outline, draft: Draft) -> Iterator[Problem]:
    """Every quota's year, then what the quotas promise together."""
    rules = {placed.quota.quota_id: placed.quota for placed in draft.quotas}
    for placed in draft.quotas:
        yield from _base(outline, placed)
        yield from _steps(outline, placed)
        yield from _unused(outline, placed, rules)
        for idx, other in enumerate(placed.quota.also_counts):
            if other not in rules or rules[other].also_counts:
                path = (*placed.path, "also_counts", idx)
                yield outline.problem(path, "register.quota_counts_unknown", value=other[:60])
    yield from _counted_once(outline, draft)
    yield from _promised(outline, draft)


def _base(outline: Outline, placed: PlacedQuota) -> Iterator[Problem]:
    quota, path = placed.quota, placed.path
    is_share = quota.share is not None or bool(quota.steps) or bool(quota.parameter)
    if quota.previous_base is not None and not is_share:
        yield outline.problem((*path, "previous_base"), "register.quota_base_without_share")
    if quota.carried_in and not _has_seats_of_the_year(quota):
        yield outline.problem((*path, "carried_in"), "register.quota_carried_into_share")


def _has_seats_of_the_year(quota: QuotaRule) -> bool:
    is_given = quota.period_seats is not None or bool(quota.from_agreement)
    return is_given or quota.previous_base is not None


def _steps(outline: Outline, placed: PlacedQuota) -> Iterator[Problem]:
    days = [step.from_on for step in placed.quota.steps]
    for idx in range(1, len(days)):
        if days[idx] <= days[idx - 1]:
            path = (*placed.path, "steps", idx, "from")
            yield outline.problem(path, "register.quota_steps_in_order", day=days[idx])


def _unused(
    outline: Outline, placed: PlacedQuota, rules: dict[str, QuotaRule]
) -> Iterator[Problem]:
    unused, path = placed.quota.unused, (*placed.path, "unused")
    if unused == Unused():
        return
    if placed.quota.kind == "cap":
        yield outline.problem(path, "register.quota_cap_leaves_nothing")
    said = {"most": unused.most is not None, "on": unused.on is not None, "to": bool(unused.to)}
    wanted = _SAYS.get(unused.policy, set())
    if {name for name, is_said in said.items() if is_said} != wanted:
        needs = ", ".join(sorted(wanted)) or "–"
        yield outline.problem(path, "register.quota_unused_says", policy=unused.policy, needs=needs)
    target = rules.get(unused.to)
    if unused.to and (
        target is None
        or target.kind == "cap"
        or target.quota_id == placed.quota.quota_id
        or not _has_seats_of_the_year(target)
        or target.unused.policy in ("release", "reassign")
    ):
        yield outline.problem((*path, "to"), "register.quota_unused_to", value=unused.to[:60])


def _counted_once(outline: Outline, draft: Draft) -> Iterator[Problem]:
    """An allocation fills one floor, unless each floor concerned says that it counts for each."""
    first: dict[str, str] = {}
    for placed in draft.quotas:
        quota = placed.quota
        if quota.kind == "cap" or quota.counting == "each" or not quota.is_of_the_ledger:
            continue
        for idx, agreement in enumerate(quota.agreement_ids):
            other = first.setdefault(agreement, quota.quota_id)
            if other != quota.quota_id:
                path = (*placed.path, "group", "agreement_ids", idx)
                yield outline.problem(
                    path, "register.quota_once_in_two", value=agreement[:60], other=other[:60]
                )


def _promised(outline: Outline, draft: Draft) -> Iterator[Problem]:
    """Floors of agreements never promise more than there will be to let."""
    shares, seats = Fraction(0), 0
    meeting = draft.meeting
    expected = meeting.forecast.allocations if meeting and meeting.forecast else None
    for placed in draft.quotas:
        quota = placed.quota
        if quota.kind == "cap" or not quota.group.agreement_id:
            continue
        if _has_seats_of_the_year(quota):
            seats += _seats_of_year(quota, draft)
            if expected is not None and seats > expected:
                yield outline.problem(
                    placed.path, "register.seats_exceed_year", seats=seats, expected=expected
                )
            continue
        shares += _highest_share(quota)
        if shares > 1:
            yield outline.problem(placed.path, "register.floors_exceed_whole", total=str(shares))


def _highest_share(quota: QuotaRule) -> Fraction:
    return max([quota.share or Fraction(0), *(step.share for step in quota.steps)])


def _seats_of_year(quota: QuotaRule, draft: Draft) -> int:
    found = quota.period_seats or 0
    if quota.previous_base is not None:
        found = whole_members(quota.kind, _highest_share(quota), quota.previous_base)
    row = draft["agreements"].first_row_of.get(quota.group.agreement_id)
    if quota.from_agreement and row is not None:
        found = max(0, int(draft["agreements"][quota.from_agreement][row]))  # missing: told
    return found + quota.carried_in
