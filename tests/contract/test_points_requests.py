"""A company that was chosen works points out again; a difference is a request, not a rank."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from api.db.tables.register import choices
from tests.contract.test_mandates import entries, refusal
from tests.fixtures.service import LIEGE, OURS, REGION, THEIRS, World

PATH = "/applications/A1/recomputation"


@pytest.fixture
def chosen(world: World) -> World:
    """A1 also chose Liège: the other company sees it."""
    with world.service.database.writing() as connection:
        values = {"application_id": "A1", "rank": 3, "nis5": LIEGE, "held_by": OURS}
        connection.execute(choices.insert(), values)
    world.work()
    return world


def recomputed(world: World, place: str = THEIRS, **body: Any) -> Any:
    return world.as_role("clerk", place).post(PATH, body)


def other_points(world: World) -> dict[str, Any]:
    """What the reference announced, one point too many, on its day."""
    told = recomputed(world).json()
    points = told["announced"]
    return {
        "announced": points | {"points": points["points"] + 1, "housing_points": 6},
        "on": told["on"],
    }


def test_one_call_gives_the_points_with_the_rules_facts_and_evidence(chosen: World) -> None:
    told = recomputed(chosen)
    assert told.status_code == 200, told.text
    found = told.json()
    assert found["reference_slsp_id"] == OURS
    assert (found["rulebook"], len(found["rulebook_hash"])) == ("wallonia", 64)
    assert found["points_authority"] == "reference_file"
    assert found["points_authority_mark"] == "assumed"
    assert ("homeless_since", "cpas_certificate") in [
        (f["fact"], f["proof"]) for f in found["facts"]
    ]
    assert sum(line["points"] for line in found["lines"] if line["counts"]) == (
        found["computed"]["housing_points"] + found["computed"]["personal_points"]
    )
    line = chosen.as_role("clerk").get("/applications/A1").json()["standing"]
    assert found["announced"]["points"] == line["points"]


def test_the_same_points_ask_nothing(chosen: World) -> None:
    found = recomputed(chosen).json()
    assert (found["differences"], found["request"]) == ([], None)
    assert chosen.as_role("clerk").get("/points-requests").json()["items"] == []


def test_a_difference_asks_the_reference_company_and_moves_no_rank(chosen: World) -> None:
    lists = {p: chosen.as_role("clerk", p).get("/applications").json() for p in (OURS, THEIRS)}
    found = recomputed(chosen, **other_points(chosen)).json()
    assert found["differences"] == ["points", "housing_points"]
    asked = found["request"]
    assert (asked["register_id"], asked["state"]) == (THEIRS, "asked")
    again = recomputed(chosen, **other_points(chosen)).json()
    assert again["request"]["request_id"] == asked["request_id"]
    chosen.work()
    for place, before in lists.items():
        assert chosen.as_role("clerk", place).get("/applications").json() == before
        (listed,) = chosen.as_role("manager", place).get("/points-requests").json()["items"]
        assert listed["request_id"] == asked["request_id"]
    assert len(entries(chosen, "points.asked")) == 1


def test_the_reference_company_answers_and_who_asked_may_take_back(chosen: World) -> None:
    asked = recomputed(chosen, **other_points(chosen)).json()["request"]
    path = f"/points-requests/{asked['request_id']}/answer"
    said = {"act": "stand_by", "reason": "The certificate was seen."}
    assert chosen.as_role("clerk", THEIRS).post(path, said).status_code == 403
    back = {"act": "take_back", "reason": "Our mistake."}
    assert chosen.as_role("clerk").post(path, back).status_code == 403
    told = chosen.as_role("clerk").post(path, said)
    assert (told.status_code, told.json()["state"]) == (200, "stood_by")
    late = chosen.as_role("clerk", THEIRS).post(path, back)
    assert refusal(late) == (409, "procedure.illegal_act")
    fresh = recomputed(chosen, **other_points(chosen)).json()["request"]
    told = chosen.as_role("manager", THEIRS).post(
        f"/points-requests/{fresh['request_id']}/answer", back
    )
    assert told.json()["state"] == "taken_back"


def test_the_reference_company_compares_without_asking_itself(chosen: World) -> None:
    found = recomputed(chosen, OURS, **other_points(chosen)).json()
    assert (found["differences"], found["request"]) == (["points", "housing_points"], None)


def test_who_does_not_see_the_file_recomputes_nothing(world: World) -> None:
    assert recomputed(world).status_code == 404
    with world.service.database.reading() as connection:
        count = sa.text("SELECT count(*) FROM points_request")
        assert connection.scalar(count) == 0


def test_points_and_their_day_go_together(chosen: World) -> None:
    asked = other_points(chosen)
    del asked["on"]
    assert refusal(recomputed(chosen, **asked)) == (422, "points.day")


def test_the_region_reads_every_request(chosen: World) -> None:
    recomputed(chosen, **other_points(chosen))
    assert len(chosen.as_role("auditor", REGION).get("/points-requests").json()["items"]) == 1


def test_reasons_stay_closed_to_the_other_company(chosen: World) -> None:
    with chosen.service.database.writing() as connection:
        values = {"application_id": "A2", "rank": 3, "nis5": LIEGE, "held_by": OURS}
        connection.execute(choices.insert(), values)
    told = chosen.as_role("clerk", THEIRS).post("/applications/A2/recomputation", {}).json()
    assert [f["is_masked"] for f in told["facts"]] == [True]
    assert "disabled" not in str(told)
