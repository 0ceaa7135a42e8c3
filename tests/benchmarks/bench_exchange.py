"""Import of the register of a whole region, with one line in a hundred at fault."""

import tempfile
import time
from pathlib import Path

from allocation.exchange import examine, write_folder
from scenarios.synthetic import REGION, synthesise
from scenarios.synthetic.faults import plant_faults
from tests.benchmarks.measure import Row, median_seconds, peak_megabytes

APPLICATIONS = 50_000
FAULTS = 0.01
SEED = 2026


def rows() -> list[Row]:
    """A faulty register listed, a sound one accepted, and the same as a folder written."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "region"
        register = synthesise(SEED, slsp_id=REGION, households=APPLICATIONS)
        start = time.perf_counter()
        write_folder(register, folder)
        written = time.perf_counter() - start
        accepted = median_seconds(lambda: accept(folder), repeat=3)
        n_lines = sum(count.read for count in examine(folder).counts.values())
        planted = plant_faults(folder, seed=SEED, share=FAULTS)
        listed = median_seconds(lambda: list_faults(folder), repeat=3)
        peak = peak_megabytes(list_faults, folder)
    size = f"{APPLICATIONS:,} applications, {n_lines:,} lines"
    return [
        Row(
            f"import, {size}, {len(planted):,} faults listed",
            listed,
            target_s=30,
            memory_mb=peak,
            target_mb=600,
        ),
        Row(f"import, {size}, accepted", accepted, target_s=30),
        Row(f"register folder written, {size}", written),
    ]


def list_faults(folder: Path) -> int:
    """How many problems an examination lists; there are some."""
    problems = examine(folder).problems
    if not problems:
        raise AssertionError("the planted faults were not found")
    return len(problems)


def accept(folder: Path) -> str:
    """The identity of the register once read."""
    return examine(folder).register().content_hash
