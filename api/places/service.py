"""
A reserved place, offered to the partner whose turn it is, and what follows its answer.

Meanwhile the dwelling is held for nobody. Taken up, it is named by the agreement: the next
proposal gives it to a household presented under it, by the order of the list. Passed on, without
an answer or withdrawn, it goes to the next agreement in turn or to the general list.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import (
    PLACE_OFFER,
    Candidate,
    DwellingFilter,
    Home,
    PlaceRefusedError,
    check_no_answer,
    due_on,
    whose_turn,
)
from allocation.errors import Problem
from allocation.quotas import Balance, in_turn
from api.accompaniment.capacity import capacity_of
from api.agreements.queries import documents_of
from api.agreements.schemas import TermsEntry
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.agreements import place_offer
from api.db.tables.register import vacancies
from api.journal import append
from api.places import queries
from api.places.schemas import (
    PlaceAnswer,
    PlaceEntry,
    PlaceHome,
    PlaceView,
    TurnList,
    TurnView,
)
from api.quotas.service import balances
from api.service import Service

OFFERED, TAKEN_UP = "offered", "taken_up"


def turns(
    connection: sa.Connection, actor: Actor, dwelling_id: str, *, service: Service
) -> TurnList:
    """Whose turn it is for a dwelling of the actor's company."""
    queries.require_dwelling(connection, actor, dwelling_id)
    found = _candidates(connection, actor, service=service)
    home = _home(connection, actor, dwelling_id)
    asked = queries.had_their_turn(connection, actor, dwelling_id)
    following = whose_turn([c for c, _ in found], home, had_their_turn=asked)
    items = [
        TurnView(
            agreement_id=candidate.agreement_id,
            quota_id=line.opened.rule.quota_id,
            year_remaining=line.year_remaining,
            free_places=candidate.free_places,
            answer_days=candidate.answer_days,
        )
        for candidate, line in found
        if whose_turn([candidate], home, had_their_turn=()) is not None
    ]
    return TurnList(
        items=tuple(items),
        had_their_turn=asked,
        next_agreement_id=following.agreement_id if following else "",
    )


def offer(
    connection: sa.Connection, actor: Actor, asked: PlaceEntry, *, service: Service
) -> PlaceView:
    """
    Offer a dwelling to the agreement whose turn it is.

    Raises
    ------
    AbsentError
        No such dwelling.
    PlaceRefusedError
        Not to let from the list, offered already, nobody's turn, no time to answer, no free
        support and no decision to house without.
    """
    touch(connection, actor.organisation_id, actor=actor, service=service)
    dwelling_id, today = asked.dwelling_id, service.today()
    home = _home(connection, actor, dwelling_id)
    if queries.stands_in(connection, dwelling_id):
        raise _refused("dwelling_id", "place.present")
    found = [candidate for candidate, _ in _candidates(connection, actor, service=service)]
    had = queries.had_their_turn(connection, actor, dwelling_id)
    following = whose_turn(found, home, had_their_turn=had)
    if following is None:
        raise _refused("dwelling_id", "place.general_list")
    until = due_on(following, today, without_place=asked.decided_without_support)
    row = queries.agreement_rows(connection, actor)[following.agreement_id]
    values = {
        "place_offer_id": f"pl-{secrets.token_hex(8)}",
        "register_id": actor.organisation_id,
        "agreement_id": following.agreement_id,
        "partner_id": row.partner_id,
        "dwelling_id": dwelling_id,
        "state": OFFERED,
        "offered_on": today,
        "due_on": until,
        "decided_without_support": asked.decided_without_support,
    }
    connection.execute(place_offer.insert(), values)
    content = {
        "agreement_id": following.agreement_id,
        "dwelling_id": dwelling_id,
        "due_on": until.isoformat(),
        "in_turn": [candidate.agreement_id for candidate in found],
        "had_their_turn": list(had),
        "decided_without_support": asked.decided_without_support,
    }
    return _told(connection, actor, "offered", values["place_offer_id"], content, service=service)


def answer(
    connection: sa.Connection,
    actor: Actor,
    place_offer_id: str,
    asked: PlaceAnswer,
    *,
    service: Service,
) -> PlaceView:
    """
    The partner presents a household for the place, or leaves it to the next.

    Raises
    ------
    PlaceRefusedError
        ``place.answer_late``; ``place.not_presented``.
    """
    before = queries.one_offer(connection, actor, place_offer_id)
    touch(connection, before.register_id, actor=actor, service=service)
    row, today = queries.lock(connection, actor, place_offer_id), service.today()
    state = PLACE_OFFER.after(row.state, asked.answer)
    if today > row.due_on:
        raise _refused("answer", "place.answer_late", due_on=row.due_on)
    values: dict[str, Any] = {"state": state, "answered_on": today}
    if state == TAKEN_UP:
        if not queries.is_presented(connection, actor, row.agreement_id, asked.application_id):
            raise _refused("application_id", "place.not_presented")
        values["application_id"] = asked.application_id
        _name(connection, row.dwelling_id, row.agreement_id)
    _keep(connection, place_offer_id, values)
    content = {"dwelling_id": row.dwelling_id, "agreement_id": row.agreement_id}
    content |= {"application_id": str(values.get("application_id", ""))}
    return _told(connection, actor, asked.answer, place_offer_id, content, service=service)


