"""No name, number or address of a person is ever in the logs, whoever writes them."""

from __future__ import annotations

import logging

import pytest

from tests.builders import some_rows
from tests.fixtures.service import World

PERSONAL = ("family_name", "given_name", "national_number", "born_on", "address")
THE_CLIENT_OF_THE_TEST = "httpx2"
SECRETS = ("a wrong pass phrase", "pst_nobody")


def said_of_persons() -> set[str]:
    """Every name, number, day of birth and address of the small register."""
    rows = some_rows()
    cells = [
        str(row[column])
        for row in (*rows["household_members"], *rows["dwellings"])
        for column in PERSONAL
        if row.get(column)
    ]
    assert len(cells) > 8
    return {*cells, *SECRETS}


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("Zoé Exemple, l'aîné 85073003328")


def busy_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything a day brings: reading, searching, refusals, work, faults of ours."""
    clerk = world.as_role("clerk")
    clerk.get("/applications?q=Exemple")
    clerk.get("/applications/A1")
    world.as_role("social_worker").get("/applications/A2")
    world.anonymous.post("/session", {"login": "Modèle", "password": SECRETS[0]})
    world.anonymous.get("/session", headers={"authorization": f"Bearer {SECRETS[1]}"})
    clerk.post("/applications", {"family_name": "Exemple, l'aîné", "born_on": "1985-07-30"})
    meeting_id = clerk.get("/meetings").json()["items"][0]["meeting_id"]
    clerk.post(f"/meetings/{meeting_id}/freeze")
    clerk.post(f"/meetings/{meeting_id}/proposal")
    monkeypatch.setattr("api.meetings.work.proposal_files", broken)
    world.work()
    monkeypatch.setattr("api.applications.queries.application_row", broken)
    assert clerk.get("/applications/A1").status_code == 500


def test_no_name_number_or_address_is_in_the_logs(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        busy_day(world, monkeypatch)
    ours = [record for record in caplog.records if record.name != THE_CLIENT_OF_THE_TEST]
    written = [record.getMessage() for record in ours]
    written += [str(record.exc_info or "") for record in ours]
    assert any("internal error" in line for line in written)
    assert any(line.startswith("run ") for line in written)
    told = "\n".join(written)
    assert {text for text in said_of_persons() if text in told} == set()
