"""Reasons are read by who must and that is written down; a protected address is told to few."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from api.access import SENSITIVE
from api.db.tables.register import choices, facts
from api.protection import _violence_facts
from tests.fixtures.service import OURS, THEIRS, World


def acts(world: World) -> list[tuple[str, str, str]]:
    entries = world.as_role("manager").get("/journal?limit=200").json()["items"]
    return [(e["act"], e["subject"], e["actor_id"]) for e in entries]


def test_reading_a_reason_of_health_is_written_in_the_journal(world: World) -> None:
    for role, path in (("social_worker", "A2"), ("committee_member", "A2"), ("clerk", "A1")):
        assert world.as_role(role).get(f"/applications/{path}").status_code == 200
    read = [entry for entry in acts(world) if entry[0] == "sensitive.read"]
    assert read == [("sensitive.read", "A2", f"acc-{OURS}-social_worker")]


@pytest.fixture
def fled(world: World) -> World:
    """A1 has fled violence."""
    with world.service.database.writing() as connection:
        values = {"application_id": "A1", "member_id": "M1", "fact": _violence_facts()[0]}
        held = {"held_by": OURS, "value": "yes"}
        connection.execute(facts.insert(), values | held)
    return world


def test_where_a_protected_household_looks_for_a_home_is_told_to_who_must_know(
    fled: World,
) -> None:
    told = {r: fled.as_role(r).get("/applications/A1").json() for r in ("clerk", "manager")}
    assert len(told["clerk"]["choices"]) == 2
    assert not told["clerk"]["is_address_protected"]
    assert told["manager"]["choices"] == []
    assert told["manager"]["is_address_protected"]
    assert fled.as_role("manager").get("/applications/A2").json()["choices"]


def test_a_search_by_commune_does_not_find_a_protected_household(fled: World) -> None:
    found = {
        role: {
            line["application_id"]
            for line in fled.as_role(role).get("/applications?nis5=52011").json()["items"]
        }
        for role in ("clerk", "manager")
    }
    assert found == {"clerk": {"A1", "A2"}, "manager": {"A2"}}


def test_another_company_does_not_learn_the_other_choices(fled: World) -> None:
    with fled.service.database.writing() as connection:
        values = {"application_id": "A1", "rank": 3, "nis5": "62063", "held_by": OURS}
        connection.execute(choices.insert(), values)
    told = fled.as_role("clerk", THEIRS).get("/applications/A1").json()
    assert told["choices"] == []
    assert told["is_address_protected"]


def test_a_fact_of_violence_that_was_denied_protects_nobody(fled: World) -> None:
    with fled.service.database.writing() as connection:
        mine = facts.c.fact.in_(_violence_facts())
        connection.execute(sa.update(facts).where(mine).values(value="no"))
    assert not fled.as_role("manager").get("/applications/A1").json()["is_address_protected"]


def test_reasons_are_read_by_clerks_and_social_workers_alone(world: World) -> None:
    told = {
        role
        for role in ("clerk", "manager", "committee_member", "social_worker", "liaison")
        if SENSITIVE in world.as_role(role).get("/session").json()["acts"]
    }
    assert told == {"clerk", "social_worker"}
