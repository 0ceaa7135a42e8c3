"""Dwellings filed, changed, put to let and taken back, under the checks of the import."""

from __future__ import annotations

from tests.contract.matrix import DWELLING, VACANCY
from tests.fixtures.service import World

NEW = {"dwelling_id": "D-77", "dwelling": DWELLING}
WHY = {"reason": "Works took longer."}


def test_a_dwelling_is_filed_put_to_let_and_taken_back(world: World) -> None:
    clerk = world.as_role("clerk")
    made = clerk.post("/dwellings", NEW)
    assert (made.status_code, made.json()["vacancy"]) == (201, None), made.text
    again = clerk.post("/dwellings", NEW)
    assert (again.status_code, again.json()["code"]) == (409, "dwelling.present")
    let = clerk.send("PUT", "/dwellings/D-77/vacancy", json={"vacancy": VACANCY})
    assert let.json()["vacancy"]["available_on"] == VACANCY["available_on"], let.text
    taken = clerk.post("/dwellings/D-77/vacancy/withdrawal", WHY)
    assert (taken.status_code, taken.json()["vacancy"]) == (200, None)
    assert clerk.post("/dwellings/D-77/vacancy/withdrawal", WHY).status_code == 404
    told = world.as_role("manager").get("/journal?subject=D-77").json()["items"]
    assert sorted(entry["act"] for entry in told) == [
        "dwelling.filed", "vacancy.filed", "vacancy.taken_back",
    ]  # fmt: skip
    world.work()
    assert clerk.get("/applications").json()["standing"]["version"] == 4


def test_a_dwelling_read_and_sent_back_is_the_same(world: World) -> None:
    clerk = world.as_role("clerk")
    for found in clerk.get("/dwellings").json()["items"]:
        body = {"row_version": found["row_version"], "dwelling": found["dwelling"]}
        told = clerk.send("PUT", f"/dwellings/{found['dwelling_id']}", json=body)
        assert told.json() == found | {"row_version": 2}, told.text
        stale = clerk.send("PUT", f"/dwellings/{found['dwelling_id']}", json=body)
        assert (stale.status_code, stale.json()["code"]) == (409, "application.moved")


def test_every_fault_of_a_dwelling_is_located(world: World) -> None:
    clerk = world.as_role("clerk")
    faulty = {"nis5": "21004", "bedrooms": -1, "section_id": "nowhere"}
    told = clerk.post("/dwellings", NEW | {"dwelling": DWELLING | faulty})
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/dwelling/nis5", "register.commune_of_brussels"),
        ("/dwelling/bedrooms", "register.negative_number"),
        ("/dwelling/section_id", "register.unknown_reference"),
    }
    late = VACANCY | {"available_on": "2026-01-01", "agreement_id": "none"}
    told = clerk.send("PUT", "/dwellings/D3/vacancy", json={"vacancy": late})
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/vacancy/available_on", "register.dates_reversed"),
        ("/vacancy/agreement_id", "register.unknown_reference"),
    }


def test_a_dwelling_that_is_offered_stays_to_let(world: World) -> None:
    clerk = world.as_role("clerk")
    clerk.send("PUT", "/dwellings/D3/vacancy", json={"vacancy": VACANCY})
    told = clerk.post("/dwellings/D3/vacancy/withdrawal", WHY)
    assert (told.status_code, told.json()["code"]) == (409, "dwelling.offered")


def test_pages_of_dwellings_follow_each_other(world: World) -> None:
    clerk = world.as_role("clerk")
    first = clerk.get("/dwellings?limit=2").json()
    second = clerk.get(f"/dwellings?limit=2&cursor={first['next_cursor']}").json()
    found = [item["dwelling_id"] for page in (first, second) for item in page["items"]]
    assert (found, second["next_cursor"]) == (["D1", "D2", "D3"], "")
