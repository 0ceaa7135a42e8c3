"""What a run of a million households needs is worked out from what was measured."""

from tests.benchmarks.growth_simulator import Point, draw, markdown, needs, per_arm, per_thousand
from tests.benchmarks.simulated import Measured

POINTS = [
    Point("companies", 1, Measured(1_000, 2.0, 100, 1)),
    Point("companies", 8, Measured(10_000, 5.0, 300, 2)),
    Point("arms", 1, Measured(1_000, 2.0, 100, 3)),
    Point("arms", 4, Measured(1_000, 5.0, 100, 4)),
]


def test_needs_are_the_largest_task_times_households_replications_and_arms() -> None:
    assert per_thousand(POINTS) == 0.5
    assert per_arm(POINTS) == 0.5
    # 500 s for a million, half more for the second arm, a hundred times.
    assert "are 21 hours of processor: 20 minutes on 64 workers, each with 300 MB" in needs(POINTS)


def test_every_point_is_in_the_table_and_in_the_picture() -> None:
    assert len(markdown(POINTS).splitlines()) == 2 + len(POINTS)
    picture = draw(POINTS)
    assert picture.startswith("<svg")
    assert "companies" in picture
    assert "arms" in picture
