"""A business of one's own is a part of the plan: sealed, told to its service alone, of no rank."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from api.db.register import read_register
from api.db.tables.accompaniment import plan
from api.journal.sealing import erase_key
from tests.contract.matrix_accompaniment import PLAN_CHANGE
from tests.contract.test_accompaniment import opened
from tests.fixtures.service import NOW, OURS, World

BUSINESS = {
    "procedure": "moratorium",
    "since_on": "2026-03-01",
    "has_professional_debts": True,
    "has_household_debts": False,
}


def change(world: World, plan_id: str, **asked: Any) -> Any:
    partner = world.as_role("partner", "P1")
    version = partner.get(f"/plans/{plan_id}").json()["plan"]["row_version"]
    body = PLAN_CHANGE | {"row_version": version} | asked
    return partner.send("PUT", f"/plans/{plan_id}", json=body)


def register_hash(world: World) -> str:
    with world.service.database.reading() as connection:
        return read_register(connection, OURS).register.content_hash


def test_it_opens_doors_and_is_kept_under_the_plans_key(world: World) -> None:
    plan_id, before = opened(world), register_hash(world)
    told = change(world, plan_id, self_employment=BUSINESS).json()
    assert told["self_employment"] == BUSINESS
    assert [door["kind"] for door in told["doors"]] == ["self_employed_desk", "legal_aid"]
    assert world.as_role("partner", "P1").get(f"/plans/{plan_id}").json()["doors"] == told["doors"]
    assert world.as_role("social_worker").get(f"/plans/{plan_id}").status_code == 404
    assert register_hash(world) == before
    with world.service.database.reading() as connection:
        row = connection.execute(sa.select(plan)).one()
    assert "moratorium" not in repr(tuple(row))
    with world.service.database.writing() as connection:
        erase_key(connection, plan_id, now=NOW)
    told = world.as_role("partner", "P1").get(f"/plans/{plan_id}").json()
    assert (told["self_employment"], told["doors"]) == (None, [])


def test_what_is_left_out_is_no_longer_kept(world: World) -> None:
    plan_id = opened(world)
    change(world, plan_id, self_employment=BUSINESS)
    told = change(world, plan_id).json()
    assert (told["self_employment"], told["doors"]) == (None, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"procedure": "none"}, "plan.procedure_day"),
        ({"since_on": None}, "plan.procedure_day"),
        ({"since_on": "2027-01-01"}, "procedure.day_to_come"),
    ],
)
def test_faults_are_named_and_nothing_is_kept(
    world: World, changes: dict[str, Any], code: str
) -> None:
    plan_id = opened(world)
    told = change(world, plan_id, self_employment=BUSINESS | changes)
    assert (told.status_code in (409, 422), told.json()["code"]) == (True, code)
    amount = change(world, plan_id, self_employment=BUSINESS | {"amount_cents": 1})
    assert amount.json()["code"] == "input.refused"
    kept = world.as_role("partner", "P1").get(f"/plans/{plan_id}").json()
    assert kept["self_employment"] is None


def test_professional_debts_are_a_need_of_their_own_to_refer_with(world: World) -> None:
    body = {
        "to": "P1", "application_id": "A1", "alias": "Hirondelle", "need": "professional_debts",
        "words": "", "agreed_on": "2026-06-11", "due_on": "2026-06-30",
    }  # fmt: skip
    assert world.as_role("social_worker").post("/referrals", body).status_code == 201
