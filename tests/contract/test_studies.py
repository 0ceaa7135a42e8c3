"""Studies through the service: checked whole, held on a frozen copy, told to whom may read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from allocation.model import Register
from api.db import Database
from api.db.tables.studies import study_file
from api.jobs import running
from api.jobs.handlers import HANDLERS
from api.jobs.worker import Worker
from api.meetings.snapshot import unpacked
from api.studies import work as studies_work
from api.studies.ready import content_of
from api.studies.snapshots import file_of
from scenarios.synthetic import synthesise
from tests.architecture.source_tree import ROOT
from tests.fixtures.service import OURS, REGION, THEIRS, Caller, World, made

APPLICATION = re.compile(r"\bA\d{6}\b")
REFORM = {"kind": "reform", "ready": "anciennete"}


def whole() -> Register:
    return synthesise(29, slsp_id=OURS, households=300, vacancies=10)


@pytest.fixture
def company(database: Database) -> Iterator[World]:
    """A company with a register of three hundred households."""
    yield from made(database, register=whole())


def asked(world: World, caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a study, do it, and give what it has become."""
    sent = caller.post("/studies", body)
    assert sent.status_code == 202, sent.text
    world.work()
    found: dict[str, Any] = caller.get(f"/studies/{sent.json()['study_id']}").json()
    assert found["state"] == "done", caller.get(f"/runs/{found['run_id']}").json()
    return found


def texts_of(caller: Caller, found: dict[str, Any]) -> dict[str, str]:
    place = f"/studies/{found['study_id']}/files"
    return {
        f["name"]: caller.get(f"{place}/{f['name']}").text
        for f in found["files"]
        if not f["name"].endswith(".pdf")
    }


def short_study(**changes: Any) -> dict[str, Any]:
    """A study that takes a moment: a small company, one year, no sweep of the doubts."""
    content = json.loads(json.dumps(content_of("study", "smallest-reserve")))
    content |= {"territory": "eau-noire", "years": 2, "sensitivity": [], "replications": 3}
    content["primary"] = ["list.housed", "vacancy.days"]
    del content["search"]
    return dict(content | changes)


def test_everything_ready_is_listed_and_may_be_asked_for_as_it_is(world: World) -> None:
    advisor = world.as_role("advisor", REGION)
    items = advisor.get("/ready-studies").json()["items"]
    kinds = {i["name"]: i["kinds"] for i in items}
    assert kinds["emploi-2025"] == ["reform"]
    assert kinds["smallest-reserve"] == ["study", "search"]
    for item in items:
        assert item["title"]
        asked_for = {"kind": item["kinds"][0], "content": item["content"], "registers": []}
        sent = advisor.post("/studies", asked_for)
        assert sent.status_code in (202, 409), sent.text  # no more than five wait


def test_every_fault_of_a_study_is_told_at_its_place(world: World) -> None:
    content = short_study(territory="nowhere", baseline="nobody", unheard_of=1)
    content["arms"][1]["bridges"][0]["share"] = 1.5
    advisor = world.as_role("advisor", REGION)
    told = advisor.post("/studies", {"kind": "study", "content": content})
    assert told.status_code == 422
    assert [f["path"] for f in told.json()["errors"]] == ["/content/unheard_of"]
    del content["unheard_of"]
    told = advisor.post("/studies", {"kind": "study", "content": content})
    assert {f["path"] for f in told.json()["errors"]} == {
        "/content/territory",
        "/content/baseline",
        "/content/arms/1/bridges",
        "/content/arms/1/bridges/0/share",
    }
    assert all("=" not in f["sentence"] for f in told.json()["errors"])


