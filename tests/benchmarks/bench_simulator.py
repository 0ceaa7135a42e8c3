"""The simulator: its kernel beside SimPy on one small register, a company, the whole Region."""

import time
from collections.abc import Sequence

from scenarios.executors import processes, run_on
from scenarios.replication import Task
from tests.benchmarks.measure import Row, median_seconds
from tests.benchmarks.simulated import WORKERS, a_task, measured, region
from tests.statistical.simpy_register import mean_wait
from tests.statistical.test_closed_forms import overloaded

COMPANY = "logis-saint-ghislainois"
REPLICATIONS, TOGETHER = 100, 10
YEARS = 400


def rows() -> list[Row]:
    """The small register; then a company and the Region as ``simulate`` runs them."""
    firsts = range(0, REPLICATIONS, TOGETHER)
    company = [a_task((COMPANY,), numbers=range(i, i + TOGETHER)) for i in firsts]
    return [
        Row(
            f"an overloaded register, {YEARS} years, event by event",
            median_seconds(lambda: overloaded(1, 12, 10, 0.25, YEARS)),
            rival="SimPy, the same register",
            rival_s=median_seconds(lambda: mean_wait(1, YEARS)),
        ),
        _on_two_workers(
            f"a company of 1,664 dwellings, ten years, {REPLICATIONS} replications", company, 60
        ),
        _on_two_workers(
            "the whole Region, ten years, one replication", region(), 30, target_mb=1500
        ),
    ]


def _on_two_workers(
    work: str, tasks: Sequence[Task], target_s: float, *, target_mb: float | None = None
) -> Row:
    """Wall clock and memory of both workers; the seconds of processor are said in the row."""
    start = time.perf_counter()
    done = [found for _, found in run_on(processes(WORKERS), measured, tasks)]
    seconds = time.perf_counter() - start
    peaks = {one.process: 0.0 for one in done}
    for one in done:
        peaks[one.process] = max(peaks[one.process], one.memory_mb)
    processor = sum(one.processor_s for one in done)
    said = f"{work}, on two workers ({processor:.0f} s of processor in all)"
    memory = sum(peaks.values())
    return Row(said, seconds, target_s=target_s, memory_mb=memory, target_mb=target_mb)
