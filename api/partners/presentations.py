"""
Presenting candidates and withdrawing them, one or many at once.

A line is looked at in this order: the agreement (the partner's own, in force, with a legal
basis), the household's agreement, the proof. Whoever does not know the household is told the
same thing whether it exists, is elsewhere, or was presented by somebody else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.proposal.guards import has_legal_basis
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.bulk import insert_rows
from api.db.tables.register import HELD_BY, presentations
from api.journal import append
from api.journal.writing import Act, append_all
from api.partners import proofs, queries
from api.partners.schemas import PresentationEntry
from api.service import Service

MADE, WITHDRAWN = "presentation.made", "presentation.withdrawn"
UNKNOWN_HOUSEHOLD = "presentation.unknown_household"


class PresentationError(HousingError):
    """A presentation was refused."""

    code: ClassVar[str] = UNKNOWN_HOUSEHOLD

    def __init__(self, code: str) -> None:
        super().__init__("Refused.")
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def present(
    connection: sa.Connection,
    actor: Actor,
    items: Sequence[PresentationEntry],
    *,
    service: Service,
) -> list[str]:
    """
    Present candidates; gives for each line the code it was refused for, or the empty text.

    What was refused for want of proof is counted in this transaction: it must be committed even
    if every line is refused.
    """
    proofs.wait_for_turn(connection, actor)
    today = service.today()
    look = _Look.at(connection, actor, items, today)
    codes = [look.code_of(item) for item in items]
    proofs.keep_refused(connection, actor, today, look.refused)
    fresh = [item for item, code in zip(items, codes, strict=True) if not code]
    if fresh:
        _write(connection, actor, fresh, look, service=service)
    return codes


def withdraw(
    connection: sa.Connection, actor: Actor, key: queries.Key, *, reason: str, service: Service
) -> None:
    """
    Present a candidate no longer; the application itself is untouched.

    Raises
    ------
    AbsentError
        ``access.absent``.
    """
    row = queries.one_presentation(connection, actor, key)
    touch(connection, row.held_by, actor=actor, service=service)
    agreement_id, application_id = key
    connection.execute(
        presentations.delete().where(
            presentations.c.agreement_id == agreement_id,
            presentations.c.application_id == application_id,
        )
    )
    append(
        connection,
        WITHDRAWN,
        subject=application_id,
        actor=actor,
        now=service.now(),
        content={"agreement_id": agreement_id, "application_id": application_id, "reason": reason},
    )


@dataclass
class _Look:
    """Everything the lines of a batch are judged by, read in a few queries for all of them."""

    today: date
    agreements: dict[str, Row]
    births: dict[str, set[tuple[str, date]]]  # of the company of an agreement
    presented: set[queries.Key]
    refused: Counter[str]

    @staticmethod
    def at(
        connection: sa.Connection, actor: Actor, items: Sequence[PresentationEntry], today: date
    ) -> _Look:
        named = {item.agreement_id for item in items}
        wanted = {item.application_id for item in items}
        found = queries.agreements_of(connection, actor, year=today.year, only=named)
        holders = {row._mapping[HELD_BY]: row.holder_kind for row in found}
        births = {
            holder: queries.births_known_to(
                connection, holder, kind=holders[holder], application_ids=wanted
            )
            for holder in sorted(holders)
        }
        return _Look(
            today,
            {row.agreement_id: row for row in found},
            births,
            queries.presented_already(connection, actor, wanted),
            proofs.refused_so_far(connection, actor, today),
        )

    def code_of(self, item: PresentationEntry) -> str:
        """Why a line is refused; what is accepted counts as presented for the lines after it."""
        agreement = self.agreements.get(item.agreement_id)
        if agreement is None:
            return "presentation.no_agreement"
        if not is_in_force(agreement, self.today):
            return "presentation.agreement_not_in_force"
        if not has_legal_basis(dict(agreement._mapping), kind=agreement.register_kind):
            return "presentation.no_legal_basis"
        if item.household_agreed_on > self.today:
            return "presentation.agreed_later"
        if self.refused.total() >= proofs.TRIES_A_DAY:
            return "presentation.too_many_refused"
        if not self._is_proved(item, agreement):
            self.refused[item.application_id] += 1
            return UNKNOWN_HOUSEHOLD
        key = (item.agreement_id, item.application_id)
        if key in self.presented:
            return "presentation.already"
        self.presented.add(key)
        return ""

    def _is_proved(self, item: PresentationEntry, agreement: Row) -> bool:
        is_open = self.refused[item.application_id] < proofs.TRIES_A_HOUSEHOLD
        births = self.births[agreement._mapping[HELD_BY]]
        return is_open and (item.application_id, item.born_on) in births


def is_in_force(agreement: Row, on: date) -> bool:
    """Whether an agreement is in force on a day."""
    to = agreement.in_force_to
    return bool(agreement.in_force_from <= on and (to is None or on <= to))


def _write(
    connection: sa.Connection,
    actor: Actor,
    fresh: Sequence[PresentationEntry],
    look: _Look,
    *,
    service: Service,
) -> None:
    holders = {
        item.agreement_id: look.agreements[item.agreement_id]._mapping[HELD_BY] for item in fresh
    }
    for holder in sorted(set(holders.values())):
        touch(connection, holder, actor=actor, service=service)
    rows: list[dict[str, Any]] = [
        {
            HELD_BY: holders[item.agreement_id],
            "agreement_id": item.agreement_id,
            "application_id": item.application_id,
            "presented_on": look.today,
            "household_agreed_on": item.household_agreed_on,
        }
        for item in fresh
    ]
    insert_rows(connection, presentations, rows)
    acts = [
        Act(
            MADE,
            item.application_id,
            {
                "agreement_id": item.agreement_id,
                "application_id": item.application_id,
                "household_agreed_on": item.household_agreed_on.isoformat(),
            },
        )
        for item in fresh
    ]
    append_all(connection, acts, actor=actor, now=service.now())