def test_a_reform_is_held_against_the_register_before_it_runs(world: World) -> None:
    content = content_of("reform", "anciennete") | {
        "quotas": {"change": {"q9-nothing": {"share": "1/5"}}, "remove": ["q8-nothing"]}
    }
    told = world.as_role("manager").post("/studies", {"kind": "reform", "content": content})
    assert told.status_code == 422
    assert {(f["path"], f["code"]) for f in told.json()["errors"]} == {
        ("/content/quotas/change/q9-nothing", "reform.unknown_quota"),
        ("/content/quotas/remove/0", "reform.unknown_quota"),
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (REFORM | {"on": "2026-06-14"}, 422, "studies.day_gone"),
        ({"kind": "reform"}, 422, "studies.which"),
        (REFORM | {"content": {}}, 422, "studies.which"),
        ({"kind": "reform", "ready": "nothing"}, 404, "studies.not_ready"),
        ({"kind": "search", "ready": "bridges-quota"}, 404, "studies.not_ready"),
        (REFORM | {"registers": ["nowhere"]}, 404, "access.absent"),
        ({"kind": "study", "ready": "one-refusal", "registers": [OURS, THEIRS]}, 422,
         "studies.one_register"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused(
    world: World, body: dict[str, Any], status: int, code: str
) -> None:
    told = world.as_role("advisor", REGION).post("/studies", body)
    assert (told.status_code, told.json()["code"]) == (status, code)


def test_outside_the_company_nobody_and_no_small_cell_is_told(company: World) -> None:
    advisor = company.as_role("advisor", REGION)
    found = asked(company, advisor, REFORM | {"registers": [OURS]})
    assert found["audience"] == "outside"
    names = {f["name"] for f in found["files"]}
    assert names == {"groups.csv", "reform.json", "report.html", "report.pdf"}
    texts = texts_of(advisor, found)
    for text in texts.values():
        assert not APPLICATION.search(text)
        assert not re.search(r"\bh-[0-9a-f]{20}\b", text)
    told = json.loads(texts["reform.json"])
    for rows in told["profiles"].values():
        for row in rows:
            assert all(row[k] is None or row[k] == 0 or row[k] >= 10 for k in ("n", "up", "down"))
    assert all(case["n"] >= 10 for side in told["cases"].values() for case in side)


def test_the_company_reads_its_own_cases_and_nobody_else_does(company: World) -> None:
    manager = company.as_role("manager")
    found = asked(company, manager, REFORM)
    assert found["audience"] == "company"
    texts = texts_of(manager, found)
    ids = set(whole()["applications"]["application_id"].tolist())
    lines = texts["households.csv"].splitlines()[1:]
    assert lines
    assert {line.split(",")[0] for line in lines} <= ids
    cases = json.loads(texts["reform.json"])["cases"]
    assert {case["application_id"] for side in cases.values() for case in side} <= ids
    place = f"/studies/{found['study_id']}"
    strangers = [
        company.as_role("advisor", REGION),
        company.as_role("manager", REGION),
        company.as_role("manager", THEIRS),
        company.as_role("advisor"),
    ]
    for stranger in strangers:
        for path in (place, f"{place}/files/reform.json"):
            assert stranger.get(path).status_code == 404
        assert stranger.get("/studies").json()["items"] == []


def test_the_frozen_register_has_no_names_and_is_handed_to_nobody(company: World) -> None:
    manager = company.as_role("manager")
    found = asked(company, manager, REFORM)
    name = f"snapshot-{OURS}.zip"
    assert manager.get(f"/studies/{found['study_id']}/files/{name}").status_code == 404
    service = company.service
    with service.database.reading() as connection:
        content = file_of(connection, found["study_id"], name, secret=service.secret)
        kept = list(connection.scalars(sa.select(study_file.c.wrapped_content)))
    frozen, real = unpacked(content or b""), whole()
    ids = set(real["applications"]["application_id"].tolist())
    assert len(frozen["applications"]) == len(ids)
    assert not ids & set(frozen["applications"]["application_id"].tolist())
    assert not set("".join(frozen["household_members"]["family_name"].tolist()))
    some = sorted(ids)[0].encode()
    assert all(some not in bytes(blob) and bytes(blob)[:2] != b"PK" for blob in kept)


def test_another_study_gives_other_names(company: World) -> None:
    manager, service = company.as_role("manager"), company.service
    names = []
    for _ in range(2):
        found = asked(company, manager, REFORM)
        with service.database.reading() as connection:
            content = file_of(
                connection, found["study_id"], f"snapshot-{OURS}.zip", secret=service.secret
            )
        names.append(set(unpacked(content or b"")["applications"]["application_id"].tolist()))
    assert not names[0] & names[1]


def test_every_company_together_is_told_as_one(company: World) -> None:
    advisor = company.as_role("advisor", REGION)
    found = asked(company, advisor, REFORM | {"on": "2026-12-31"})
    assert found["registers"] == sorted([OURS, THEIRS])
    told = json.loads(texts_of(advisor, found)["reform.json"])
    assert (told["slsp_id"], told["audience"]) == ("region", "outside")
    assert told["totals"]["applications"] == 301
    page = texts_of(advisor, found)["report.html"]
    assert not re.search(r"reform\.[a-z_]+\.[a-z_]", page)


def test_the_company_reads_in_its_journal_that_its_register_was_copied(company: World) -> None:
    advisor = company.as_role("advisor", REGION)
    found = asked(company, advisor, REFORM | {"registers": [OURS]})
    entries = company.as_role("manager").get("/journal").json()["items"]
    (copied,) = [e for e in entries if e["act"] == "study.frozen"]
    assert copied["subject"] == found["study_id"]
    assert copied["content"]["asked_by"] == REGION
    assert copied["content"]["content_hash"] == whole().content_hash


def test_a_study_gives_its_files_and_gives_way_to_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    advisor = world.as_role("advisor", REGION)
    body = {"kind": "study", "content": short_study(), "seed": "7"}
    alone = asked(world, advisor, body)
    assert {f["name"] for f in alone["files"]} == {
        "report.html", "report.pdf", "results.csv", "results.json",
    }  # fmt: skip
    monkeypatch.setattr(studies_work, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(running, "EVERY_SECONDS", 0.0)
    sent = advisor.post("/studies", body).json()
    study_id = sent["study_id"]
    other = advisor.post("/studies", {"kind": "reform", "ready": "anciennete"}).json()
    worker = Worker(world.service, HANDLERS)
    assert worker.run_once(sent["run_id"])  # one replication, then it waits behind the other
    run = advisor.get(f"/runs/{sent['run_id']}").json()
    assert run["state"] == "queued"
    assert 0 < run["progress"] < 1
    with world.service.database.reading() as connection:
        kept = file_of(connection, study_id, "checkpoint.jsonl", secret=world.service.secret)
    assert kept is not None
    world.work()
    assert advisor.get(f"/studies/{other['study_id']}").json()["state"] == "done"
    again = advisor.get(f"/studies/{study_id}").json()
    hashes = [{f["name"]: f["sha256"] for f in one["files"]} for one in (alone, again)]
    assert hashes[0] == hashes[1]
    with world.service.database.reading() as connection:
        left = file_of(connection, study_id, "checkpoint.jsonl", secret=world.service.secret)
    assert left is None


def test_a_search_says_the_smallest_share(world: World) -> None:
    advisor = world.as_role("advisor", REGION)
    content = content_of("search", "smallest-reserve") | {"territory": "eau-noire", "years": 2}
    content |= {"sensitivity": [], "primary": ["transit.within_12_months", "list.housed"]}
    content["search"] = content["search"] | {
        "shares": [{"bridge": "transit", "lowest": 0, "highest": "3/100", "step": "3/100"}],
        "goals": [{"measure": "transit.within_12_months", "at_least": "9/10"}],
    }
    found = asked(world, advisor, {"kind": "search", "content": content, "replications": 2})
    told = json.loads(texts_of(advisor, found)["results.json"])
    assert [c["shares"] for c in told["candidates"]] == [{"transit": "0"}, {"transit": "3/100"}]


def test_a_study_called_off_leaves_nothing(world: World) -> None:
    advisor = world.as_role("advisor", REGION)
    sent = advisor.post("/studies", {"kind": "study", "content": short_study()}).json()
    assert advisor.post(f"/runs/{sent['run_id']}/cancel").json()["state"] == "cancelled"
    world.work()
    told = advisor.get(f"/studies/{sent['study_id']}").json()
    assert (told["state"], told["files"]) == ("cancelled", [])


def test_no_more_than_five_studies_wait(world: World) -> None:
    advisor = world.as_role("advisor", REGION)
    body = {"kind": "study", "content": short_study()}
    answers = [advisor.post("/studies", body) for _ in range(6)]
    assert [a.status_code for a in answers] == [202] * 5 + [409]
    assert answers[5].json()["code"] == "studies.too_many"


def test_a_study_deleted_takes_everything_with_it(company: World) -> None:
    manager = company.as_role("manager")
    found = asked(company, manager, REFORM)
    place = f"/studies/{found['study_id']}"
    assert [manager.send("DELETE", place).status_code for _ in range(2)] == [204, 204]
    assert manager.get(place).status_code == 404
    with company.service.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(study_file)) == 0
    acts = [e["act"] for e in manager.get("/journal").json()["items"]]
    assert acts.count("study.deleted") == 1


def test_snapshot_then_results_go_when_their_time_is_over(company: World) -> None:
    manager = company.as_role("manager")
    found = asked(company, manager, REFORM)

    def parts_after(days: int) -> set[str]:
        now = company.service.now() + timedelta(days=days)
        later = replace(company.service, now=lambda: now)
        worker = Worker(later, HANDLERS)
        while worker.run_once():
            pass
        with later.database.reading() as connection:
            mine = study_file.c.study_id == found["study_id"]
            return set(connection.scalars(sa.select(study_file.c.part).where(mine)))

    assert parts_after(30) == {"snapshot", "result"}
    assert parts_after(31) == {"result"}
    assert parts_after(730) == {"result"}
    assert parts_after(731) == set()
    told = manager.get(f"/studies/{found['study_id']}").json()
    assert (told["snapshot_until"], told["results_until"]) == (None, None)


def test_the_requests_of_the_guide_are_taken(company: World) -> None:
    page = (ROOT / "docs" / "how-to" / "etudier-par-le-service.md").read_text(encoding="utf-8")
    requests = re.findall(r"```http\n(GET|POST) /api/v1(\S+)\n(.*?)```", page, re.DOTALL)
    assert len(requests) == 4
    advisor = company.as_role("advisor", REGION)
    for method, path, rest in requests:
        head, _, body = rest.partition("\n\n")
        headers = dict(line.split(": ") for line in head.splitlines() if line)
        sent = advisor.send(method, path, json=json.loads(body) if body else None, headers=headers)
        assert sent.status_code in (200, 202), sent.text
    assert len(advisor.get("/studies").json()["items"]) == 3


def test_a_study_may_start_from_the_register_of_a_company(company: World) -> None:
    advisor = company.as_role("advisor", REGION)
    body = {"kind": "study", "registers": [OURS], "replications": 1}
    told = advisor.post("/studies", body | {"content": short_study()})
    assert [f["code"] for f in told.json()["errors"]] == ["start.other_company"]
    found = asked(company, advisor, body | {"content": short_study(territory=OURS, years=1)})
    texts = texts_of(advisor, found)
    began = json.loads(texts["results.json"])["began_with"]
    assert 250 < began["applications"] <= 300
    assert all(n is None or n == 0 or n >= 10 for k, n in began.items() if k == "left_out")
    assert not any(APPLICATION.search(text) for text in texts.values())
