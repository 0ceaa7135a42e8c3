"""Runs every `bench_*.py`, prints the table as it grows, and writes it to the documentation."""

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

from tests.benchmarks import growth
from tests.benchmarks.measure import Row

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "explanation" / "benchmarks.md"
HEADINGS = ("work", "median", "to reach", "memory", "reached", "rival", "rival's median", "ratio")
INTRODUCTION = """\
# Measures

Written by `make bench`; every rival ran on the same data, in the same run, on the same machine.
Ratio: how many times longer the rival takes. A measure is never a test that can fail.
"""


def duration(seconds: float | None) -> str:
    """Seconds in the unit people read, three significant digits."""
    if seconds is None:
        return "–"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def memory(row: Row) -> str:
    """Peak of memory beside what it should stay under."""
    if row.memory_mb is None:
        return "–"
    aim = "" if row.target_mb is None else f" of {row.target_mb:.0f}"
    return f"{row.memory_mb:.0f}{aim} MB"


def cells(row: Row) -> tuple[str, ...]:
    """One line of the table, in the order of the headings."""
    reached = {None: "–", True: "yes", False: "no"}[row.is_reached]
    ratio = (
        "–" if row.ratio is None else f"{row.ratio:,.0f}" if row.ratio >= 10 else f"{row.ratio:.2g}"
    )
    rival = row.rival or "–"
    figures = (duration(row.median_s), duration(row.target_s), memory(row), reached)
    return (row.work, *figures, rival, duration(row.rival_s), ratio)


def markdown(rows: Iterable[Row]) -> str:
    """The table, as the documentation shows it."""
    lines: list[Sequence[str]] = [HEADINGS, ["---"] * len(HEADINGS), *map(cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> str:
    """What the figures depend on besides the code."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("ortools", "numpy"))
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {python}, {versions}."


def modules(wanted: Sequence[str]) -> list[str]:
    """Names of the measuring modules, all of them or those asked for."""
    found = sorted(path.stem for path in FOLDER.glob("bench_*.py"))
    return [name for name in found if not wanted or name.removeprefix("bench_") in wanted]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked; write the page only when everything was run."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", help="names of modules, without bench_")
    wanted = parser.parse_args(arguments).only
    names = modules(wanted)
    if not names and "growth" not in wanted:
        print("Nothing to measure: there is no such bench_*.py.", file=sys.stderr)
        return 1
    rows: list[Row] = []
    for name in names:
        for row in importlib.import_module(f"tests.benchmarks.{name}").rows():
            print("   ".join(cells(row)), flush=True)
            rows.append(row)
    table = f"{INTRODUCTION}\n{machine()}\n\n{markdown(rows)}"
    if not wanted or "growth" in wanted:
        points = growth.measure()
        table += growth.markdown(points)
        growth.PICTURE.write_text(growth.draw(points), encoding="utf-8")
    print(f"\n{table}")
    if not wanted:
        PAGE.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
