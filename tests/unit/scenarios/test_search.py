"""A search says what is shown, what is excluded and what stays open; its faults are all located."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from allocation.errors import ProblemsError
from api.cli import run
from scenarios.cli_study import ready
from scenarios.experiment import Seen
from scenarios.measures import MEASURES
from scenarios.policy import Policy
from scenarios.search import NoSearchError, optimise
from scenarios.search_file import SearchEntry, candidates, looks
from scenarios.search_report import search_html
from scenarios.search_results import search_csv, search_json
from scenarios.study import Study, read_study

GOOD = ready()["smallest-reserve"].read_text(encoding="utf-8")
LANGUAGES = ("fr", "nl", "de", "en")


def a_study(tmp_path: Path, *changes: tuple[str, str]) -> Study:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def share_of(policy: Policy) -> float:
    return float(sum((b.share for b in policy.bridges), Fraction(0)))


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Runs that take no time: transit gains 5 points and the list loses a month a 1% reserved."""
    asked: list[tuple[int, int]] = []

    def reach(self: object, policies: list[Policy], n: int) -> None:
        done: dict[tuple[str, int], Seen] = self.done  # type: ignore[attr-defined]
        asked.append((n, len(policies)))
        for policy in policies:
            for i in range(n):
                noise = ((i * 7) % 5 - 2) / 100
                other = 1.0 if policy.parameters else 0.0
                told = dict.fromkeys(MEASURES, 0.0)
                told["transit.within_12_months"] = 0.6 + 5 * share_of(policy) + noise - other / 2
                told["list.wait_of_housed"] = 30 + 100 * share_of(policy) / 3 + 50 * noise
                done[policy.arm_id, i] = Seen(told, {})

    monkeypatch.setattr("scenarios.experiment.Runner.reach", reach)
    return asked


def test_the_smallest_share_shown_to_meet_every_goal_is_the_answer(
    tmp_path: Path, invented: list[tuple[int, int]]
) -> None:
    found = optimise(a_study(tmp_path, ("first_replications: 4", "first_replications: 8")), 1)
    assert found.answer is None  # 6% gives 90% on average: on the bound, never shown
    assert [str(t.total) for t in found.not_excluded] == ["3/50"]
    found = optimise(
        a_study(
            tmp_path,
            ("at_least: 9/10", "at_least: 7/10"),
            ("first_replications: 4", "first_replications: 10"),
            ("most_replications: 8", "most_replications: 20"),
        ),
        1,
    )
    assert found.answer is not None
    assert found.answer.total == Fraction(3, 100)
    assert found.not_excluded == ()
    by_share = {str(t.total): t.verdict for t in found.tried}
    assert by_share["0"] == "missed"
    assert by_share["9/100"] == "missed"  # three months more of waiting


def test_what_is_decided_is_not_run_again(tmp_path: Path, invented: list[tuple[int, int]]) -> None:
    changes = (
        ("at_least: 9/10", "at_least: 7/10"),
        ("sensitivity: [simulator", "sensitivity: []\n# ["),
    )
    optimise(a_study(tmp_path, *changes), 1)
    first, *later = invented
    assert first == (4, 7)
    assert all(n == 8 and arms < 7 for n, arms in later)


def test_a_figure_that_turns_the_answer_is_named(
    tmp_path: Path, invented: list[tuple[int, int]]
) -> None:
    found = optimise(a_study(tmp_path, ("at_least: 9/10", "at_least: 7/10")), 1)
    page = search_html(found, "en", "passerelle optimise")
    assert "some goals change sides" in page
    assert "other_exit_months" in str(search_json(found)["doubts"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_everything_in_the_language(
    tmp_path: Path, language: str, invented: list[tuple[int, int]]
) -> None:
    found = optimise(a_study(tmp_path), 1)
    page = search_html(found, language, "passerelle optimise")
    assert page == search_html(found, language, "passerelle optimise")
    assert not re.search(r"(search|study)\.[a-z_]+\.[a-z_]", page.split("<pre>")[0])
    assert not re.search(r"\b(nan|inf)\b", page)
    assert page.count("<svg") == 3
    assert search_csv(found).count("\n") == 1 + 6 * 2


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  arm: reserve", "  arm: nobody", "study.unknown_arm"),
        ("  arm: reserve", "  arm: none", "study.search_baseline"),
        ("{bridge: transit, lowest", "{bridge: moon, lowest", "study.unknown_bridge"),
        ("highest: 15/100", "highest: 15", "study.share_above_one"),
        ("lowest: 0, highest: 15/100", "lowest: 1/2, highest: 1/3", "study.search_upside_down"),
        ("step: 3/100", "step: 0", "study.not_a_number"),
        ("step: 3/100", "step: 1/1000", "study.search_too_many"),
        ("{measure: transit.within_12_months", "{measure: moon", "study.unknown_measure"),
        ("at_least: 9/10", "at_least: 9/10, at_most: 1", "study.goal_one_bound"),
        ("at_least: 9/10", "at_least: many", "study.not_a_number"),
        ("at_least: 9/10", "at_least: 80", "study.share_above_one"),
        ("most_replications: 8", "most_replications: 3", "study.search_replications"),
    ],
)
def test_a_fault_is_found_at_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    row = next(i for i, text in enumerate(GOOD.splitlines(), 1) if old in text)
    with pytest.raises(ProblemsError) as refused:
        a_study(tmp_path, (old, new))
    assert (row, code) in {(p.row, p.code) for p in refused.value.problems}


def test_faults_of_the_search_are_listed_together(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as refused:
        a_study(tmp_path, ("step: 3/100", "step: x"), ("at_least: 9/10", "at_least: y"))
    assert len(refused.value.problems) == 2


def test_a_study_that_looks_for_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NoSearchError):
        optimise(read_study(ready()["bridges-quota"]), 1)
    assert run(["optimise", "bridges-quota", "--out", str(tmp_path / "out")]) == 2
    assert "[study.no_search]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_candidates_go_from_the_smallest_total_and_looks_double() -> None:
    share = {"lowest": 0, "highest": "2/100", "step": "1/100"}
    goal = {"measure": "list.housed", "at_least": 1}
    shares = [{"bridge": "a", **share}, {"bridge": "b", **share}]
    search = SearchEntry.model_validate(
        {
            "arm": "x",
            "shares": shares,
            "goals": [goal],
            "first_replications": 5,
            "most_replications": 18,
        }
    )
    totals = [sum(c) for c in candidates(search)]
    assert len(totals) == 9
    assert totals == sorted(totals)
    assert looks(search) == [5, 10, 18]
