"""The simulator: its kernel beside SimPy on one small register, and years of a company."""

import time
from datetime import date

from scenarios.executors import processes, run_on
from scenarios.policy import Policy
from scenarios.replication import Part, Task, run_task
from scenarios.study import legal_quotas
from tests.benchmarks.measure import Row, median_seconds
from tests.statistical.simpy_register import mean_wait
from tests.statistical.test_closed_forms import overloaded

COMPANY = "logis-saint-ghislainois"
START, END = date(2026, 12, 31), date(2036, 12, 31)
REPLICATIONS, MEASURED = 100, 20
YEARS = 400


def rows() -> list[Row]:
    """The small register; then a company, timed on a part of the replications and scaled."""
    policies = (Policy("none", quotas=legal_quotas()),)
    halves = [range(MEASURED // 2), range(MEASURED // 2, MEASURED)]
    tasks = [Task("1", START, END, (COMPANY,), tuple(half), policies) for half in halves]
    start = time.perf_counter()
    done: list[list[Part]] = [parts for _, parts in run_on(processes(2), run_task, tasks)]
    seconds = (time.perf_counter() - start) / sum(map(len, done)) * REPLICATIONS
    return [
        Row(
            f"an overloaded register, {YEARS} years, event by event",
            median_seconds(lambda: overloaded(1, 12, 10, 0.25, YEARS)),
            rival="SimPy, the same register",
            rival_s=median_seconds(lambda: mean_wait(1, YEARS)),
        ),
        Row(
            f"a company of 1,664 dwellings, ten years, {REPLICATIONS} replications on two workers"
            f" (measured on {MEASURED})",
            seconds,
            target_s=60,
        ),
    ]
