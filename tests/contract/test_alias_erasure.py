"""Somebody known by an alias alone is erased by the service that knows them, and stays nowhere."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.db.tables import metadata
from api.db.tables.idempotency import idempotency_key
from api.journal.reading import verify
from tests.contract.matrix_accompaniment import PLAN_CHANGE
from tests.fixtures.service import Caller, World

ALIAS, WORDS = "Rossignol-Inventé", "Retrouver mon accordéon inventé"
CONTACT = {"alias": ALIAS, "first_contact_on": "2026-06-01"}
REFERRAL = {
    "to": "P2",
    "alias": ALIAS,
    "need": "debts",
    "words": WORDS,
    "agreed_on": "2026-06-10",
    "due_on": "2026-06-20",
}


def opened(caller: Caller, **changes: Any) -> str:
    told = caller.post("/plans", CONTACT | changes, headers={"idempotency-key": "once"})
    assert told.status_code == 201, told.text
    plan_id = str(told.json()["plan"]["plan_id"])
    objectives = [{"words": WORDS, "worded_by": "household"}]
    written = caller.send("PUT", f"/plans/{plan_id}", json=PLAN_CHANGE | {"objectives": objectives})
    assert written.status_code == 200, written.text
    return plan_id


def everything(world: World) -> str:
    """Every cell of every table."""
    with world.service.database.reading() as connection:
        rows = [
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
    return "\n".join(rows)


def test_nothing_of_a_plan_under_an_alias_is_left_but_its_days(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(partner)
    assert ALIAS in everything(world)
    assert partner.send("DELETE", f"/plans/{plan_id}").status_code == 204
    assert ALIAS not in everything(world)
    with world.service.database.reading() as connection:
        assert connection.execute(sa.select(idempotency_key)).all() == []
    told = partner.get(f"/plans/{plan_id}").json()
    assert (told["plan"]["alias"], told["objectives"]) == ("", [])
    assert told["plan"]["first_contact_on"] == "2026-06-01"
    with world.service.database.reading() as connection:
        assert verify(connection, anchors={}).broken is None


def test_nothing_is_written_any_more_in_a_plan_whose_person_was_erased(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(partner)
    agreed = {"kind": "information", "on": "2026-06-10"}
    support = {"kind": "interpreter", "asked_on": "2026-06-10"}
    consent = partner.post(f"/plans/{plan_id}/consents", agreed).json()["consents"][0]
    asked = partner.post(f"/plans/{plan_id}/supports", support).json()["supports"][0]
    assert partner.send("DELETE", f"/plans/{plan_id}").status_code == 204
    for path, body in (
        (f"/plans/{plan_id}/acts", {"act": "offer", "on": "2026-06-10"}),
        (f"/plans/{plan_id}/consents", agreed),
        (f"/consents/{consent['consent_id']}/withdrawal", {"on": "2026-06-11"}),
        (f"/supports/{asked['support_id']}/acts", {"act": "arrange", "on": "2026-06-11"}),
    ):
        refused = partner.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "plan.over"), path
    assert partner.get(f"/plans/{plan_id}").status_code == 200


def test_a_plan_that_goes_on_and_one_of_a_file_are_not_erased_so(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(partner)
    for act in ("offer", "accept", "begin"):
        done = partner.post(f"/plans/{plan_id}/acts", {"act": act, "on": "2026-06-10"})
        assert done.status_code == 200, done.text
    refused = partner.send("DELETE", f"/plans/{plan_id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure.still_followed")
    of_a_file = {"application_id": "A1", "first_contact_on": "2026-06-01"}
    other = partner.post("/plans", of_a_file).json()["plan"]["plan_id"]
    refused = partner.send("DELETE", f"/plans/{other}")
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure.of_the_file")
    assert world.as_role("social_worker").send("DELETE", f"/plans/{plan_id}").status_code == 404
    assert ALIAS in everything(world)


def test_a_referral_is_erased_by_its_sender_once_it_is_over(world: World) -> None:
    partner, receiver = world.as_role("partner", "P1"), world.as_role("partner", "P2")
    referral_id = partner.post("/referrals", REFERRAL).json()["referral_id"]
    path = f"/referrals/{referral_id}"
    assert partner.send("DELETE", path).json()["code"] == "erasure.still_followed"
    assert receiver.send("DELETE", path).status_code == 404
    left = partner.post(f"{path}/acts", {"act": "leave", "on": "2026-06-12"})
    assert left.status_code == 200, left.text
    assert partner.send("DELETE", path).status_code == 204
    assert ALIAS not in everything(world)
    (shown,) = partner.get("/referrals").json()["items"]
    assert (shown["alias"], shown["words"]) == ("", "")
