"""Quotas decided with their day and basis; the ledger of the year, and the rows behind it."""

from __future__ import annotations

from typing import Any

from tests.contract.matrix import QUOTAS
from tests.fixtures.service import OURS, REGION, Caller, World


def balances(caller: Caller) -> dict[str, Any]:
    told = caller.get("/quotas/ledger").json()
    return {item["quota_id"]: item for item in told["items"]}


def test_the_quotas_of_the_files_hold_until_others_are_decided(world: World) -> None:
    (found,) = world.as_role("clerk").get("/quotas").json()["items"]
    assert found["sequence"] == 0
    assert [q["id"] for q in found["quotas"]] == ["income-1", "partner-1", "transfers"]


def test_the_ledger_tells_what_is_due_done_and_left(world: World) -> None:
    found = balances(world.as_role("clerk"))
    income, partner, transfers = (found[n] for n in ("income-1", "partner-1", "transfers"))
    assert (income["share"], income["base_done"], income["done"]) == ("1/2", 1, 1)
    assert (income["due"], income["remaining"]) == (0, -1)
    # Half of the 90 allocations the company expects, one of which is made.
    assert (income["year_due"], income["year_remaining"], income["to_come"]) == (45, 44, 89)
    assert income["is_reachable"] is True
    assert (partner["year_seats"], partner["year_due"], partner["free_places"]) == (4, 4, 3)
    assert (transfers["kind"], transfers["base"], transfers["is_reachable"]) == (
        "cap",
        "vacated",
        None,
    )


def test_what_is_left_at_the_end_of_the_year_lapses_unless_decided(world: World) -> None:
    income = balances(world.as_role("clerk"))["income-1"]
    assert (income["carry_over"]["policy"], income["carried"], income["lapsed"]) == ("lapse", 0, 44)
    policy = {"quota_id": "income-1", "policy": "carry_over", "most": 4}
    asked = QUOTAS | {"in_force_from": "2026-06-20", "carry_over": [policy]}
    assert world.as_role("manager").post("/quotas", asked).status_code == 201
    income = balances(world.as_role("clerk"))["income-1"]
    assert (income["carry_over"]["policy"], income["carried"], income["lapsed"]) == (
        "carry_over",
        4,
        40,
    )


def test_nothing_is_projected_without_a_forecast(world: World) -> None:
    world.as_role("clerk").post(
        "/meetings", {"meeting_on": "2026-06-16", "draw_seed": "tirage sans prévision"}
    )
    told = world.as_role("clerk").get("/quotas/ledger").json()
    assert (told["meeting_on"], told["forecast"]) == ("2026-06-16", None)
    income = next(i for i in told["items"] if i["quota_id"] == "income-1")
    assert (income["due"], income["year_base"], income["year_due"]) == (1, None, None)
    assert income["lapsed"] is None


def test_each_figure_leads_to_its_allocations(world: World) -> None:
    clerk = world.as_role("clerk")
    for quota_id, item in balances(clerk).items():
        for figure, name in (("done", "done"), ("base", "base_done")):
            rows = f"/quotas/ledger/{quota_id}/allocations?figure={figure}"
            told = clerk.get(rows).json()
            assert told["total"] == item[name] == len(told["items"])
    assert clerk.get("/quotas/ledger/nothing/allocations").status_code == 404


def test_a_set_holds_from_its_day_and_is_in_the_journal(world: World) -> None:
    manager = world.as_role("manager")
    made = manager.post("/quotas", QUOTAS).json()
    assert made["sequence"] == 1
    # The meeting of June is before its day.
    assert "transfers" in balances(manager)
    assert manager.get("/quotas").json()["items"][0] == made
    entry = world.as_role("auditor").get(f"/journal?subject={OURS}").json()["items"][-1]
    assert (entry["act"], entry["content"]["basis"]) == ("quotas.set", QUOTAS["basis"])


def test_the_set_in_force_on_its_day_is_in_the_frozen_register(world: World) -> None:
    manager, clerk = world.as_role("manager"), world.as_role("clerk")
    before = frozen_quotas(clerk, "2026-08-01")
    manager.post("/quotas", QUOTAS)
    after = frozen_quotas(clerk, "2026-09-15")
    assert "transfers" in before
    assert "transfers" not in after


def frozen_quotas(clerk: Caller, day: str) -> str:
    from api.meetings.snapshot import unpacked

    plan = {"meeting_on": day, "draw_seed": "x", "settings_basis": "council"}
    meeting_id = clerk.post("/meetings", plan).json()["meeting_id"]
    told = clerk.post(f"/meetings/{meeting_id}/freeze")
    assert told.status_code == 200, told.text
    content = clerk.get(f"/meetings/{meeting_id}/files/snapshot.zip").content
    return " ".join(q.quota_id for q in unpacked(content).quotas)


