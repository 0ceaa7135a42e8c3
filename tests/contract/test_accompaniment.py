"""Plans through the API: taken and left freely, kept apart from the rent, seen by their service."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from api.db.tables.accompaniment import plan, plan_review
from api.db.tables.journal import journal_entry
from api.db.tables.register import register
from api.erasure.personal import keys_of
from api.journal.sealing import erase_key
from tests.contract.matrix_accompaniment import (
    CONTACT,
    EVENT,
    FIRST_CONTACT,
    PLAN_CHANGE,
    REVIEW,
    SCALE,
)
from tests.fixtures.service import NOW, OURS, REGION, THEIRS, World

OF_A1 = {"application_id": "A1", "agreement_id": "C1", "first_contact_on": "2026-06-01"}
SAID = "Les travaux ont du retard, dit le ménage"


def opened(world: World, **changes: Any) -> str:
    told = world.as_role("partner", "P1").post("/plans", OF_A1 | changes)
    assert told.status_code == 201, told.text
    return str(told.json()["plan"]["plan_id"])


def acts(world: World, plan_id: str, *names: str, on: str = "2026-06-10", **rest: Any) -> Any:
    for name in names:
        body = {"act": name, "on": on, **rest}
        told = world.as_role("partner", "P1").post(f"/plans/{plan_id}/acts", body)
        assert told.status_code == 200, told.text
    return told.json()


def refused(told: Any, status: int = 409) -> str:
    assert told.status_code == status, told.text
    return str(told.json()["code"])


def share(datum: str, partner_id: str = OURS, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "data_sharing", "on": "2026-06-11", "datum": datum, "partner_id": partner_id,
        "purpose": "housing", "until_on": "2026-12-31", **changes,
    }  # fmt: skip


def test_a_plan_from_first_contact_to_a_withdrawal_without_reason(world: World) -> None:
    plan_id = opened(world)
    done = acts(world, plan_id, "offer", "accept", "begin", "pause", "resume", "withdraw")
    assert done["plan"]["state"] == "withdrawn_by_household"
    assert [a["act"] for a in done["acts"]][-1] == "withdraw"
    assert done["ended_because"] == ""
    (record,) = done["consents"]
    assert (record["kind"], record["state"], record["possible"]) == (
        "accompaniment",
        "withdrawn",
        [],
    )
    again = world.as_role("partner", "P1").post(
        f"/plans/{plan_id}/acts", {"act": "offer", "on": "2026-06-12", "again": "new_event"}
    )
    assert refused(again) == "procedure.illegal_act"
    assert opened(world) != plan_id  # who comes back gets a plan of their own


def test_who_leaves_is_asked_no_reason_and_who_ends_offers_something_else(world: World) -> None:
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept")
    send = f"/plans/{plan_id}/acts"
    partner = world.as_role("partner", "P1")
    leaving = {"act": "withdraw", "on": "2026-06-10", "reason": "moved"}
    assert refused(partner.post(send, leaving), 422) == "plan.reason_not_asked"
    ending = {"act": "end_by_service", "on": "2026-06-10", "reason": "The team closes"}
    assert refused(partner.post(send, ending), 422) == "plan.no_alternative"
    other = {"alternative": {"offered": "the team next door"}}
    told = partner.post(send, ending | other).json()
    assert told["plan"]["state"] == "ended_by_service"
    assert told["alternative"]["offered"] == "the team next door"


def test_what_is_free_is_shown_before_a_promise_and_more_needs_a_reason(world: World) -> None:
    partner = world.as_role("partner", "P1")
    before = partner.get("/accompaniment/capacity").json()
    assert (before["mark"], before["total"], before["free"]) == ("proposal", None, None)
    assert before["source"]
    small = SCALE | {"full_time_hundredths": 15}  # three units: three regular households
    told = partner.send("PUT", "/accompaniment/settings", json=small).json()
    assert (told["mark"], told["total"], told["free"]) == ("setting", 300, 300)
    assert {level["code"]: level["places"] for level in told["levels"]} == {
        "W": 1, "R": 3, "S": 30,
    }  # fmt: skip
    held = [opened(world) for _ in range(3)]
    for plan_id in held:
        acts(world, plan_id, "offer")
    full = opened(world)
    send = f"/plans/{full}/acts"
    offer = {"act": "offer", "on": "2026-06-10"}
    assert refused(partner.post(send, offer)) == "accompaniment.no_capacity"
    reason = {"overbooking_reason": "One plan ends on Friday"}
    told = partner.post(send, offer | reason).json()
    assert (told["plan"]["is_overbooked"], told["overbooked_because"]) == (
        True,
        reason["overbooking_reason"],
    )
    acts(world, held[0], "decline")
    found = partner.get("/accompaniment/capacity").json()
    assert (found["used"], found["free"], found["plans"]) == (300, 0, {"offered": 3})
    gone = SCALE | {"weights": {"W": 200, "S": 10}}
    told = partner.send("PUT", "/accompaniment/settings", json=gone)
    assert refused(told, 422) == "accompaniment.unknown_intensity"


def test_a_rent_manager_reads_that_support_exists_only_if_the_household_agreed(
    world: World,
) -> None:
    partner, manager = world.as_role("partner", "P1"), world.as_role("manager")
    without_a_plan = manager.get("/applications/A1/support").content
    plan_id = opened(world, accompanier="Équipe A")
    acts(world, plan_id, "offer", "accept", "begin")
    assert manager.get("/applications/A1/support").content == without_a_plan
    partner.post(f"/plans/{plan_id}/consents", share("contact_person"))
    assert manager.get("/applications/A1/support").content == without_a_plan
    told = partner.post(f"/plans/{plan_id}/consents", share("support_exists")).json()
    found = manager.get("/applications/A1/support").json()
    assert (found["is_told"], found["contact"]) == (True, "CPAS inventé, Équipe A")
    assert set(found) == {"is_told", "contact", "sentence"}
    (record,) = (c for c in told["consents"] if c["datum"] == "support_exists")
    ended = partner.post(f"/consents/{record['consent_id']}/withdrawal", {"on": "2026-06-12"})
    assert ended.json()["plan"]["state"] == "active"  # the plan is as it was
    assert manager.get("/applications/A1/support").content == without_a_plan
    for role in ("manager", "clerk", "committee_member"):
        assert world.as_role(role).get(f"/plans/{plan_id}").status_code == 403
    assert world.as_role("social_worker").get(f"/plans/{plan_id}").status_code == 404
    assert world.as_role("partner", "P2").get(f"/plans/{plan_id}").status_code == 404
    assert world.as_role("social_worker", REGION).get(f"/plans/{plan_id}").status_code == 404


def test_a_sharing_for_another_partner_or_over_tells_nothing(world: World) -> None:
    partner, manager = world.as_role("partner", "P1"), world.as_role("manager")
    nothing = manager.get("/applications/A1/support").content
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept")
    for body in (
        share("support_exists", THEIRS),
        share("support_exists", until_on="2026-06-14"),
        share("support_exists", is_given=False),
    ):
        assert partner.post(f"/plans/{plan_id}/consents", body).status_code == 201
        assert manager.get("/applications/A1/support").content == nothing
    acts(world, plan_id, "withdraw", on="2026-06-12")
    partner.post(f"/plans/{plan_id}/consents", share("support_exists"))
    assert manager.get("/applications/A1/support").content == nothing


def test_four_consents_are_four_records_with_their_days(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept", on="2026-06-09")
    for body in (
        {"kind": "information", "on": "2026-06-08"},
        {"kind": "contract", "on": "2026-06-12"},
        share("need", "P1", on="2026-06-11"),
    ):
        told = partner.post(f"/plans/{plan_id}/consents", body)
    assert {c["kind"]: c["on"] for c in told.json()["consents"]} == {
        "information": "2026-06-08",
        "accompaniment": "2026-06-09",
        "data_sharing": "2026-06-11",
        "contract": "2026-06-12",
    }
    bad = share("need") | {"until_on": None}
    assert refused(partner.post(f"/plans/{plan_id}/consents", bad), 422) == "consent.incomplete"
    done = acts(world, plan_id, "withdraw", on="2026-06-12")
    states = {c["kind"]: c["state"] for c in done["consents"]}
    assert states.pop("accompaniment") == "withdrawn"
    assert set(states.values()) == {"given"}


def test_a_contact_has_no_field_for_what_was_said(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    told = partner.post(f"/plans/{plan_id}/contacts", CONTACT | {"note": "said this"})
    assert told.json()["errors"][0]["code"] == "input.unknown_field"
    told = partner.post(f"/plans/{plan_id}/contacts", CONTACT).json()
    assert {k: v for k, v in told["contacts"][0].items() if k != "contact_id"} == CONTACT | {
        "acted_as": "accompanier"
    }


def test_a_review_says_what_each_party_says_and_plans_the_next(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept", "begin")
    objectives = [{"words": "Garder mon chat", "worded_by": "household"}]
    body = PLAN_CHANGE | {"row_version": 4, "objectives": objectives}
    told = partner.send("PUT", f"/plans/{plan_id}", json=body | {"next_review_on": "2026-06-20"})
    assert told.json()["objectives"] == [o | {"service_id": None} for o in objectives]
    assert refused(partner.send("PUT", f"/plans/{plan_id}", json=body)) == "plan.moved"
    review = REVIEW | {
        "household_says": SAID, "present": ["household", "service"], "service_says": "Oui",
        "objectives": [{"number": 0, "progress": "moving"}], "obstacles": ["works_late"],
        "disagreement": "Sur la cuisine", "next_on": "2026-09-01",
    }  # fmt: skip
    for changes, code in (
        ({"household_says": ""}, "review.household_not_heard"),
        ({"obstacles": ["lazy"]}, "accompaniment.unknown_code"),
        ({"objectives": [{"number": 1, "progress": "open"}]}, "review.unknown_objective"),
        ({"on": "2026-06-16", "next_on": None}, "procedure.day_to_come"),
    ):
        told = partner.post(f"/plans/{plan_id}/reviews", review | changes)
        assert refused(told, 422) == code
    told = partner.post(f"/plans/{plan_id}/reviews", review).json()
    (written,) = told["reviews"]
    assert next(iter(written)) == "household_says"
    assert (written["household_says"], written["due_on"]) == (SAID, "2026-06-20")
    assert told["plan"]["next_review_on"] == "2026-09-01"
    with world.service.database.reading() as connection:
        kept = connection.scalar(sa.select(plan_review.c.sealed))
    assert SAID not in str(kept)


def test_supports_and_preparation_are_the_households_to_ask(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    asked = {"kind": "interpreter", "language": "tigrinya", "asked_on": "2026-06-12"}
    told = partner.post(f"/plans/{plan_id}/supports", asked).json()
    (support,) = told["supports"]
    send = f"/supports/{support['support_id']}/acts"
    for act in ("arrange", "note_done"):
        told = partner.post(send, {"act": act, "on": "2026-06-13"}).json()
    (support,) = told["supports"]
    assert (support["state"], support["settled_on"]) == ("done", "2026-06-13")
    item = {"item": "furniture", "state": "done", "on": "2026-06-13"}
    told = partner.post(f"/plans/{plan_id}/preparation", item).json()
    states = {line["item"]: line["state"] for line in told["preparation"]}
    assert (states.pop("furniture"), set(states.values())) == ("done", {"to_do"})
    unknown = partner.post(f"/plans/{plan_id}/preparation", item | {"item": "gift"})
    assert refused(unknown, 422) == "accompaniment.unknown_code"


def test_a_missed_rent_offers_a_contact_and_changes_nothing_else(world: World) -> None:
    clerk, worker = world.as_role("clerk"), world.as_role("social_worker")
    file = clerk.get("/applications/A1").content
    due = clerk.get("/deadlines").content
    sent = clerk.post("/contact-offers", EVENT).json()
    assert set(sent) == {"contact_offer_id", "sentence"}
    (offer,) = worker.get("/contact-offers").json()["items"]
    send = f"/contact-offers/{offer['contact_offer_id']}/acts"
    for act in ("make", "note_not_taken_up"):
        told = worker.post(send, {"act": act, "on": "2026-06-12"}).json()
    assert (told["state"], told["possible"]) == ("not_taken_up", [])
    assert clerk.get("/contact-offers").status_code == 403
    assert clerk.get("/applications/A1").content == file
    assert clerk.get("/deadlines").content == due
    assert clerk.get("/strike-offs").json() == {"items": []}


def test_an_event_reaches_the_accompanying_service_only_if_it_may_be_told(world: World) -> None:
    clerk, partner = world.as_role("clerk"), world.as_role("partner", "P1")
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept", "begin")
    before = clerk.post("/contact-offers", EVENT).json()
    assert partner.get("/contact-offers").json()["items"] == []
    partner.post(f"/plans/{plan_id}/consents", share("need", "P1"))
    after = clerk.post("/contact-offers", EVENT).json()
    assert len(partner.get("/contact-offers").json()["items"]) == 1
    assert before["sentence"] == after["sentence"]  # the sender cannot tell which it was


def test_who_accompanies_finds_an_event_it_passed_on_in_its_own_list_in_any_case(
    world: World,
) -> None:
    """That it went to somebody else would say that the household has support elsewhere."""
    worker, partner = world.as_role("social_worker"), world.as_role("partner", "P1")
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept", "begin")
    partner.post(f"/plans/{plan_id}/consents", share("need", "P1"))
    sent = worker.post("/contact-offers", EVENT).json()["contact_offer_id"]
    (own,) = worker.get("/contact-offers").json()["items"]
    (passed_on,) = partner.get("/contact-offers").json()["items"]
    assert own["contact_offer_id"] == sent != passed_on["contact_offer_id"]
    partner.post("/contact-offers", EVENT)
    assert len(partner.get("/contact-offers").json()["items"]) == 2


def test_each_act_says_in_which_role_it_was_done(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    as_manager = {"acting_as": "rent_manager"}
    told = partner.post(f"/plans/{plan_id}/contacts", CONTACT | as_manager)
    assert refused(told) == "accompaniment.not_as_rent_manager"
    told = partner.post("/plans", FIRST_CONTACT | as_manager)
    assert refused(told) == "accompaniment.not_as_rent_manager"
    done = acts(world, plan_id, "offer")
    assert done["acts"][0]["acted_as"] == "accompanier"
    told = partner.post("/contact-offers", EVENT | as_manager)
    assert told.status_code == 201


def test_the_journal_tells_a_manager_neither_whom_nor_what(world: World) -> None:
    worker = world.as_role("social_worker")
    body = {"application_id": "A1", "first_contact_on": "2026-06-01"}
    plan_id = worker.post("/plans", body).json()["plan"]["plan_id"]
    for act in ("offer", "decline"):
        worker.post(f"/plans/{plan_id}/acts", {"act": act, "on": "2026-06-10"})
    entries = world.as_role("manager").get(f"/journal?subject={plan_id}").json()["items"]
    assert [e["act"] for e in entries] == ["accompaniment.act"] * 3
    for entry in entries:
        clear = json.dumps({k: v for k, v in entry.items() if k not in ("sealed", "actor_id")})
        assert "A1" not in clear
        assert "decline" not in clear
        assert entry["content"] == {}
    with world.service.database.reading() as connection:
        told = connection.scalars(sa.select(journal_entry.c.content)).all()
    assert not [text for text in told if "decline" in str(text)]


def test_no_act_of_accompaniment_touches_the_register(world: World) -> None:
    clerk = world.as_role("clerk")

    def everything() -> list[bytes]:
        paths = ("/applications?register_id=la-sambrienne", "/applications/A1", "/offers")
        return [clerk.get(path).content for path in paths]

    with world.service.database.reading() as connection:
        versions = connection.execute(sa.select(register.c.register_id, register.c.version)).all()
    before = everything()
    for last in ("decline", "note_no_answer", "accept"):
        acts(world, opened(world), "offer", last)
    acts(world, opened(world), "offer", "accept", "begin", "withdraw")
    with world.service.database.reading() as connection:
        found = connection.execute(sa.select(register.c.register_id, register.c.version)).all()
    assert found == versions
    assert everything() == before


@pytest.mark.parametrize("coupling", ["transit", "insertion", "sliding_lease"])
def test_a_coupling_is_said_in_words_and_leaving_is_as_free(world: World, coupling: str) -> None:
    plan_id = opened(world, coupling=coupling)
    done = acts(world, plan_id, "offer", "accept", "withdraw")
    assert "named person" in done["plan"]["coupling_sentence"]
    assert done["plan"]["possible"] == []


def test_a_sub_contract_is_for_a_time_and_other_faults_are_named(world: World) -> None:
    partner = world.as_role("partner", "P1")
    for changes, code in (
        ({"programme": "sub_contract"}, "plan.no_end"),
        ({"alias": "Genêt"}, "plan.of_whom"),
        ({"mode": "by_force"}, "plan.unknown_mode"),
        ({"first_contact_on": "2026-06-16"}, "procedure.day_to_come"),
    ):
        assert refused(partner.post("/plans", OF_A1 | changes), 422) == code
    sub = partner.post("/plans", OF_A1 | {"programme": "sub_contract", "until_on": "2026-12-31"})
    assert sub.json()["plan"]["until_on"] == "2026-12-31"
    for stranger in ({"application_id": "B1"}, {"agreement_id": "C2"}):
        assert partner.post("/plans", OF_A1 | stranger).status_code == 404
    plan_id = opened(world)
    acts(world, plan_id, "offer")
    early = {"act": "accept", "on": "2026-06-09"}
    told = partner.post(f"/plans/{plan_id}/acts", early)
    assert refused(told) == "plan.before_last_act"


def test_an_alias_is_linked_to_its_application_once(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = partner.post("/plans", FIRST_CONTACT).json()["plan"]["plan_id"]
    body = PLAN_CHANGE | {"application_id": "A1"}
    told = partner.send("PUT", f"/plans/{plan_id}", json=body).json()
    assert told["plan"]["application_id"] == "A1"
    changed = PLAN_CHANGE | {"row_version": 2, "accompanier": "Team B"}
    told = partner.send("PUT", f"/plans/{plan_id}", json=changed).json()
    assert told["plan"]["application_id"] == "A1"
    (listed,) = partner.get("/plans?application_id=A1").json()["items"]
    assert listed["accompanier"] == "Team B"
    with world.service.database.reading() as connection:
        assert connection.scalar(sa.select(plan.c.accompanier_changes)) == 1


def test_erasing_a_household_makes_its_plans_unreadable(world: World) -> None:
    plan_id = opened(world)
    acts(world, plan_id, "offer", "accept", "begin")
    partner = world.as_role("partner", "P1")
    partner.post(f"/plans/{plan_id}/reviews", REVIEW | {"household_says": SAID})
    with world.service.database.writing() as connection:
        owners = keys_of(connection, "A1")
        assert owners == ["A1", plan_id]
        for owner in owners:
            erase_key(connection, owner, now=NOW)
    told = partner.get(f"/plans/{plan_id}").json()
    assert (told["reviews"][0]["household_says"], told["objectives"]) == ("", [])
