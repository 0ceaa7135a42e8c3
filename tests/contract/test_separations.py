"""A household parts: two files, nobody told, the seniority as set, never one household again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from api.db.tables.register import applications, facts, household_members, offers
from api.protection import _violence_facts
from tests.contract.test_mandates import entries, partner, refusal
from tests.fixtures.service import OURS, World

PARTED = {
    "row_version": 1,
    "separated_on": "2026-06-10",
    "leave": ["M1"],
    "in_both": ["M2"],
    "seniority": "kept_by_both",
}


@pytest.fixture
def couple(world: World) -> World:
    """A1 is a couple with a child; M1, the applicant, has fled violence."""
    with world.service.database.writing() as connection:
        member = {
            "application_id": "A1", "member_id": "M8", "role": "partner", "held_by": OURS,
            "family_name": "Exemple", "given_name": "Lou",
        }  # fmt: skip
        connection.execute(household_members.insert(), member)
        fled = {"application_id": "A1", "member_id": "M1", "fact": _violence_facts()[0]}
        proof = {"held_by": OURS, "value": "yes", "proof": "police_record"}
        connection.execute(facts.insert(), fled | proof)
    return world


def parted(world: World, **changes: Any) -> Any:
    return world.as_role("social_worker").post("/applications/A1/separation", PARTED | changes)


def file_of(world: World, application_id: str) -> dict[str, Any]:
    return dict(world.as_role("social_worker").get(f"/applications/{application_id}").json())


def test_each_has_a_file_with_what_goes_with_them(couple: World) -> None:
    told = parted(couple, facts_of_household=["homeless_since"])
    assert told.status_code == 201, told.text
    stays, leaves = file_of(couple, "A1"), file_of(couple, told.json()["new_id"])
    assert [(m["member_id"], m["role"]) for m in stays["members"]] == [
        ("M2", "child"), ("M8", "applicant"),
    ]  # fmt: skip
    assert sorted(m["role"] for m in leaves["members"]) == ["applicant", "child"]
    assert _violence_facts()[0] in [f["fact"] for f in leaves["facts"]]
    assert [f["fact"] for f in stays["facts"]] == []
    assert sorted(f["fact"] for f in leaves["facts"]) == sorted(
        [_violence_facts()[0], "homeless_since"]
    )
    assert (leaves["status"], leaves["registered_on"]) == ("admitted", "2021-03-01")
    assert leaves["last_confirmed_on"] == "2026-01-20"
    assert told.json()["losses"] == ["points"]


def test_the_seniority_is_said_or_set_and_its_mark_told(couple: World) -> None:
    told = parted(couple, seniority="")
    assert refusal(told) == (422, "separation.seniority_not_set")
    told = parted(couple, seniority="new_for_who_leaves").json()
    assert told["seniority_mark"] == "decided"
    assert file_of(couple, told["new_id"])["registered_on"] == "2026-06-10"
    assert file_of(couple, "A1")["registered_on"] == "2021-03-01"


def test_nobody_is_told(couple: World) -> None:
    caller = partner(couple)  # presents A1
    before = caller.get("/presentations").json(), caller.get("/events").json()["items"]
    new_id = parted(couple).json()["new_id"]
    after = caller.get("/presentations").json(), caller.get("/events").json()["items"]
    assert before == after
    journal = [*entries(couple, "separation.stays"), *entries(couple, "separation.leaves")]
    assert [e.subject for e in journal] == ["A1", new_id]
    assert new_id not in journal[0].content
    assert "A1" not in journal[1].content
    assert new_id not in json.dumps(file_of(couple, "A1"))
    assert '"A1"' not in json.dumps(file_of(couple, new_id))


def test_where_who_fled_looks_for_a_home_stays_protected(couple: World) -> None:
    new_id = parted(couple, choices=[{"nis5": "52012"}]).json()["new_id"]
    manager = couple.as_role("manager").get(f"/applications/{new_id}").json()
    assert (manager["choices"], manager["is_address_protected"]) == ([], True)
    stays = couple.as_role("manager").get("/applications/A1").json()
    assert not stays["is_address_protected"]
    for role in ("manager", "committee_member", "liaison", "auditor"):
        assert couple.as_role(role).get("/separations").status_code == 403


def test_the_two_are_never_one_household_again(couple: World) -> None:
    new_id = parted(couple).json()["new_id"]
    clerk = couple.as_role("clerk")
    pairs = [{p["first"], p["second"]} for p in clerk.get("/duplicates").json()["items"]]
    assert {"A1", new_id} not in pairs
    assert clerk.get("/duplicates/verdicts").json()["items"] == []
    first, second = sorted(("A1", new_id))
    joined = {"first": first, "second": second, "same": True, "reason": "One child."}
    told = clerk.post("/duplicates/verdicts", joined)
    assert refusal(told) == (409, "duplicates.kept_apart")


def test_both_files_are_looked_at_afterwards(couple: World) -> None:
    found = parted(couple).json()
    worker = couple.as_role("social_worker")
    path = f"/separations/{found['separation_id']}/checks"
    assert worker.post(path, {"side": "leaves", "checked_on": "2026-06-15"}).status_code == 200
    (listed,) = worker.get("/separations").json()["items"]
    assert (listed["stays_checked_on"], listed["leaves_checked_on"]) == (None, "2026-06-15")
    wrong = worker.post(path, {"side": "stays", "checked_on": "2026-06-09"})
    assert refusal(wrong) == (422, "separation.day_to_come")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"leave": ["M9"]}, "separation.unknown_member"),
        ({"leave": ["M1", "M2"]}, "separation.leaves_and_in_both"),
        ({"leave": ["M1", "M8"]}, "separation.nobody_stays"),
        ({"separated_on": "2026-06-16"}, "separation.day_to_come"),
    ],
)
def test_a_household_that_cannot_part_so_is_left_as_it_is(
    couple: World, changes: dict[str, Any], code: str
) -> None:
    assert refusal(parted(couple, **changes)) == (422, code)
    assert len(file_of(couple, "A1")["members"]) == 3


def test_who_is_answering_an_offer_answers_it_first(couple: World) -> None:
    with couple.service.database.writing() as connection:
        connection.execute(offers.delete().where(offers.c.offer_id == "O2"))
        mine = offers.c.offer_id == "O1"
        connection.execute(offers.update().where(mine).values(answer="open", answered_on=None))
    assert refusal(parted(couple)) == (409, "application.offer_open")


def test_a_file_changed_meanwhile_is_read_again_first(couple: World) -> None:
    assert refusal(parted(couple, row_version=2)) == (409, "application.moved")


def test_sent_twice_with_its_key_it_is_one_separation(couple: World) -> None:
    worker, key = couple.as_role("social_worker"), {"idempotency-key": "k"}
    path = "/applications/A1/separation"
    first, again = (worker.post(path, PARTED, headers=key) for _ in range(2))
    assert first.json() == again.json()
    with couple.service.database.reading() as connection:
        n = connection.scalar(sa.select(sa.func.count()).select_from(applications))
    assert n == 4
    assert couple.as_role("auditor").get("/journal/verification").json()["is_sound"]
