"""Worklists: what one paper could change, what waits for a person, what does not hold."""

from __future__ import annotations

from tests.contract.matrix import RECORD
from tests.contract.test_campaigns import on, opened
from tests.fixtures.service import World


def test_missing_facts_come_with_the_rank_they_could_give(world: World) -> None:
    clerk = world.as_role("clerk")
    made = clerk.post("/applications", RECORD).json()
    world.work()
    told = clerk.get("/worklists/missing-facts").json()
    (line,) = [i for i in told["items"] if i["application_id"] == made["application_id"]]
    assert line["missing"]
    assert line["best_points"] == line["points"] + max(
        missing["effect_points"] for missing in line["missing"]
    )
    blocked = [missing for missing in line["missing"] if missing["blocks"]]
    assert line["is_blocked"] == bool(blocked)
    assert line["rank"] is None
    listed = clerk.get("/applications").json()["items"]
    better = [
        other
        for other in listed
        if other["rank"] is not None
        and (other["list"] == "transfer" or other["points"] >= line["best_points"])
    ]
    assert line["best_rank"] == len(better) + 1
    gains = [item["gain"] for item in told["items"]]
    assert gains == sorted(gains, reverse=True)


def test_deadlines_name_what_waits_for_a_person(world: World) -> None:
    ids = world.ids
    told = world.as_role("social_worker").get("/worklists/deadlines").json()["items"]
    assert [(item["kind"], item["subject"]) for item in told] == [
        ("campaign.to_close", ids["campaign"]),
        ("change.to_hear", ids["change"]),
    ]


def test_who_did_not_confirm_waits_for_a_persons_decision(world: World) -> None:
    campaign = opened(world)
    later = on(world, 2027, 4, 1)
    later.as_role("clerk").post(f"{campaign}/close")
    told = later.as_role("clerk").get("/worklists/deadlines").json()["items"]
    assert {(item["kind"], item["subject"]) for item in told} == {
        ("confirmation.to_decide", "A1"),
        ("confirmation.to_decide", "A2"),
    }


def test_anomalies_are_those_of_the_import(world: World) -> None:
    clerk = world.as_role("clerk")
    assert clerk.get("/worklists/anomalies").json()["items"] == []
    person = {
        "member_id": "x-1",
        "role": "applicant",
        "family_name": "Modèle",
        "given_name": "Léo",
        "born_on": "1998-07-28",
    }
    made = clerk.post("/applications", RECORD | {"members": [person]}).json()
    told = clerk.get("/worklists/anomalies").json()
    assert [(i["table"], i["key"], i["code"], i["severity"]) for i in told["items"]] == [
        (
            "household_members",
            [made["application_id"], "x-1"],
            "register.perhaps_active_twice",
            "warning",
        )
    ]
    assert told["version"] == 2


def test_reading_the_record_of_a_reason_of_health_is_in_the_journal(world: World) -> None:
    for application_id, acts in (("A1", []), ("A2", ["sensitive.read"])):
        assert world.as_role("clerk").get(f"/applications/{application_id}/record").is_success
        told = world.as_role("manager").get(f"/journal?subject={application_id}").json()["items"]
        assert [entry["act"] for entry in told] == acts
