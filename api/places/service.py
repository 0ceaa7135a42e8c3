"""
A reserved place, offered to the partner whose turn it is, and what follows its answer.

Meanwhile the dwelling is held for nobody. Taken up, it is named by the agreement: the next
proposal gives it to a household presented under it, by the order of the list. Passed on, without
an answer or withdrawn, it goes to the next agreement in turn or to the general list. What becomes
of one that nobody fills is in ``unfilled``.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import (
    PLACE_OFFER,
    WITH_AN_OFFER,
    Candidate,
    DwellingFilter,
    Home,
    PlaceFate,
    PlaceRefusedError,
    check_no_answer,
    due_on,
    fate_of_place,
    whose_turn,
)
from allocation.errors import Problem
from allocation.quotas import Balance, in_turn
from api.agreements.queries import documents_of
from api.agreements.schemas import TermsEntry
from api.agreements.support_places import places_of
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
    PlaceFateView,
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
    home = home_of(connection, actor, dwelling_id)
    asked = queries.had_their_turn(connection, actor, dwelling_id)
    following = _following(connection, actor, dwelling_id, [c for c, _ in found], home)
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
    dwelling_id = asked.dwelling_id
    home = home_of(connection, actor, dwelling_id)
    if queries.stands_in(connection, dwelling_id):
        raise refused("dwelling_id", "place.present")
    why = asked.decided_without_support
    return offer_in_turn(connection, actor, dwelling_id, home, without_support=why, service=service)


def offer_in_turn(
    connection: sa.Connection,
    actor: Actor,
    dwelling_id: str,
    home: Home,
    *,
    without_support: str = "",
    service: Service,
) -> PlaceView:
    """
    Offer a vacant dwelling in which no place stands to the agreement whose turn it is.

    Raises
    ------
    PlaceRefusedError
        As ``offer``.
    """
    found = [candidate for candidate, _ in _candidates(connection, actor, service=service)]
    following = _following(connection, actor, dwelling_id, found, home)
    if following is None:
        raise refused("dwelling_id", "place.general_list")
    in_turn_ = [candidate.agreement_id for candidate in found]
    return offer_to(
        connection,
        actor,
        following,
        dwelling_id,
        in_turn=in_turn_,
        without_support=without_support,
        service=service,
    )


def offer_to(
    connection: sa.Connection,
    actor: Actor,
    following: Candidate,
    dwelling_id: str,
    *,
    in_turn: list[str],
    without_support: str = "",
    service: Service,
) -> PlaceView:
    """
    Offer a dwelling to one agreement.

    Raises
    ------
    PlaceRefusedError
        No time to answer; no free support and no decision to house without.
    """
    today = service.today()
    until = due_on(following, today, without_place=without_support)
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
        "decided_without_support": without_support,
    }
    connection.execute(place_offer.insert(), values)
    content = {
        "agreement_id": following.agreement_id,
        "dwelling_id": dwelling_id,
        "due_on": until.isoformat(),
        "in_turn": in_turn,
        "had_their_turn": list(queries.had_their_turn(connection, actor, dwelling_id)),
        "decided_without_support": without_support,
    }
    return told(connection, actor, "offered", values["place_offer_id"], content, service=service)


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
        raise refused("answer", "place.answer_late", due_on=row.due_on)
    values: dict[str, Any] = {"state": state, "answered_on": today}
    if state == TAKEN_UP:
        if not queries.is_presented(connection, actor, row.agreement_id, asked.application_id):
            raise refused("application_id", "place.not_presented")
        values["application_id"] = asked.application_id
        name(connection, row.dwelling_id, row.agreement_id)
    keep(connection, place_offer_id, values)
    content = {"dwelling_id": row.dwelling_id, "agreement_id": row.agreement_id}
    content |= {"application_id": str(values.get("application_id", ""))}
    return told(connection, actor, asked.answer, place_offer_id, content, service=service)


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
        name(connection, row.dwelling_id, None)
    keep(connection, place_offer_id, {"state": state, "answered_on": today})
    # Nobody keeps it empty: what comes next is written down with the act.
    following = ""
    if queries.dwelling_to_let(connection, actor, row.dwelling_id) is not None:
        following = turns(connection, actor, row.dwelling_id, service=service).next_agreement_id
    content = {
        "dwelling_id": row.dwelling_id,
        "agreement_id": row.agreement_id,
        "next_agreement_id": following,
    }
    return told(connection, actor, act, place_offer_id, content, service=service)


def view(row: Row) -> PlaceView:
    """A place as it is told."""
    values = {n: getattr(row, n) for n in PlaceView.model_fields if n in row._mapping}
    home = PlaceHome(**{n: getattr(row, n) for n in PlaceHome.model_fields})
    fate = None
    if row.state == TAKEN_UP:
        found = fate_of(row)
        fate = PlaceFateView(
            policy=found.unfilled.policy,
            to=found.unfilled.to,
            is_assumed=found.is_assumed,
            held_until_on=found.held_until_on,
        )
    acts = PLACE_OFFER.possible(row.state)
    possible = tuple(act for act in acts if act not in WITH_AN_OFFER)
    return PlaceView(**values, home=home, fate=fate, possible=possible)


def fate_of(row: Row) -> PlaceFate:
    """What becomes of a place taken up that nobody fills."""
    terms = TermsEntry.model_validate_json(row.terms).terms() if row.terms else None
    return fate_of_place(terms, row.answered_on)


def candidate_of(
    connection: sa.Connection, actor: Actor, agreement_id: str, *, today: date
) -> Candidate | None:
    """An agreement in force of the actor's company, whether or not its year asks for more."""
    row = queries.agreement_rows(connection, actor).get(agreement_id)
    if row is None or not row.in_force_from <= today <= (row.in_force_to or today):
        return None
    documents = {d.agreement_id: d for d in documents_of(connection, actor)}
    return _candidate(connection, row, documents.get(agreement_id))


