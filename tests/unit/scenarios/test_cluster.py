"""A cluster gives what this machine gives, and says in a sentence what it could not do."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios import cluster as clusters
from scenarios.cluster import (
    NoClusterLibraryError,
    NoWorkerError,
    OtherProgramError,
    SchedulerAddressError,
    SchedulerError,
    as_this_program,
    cluster,
)
from scenarios.executors import Pool, WorkerLostError, run_on
from scenarios.experiment import run
from scenarios.results import results_csv, results_json
from tests.unit.scenarios.test_experiment import a_study, die, die_once


@pytest.fixture(scope="module")
def started_here() -> Iterator[Pool]:
    with cluster("dask", 2) as pool:
        yield pool


def test_a_cluster_gives_the_bytes_of_none(tmp_path: Path, started_here: Pool) -> None:
    study = a_study(tmp_path)
    here, there = run(study, 7, replications=2), run(study, 7, replications=2, pool=started_here)
    assert started_here.n_workers == 2
    assert results_csv(here) == results_csv(there)
    assert results_json(here) == results_json(there)


def test_a_worker_with_another_version_is_refused(
    monkeypatch: pytest.MonkeyPatch, started_here: Pool
) -> None:
    monkeypatch.setattr(clusters, "fingerprint", lambda: "another")
    with pytest.raises(OtherProgramError):
        list(run_on(started_here, str, [1, 2]))
    with pytest.raises(OtherProgramError):
        as_this_program("a third", str, 1)


def fails(task: int) -> int:
    return 1 // task


def test_a_fault_of_the_work_stays_what_it_is(started_here: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_on(started_here, fails, [0]))


def test_what_a_dead_worker_of_a_cluster_had_is_done_again_once(tmp_path: Path) -> None:
    with cluster("dask", 1) as pool:
        tasks = [str(tmp_path / name) for name in ("a", "b")]
        (tmp_path / "b").write_text("alive", encoding="utf-8")
        found = dict(run_on(pool, die_once, tasks))
        assert sorted(found.values()) == ["a", "b"]
        with pytest.raises(WorkerLostError):
            list(run_on(pool, die, ["x"]))


def test_a_cluster_that_is_there_is_used_while_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(clusters, "_SECONDS_TO_ANSWER", 3)
    with LocalCluster(
        n_workers=0,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        processes=False,
        protocol="tcp://",
    ) as theirs:
        address = theirs.scheduler_address
        with pytest.raises(NoWorkerError), cluster(address, 9):
            pass
        theirs.scale(1)
        with cluster(address, 9) as pool:
            assert dict(run_on(pool, str, [1, 2])) == {1: "1", 2: "2"}
    with pytest.raises(SchedulerError), cluster(address, 9):
        pass


@pytest.mark.parametrize("address", ["Dask", "localhost", "tcp://localhost", "file:///x:1"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(SchedulerAddressError), cluster(address, 2):
        pass


def test_without_its_library_a_cluster_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoClusterLibraryError), cluster("dask", 2):
        pass
