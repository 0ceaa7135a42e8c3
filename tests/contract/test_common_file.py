"""The common file is compared by a run; only a person applies a difference, and one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.db.tables.common_file import reconciliation
from api.db.tables.jobs import run
from tests.contract.test_mandates import entries, refusal
from tests.fixtures.service import NOW, OURS, World

COLUMNS = [
    {"column": "INSCRIT_LE", "field": "registered_on", "day": "%d/%m/%Y"},
    {"column": "STATUT", "field": "status", "codes": {"A": "admitted", "I": "incomplete"}},
    {"column": "TYPE", "field": "kind_wanted"},
    {"column": "COMMUNE_2", "field": "choice_2"},
    {"column": "NE_LE", "field": "applicant.born_on", "day": "%d/%m/%Y"},
    {"column": "CONFIRME", "field": "last_confirmed_on"},
]
MAPPING: dict[str, Any] = {"name": "Fichier commun", "key": "NUMERO", "columns": COLUMNS}
HEAD = "NUMERO;INSCRIT_LE;STATUT;TYPE;COMMUNE_2;NE_LE;CONFIRME\n"
SAME = "A1;01/03/2021;A;any;52012;30/07/1985;2026-01-20\n"
NEW = "Z9;05/01/2024;I;flat;;02/04/1990;\n"


def put(world: World, body: Any) -> Any:
    return world.as_role("manager").send("PUT", "/common-file/mapping", json=body)


def compared(world: World, content: str, **changes: Any) -> dict[str, Any]:
    assert put(world, {"mapping": MAPPING | changes}).status_code == 200
    sent = world.as_role("clerk").post("/common-file/reconciliations", {"content": content})
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting"), sent.text
    world.work()
    path = f"/common-file/reconciliations/{sent.json()['reconciliation_id']}"
    return dict(world.as_role("clerk").get(path).json())


def differences(world: World, found: dict[str, Any]) -> list[tuple[str, ...]]:
    path = f"/common-file/reconciliations/{found['reconciliation_id']}/differences"
    told = world.as_role("clerk").get(path).json()["items"]
    return [(d["application_id"], d["kind"], d["field"], d["ours"], d["theirs"]) for d in told]


def decided(world: World, found: dict[str, Any], application_id: str, **rest: Any) -> Any:
    path = f"/common-file/reconciliations/{found['reconciliation_id']}/decisions"
    body = {"application_id": application_id, "decision": "apply", "reason": "Checked."} | rest
    return world.as_role("clerk").post(path, body)


def test_the_list_of_differences_adds_up_and_changes_nothing(world: World) -> None:
    before = world.as_role("clerk").get("/applications/A1/record").json()
    found = compared(world, HEAD + SAME.replace("any", "flat") + NEW)
    assert found["state"] == "done"
    assert found["totals"] == {
        "n_ours": 2, "n_theirs": 2, "n_both": 1, "n_same": 0, "n_different": 1,
        "n_only_ours": 1, "n_only_theirs": 1, "n_fields": 1,
    }  # fmt: skip
    told = differences(world, found)
    assert [d[:4] for d in told] == [
        ("A1", "different", "kind_wanted", "any"), ("A2", "only_ours", "", ""),
        ("Z9", "only_theirs", "", ""),
    ]  # fmt: skip
    assert found["open"] == 3
    assert world.as_role("clerk").get("/applications/A1/record").json() == before
    assert world.as_role("auditor").get("/journal/verification").json()["is_sound"]


def test_the_file_itself_is_not_kept(world: World) -> None:
    compared(world, HEAD + SAME)
    with world.service.database.reading() as connection:
        assert connection.scalar(sa.select(reconciliation.c.wrapped_file)) is None


def test_a_difference_is_applied_by_a_person_as_a_change_of_the_file(world: World) -> None:
    found = compared(world, HEAD + SAME.replace("any", "flat"))
    told = decided(world, found, "A1")
    assert told.status_code == 201, told.text
    assert (told.json()["change_state"], told.json()["decided"][0]["state"]) == (
        "applied", "applied",
    )  # fmt: skip
    file = world.as_role("clerk").get("/applications/A1").json()
    assert file["kind_wanted"] == "flat"
    changes = world.as_role("clerk").get("/applications/A1/changes").json()["items"]
    assert [c["reported_by"] for c in changes] == ["authority"]
    assert refusal(decided(world, found, "A1")) == (409, "common_file.nothing_open")
    (entry,) = entries(world, "common_file.apply")
    assert entry.actor_id == f"acc-{OURS}-clerk"


def test_what_takes_from_the_household_waits_until_it_was_heard(world: World) -> None:
    found = compared(world, HEAD + SAME.replace("01/03/2021", "01/03/2024"))
    told = decided(world, found, "A1").json()
    assert told["change_state"] == "to_hear"
    file = world.as_role("clerk").get("/applications/A1").json()
    assert file["registered_on"] == "2021-03-01"


def test_an_application_that_is_theirs_alone_comes_under_their_number(world: World) -> None:
    found = compared(world, HEAD + SAME + NEW)
    told = decided(world, found, "Z9")
    assert told.status_code == 201, told.text
    file = world.as_role("clerk").get("/applications/Z9").json()
    assert (file["registered_on"], file["status"], file["kind_wanted"]) == (
        "2024-01-05", "incomplete", "flat",
    )  # fmt: skip
    assert [m["born_on"] for m in file["members"]] == ["1990-04-02"]


def test_what_procedures_write_is_not_written_by_a_file(world: World) -> None:
    found = compared(world, HEAD + SAME.replace("2026-01-20", "2025-01-20"))
    told = decided(world, found, "A1")
    assert refusal(told) == (409, "common_file.by_procedure")
    assert "last_confirmed_on" in told.json()["detail"]
    left = decided(world, found, "A1", decision="leave")
    assert left.json()["decided"][0]["state"] == "left"


def test_a_value_a_file_cannot_do_without_is_not_emptied(world: World) -> None:
    """An empty cell, or theirs of a code the mapping does not know."""
    found = compared(world, HEAD + SAME.replace(";A;", ";;") + NEW.replace("05/01/2024", ""))
    for application_id, field in (("A1", "status"), ("Z9", "registered_on")):
        told = decided(world, found, application_id)
        assert refusal(told) == (409, "common_file.cannot_hold"), told.text
        assert field in told.json()["detail"]
        left = decided(world, found, application_id, decision="leave")
        assert left.json()["decided"][0]["state"] == "left"


def test_an_application_that_is_ours_alone_is_left_or_withdrawn_by_its_own_act(
    world: World,
) -> None:
    found = compared(world, HEAD + SAME)
    assert refusal(decided(world, found, "A2")) == (409, "common_file.only_ours")


def test_where_ours_is_the_master_nothing_is_taken_over(world: World) -> None:
    told = put(world, {"mapping": MAPPING | {"master": "ours"}})
    assert [e["code"] for e in told.json()["errors"]] == ["common_file.master_without_basis"]
    basis = {"master": "ours", "basis": "Convention du 5 janvier 2026"}
    found = compared(world, HEAD + SAME.replace("any", "flat"), **basis)
    assert found["master"] == "ours"
    assert refusal(decided(world, found, "A1")) == (409, "common_file.ours_is_master")


def test_a_file_of_nonsense_is_refused_whole_with_every_fault(world: World) -> None:
    found = compared(world, HEAD + SAME.replace("any", "castle") + "A2;32/01/2021;Z;;;;\n")
    assert (found["state"], found["totals"]) == ("refused", {})
    assert [(f["row"], f["column"], f["code"]) for f in found["faults"]] == [
        (2, "TYPE", "common_file.not_choice"), (3, "INSCRIT_LE", "common_file.not_date"),
        (3, "STATUT", "common_file.not_choice"),
    ]  # fmt: skip
    assert all(f["sentence"] for f in found["faults"])
    assert differences(world, found) == []


def test_a_later_comparison_replaces_what_was_open_and_keeps_what_was_decided(
    world: World,
) -> None:
    first = compared(world, HEAD + SAME.replace("any", "flat") + NEW)
    decided(world, first, "A1", decision="leave")
    compared(world, HEAD + SAME)
    assert [d[0] for d in differences(world, first)] == ["A1"]


def test_our_file_leaves_in_their_columns_and_codes(world: World) -> None:
    put(world, {"mapping": MAPPING})
    told = world.as_role("clerk").get("/common-file/export.csv")
    assert told.status_code == 200
    lines = told.text.splitlines()
    assert lines[0] == HEAD.strip()
    assert lines[1] == SAME.strip()
    found = compared(world, told.text)
    assert found["totals"]["n_same"] == 2


def test_the_folder_is_looked_into_every_so_many_days(world: World, tmp_path: Path) -> None:
    told = put(world, {"mapping": MAPPING, "every_days": 1})
    assert refusal(told) == (409, "common_file.no_folder")
    settings = world.service.settings.model_copy(update={"common_file_folder": tmp_path})
    service = replace(world.service, settings=settings)
    world.client.app.state.service = service  # type: ignore[attr-defined]
    here = replace(world, service=service)
    (tmp_path / f"{OURS}.csv").write_text(HEAD + SAME, encoding="utf-8")
    assert put(here, {"mapping": MAPPING, "every_days": 1}).status_code == 200
    here.work()
    listed = here.as_role("clerk").get("/common-file/reconciliations").json()["items"]
    assert [r["state"] for r in listed] == ["done"]
    export = (tmp_path / f"{OURS}.export.csv").read_text(encoding="utf-8")
    assert export.splitlines()[1] == SAME.strip()
    assert not list(tmp_path.glob("*.part"))
    here.work()  # not before tomorrow
    (tmp_path / f"{OURS}.csv").write_text(HEAD + SAME + NEW, encoding="utf-8")
    service = replace(service, now=lambda: NOW + timedelta(days=1))
    world.client.app.state.service = service  # type: ignore[attr-defined]
    later = replace(world, service=service)
    later.work()
    listed = later.as_role("clerk").get("/common-file/reconciliations").json()["items"]
    assert [r["totals"]["n_theirs"] for r in listed] == [2, 1]


def test_a_folder_that_is_not_there_today_is_looked_for_tomorrow(
    world: World, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    settings = world.service.settings.model_copy(update={"common_file_folder": nowhere})
    service = replace(world.service, settings=settings)
    world.client.app.state.service = service  # type: ignore[attr-defined]
    here = replace(world, service=service)
    assert put(here, {"mapping": MAPPING, "every_days": 1}).status_code == 200
    here.work()
    with service.database.reading() as connection:
        runs = sa.select(run.c.state, run.c.result).where(run.c.kind == "common_file.look")
        states = sorted(
            (row.state, "common_file.folder" in row.result) for row in connection.execute(runs)
        )
    assert states == [("done", True), ("queued", False)]


def test_a_text_that_the_encoding_of_the_mapping_cannot_hold_is_refused(world: World) -> None:
    put(world, {"mapping": MAPPING | {"encoding": "cp1252"}})
    sent = {"content": HEAD + SAME.replace("any", "\u4e2d")}
    told = world.as_role("clerk").post("/common-file/reconciliations", sent)
    assert refusal(told) == (422, "common_file.encoding")


@pytest.mark.parametrize("wrong", [{"every_days": 0}, {"mapping": {"name": "x"}}, {"x": 1}])
def test_what_is_sent_is_strict(world: World, wrong: dict[str, Any]) -> None:
    assert put(world, {"mapping": MAPPING} | wrong).status_code == 422
