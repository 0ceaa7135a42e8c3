"""Rules that defeat their purpose, told by the service: with the texts of agreements, to whom."""

from __future__ import annotations

from typing import Any

from api.agreements.schemas import EXAMPLE
from tests.contract.matrix import QUOTAS
from tests.fixtures.service import OURS, Caller, World


def told(caller: Caller) -> dict[str, dict[str, Any]]:
    answer = caller.get(f"/quotas/contradictions?register_id={OURS}")
    assert answer.status_code == 200
    return {one["code"]: one for one in answer.json()["items"]}


def decide(world: World, *quotas: dict[str, Any]) -> None:
    asked = QUOTAS | {"in_force_from": "2026-06-20", "quotas": list(quotas)}
    assert world.as_role("manager").post("/quotas", asked).status_code == 201


def a_floor(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "floor", "base": "allocations", "counting": "each"} | more


def test_a_floor_above_a_cap_is_told_with_both_sides(world: World) -> None:
    assert "floor_above_cap" not in told(world.as_role("clerk"))
    group = {"income_categories": [1]}
    decide(
        world,
        a_floor("least", share="1/2", group=group, label={"fr": "Le moins"}),
        a_floor("most", share="2/5", group=group) | {"kind": "cap"},
    )
    one = told(world.as_role("clerk"))["floor_above_cap"]
    assert (one["certainty"], one["first"]["name"], one["second"]["key"]) == (
        "certain",
        "Le moins",
        "most",
    )
    assert one["facts"] == {"least": "1/2", "most": "2/5"}
    assert "'most' allows 40" in one["sentence"]
    # It is told, and refuses nothing: the quotas are in force.
    (latest, _) = world.as_role("clerk").get("/quotas").json()["items"]
    assert [q["id"] for q in latest["quotas"]] == ["least", "most"]


def test_what_tells_of_households_is_for_who_reads_rows(world: World) -> None:
    group = {"agreement_id": "C1", "income_categories": [3]}
    decide(world, a_floor("seats", period_seats=2, group=group) | {"counting": "once"})
    assert "nobody_presented_is_counted" in told(world.as_role("clerk"))
    advisor = told(world.as_role("advisor"))
    assert "nobody_presented_is_counted" not in advisor
    assert "points_from_the_first_day" in advisor


def test_the_text_of_an_agreement_in_force_is_looked_at(world: World) -> None:
    liaison, manager = world.as_role("liaison"), world.as_role("manager")
    terms = EXAMPLE | {
        "in_force_from": "2026-06-01",
        "in_force_to": "2026-06-30",
        "dwellings": {"bedrooms_from": 4, "bedrooms_to": 2},
    }
    asked = {"agreement_id": "G9", "partner_id": "P1", "terms": terms}
    assert liaison.post("/agreement-documents", asked).status_code == 201
    assert "filter_is_empty" not in told(manager)
    for act in (
        {"act": "negotiate", "terms": terms},
        {"act": "sign_agreement", "signed_on": "2026-06-10"},
        {"act": "take_effect"},
    ):
        row_version = manager.get("/agreement-documents/G9").json()["row_version"]
        said = {"on": "2026-06-10", "row_version": row_version} | act
        answer = manager.post("/agreement-documents/G9/acts", said)
        assert answer.status_code == 200, answer.text
    found = told(manager)
    assert (found["filter_is_empty"]["first"]["key"], found["filter_is_empty"]["certainty"]) == (
        "G9",
        "certain",
    )
    assert found["notice_outlasts_term"]["facts"] == {"months": 3, "until": "2026-06-30"}
