"""Rules of a register that defeat their purpose, on the terms of its next meeting."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from allocation.accompaniment import RUNNING_STATES, Terms
from allocation.contradictions import Contradiction, Side, contradictions
from allocation.contradictions.telling import (
    as_plain,
    certainty,
    name_of,
    sentence,
    source_of,
)
from allocation.model import Meeting, Register
from allocation.rules import evaluate_register, load_rulebook
from allocation.wording import Catalogue
from api.access import may
from api.agreements.queries import documents_of
from api.agreements.schemas import TermsEntry
from api.auth.actor import Actor
from api.db.register import read_register
from api.quotas import queries
from api.quotas.schemas import ContradictionList, ContradictionView, SideView
from api.quotas.service import terms_of_the_next_meeting
from api.service import Service

ROWS = "quotas.read_rows"


def told(
    connection: sa.Connection,
    actor: Actor,
    register_id: str,
    *,
    service: Service,
    words: Catalogue,
) -> ContradictionList:
    """
    Everything found, the certain first.

    Who reads no allocation by its row is told nothing of the households of the register.
    """
    queries.require_register(connection, actor, register_id)
    meeting, _ = terms_of_the_next_meeting(connection, register_id, service=service)
    register = read_register(connection, register_id, meeting=meeting).register
    found = _found(register, meeting, terms=_texts(connection, actor, register))
    shown = [one for one in found if may(actor, ROWS) or not one.tells_of_households]
    return ContradictionList(
        register_id=register_id,
        on_day=meeting.meeting_on,
        items=tuple(_view(one, words) for one in shown),
    )


def _found(
    register: Register, meeting: Meeting, *, terms: Mapping[str, Terms]
) -> tuple[Contradiction, ...]:
    rulebook = load_rulebook(meeting.rulebook)
    assessed = evaluate_register(rulebook, register, meeting.meeting_on, settings=meeting.settings)
    return contradictions(register, rulebook, assessed, meeting, terms=terms)


def _texts(connection: sa.Connection, actor: Actor, register: Register) -> dict[str, Terms]:
    """The texts in force of the agreements of a register."""
    known = register["agreements"].index
    return {
        row.agreement_id: TermsEntry.model_validate_json(row.terms).terms()
        for row in documents_of(connection, actor)
        if row.register_id == register.slsp_id
        and row.state in RUNNING_STATES
        and row.agreement_id in known
    }


def _view(one: Contradiction, words: Catalogue) -> ContradictionView:
    return ContradictionView(
        code=one.code,
        certainty=one.certainty,
        certainty_said=certainty(one, words),
        sentence=sentence(one, words),
        first=_side(one.first, words),
        second=_side(one.second, words),
        facts={key: as_plain(value) for key, value in one.facts.items()},
    )


def _side(side: Side, words: Catalogue) -> SideView:
    return SideView(
        key=side.key.removeprefix("contradictions.side."),
        name=name_of(side, words),
        source=source_of(side, words),
        mark=side.mark,
    )
