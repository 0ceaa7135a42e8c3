"""Stays beside the sliding lease: transit and insertion, who reads what, what is refused."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from api.db.tables.occupancies import occupancy_act
from tests.fixtures.occupied import STAY, on_day, some_stay
from tests.fixtures.service import NOW, THEIRS, Caller, World

HOME = {
    "dwelling_id": "T1",
    "dwelling": {
        "nis5": "52011",
        "kind": "flat",
        "bedrooms": 2,
        "accessibility": "ordinary",
        "regime": "transit",
    },
}
TRANSIT = {
    "act": "enter_transit",
    "on": "2026-06-15",
    "signed_on": "2026-06-12",
    "informed_on": "2026-06-10",
    "public": "force_majeure",
}


def codes(told: Any) -> list[str]:
    return sorted(fault["code"] for fault in told.json()["errors"])


def act(caller: Caller, stay: str, **asked: Any):  # type: ignore[no-untyped-def]
    return caller.post(f"/occupancies/{stay}/acts", asked)


@pytest.fixture
def transit(world: World) -> str:
    """A1 lives in a transit dwelling of the company since today."""
    assert world.as_role("clerk").post("/dwellings", HOME).status_code == 201
    manager = world.as_role("manager")
    told = manager.post("/occupancies", {"application_id": "A1", "dwelling_id": "T1"})
    assert told.status_code == 201, told.text
    stay = str(told.json()["occupancy_id"])
    assert told.json()["possible"] == [
        "enter_emergency",
        "enter_transit",
        "enter_insertion",
        "sign_sliding_lease",
        "sign_standard_lease",
        "give_up",
    ]
    entered = act(manager, stay, **TRANSIT)
    assert entered.status_code == 201, entered.text
    assert entered.json()["until_on"] == "2026-12-15"
    assert entered.json()["longest_end_on"] == "2027-06-15"
    return stay


def test_a_transit_stay_is_renewed_once_and_no_more(world: World, transit: str) -> None:
    again = {"act": "renew_transit", "situation_persists": True, "reason": "Rien n'est libre."}
    with on_day(world, "2026-12-15") as later:
        told = act(later.as_role("manager"), transit, **again, on="2026-12-15")
        assert told.json()["until_on"] == "2027-06-15"
        refused = act(later.as_role("manager"), transit, **again, on="2026-12-15")
        assert (refused.status_code, codes(refused)) == (409, ["stay.no_renewal_left"])
        sentence = refused.json()["errors"][0]["sentence"]
        assert "15 June 2027" in sentence
        assert "sliding lease" in sentence  # what remains possible
        assert "art. 1, 8° (official secondary source)" in sentence
        assert later.as_role("clerk").get(f"/occupancies/{transit}").json()["until_on"] == (
            "2027-06-15"
        )


def test_a_stay_goes_on_in_the_same_dwelling(world: World, transit: str) -> None:
    """Transit, then insertion: one stay, one home, two statuses."""
    insertion = {"act": "enter_insertion", "on": "2026-06-15", "signed_on": "2026-06-15"}
    told = act(world.as_role("manager"), transit, **insertion).json()
    assert (told["status"], told["dwelling_id"]) == ("insertion", "T1")
    assert told["until_on"] == told["longest_end_on"] == "2029-06-15"
    assert [a["act"] for a in told["acts"]] == ["enter_transit", "enter_insertion"]


def test_a_day_to_come_and_an_illegal_act_change_nothing(world: World, transit: str) -> None:
    manager = world.as_role("manager")
    for asked, code in (
        ({"act": "renew_transit", "on": "2026-06-16"}, "procedure.day_to_come"),
        ({"act": "slide", "on": "2026-06-15"}, "procedure.illegal_act"),
    ):
        told = act(manager, transit, **asked)
        assert told.json()["code"] == code
    with world.service.database.reading() as connection:
        mine = occupancy_act.c.occupancy_id == transit
        n = connection.scalar(sa.select(sa.func.count()).select_from(occupancy_act).where(mine))
    assert n == 1


def test_two_stays_never_share_a_home_or_a_household(world: World, transit: str) -> None:
    manager = world.as_role("manager")
    told = manager.post("/occupancies", {"application_id": "A2", "dwelling_id": "T1"})
    assert (told.status_code, told.json()["code"]) == (409, "stay.dwelling_taken")
    other = {**HOME, "dwelling_id": "T2"}
    assert world.as_role("clerk").post("/dwellings", other).status_code == 201
    planned = manager.post("/occupancies", {"application_id": "A1", "dwelling_id": "T2"})
    assert planned.status_code == 201, planned.text
    entered = act(manager, planned.json()["occupancy_id"], **TRANSIT)
    assert (entered.status_code, entered.json()["code"]) == (409, "stay.household_elsewhere")


def test_the_end_of_a_transit_stay_is_proposed_never_entered(world: World, transit: str) -> None:
    with on_day(world, "2026-06-14") as before:
        # A day too early: the six months begin tomorrow.
        assert before.as_role("clerk").get("/occupancies/exit-points").json()["items"] == []
    clerk = world.as_role("clerk")
    (worth,) = clerk.get("/occupancies/exit-points").json()["items"]
    assert worth["facts"] == {
        "temporary_housing": "transit",
        "temporary_housing_ends_on": "2026-12-15",
    }
    assert worth["lines"] == ["H_TRANSIT_INSERTION"]
    file = clerk.get("/applications/A1/record").json()
    assert not {f["fact"] for f in file["record"]["facts"]} & set(worth["facts"])
    recorded = [
        {"fact": k, "value": v, "proof": worth["proof"], "issued_on": "2026-06-12"}
        for k, v in worth["facts"].items()
    ]
    record = file["record"] | {"facts": [*file["record"]["facts"], *recorded]}
    change = {
        "record": record,
        "row_version": file["row_version"],
        "reported_on": "2026-06-14",
        "reported_by": "household",
    }
    told = clerk.post("/applications/A1/changes", change)
    assert told.status_code == 201, told.text
    assert clerk.get("/occupancies/exit-points").json()["items"] == []


def test_terms_are_on_the_worklist_and_nothing_follows_from_them(
    world: World, transit: str
) -> None:
    with on_day(world, "2026-10-20") as later:
        due = later.as_role("clerk").get("/worklists/deadlines").json()["items"]
        assert ("stay.term_end", transit, "2026-12-15") in [
            (d["kind"], d["subject"], d["due_on"]) for d in due
        ]
    with on_day(world, "2029-06-15") as much_later:
        told = much_later.as_role("manager").get(f"/occupancies/{transit}").json()
        assert (told["status"], told["ended_on"], told["days_over"]) == ("transit", None, 913)


def test_a_partner_sees_its_own_stays_and_words_are_for_who_accompanies(world: World) -> None:
    with world.service.database.writing() as connection:
        some_stay(connection, now=NOW)
    said = {"household_says": "Je suis bien ici.", "held_on": "2026-06-14"}
    review = said | {"is_household_present": True, "objectives": {"1": "reached"}}
    operator = world.as_role("partner", "P1")
    assert operator.post(f"/occupancies/{STAY}/reviews", review).status_code == 201
    for role, words in (("social_worker", said["household_says"]), ("clerk", None)):
        told = world.as_role(role).get(f"/occupancies/{STAY}").json()
        assert told["reviews"][0]["said"].get("household_says") == words
        assert (told["objectives"][0]["wording"] == "") is (words is None)
        assert told["objectives"][0]["state"] == "reached"
    other = world.as_role("partner", "P2")
    assert other.get("/occupancies").json()["items"] == []
    absent = other.get(f"/occupancies/{STAY}")
    assert absent.content == other.get("/occupancies/never-was").content
    assert world.as_role("manager", THEIRS).get(f"/occupancies/{STAY}").status_code == 404
    unknown = review | {"objectives": {"7": "reached"}}
    told = operator.post(f"/occupancies/{STAY}/reviews", unknown)
    assert (told.status_code, told.json()["code"]) == (422, "stay.unknown_objective")


def test_a_partner_prepares_a_stay_only_where_the_dwelling_is_its_own(world: World) -> None:
    operator = world.as_role("partner", "P1")
    mine = {"application_id": "A1", "operator_id": "P1", "agreement_id": "C1"}
    named = operator.post("/occupancies", mine | {"dwelling_id": "D2"})
    assert codes(named) == ["stay.no_allocation"]  # named by its agreement, but of the list
    for dwelling in ("D1", "D3", "none"):
        told = operator.post("/occupancies", mine | {"dwelling_id": dwelling})
        assert told.status_code == 404


def test_contracts_print_in_the_language_asked_for(world: World, transit: str) -> None:
    manager = world.as_role("manager")
    for lang, title in (("fr", "Convention d'occupation précaire"), ("nl", "Overeenkomst van")):
        told = manager.get(f"/occupancies/{transit}/documents/precarious_occupancy?lang={lang}")
        assert told.headers["content-type"] == "application/pdf"
        text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(told.content)).pages)
        assert title in text.replace("’", "'")
    draft = manager.get(f"/occupancies/{transit}/documents/insertion_lease?on=2026-07-01&lang=en")
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(draft.content)).pages)
    assert "From 1 July 2026 to 1 July 2029" in text


def test_the_rules_of_stays_are_told_with_source_and_mark(world: World) -> None:
    told = world.as_role("clerk").get("/occupancies/rules?on=2026-01-01").json()
    rules = {rule["key"]: rule for rule in told["items"]}
    assert (rules["transit.months"]["value"], rules["sliding_lease.most_months"]["value"]) == (
        6,
        36,
    )
    assert all(rule["source"] and rule["mark"] for rule in told["items"])
    early = world.as_role("clerk").get("/occupancies/rules?on=2012-01-01")
    assert early.json()["code"] == "rule.no_value_in_force"


def test_a_household_that_lives_somewhere_is_not_erased(world: World, transit: str) -> None:
    clerk = world.as_role("clerk")
    version = clerk.get("/applications/A1/record").json()["row_version"]
    left = {"asked_on": "2026-06-12", "row_version": version}
    assert clerk.post("/applications/A1/withdrawal", left).status_code < 300
    with on_day(world, "2046-06-15") as much_later:
        manager = much_later.as_role("manager")
        asked = {"closed_on": "2026-06-15", "row_version": version + 1}
        told = manager.post("/applications/A1/erasure", asked)
        assert (told.status_code, told.json()["code"]) == (409, "erasure.stay_running")
        end = {"act": "leave_by_choice", "on": "2026-09-01", "exit_class": "moved_by_choice"}
        why = {"household_agreed_on": "2026-08-01", "no_alternative": "own_choice"}
        words = {"household_comment": "Merci pour tout."}
        assert act(manager, transit, **end, **why, **words).status_code == 201
        assert manager.post("/applications/A1/erasure", asked).status_code == 201
        kept = much_later.as_role("social_worker").get(f"/occupancies/{transit}").json()
        assert "Merci" not in str(kept)
        assert kept["exit_class"] == "moved_by_choice"


def test_every_act_of_a_stay_is_in_the_journal_and_its_words_are_sealed(
    world: World, transit: str
) -> None:
    told = act(
        world.as_role("manager"),
        transit,
        act="leave_by_choice",
        on="2026-06-15",
        household_agreed_on="2026-06-15",
        exit_class="moved_by_choice",
        no_alternative="found_by_the_household",
        household_comment="Merci pour tout.",
    )
    assert told.status_code == 201, told.text
    items = world.as_role("manager").get(f"/journal?subject={transit}").json()["items"]
    assert [e["act"] for e in items] == [
        "occupancy.planned",
        "occupancy.enter_transit",
        "occupancy.leave_by_choice",
    ]
    assert "Merci" not in str(items)
    assert items[-1]["content"]["exit_class"] == "moved_by_choice"


def test_a_stay_may_have_begun_before_the_household_was_a_candidate(world: World) -> None:
    """A1 is a candidate since March 2021: an earlier stay is taken."""
    assert world.as_role("clerk").post("/dwellings", HOME).status_code == 201
    manager = world.as_role("manager")
    told = manager.post("/occupancies", {"application_id": "A1", "dwelling_id": "T1"})
    days = {"on": "2021-01-15", "signed_on": "2021-01-12", "informed_on": "2021-01-10"}
    entered = act(manager, told.json()["occupancy_id"], **TRANSIT | days)
    assert (entered.status_code, entered.json()["until_on"]) == (201, "2021-07-15")
