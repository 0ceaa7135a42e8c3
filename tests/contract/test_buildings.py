"""Who holds a dwelling, and the empty buildings partners plan with."""

from __future__ import annotations

from tests.contract.matrix_reserved import BUILDING, RIGHTS
from tests.fixtures.service import THEIRS, World

ROUTE = "/vacant-buildings"


def test_the_chain_says_who_lets_today(world: World) -> None:
    clerk = world.as_role("clerk")
    assert clerk.get("/dwellings/D1/rights").json()["landlord"] is None
    agency = {"kind": "management", "holder": "AIS inventée", "holder_kind": "ais",
              "from_on": "2026-01-01", "to_on": "2034-12-31"}  # fmt: skip
    told = clerk.send("PUT", "/dwellings/D1/rights", json={"rights": [*RIGHTS["rights"], agency]})
    assert (told.status_code, told.json()["landlord"]["holder_kind"]) == (200, "ais")
    wrong = clerk.send("PUT", "/dwellings/D1/rights", json={"rights": [agency]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rights.refused")
    assert [(f["path"], f["code"]) for f in wrong.json()["errors"]] == [
        ("/rights/0/kind", "rights.no_owner")
    ]
    assert clerk.get("/dwellings/D1/rights").json()["landlord"]["holder_kind"] == "ais"


def test_a_partner_plans_with_the_buildings_of_its_companies(world: World) -> None:
    clerk = world.as_role("clerk")
    later = BUILDING | {"building_id": "B-2", "expected_on": None}
    for entry in (later, BUILDING | {"building_id": "B-1"}):
        assert clerk.post(ROUTE, entry).status_code == 201
    again = clerk.post(ROUTE, later)
    assert (again.status_code, again.json()["code"]) == (409, "building.present")
    told = world.as_role("partner", "P1").get(ROUTE).json()["items"]
    assert [(b["building_id"], b["bedrooms"]) for b in told] == [("B-1", [1, 2]), ("B-2", [1, 2])]
    assert world.as_role("clerk", THEIRS).get(ROUTE).json()["items"] == []


def test_a_building_changes_on_the_version_that_was_read(world: World) -> None:
    clerk = world.as_role("clerk")
    clerk.post(ROUTE, BUILDING | {"building_id": "B-1"})
    done = BUILDING | {"works": "done", "row_version": 1}
    told = clerk.send("PUT", f"{ROUTE}/B-1", json=done)
    assert (told.json()["works"], told.json()["row_version"]) == ("done", 2)
    assert clerk.send("PUT", f"{ROUTE}/B-1", json=done).json()["code"] == "building.moved"
    nowhere = BUILDING | {"nis5": "99999", "row_version": 2}
    told = clerk.send("PUT", f"{ROUTE}/B-1", json=nowhere)
    assert told.json()["code"] == "building.no_such_commune"
