"""``common-file`` compares, applies, leaves and writes out by the rules and acts of the service."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from allocation.cli import console
from allocation.exchange import write_folder
from api.cli import run
from api.db import Database
from api.db.tables.common_file import common_file_mapping
from api.db.tables.journal import journal_entry
from api.db.tables.organisations import account
from api.service import now_utc
from tests.builders import a_register
from tests.contract.test_common_file import HEAD, MAPPING, NEW, SAME

OURS = "la-sambrienne"
DIFFERENT = SAME.replace("any", "flat")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Path:
    """A register with the accounts of a clerk and of a social worker, and a mapping."""
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{tmp_path}/service.db")
    monkeypatch.setenv("PASSERELLE_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("COLUMNS", "200")  # nothing is folded
    console.console.cache_clear()  # its width is read once
    write_folder(a_register(), tmp_path / "register")
    assert run(["migrate"]) == run(["load", str(tmp_path / "register")]) == 0
    with at(tmp_path).writing() as connection:
        for role in ("clerk", "manager", "social_worker"):
            of = {"account_id": f"acc-{role}", "organisation_id": OURS, "role": role}
            named = {"login": role, "name": role, "password_hash": "none"}
            connection.execute(account.insert(), of | named)
        mapping = {"mapping": json.dumps(MAPPING), "register_id": OURS, "set_by": "acc"}
        connection.execute(common_file_mapping.insert(), mapping | {"set_at": now_utc()})
    (tmp_path / "theirs.csv").write_text(HEAD + DIFFERENT + NEW, encoding="utf-8")
    capsys.readouterr()
    return tmp_path


def at(folder: Path) -> Database:
    return Database.at(f"sqlite:///{folder}/service.db")


def command(*arguments: str, account: str = "clerk") -> int:
    return run(["common-file", *arguments, "--account", account])


def told(capsys: Any) -> Any:
    return json.loads(capsys.readouterr().out)


def acts(folder: Path) -> list[tuple[str, str]]:
    with at(folder).reading() as connection:
        mine = journal_entry.c.act.like("common_file.%")
        query = sa.select(journal_entry.c.act, journal_entry.c.actor_id).where(mine)
        return [(r.act, r.actor_id) for r in connection.execute(query.order_by("sequence"))]


def test_a_file_is_compared_at_once_and_nothing_is_changed(folder: Path, capsys: Any) -> None:
    theirs = str(folder / "theirs.csv")
    assert command("compare", theirs, "--json") == console.CHECK_FAILED
    found = told(capsys)
    totals = found["totals"]
    assert (found["state"], totals["n_theirs"], totals["n_only_theirs"]) == ("done", 2, 1)
    assert ("A1", "kind_wanted", "any", "flat") in {
        (d["application_id"], d["field"], d["ours"], d["theirs"]) for d in found["differences"]
    }
    assert command("compare", theirs, "--json") == console.CHECK_FAILED  # nothing was applied
    assert told(capsys)["totals"] == totals
    done = [("common_file.sent", "acc-clerk"), ("common_file.compared", "acc-clerk")]
    assert acts(folder) == done * 2


def test_differences_are_told_in_words_and_what_is_to_be_done(folder: Path, capsys: Any) -> None:
    assert command("compare", str(folder / "theirs.csv")) == console.CHECK_FAILED
    said = " ".join(capsys.readouterr().out.split())
    for words in ("2 candidatures chez nous", "kind_wanted │ any │ flat", "seulement chez eux"):
        assert words in said
    assert "1990" not in said  # whose they are alone is not spread on a screen
    assert "« common-file apply »" in said


def test_a_person_applies_one_and_leaves_another(folder: Path, capsys: Any) -> None:
    command("compare", str(folder / "theirs.csv"))
    capsys.readouterr()
    assert command("apply", "A1", "--reason", "Lettre", "--field", "kind_wanted", "--json") == 0
    done = told(capsys)
    assert (done["change_state"], [d["field"] for d in done["decided"]]) == (
        "applied", ["kind_wanted"],
    )  # fmt: skip
    assert command("leave", "Z9", "--reason", "Autre société") == 0
    assert "Z9 : laissé comme c'est." in capsys.readouterr().out
    assert acts(folder)[-2:] == [
        ("common_file.apply", "acc-clerk"), ("common_file.leave", "acc-clerk"),
    ]  # fmt: skip
    assert command("leave", "Z9", "--reason", "Encore") == console.BAD_INPUT
    assert "common_file.nothing_open" in capsys.readouterr().err


def test_what_is_theirs_alone_is_registered_under_their_number(folder: Path, capsys: Any) -> None:
    command("compare", str(folder / "theirs.csv"))
    assert command("apply", "Z9", "--reason", "Transmise") == 0
    assert "Z9 : inscrite sous leur numéro." in capsys.readouterr().out


def test_two_sides_that_agree_leave_nothing_to_decide(folder: Path, capsys: Any) -> None:
    out = folder / "ours.csv"
    assert command("export", "--out", str(out), "--json") == 0
    assert told(capsys) == {"file": str(out), "applications": 2}
    assert out.read_text(encoding="utf-8").splitlines()[0] == HEAD.strip()
    assert command("compare", str(out)) == console.DONE
    assert "Rien à décider" in capsys.readouterr().out


def test_every_fault_of_a_file_is_told_with_its_place(folder: Path, capsys: Any) -> None:
    wrong = folder / "wrong.csv"
    wrong.write_text(
        HEAD
        + SAME.replace("01/03/2021", "hier")
        + SAME.replace("A1;", "A2;").replace("A;any", "Q;any")
    )
    assert command("compare", str(wrong), "--json") == console.BAD_INPUT
    problems = told(capsys)["problems"]
    assert {(p["row"], p["column"], p["code"]) for p in problems} == {
        (2, "INSCRIT_LE", "common_file.not_date"),
        (3, "STATUT", "common_file.not_choice"),
    }


def test_the_person_has_an_account_with_the_right_to_do_it(folder: Path, capsys: Any) -> None:
    theirs = str(folder / "theirs.csv")
    for login, code in (("nobody", "account.absent"), ("social_worker", "access.denied")):
        assert command("compare", theirs, account=login) == console.BAD_INPUT
        assert code in capsys.readouterr().err
    assert acts(folder) == []


def test_a_reason_is_asked_for_and_a_mapping(folder: Path, capsys: Any) -> None:
    assert command("leave", "A1", "--reason", "") == console.BAD_INPUT
    assert "--reason" in capsys.readouterr().err
    with at(folder).writing() as connection:
        connection.execute(common_file_mapping.delete())
    out = folder / "ours.csv"
    assert command("export", "--out", str(out)) == console.BAD_INPUT
    assert "common_file.no_mapping" in capsys.readouterr().err
    assert not out.exists()


def test_a_manager_says_what_the_columns_mean(folder: Path, capsys: Any) -> None:
    path = folder / "mapping.json"
    other = MAPPING | {"name": "Autre"}
    path.write_text(json.dumps({"mapping": other}, indent=1), encoding="utf-8")
    assert command("map", str(path)) == console.BAD_INPUT  # a clerk does not
    assert "access.denied" in capsys.readouterr().err
    assert command("map", str(path), "--json", account="manager") == 0
    assert told(capsys)["mapping"]["name"] == "Autre"
    assert acts(folder) == [("common_file.mapped", "acc-manager")]


def test_every_fault_of_a_mapping_is_told_with_its_line(folder: Path, capsys: Any) -> None:
    path = folder / "mapping.json"
    wrong = {"mapping": {"key": "NUMERO", "columns": [], "colour": "red"}, "every_days": "often"}
    path.write_text(json.dumps(wrong, indent=1), encoding="utf-8")
    assert command("map", str(path), "--json", account="manager") == console.BAD_INPUT
    problems = told(capsys)["problems"]
    found = {(p["column"], p["code"]) for p in problems}
    assert {("mapping.name", "rule.missing_key"), ("mapping.colour", "rule.unknown_key")} <= found
    assert all(p["row"] for p in problems)
    path.write_text("{", encoding="utf-8")
    assert command("map", str(path), account="manager") == console.BAD_INPUT
