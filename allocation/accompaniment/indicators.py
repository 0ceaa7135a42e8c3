"""
How accompaniment is carried out, never how a person or a worker performs.

Each indicator is a share with its denominator, or a median with how many it is taken of. None is
told of a worker, and arrears are none of them. Outside the service a cell under ten is hidden.

Source
------
Conseil supérieur du logement, avis 18, recommendation 9; list proposed by the project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from allocation.accompaniment.contacts import Retention, Weeks
from allocation.small_cells import FEWEST_SHOWN


@dataclass(frozen=True)
class ReviewSeen:
    """A review: when it was planned, when held, whether the household was there, obstacles."""

    on: date
    due_on: date | None
    household_present: bool
    obstacles: frozenset[str]
    resolved: frozenset[str]


@dataclass(frozen=True)
class PlanSeen:
    """What an indicator may look at of a plan: dates and counts, no person and no words."""

    state: str
    first_contact_on: date
    first_met_on: date | None
    n_objectives: int
    n_own_words: int
    accompanier_changes: int
    contacts_of_household: int
    contacts_of_service: int
    reviews: tuple[ReviewSeen, ...]
    entered_home_on: date | None
    left_home_on: date | None
    offered_alternative: bool


@dataclass(frozen=True)
class ExitSeen:
    """An end of a stay: how many of the alternatives offered before it were accepted."""

    n_accepted: int


@dataclass(frozen=True)
class Indicator:
    """``of``: the denominator; ``n``: the numerator, or the median. Hidden ones are ``None``."""

    code: str
    n: int | None
    of: int | None

    def published(self, *, is_share: bool = True) -> Indicator:
        """As it may leave the service: no cell under ten, nor one to be had by subtraction."""
        if self.of is None or self.n is None:
            return self
        if self.of < FEWEST_SHOWN:
            return replace(self, n=None, of=None)
        rest = self.of - self.n
        is_small = any(0 < cell < FEWEST_SHOWN for cell in (self.n, rest))
        return replace(self, n=None) if is_share and is_small else self


MEDIANS = frozenset({"days_to_first_meeting", "supervision_per_full_time"})


def indicators(
    plans: Sequence[PlanSeen],
    *,
    referrals_answered: int,
    referrals: int,
    supervision_hours: int,
    full_time_hundredths: int,
    weeks: Weeks,
    homes: Iterable[Retention],
    exits: Sequence[ExitSeen] = (),
    companies: int = 0,
    companies_with_worker: int = 0,
) -> tuple[Indicator, ...]:
    """
    Every indicator of modality, in a fixed order.

    ``exits``: stays ended, those that ended by a death left out. The denominator is all of them:
    an end for which nothing was offered counts as one without an accepted alternative.
    ``companies_with_worker``: those with a social worker or a liaison of their own.
    """
    found = [*_of_plans(plans), *_of_reviews(plans), *_of_exits(exits)]
    found.append(Indicator("referrals_answered", referrals_answered, referrals))
    per = supervision_hours * 100 // full_time_hundredths if full_time_hundredths else None
    found.append(
        Indicator("supervision_per_full_time", per, full_time_hundredths // 100)
        if per is not None
        else Indicator("supervision_per_full_time", None, None)
    )
    found.append(Indicator("housing_first_weeks_met", weeks.with_contact, weeks.whole))
    found += [Indicator(f"homes_kept_{h.months}_months", h.kept, h.observed) for h in homes]
    found.append(Indicator("companies_with_social_worker", companies_with_worker, companies))
    return tuple(found)


def published(found: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """The indicators as they may leave the service."""
    return tuple(one.published(is_share=one.code not in MEDIANS) for one in found)


def _of_plans(plans: Sequence[PlanSeen]) -> Iterator[Indicator]:
    days = [(p.first_met_on - p.first_contact_on).days for p in plans if p.first_met_on]
    yield Indicator("days_to_first_meeting", _median(days), len(days))
    with_objectives = [p for p in plans if p.n_objectives]
    own = sum(p.n_own_words == p.n_objectives for p in with_objectives)
    yield Indicator("objectives_in_own_words", own, len(with_objectives))
    same = sum(p.accompanier_changes == 0 for p in plans)
    yield Indicator("same_accompanier", same, len(plans))
    of_household = sum(p.contacts_of_household for p in plans)
    contacts = of_household + sum(p.contacts_of_service for p in plans)
    yield Indicator("contacts_proposed_by_household", of_household, contacts)
    # Both should be alike: leaving support costs nobody their home.
    housed = [p for p in plans if p.entered_home_on]
    left = [p for p in housed if p.state == "withdrawn_by_household"]
    stayed = [p for p in housed if p.state in ("accepted", "active", "paused", "standby")]
    for code, group in (("home_kept_after_leaving", left), ("home_kept_in_support", stayed)):
        yield Indicator(code, sum(p.left_home_on is None for p in group), len(group))
    ended = [p for p in plans if p.state == "ended_by_service"]
    offered = sum(p.offered_alternative for p in ended)
    yield Indicator("alternative_offered_by_service", offered, len(ended))


def _of_reviews(plans: Sequence[PlanSeen]) -> Iterator[Indicator]:
    reviews = [review for plan in plans for review in plan.reviews]
    planned = [r for r in reviews if r.due_on is not None]
    on_time = sum(r.on <= r.due_on and r.household_present for r in planned if r.due_on)
    yield Indicator("reviews_on_time_with_household", on_time, len(planned))
    met = {(place, o) for place, p in enumerate(plans) for r in p.reviews for o in r.obstacles}
    gone = {(place, o) for place, p in enumerate(plans) for r in p.reviews for o in r.resolved}
    yield Indicator("obstacles_resolved", len(met & gone), len(met))


def _of_exits(exits: Sequence[ExitSeen]) -> Iterator[Indicator]:
    accepted = sum(e.n_accepted > 0 for e in exits)
    yield Indicator("exits_with_alternative_accepted", accepted, len(exits))


def _median(values: list[int]) -> int | None:
    return sorted(values)[(len(values) - 1) // 2] if values else None
