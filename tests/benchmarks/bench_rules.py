"""Points, bedrooms, categories of a region: in columns, against one household at a time."""

import time

from allocation.rules import evaluate, evaluate_register, load_rulebook
from scenarios.synthetic import DEMO_MEETING_ON, REGION, synthesise
from tests.benchmarks.measure import Row, median_seconds

APPLICATIONS = 50_000
ONE_BY_ONE = 2_000
SEED = 2026


def rows() -> list[Row]:
    """The region in columns; the rival is timed on a part and scaled, its trace included."""
    book = load_rulebook("wallonia")
    register = synthesise(SEED, slsp_id=REGION, households=APPLICATIONS)
    households = [
        register.application(name)
        for name in register["applications"]["application_id"][:ONE_BY_ONE]
    ]
    columns = median_seconds(lambda: evaluate_register(book, register, DEMO_MEETING_ON))
    start = time.perf_counter()
    for household in households:
        evaluate(book, household, DEMO_MEETING_ON)
    alone = (time.perf_counter() - start) / ONE_BY_ONE
    n_members = len(register["household_members"])
    return [
        Row(
            f"points, bedrooms, category of {APPLICATIONS:,} households, {n_members:,} members",
            columns,
            target_s=1,
            rival=f"one by one with the trace (measured on {ONE_BY_ONE:,})",
            rival_s=alone * APPLICATIONS,
        ),
        Row("one household with its whole trace", alone),
    ]
