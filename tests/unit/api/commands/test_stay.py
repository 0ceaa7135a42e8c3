"""``stay`` lists stays by their terms, the days to come, and follows one of them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from allocation.cli import console
from allocation.exchange import write_folder
from api import service
from api.cli import run
from api.db import Database
from tests.builders import a_register
from tests.fixtures.occupied import STAY, some_stay

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """A register with a sliding lease of P1, whose term ends on the first of September."""
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{tmp_path}/service.db")
    monkeypatch.setenv("COLUMNS", "200")  # nothing is folded
    console.console.cache_clear()  # its width is read once
    monkeypatch.setattr(service, "now_utc", lambda: NOW)
    write_folder(a_register(), tmp_path / "register")
    assert run(["migrate"]) == run(["load", str(tmp_path / "register")]) == 0
    database = Database.at(f"sqlite:///{tmp_path}/service.db")
    with database.writing() as connection:
        some_stay(connection, now=NOW)
    database.close()
    capsys.readouterr()


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["stay", *arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["stay", *arguments]) == 0, capsys.readouterr().err
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("within", "n"), [("12", 1), ("11", 0)])
def test_stays_are_listed_whose_term_is_near(
    capsys: pytest.CaptureFixture[str], within: str, n: int
) -> None:
    assert len(told(capsys, "list", "--ending-within", within)["stays"]) == n


def test_a_term_that_is_over_stays_on_the_list(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "now_utc", lambda: datetime(2026, 9, 11, 9, tzinfo=UTC))
    (stay,) = told(capsys, "list", "--ending-within", "0")["stays"]
    assert (stay["status"], stay["days_over"]) == ("sliding_lease", 10)
    assert "01/09/2026 (passé de 10 j)" in printed(capsys, "list")


def test_a_partner_reads_its_own_and_another_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    (mine,) = told(capsys, "list", "--organisation", "P1")["stays"]
    assert mine["occupancy_id"] == STAY
    assert run(["stay", "list", "--organisation", "P9"]) == 2
    assert "[stay.which_organisation]" in capsys.readouterr().err


def test_deadlines_remind_and_say_that_they_do_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    due = told(capsys, "deadlines")["deadlines"]
    assert ("2026-09-01", "slide_or_extension") in {(d["due_on"], d["kind"]) for d in due}
    assert "ne met fin à rien" in printed(capsys, "deadlines")


def test_one_stay_is_followed_without_the_words_of_its_parties(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = printed(capsys, "show", STAY)
    assert "bail glissant" in shown
    assert "Solution proposée le 1er juin 2026 : un hébergement (sans réponse encore)." in shown
    assert "Manquent au dossier" in shown
    assert "Mon bail à moi" not in shown
    told_file = told(capsys, "show", STAY)
    assert [act["said"] for act in told_file["acts"]] == [{}]
    assert [objective["wording"] for objective in told_file["objectives"]] == [""]


def test_an_unknown_stay_and_an_unknown_status_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["stay", "show", "stay-none"]) == 2
    assert "[stay.absent]" in capsys.readouterr().err
    assert run(["stay", "list", "--status", "transfer"]) == 2
    assert "sliding_lease" in capsys.readouterr().err