def test_quotas_are_not_changed_once_names_are_seen(world: World) -> None:
    clerk, manager = world.as_role("clerk"), world.as_role("manager")
    meeting_id = clerk.get("/meetings").json()["items"][0]["meeting_id"]
    clerk.post(f"/meetings/{meeting_id}/freeze")
    told = manager.post("/quotas", QUOTAS | {"in_force_from": "2026-06-30"})
    assert (told.status_code, told.json()["code"]) == (409, "quota.day_is_frozen")


def test_quotas_are_refused_for_what_the_import_refuses(world: World) -> None:
    quotas = [
        {"id": "a", "kind": "floor", "group": {"income_categories": [1]}, "share": "3/2"},
        {"id": "b", "kind": "floor", "group": {"agreement_id": "C9"}, "period_seats": 2},
        {"id": "b", "kind": "cap", "group": {"list": "transfer"}, "seats": 1, "period_seats": 2},
    ]
    told = world.as_role("manager").post("/quotas", QUOTAS | {"quotas": quotas})
    assert told.status_code == 422
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/quotas/0/share", "register.share_invalid"),
        ("/quotas/1/group/agreement_id", "register.unknown_reference"),
        ("/quotas/2/id", "register.quota_twice"),
        ("/quotas/2", "register.quota_quantity"),
    }


def test_a_policy_is_refused_without_its_floor_or_its_limit(world: World) -> None:
    policies = [
        {"quota_id": "income-1", "policy": "carry_over"},
        {"quota_id": "nothing", "policy": "lapse"},
    ]
    asked = QUOTAS | {"carry_over": policies, "decided_on": "2026-07-01"}
    told = world.as_role("manager").post("/quotas", asked).json()
    assert {(f["path"], f["code"]) for f in told["errors"]} == {
        ("/carry_over/0/most", "quota.carry_over_most"),
        ("/carry_over/1/quota_id", "quota.carry_over_of_no_floor"),
        ("/decided_on", "quota.decided_after"),
    }


def test_a_policy_is_kept_with_its_quota_and_said_once(world: World) -> None:
    seats = {"id": "partner-1", "kind": "floor", "group": {"agreement_id": "C1"}, "period_seats": 4,
             "unused": {"policy": "report_only"}}  # fmt: skip
    policy = {"quota_id": "partner-1", "policy": "release", "on": "2026-06-20"}
    told = world.as_role("manager").post(
        "/quotas", QUOTAS | {"quotas": [seats], "carry_over": [policy]}
    )
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/carry_over/0/quota_id", "quota.carry_over_twice")
    }
    del seats["unused"]
    asked = QUOTAS | {"in_force_from": "2026-06-20", "quotas": [seats], "carry_over": [policy]}
    made = world.as_role("manager").post("/quotas", asked)
    assert made.status_code == 201, made.text
    assert made.json()["quotas"][0]["unused"] == {"policy": "release", "on": "2026-06-20"}
    # The meeting of 30 June is after that day: nothing more is asked, and the ledger says where
    # the seats went.
    told = world.as_role("clerk").get("/quotas/ledger").json()
    (line,) = told["items"]
    assert (line["year_due"], line["released"], line["lapsed"], told["turn"]) == (0, 4, 0, [])


def test_a_policy_is_refused_where_it_cannot_be_followed(world: World) -> None:
    seats = {"id": "partner-1", "kind": "floor", "group": {"agreement_id": "C1"}, "period_seats": 4}
    policy = {"quota_id": "partner-1", "policy": "reassign", "on": "2026-10-01", "to": "nowhere"}
    told = world.as_role("manager").post(
        "/quotas", QUOTAS | {"quotas": [seats], "carry_over": [policy]}
    )
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/quotas/0/unused/to", "register.quota_unused_to")
    }


def test_shares_by_step_of_the_year_before_are_told_with_their_figures(world: World) -> None:
    steps = [{"from": "2025-01-01", "share": "3/100"}, {"from": "2026-01-01", "share": "9/200"}]
    floor = {"id": "article-36bis", "kind": "floor", "group": {"agreement_ids": ["C1", "C2"]},
             "steps": steps, "previous_base": 120, "counting": "once"}  # fmt: skip
    cap = {"id": "derogations", "kind": "cap", "group": {"channels": ["derogation_urgency"]},
           "share": "2/5", "previous_base": 120}  # fmt: skip
    asked = QUOTAS | {"in_force_from": "2026-06-20", "quotas": [floor, cap]}
    assert world.as_role("manager").post("/quotas", asked).status_code == 201
    found = balances(world.as_role("clerk"))
    assert [
        (found[n]["share"], found[n]["previous_base"], found[n]["year_due"]) for n in found
    ] == [
        ("9/200", 120, 6),
        ("2/5", 120, 48),
    ]


def test_the_region_reads_the_ledger_of_a_company(world: World) -> None:
    advisor = world.as_role("advisor", REGION)
    assert advisor.get(f"/quotas/ledger?register_id={OURS}").status_code == 200
