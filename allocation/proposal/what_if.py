"""
Why not, and what if: the smallest change that would have served a household.

Each answer is found by running the whole meeting again, never by reasoning about it: a change
named here serves the household, the next smaller one does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property, partial

from allocation.model.meeting import Setting
from allocation.model.proposal import NotRanked, Proposal, RankedHousehold
from allocation.model.what_if import Ahead, Change, Enough, Gap, IfRanked, Margin, Shortfall
from allocation.proposal.what_if_runs import Assignment, Runs
from allocation.ranking import TRANSFER_TIER
from allocation.rules.evaluate import seniority_points
from allocation.rules.in_force import rules_in_force
from allocation.rules.rulebook import Rulebook

ANY_KIND = "any"
MOST_NAMED = 30
A_YEAR = timedelta(days=366)
Seniority = Callable[[date], int | None]


def what_if(proposal: Proposal, rulebook: Rulebook) -> WhatIf:
    """
    Questions about a proposal, under the rules it was made with.

    Raises
    ------
    RulebookError
        ``rule.no_value_in_force``: the rulebook has no value on the date of the meeting.
    """
    settings = tuple(Setting(s["key"], s["value"]) for s in proposal.meeting["settings"])
    on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    rules = rules_in_force(rulebook, on, settings)
    return WhatIf(
        proposal,
        seniority=partial(seniority_points, rules),
        most_choices=rules.most_choices,
    )


class WhatIf:
    """
    Answers about the households of one proposal.

    ``seniority``: points that come with a date of registration, ``None`` when the date alone
    does not say. ``most_choices``: communes or sections one application may name (``None``: any
    number).
    """

    def __init__(
        self, proposal: Proposal, *, seniority: Seniority, most_choices: int | None
    ) -> None:
        self.proposal = proposal
        self.runs = Runs(proposal)
        self.seniority = seniority
        self.most_choices = most_choices
        self.served: Assignment = {
            d.application_id: d.dwelling_id for d in proposal.dwellings if d.application_id
        }

    @cached_property
    def households(self) -> Mapping[str, RankedHousehold]:
        """Ranked households by identifier."""
        return {h.application_id: h for h in self.proposal.households}

    # Ranked and not served -----------------------------------------------------------------

    def shortfall(self, application_id: str) -> Shortfall:
        """Why a ranked household is not served, and what would have been enough."""
        household = self.households[application_id]
        return Shortfall(
            ahead=self._ahead(household),
            gap=self._gap(household),
            more_points=self._more_points(household),
            earlier=self._earlier(household),
            places=self._cheapest(household, self._places(household)),
            kinds=self._cheapest(household, self._kinds(household)),
            bedrooms=self._cheapest(household, self._bedrooms(household)),
            agreements=self._cheapest(household, self._agreements(household)),
            refusals=self._refusals(application_id),
        )

    def _ahead(self, household: RankedHousehold) -> Ahead:
        mine = household.order_key
        found: Counter[int] = Counter()
        served: list[str] = []
        for other in self.proposal.households[: household.rank - 1]:
            if not other.accepts.keys() & household.accepts.keys():
                continue
            theirs = other.order_key
            # The first part of the key that differs is what puts them ahead.
            found[next(i for i in range(len(mine)) if theirs[i] != mine[i])] += 1
            if self.served.get(other.application_id) in household.accepts:
                served.append(other.application_id)
        is_transfer = household.tier == TRANSFER_TIER
        by_list = found[0] + (found[1] if is_transfer else 0)
        by_points = 0 if is_transfer else found[1]
        by_draw = found[3] + found[4]
        nearest = tuple(reversed(served[-MOST_NAMED:]))
        return Ahead(by_list, by_points, found[2], by_draw, len(served), nearest)

    def _gap(self, household: RankedHousehold) -> Gap | None:
        other = self._must_outrank(household)
        if other is None:
            return None
        return Gap(
            other.application_id,
            max(0, other.points - household.points),
            max(0, (household.order_date - other.order_date).days),
            (other.tier, other.nature) < (household.tier, household.nature),
        )

    def _must_outrank(self, household: RankedHousehold) -> RankedHousehold | None:
        """
        Household before which this one had to be ranked; ``None`` when no rank was enough.

        Whoever the proposal does not tell of is tried at every place that matters.
        """
        left = next(
            u for u in self.proposal.unserved if u.application_id == household.application_id
        )
        if left.is_rank_known:
            return self.households[left.must_outrank] if left.must_outrank else None
        if not household.accepts:
            return None
        at, name = household.rank - 1, household.application_id
        fewest = first_that(1, at, lambda n: name in self.runs.placed(household, at - n))
        return None if fewest is None else self.proposal.households[at - fewest]

    def _more_points(self, household: RankedHousehold) -> Enough | None:
        """The fewest points that would have been enough, everything else being as it is."""
        if household.tier == TRANSFER_TIER or not household.accepts:
            return None
        listed = [h.points for h in self.proposal.households if h.tier == household.tier]
        most = max(listed) - household.points + 1
        fewest = first_that(
            1,
            most,
            lambda n: self._serves(household, Change(points=household.points + n)),
        )
        if fewest is None:
            return None
        return self._enough(household, Change(points=household.points + fewest))

    def _earlier(self, household: RankedHousehold) -> Enough | None:
        """The latest date that would have been enough, with the seniority that goes with it."""
        if not household.accepts:
            return None
        fewest = first_that(
            1,
            (household.order_date - self._earliest(household)).days,
            lambda n: self._serves(household, self._dated(household, n)),
        )
        return None if fewest is None else self._enough(household, self._dated(household, fewest))

    def _earliest(self, household: RankedHousehold) -> date:
        """Before everybody of its list, and as far back as seniority goes on growing."""
        same_list = (h for h in self.proposal.households if h.tier == household.tier)
        first = min(h.order_date for h in same_list) - timedelta(days=1)
        while household.tier != TRANSFER_TIER and (self.seniority(first) or 0) < (
            self.seniority(first - A_YEAR) or 0
        ):
            first -= A_YEAR
        return first

    def _dated(self, household: RankedHousehold, days: int) -> Change:
        """The household registered that many days earlier (later when negative)."""
        on = household.order_date - timedelta(days=days)
        seniority = None if household.tier == TRANSFER_TIER else self.seniority(on)
        if seniority is None:
            return Change(order_date=on)
        rest = household.points - household.seniority_points
        return Change(order_date=on, points=rest + seniority)

    def _places(self, household: RankedHousehold) -> Iterator[Change]:
        """Sections and communes on offer that it did not choose; a commune after its sections."""
        chosen = {self.proposal.places[i] for i in household.choices}
        offered = {(t.nis5, t.section_id) for t in self.runs.meeting.types}
        is_full = self.most_choices is not None and len(chosen) >= self.most_choices
        for nis5 in sorted({nis5 for nis5, _ in offered} - {n for n, s in chosen if not s}):
            sections = sorted(s for n, s in offered if n == nis5 and s and (n, s) not in chosen)
            changes = [Change(place=(nis5, s), is_instead=is_full) for s in sections]
            enough = [c for c in changes if self._serves(household, c)]
            yield from enough or [Change(place=(nis5, ""), is_instead=is_full)]

    def _kinds(self, household: RankedHousehold) -> Iterator[Change]:
        if household.kind_wanted != ANY_KIND:
            yield Change(kind_wanted=ANY_KIND)

    def _bedrooms(self, household: RankedHousehold) -> Iterator[Change]:
        """One bedroom fewer, one more, when such a dwelling is on offer."""
        offered = {t.bedrooms for t in self.runs.meeting.types}
        for number in (household.bedrooms - 1, household.bedrooms + 1):
            if number in offered:
                yield Change(bedrooms=number)

    def _agreements(self, household: RankedHousehold) -> Iterator[Change]:
        """Agreements with a place at this meeting under which it is not presented."""
        meeting = self.runs.meeting
        known = {q.rule.group.agreement_id for q in meeting.quotas}
        known |= {t.agreement_id for t in meeting.types}
        for agreement in sorted(known - {"", *household.agreements}):
            yield Change(agreement_id=agreement)

    def _cheapest(
        self, household: RankedHousehold, changes: Iterator[Change]
    ) -> tuple[Enough, ...]:
        """Those of the changes that are enough; the fewest households displaced come first."""
        found = [self._enough(household, c) for c in changes if self._serves(household, c)]
        return tuple(sorted(found, key=lambda enough: len(enough.displaced)))

    def _refusals(self, application_id: str) -> tuple[str, ...]:
        """Dwellings the household has if those proposed do not take them."""
        found = []
        for line in self.proposal.dwellings:
            first = next((n for n in line.next if n.needs == "refusal"), None)
            if first is not None and first.application_id == application_id:
                found.append(line.dwelling_id)
        return tuple(found)

    def _serves(self, household: RankedHousehold, change: Change) -> bool:
        return household.application_id in self.runs.changed(household, change)

    def _enough(self, household: RankedHousehold, change: Change) -> Enough:
        after = self.runs.changed(household, change)
        lost = tuple(sorted(self.served.keys() - after.keys()))
        return Enough(change, after[household.application_id], lost)

    # Served --------------------------------------------------------------------------------

    def margin(self, application_id: str) -> Margin:
        """How far a served household is from losing its dwelling, and to whom."""
        household = self.households[application_id]
        is_transfer = household.tier == TRANSFER_TIER
        worse = self._later if is_transfer else self._fewer_points
        most = self._days_to_the_last(household) if is_transfer else household.points
        lost = first_that(1, most, lambda n: not self._serves(household, worse(household, n)))
        spare = most if lost is None else lost - 1
        every = tuple(q.quota_id for q in self.proposal.quotas)
        return Margin(
            points_to_spare=None if is_transfer else spare,
            is_safe_without_points=not is_transfer and lost is None,
            latest=household.order_date + timedelta(days=spare) if is_transfer else None,
            is_safe_whatever_the_date=is_transfer and lost is None,
            follower="" if lost is None else self._follower(household, worse(household, lost)),
            needs=tuple(q for q in every if application_id not in self.runs.without((q,))),
            needs_quotas=application_id not in self.runs.without(every),
        )

    def _later(self, household: RankedHousehold, days: int) -> Change:
        return self._dated(household, -days)

    def _fewer_points(self, household: RankedHousehold, points: int) -> Change:
        return Change(points=household.points - points)

    def _days_to_the_last(self, household: RankedHousehold) -> int:
        """Days after which the household would be the last of its list by date."""
        last = max(h.order_date for h in self.proposal.households if h.tier == household.tier)
        return (last - household.order_date).days + 1

    def _follower(self, household: RankedHousehold, change: Change) -> str:
        """The best-ranked household that is served once this one no longer is."""
        gained = self.runs.changed(household, change).keys() - self.served.keys()
        return min(gained, key=lambda a: self.households[a].rank, default="")

    # Not ranked ----------------------------------------------------------------------------

    def if_ranked(self, entry: NotRanked) -> IfRanked | None:
        """The rank an application would have had; ``None`` when its points are not known."""
        household = entry.would_be
        if household is None:
            return None
        if household.income_category < 1:
            # Which quotas would count it is not known, so neither is whether it is served.
            return IfRanked(household.rank, household.points, None)
        served = self.runs.joined(household).get(household.application_id, "")
        return IfRanked(household.rank, household.points, served)


def first_that(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """
    The smallest number from ``low`` to ``high`` that holds, once holding it goes on holding.

    ``None`` when ``high`` does not. Whatever ``holds`` does in between, the number returned
    holds and the one before it does not.
    """
    if low > high or not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
