"""Results do not depend on where or in how many goes a study runs."""

import json
import os
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from scenarios.cli_study import ready
from scenarios.estimates import difference, estimate, student
from scenarios.executors import Pool, WorkerLostError, processes, run_on
from scenarios.experiment import CheckpointError, run
from scenarios.report import report_html
from scenarios.results import results_csv, results_json
from scenarios.study import Study, read_study

LANGUAGES = ("fr", "nl", "de", "en")


def a_study(tmp_path: Path) -> Study:
    text = ready()["bridges-quota"].read_text(encoding="utf-8")
    kept = text.replace("years: 10", "years: 2").replace("logis-saint-ghislainois", "eau-noire")
    start, end = kept.index("  - id: share-3"), kept.index("  - id: share-10")
    kept = kept[:start] + kept[end:]
    for figure in ("other_exit_months", "refusal_rate_per_offer", "turnover_rate"):
        kept = "\n".join(row for row in kept.splitlines() if figure not in row)
    path = tmp_path / "study.yaml"
    path.write_text(kept + "\n", encoding="utf-8")
    return read_study(path)


def test_two_workers_give_the_bytes_of_none(tmp_path: Path) -> None:
    study = a_study(tmp_path)
    here = run(study, 7, replications=2)
    there = run(study, 7, replications=2, pool=processes(2))
    assert results_csv(here) == results_csv(there)
    assert results_json(here) == results_json(there)
    for language in LANGUAGES:
        page = report_html(here, language, "passerelle simulate")
        assert page == report_html(there, language, "passerelle simulate")
        assert "study." not in page.replace("passerelle-study/1", "")
        assert not re.search(r"\bnan\b", page)


def test_a_run_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    study, kept = a_study(tmp_path), tmp_path / "kept.jsonl"
    whole = results_csv(run(study, 7, replications=2))
    run(study, 7, replications=1, checkpoint=kept)
    half_line = kept.read_text(encoding="utf-8") + '{"arm": "no'
    kept.write_text(half_line, encoding="utf-8")
    told: list[tuple[int, int]] = []
    again = run(
        study, 7, replications=2, checkpoint=kept, tell=lambda done, n: told.append((done, n))
    )
    assert told[0] == (1, 2)
    assert results_csv(again) == whole
    lines = kept.read_text(encoding="utf-8").splitlines()
    assert {json.loads(line).get("number") for line in lines} == {None, 0, 1}
    with pytest.raises(CheckpointError):
        run(study, 8, replications=2, checkpoint=kept)


def die_once(path: str) -> str:
    """A worker that dies the first time it is given this task."""
    mark = Path(path)
    if not mark.exists():
        mark.write_text("died", encoding="utf-8")
        os._exit(1)
    return mark.name


def die(path: str) -> str:
    os._exit(1)


def test_what_a_dead_worker_had_is_done_again_once(tmp_path: Path) -> None:
    tasks = [str(tmp_path / name) for name in ("a", "b", "c")]
    (tmp_path / "b").write_text("alive", encoding="utf-8")
    (tmp_path / "c").write_text("alive", encoding="utf-8")
    found = dict(run_on(processes(1), die_once, tasks))
    assert sorted(found.values()) == ["a", "b", "c"]
    with pytest.raises(WorkerLostError):
        list(run_on(processes(1), die, ["x"]))


def sleeps(seconds: int) -> int:
    time.sleep(seconds)
    return seconds


def test_processes_are_not_waited_for_when_a_run_is_interrupted() -> None:
    before = set(active_children())
    running: Any = run_on(processes(2), sleeps, [0, 600, 600])
    assert next(running) == (0, 0)
    started = set(active_children()) - before
    assert started
    running.close()
    for process in started:
        process.join(30)
        assert not process.is_alive()


def test_any_executor_will_do() -> None:
    found = run_on(Pool(lambda: ThreadPoolExecutor(2), 2), str, [1, 2, 3])
    assert sorted(result for _, result in found) == ["1", "2", "3"]


class Counting(ThreadPoolExecutor):
    """Counts what it is given and has not given back."""

    most, now = 0, 0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.now += 1
        self.most = max(self.most, self.now)
        return super().submit(*args, **kwargs)


def test_workers_are_given_few_tasks_ahead() -> None:
    executor = Counting(2)
    for _, _ in run_on(Pool(lambda: executor, 2), str, list(range(50))):
        executor.now -= 1
    assert executor.most <= 4 + 1  # the one just taken is not yet told here


def test_two_workers_that_die_over_different_tasks_are_borne(tmp_path: Path) -> None:
    names = [str(tmp_path / f"{i:02d}") for i in range(12)]
    for name in names[1:11]:
        Path(name).write_text("alive", encoding="utf-8")
    assert len(dict(run_on(processes(1), die_once, names))) == 12


def test_intervals_are_those_of_student() -> None:
    from scipy.stats import t

    for freedom, level in ((1, 0.95), (9, 0.95), (9, 0.9917), (399, 0.99)):
        assert student(freedom, level=level) == pytest.approx(t.ppf(1 - (1 - level) / 2, freedom))
    found = estimate([1.0, 2.0, 3.0, float("nan")])
    assert (found.mean, found.n) == (2.0, 3)
    assert found.half_width == pytest.approx(float(t.ppf(0.975, 2)) / 3**0.5)
    assert difference([3.0, 5.0], [1.0, 3.0]).half_width == 0
