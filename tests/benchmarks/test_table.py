"""The table of measures says what was measured, and nothing when nothing was."""

import os
import signal
import time

import pytest

from tests.benchmarks import run
from tests.benchmarks.measure import Row, median_seconds, peak_megabytes, seconds_within


def test_a_row_shows_its_target_its_rival_and_how_much_longer_the_rival_takes() -> None:
    row = Row("one month", 0.0015, target_s=0.002, rival="CP-SAT", rival_s=1.5)
    assert run.cells(row) == (
        "one month",
        "1.5 ms",
        "2 ms",
        "–",
        "yes",
        "CP-SAT",
        "1.5 s",
        "1,000",
    )


def test_a_target_of_memory_that_is_passed_is_not_reached() -> None:
    row = Row("region", 0.4, target_s=0.5, memory_mb=700, target_mb=500)
    assert row.is_reached is False
    assert run.cells(row)[3] == "700 of 500 MB"


def test_a_row_without_target_or_rival_claims_nothing() -> None:
    assert run.cells(Row("country", 12.0))[2:] == ("–",) * 6


def test_the_table_has_one_line_per_row_below_its_headings() -> None:
    assert len(run.markdown([Row("one", 1.0), Row("two", 2.0)]).splitlines()) == 4


def test_an_unknown_name_measures_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["no-such-measure"]) == 1
    assert "Nothing to measure" in capsys.readouterr().err


def test_durations_and_peaks_are_taken() -> None:
    assert median_seconds(lambda: sum(range(1000)), repeat=3) > 0
    assert peak_megabytes(b"x".__mul__, 300_000_000) >= 300


def test_a_rival_that_takes_too_long_or_is_killed_has_no_duration() -> None:
    seconds, answer = seconds_within(5.0, sorted, [3, 1, 2])
    assert seconds is not None
    assert answer == [1, 2, 3]
    assert seconds_within(0.1, time.sleep, 30) == (None, None)
    assert seconds_within(5.0, lambda: os.kill(os.getpid(), signal.SIGKILL)) == (None, None)


def test_a_rival_that_fails_is_not_taken_for_a_slow_one(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(RuntimeError, match="failed"):
        seconds_within(5.0, int, "not a number")
    assert "ValueError" in capfd.readouterr().err
