"""Quotas that cannot all be kept, or that the year and the support promised are too small for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations

from allocation.contradictions.finding import Contradiction, Fact, Side, of_agreement, of_quota
from allocation.model import TABLE_BY_NAME, Meeting, QuotaRule, Register
from allocation.quotas import (
    Opened,
    as_read,
    counts_transfers,
    forecast_of,
    open_quota,
    whole_members,
)
from allocation.rules import Rulebook

FORECAST = "contradictions.side.forecast"
CATEGORIES = [int(c) for c in TABLE_BY_NAME["allocations_ytd"].column("income_category").choices]


@dataclass(frozen=True)
class Year:
    """
    One quota over a whole year, as its own rule makes it.

    ``share``: of its base, when it is one of this year. ``members``: least (floor) or most (cap)
    of the year, from the seats of the year or from the forecast; ``None`` when neither says.
    ``expected``: base of the year, as forecast.
    """

    rule: QuotaRule
    opened: Opened
    counts_transfers: bool
    expected: int | None

    @property
    def share(self) -> Fraction | None:
        return self.opened.share

    @property
    def members(self) -> int | None:
        if self.opened.whole is not None:
            return self.opened.whole
        if self.share is None or self.expected is None:
            return None
        return whole_members(self.rule.kind, self.share, self.expected)

    @property
    def side(self) -> Side:
        return of_quota(self.rule, self.opened.mark)

    def has_base_of(self, other: Year) -> bool:
        """Whether both are shares of the same base, of this year."""
        one, two = self.rule, other.rule
        is_same = (one.base, one.nis5, self.counts_transfers) == (
            two.base, two.nis5, other.counts_transfers,
        )  # fmt: skip
        return is_same and self.share is not None and other.share is not None

    def excludes(self, other: Year) -> bool:
        """Whether no household counts in both."""
        one, two = self.rule.group, other.rule.group
        if self.rule.counting == other.rule.counting == "once":
            return True
        if one.list and two.list and one.list != two.list:
            return True
        mine, theirs = set(one.income_categories), set(two.income_categories)
        return bool(mine and theirs) and not mine & theirs

    def holds(self, other: Year) -> bool:
        """Whether every household of the other counts in this one."""
        one, two = self.rule.group, other.rule.group
        allowed = set(one.income_categories)
        transfers = self.counts_transfers or not other.counts_transfers or two.list == "candidate"
        return (
            self.rule.nis5 == other.rule.nis5
            and transfers
            and (
                not one.income_categories
                or (bool(two.income_categories) and set(two.income_categories) <= allowed)
            )
            and one.list in ("", two.list)
            and one.agreement_id in ("", two.agreement_id)
        )


def of_quotas(register: Register, rulebook: Rulebook, meeting: Meeting) -> Iterator[Contradiction]:
    """Everything about the quotas of a register, in the order of their identifiers."""
    years = [
        _year(register, as_read(rule, rulebook, meeting), rulebook, meeting)
        for rule in register.quotas
        if not rule.is_of_the_ledger and rule.seats is None
    ]
    floors = [year for year in years if year.rule.kind == "floor"]
    caps = [year for year in years if year.rule.kind == "cap"]
    for one, two in combinations(floors, 2):
        yield from _two_floors(one, two)
    for floor in floors:
        for cap in caps:
            yield from _floor_above_cap(floor, cap)
        yield from _above_the_year(floor)
        yield from _above_the_support(floor, register)
        yield from _given_up_too_soon(floor, register)
    yield from _caps_leave_some_empty(caps)


def _year(register: Register, rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> Year:
    return Year(
        rule,
        open_quota(register, rule, rulebook),
        counts_transfers(rule, rulebook, meeting),
        forecast_of(rule, meeting),
    )


def _two_floors(one: Year, two: Year) -> Iterator[Contradiction]:
    """Two floors that share nobody, together above the whole of what they are taken of."""
    if not one.excludes(two):
        return
    if one.has_base_of(two):
        total = (one.share or Fraction(0)) + (two.share or Fraction(0))
        if total > 1:
            facts = {"total": total}
            yield Contradiction("floors_above_whole", "certain", one.side, two.side, facts)
        return
    if one.rule.base != two.rule.base or one.members is None or two.members is None:
        return
    total_members, expected = one.members + two.members, one.expected
    if expected is not None and expected == two.expected and total_members > expected:
        facts_ = {"total": total_members, "expected": expected}
        yield Contradiction("floors_above_year", "register", one.side, two.side, facts_)


def _floor_above_cap(floor: Year, cap: Year) -> Iterator[Contradiction]:
    """A cap on a wider group makes a floor out of reach."""
    if not cap.holds(floor):
        return
    if cap.has_base_of(floor):
        least, most = floor.share or Fraction(0), cap.share or Fraction(0)
        if least > most:
            facts = {"least": least, "most": most}
            yield Contradiction("floor_above_cap", "certain", floor.side, cap.side, facts)
    elif floor.members is not None and cap.members is not None and floor.members > cap.members:
        facts_ = {"least": floor.members, "most": cap.members}
        yield Contradiction("floor_above_cap", "register", floor.side, cap.side, facts_)


def _above_the_year(floor: Year) -> Iterator[Contradiction]:
    """Seats of the year above the dwellings expected of it."""
    seats, expected = floor.opened.whole, floor.expected
    if seats is not None and expected is not None and seats > expected:
        facts = {"seats": seats, "expected": expected}
        yield Contradiction("seats_above_year", "register", floor.side, Side(FORECAST), facts)


def _above_the_support(floor: Year, register: Register) -> Iterator[Contradiction]:
    """Seats left to fill above the places of support left, which limit them."""
    opened = floor.opened
    if opened.places is None or opened.whole is None:
        return
    left = opened.whole - opened.opening
    if left > opened.places:
        agreement = of_agreement(floor.rule.group.agreement_id, register)
        facts = {"left": left, "free": opened.places}
        yield Contradiction("seats_above_support", "register", floor.side, agreement, facts)


def _given_up_too_soon(floor: Year, register: Register) -> Iterator[Contradiction]:
    """A floor gives its seats up before its agreement is in force."""
    day, agreement_id = floor.rule.unused.on, floor.rule.group.agreement_id
    if day is None or not floor.rule.unused.gives_up_on(day) or not agreement_id:
        return
    agreements = register["agreements"]
    starts = agreements.row(agreements.index[agreement_id][0])["in_force_from"]
    if isinstance(starts, date) and day <= starts:
        facts: dict[str, Fact] = {"on": day, "starts": starts}
        agreement = of_agreement(agreement_id, register)
        yield Contradiction("given_up_before_start", "certain", floor.side, agreement, facts)


def _caps_leave_some_empty(caps: list[Year]) -> Iterator[Contradiction]:
    """Caps by income that cover everybody and together stay under the whole."""
    by_income = [c for c in caps if _is_by_income_alone(c.rule) and c.share is not None]
    for size in (2, 3):
        for some in combinations(by_income, size):
            covered = [n for cap in some for n in cap.rule.group.income_categories]
            if sorted(covered) != CATEGORIES or not _share_one_base(some):
                continue
            total = sum((cap.share or Fraction(0) for cap in some), Fraction(0))
            if total < 1:
                facts = {"total": total, "n": size}
                yield Contradiction(
                    "caps_under_whole", "certain", some[0].side, some[-1].side, facts
                )


def _share_one_base(some: tuple[Year, ...]) -> bool:
    return all(some[0].has_base_of(other) for other in some[1:])


def _is_by_income_alone(rule: QuotaRule) -> bool:
    group = rule.group
    return bool(group.income_categories) and not group.list and not group.agreement_id
