"""A register as the first day of a study: its people, dwellings and year are the register's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from allocation.errors import ProblemsError
from allocation.exchange import write_folder
from allocation.model import MISSING_INTEGER, Register
from allocation.rules import evaluate_register, load_rulebook
from api.cli import run as run_command
from scenarios.assessed import tables_of
from scenarios.cli_study import ready
from scenarios.experiment import run
from scenarios.parameters import Parameters
from scenarios.population import Place, Population, draw_population
from scenarios.report import report_html
from scenarios.results import results_json
from scenarios.start import Start, start_of
from scenarios.streams import streams
from scenarios.study import Study, read_study
from scenarios.synthetic import ceilings_of, synthesise

ON = date(2026, 12, 31)
ON_DAY = int(np.datetime64(ON, "D").astype(np.int64))
COMPANY = "eau-noire"
RULES = load_rulebook("wallonia")
REGISTER = synthesise(3, slsp_id=COMPANY, households=200, vacancies=6)


@pytest.fixture(scope="module")
def began() -> Start:
    return start_of(REGISTER, ON, (COMPANY,))


@pytest.fixture(scope="module")
def population(began: Start) -> Population:
    place = Place(began.company, len(began), ON, date(2028, 12, 31), "x-")
    return draw_population(streams(1), place, Parameters({}), ceilings_of(RULES, ON), began)


CHANGED = {
    "territory": COMPANY,
    "years": 2,
    "warm_up_years": 0,
    "replications": 2,
    "sensitivity": "[]",
    "primary": "[lettings.number, transfers.housed]",
}


def study_text() -> str:
    text = ready()["one-refusal"].read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        name = line.partition(":")[0]
        lines.append(f"{name}: {CHANGED[name]}" if name in CHANGED else line)
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("study") / "study.yaml"
    path.write_text(study_text(), encoding="utf-8")
    return read_study(path)


def test_everybody_on_the_list_is_there_as_their_file_says(
    began: Start, population: Population
) -> None:
    everyone = np.arange(len(began))
    stay = np.zeros(len(began), dtype=np.int64)
    found = tables_of([population], [(everyone, stay)], population.start_day)
    table = REGISTER["applications"]
    for name in ("registered_on", "list", "kind_wanted", "owns_dwelling", "appeal_won_on"):
        same = found["applications"][name] == table[name][began.rows]
        both_absent = found["applications"][name] != found["applications"][name]
        assert np.all(same | both_absent), name
    names = set(table["application_id"][began.rows].tolist())
    real = REGISTER["household_members"]
    mine = np.array([a in names for a in real["application_id"]])
    for name in ("born_on", "taxable_income_cents", "role", "sex", "lodging"):
        on_file = ~np.char.endswith(found["household_members"]["member_id"].astype(str), "-j")
        told = sorted(found["household_members"][name][on_file].astype(str).tolist())
        # An income that changes on the very first day would already be another.
        assert told == sorted(real[name][mine].astype(str).tolist()), name
    choices = REGISTER["choices"]
    theirs = np.array([a in names for a in choices["application_id"]])
    assert sorted(found["choices"]["nis5"].tolist()) == sorted(choices["nis5"][theirs].tolist())


def test_the_rules_give_them_the_points_of_their_files(
    began: Start, population: Population
) -> None:
    everyone = np.arange(len(began))
    stay = np.zeros(len(began), dtype=np.int64)
    tables = tables_of([population], [(everyone, stay)], population.start_day)
    simulated = evaluate_register(RULES, Register.of("demo", "", tables), ON)
    real = evaluate_register(RULES, REGISTER, ON)
    rows = began.rows
    # Without a roof a certificate is given at the start, and a stay is known to the run alone.
    plain = ~population.may_stay[: len(began)] & (population.courses.born[: len(began)] > ON_DAY)
    assert np.count_nonzero(plain) > 150
    asked = REGISTER["applications"]["dependent_children"][rows] != MISSING_INTEGER
    for name in ("points", "bedrooms", "admissible"):
        a, b = getattr(simulated, name)[plain], getattr(real, name)[rows][plain]
        assert np.array_equal(a, b), name
    a, b = simulated.income_category, real.income_category[rows]
    assert np.array_equal(a[plain & asked], b[plain & asked])


def test_a_run_begins_with_the_register_and_keeps_its_invariants(
    began: Start, study: Study
) -> None:
    first, again = (run(study, "5", is_checked=True, began=began) for _ in range(2))
    told = results_json(first)
    assert told == results_json(again)
    assert told["began_with"] == {"register_sha256": REGISTER.content_hash, **began.counts()}
    assert told["began_with"]["to_let"] == 6
    assert told["began_with"]["applications"] + began.left_out == 200
    invented = results_json(run(study, "5"))
    assert "began_with" not in invented
    assert invented["arms"] != told["arms"]


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_report_says_what_is_the_registers_and_what_is_taken(
    began: Start, study: Study, language: str
) -> None:
    results = run(study, "5", replications=1, began=began)
    page = report_html(results, language, "passerelle simulate")
    assert REGISTER.content_hash[:16] in page
    assert "study.start." not in page
    invented = report_html(replace(results, began=None), language, "passerelle simulate")
    assert REGISTER.content_hash[:16] not in invented


def test_dwellings_allocations_and_present_homes_are_the_registers(began: Start) -> None:
    assert len(began.homes) == len(REGISTER["dwellings"])
    assert {number for number, *_ in began.to_let} == {
        began.home_numbers[d] for d in REGISTER["vacancies"]["dwelling_id"].tolist()
    }
    named = REGISTER["applications"]["current_dwelling_id"][began.rows]
    assert len(began.present_homes) == np.count_nonzero(named != "")
    undone = REGISTER["allocations_ytd"]["undone_on"]
    assert sum(1 for _ in began.allocated(2026)) == np.count_nonzero(np.isnat(undone))
    assert list(began.allocated(2027)) == []


def test_a_register_that_cannot_be_the_start_is_refused_with_everything(began: Start) -> None:
    with pytest.raises(ProblemsError) as refused:
        start_of(REGISTER, date(2020, 1, 1), ("haut-escaut",))
    assert {p.code for p in refused.value.problems} == {
        "start.other_company",
        "start.registered_after",
    }


def test_the_command_takes_a_register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_folder(REGISTER, tmp_path / "register")
    (tmp_path / "study.yaml").write_text(study_text(), encoding="utf-8")
    asked = ["simulate", str(tmp_path / "study.yaml"), "--register", str(tmp_path / "register")]
    asked += ["--replications", "1", "--workers", "1", "--out", str(tmp_path / "out"), "--json"]
    assert run_command(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["began_with"]["applications"] > 150
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    (tmp_path / "study.yaml").write_text(text.replace(COMPANY, "haut-escaut"), encoding="utf-8")
    assert run_command([*asked[:-3], "--out", str(tmp_path / "other")]) == 2
    assert "[start.other_company]" in capsys.readouterr().err
