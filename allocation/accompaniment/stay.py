"""A stay as it stands: its terms, its objectives, its reviews, what was offered in its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from allocation.accompaniment.occupancy import PLANNED
from allocation.rules.periods import after_months

OBJECTIVE_STATES = ("open", "moving", "reached", "dropped")
# Why a stay is over. None of them says whose doing it was.
EXIT_CLASSES = (
    "moved_by_choice",
    "moved_for_fit",
    "end_of_term_without_slide",
    "contract_ended",
    "eviction",
    "death",
    "unknown",
)
ALTERNATIVES = (
    "another_dwelling",
    "another_landlord",
    "transit",
    "insertion",
    "shelter",
    "family_or_friends",
    "care_institution",
    "other",
)
# Why there is no alternative, where there is none.
NO_ALTERNATIVE = ("own_choice", "found_by_the_household", "none_found", "not_reached", "death")


@dataclass(frozen=True)
class Episode:
    """
    One status of the stay, from a day on.

    ``until_on``: the day its term is over; ``None`` for a status without a term. ``signed_on``:
    signature of its contract. ``n_renewals``: terms added to the first.
    """

    status: str
    from_on: date
    until_on: date | None = None
    signed_on: date | None = None
    n_renewals: int = 0


@dataclass(frozen=True)
class Review:
    """
    A dated meeting about the stay, the household's view first.

    ``is_household_present``: in person, by telephone or by a person it has named.
    ``invited_on``: days on which it was invited in writing. ``objectives``: state of each.
    """

    held_on: date
    is_household_present: bool
    invited_on: tuple[date, ...] = ()
    objectives: tuple[tuple[str, str], ...] = ()

    def is_contradictory(self, n_invitations: int) -> bool:
        """Whether both sides could speak: the household was there, or invited often enough."""
        return self.is_household_present or len(set(self.invited_on)) >= n_invitations


@dataclass(frozen=True)
class Agreement:
    """
    The agreement a partner holds the stay under.

    ``has_basis``: it rests on a recorded article, act and date. ``free_places``: places of
    support left; ``None`` when it promises none.
    """

    kind: str
    from_on: date
    to_on: date | None
    has_basis: bool
    free_places: int | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it runs on that day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True)
class Stay:
    """
    One household, one dwelling, one continuous stay.

    ``operator_kind``: kind of the partner that holds it, empty for the company itself;
    ``is_operator_approved``: a person has recorded the act that approves it by name.
    ``income_category``: of the household today, ``None`` when it is not known.
    ``n_alternatives``: offered so far. ``held_papers``: of the file of a sliding lease.
    """

    status: str = PLANNED
    episodes: tuple[Episode, ...] = ()
    objectives: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()
    n_alternatives: int = 0
    held_papers: Collection[str] = ()
    operator_kind: str = ""
    is_operator_approved: bool = False
    agreement: Agreement | None = None
    income_category: int | None = None

    @property
    def episode(self) -> Episode | None:
        """The status of today; ``None`` before the entry."""
        return self.episodes[-1] if self.episodes else None

    def entered(self, episode: Episode) -> Stay:
        """The stay in a new status."""
        return replace(self, status=episode.status, episodes=(*self.episodes, episode))

    def prolonged(self, until_on: date) -> Stay:
        """The stay with one term more in its status."""
        last = self.episodes[-1]
        longer = replace(last, until_on=until_on, n_renewals=last.n_renewals + 1)
        return replace(self, episodes=(*self.episodes[:-1], longer))

    @property
    def sliding(self) -> Episode | None:
        """The sliding lease of the stay, running or slid."""
        return next((e for e in self.episodes if e.status == "sliding_lease"), None)

    def objective_states(self) -> dict[str, str]:
        """Every objective as the reviews left it, ``open`` when none has spoken of it."""
        states = dict.fromkeys(self.objectives, "open")
        for review in sorted(self.reviews, key=lambda r: r.held_on):
            states |= {k: v for k, v in review.objectives if k in states}
        return states


def anniversaries(from_on: date, last_on: date, *, months: int) -> tuple[date, ...]:
    """Anniversaries of a first day up to ``last_on`` included, every ``months``."""
    found, n = [], 1
    while (day := after_months(from_on, n * months)) <= last_on and months > 0:
        found.append(day)
        n += 1
    return tuple(found)
