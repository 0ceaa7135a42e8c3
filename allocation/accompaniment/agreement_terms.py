"""What an agreement says: one version of its terms, and what is still missing before signature."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from allocation.accompaniment.agreement_types import AgreementType, agreement_types
from allocation.accompaniment.stay import anniversaries
from allocation.accompaniment.stay_rules import load_stay_rules
from allocation.errors import Problem

Payer = Literal["household", "partner", "landlord", "owner", "nobody"]
Mode = Literal["individual", "collective", "community"]
PlacePolicy = Literal["release", "next_in_turn", "reassign", "report_only"]
WHERE = "/terms"


@dataclass(frozen=True)
class Signatory:
    """Who signs for a side, by function, never by name."""

    side: str
    organisation: str
    function: str


@dataclass(frozen=True)
class Basis:
    """What the seats rest on; ``standing`` is ``recorded``, ``fictional`` or ``none``."""

    article: str = ""
    act: str = ""
    standing: str = "none"

    def suffices(self, *, kind: str) -> bool:
        """Whether it carries seats on a register of that kind (``demo`` or ``real``)."""
        allowed = ("recorded",) if kind == "real" else ("recorded", "fictional")
        return self.standing in allowed and bool(self.article.strip() and self.act.strip())


@dataclass(frozen=True)
class DwellingFilter:
    """Dwellings the agreement is about; an empty member leaves everything in."""

    communes: tuple[str, ...] = ()
    bedrooms_from: int | None = None
    bedrooms_to: int | None = None
    accessibility: tuple[str, ...] = ()

    def admits(self, *, nis5: str, bedrooms: int, accessibility: str) -> bool:
        """Whether the agreement is about such a dwelling."""
        return (
            (not self.communes or nis5 in self.communes)
            and (self.bedrooms_from is None or bedrooms >= self.bedrooms_from)
            and (self.bedrooms_to is None or bedrooms <= self.bedrooms_to)
            and (not self.accessibility or accessibility in self.accessibility)
        )


@dataclass(frozen=True)
class Capacity:
    """
    What is reserved: dwellings by name (stock), seats or a share of the yearly flow, places of
    support.
    """

    named_dwellings: tuple[str, ...] = ()
    seats_per_year: int | None = None
    share: Fraction | None = None
    places: int | None = None


@dataclass(frozen=True)
class Support:
    """The support offered: modes, hours a week, households one worker follows at most."""

    modes: tuple[Mode, ...]
    weekly_hours: int | None = None
    caseload_ceiling: int | None = None


@dataclass(frozen=True)
class Money:
    """Who pays the rent, the charges, the damage, the rent of an empty dwelling."""

    rent: Payer
    charges: Payer
    damage: Payer
    vacancy: Payer


@dataclass(frozen=True)
class DataSharing:
    """Annex: fields shared, for what, and for how many months they are kept."""

    fields: tuple[str, ...]
    purposes: tuple[str, ...]
    retention_months: int


@dataclass(frozen=True)
class ReviewCalendar:
    """Months between two reviews of the agreement, counted from its first day."""

    every_months: int


@dataclass(frozen=True)
class UnfilledPlace:
    """
    What becomes of a place taken up that no household presented fills.

    ``release``: the dwelling goes back to the general list. ``next_in_turn``: it is offered to
    the next agreement, ``reassign``: to the agreement ``to``; when it cannot be, to the general
    list. ``report_only``: it is told, and stays named until a person withdraws it. ``hold_days``:
    calendar days the agreement keeps it after taking it up; ``None``: until a meeting has found
    nobody for it. What the year does not fill is another question, of the quota.
    """

    policy: PlacePolicy = "release"
    to: str = ""
    hold_days: int | None = None


@dataclass(frozen=True)
class Terms:
    """
    One version of an agreement.

    ``public``: admitted, in words. ``requires_support``: whether a home may depend on support;
    only where the text itself couples them. ``alternatives``: guaranteed when a path breaks.
    ``renewal``: ``none``, ``by_agreement`` or ``tacit``, for ``renewal_months``. ``answer_days``:
    calendar days the partner has to answer when a place is offered to it; no text gives any.
    ``unfilled_place``: ``None`` when the text is silent (see ``place_fates``).
    """

    kind: str
    in_force_from: date
    in_force_to: date | None = None
    signatories: tuple[Signatory, ...] = ()
    basis: Basis = Basis()
    public: str = ""
    dwellings: DwellingFilter = DwellingFilter()
    capacity: Capacity = Capacity()
    support: Support | None = None
    requires_support: bool = False
    money: Money | None = None
    data_sharing: DataSharing | None = None
    review_calendar: ReviewCalendar | None = None
    slide_conditions: tuple[str, ...] = ()
    exit_without_slide: str = ""
    alternatives: tuple[str, ...] = ()
    renewal: Literal["none", "by_agreement", "tacit"] = "none"
    renewal_months: int | None = None
    notice_months: int = 0
    answer_days: int | None = None
    unfilled_place: UnfilledPlace | None = None

    @property
    def type(self) -> AgreementType:
        """Its type, as the rulebook knows it."""
        return agreement_types()[self.kind]

    def review_days(self, until_on: date) -> tuple[date, ...]:
        """Days of the reviews of the agreement up to a day included; none without a calendar."""
        if self.review_calendar is None:
            return ()
        months = self.review_calendar.every_months
        return anniversaries(self.in_force_from, until_on, months=months)


@dataclass(frozen=True)
class Base:
    """
    What an agreement is measured against: allocations expected of the year, seats that other
    agreements promise of them, dwellings the landlord may name; ``None`` when not known.
    """

    allocations: int | None = None
    seats_elsewhere: int = 0
    shares_elsewhere: Fraction = Fraction(0)
    dwellings: Collection[str] | None = None


def faults(terms: Terms, *, on: date, register_kind: str, base: Base) -> Iterator[Problem]:
    """Everything that keeps these terms from being signed on a day, each at its place."""
    yield from _sides(terms)
    yield from _said(terms)
    yield from _reserved(terms, base)
    yield from _times(terms, on)
    source = terms.type.source
    takes_from_the_list = bool(terms.capacity.seats_per_year or terms.capacity.share)
    needs_basis = terms.type.needs_basis or takes_from_the_list
    if needs_basis and not terms.basis.suffices(kind=register_kind):
        yield Problem.at(
            WHERE, 0, "basis", "agreement.no_legal_basis",
            act=source.act, article=source.article, mark=source.mark,
        )  # fmt: skip
    if terms.requires_support and not terms.type.couples_support:
        yield Problem.at(WHERE, 0, "requires_support", "agreement.support_is_free")
    place = terms.unfilled_place
    if place is not None and (place.policy == "reassign") != bool(place.to.strip()):
        yield Problem.at(WHERE, 0, "unfilled_place/to", "agreement.place_reassigned_to")


def _sides(terms: Terms) -> Iterator[Problem]:
    signed = {s.side for s in terms.signatories if s.function.strip() and s.organisation.strip()}
    for side in terms.type.sides:
        if side not in signed:
            yield Problem.at(WHERE, 0, "signatories", "agreement.no_signatory", side=side)


def _said(terms: Terms) -> Iterator[Problem]:
    """What the type must say is said."""
    for need in terms.type.needs:
        names = need.split(" or ")
        if not any(_value(terms, name) for name in names):
            yield Problem.at(
                WHERE, 0, names[0], "agreement.term_missing", term=", ".join(names), kind=terms.kind
            )
    sharing = terms.data_sharing
    if sharing is not None and not (sharing.fields and sharing.purposes):
        yield Problem.at(WHERE, 0, "data_sharing", "agreement.sharing_without_bounds")


def _value(terms: Terms, name: str) -> object:
    holder = terms.capacity if hasattr(terms.capacity, name) else terms
    found = getattr(holder, name)
    return found.strip() if isinstance(found, str) else found


def _reserved(terms: Terms, base: Base) -> Iterator[Problem]:
    capacity = terms.capacity
    for name in ("named_dwellings", "seats_per_year", "share", "places"):
        if getattr(capacity, name) and name not in terms.type.reserves:
            yield Problem.at(
                WHERE, 0, f"capacity/{name}", "agreement.reserves_nothing_such",
                kind=terms.kind, possible=", ".join(terms.type.reserves) or "–",
            )  # fmt: skip
    if capacity.seats_per_year is not None and capacity.share is not None:
        yield Problem.at(WHERE, 0, "capacity/share", "agreement.seats_and_share")
    seats = (capacity.seats_per_year or 0) + base.seats_elsewhere
    if capacity.seats_per_year and base.allocations is not None and seats > base.allocations:
        yield Problem.at(
            WHERE, 0, "capacity/seats_per_year", "agreement.seats_exceed_base",
            seats=seats, expected=base.allocations,
        )  # fmt: skip
    share = (capacity.share or Fraction(0)) + base.shares_elsewhere
    if capacity.share and share > 1:
        yield Problem.at(
            WHERE, 0, "capacity/share", "agreement.shares_exceed_base", total=str(share)
        )
    for idx, name in enumerate(capacity.named_dwellings):
        if base.dwellings is not None and name not in base.dwellings:
            path = f"capacity/named_dwellings/{idx}"
            yield Problem.at(WHERE, 0, path, "agreement.unknown_dwelling", dwelling=name)


def _times(terms: Terms, on: date) -> Iterator[Problem]:
    if terms.in_force_to is not None and terms.in_force_to < terms.in_force_from:
        yield Problem.at(WHERE, 0, "in_force_to", "agreement.ends_before_it_begins")
    if (terms.renewal == "tacit") != (terms.renewal_months is not None):
        yield Problem.at(WHERE, 0, "renewal_months", "agreement.renewal_months")
    if terms.kind != "sliding_lease" or terms.review_calendar is None:
        return
    rule = load_stay_rules().rule("sliding_lease.review_months", on)
    most = int(str(rule.value))
    if terms.review_calendar.every_months > most:
        yield Problem.at(
            WHERE, 0, "review_calendar/every_months", "agreement.reviews_too_far_apart",
            most=most, act=rule.source.act, article=rule.source.article, mark=rule.mark,
        )  # fmt: skip
