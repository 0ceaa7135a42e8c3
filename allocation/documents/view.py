"""
What the documents show, once, in words: report, minutes and workbook print the same view.

Everything is text in the reader's language, except identifiers, codes and counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from allocation.documents.household_facts import HouseholdFacts

NO_FACTS = HouseholdFacts("", "", "", "")


@dataclass(frozen=True)
class HouseholdView:
    """
    A household as a clerk names it, with its place in the order and its points.

    ``total_points`` is ``None`` for a transfer, which has none. ``discreet_points`` names no
    line that tells of health or violence: it is for papers that circulate.
    """

    application_id: str
    name: str
    standing: str
    rank: int
    order_date: date
    total_points: int | None
    points: tuple[str, ...] = ()
    total: str = ""
    discreet_points: str = ""
    facts: HouseholdFacts = NO_FACTS

    @property
    def label(self) -> str:
        """Identifier and name on one line."""
        return f"{self.application_id} {self.name}".strip()


@dataclass(frozen=True)
class NextView:
    """A household next for a dwelling, and what it still needs."""

    household: HouseholdView
    needs: str
    is_served_by_refusal: bool


@dataclass(frozen=True)
class DwellingView:
    """
    One vacant dwelling; ``household`` is ``None`` when nobody is proposed, for ``empty``.

    ``support``: the place of support an agreement promises with it, or that none is tied to it.
    """

    dwelling_id: str
    nis5: str
    commune: str
    address: str
    description: str
    rent: str
    rent_cents: int | None
    available: str
    available_on: date | None
    household: HouseholdView | None
    channel: str
    channel_name: str
    discreet_channel: str
    critical: str
    legal_ground: str
    support: str
    is_support_promised: bool
    ground: str
    choice: str
    empty: str
    next: tuple[NextView, ...]

    @property
    def if_refused(self) -> NextView | None:
        """The first household that a refusal would serve."""
        return next((n for n in self.next if n.is_served_by_refusal), None)


@dataclass(frozen=True)
class QuotaView:
    """
    One quota: its rule, where the year stands, what this meeting does to it.

    ``price``: those passed over for it and those served instead, in points and in waiting;
    empty when nobody is passed over.
    """

    quota_id: str
    label: str
    kind: str
    rule: str
    mark: str
    opening: int
    seats: int
    used: int
    year: str
    ground: str
    state: str
    sentence: str
    passed_over: tuple[HouseholdView, ...]
    instead: tuple[HouseholdView, ...]
    price: str


@dataclass(frozen=True)
class UnservedView:
    """A ranked household without a dwelling, with the ground."""

    household: HouseholdView
    reason: str
    reason_name: str
    sentence: str
    is_above_last_served: bool


@dataclass(frozen=True)
class WaitingView:
    """An application that cannot be ranked while a fact is missing."""

    application_id: str
    name: str
    sentence: str


@dataclass(frozen=True)
class GroundView:
    """One ground and the households that have it."""

    sentence: str
    n: int
    first: tuple[HouseholdView, ...]


@dataclass(frozen=True)
class DifferenceView:
    """One dwelling that another way of running the meeting would give otherwise."""

    dwelling_id: str
    here: str
    there: str


@dataclass(frozen=True)
class AlternativeView:
    """Another way to run the same meeting, beside the proposal."""

    name: str
    label: str
    n_served: int
    shortage: int
    only_here: tuple[HouseholdView, ...]
    only_there: tuple[HouseholdView, ...]
    differences: tuple[DifferenceView, ...]


@dataclass(frozen=True)
class LowerView:
    """A household the joint way serves less well, or not at all, than one dwelling at a time."""

    household: HouseholdView
    joint: str
    serial: str
    is_housed: bool


@dataclass(frozen=True)
class CommuneView:
    """The dwellings of one commune; ``places``: section, dwellings, of which proposed."""

    nis5: str
    name: str
    n_dwellings: int
    n_proposed: int
    places: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class ProposalView:
    """Everything the documents of one proposal print."""

    language: str
    is_demo: bool
    company: str
    meeting_on: str
    mode: str
    n_ranked: int
    dwellings: tuple[DwellingView, ...]
    quotas: tuple[QuotaView, ...]
    unserved: tuple[UnservedView, ...]
    alternatives: tuple[AlternativeView, ...]
    lower_choices: tuple[LowerView, ...]
    communes: tuple[CommuneView, ...]
    not_ranked: tuple[tuple[str, str, int], ...]
    worklist: tuple[WaitingView, ...]
    decisions: tuple[str, ...]
    caveats: tuple[str, ...]
    assumed: tuple[str, ...]
    register_hash: str
    rulebook_hash: str
    proposal_hash: str
    points_sources: tuple[str, ...]
    quota_notes: tuple[str, ...]
    outranked: Mapping[str, int]

    @property
    def proposed(self) -> tuple[DwellingView, ...]:
        """Dwellings with a household."""
        return tuple(d for d in self.dwellings if d.household is not None)

    @property
    def left(self) -> tuple[DwellingView, ...]:
        """Dwellings without a household."""
        return tuple(d for d in self.dwellings if d.household is None)

    @property
    def passed_over(self) -> tuple[UnservedView, ...]:
        """Unserved households ranked above one that is served, though a dwelling fits them."""
        return tuple(
            u
            for u in self.unserved
            if u.is_above_last_served and u.reason != "no_compatible_dwelling"
        )
