"""The places of support of an agreement: counted once, freed at the end, told to the meeting."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from api.db.register import read_register
from api.db.tables.accompaniment import plan
from api.db.tables.occupancies import dwelling_return, occupancy
from api.db.tables.register import register
from api.meetings.snapshot import unpacked
from tests.contract.test_places import PLACE, ROUTE, turns
from tests.fixtures.occupied import on_day, some_stay
from tests.fixtures.service import NOW, OURS, World

__all__ = ["turns"]
# Of the register's files: ten promised, seven in use.
PROMISED, ELSEWHERE = 10, 7


def used(world: World, partner: str = "P1") -> int:
    """Places in use as the partner reads them."""
    (mine,) = world.as_role("partner", partner).get("/agreements").json()["items"]
    return int(mine["accompaniment_used"])


def a_plan(world: World, state: str = "active", **changes: Any) -> None:
    """A plan of P1 under its agreement."""
    values = {
        "plan_id": "pln-x",
        "organisation_id": "P1",
        "application_id": "A1",
        "alias": "",
        "agreement_id": "C1",
        "programme": "voluntary",
        "coupling": "none",
        "mode": "individual",
        "intensity": "R",
        "state": state,
        "first_contact_on": NOW.date(),
        "accompanier": "",
        "sealed": "",
    }
    with world.service.database.writing() as connection:
        connection.execute(plan.insert(), values | changes)


def a_stay(world: World) -> None:
    """A sliding lease of A2 under C1."""
    with world.service.database.writing() as connection:
        some_stay(connection, now=NOW)
        connection.execute(dwelling_return.delete())  # it is lived in


def change_plan(world: World, **values: str) -> None:
    with world.service.database.writing() as connection:
        connection.execute(plan.update().values(values))


def in_the_snapshot(world: World) -> int:
    """Places in use of C1 in what a meeting is frozen on."""
    clerk = world.as_role("clerk")
    meeting_id = clerk.get("/meetings").json()["items"][0]["meeting_id"]
    assert clerk.post(f"/meetings/{meeting_id}/freeze").status_code == 200
    content = clerk.get(f"/meetings/{meeting_id}/files/snapshot.zip").content
    rows = unpacked(content)["agreements"].rows()
    return next(int(str(r["accompaniment_used"])) for r in rows if r["agreement_id"] == "C1")


def test_stays_plans_and_the_register_are_one_count(world: World) -> None:
    assert used(world) == ELSEWHERE
    a_stay(world)
    assert used(world) == ELSEWHERE + 1
    a_plan(world)
    assert used(world) == ELSEWHERE + 2
    # The plan of who lives there already takes no second place.
    change_plan(world, application_id="A2")
    assert used(world) == ELSEWHERE + 1
    assert used(world, "P2") == ELSEWHERE  # another partner's agreement counts its own


@pytest.mark.parametrize("ended", ["withdrawn_by_household", "ended_by_service", "closed"])
def test_a_plan_that_is_over_frees_its_place(world: World, ended: str) -> None:
    a_plan(world)
    assert used(world) == ELSEWHERE + 1
    change_plan(world, state=ended)
    assert used(world) == ELSEWHERE


def test_the_meeting_is_frozen_on_the_stays_and_on_no_plan(world: World) -> None:
    a_plan(world)
    a_stay(world)
    assert in_the_snapshot(world) == ELSEWHERE + 1


def test_without_a_meeting_the_register_is_as_its_files(world: World) -> None:
    before = content_hash(world)
    a_stay(world)
    assert content_hash(world) == before


def content_hash(world: World) -> str:
    with world.service.database.reading() as connection:
        return read_register(connection, OURS).register.content_hash


def test_an_act_on_a_stay_of_an_agreement_says_that_the_register_changes(world: World) -> None:
    a_stay(world)
    before = version(world)
    with on_day(world, "2026-08-20") as then:
        left = {"act": "leave_by_choice", "on": "2026-08-20", "exit_class": "moved_by_choice"}
        agreed = {"household_agreed_on": "2026-08-01", "no_alternative": "found_by_the_household"}
        operator = then.as_role("partner", "P1")
        named = {"decided_by": "Ada Exemple"}
        told = operator.post("/occupancies/stay-1/acts", left | agreed | named)
        assert told.status_code == 201, told.text
    assert version(world) == before + 1
    assert used(world) == ELSEWHERE


def version(world: World) -> int:
    with world.service.database.reading() as connection:
        mine = register.c.register_id == OURS
        return int(connection.scalar(sa.select(register.c.version).where(mine)) or 0)


def test_a_place_is_promised_beyond_what_is_free_only_with_a_reason(turns: World) -> None:
    # C2 is asked first; three places are left of it, then the stays take them.
    with turns.service.database.writing() as connection:
        some_stay(connection, now=NOW)
        connection.execute(occupancy.update().values(agreement_id="C2", operator_id="P2"))
    free = turns_of(turns)["C2"]
    assert free == PROMISED - ELSEWHERE - 1
    for n in range(free):
        a_plan(turns, agreement_id="C2", organisation_id="P2", plan_id=f"p{n}",
               application_id=None, alias=f"Genêt {n}")  # fmt: skip
    assert turns_of(turns)["C2"] == 0
    told = turns.as_role("clerk").post(ROUTE, PLACE)
    assert {f["code"] for f in told.json()["errors"]} == {"place.no_free_support"}
    # A plan that ends frees the place for the next one.
    with turns.service.database.writing() as connection:
        connection.execute(plan.update().where(plan.c.plan_id == "p0").values(state="closed"))
    assert turns_of(turns)["C2"] == 1
    assert turns.as_role("clerk").post(ROUTE, PLACE).status_code == 201


def turns_of(world: World) -> dict[str, int]:
    told = world.as_role("clerk").get(f"{ROUTE}/turns?dwelling_id=D1").json()["items"]
    return {one["agreement_id"]: one["free_places"] for one in told}
