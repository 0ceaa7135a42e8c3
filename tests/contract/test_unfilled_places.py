"""A place taken up that nobody fills follows its agreement's text; no home waits for a quota."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.db.tables.agreements import place_offer
from api.meetings.snapshot import unpacked
from tests.contract.test_places import PLACE, QUOTA, ROUTE, named_by, terms_of, whose
from tests.fixtures.occupied import on_day
from tests.fixtures.service import NOW, World

HELD = 20
LAST = NOW.date() + timedelta(HELD)
AFTER = (LAST + timedelta(1)).isoformat()


def taken_up(world: World, unfilled: dict[str, Any] | None, **first: Any) -> str:
    """A place in D1 that C2 has taken up for A2, whose presentation is withdrawn since."""
    manager = world.as_role("manager")
    assert manager.post("/quotas", QUOTA).status_code == 201
    texts = (("C1", "P1", terms_of(**first)), ("C2", "P2", terms_of(unfilled_place=unfilled)))
    for agreement_id, partner_id, terms in texts:
        filed = {"agreement_id": agreement_id, "partner_id": partner_id, "terms": terms}
        assert manager.post("/agreement-documents", filed).status_code == 201
    told = world.as_role("clerk").post(ROUTE, PLACE)
    assert told.json()["agreement_id"] == "C2", told.text
    place_id = str(told.json()["place_offer_id"])
    partner = world.as_role("partner", "P2")
    answer = {"answer": "take_up", "application_id": "A2"}
    assert partner.post(f"{ROUTE}/{place_id}/answer", answer).status_code == 200
    gone = {"reason": "asked_by_household"}
    assert partner.post("/presentations/C2/A2/withdrawal", gone).status_code == 204
    assert named_by(world) == "C2"
    return place_id


def follow(world: World, place_id: str):  # type: ignore[no-untyped-def]
    return world.as_role("clerk").post(f"{ROUTE}/{place_id}/fate")


def codes(told: Any) -> set[str]:
    return {f["code"] for f in told.json()["errors"]}


def trace(world: World, place_id: str) -> dict[str, Any]:
    """What the journal says of the last act on a place."""
    told = world.as_role("auditor").get(f"/journal?subject={place_id}").json()
    return dict(told["items"][-1]["content"]) | {"act": told["items"][-1]["act"]}


def reminders(world: World) -> list[tuple[str, str]]:
    told = world.as_role("clerk").get("/worklists/deadlines?limit=200").json()["items"]
    return [(d["subject"], d["due_on"]) for d in told if d["kind"] == "place.unfilled"]


def test_held_to_its_last_day_then_back_to_the_general_list(world: World) -> None:
    place_id = taken_up(world, {"policy": "release", "hold_days": HELD})
    told = world.as_role("partner", "P2").get(f"{ROUTE}/{place_id}").json()
    assert told["fate"] == {
        "policy": "release",
        "to": "",
        "is_assumed": False,
        "held_until_on": LAST.isoformat(),
    }
    with on_day(world, LAST.isoformat()) as then:
        assert codes(follow(then, place_id)) == {"place.held"}
        assert reminders(then) == []
    with on_day(world, AFTER) as then:
        assert reminders(then) == [(place_id, LAST.isoformat())]
        assert named_by(then) == "C2"  # a reminder moves nothing
        told = follow(then, place_id)
        assert (told.status_code, told.json()["state"]) == (200, "place_released")
        assert named_by(then) is None
        assert whose(then) == ""  # given back to the list, not to another agreement
        assert reminders(then) == []
        said = trace(then, place_id)
        assert (said["act"], said["why"], said["policy"]) == (
            "place.release_place",
            "time_over",
            "release",
        )
        assert follow(then, place_id).json()["code"] == "procedure.illegal_act"
        assert then.as_role("auditor").get("/journal/verification").json()["is_sound"]


@pytest.mark.parametrize("unfilled", [{"policy": "next_in_turn"}, {"policy": "reassign"}])
def test_moved_on_it_is_offered_to_the_other_agreement(
    world: World, unfilled: dict[str, str]
) -> None:
    to = {"to": "C1"} if unfilled["policy"] == "reassign" else {}
    place_id = taken_up(world, unfilled | to | {"hold_days": HELD})
    with on_day(world, AFTER) as then:
        assert follow(then, place_id).json()["state"] == "place_moved_on"
        (found,) = then.as_role("partner", "P1").get(ROUTE).json()["items"]
        assert (found["agreement_id"], found["state"], found["dwelling_id"]) == (
            "C1",
            "offered",
            "D1",
        )
        assert trace(then, place_id)["next_agreement_id"] == "C1"
        assert named_by(then) is None  # held for nobody while C1 may answer


@pytest.mark.parametrize(
    ("first", "unfilled", "why"),
    [
        ({"answer_days": None}, {"policy": "next_in_turn"}, "place.no_answer_time"),
        ({"dwellings": {"bedrooms_from": 5}}, {"policy": "next_in_turn"}, "place.general_list"),
        ({"dwellings": {"bedrooms_from": 5}}, {"policy": "reassign"}, "place.not_in_force"),
    ],
)
def test_where_the_other_agreement_cannot_have_it_it_is_the_general_lists(
    world: World, first: dict[str, Any], unfilled: dict[str, Any], why: str
) -> None:
    to = {"to": "C1"} if unfilled["policy"] == "reassign" else {}
    place_id = taken_up(world, unfilled | to | {"hold_days": HELD}, **first)
    with on_day(world, AFTER) as then:
        assert follow(then, place_id).json()["state"] == "place_moved_on"
        said = trace(then, place_id)
        assert (said["next_agreement_id"], said["not_moved_because"]) == ("", [why])
        assert named_by(then) is None


def test_report_only_tells_and_leaves_it_to_a_person(world: World) -> None:
    place_id = taken_up(world, {"policy": "report_only", "hold_days": HELD})
    with on_day(world, AFTER) as then:
        assert reminders(then) == [(place_id, LAST.isoformat())]
        assert codes(follow(then, place_id)) == {"place.report_only"}
        frozen_vacancies(then)
        assert named_by(then) == "C2"
        told = then.as_role("clerk").post(f"{ROUTE}/{place_id}/withdrawal")
        assert told.json()["state"] == "place_withdrawn"
        assert named_by(then) is None


def frozen_vacancies(world: World) -> dict[str, str]:
    """Freeze the meeting; the agreement that names each vacancy of what it decides on."""
    clerk, meeting_id = world.as_role("clerk"), first_meeting(world)
    told = clerk.post(f"/meetings/{meeting_id}/freeze")
    assert told.status_code == 200, told.text
    content = clerk.get(f"/meetings/{meeting_id}/files/snapshot.zip").content
    rows = unpacked(content)["vacancies"].rows()
    return {str(row["dwelling_id"]): str(row["agreement_id"] or "") for row in rows}


def first_meeting(world: World) -> str:
    return str(world.as_role("clerk").get("/meetings").json()["items"][0]["meeting_id"])


def test_freezing_a_meeting_follows_the_texts_that_are_due_and_no_other(world: World) -> None:
    place_id = taken_up(world, {"policy": "release", "hold_days": HELD})
    with on_day(world, AFTER) as then:
        assert frozen_vacancies(then) == {"D1": "", "D2": "C1"}
        said = trace(then, place_id)
        assert (said["act"], said["meeting_id"]) == ("place.release_place", first_meeting(then))


def test_a_place_still_held_keeps_its_name_in_what_is_frozen(world: World) -> None:
    place_id = taken_up(world, {"policy": "release", "hold_days": HELD})
    with on_day(world, LAST.isoformat()) as then:
        assert frozen_vacancies(then) == {"D1": "C2", "D2": "C1"}
        assert then.as_role("clerk").get(f"{ROUTE}/{place_id}").json()["state"] == "taken_up"


def test_a_meeting_that_cannot_be_frozen_moves_no_place(world: World) -> None:
    from api.db.tables.register import agreements

    place_id = taken_up(world, {"policy": "release", "hold_days": HELD})
    with world.service.database.writing() as connection:
        connection.execute(agreements.update().values(basis="none"))
    with on_day(world, AFTER) as then:
        told = then.as_role("clerk").post(f"/meetings/{first_meeting(then)}/freeze")
        assert told.status_code == 422, told.text
        assert then.as_role("clerk").get(f"{ROUTE}/{place_id}").json()["state"] == "taken_up"


def decided(world: World) -> str:
    """The meeting frozen, proposed and decided as proposed."""
    clerk, meeting_id = world.as_role("clerk"), first_meeting(world)
    clerk.post(f"/meetings/{meeting_id}/freeze")
    clerk.post(f"/meetings/{meeting_id}/proposal")
    world.work()
    lines = clerk.get(f"/meetings/{meeting_id}/files/proposal.json").json()["dwellings"]
    follows = [{"dwelling_id": d["dwelling_id"], "decision": "follow"} for d in lines]
    member = world.as_role("committee_member")
    told = member.post(f"/meetings/{meeting_id}/decision", {"decisions": follows})
    assert told.status_code == 200, told.text
    return meeting_id


def test_a_silent_text_waits_for_a_meeting_that_finds_nobody_and_says_it_is_assumed(
    world: World,
) -> None:
    place_id = taken_up(world, None)
    assert codes(follow(world, place_id)) == {"place.meeting_awaited"}
    clerk, meeting_id = world.as_role("clerk"), first_meeting(world)
    clerk.post(f"/meetings/{meeting_id}/freeze")
    assert codes(follow(world, place_id)) == {"place.meeting_under_way"}
    decided(world)
    right = clerk.get(f"/meetings/{meeting_id}/entitlements").json()["items"]
    (mine,) = [r for r in right if r["dwelling_id"] == "D1"]
    assert mine["application_id"] is None
    assert reminders(world) == [(place_id, "2026-06-30")]
    assert follow(world, place_id).json()["state"] == "place_released"
    said = trace(world, place_id)
    assert (said["why"], said["is_assumed"]) == ("meeting_found_nobody", True)


def test_a_dwelling_accepted_fills_its_place_and_given_up_empties_it(world: World) -> None:
    manager = world.as_role("manager")
    assert manager.post("/quotas", QUOTA).status_code == 201
    filed = {"agreement_id": "C2", "partner_id": "P2", "terms": terms_of()}
    assert manager.post("/agreement-documents", filed).status_code == 201
    place_id = str(world.as_role("clerk").post(ROUTE, PLACE).json()["place_offer_id"])
    presents_the_family(world)
    answer = {"answer": "take_up", "application_id": "A1"}
    told = world.as_role("partner", "P2").post(f"{ROUTE}/{place_id}/answer", answer)
    assert told.status_code == 200, told.text
    meeting_id = decided(world)
    assert codes(follow(world, place_id)) == {"place.somebody_entitled"}
    with on_day(world, "2026-07-02") as then:
        offer_id = accepted(then, meeting_id)
        assert state_of(then, place_id) == "place_filled"
        no = {"answer": "refuse", "answered_on": "2026-07-02"}
        told = then.as_role("clerk").post(f"/offers/{offer_id}/answer", no)
        assert told.status_code == 200, told.text
        assert state_of(then, place_id) == "taken_up"
        assert named_by(then) == "C2"


def accepted(world: World, meeting_id: str) -> str:
    """D1 offered to A1 and accepted; the offer."""
    clerk = world.as_role("clerk")
    offer = {"dwelling_id": "D1", "application_id": "A1"}
    offered = clerk.post(f"/meetings/{meeting_id}/offers", offer)
    assert offered.status_code == 201, offered.text
    offer_id = str(offered.json()["offer_id"])
    yes = {"answer": "accept", "answered_on": "2026-07-02"}
    assert clerk.post(f"/offers/{offer_id}/answer", yes).status_code == 200
    return offer_id


def test_a_place_nobody_answered_is_withdrawn_when_the_list_lets_the_dwelling(
    world: World,
) -> None:
    manager = world.as_role("manager")
    assert manager.post("/quotas", QUOTA).status_code == 201
    filed = {"agreement_id": "C2", "partner_id": "P2", "terms": terms_of()}
    assert manager.post("/agreement-documents", filed).status_code == 201
    place_id = str(world.as_role("clerk").post(ROUTE, PLACE).json()["place_offer_id"])
    meeting_id = decided(world)
    with on_day(world, "2026-07-02") as then:
        accepted(then, meeting_id)
        assert state_of(then, place_id) == "place_withdrawn"


def presents_the_family(world: World) -> None:
    """C2 presents A1, the family the dwelling fits."""
    presented = {
        "agreement_id": "C2",
        "application_id": "A1",
        "born_on": "1985-07-30",
        "household_agreed_on": date(2026, 6, 10).isoformat(),
    }
    told = world.as_role("partner", "P2").post("/presentations", presented)
    assert told.status_code == 201, told.text


def state_of(world: World, place_id: str) -> str:
    with world.service.database.reading() as connection:
        query = sa.select(place_offer.c.state).where(place_offer.c.place_offer_id == place_id)
        return str(connection.scalar(query))
