"""A reserved place: whose turn, offered, taken up, left, unanswered; the dwelling never waits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from api.agreements.schemas import terms_text
from tests.fixtures.service import NOW, World
from tests.unit.allocation.accompaniment.agreement_examples import some_terms

ROUTE = "/place-offers"
PLACE = {"dwelling_id": "D1"}
QUOTA = {
    "in_force_from": "2026-06-16",
    "decided_on": "2026-06-12",
    "basis": "council of 12 June 2026",
    "quotas": [
        {"id": f"seats-{n}", "kind": "floor", "group": {"agreement_id": name},
         "period_seats": seats, "counting": "once"}
        for n, (name, seats) in enumerate((("C1", 2), ("C2", 4)))
    ],
}  # fmt: skip


def terms_of(**changes: Any) -> dict[str, Any]:
    """The text of an agreement that the register's files brought."""
    return json.loads(terms_text(some_terms())) | {
        "in_force_from": "2025-01-01",
        "in_force_to": "2027-12-31",
        "answer_days": 10,
        **changes,
    }


@pytest.fixture
def turns(world: World) -> World:
    """Two agreements with their text; the second is the most behind its year."""
    manager = world.as_role("manager")
    assert manager.post("/quotas", QUOTA).status_code == 201
    for agreement_id, partner_id in (("C1", "P1"), ("C2", "P2")):
        filed = {"agreement_id": agreement_id, "partner_id": partner_id, "terms": terms_of()}
        told = manager.post("/agreement-documents", filed)
        assert told.status_code == 201, told.text
    return world


def whose(world: World) -> str:
    told = world.as_role("clerk").get(f"{ROUTE}/turns?dwelling_id=D1")
    assert told.status_code == 200, told.text
    return str(told.json()["next_agreement_id"])


def offered(world: World) -> dict[str, Any]:
    told = world.as_role("clerk").post(ROUTE, PLACE)
    assert told.status_code == 201, told.text
    return dict(told.json())


def named_by(world: World) -> Any:
    return world.as_role("clerk").get("/dwellings/D1").json()["vacancy"].get("agreement_id")


def test_the_agreement_most_behind_its_year_is_asked_first(turns: World) -> None:
    place = offered(turns)
    assert (place["agreement_id"], place["state"]) == ("C2", "offered")
    assert place["due_on"] == (NOW.date() + timedelta(days=10)).isoformat()
    assert place["home"]["bedrooms"] == 2
    assert "address" not in place["home"]
    # Held for nobody meanwhile, and offered once.
    assert named_by(turns) is None
    again = turns.as_role("clerk").post(ROUTE, PLACE)
    assert {f["code"] for f in again.json()["errors"]} == {"place.present"}


def test_a_partner_sees_its_own_places_alone(turns: World) -> None:
    place = offered(turns)
    theirs, others = turns.as_role("partner", "P2"), turns.as_role("partner", "P1")
    assert [p["place_offer_id"] for p in theirs.get(ROUTE).json()["items"]] == [
        place["place_offer_id"]
    ]
    assert others.get(ROUTE).json()["items"] == []
    address = f"{ROUTE}/{place['place_offer_id']}"
    assert others.get(address).status_code == 404
    told = others.post(f"{address}/answer", {"answer": "pass_on"})
    assert told.status_code == 404


def test_a_household_presented_gives_the_dwelling_to_the_agreement(turns: World) -> None:
    place, partner = offered(turns), turns.as_role("partner", "P2")
    address = f"{ROUTE}/{place['place_offer_id']}"
    refused = partner.post(f"{address}/answer", {"answer": "take_up", "application_id": "A1"})
    assert {f["code"] for f in refused.json()["errors"]} == {"place.not_presented"}
    told = partner.post(f"{address}/answer", {"answer": "take_up", "application_id": "A2"})
    assert (told.status_code, told.json()["state"]) == (200, "taken_up")
    assert named_by(turns) == "C2"
    taken_back = turns.as_role("clerk").post(f"{address}/withdrawal")
    assert taken_back.json()["state"] == "place_withdrawn"
    assert named_by(turns) is None
    assert turns.as_role("auditor").get("/journal/verification").json()["is_sound"]


def test_a_place_left_goes_to_the_next_then_to_the_general_list(turns: World) -> None:
    first = offered(turns)
    partner = turns.as_role("partner", "P2")
    partner.post(f"{ROUTE}/{first['place_offer_id']}/answer", {"answer": "pass_on"})
    assert whose(turns) == "C1"
    second = offered(turns)
    assert second["agreement_id"] == "C1"
    other = turns.as_role("partner", "P1")
    other.post(f"{ROUTE}/{second['place_offer_id']}/answer", {"answer": "pass_on"})
    assert whose(turns) == ""
    told = turns.as_role("clerk").post(ROUTE, PLACE)
    assert {f["code"] for f in told.json()["errors"]} == {"place.general_list"}
    assert named_by(turns) is None


def test_a_silence_is_recorded_once_the_time_is_over(turns: World) -> None:
    place = offered(turns)
    address = f"{ROUTE}/{place['place_offer_id']}"
    clerk = turns.as_role("clerk")
    early = clerk.post(f"{address}/silence")
    assert {f["code"] for f in early.json()["errors"]} == {"place.answer_awaited"}
    later = NOW + timedelta(days=11)
    object.__setattr__(turns.service, "now", lambda: later)
    late = turns.as_role("partner", "P2").post(f"{address}/answer", {"answer": "pass_on"})
    assert {f["code"] for f in late.json()["errors"]} == {"place.answer_late"}
    told = turns.as_role("clerk").post(f"{address}/silence")
    assert told.json()["state"] == "place_unanswered"
    entry = turns.as_role("auditor").get(f"/journal?subject={place['place_offer_id']}").json()
    assert entry["items"][-1]["content"]["next_agreement_id"] == "C1"


def test_an_agreement_without_a_time_to_answer_is_told_so(world: World) -> None:
    manager = world.as_role("manager")
    manager.post("/quotas", QUOTA)
    told = world.as_role("clerk").post(ROUTE, PLACE)
    assert (told.status_code, told.json()["code"]) == (409, "place.refused")
    assert {f["code"] for f in told.json()["errors"]} == {"place.no_answer_time"}


def test_full_support_holds_no_home_back(turns: World) -> None:
    # The agreement in turn promises ten places of support, all in use.
    from api.db.tables.register import agreements

    with turns.service.database.writing() as connection:
        connection.execute(agreements.update().values(accompaniment_used=10))
    told = turns.as_role("clerk").post(ROUTE, PLACE)
    assert {f["code"] for f in told.json()["errors"]} == {"place.no_free_support"}
    why = {"decided_without_support": "Another service follows from August."}
    assert turns.as_role("clerk").post(ROUTE, PLACE | why).status_code == 201


def test_a_dwelling_an_agreement_names_is_not_offered(turns: World) -> None:
    told = turns.as_role("clerk").post(ROUTE, {"dwelling_id": "D2"})
    assert {f["code"] for f in told.json()["errors"]} == {"place.not_to_let"}
