"""Applications registered, changed and withdrawn: judged as the import judges, never by stealth."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.db.tables.journal import journal_entry
from tests.contract.matrix import CHANGE, HEARING, RECORD
from tests.fixtures.service import OURS, Caller, World

LATER = "2023-03-01"


def file_of(clerk: Caller, application_id: str) -> dict[str, Any]:
    told: dict[str, Any] = clerk.get(f"/applications/{application_id}/record").json()
    return told


def sent(clerk: Caller, application_id: str, found: dict[str, Any]) -> Any:
    body = CHANGE | {"record": found["record"], "row_version": found["row_version"]}
    return clerk.post(f"/applications/{application_id}/changes", body)


def registered(clerk: Caller, application_id: str) -> Any:
    return file_of(clerk, application_id)["record"]["application"]["registered_on"]


def standing(clerk: Caller, application_id: str) -> Any:
    return clerk.get(f"/applications/{application_id}").json()["standing"]


def test_a_registered_application_stands_in_the_list(world: World) -> None:
    clerk = world.as_role("clerk")
    made = clerk.post("/applications", RECORD)
    assert made.status_code == 201, made.text
    application_id = made.json()["application_id"]
    assert not clerk.get("/applications").json()["standing"]["is_current"]
    world.work()
    head = clerk.get("/applications").json()["standing"]
    assert (head["is_current"], head["version"], head["applications"]) == (True, 2, 3)
    assert standing(clerk, application_id)["n_unknown"] > 0
    assert file_of(clerk, application_id)["record"]["choices"] == [
        {"rank": 1, "nis5": "52011", "section_id": None}
    ]


def test_a_file_read_and_sent_back_changes_nothing(world: World) -> None:
    clerk = world.as_role("clerk")
    for application_id in ("A1", "A2"):
        before = clerk.get(f"/applications/{application_id}").json()
        told = sent(clerk, application_id, file_of(clerk, application_id))
        assert (told.status_code, told.json()["state"]) == (201, "applied"), told.text
        assert told.json()["before"] == told.json()["after"]
        after = clerk.get(f"/applications/{application_id}").json()
        assert after == before | {"row_version": 2}


def test_every_fault_of_a_file_is_located(world: World) -> None:
    clerk = world.as_role("clerk")
    faulty = RECORD | {
        "members": [{"member_id": "p 1", "role": "child", "born_on": "2027-01-01"}],
        "facts": [{"fact": "homeless_since", "value": "yes"}, {"fact": "unheard_of"}],
        "choices": [{"rank": 2, "nis5": "99999"}],
    }
    told = clerk.post("/applications", faulty)
    assert told.status_code == 422
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/application/application_id", "register.applicant_missing"),
        ("/members/0/member_id", "register.invalid_identifier"),
        ("/members/0/born_on", "register.born_after_meeting"),
        ("/facts/0/value", "register.fact_needs_a_date"),
        ("/facts/1/fact", "register.unknown_fact"),
        ("/choices/0/rank", "register.choice_ranks"),
        ("/choices/0/nis5", "register.unknown_commune"),
    }
    assert clerk.get("/applications").json()["standing"]["is_current"]


def test_nobody_is_registered_twice(world: World) -> None:
    clerk = world.as_role("clerk")
    person = {"national_number": "85073003328", "sex": "m", "born_on": "1985-07-30"}
    again = RECORD | {"members": [{"member_id": "p-1", "role": "applicant", **person}]}
    told = clerk.post("/applications", again)
    assert [(f["path"], f["code"]) for f in told.json()["errors"]] == [
        ("/members/0/national_number", "register.active_twice")
    ]
    taken = RECORD | {"members": [RECORD["members"][0] | {"member_id": "M1"}]}  # type: ignore[index]
    assert clerk.post("/applications", taken).json()["code"] == "application.member_taken"


def test_a_change_in_favour_is_applied_at_once(world: World) -> None:
    clerk = world.as_role("clerk")
    found = file_of(clerk, "A1")
    found["record"]["choices"].append({"rank": 3, "nis5": "52025"})
    told = sent(clerk, "A1", found).json()
    assert (told["state"], told["losses"], told["row_version"]) == ("applied", [], 2)
    assert len(file_of(clerk, "A1")["record"]["choices"]) == 3


def test_what_goes_against_the_household_waits_until_it_was_heard(world: World) -> None:
    clerk = world.as_role("clerk")
    found = file_of(clerk, "A1")
    found["record"]["application"]["registered_on"] = LATER
    told = sent(clerk, "A1", found).json()
    assert (told["state"], told["losses"]) == ("to_hear", ["points", "seniority"])
    assert told["after"]["points"] < told["before"]["points"]
    assert registered(clerk, "A1") == "2021-03-01"
    change = f"/changes/{told['change_id']}"
    assert clerk.post(f"{change}/application").json()["code"] == "procedure.illegal_act"
    assert sent(clerk, "A1", found).json()["code"] == "change.pending"
    assert clerk.post(f"{change}/hearing", HEARING).json()["possible"] == [
        "apply_after_hearing", "drop",
    ]  # fmt: skip
    applied = clerk.post(f"{change}/application")
    assert (applied.status_code, applied.json()["state"]) == (200, "applied"), applied.text
    assert registered(clerk, "A1") == LATER
    world.work()
    assert standing(clerk, "A1")["points"] == told["after"]["points"]


def test_a_dropped_change_leaves_the_file_as_it_was(world: World) -> None:
    clerk = world.as_role("clerk")
    found = file_of(clerk, "A1")
    later = {**found["record"]["application"], "registered_on": LATER}
    wanted = {**found["record"], "application": later}
    told = sent(clerk, "A1", found | {"record": wanted}).json()
    dropped = clerk.post(f"/changes/{told['change_id']}/dismissal", {"reason": "Proof came."})
    assert (dropped.json()["state"], dropped.json()["possible"]) == ("dropped", [])
    assert file_of(clerk, "A1") == found


def test_two_who_read_the_same_file_do_not_overwrite_each_other(world: World) -> None:
    clerk = world.as_role("clerk")
    found = file_of(clerk, "A1")
    assert sent(clerk, "A1", found).status_code == 201
    told = sent(clerk, "A1", found)
    assert (told.status_code, told.json()["code"]) == (409, "application.moved")


def test_an_application_is_withdrawn_once_and_not_under_an_open_offer(world: World) -> None:
    clerk = world.as_role("clerk")
    asked = {"asked_on": "2026-06-12", "row_version": 1}
    assert clerk.post("/applications/A2/withdrawal", asked).json()["code"] == (
        "application.offer_open"
    )
    assert clerk.post("/applications/A1/withdrawal", asked).status_code == 201
    world.work()
    assert standing(clerk, "A1")["ground"] == "withdrawn"
    again = clerk.post("/applications/A1/withdrawal", asked | {"row_version": 2})
    assert again.json()["code"] == "application.status_by_procedure"
    assert sent(clerk, "A1", file_of(clerk, "A1")).json()["before"]  # still kept up to date


def test_a_registration_sent_twice_is_one_application(world: World) -> None:
    clerk = world.as_role("clerk")
    key = {"Idempotency-Key": "k-1"}
    made = [clerk.post("/applications", RECORD, headers=key).json() for _ in range(2)]
    assert made[0] == made[1]


def test_the_journal_tells_the_act_and_names_nobody(world: World) -> None:
    clerk = world.as_role("clerk")
    person = RECORD["members"][0] | {"family_name": "Introuvable"}  # type: ignore[index]
    made = clerk.post("/applications", RECORD | {"members": [person]}).json()
    told = world.as_role("manager").get(f"/journal?subject={made['application_id']}").json()
    assert [e["act"] for e in told["items"]] == ["application.registered"]
    with world.service.database.reading() as connection:
        rows = connection.execute(sa.select(journal_entry)).all()
    assert "Introuvable" not in str(rows)
    assert rows[-1].organisation_id == OURS
