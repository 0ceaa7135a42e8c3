"""A sound agreement of every type, to vary by one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from allocation.accompaniment import (
    AgreementDocument,
    Basis,
    Capacity,
    DataSharing,
    Money,
    ReviewCalendar,
    Signatory,
    Support,
    Terms,
    agreement_types,
)

SIGNED = date(2025, 12, 1)
BEGINS, ENDS = date(2026, 1, 1), date(2028, 12, 31)
RESERVED = {
    "named_dwellings": ("D1",),
    "seats_per_year": 4,
    "places": 10,
    "share": None,
}


def some_terms(kind: str = "reserved_allocation") -> Terms:
    """Everything an agreement of that type says."""
    of_type = agreement_types()[kind]
    capacity = Capacity(**{n: RESERVED[n] for n in of_type.reserves})  # type: ignore[arg-type]
    return Terms(
        kind=kind,
        in_force_from=BEGINS,
        in_force_to=ENDS,
        signatories=tuple(Signatory(side, "Exemple", "direction") for side in of_type.sides),
        basis=Basis("Article 131 bis (exemple)", "Exemple n° 1", "recorded"),
        public="Ménages qui quittent un hébergement",
        capacity=capacity,
        support=Support(("individual",), weekly_hours=4, caseload_ceiling=20),
        money=Money("household", "household", "partner", "partner"),
        data_sharing=DataSharing(("household_agreed_on",), ("presentation",), 12),
        review_calendar=ReviewCalendar(6),
        slide_conditions=("les objectifs écrits sont atteints",),
        exit_without_slide="un autre logement est proposé trois mois avant",
        alternatives=("another_dwelling",),
        notice_months=3,
    )


def a_document(state: str = "in_force", *, kind: str = "reserved_allocation") -> AgreementDocument:
    """An agreement in a state."""
    return AgreementDocument(some_terms(kind), state, signed_on=SIGNED)


def with_share(share: str) -> Terms:
    """Terms that reserve a share in the place of seats."""
    return replace(some_terms(), capacity=Capacity(share=Fraction(share)))
