"""What follows the meeting: the answers of households, and who is offered what they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

ACCEPTED, REFUSED, SILENCE = "accepted", "refused", "silence"
WITHDRAWN_DWELLING, WITHDRAWN_APPLICATION = "withdrawn_dwelling", "withdrawn_application"
KINDS = (ACCEPTED, REFUSED, SILENCE, WITHDRAWN_DWELLING, WITHDRAWN_APPLICATION)


@dataclass(frozen=True, order=True)
class Answer:
    """
    What became of one offer, of a dwelling or of an application.

    ``kind``: ``accepted``, ``refused``, ``silence`` (no answer in time), ``withdrawn_dwelling``
    (no longer to let: ``application_id`` may be empty) or ``withdrawn_application``
    (``dwelling_id`` may be empty).
    """

    answered_on: date
    kind: str
    dwelling_id: str
    application_id: str


@dataclass(frozen=True)
class PassedOver:
    """A household that came before for a dwelling, and the quotas that keep it from it."""

    application_id: str
    needs: str
    quotas: tuple[str, ...]


@dataclass(frozen=True)
class NewOffer:
    """A dwelling let again, or left empty; ``instead_of``: who had it, if anybody did."""

    dwelling_id: str
    application_id: str | None
    instead_of: str | None
    passed_over: tuple[PassedOver, ...]


@dataclass(frozen=True)
class Step:
    """
    The answers of one day and the offers that follow.

    ``locked``: dwelling -> household, the offers nobody could touch. ``offers`` by dwelling.
    """

    on: date
    answers: tuple[Answer, ...]
    locked: Mapping[str, str]
    offers: tuple[NewOffer, ...]


@dataclass(frozen=True)
class Difference:
    """A household and its dwelling in the continuation, and if all were decided anew."""

    application_id: str
    dwelling_id: str | None
    anew: str | None


@dataclass(frozen=True)
class Continuation:
    """
    A proposal goes on from the offers made: ``steps`` since the meeting, oldest first.

    ``of``: SHA-256 of the ``proposal.json`` it goes on from. ``differences``: who would have
    another dwelling, or none, if everything were decided anew without the offers refused;
    reported, never applied.
    """

    of: str
    steps: tuple[Step, ...]
    differences: tuple[Difference, ...]
