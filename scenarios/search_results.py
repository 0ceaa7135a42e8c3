"""The files of a search: `results.json`, `results.csv`; same study, seed, numbers: same bytes."""

from __future__ import annotations

import csv
import json
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any

from scenarios.estimates import Estimate
from scenarios.measures import MEASURES
from scenarios.parameters import assumed
from scenarios.results import began_json
from scenarios.search import Found, Reached, Tried
from scenarios.study import written

RESULTS = "passerelle-search-results/1"
_DIGITS = 9


def search_json(found: Found) -> dict[str, Any]:
    """Everything of a search as plain values."""
    answer = found.answer
    return {
        "schema": RESULTS,
        **began_json(found.began),
        "study": written(found.study),
        "study_sha256": found.study.digest,
        "seed": found.seed,
        "level": found.level,
        "answer": None if answer is None else _shares(answer),
        "not_excluded": [_shares(t) for t in found.not_excluded],
        "candidates": [_tried(found, t) for t in found.tried],
        "doubts": [
            {"figure": d.figure, "end": ("low", "high")[d.end], "goals": _goals(d.goals)}
            for d in found.doubts
        ],
        "assumed": [
            {"figure": f.key, "value": f.value, "range": list(f.range), "status": f.status}
            for f in assumed()
        ],
    }


def _shares(one: Tried) -> dict[str, str]:
    return {name: str(share) for name, share in one.shares.items()}


def _tried(found: Found, one: Tried) -> dict[str, Any]:
    return {
        "shares": _shares(one),
        "replications": one.n,
        "verdict": one.verdict,
        "is_on_frontier": found.is_on_frontier(one),
        "goals": _goals(one.goals),
    }


def _goals(goals: tuple[Reached, ...]) -> list[dict[str, Any]]:
    return [
        {
            "measure": r.goal.measure,
            "unit": MEASURES[r.goal.measure].unit,
            "kind": r.goal.kind,
            "bound": str(r.goal.bound),
            "value": _estimate(r.value),
            "slack": _estimate(r.slack),
            "verdict": r.verdict,
        }
        for r in goals
    ]


def _estimate(found: Estimate) -> dict[str, float | int | None]:
    return {"mean": _number(found.mean), "half_width": _number(found.half_width), "n": found.n}


def _number(value: float) -> float | None:
    return round(value, _DIGITS) if isfinite(value) else None


def search_csv(found: Found) -> str:
    """One row for each candidate and goal."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [entry.bridge for entry in found.search.shares]
    head = ("measure", "kind", "bound", "mean", "half_width", "replications", "verdict")
    writer.writerow((*names, *head))
    for one in found.tried:
        for r in one.goals:
            values = (
                "" if v is None else v for v in map(_number, (r.value.mean, r.value.half_width))
            )
            said = (r.goal.measure, r.goal.kind, str(r.goal.bound), *values, one.n, r.verdict)
            writer.writerow((*(str(one.shares[name]) for name in names), *said))
    return out.getvalue()


def write_search(found: Found, folder: Path) -> None:
    """Write both files."""
    text = json.dumps(search_json(found), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (folder / "results.csv").write_text(search_csv(found), encoding="utf-8", newline="\n")
