"""The bridges of the demonstration, told by the acts of the service on both databases."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from allocation.model import Register
from api.access import LIAISON, PARTNER, DeniedError
from api.db import Database
from api.db.tables.organisations import account
from api.db.tables.register import register
from api.demonstration import telling
from api.demonstration.telling import StoryError, tell
from api.journal.reading import verify
from scenarios.synthetic import synthesise
from tests.fixtures.databases import TEMPLATE
from tests.fixtures.service import OURS, Caller, World, made
from tests.postgresql import create_database

APL, NETWORK, TOWN = "apl-sous-les-saules", "relais-etoile-du-berger", "commune-de-venus"
OLD = "conv-0-premiers-baux-glissants"
BEFORE, AFTER = datetime(2026, 11, 29, 9, tzinfo=UTC), datetime(2030, 2, 28, 9, tzinfo=UTC)


@cache
def large_enough() -> Register:
    """A demonstration register in which every partner presents somebody."""
    return synthesise(2026, slsp_id=OURS, households=600, vacancies=8)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The story told before the meeting, and a person of each partner; to be read only."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("told") / "passerelle.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgresql_server")
        url = create_database(server, f"told-{uuid4().hex}", template=TEMPLATE)
    database = Database.at(url)
    for world in made(database, register=large_enough(), now=BEFORE):
        with database.writing() as connection:
            assert tell(connection, world.service, OURS) > 100
            connection.execute(account.insert(), [of_partner(o) for o in (APL, NETWORK, TOWN)])
        yield world
    database.close()


def of_partner(organisation_id: str) -> dict[str, str]:
    name = f"{organisation_id}-{PARTNER}"
    return {
        "account_id": f"acc-{name}",
        "organisation_id": organisation_id,
        "login": name,
        "name": name,
        "role": PARTNER,
        "password_hash": "none: sessions are opened by the tests",
    }


def items(caller: Caller, path: str) -> list[dict[str, Any]]:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_the_bridges_stand_in_every_status(told: World) -> None:
    liaison = told.as_role(LIAISON)
    stays = items(liaison, "/occupancies?limit=200")
    assert Counter(stay["status"] for stay in stays) == {
        "emergency": 1,
        "transit": 2,
        "insertion": 2,
        "sliding_lease": 2,
        "standard_lease": 1,
        "support_only": 1,
        "planned": 1,
        "moved_via_bridge": 1,
        "left_by_choice": 1,
        "stay_ended": 1,
    }
    assert {doc["state"] for doc in items(liaison, "/agreement-documents")} == {
        "in_force",
        "expiring",
        "negotiated",
    }
    (place,) = items(told.as_role("clerk"), "/place-offers")
    assert place["state"] == "offered"
    (slid,) = [stay for stay in stays if stay["status"] == "standard_lease"]
    running = [s["application_id"] for s in stays if s["entered_on"] and not s["ended_on"]]
    assert len(running) == len(set(running))
    # Nine years from the first signature, thirty months ago.
    assert (slid["entered_on"], slid["until_on"]) == ("2024-05-29", "2033-05-29")


def test_deadlines_are_near_and_nothing_happened_by_them(told: World) -> None:
    due = items(told.as_role(PARTNER, TOWN), "/occupancies/reminders")
    assert "term_end" in {one["kind"] for one in due if one["due_on"] == "2026-12-12"}
    lease = items(told.as_role(PARTNER, APL), "/occupancies/reminders")
    assert "slide_or_extension" in {one["kind"] for one in lease if one["due_on"] < "2027-01-01"}
    worth = items(told.as_role("clerk"), "/occupancies/exit-points")
    assert [one["until_on"] for one in worth if one["facts"]["temporary_housing"] == "transit"]


def test_each_partner_reads_its_own(told: World) -> None:
    apl, network = told.as_role(PARTNER, APL), told.as_role(PARTNER, NETWORK)
    states = {plan["state"] for plan in items(apl, "/plans")}
    assert states == {"active", "withdrawn_by_household"}
    # Once a member the person named has taken an entry up, whoever put it there sees it no more.
    queue = items(network, f"/networks/{NETWORK}/queue")
    assert {entry["alias"] for entry in queue} == {"Pinson", "Troglodyte"}
    assert items(apl, f"/networks/{NETWORK}/queue") == []
    hand_overs = told.as_role(LIAISON).get("/referrals/hand-overs").json()
    assert (hand_overs["answered"], hand_overs["open"]) == (1, 1)


def test_the_journal_holds_every_act(told: World) -> None:
    with told.service.database.reading() as connection:
        found = verify(connection, anchors={})
    assert found.broken is None
    assert found.entries > 100


def test_the_story_is_told_the_same_years_later(database: Database) -> None:
    """Its days are counted from the meeting once that is past: the agreements are in force."""
    for world in made(database, register=large_enough(), now=AFTER):
        with database.writing() as connection:
            tell(connection, world.service, OURS)
        late = [stay for stay in items(world.as_role(LIAISON), "/occupancies") if stay["days_over"]]
        assert {stay["status"] for stay in late} >= {"transit", "sliding_lease"}


def test_an_invented_story_stands_beside_no_real_register(world: World) -> None:
    with world.service.database.writing() as connection:
        connection.execute(register.update().values(kind="real"))
    with pytest.raises(StoryError) as refused, world.service.database.writing() as connection:
        tell(connection, world.service, OURS)
    assert refused.value.code == "demonstration.not_demo"


def test_nobody_of_that_kind_is_said_and_nothing_is_left(world: World) -> None:
    with pytest.raises(StoryError) as refused, world.service.database.writing() as connection:
        tell(connection, world.service, OURS)
    assert refused.value.code == "demonstration.nobody"
    assert items(world.as_role("clerk"), "/occupancies") == []


def test_a_step_that_is_not_its_partys_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = {"by": "company clerk", "do": "operator.approve", "with": {}}
    monkeypatch.setattr(telling, "_read", lambda: {"households": {}, "homes": {}, "steps": [step]})
    with pytest.raises(DeniedError), world.service.database.writing() as connection:
        tell(connection, world.service, OURS)