def close(
    connection: sa.Connection, actor: Actor, place_offer_id: str, act: str, *, service: Service
) -> PlaceView:
    """The company records that there was no answer, or withdraws the place."""
    queries.one_offer(connection, actor, place_offer_id)
    touch(connection, actor.organisation_id, actor=actor, service=service)
    row, today = queries.lock(connection, actor, place_offer_id), service.today()
    state = PLACE_OFFER.after(row.state, act)
    if act == "record_no_answer":
        check_no_answer(row.due_on, today)
    if row.state == TAKEN_UP:
        _name(connection, row.dwelling_id, None)
    _keep(connection, place_offer_id, {"state": state, "answered_on": today})
    # Nobody keeps it empty: what comes next is written down with the act.
    following = turns(connection, actor, row.dwelling_id, service=service).next_agreement_id
    content = {
        "dwelling_id": row.dwelling_id,
        "agreement_id": row.agreement_id,
        "next_agreement_id": following,
    }
    return _told(connection, actor, act, place_offer_id, content, service=service)


def view(row: Row) -> PlaceView:
    """A place as it is told."""
    told = {n: getattr(row, n) for n in PlaceView.model_fields if n in row._mapping}
    home = PlaceHome(**{n: getattr(row, n) for n in PlaceHome.model_fields})
    return PlaceView(**told, home=home, possible=PLACE_OFFER.possible(row.state))


def _candidates(
    connection: sa.Connection, actor: Actor, *, service: Service
) -> list[tuple[Candidate, Balance]]:
    """Agreements whose seats the year still asks for, the one most behind first."""
    found = balances(connection, actor, actor.organisation_id, service=service)
    documents = {row.agreement_id: row for row in documents_of(connection, actor)}
    rows = queries.agreement_rows(connection, actor)
    candidates = []
    for line in in_turn(found):
        row = rows.get(line.opened.rule.group.agreement_id)
        if row is not None:
            document = documents.get(row.agreement_id)
            candidates.append((_candidate(connection, row, document), line))
    return candidates


def _candidate(connection: sa.Connection, row: Row, document: Row | None) -> Candidate:
    free = None
    if row.accompaniment_places is not None:
        free = max(0, row.accompaniment_places - (row.accompaniment_used or 0))
        capacity = capacity_of(connection, row.partner_id)
        if capacity is not None and capacity.free <= 0:
            free = 0
    if document is None:
        return Candidate(row.agreement_id, DwellingFilter(), free, None)
    terms = TermsEntry.model_validate_json(document.terms).terms()
    return Candidate(row.agreement_id, terms.dwellings, free, terms.answer_days)


def _home(connection: sa.Connection, actor: Actor, dwelling_id: str) -> Home:
    queries.require_dwelling(connection, actor, dwelling_id)
    home = queries.dwelling_to_let(connection, actor, dwelling_id)
    if home is None:
        raise _refused("dwelling_id", "place.not_to_let")
    return Home(home.nis5, home.bedrooms, home.accessibility)


def _name(connection: sa.Connection, dwelling_id: str, agreement_id: str | None) -> None:
    """The agreement that names a vacant dwelling from now on."""
    raised = {"agreement_id": agreement_id, "row_version": vacancies.c.row_version + 1}
    mine = vacancies.c.dwelling_id == dwelling_id
    if connection.execute(vacancies.update().where(mine).values(raised)).rowcount == 0:
        raise _refused("dwelling_id", "place.not_to_let")


def _keep(connection: sa.Connection, place_offer_id: str, values: dict[str, Any]) -> None:
    mine = place_offer.c.place_offer_id == place_offer_id
    connection.execute(place_offer.update().where(mine).values(values))


def _told(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    place_offer_id: str,
    content: dict[str, Any],
    *,
    service: Service,
) -> PlaceView:
    append(
        connection,
        f"place.{act}",
        subject=place_offer_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return view(queries.one_offer(connection, actor, place_offer_id))


def _refused(column: str, code: str, **facts: date) -> PlaceRefusedError:
    return PlaceRefusedError([Problem.at("", 0, column, code, **facts)])
