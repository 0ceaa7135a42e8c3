"""The files of a study: `results.json`, `results.csv`; same study, seed and numbers, same bytes."""

from __future__ import annotations

import csv
import json
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any

from scenarios.estimates import Estimate, variance_reduction
from scenarios.experiment import Results
from scenarios.flows import FLOWS
from scenarios.measures import CURVE_MONTHS, MEASURES, Measure
from scenarios.parameters import assumed
from scenarios.start import Start
from scenarios.study import written

RESULTS = "passerelle-results/1"
_DIGITS = 9


def began_json(began: Start | None) -> dict[str, Any]:
    """The register a study began with; nothing when everybody is invented."""
    if began is None:
        return {}
    return {"began_with": {"register_sha256": began.register_hash, **began.counts()}}


def results_json(results: Results) -> dict[str, Any]:
    """Everything of a study as plain values; a value nobody was concerned by is ``null``."""
    return {
        "schema": RESULTS,
        **began_json(results.began),
        "study": written(results.study),
        "study_sha256": results.study.digest,
        "seed": results.seed,
        "replications": results.n,
        "level": results.level,
        "arms": {arm: _arm(results, arm) for arm in results.arms},
        "curve_months": list(CURVE_MONTHS),
        "measures": {m.measure_id: _definition(m) for m in MEASURES.values()},
        "sensitivity": [
            {"figure": s.figure, "low": _estimate(s.low), "high": _estimate(s.high)}
            for s in results.sensitivity
        ],
        "assumed": [
            {"figure": f.key, "value": f.value, "range": list(f.range), "status": f.status}
            for f in assumed()
        ],
    }


def _definition(m: Measure) -> dict[str, str | int]:
    """Unit, sense, population, denominator, window, and the unit cost behind euros."""
    found: dict[str, str | int] = {"unit": m.unit, "better": m.better}
    found |= {"population": m.population, "per": m.per, "window": m.window}
    return {**found, **({"unit_cost": m.unit_cost} if m.unit_cost else {})}


def _arm(results: Results, arm: str) -> dict[str, Any]:
    """Means of an arm, differences with the baseline in pairs, mean curves."""
    baseline = results.study.file.baseline
    differences = {
        m: {
            **_estimate(results.gap(arm, m)),
            "variance_reduction": _number(
                variance_reduction(results.of(arm, m), results.of(baseline, m))
            ),
        }
        for m in MEASURES
        if arm != baseline
    }
    curves = {n: [_number(v) for v in results.curve(arm, n)] for n in ("list", "transit")}
    flows = [
        {"from": a, "to": b, "per_year": _number(v)}
        for (a, b), v in zip(FLOWS, results.curve(arm, "flows"), strict=True)
    ]
    measures = {m: _estimate(results.mean(arm, m)) for m in MEASURES}
    few, kept, others = results.communes()
    place = list(results.arms).index(arm)
    communes = {nis5: _number(row[place]) for nis5, row in kept.items()}
    if few:
        communes["others"] = _number(others[place])
    return {
        "measures": measures,
        "differences": differences,
        "curves": curves,
        "flows": flows,
        "communes": communes,
    }


def _estimate(found: Estimate) -> dict[str, float | int | None]:
    return {
        "mean": _number(found.mean),
        "half_width": _number(found.half_width),
        "n": found.n,
    }


def _number(value: float) -> float | None:
    return round(value, _DIGITS) if isfinite(value) else None


def results_csv(results: Results) -> str:
    """One row for each arm, replication and measure."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("arm", "replication", "measure", "value"))
    for arm, seen in results.arms.items():
        for number, one in enumerate(seen):
            for measure, value in one.values.items():
                written_value = "" if not isfinite(value) else repr(round(value, _DIGITS))
                writer.writerow((arm, number, measure, written_value))
    return out.getvalue()


def write_results(results: Results, folder: Path) -> None:
    """Write both files."""
    text = json.dumps(results_json(results), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (folder / "results.csv").write_text(results_csv(results), encoding="utf-8", newline="\n")