def _following(
    connection: sa.Connection,
    actor: Actor,
    dwelling_id: str,
    candidates: list[Candidate],
    home: Home,
) -> Candidate | None:
    """The agreement in turn; none once another gave the vacancy back to the general list."""
    if queries.is_released(connection, actor, dwelling_id):
        return None
    had = queries.had_their_turn(connection, actor, dwelling_id)
    return whose_turn(candidates, home, had_their_turn=had)


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
    left = places_of(connection, row).free()
    free = None if left is None else max(0, left)
    if document is None:
        return Candidate(row.agreement_id, DwellingFilter(), free, None)
    terms = TermsEntry.model_validate_json(document.terms).terms()
    return Candidate(row.agreement_id, terms.dwellings, free, terms.answer_days)


def home_of(connection: sa.Connection, actor: Actor, dwelling_id: str) -> Home:
    """A dwelling to let from the list; ``place.not_to_let`` otherwise."""
    queries.require_dwelling(connection, actor, dwelling_id)
    home = queries.dwelling_to_let(connection, actor, dwelling_id)
    if home is None:
        raise refused("dwelling_id", "place.not_to_let")
    return Home(home.nis5, home.bedrooms, home.accessibility)


def name(connection: sa.Connection, dwelling_id: str, agreement_id: str | None) -> None:
    """The agreement that names a vacant dwelling from now on."""
    raised = {"agreement_id": agreement_id, "row_version": vacancies.c.row_version + 1}
    mine = vacancies.c.dwelling_id == dwelling_id
    if connection.execute(vacancies.update().where(mine).values(raised)).rowcount == 0:
        raise refused("dwelling_id", "place.not_to_let")


def keep(connection: sa.Connection, place_offer_id: str, values: dict[str, Any]) -> None:
    """Write down where a place stands."""
    mine = place_offer.c.place_offer_id == place_offer_id
    connection.execute(place_offer.update().where(mine).values(values))


def told(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    place_offer_id: str,
    content: dict[str, Any],
    *,
    service: Service,
) -> PlaceView:
    """Write an act on a place into the journal; gives the place as it now stands."""
    append(
        connection,
        f"place.{act}",
        subject=place_offer_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return view(queries.one_offer(connection, actor, place_offer_id))


def refused(column: str, code: str, **facts: date) -> PlaceRefusedError:
    """A refusal with its one reason."""
    return PlaceRefusedError([Problem.at("", 0, column, code, **facts)])
