"""
What a household agrees to, in four records with four dates, none of which stands for another.

``accompaniment``: being accompanied. ``data_sharing``: one named datum told to one named
partner, for a purpose, until a day. ``information``: the notice on the processing of data was
given. ``contract``: a lease or an occupancy agreement was signed. Leaving one leaves the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, get_args

from allocation.errors import HousingError
from allocation.procedure.machine import Machine, Step

Kind = Literal["accompaniment", "data_sharing", "information", "contract"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What may be told of somebody, one by one. That support exists is itself a datum.
Datum = Literal["support_exists", "contact_person", "need", "commune", "review", "documents"]
DATA: tuple[Datum, ...] = get_args(Datum)

CONSENT = Machine(
    "consent",
    "asked",
    (
        Step("give", ("asked",), "given", "household"),
        Step("refuse", ("asked",), "refused", "household"),
        Step("withdraw", ("given",), "withdrawn", "household"),
    ),
)


class ConsentError(HousingError):
    """
    A record that does not say what was agreed to.

    ``consent.incomplete``: sharing without datum, partner, purpose and last day;
    ``consent.too_much``: those said of another kind.
    """

    code: ClassVar[str] = "consent.incomplete"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # one class, two stable codes


@dataclass(frozen=True)
class Consent:
    """One record: what, since when, and of a sharing: which datum, to whom, why, until when."""

    kind: Kind
    state: str
    on: date
    datum: Datum | None = None
    partner_id: str = ""
    purpose: str = ""
    until_on: date | None = None

    def __post_init__(self) -> None:
        of_sharing = (self.datum, self.partner_id, self.purpose.strip(), self.until_on)
        if self.kind == "data_sharing" and not all(of_sharing):
            raise ConsentError("consent.incomplete", "Which datum, to whom, why, until when?")
        if self.kind != "data_sharing" and any(of_sharing):
            raise ConsentError("consent.too_much", "Only a sharing names a datum and a partner.")

    def allows(self, datum: Datum, partner_id: str, on: date) -> bool:
        """Whether this very datum may be told to this very partner on a day, its last included."""
        return (
            self.kind == "data_sharing"
            and self.state == "given"
            and (self.datum, self.partner_id) == (datum, partner_id)
            and self.until_on is not None
            and self.on <= on <= self.until_on
        )


def may_tell(consents: Iterable[Consent], datum: Datum, *, partner_id: str, on: date) -> bool:
    """Whether a household agreed that a datum is told to a partner on a day."""
    return any(consent.allows(datum, partner_id, on) for consent in consents)
