"""The yearly confirmation, from its opening to what a person decides of silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.contract.matrix import CAMPAIGN
from tests.fixtures.service import World


def on(world: World, *day: int) -> World:
    """The same world on another day."""
    service = replace(world.service, now=lambda: datetime(*day, 9, tzinfo=UTC))
    world.client.app.state.service = service  # type: ignore[attr-defined]
    return replace(world, service=service)


def opened(world: World) -> str:
    made = world.as_role("clerk").post("/campaigns", CAMPAIGN)
    assert made.status_code == 201, made.text
    return f"/campaigns/{made.json()['campaign_id']}"


def confirmed(world: World, campaign: str, application_id: str, day: str) -> Any:
    body = {"application_id": application_id, "confirmed_on": day, "channel": "online"}
    return world.as_role("social_worker").post(f"{campaign}/confirmations", body)


def silent(world: World, campaign: str, decision: str) -> Any:
    body = {"application_id": "A2", "decision": decision, "reason": "Reached by phone, no answer."}
    return world.as_role("manager").post(f"{campaign}/decisions", body)


def test_a_campaign_opens_with_the_window_of_the_rulebook_and_who_owes(world: World) -> None:
    told = world.as_role("clerk").get(opened(world)).json()
    assert (told["from_on"], told["to_on"], told["grace_to_on"]) == (
        "2027-01-01", "2027-02-15", "2027-03-17",
    )  # fmt: skip
    assert (told["state"], told["counts"]) == ("open", {"awaited": 2})
    again = world.as_role("manager").post("/campaigns", CAMPAIGN)
    assert (again.status_code, again.json()["code"]) == (409, "campaign.present")


def test_who_confirmed_in_the_window_already_is_not_asked_again(world: World) -> None:
    made = world.as_role("clerk").post("/campaigns", CAMPAIGN | {"year": 2026})
    assert made.json()["counts"] == {"confirmed": 2}


def test_a_confirmation_enters_the_file(world: World) -> None:
    campaign = opened(world)
    later = on(world, 2027, 1, 25)
    early = confirmed(later, campaign, "A1", "2026-12-31")
    assert (early.status_code, early.json()["code"]) == (422, "campaign.day")
    told = confirmed(later, campaign, "A1", "2027-01-20")
    assert (told.status_code, told.json()["counts"]) == (201, {"awaited": 1, "confirmed": 1})
    file = later.as_role("clerk").get("/applications/A1").json()
    assert (file["last_confirmed_on"], file["row_version"]) == ("2027-01-20", 2)
    assert confirmed(later, campaign, "A1", "2027-01-21").json()["code"] == "procedure.illegal_act"


def test_reminders_are_counted_for_those_awaited_alone(world: World) -> None:
    campaign = opened(world)
    later = on(world, 2027, 2, 1)
    confirmed(later, campaign, "A1", "2027-01-20")
    sent = {"channel": "post", "sent_on": "2027-02-01"}
    assert later.as_role("clerk").post(f"{campaign}/reminders", sent).status_code == 201
    lines = later.as_role("clerk").get(f"{campaign}/confirmations").json()["items"]
    assert [(line["application_id"], line["reminders"]) for line in lines] == [("A1", 0), ("A2", 1)]


def test_silence_deletes_nobody_before_a_person_does(world: World) -> None:
    campaign = opened(world)
    assert silent(world, campaign, "delete").json()["code"] == "procedure.illegal_act"
    early = on(world, 2027, 3, 17).as_role("clerk").post(f"{campaign}/close")
    assert (early.status_code, early.json()["code"]) == (409, "procedure.too_early")
    later = on(world, 2027, 3, 18)
    closed = later.as_role("clerk").post(f"{campaign}/close")
    assert closed.json()["counts"] == {"unanswered": 2}, closed.text
    assert later.as_role("clerk").get("/applications/A2").json()["status"] == "admitted"
    assert confirmed(later, campaign, "A1", "2027-03-18").json()["counts"] == {
        "confirmed": 1, "unanswered": 1,
    }  # fmt: skip
    assert later.as_role("clerk").post(f"{campaign}/close").json()["code"] == "campaign.closed"
    assert silent(later, campaign, "delete").json()["counts"] == {"confirmed": 1, "deleted": 1}
    assert later.as_role("clerk").get("/applications/A2").json()["status"] == "struck_off"
    told = later.as_role("manager").get("/journal?subject=A2").json()["items"]
    assert "confirmation.delete" in [entry["act"] for entry in told]


def test_a_person_may_keep_an_application_that_was_not_confirmed(world: World) -> None:
    campaign = opened(world)
    later = on(world, 2027, 4, 1)
    later.as_role("clerk").post(f"{campaign}/close")
    assert silent(later, campaign, "keep").json()["counts"] == {"kept": 1, "unanswered": 1}
    assert later.as_role("clerk").get("/applications/A2").json()["status"] == "admitted"
    lines = later.as_role("clerk").get(f"{campaign}/confirmations?state=kept").json()["items"]
    assert [(line["application_id"], line["possible"]) for line in lines] == [("A2", [])]
