"""What a partner is told of its places and its stays, by the feed and by a signed message."""

from __future__ import annotations

import json
from typing import Any

from api.db.tables.occupancies import dwelling_return, occupancy
from api.partners.events import OF_A_PLACE, OF_A_STAY, TYPES
from tests.contract.test_places import PLACE, ROUTE, turns
from tests.fixtures.occupied import STAY, on_day, some_stay
from tests.fixtures.partners import make_sandbox, program_headers
from tests.fixtures.receiver import Receiver
from tests.fixtures.service import NOW, Caller, World

__all__ = ["turns"]
LEFT = {
    "act": "leave_by_choice",
    "on": "2026-08-20",
    "exit_class": "moved_by_choice",
    "household_agreed_on": "2026-08-01",
    "no_alternative": "found_by_the_household",
    "decided_by": "Ada Exemple",
}


def told(world: World, partner: str) -> list[tuple[str, dict[str, Any]]]:
    """Types and contents of a partner's feed."""
    caller = Caller(world.client, program_headers(world.service, partner))
    return [(e["type"], e["data"]) for e in caller.get("/events").json()["items"]]


def taken_up(world: World) -> str:
    """A place offered to C2, taken up for A2 and withdrawn."""
    place_id = str(world.as_role("clerk").post(ROUTE, PLACE).json()["place_offer_id"])
    address = f"{ROUTE}/{place_id}"
    answer = {"answer": "take_up", "application_id": "A2"}
    assert world.as_role("partner", "P2").post(f"{address}/answer", answer).status_code == 200
    assert world.as_role("clerk").post(f"{address}/withdrawal").status_code == 200
    return place_id


def test_every_act_on_a_place_or_a_stay_is_a_type_one_may_ask_for() -> None:
    assert set(TYPES) >= OF_A_PLACE | OF_A_STAY
    assert len(TYPES) <= 50  # a webhook may name them all


def test_a_place_is_told_to_its_partner_alone_in_the_order_it_happened(turns: World) -> None:
    place_id = taken_up(turns)
    mine = {"place_offer_id": place_id, "agreement_id": "C2"}
    assert told(turns, "P2") == [
        ("place.offered", mine | {"due_on": "2026-06-25"}),
        ("place.take_up", mine | {"application_id": "A2"}),
        ("place.withdraw_place", mine),
    ]
    assert told(turns, "P1") == []


def test_the_messages_of_a_place_are_sent_one_after_another(
    turns: World, receiver: Receiver
) -> None:
    make_sandbox(turns.service, "P2")
    caller = Caller(turns.client, program_headers(turns.service, "P2"))
    wanted = {"url": receiver.url, "types": ["place.offered", "place.withdraw_place"]}
    assert caller.post("/webhooks", wanted).status_code == 201
    taken_up(turns)
    turns.work()
    bodies = [json.loads(body) for _, body in receiver.received]
    assert [b["type"] for b in bodies] == ["place.offered", "place.withdraw_place"]
    assert all(headers["webhook-signature"].startswith("v1,") for headers, _ in receiver.received)


def test_a_stay_is_told_to_its_operator_without_reason_or_class(world: World) -> None:
    with world.service.database.writing() as connection:
        some_stay(connection, now=NOW)
        connection.execute(dwelling_return.delete())  # it is lived in
    with on_day(world, "2026-08-20") as then:
        operator = then.as_role("partner", "P1")
        assert operator.post(f"/occupancies/{STAY}/acts", LEFT).status_code == 201
        (event,) = told(then, "P1")
        assert event == (
            "occupancy.leave_by_choice",
            {
                "occupancy_id": STAY,
                "application_id": "A2",
                "status": "left_by_choice",
                "on": "2026-08-20",
                "until_on": "2026-09-01",
            },
        )
        assert told(then, "P2") == []


def test_an_operator_that_has_stepped_out_is_told_nothing_more(world: World) -> None:
    with world.service.database.writing() as connection:
        some_stay(connection, now=NOW)
        slid = {"operator_until": 1, "status": "standard_lease"}
        connection.execute(occupancy.update().values(slid))
    with on_day(world, "2026-08-20") as then:
        done = then.as_role("manager").post(f"/occupancies/{STAY}/acts", LEFT)
        assert done.status_code == 201, done.text
        assert told(then, "P1") == []
