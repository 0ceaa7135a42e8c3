"""Under a dated mandate a partner acts in a household's name; without one in force, never."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.access import SCOPES
from api.db.tables.journal import journal_entry
from api.db.tables.mandates import mandate
from api.db.tables.occupancies import occupancy
from api.db.tables.register import applications
from tests.contract.matrix import MANDATE, PERSON, PROOF
from tests.fixtures.occupied import STAY, some_stay
from tests.fixtures.partners import OTHER_PARTNER, PARTNER, program_headers
from tests.fixtures.service import NOW, OURS, Caller, World
from tests.fixtures.sitting import TODAY, Meeting


def partner(world: World, partner_id: str = PARTNER) -> Caller:
    return Caller(world.client, program_headers(world.service, partner_id))


def filed(caller: Caller, **changes: Any) -> str:
    told = caller.post("/mandates", MANDATE | changes)
    assert told.status_code == 201, told.text
    return str(told.json()["mandate_id"])


def refusal(told: Any) -> tuple[int, str]:
    return told.status_code, told.json()["code"]


def entries(world: World, act: str) -> list[Any]:
    with world.service.database.reading() as connection:
        found = sa.select(journal_entry).where(journal_entry.c.act == act)
        return list(connection.execute(found.order_by(journal_entry.c.sequence)))


def on(world: World, **later: float) -> World:
    """The same world some time later."""
    service = replace(world.service, now=lambda: NOW + timedelta(**later))
    world.client.app.state.service = service  # type: ignore[attr-defined]
    return replace(world, service=service)


def test_a_person_is_registered_under_an_alias_and_without_a_domicile(world: World) -> None:
    told = partner(world).post("/mandates/registrations", PERSON)
    assert told.status_code == 201, told.text
    given = told.json()
    assert (given["is_in_force"], given["register_id"]) == (True, OURS)
    file = world.as_role("clerk").get(f"/applications/{given['application_id']}").json()
    assert (file["status"], file["registered_on"]) == ("incomplete", "2026-06-15")
    assert [(m["family_name"], m["given_name"]) for m in file["members"]] == [("Le Grand", None)]
    assert [c["nis5"] for c in file["choices"]] == ["52011"]
    (entry,) = entries(world, "application.registered")
    assert json.loads(entry.content)["mandate_id"] == given["mandate_id"]
    assert (entry.organisation_id, "Le Grand" in entry.content) == (OURS, False)


def test_an_address_is_a_reference_address_or_the_partner_s_own(world: World) -> None:
    caller = partner(world)
    reach = {"address_kind": "reference", "address": "CPAS, rue Inventée 2"}
    told = caller.post("/mandates/registrations", PERSON | {"reach": reach})
    assert (told.status_code, told.json()["address_kind"]) == (201, "reference")
    with world.service.database.reading() as connection:
        kept = connection.scalar(sa.select(mandate.c.sealed))
    assert kept
    assert "Inventée" not in kept
    for wrong in ({"address_kind": "reference"}, reach | {"address_kind": "partner"}):
        told = caller.post("/mandates/registrations", PERSON | {"reach": wrong})
        assert refusal(told) == (422, "mandate.address")


def test_a_partner_registering_learns_of_no_other_household(world: World) -> None:
    member = {"role": "applicant", "known_as": "Exemple", "born_on": "1985-07-30"}  # as in A1
    caller = partner(world)
    alike = caller.post("/mandates/registrations", PERSON | {"members": [member]})
    other = caller.post("/mandates/registrations", PERSON)
    own = {"mandate_id", "application_id"}
    assert {k: v for k, v in alike.json().items() if k not in own} == {
        k: v for k, v in other.json().items() if k not in own
    }


def test_only_companies_with_an_agreement_in_force_are_registered_with(world: World) -> None:
    told = partner(world).post(
        "/mandates/registrations", PERSON | {"register_id": "maison-liegeoise"}
    )
    assert refusal(told) == (422, "mandate.no_agreement")


def test_a_registration_sent_twice_with_its_key_is_one_application(world: World) -> None:
    caller, key = partner(world), {"idempotency-key": "k1"}
    first, again = (caller.post("/mandates/registrations", PERSON, headers=key) for _ in range(2))
    assert first.json() == again.json()
    with world.service.database.reading() as connection:
        n = connection.scalar(sa.select(sa.func.count()).select_from(applications))
    assert n == 4  # A1, A2, B1 and this one


@pytest.mark.parametrize(
    "changes",
    [{"born_on": "1998-07-29"}, {"application_id": "nobody"}, {"application_id": "B1"}],
    ids=["wrong date", "nobody", "elsewhere"],
)
def test_a_mandate_asks_for_the_proof_that_the_household_is_known(
    world: World, changes: dict[str, str]
) -> None:
    caller = partner(world)
    refused = [caller.post("/mandates", MANDATE | changes) for _ in range(2)]
    assert {refusal(told) for told in refused} == {(422, "presentation.unknown_household")}
    assert caller.get("/mandates").json()["items"] == []


def test_after_five_wrong_dates_the_right_one_proves_nothing_that_day(world: World) -> None:
    caller = partner(world)
    for day in range(10, 15):
        caller.post("/mandates", MANDATE | {"born_on": f"1998-07-{day}"})
    assert refusal(caller.post("/mandates", MANDATE))[1] == "presentation.unknown_household"
    tomorrow = on(world, days=1)
    assert partner(tomorrow).post("/mandates", MANDATE).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"given_on": "2026-06-16"}, "mandate.given_later"),
        ({"until_on": "2026-06-14"}, "mandate.over_already"),
        ({"given_on": "2026-06-10", "until_on": "2026-06-09"}, "mandate.over_already"),
    ],
)
def test_a_mandate_is_dated(world: World, changes: dict[str, str], code: str) -> None:
    assert refusal(partner(world).post("/mandates", MANDATE | changes)) == (422, code)


def test_the_household_is_confirmed_through_the_partner(world: World) -> None:
    world.as_role("clerk").post("/campaigns", {"year": 2027, "channels": ["post"]})
    caller = partner(world)
    mandate_id = filed(caller, until_on="2027-12-31")
    asked = {"confirmed_on": "2027-01-20"}
    later = on(world, days=225)
    told = partner(later).post(f"/mandates/{mandate_id}/confirmation", asked)
    assert told.status_code == 201, told.text
    file = later.as_role("clerk").get("/applications/A2").json()
    assert file["last_confirmed_on"] == "2027-01-20"
    (entry,) = entries(later, "confirmation.confirm")
    said = json.loads(entry.content)
    assert (said["mandate_id"], said["channel"]) == (mandate_id, "partner")
    again = partner(later).post(f"/mandates/{mandate_id}/confirmation", asked)
    assert refusal(again) == (409, "mandate.nothing_to_confirm")


def test_a_campaign_opened_ahead_does_not_hide_the_one_that_runs(world: World) -> None:
    clerk, caller = world.as_role("clerk"), partner(world)
    opened = {
        year: clerk.post("/campaigns", {"year": year, "channels": ["post"]}).json()["campaign_id"]
        for year in (2027, 2028)
    }
    mandate_id = filed(caller, until_on="2027-12-31")
    later = on(world, days=225)  # late for 2027, before 2028
    path, asked = f"/mandates/{mandate_id}/confirmation", {"confirmed_on": "2027-01-20"}
    assert partner(later).post(path, asked).status_code == 201
    (entry,) = entries(later, "confirmation.confirm")
    assert json.loads(entry.content)["campaign_id"] == opened[2027]


def test_what_the_mandate_does_not_cover_is_refused(world: World) -> None:
    mandate_id = filed(partner(world), covers=["confirm"])
    told = partner(world).post(f"/mandates/{mandate_id}/proofs", PROOF)
    assert refusal(told) == (403, "mandate.not_covered")
    assert "confirm" in told.json()["detail"]


def test_the_household_ends_it_at_the_desk_and_nothing_is_possible_from_then_on(
    world: World,
) -> None:
    caller = partner(world)
    mandate_id = filed(caller)
    ended = world.as_role("clerk").post(f"/mandates/{mandate_id}/end", {"asked_by": "household"})
    assert (ended.status_code, ended.json()["state"]) == (200, "revoked")
    for act, body in (
        ("confirmation", {"confirmed_on": "2026-06-14"}),
        ("proofs", PROOF),
        ("offers/O2/answer", {"answer": "accept", "answered_on": "2026-06-14"}),
    ):
        told = caller.post(f"/mandates/{mandate_id}/{act}", body)
        assert refusal(told) == (403, "mandate.ended"), act
    types = [e["type"] for e in caller.get("/events").json()["items"]]
    assert types == ["mandate.filed", "mandate.ended"]


def test_a_partner_gives_a_mandate_back_but_revokes_for_nobody(world: World) -> None:
    caller = partner(world)
    mandate_id = filed(caller)
    told = caller.post(f"/mandates/{mandate_id}/end", {"asked_by": "household"})
    assert refusal(told) == (422, "mandate.whose_end")
    told = caller.post(f"/mandates/{mandate_id}/end", {"asked_by": "partner"})
    assert (told.status_code, told.json()["state"]) == (200, "given_back")


def test_a_mandate_is_over_the_day_after_its_last(world: World) -> None:
    mandate_id = filed(partner(world), until_on="2026-06-20")
    last, after = on(world, days=5), on(world, days=6)
    world.client.app.state.service = last.service  # type: ignore[attr-defined]
    assert partner(last).post(f"/mandates/{mandate_id}/proofs", PROOF).status_code == 201
    world.client.app.state.service = after.service  # type: ignore[attr-defined]
    told = partner(after).post(f"/mandates/{mandate_id}/proofs", PROOF)
    assert refusal(told) == (403, "mandate.not_in_force")


def test_a_mandate_of_another_partner_does_not_exist(world: World) -> None:
    mandate_id = filed(partner(world))
    other = partner(world, OTHER_PARTNER)
    assert other.get(f"/mandates/{mandate_id}").status_code == 404
    assert other.get("/mandates").json()["items"] == []
    assert other.post(f"/mandates/{mandate_id}/proofs", PROOF).status_code == 404
    assert [e["type"] for e in other.get("/events").json()["items"]] == []


def test_a_proof_handed_in_is_taken_into_the_file_by_the_company(world: World) -> None:
    caller, clerk = partner(world), world.as_role("clerk")
    mandate_id = filed(caller)
    told = caller.post(f"/mandates/{mandate_id}/proofs", PROOF)
    assert [p["state"] for p in told.json()["proofs"]] == ["received"]
    assert clerk.get("/applications/A2").json()["row_version"] == 1  # nothing by itself
    (proof,) = clerk.get("/applications/A2/proofs").json()["items"]
    assert (proof["fact"], proof["value"]) == ("homeless_since", "2026-04-15")
    taken = clerk.post(f"/proofs/{proof['proof_id']}/acceptance", {"row_version": 1})
    assert (taken.status_code, taken.json()["state"]) == (201, "applied"), taken.text
    facts = clerk.get("/applications/A2/record").json()["record"]["facts"]
    assert ("homeless_since", "cpas_certificate") in [(f["fact"], f["proof"]) for f in facts]
    again = clerk.post(f"/proofs/{proof['proof_id']}/declining", {"reason": "Twice."})
    assert refusal(again) == (409, "procedure.illegal_act")
    last = caller.get("/events").json()["items"][-1]
    assert (last["type"], last["data"]["state"]) == ("proof.accept_proof", "taken_in")
    assert world.as_role("auditor").get("/journal/verification").json()["is_sound"]


def test_a_proof_is_declined_with_a_reason_the_partner_does_not_read(world: World) -> None:
    caller, clerk = partner(world), world.as_role("clerk")
    mandate_id = filed(caller)
    caller.post(f"/mandates/{mandate_id}/proofs", PROOF)
    (proof,) = clerk.get("/applications/A2/proofs").json()["items"]
    told = clerk.post(f"/proofs/{proof['proof_id']}/declining", {"reason": "Not legible."})
    assert (told.status_code, told.json()["state"]) == (200, "declined")
    seen = caller.get(f"/mandates/{mandate_id}").json()["proofs"]
    assert [p["state"] for p in seen] == ["declined"]
    assert "legible" not in caller.get("/events").text
    (entry,) = entries(world, "proof.decline_proof")
    assert "legible" not in entry.content
    assert json.loads(entry.sealed).keys() == {"A2"}


def test_a_proof_about_a_member_finds_who_was_born_that_day(world: World) -> None:
    caller, clerk = partner(world), world.as_role("clerk")
    mandate_id = filed(caller)
    about = {"fact": "disabled", "value": "yes", "proof": "federal_disability_certificate"}
    body = PROOF | about | {"born_on": "1998-07-28"}
    assert caller.post(f"/mandates/{mandate_id}/proofs", body).status_code == 201
    (proof,) = clerk.get("/applications/A2/proofs").json()["items"]
    assert proof["member_id"] == "M3"
    assert len(entries(world, "sensitive.read")) == 1
    told = caller.post(f"/mandates/{mandate_id}/proofs", PROOF | {"fact": "no_such_fact"})
    assert refusal(told) == (422, "proof.unknown_fact")


def test_the_answer_to_an_offer_is_the_household_s_told_by_the_partner(meeting: Meeting) -> None:
    line = next(d for d in meeting.lines() if d["application_id"])
    dwelling, household = line["dwelling_id"], line["application_id"]
    assert meeting.decide().status_code == 200
    caller, mandate_id = mandated(meeting, household)
    offer_id = meeting.offer(dwelling, household).json()["offer_id"]
    asked = {"answer": "accept", "answered_on": TODAY}
    absent = caller.post(f"/mandates/{mandate_id}/offers/of-none/answer", asked)
    assert absent.status_code == 404
    told = caller.post(f"/mandates/{mandate_id}/offers/{offer_id}/answer", asked)
    assert (told.status_code, told.json()["answer"]) == (201, "accepted"), told.text
    assert meeting.clerk.get(f"/offers/{offer_id}").json()["state"] == "accepted"
    (entry,) = entries(meeting.world, "offer.accept")
    assert json.loads(entry.content)["mandate_id"] == mandate_id
    types = [e["type"] for e in caller.get("/events").json()["items"]]
    assert types == ["offer.made", "offer.accept"]
    assert meeting.world.as_role("auditor").get("/journal/verification").json()["is_sound"]


def mandated(meeting: Meeting, household: str) -> tuple[Caller, str]:
    """A partner of the demonstration register, with a mandate of a household."""
    with meeting.world.service.database.writing() as connection:
        org = sa.text("SELECT organisation_id FROM organisation WHERE kind = 'partner'")
        partner_id = str(connection.scalars(org).first())
        row = {
            "mandate_id": "man-1",
            "organisation_id": partner_id,
            "register_id": OURS,
            "application_id": household,
            "covers": "answer_offers",
            "given_on": meeting.world.service.today(),
            "until_on": meeting.world.service.today(),
            "form": "signed",
            "state": "in_force",
            "address_kind": "",
            "sealed": "",
            "recorded_at": meeting.world.service.now(),
        }
        connection.execute(mandate.insert(), row)
    return Caller(meeting.world.client, program_headers(meeting.world.service, partner_id)), "man-1"


def test_one_call_lists_what_is_due_for_ones_people_alone(world: World) -> None:
    world.as_role("clerk").post("/campaigns", {"year": 2027, "channels": ["post"]})
    caller = partner(world)
    mandate_id = filed(caller)  # A2; A1 is presented
    found = caller.get("/deadlines/followed").json()["items"]
    assert [(d["kind"], d["application_id"], d["mandate_id"]) for d in found] == [
        ("confirmation", "A1", ""),
        ("confirmation", "A2", mandate_id),
        ("mandate_end", "A2", ""),
    ]
    assert [d["on"] for d in found] == ["2027-02-15", "2027-02-15", "2027-06-09"]
    other = partner(world, OTHER_PARTNER).get("/deadlines/followed").json()["items"]
    assert {d["application_id"] for d in other} == {"A2"}
    assert {d["mandate_id"] for d in other} == {""}
    page = caller.get("/deadlines/followed?limit=2").json()
    rest = caller.get(f"/deadlines/followed?limit=2&cursor={page['next_cursor']}").json()
    assert page["items"] + rest["items"] == found
    assert rest["next_cursor"] == ""


def test_the_stays_of_an_operator_are_due_with_the_rest_and_for_it_alone(world: World) -> None:
    with world.service.database.writing() as connection:
        some_stay(connection, now=NOW)  # A2 lives with P1, who does not present it
    world = on(world, days=30)
    # A sliding lease from September 2025 to September 2026: its review, its slide or extension.
    wanted = [
        ("stay_review", STAY, "A2", "2026-09-01"),
        ("stay_slide_or_extension", STAY, "A2", "2026-09-01"),
    ]

    def due(partner_id: str, *scopes: str) -> list[tuple[str, ...]]:
        headers = program_headers(world.service, partner_id, scopes or SCOPES)
        told = Caller(world.client, headers).get("/deadlines/followed").json()["items"]
        of_stays = [d for d in told if d["kind"].startswith("stay_")]
        assert {d["mandate_id"] for d in of_stays} <= {""}
        return [(d["kind"], d["subject"], d["application_id"], d["on"]) for d in of_stays]

    assert due(PARTNER) == wanted
    assert due(PARTNER, "presentations:read") == []  # not without the scope of stays
    assert due(OTHER_PARTNER) == []  # presents A2, and does not house them
    with world.service.database.writing() as connection:
        connection.execute(occupancy.update().values(operator_until=1))
    assert due(PARTNER) == []  # it has stepped out


def test_a_scope_is_asked_for_each_act(world: World) -> None:
    reader = Caller(world.client, program_headers(world.service, PARTNER, ["mandates:read"]))
    assert reader.get("/mandates").status_code == 200
    told = reader.post("/mandates", MANDATE)
    assert refusal(told) == (403, "access.scope")
    assert "mandates:write" in told.json()["detail"]
    assert reader.get("/deadlines/followed").status_code == 403


def test_what_is_sent_is_strict(world: World) -> None:
    for wrong in (
        MANDATE | {"covers": []},
        MANDATE | {"covers": ["everything"]},
        MANDATE | {"name": "Somebody"},
        {k: v for k, v in MANDATE.items() if k != "until_on"},
    ):
        assert partner(world).post("/mandates", wrong).status_code == 422
