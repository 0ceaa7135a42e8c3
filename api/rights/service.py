"""Rights not taken up of one household: found from its file, followed by a person."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa

from allocation.accompaniment.rights import (
    RIGHT,
    AgreementSeen,
    NotTakenUp,
    not_taken_up,
    rights,
)
from allocation.errors import HousingError
from allocation.rules import Rulebook, evaluate, load_rulebook
from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.applications.reach import own_application
from api.applications.record import application_from, rows_of_file
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.db.tables.register import agreements, presentations
from api.db.tables.rights import right_standing
from api.journal import append
from api.procedures.appeals import DayToComeError
from api.rights.schemas import LackingView, RightAct, RightView
from api.service import Service


class NoAgreementError(HousingError):
    """A right is asked for only with the household's own, dated agreement."""

    code: ClassVar[str] = "right.no_agreement"


def rights_of(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    *,
    service: Service,
    words: Catalogue,
) -> list[RightView]:
    """
    What a household of the actor's company seems entitled to and has not got.

    Raises
    ------
    AbsentError, OtherReferenceError
        ``access.absent``, ``application.other_reference``.
    """
    own_application(connection, actor, application_id)
    terms = current_terms(connection, actor.organisation_id, today=service.today())
    rulebook = load_rulebook(terms.rulebook)
    application = application_from(rows_of_file(connection, application_id))
    found = not_taken_up(
        application,
        evaluate(rulebook, application, service.today(), settings=terms.settings),
        on=service.today(),
        states=_states(connection, actor, application_id),
        agreements=_agreements(connection, actor, application_id, service=service),
    )
    return [_view(one, rulebook, words) for one in found]


def act_on(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    asked: RightAct,
    *,
    service: Service,
) -> None:
    """
    Write down that a right was told, asked for, refused, obtained, or left by the household.

    Raises
    ------
    NoAgreementError
        ``right.no_agreement``.
    IllegalActError
        ``procedure.illegal_act``.
    """
    own_application(connection, actor, application_id)
    if asked.right not in rights():
        raise AbsentError("No such right.")
    if asked.on > service.today():
        raise DayToComeError("Not yet.")
    state = _states(connection, actor, application_id).get((asked.right, asked.subject))
    after = RIGHT.after(state or RIGHT.initial, asked.act)
    agreed_on = asked.household_agreed_on
    if asked.act in ("ask", "ask_again") and (agreed_on is None or agreed_on > asked.on):
        raise NoAgreementError("Not without their agreement.")
    key = {"application_id": application_id, "right": asked.right, "subject": asked.subject}
    mine = sa.and_(*(right_standing.c[name] == value for name, value in key.items()))
    connection.execute(right_standing.delete().where(mine))
    values = {"state": after, "on": asked.on, "agreed_on": agreed_on, "actor_id": actor.actor_id}
    connection.execute(right_standing.insert(), key | values)
    append(
        connection,
        "right.followed",
        subject=application_id,
        actor=actor,
        now=service.now(),
        content={"right": asked.right, "state": after},
    )


def _states(
    connection: sa.Connection, actor: Actor, application_id: str
) -> dict[tuple[str, str], str]:
    query = sa.select(right_standing).where(
        visible_to(actor, right_standing), right_standing.c.application_id == application_id
    )
    return {(row.right, row.subject): row.state for row in connection.execute(query)}


def _agreements(
    connection: sa.Connection, actor: Actor, application_id: str, *, service: Service
) -> list[AgreementSeen]:
    today = service.today()
    presented = sa.exists().where(
        presentations.c.agreement_id == agreements.c.agreement_id,
        presentations.c.application_id == application_id,
    )
    query = sa.select(agreements.c.agreement_id, agreements.c.kind, presented.label("is_there"))
    in_force = query.where(
        visible_to(actor, agreements),
        agreements.c.in_force_from <= today,
        sa.or_(agreements.c.in_force_to.is_(None), agreements.c.in_force_to >= today),
    )
    return [
        AgreementSeen(row.agreement_id, row.kind, bool(row.is_there))
        for row in connection.execute(in_force)
    ]


def _view(one: NotTakenUp, rulebook: Rulebook, words: Catalogue) -> RightView:
    found = one.entitlement
    terms = rights()[found.right]
    language = words.language
    return RightView(
        right=found.right,
        subject=found.subject,
        label=getattr(terms.label, language),
        kind=one.kind,
        sentence=words.text(f"support.take_up.{one.kind}"),
        because=[_fact(code, rulebook, language) for code in found.because],
        lacking=[
            LackingView(
                fact=lack.fact,
                label=_fact(lack.fact, rulebook, language),
                accepted=list(lack.accepted or _proofs(lack.fact, rulebook)),
            )
            for lack in found.lacking
        ],
        opens_on=found.opens_on,
        amount=getattr(terms.amount, language) if terms.amount else "",
        source=terms.source.act,
        mark=terms.source.status,
        state=one.state,
        possible=list(RIGHT.possible(one.state)),
    )


def _fact(code: str, rulebook: Rulebook, language: str) -> str:
    return str(getattr(rulebook.facts[code].label, language))


def _proofs(code: str, rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(rulebook.facts[code].proofs)
