"""Simulated companies as work to measure: processor and memory of one task in a new process."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scenarios.experiment import region_groups
from scenarios.policy import Policy
from scenarios.replication import Task, run_task
from scenarios.study import legal_quotas
from tests.benchmarks.measure import peak_of_this_process

START = date(2026, 12, 31)
WORKERS = 2


@dataclass(frozen=True)
class Measured:
    """One task done: households drawn, seconds of processor, peak of memory of its process."""

    households: int
    processor_s: float
    memory_mb: float
    process: int


def a_task(
    companies: Sequence[str], *, years: int = 10, numbers: Sequence[int] = (0,), arms: int = 1
) -> Task:
    """Some replications of some companies under the shares of the law."""
    policies = tuple(Policy(f"arm {i}", quotas=legal_quotas()) for i in range(arms))
    end = date(START.year + years, START.month, START.day)
    return Task("1", START, end, tuple(companies), tuple(numbers), policies)


def measured(task: Task) -> Measured:
    """Do a task, and say what it took."""
    start = time.process_time()
    parts = run_task(task)
    seconds = time.process_time() - start
    households = sum(len(p.seen.households["arrives"]) for p in parts if p.arm == 0)
    return Measured(households, seconds, peak_of_this_process(), os.getpid())


def each_alone(tasks: Sequence[Task]) -> list[Measured]:
    """Every task in a new process, two at a time."""
    with multiprocessing.get_context("spawn").Pool(WORKERS, maxtasksperchild=1) as pool:
        return pool.map(measured, tasks, chunksize=1)


def region() -> list[Task]:
    """One replication of ten years of the whole Region, as a study gives it to workers."""
    return [a_task(group) for group in region_groups()]
