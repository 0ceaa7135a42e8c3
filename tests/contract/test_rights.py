"""Rights not taken up, through the API: told first, asked for only with a dated agreement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.service import THEIRS, World

A1 = "/applications/A1/rights"


def listed(world: World, path: str = A1) -> dict[str, Any]:
    told = world.as_role("social_worker").get(path)
    assert told.status_code == 200, told.text
    return {one["right"]: one for one in told.json()["items"]}


def act(world: World, name: str, **rest: Any) -> Any:
    body = {"right": "removal_allowance", "act": name, "on": "2026-06-12", **rest}
    return world.as_role("social_worker").post(f"{A1}/acts", body)


def test_a_right_says_why_what_lacks_and_how_sure_that_is(world: World) -> None:
    one = listed(world)["removal_allowance"]
    assert one["because"] == ["Homeless since (certified by the CPAS)"]
    assert (one["kind"], one["mark"], one["lacking"]) == ("not_proposed", "verified", [])
    assert one["source"]
    assert one["amount"]
    assert "adapted_dwelling" in listed(world, "/applications/A2/rights")


def test_nothing_is_asked_for_without_the_households_dated_agreement(world: World) -> None:
    assert act(world, "tell").json()["items"]
    assert listed(world)["removal_allowance"]["kind"] == "not_requested"
    for agreed in (None, "2026-06-13"):
        told = act(world, "ask", household_agreed_on=agreed)
        assert (told.status_code, told.json()["code"]) == (422, "right.no_agreement")
    act(world, "ask", household_agreed_on="2026-06-12")
    act(world, "note_refusal")
    assert listed(world)["removal_allowance"]["kind"] == "not_obtained"
    act(world, "ask_again", household_agreed_on="2026-06-12")
    act(world, "note_obtained")
    assert "removal_allowance" not in listed(world)


def test_a_household_that_does_not_want_it_is_not_asked_again(world: World) -> None:
    act(world, "leave")
    assert "removal_allowance" not in listed(world)
    assert act(world, "ask", household_agreed_on="2026-06-12").status_code == 409
    assert act(world, "tell", right="magic").status_code == 404
    assert act(world, "tell", on="2026-06-16").json()["code"] == "procedure.day_to_come"


def test_reading_the_facts_behind_a_right_is_in_the_journal(world: World) -> None:
    listed(world)
    entries = world.as_role("manager").get("/journal?subject=A1").json()["items"]
    assert entries[-1]["act"] == "sensitive.read"


@pytest.mark.parametrize("role", ["clerk", "social_worker"])
def test_another_company_reads_no_right(world: World, role: str) -> None:
    assert world.as_role(role, THEIRS).get(A1).status_code == 404
