"""
Random rounds by the million against every oracle: ``python -m tests.nightly --help``.

Rounds are numbered, so a run is a range of numbers, cut into chunks that the processes share.
Each chunk done is a line of a file named after the code it was done with: an interrupted run goes
on from there, and a change of the code begins anew. The first difference ends the run; it is
shrunk and printed as a round to paste into a test.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from tests.oracles.differences import examine, smallest

CHUNK = 250
GROUNDS_EVERY = 10  # they cost as much as five rounds
CODE = ("allocation", "tests")


@dataclass(frozen=True)
class Chunk:
    """A range of numbers done; ``failed``: the first one that differs and what on."""

    first: int
    stop: int
    n_binding_crossing: int
    n_certified: int
    failed: tuple[int, str] | None = None


def do(first: int, stop: int) -> Chunk:
    """Every round of the range, up to the first difference."""
    counts: Counter[str] = Counter()
    for number in range(first, stop):
        found = examine(number, with_grounds=not number % GROUNDS_EVERY, with_certificate=True)
        if found.fault:
            return Chunk(first, stop, *_pair(counts), (number, found.fault))
        counts.update(crossing=found.is_binding_crossing, certified=found.is_certified)
    return Chunk(first, stop, *_pair(counts))


def _pair(counts: Counter[str]) -> tuple[int, int]:
    return counts["crossing"], counts["certified"]


def run(first: int, stop: int, *, processes: int, folder: Path) -> list[Chunk]:
    """Every chunk of the range, those done before included; stops at a difference."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{fingerprint()}.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    done = {chunk.first: chunk for chunk in (Chunk(**json.loads(line)) for line in lines)}
    wanted = [(n, min(n + CHUNK, stop)) for n in range(first, stop, CHUNK)]
    left = [(a, b) for a, b in wanted if a not in done or done[a].stop != b]
    began, n_fresh, n_left = time.monotonic(), 0, sum(b - a for a, b in left)
    with ProcessPoolExecutor(processes) as pool, kept.open("a", encoding="utf-8") as file:
        waiting: set[Future[Chunk]] = set()
        while left or waiting:
            while left and len(waiting) < 2 * processes:
                waiting.add(pool.submit(do, *left.pop(0)))
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for chunk in (future.result() for future in ready):
                done[chunk.first] = chunk
                if chunk.failed:
                    left = []
                    continue
                file.write(json.dumps(vars(chunk)) + "\n")
                file.flush()
                n_fresh += chunk.stop - chunk.first
            pace = n_fresh / (time.monotonic() - began)
            print(f"{n_fresh:,} of {n_left:,}, {pace:,.0f} a second", file=sys.stderr, flush=True)
    return [done[a] for a, _ in wanted if a in done]


def fingerprint() -> str:
    """Of the code that answers and of the code that asks."""
    digest = hashlib.sha256()
    for path in sorted(p for room in CODE for p in Path(room).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def main() -> int:
    """Run a range of rounds and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--rounds", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("out/nightly"))
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the other processes too
    chunks = run(
        asked.first, asked.first + asked.rounds, processes=asked.processes, folder=asked.folder
    )
    whole = [chunk for chunk in chunks if not chunk.failed]
    n = sum(chunk.stop - chunk.first for chunk in whole)
    n_crossing = sum(chunk.n_binding_crossing for chunk in whole)
    print(f"{n:,} rounds agree with exhaustive search;")
    print(f"{n_crossing:,} ({n_crossing / max(n, 1):.0%}) have two quotas that bind and cross;")
    print(f"{sum(chunk.n_certified for chunk in whole):,} held as meetings, certificates accepted.")
    failed = min((chunk.failed for chunk in chunks if chunk.failed), default=None)
    if failed is None:
        return 0
    number, fault = failed
    print(f"Round {number} differs: {fault}\nThe smallest that does:", flush=True)
    problem, fault = smallest(number)
    print(f"{problem}\n{fault}")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
