"""One household registered twice: suspected, decided by a person, undone; a split stays one."""

from __future__ import annotations

from typing import Any

from tests.contract.matrix import RECORD
from tests.fixtures.service import World

WHY = {"reason": "Same birth certificate."}


def alike(world: World, member_id: str) -> str:
    """Another application of somebody named and born like the applicant of A2."""
    person = {
        "member_id": member_id,
        "role": "applicant",
        "family_name": "MODELE",
        "given_name": "Leo",
        "born_on": "1998-07-28",
    }
    made = world.as_role("clerk").post("/applications", RECORD | {"members": [person]})
    assert made.status_code == 201, made.text
    return str(made.json()["application_id"])


def decided(world: World, first: str, second: str, *, same: bool) -> Any:
    body = {"first": first, "second": second, "same": same, **WHY}
    return world.as_role("clerk").post("/duplicates/verdicts", body)


def suspected(world: World) -> set[frozenset[str]]:
    items = world.as_role("social_worker").get("/duplicates").json()["items"]
    return {frozenset((pair["first"], pair["second"])) for pair in items}


def test_a_suspicion_names_the_persons_and_the_ground(world: World) -> None:
    other = alike(world, "x-1")
    (pair,) = world.as_role("clerk").get("/duplicates").json()["items"]
    assert (pair["first"], pair["second"]) == ("A2", other)
    assert pair["persons"] == [
        {"first_member": "M3", "second_member": "x-1", "ground": "name_and_birth"}
    ]


def test_pages_of_suspicions_follow_each_other(world: World) -> None:
    alike(world, "x-1")
    alike(world, "x-2")
    clerk = world.as_role("clerk")
    seen, cursor = [], ""
    while True:
        page = clerk.get(f"/duplicates?limit=1&cursor={cursor}").json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == clerk.get("/duplicates").json()["items"]
    assert len(seen) == 3


def test_chains_are_one_set_and_a_split_is_never_merged_again(world: World) -> None:
    second, third = alike(world, "x-1"), alike(world, "x-2")
    assert decided(world, "A2", second, same=True).status_code == 201
    assert decided(world, second, third, same=True).status_code == 201
    assert suspected(world) == set()
    (found,) = world.as_role("clerk").get("/duplicates/sets").json()["items"]
    assert set(found["applications"]) == {"A2", second, third}
    told = decided(world, "A2", third, same=False)
    assert (told.status_code, told.json()["code"]) == (409, "duplicates.joined")


def test_what_was_kept_apart_is_not_brought_together_through_a_third(world: World) -> None:
    second, third = alike(world, "x-1"), alike(world, "x-2")
    kept = decided(world, "A2", third, same=False).json()
    assert decided(world, "A2", second, same=True).status_code == 201
    assert suspected(world) == set()
    told = decided(world, second, third, same=True)
    assert (told.status_code, told.json()["code"]) == (409, "duplicates.kept_apart")
    undoing = f"/duplicates/verdicts/{kept['verdict_id']}/undoing"
    assert world.as_role("clerk").post(undoing, WHY).json()["undone_on"] == "2026-06-15"
    again = world.as_role("clerk").post(undoing, WHY)
    assert (again.status_code, again.json()["code"]) == (409, "duplicates.undone")
    assert decided(world, second, third, same=True).status_code == 201


def test_no_file_changes_by_a_decision(world: World) -> None:
    clerk = world.as_role("clerk")
    other = alike(world, "x-1")
    before = [clerk.get(f"/applications/{name}/record").json() for name in ("A2", other)]
    decided(world, other, "A2", same=True)
    assert before == [clerk.get(f"/applications/{name}/record").json() for name in ("A2", other)]
    told = world.as_role("manager").get("/journal?subject=A2").json()["items"]
    assert "duplicates.brought_together" in [entry["act"] for entry in told]


def test_who_does_not_see_both_decides_of_neither(world: World) -> None:
    assert decided(world, "A2", "B1", same=True).status_code == 404
    assert decided(world, "A2", "A2", same=True).json()["code"] == "duplicates.one_application"
