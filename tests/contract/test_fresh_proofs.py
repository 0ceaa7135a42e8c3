"""Before a meeting the first of each dwelling are asked for fresh proofs; nobody moves by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.db.tables.follow_up import proof_request
from api.db.tables.register import facts
from tests.contract.matrix import PROOF
from tests.contract.test_mandates import entries, filed, on, partner, refusal
from tests.fixtures.partners import OTHER_PARTNER
from tests.fixtures.service import OURS, World

DUE = {"due_on": "2026-06-25"}


@pytest.fixture
def struck(world: World) -> World:
    """A calamity, proved, gives A1 points."""
    with world.service.database.writing() as connection:
        fact = {"application_id": "A1", "member_id": "", "fact": "calamity_recognised"}
        proof = {"value": "yes", "proof": "cpas_certificate", "held_by": OURS}
        connection.execute(facts.insert(), fact | proof)
    return world


def meeting_of(world: World) -> str:
    found = world.as_role("clerk").get("/meetings").json()["items"]
    return str(found[0]["meeting_id"])


def asked(world: World) -> list[dict[str, Any]]:
    told = world.as_role("clerk").post(f"/meetings/{meeting_of(world)}/proof-requests", DUE)
    assert told.status_code == 201, told.text
    return list(told.json()["items"])


def test_the_first_of_each_dwelling_are_asked_with_what_their_points_rest_on(struck: World) -> None:
    world = struck
    told = world.as_role("clerk").post(f"/meetings/{meeting_of(world)}/proof-requests", DUE).json()
    assert (told["first_per_dwelling"], told["mark"]) == (5, "assumed")
    (found,) = told["items"]  # A2 is answering an offer: it takes no part
    assert (found["application_id"], found["dwellings"]) == ("A1", ["D1"])
    assert found["conditions"] == ["income", "property", "household"]
    assert found["facts"] == ["calamity_recognised"]
    assert (found["state"], found["due_on"]) == ("asked", "2026-06-25")


def test_what_a_source_holds_is_looked_up_there_and_not_asked_for(struck: World) -> None:
    with struck.service.database.writing() as connection:
        fact = {"application_id": "A1", "member_id": "M1", "fact": "disabled"}
        proof = {"value": "yes", "proof": "federal_disability_certificate", "held_by": OURS}
        connection.execute(facts.insert(), fact | proof)
    (found,) = asked(struck)
    ways = {one["what"]: (one["way"], one["source"], one["mark"]) for one in found["how"]}
    assert ways["household"] == ("look_up", "national_register", "assumed")
    assert ways["income"] == ("ask", "", "")
    assert ways["disabled"] == ("look_up", "social_security", "assumed")
    assert ways["calamity_recognised"] == ("ask", "", "")


def test_where_a_proof_was_obtained_is_kept_with_its_day(world: World) -> None:
    (found,) = asked(world)
    path = f"/proof-requests/{found['request_id']}/acts"
    receipt = {"act": "record_receipt", "on": "2026-06-15", "origin": "authentic_source"}
    clerk = world.as_role("clerk")
    assert refusal(clerk.post(path, receipt)) == (422, "fresh_proof.source")
    told = clerk.post(path, receipt | {"source": "national_register"}).json()
    assert (told["origin"], told["source"], told["received_on"]) == (
        "authentic_source",
        "national_register",
        "2026-06-15",
    )
    (entry,) = entries(world, "proof.record_receipt")
    assert json.loads(entry.content)["source"] == "national_register"


def test_asking_again_asks_nobody_twice(world: World) -> None:
    assert asked(world) == asked(world)
    assert len(entries(world, "proof.requested")) == 1


def test_a_request_changes_neither_the_register_nor_the_list(world: World) -> None:
    world.work()
    before = world.as_role("clerk").get("/applications").json()
    asked(world)
    assert world.as_role("clerk").get("/applications").json() == before


def test_the_day_lies_between_today_and_the_meeting(world: World) -> None:
    path = f"/meetings/{meeting_of(world)}/proof-requests"
    for day in ("2026-06-14", "2026-07-01"):
        told = world.as_role("clerk").post(path, {"due_on": day})
        assert refusal(told) == (422, "fresh_proof.due_day")


def test_once_frozen_nobody_is_asked(world: World) -> None:
    meeting_id = meeting_of(world)
    assert world.as_role("clerk").post(f"/meetings/{meeting_id}/freeze").status_code == 200
    told = world.as_role("clerk").post(f"/meetings/{meeting_id}/proof-requests", DUE)
    assert refusal(told) == (409, "meeting.wrong_state")


def test_a_proof_is_missing_after_its_day_and_may_still_come(world: World) -> None:
    (found,) = asked(world)
    path = f"/proof-requests/{found['request_id']}/acts"
    early = world.as_role("clerk").post(path, {"act": "note_missing", "on": "2026-06-15"})
    assert refusal(early) == (409, "procedure.too_early")
    later = on(world, days=12)
    clerk = later.as_role("clerk")
    told = clerk.post(path, {"act": "note_missing", "on": "2026-06-27"})
    assert (told.status_code, told.json()["state"]) == (200, "missing")
    listed = clerk.get(f"/meetings/{meeting_of(later)}/proof-requests").json()["items"]
    assert [r["state"] for r in listed] == ["missing"]
    assert clerk.get("/applications/A1").json()["status"] == "admitted"
    told = clerk.post(path, {"act": "record_receipt", "on": "2026-06-27"})
    assert (told.json()["state"], told.json()["received_on"]) == ("received", "2026-06-27")
    again = clerk.post(path, {"act": "do_without", "on": "2026-06-27"})
    assert refusal(again) == (409, "procedure.illegal_act")


def test_the_partner_reads_what_is_wanted_under_its_mandate_and_hands_it_in(struck: World) -> None:
    world = struck
    caller = partner(world)
    (found,) = asked(world)
    events = caller.get("/events").json()["items"]
    assert [(e["type"], e["data"]["due_on"]) for e in events] == [("proof.requested", "2026-06-25")]
    (due,) = caller.get("/deadlines/followed").json()["items"]
    assert (due["kind"], due["application_id"], due["mandate_id"]) == ("proof", "A1", "")
    mandate_id = filed(caller, application_id="A1", born_on="1985-07-30")
    (wanted,) = caller.get(f"/mandates/{mandate_id}").json()["wanted"]
    assert (wanted["request_id"], wanted["n_closed"]) == (found["request_id"], 0)
    assert wanted["facts"] == ["calamity_recognised"]
    assert caller.post(f"/mandates/{mandate_id}/proofs", PROOF).status_code == 201
    due = caller.get("/deadlines/followed").json()["items"][0]
    assert due["mandate_id"] == mandate_id
    other = partner(world, OTHER_PARTNER)
    assert other.get("/events").json()["items"] == []


def test_reasons_of_health_are_told_to_who_must_know_them(world: World) -> None:
    (found,) = asked(world)
    with world.service.database.writing() as connection:
        connection.execute(proof_request.update().values(facts='["disabled", "homeless_since"]'))
    path = f"/meetings/{found['meeting_id']}/proof-requests"
    told = {r: world.as_role(r).get(path).json()["items"][0] for r in ("clerk", "manager")}
    assert (told["clerk"]["facts"], told["clerk"]["n_closed"]) == (
        ["disabled", "homeless_since"],
        0,
    )
    assert (told["manager"]["facts"], told["manager"]["n_closed"]) == (["homeless_since"], 1)
    assert len(entries(world, "sensitive.read")) == 1
    mandate_id = filed(partner(world), application_id="A1", born_on="1985-07-30")
    (wanted,) = partner(world).get(f"/mandates/{mandate_id}").json()["wanted"]
    assert (wanted["facts"], wanted["n_closed"]) == (["homeless_since"], 1)
