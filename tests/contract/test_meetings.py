"""A meeting from its plan to its proposal; what is frozen stays so."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

from allocation.proof.checker import check, read
from api.applications.work import touch
from api.auth.actor import Actor
from tests.contract.matrix import PLAN
from tests.fixtures.service import OURS, REGION, Caller, World, ours

CLERK = Actor(f"acc-{OURS}-clerk", OURS, "slsp", "clerk")


def frozen(world: World) -> tuple[Caller, str]:
    clerk = world.as_role("clerk")
    meeting_id = clerk.get("/meetings").json()["items"][0]["meeting_id"]
    assert clerk.post(f"/meetings/{meeting_id}/freeze").status_code == 200
    return clerk, meeting_id


def test_a_meeting_of_the_files_is_there_as_a_draft(world: World) -> None:
    (found,) = world.as_role("clerk").get("/meetings").json()["items"]
    assert (found["state"], found["meeting_on"]) == ("draft", "2026-06-30")
    assert "pseudonym_secret" not in found


def test_a_planned_meeting_keeps_what_was_fixed(world: World) -> None:
    clerk = world.as_role("clerk")
    made = clerk.post("/meetings", PLAN | {"mode": "serial"})
    assert made.status_code == 201
    told = clerk.get(f"/meetings/{made.json()['meeting_id']}").json()
    assert (told["draw_seed"], told["mode"]) == (PLAN["draw_seed"], "serial")


def test_a_plan_is_refused_with_every_fault(world: World) -> None:
    told = world.as_role("clerk").post("/meetings", {"meeting_on": 20260728, "mode": "both"})
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/meeting_on", "input.day"),
        ("/draw_seed", "input.missing"),
        ("/mode", "input.choice"),
    }


def test_the_frozen_register_is_that_of_the_files(world: World) -> None:
    clerk, meeting_id = frozen(world)
    told = clerk.get(f"/meetings/{meeting_id}").json()
    assert told["content_hash"] == ours().content_hash
    content = clerk.get(f"/meetings/{meeting_id}/files/snapshot.zip").content
    assert hashlib.sha256(content).hexdigest() == told["files"][0]["sha256"]
    assert "applications.csv" in zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_the_proposal_is_of_the_frozen_register_and_its_certificate_holds(world: World) -> None:
    clerk, meeting_id = frozen(world)
    with world.service.database.writing() as connection:  # the register moves on meanwhile
        touch(connection, OURS, actor=CLERK, service=world.service)
    run_id = clerk.post(f"/meetings/{meeting_id}/proposal").json()["run_id"]
    world.work()
    run = clerk.get(f"/runs/{run_id}").json()
    assert run["state"] == "done", run
    files = f"/meetings/{meeting_id}/files"
    certificate = read(clerk.get(f"{files}/certificate.json").content, "certificate/1")
    check(certificate, read(clerk.get(f"{files}/annex.json").content, "certificate-annex/1"))
    assert clerk.get(f"{files}/minutes.pdf").content.startswith(b"%PDF")
    told = clerk.get(f"/meetings/{meeting_id}").json()
    assert told["state"] == "proposed"
    assert {f["name"]: f["sha256"] for f in told["files"] if f["name"] != "snapshot.zip"} == (
        run["result"]["files"]
    )
    last = acts_on(world, meeting_id)[-1]
    assert (last["act"], last["content"]["sha256"]) == ("meeting.proposed", run["result"]["files"])


def test_what_names_people_is_for_who_prepares_the_meeting(world: World) -> None:
    _, meeting_id = frozen(world)
    member = world.as_role("committee_member")
    assert member.get(f"/meetings/{meeting_id}/files/snapshot.zip").status_code == 404
    assert member.get(f"/meetings/{meeting_id}").json()["files"] == []


def test_each_step_starts_from_the_one_before(world: World) -> None:
    clerk = world.as_role("clerk")
    meeting_id = clerk.get("/meetings").json()["items"][0]["meeting_id"]
    early = clerk.post(f"/meetings/{meeting_id}/proposal")
    assert (early.status_code, early.json()["code"]) == (409, "meeting.wrong_state")
    assert clerk.post(f"/meetings/{meeting_id}/freeze").status_code == 200
    assert clerk.post(f"/meetings/{meeting_id}/freeze").status_code == 409


def test_the_region_reads_a_meeting_and_does_not_act_on_it(world: World) -> None:
    clerk, meeting_id = frozen(world)
    region = world.as_role("clerk", REGION)
    assert region.get(f"/meetings/{meeting_id}").status_code == 200
    assert region.post(f"/meetings/{meeting_id}/proposal").status_code == 403
    run_id = clerk.post(f"/meetings/{meeting_id}/proposal").json()["run_id"]
    assert region.post(f"/runs/{run_id}/cancel").json()["state"] == "queued"


def test_asking_twice_for_a_proposal_is_one_run(world: World) -> None:
    clerk, meeting_id = frozen(world)
    asked = [clerk.post(f"/meetings/{meeting_id}/proposal").json()["run_id"] for _ in range(2)]
    assert asked[0] == asked[1]


def test_every_step_is_in_the_journal(world: World) -> None:
    _, meeting_id = frozen(world)
    (told,) = acts_on(world, meeting_id)
    assert told["act"] == "meeting.frozen"
    assert told["content"]["content_hash"] == ours().content_hash


def acts_on(world: World, meeting_id: str) -> list[dict[str, Any]]:
    told = world.as_role("auditor").get(f"/journal?subject={meeting_id}").json()
    return list(told["items"])
