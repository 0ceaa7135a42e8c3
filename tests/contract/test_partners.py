"""A partner sees its own agreements and candidates, presents more, and learns nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.db.tables.journal import journal_entry
from api.db.tables.register import agreements, applications, offers, presentations, register
from tests.contract.matrix import CANDIDATE
from tests.fixtures.partners import OTHER_PARTNER, PARTNER, program_headers
from tests.fixtures.service import NOW, OURS, Caller, World

BATCH = "/presentations/batch"


def partner(world: World, partner_id: str = PARTNER) -> Caller:
    return Caller(world.client, program_headers(world.service, partner_id))


def changed(world: World, statement: sa.Executable) -> None:
    with world.service.database.writing() as connection:
        connection.execute(statement)


def later(world: World, **time: float) -> World:
    service = replace(world.service, now=lambda: NOW + timedelta(**time))
    return World(service, TestClient(create_app(service)))


def presented(caller: Caller) -> list[str]:
    return [p["application_id"] for p in caller.get("/presentations").json()["items"]]


def refusal(world: World, caller: Caller | None = None, **changes: Any) -> tuple[int, str]:
    told = (caller or partner(world)).post("/presentations", CANDIDATE | changes)
    return told.status_code, told.json()["code"]


def test_a_partner_sees_its_own_agreement_and_its_places(world: World) -> None:
    (found,) = partner(world).get("/agreements").json()["items"]
    assert found["agreement_id"] == "C1"
    assert (found["register_id"], found["is_in_force"], found["seats_per_year"]) == (OURS, True, 4)
    assert (found["presented"], found["seats_used_this_year"]) == (1, 0)


def test_a_partner_sees_its_candidates_with_the_offers_made_to_them(world: World) -> None:
    (found,) = partner(world).get("/presentations").json()["items"]
    assert (found["application_id"], found["status"]) == ("A1", "admitted")
    assert [(o["offer_id"], o["answer"]) for o in found["offers"]] == [("O1", "refused")]
    one = partner(world).get("/presentations/C1/A1").json()
    assert one == found


def test_a_candidate_presented_is_in_the_register_and_in_the_journal(world: World) -> None:
    caller = partner(world)
    told = caller.post("/presentations", CANDIDATE)
    assert told.status_code == 201
    assert told.json()["presented_on"] == "2026-06-15"
    assert presented(caller) == ["A1", "A2"]
    assert not world.as_role("clerk").get("/applications").json()["standing"]["is_current"]
    with world.service.database.reading() as connection:
        entry = connection.execute(
            sa.select(journal_entry).where(journal_entry.c.act == "presentation.made")
        ).one()
    assert (entry.subject, entry.organisation_id) == ("A2", PARTNER)
    assert "1998" not in entry.content


def test_an_agreement_that_is_not_in_force_presents_nobody(world: World) -> None:
    for values in (
        {"in_force_from": date(2026, 6, 16)},
        {"in_force_from": date(2025, 1, 1), "in_force_to": date(2026, 6, 14)},
    ):
        changed(world, agreements.update().values(values))
        assert refusal(world) == (422, "presentation.agreement_not_in_force")


def test_a_real_register_asks_for_a_true_legal_basis(world: World) -> None:
    changed(world, register.update().values(kind="real"))
    assert refusal(world) == (422, "presentation.no_legal_basis")
    changed(world, agreements.update().values(basis="recorded"))
    assert partner(world).post("/presentations", CANDIDATE).status_code == 201


def test_an_agreement_of_another_partner_is_one_that_does_not_exist(world: World) -> None:
    caller = partner(world)
    told = [caller.post("/presentations", CANDIDATE | {"agreement_id": i}) for i in ("C2", "C9")]
    assert told[0].status_code == told[1].status_code == 422
    assert told[0].json() == told[1].json()


def test_the_household_agreed_before_it_is_presented(world: World) -> None:
    code = refusal(world, household_agreed_on="2026-06-16")
    assert code == (422, "presentation.agreed_later")


@pytest.mark.parametrize(
    "guess",
    [
        {"born_on": "1998-07-29"},  # another date
        {"application_id": "A9"},  # nobody
        {"application_id": "B1", "born_on": "1985-07-30"},  # known to another company alone
        {"application_id": "B1", "born_on": "1985-07-31"},
    ],
)
def test_whoever_does_not_know_the_household_learns_nothing(
    world: World, guess: dict[str, str]
) -> None:
    caller = partner(world)
    known = caller.post("/presentations", CANDIDATE | {"born_on": "1970-01-01"})
    told = caller.post("/presentations", CANDIDATE | guess)
    assert (told.status_code, told.json()) == (known.status_code, known.json())


def test_a_withdrawn_application_is_unknown(world: World) -> None:
    changed(world, applications.update().values(status="withdrawn"))
    assert refusal(world) == (422, "presentation.unknown_household")


def test_after_five_wrong_dates_the_right_one_no_longer_tells_until_tomorrow(
    world: World,
) -> None:
    for day in range(10, 15):
        assert refusal(world, born_on=f"1970-01-{day}")[1] == "presentation.unknown_household"
    assert refusal(world)[1] == "presentation.unknown_household"
    tomorrow = later(world, days=1)
    assert partner(tomorrow).post("/presentations", CANDIDATE).status_code == 201


def test_after_many_wrong_guesses_everything_waits_until_tomorrow(world: World) -> None:
    guesses = [CANDIDATE | {"application_id": f"X{i}"} for i in range(200)]
    caller = partner(world)
    assert caller.post(BATCH, {"items": guesses}).json()["refused"] == 200
    assert refusal(world, caller) == (429, "presentation.too_many_refused")
    assert partner(world, OTHER_PARTNER).get("/presentations").status_code == 200
    assert partner(later(world, days=1)).post("/presentations", CANDIDATE).status_code == 201


def test_a_candidate_is_presented_once_under_an_agreement(world: World) -> None:
    caller = partner(world)
    assert caller.post("/presentations", CANDIDATE).status_code == 201
    assert refusal(world, caller) == (409, "presentation.already")


def test_what_another_partner_presents_changes_nothing_of_what_is_told(world: World) -> None:
    """A2 is presented by P2: P1 sees and gets the same as if it were not."""
    caller = partner(world)
    addresses = ("/agreements", "/presentations", "/events", "/webhooks")

    def view() -> list[Any]:
        seen = [caller.get(address).json() for address in addresses]
        seen.append(caller.get("/presentations/C2/A2").json())
        seen.append(caller.post("/presentations", CANDIDATE | {"born_on": "1970-01-01"}).json())
        return seen

    with_it = view()
    changed(world, presentations.delete().where(presentations.c.agreement_id == "C2"))
    assert view() == with_it
    changed(world, offers.delete().where(offers.c.application_id == "A2"))
    assert view() == with_it


def test_a_household_may_be_presented_by_two_partners_who_do_not_know_of_each_other(
    world: World,
) -> None:
    ours, other = partner(world), partner(world, OTHER_PARTNER)
    assert ours.post("/presentations", CANDIDATE).status_code == 201
    assert presented(other) == ["A2"]
    assert other.get("/events").json()["items"] == []
    assert other.get("/presentations/C1/A2").status_code == 404
    assert ours.post("/presentations/C2/A2/withdrawal", {"reason": "other"}).status_code == 404


def test_a_candidate_withdrawn_is_no_longer_seen_and_the_application_is_untouched(
    world: World,
) -> None:
    caller = partner(world)
    told = caller.post("/presentations/C1/A1/withdrawal", {"reason": "asked_by_household"})
    assert told.status_code == 204
    assert presented(caller) == []
    assert caller.get("/presentations/C1/A1").status_code == 404
    assert world.as_role("clerk").get("/applications/A1").json()["status"] == "admitted"
    again = caller.post("/presentations/C1/A1/withdrawal", {"reason": "other"})
    assert again.status_code == 404


def test_each_line_of_a_batch_is_answered_by_itself(world: World) -> None:
    items = [
        CANDIDATE,
        CANDIDATE,
        CANDIDATE | {"application_id": "A9"},
        CANDIDATE | {"agreement_id": "C2"},
    ]
    told = partner(world).post(BATCH, {"items": items}).json()
    assert (told["presented"], told["refused"]) == (1, 3)
    assert [line["code"] for line in told["items"]] == [
        "",
        "presentation.already",
        "presentation.unknown_household",
        "presentation.no_agreement",
    ]
    assert all(line["sentence"] for line in told["items"][1:])


def test_a_batch_sent_again_with_its_key_is_answered_the_same(world: World) -> None:
    caller, key = partner(world), {"Idempotency-Key": "batch-1"}
    first, again = (caller.post(BATCH, {"items": [CANDIDATE]}, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert first.json()["presented"] == 1
    other = caller.post(BATCH, {"items": [CANDIDATE, CANDIDATE]}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.other_request")


def test_a_refused_presentation_leaves_its_key_free(world: World) -> None:
    caller, key = partner(world), {"Idempotency-Key": "one"}
    wrong = CANDIDATE | {"born_on": "1970-01-01"}
    assert caller.post("/presentations", wrong, headers=key).status_code == 422
    assert caller.post("/presentations", CANDIDATE, headers=key).status_code == 201


def test_every_fault_of_a_batch_is_located(world: World) -> None:
    told = partner(world).post(BATCH, {"items": [CANDIDATE | {"born_on": 3}, {}]})
    assert told.status_code == 422
    assert {f["path"] for f in told.json()["errors"]} >= {"/items/0/born_on", "/items/1/born_on"}


def test_the_feed_tells_what_happened_since_the_cursor(world: World) -> None:
    caller = partner(world)
    start = caller.get("/events").json()
    assert start["items"] == []
    caller.post("/presentations", CANDIDATE)
    caller.post("/presentations/C1/A2/withdrawal", {"reason": "other"})
    told = caller.get(f"/events?cursor={start['next_cursor']}").json()
    assert [(e["type"], e["data"]["application_id"]) for e in told["items"]] == [
        ("presentation.made", "A2"),
        ("presentation.withdrawn", "A2"),
    ]
    assert "reason" not in told["items"][1]["data"]
    assert caller.get(f"/events?cursor={told['next_cursor']}").json()["items"] == []
    of_another = partner(world, OTHER_PARTNER).get(f"/events?cursor={told['next_cursor']}")
    assert (of_another.status_code, of_another.json()["code"]) == (400, "cursor.invalid")


def test_pages_of_candidates_follow_each_other(world: World) -> None:
    caller = partner(world)
    caller.post("/presentations", CANDIDATE)
    first = caller.get("/presentations?limit=1").json()
    rest = caller.get(f"/presentations?limit=1&cursor={first['next_cursor']}").json()
    assert [p["application_id"] for p in first["items"] + rest["items"]] == ["A1", "A2"]
    assert rest["next_cursor"] == ""
