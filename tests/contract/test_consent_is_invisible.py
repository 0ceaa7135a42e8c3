"""
Flipping every consent of a register changes no rank, proposal, certificate nor standard lease.

Where the text itself couples the home with support, leaving support ends or slides nothing: that
takes a review with both sides and a named person's act.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle
from typing import Any

import pytest
import sqlalchemy as sa

from allocation.accompaniment import COUPLED
from api.db import Database
from api.db.register import read_register
from api.db.tables.accompaniment import plan, plan_consent, plan_contact
from api.db.tables.occupancies import (
    occupancy,
    occupancy_act,
    occupancy_alternative,
    occupancy_review,
)
from api.db.tables.register import agreements, applications
from api.db.tables.standings import standing
from api.meetings.work import proposal_files
from tests.fixtures.occupied import on_day
from tests.fixtures.partners import program_headers
from tests.fixtures.service import OURS, Caller, World, made
from tests.fixtures.sitting import AFTER, demo

BEGUN_ON = date(2026, 2, 1)
ENTERS = {
    "transit": ("enter_transit", date(2026, 8, 1)),
    "insertion": ("enter_insertion", date(2029, 2, 1)),
    "sliding_lease": ("sign_sliding_lease", date(2027, 2, 1)),
    "standard_lease": ("sign_standard_lease", date(2035, 2, 1)),
}
STATUSES = tuple(ENTERS)
TABLES = (
    plan,
    plan_consent,
    plan_contact,
    occupancy_act,
    occupancy_alternative,
    occupancy_review,
    occupancy,
)
Rows = dict[str, list[dict[str, Any]]]


def accepted(stay: Mapping[str, Any]) -> Rows:
    """A sitting tenant takes support; the others meet at every review."""
    if stay["status"] == "standard_lease":
        return {"occupancy_act": [an_act(stay, 2, "start_support", "support_only")]}
    days = [BEGUN_ON + timedelta(days=30 * n) for n in (1, 2, 3)]
    return {"occupancy_review": [a_review(stay, n, day) for n, day in enumerate(days, start=1)]}


def declined(stay: Mapping[str, Any]) -> Rows:
    """Nothing is taken, and what is offered is declined."""
    owner = {k: stay[k] for k in ("occupancy_id", "application_id")}
    offered = {"kind": "other", "offered_by": "A service", "offered_on": BEGUN_ON}
    said = {"answer": "declined", "answered_on": BEGUN_ON, "sequence": 1}
    return {"occupancy_alternative": [owner | offered | said]}


def withdrawn(stay: Mapping[str, Any]) -> Rows:
    """Support was taken and left; the others left it too."""
    if stay["status"] == "standard_lease":
        acts = [an_act(stay, 2, "start_support", "support_only")]
        return {"occupancy_act": [*acts, an_act(stay, 3, "end_support", "standard_lease")]}
    return {"occupancy_review": [a_review(stay, 1, BEGUN_ON, present=False)]}


def missing(stay: Mapping[str, Any]) -> Rows:
    """Every invitation stays without an answer."""
    reviews = [a_review(stay, n, BEGUN_ON + timedelta(n), present=False) for n in (1, 2)]
    return {"occupancy_review": reviews}


FLIPS: tuple[Callable[[Mapping[str, Any]], Rows], ...] = (accepted, declined, withdrawn, missing)
# Flip -> state of the plan, of the household's agreement, outcome of every contact.
OF_PLANS = {
    accepted: ("active", "given", "done"),
    declined: ("declined", "withdrawn", "done"),
    withdrawn: ("withdrawn_by_household", "withdrawn", "done"),
    missing: ("active", "given", "not_met"),
}


def an_act(stay: Mapping[str, Any], n: int, act: str, status: str) -> dict[str, Any]:
    until_on = ENTERS["standard_lease"][1] if status != "support_only" else date(2026, 12, 1)
    return {
        "occupancy_id": stay["occupancy_id"],
        "application_id": stay["application_id"],
        "sequence": n,
        "act": act,
        "status": status,
        "on_day": BEGUN_ON + timedelta(days=n),
        "until_on": until_on,
        "signed_on": BEGUN_ON,
        "recorded": "{}",
        "said": "",
        "by_organisation": OURS,
        "by_actor": "acc",
        "recorded_at": AFTER,
    }


def a_review(stay: Mapping[str, Any], n: int, day: date, *, present: bool = True) -> dict[str, Any]:
    return {
        "occupancy_id": stay["occupancy_id"],
        "application_id": stay["application_id"],
        "sequence": n,
        "held_on": day,
        "is_household_present": present,
        "invited_on": "[]",
        "objectives": "{}",
        "said": json.dumps({"household_says": "Rien à dire."}),
        "copy_delivered": "",
        "by_organisation": OURS,
        "by_actor": "acc",
        "recorded_at": AFTER,
    }


def everybody_lives_somewhere(connection: sa.Connection) -> list[dict[str, Any]]:
    """A stay for every application of the register, each status in turn."""
    operator = connection.execute(
        sa.select(agreements.c.partner_id, agreements.c.agreement_id).where(
            agreements.c.kind == "sliding_lease"
        )
    ).one()
    names = connection.scalars(
        sa.select(applications.c.application_id)
        .where(applications.c.held_by == OURS)
        .order_by(applications.c.application_id)
    )
    stays, acts = [], []
    for name, status in zip(names, cycle(STATUSES), strict=False):
        act, until_on = ENTERS[status]
        stay = {
            "occupancy_id": f"stay-{name}",
            "register_id": OURS,
            "application_id": name,
            "dwelling_id": f"home-of-{name}",
            "operator_id": None if status == "standard_lease" else operator.partner_id,
            "agreement_id": None if status == "standard_lease" else operator.agreement_id,
            "status": status,
            "planned_on": BEGUN_ON,
            "entered_on": BEGUN_ON,
            "until_on": until_on,
            "exit_class": "",
        }
        stays.append(stay)
        acts.append(an_act(stay, 1, act, status) | {"on_day": BEGUN_ON, "until_on": until_on})
    connection.execute(occupancy.insert(), stays)
    connection.execute(occupancy_act.insert(), acts)
    return stays


def flipped(
    connection: sa.Connection,
    stays: list[dict[str, Any]],
    flip: Callable[[Mapping[str, Any]], Rows],
) -> None:
    rows: Rows = {}
    for stay in stays:
        for table, found in flip(stay).items():
            rows.setdefault(table, []).extend(found)
    for stay in stays:
        for table, row in plan_rows(stay, *OF_PLANS[flip]).items():
            rows.setdefault(table, []).append(row)
    for table in TABLES:
        if rows.get(table.name):
            connection.execute(table.insert(), rows[table.name])


def plan_rows(
    stay: Mapping[str, Any], state: str, agreement: str, outcome: str
) -> dict[str, dict[str, Any]]:
    """A plan of the household, its agreement, and a contact."""
    mine = {"plan_id": f"plan-{stay['occupancy_id']}"}
    owner = stay["operator_id"] or OURS
    return {
        "plan": mine
        | {
            "organisation_id": owner,
            "application_id": stay["application_id"],
            "alias": "",
            "programme": "voluntary",
            "coupling": "none",
            "mode": "individual",
            "intensity": "R",
            "state": state,
            "first_contact_on": BEGUN_ON,
            "accompanier": "",
            "sealed": "",
        },
        "plan_consent": mine
        | {
            "consent_id": f"consent-{stay['occupancy_id']}",
            "kind": "accompaniment",
            "state": agreement,
            "purpose": "",
            "on": BEGUN_ON,
        },
        "plan_contact": mine
        | {
            "contact_id": f"contact-{stay['occupancy_id']}",
            "on": BEGUN_ON,
            "channel": "home",
            "outcome": outcome,
            "proposed_by": "service",
            "actor_id": "acc",
            "acted_as": "accompanier",
        },
    }


def undone(connection: sa.Connection) -> None:
    for table in (plan_contact, plan_consent, plan):
        connection.execute(table.delete())
    connection.execute(occupancy_act.delete().where(occupancy_act.c.sequence > 1))
    connection.execute(occupancy_review.delete())
    connection.execute(occupancy_alternative.delete())


@pytest.fixture
def housed(database: Database) -> Iterator[tuple[World, list[dict[str, Any]]]]:
    """The demonstration, every household of it living under one of the statuses."""
    for world in made(database, register=demo(), now=AFTER):
        with database.writing() as connection:
            stays = everybody_lives_somewhere(connection)
        yield world, stays


def ranks(world: World) -> list[tuple[Any, ...]]:
    world.work()
    with world.service.database.reading() as connection:
        query = sa.select(standing).where(standing.c.register_id == OURS)
        return [tuple(row) for row in connection.execute(query.order_by(standing.c.position))]


def leases(world: World) -> dict[str, tuple[Any, ...]]:
    """What each reader is told of every stay but the support in it."""
    told, cursor = {}, ""
    caller = world.as_role("manager")
    while True:
        page = caller.get(f"/occupancies?limit=200&cursor={cursor}").json()
        for stay in page["items"]:
            is_lease = stay["status"] in ("standard_lease", "support_only")
            home = "standard_lease" if is_lease else stay["status"]
            told[stay["occupancy_id"]] = (home, stay["ended_on"], stay["dwelling_id"])
        cursor = page["next_cursor"]
        if not cursor:
            return told


def test_flipping_every_consent_changes_no_rank_no_proposal_no_certificate_no_lease(
    housed: tuple[World, list[dict[str, Any]]],
) -> None:
    world, stays = housed
    database = world.service.database

    def everything() -> tuple[dict[str, bytes], str, list[tuple[Any, ...]], Any]:
        with database.reading() as connection:
            found = read_register(connection, OURS).register
        return (
            proposal_files(replace(found, meeting=demo().meeting)),
            found.content_hash,
            ranks(world),
            leases(world),
        )

    before = everything()
    assert len(before[2]) > 200
    assert {"proposal.json", "certificate.json", "support.json"} <= set(before[0])
    assert json.loads(before[0]["support.json"])["dwellings"]
    for flip in FLIPS:
        with database.writing() as connection:
            flipped(connection, stays, flip)
        assert everything() == before, flip.__name__
        with database.writing() as connection:
            undone(connection)


def test_where_the_text_couples_home_and_support_leaving_it_ends_and_slides_nothing(
    housed: tuple[World, list[dict[str, Any]]],
) -> None:
    world, stays = housed
    coupled = [stay for stay in stays if stay["status"] in COUPLED]
    with world.service.database.writing() as connection:
        flipped(connection, stays, withdrawn)
    with on_day(world, "2027-02-01") as later:
        told = leases(later)
        assert {told[s["occupancy_id"]][:2] for s in coupled} == {(s, None) for s in COUPLED}
        for status in COUPLED:
            stay = next(s["occupancy_id"] for s in coupled if s["status"] == status)
            refused_without_review(later, stay, status)
    with on_day(world, "2037-02-01") as much_later:  # nothing has happened by itself
        assert leases(much_later) == told


def refused_without_review(world: World, stay: str, status: str) -> None:
    """Neither the end nor the slide passes on an absence; both say what they need."""
    with world.service.database.reading() as connection:
        mine = occupancy.c.occupancy_id == stay
        operator_id = connection.scalar(sa.select(occupancy.c.operator_id).where(mine))
    operator = partner_of(world, str(operator_id))
    ends = {"act": "end_without_slide" if status == "sliding_lease" else "end_stay"}
    why = {"exit_class": "contract_ended", "no_alternative": "none_found", "decided_by": "Ada"}
    day = {"on": "2027-02-01", "notice_on": "2027-01-02"}
    told = operator.post(f"/occupancies/{stay}/acts", ends | why | day)
    assert told.status_code == 409, told.text
    (fault,) = told.json()["errors"]
    assert fault["code"] in ("stay.no_review", "stay.review_not_contradictory")
    if status == "sliding_lease":
        slide = {"act": "slide", "on": "2027-02-01", "household_agreed_on": "2027-01-30"}
        slide |= {"decided_by": "Ada"}
        told = operator.post(f"/occupancies/{stay}/acts", slide)
        assert told.status_code == 409


def partner_of(world: World, partner_id: str) -> Caller:
    return Caller(world.client, program_headers(world.service, partner_id))
