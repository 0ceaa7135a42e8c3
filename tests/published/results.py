"""Figures of the pages: computed whole, kept as data, told in French tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from tests.published import diversity, processing_order, public_figures

PAGES = tuple(
    Path(__file__).parents[2] / "docs/explanation" / name
    for name in ("reproductions.md", "chiffres-publics.md")
)
KEPT = Path(__file__).with_name("results.json")
N_ORDERS, N_ROUNDS, N_DRAWS = 2000, 20, 200
Json = dict[str, Any]

# Means and standard deviations that the project's method gives, over twenty seeds of its own.
STATED = {
    ("dist", 1.0): ((1.0007, 0.0007), (1.169, 0.017), (1.171, 0.016)),
    ("dist", 1.7): ((1.0009, 0.0008), (1.430, 0.028), (1.430, 0.026)),
    ("ethnic", 1.0): ((1.174, 0.066), (1.198, 0.068), (1.415, 0.108)),
    ("ethnic", 1.7): ((1.188, 0.070), (1.370, 0.071), (1.553, 0.113)),
    ("project", 1.0): ((1.353, 0.153), (1.119, 0.050), (1.406, 0.169)),
    ("project", 1.7): ((1.587, 0.180), (1.281, 0.068), (1.665, 0.191)),
}
PUBLISHED_VISAS = {"reserved_first": 49_059, "open_first": 52_842}
_RULES = {
    "reserved_first": "réservées d'abord, deux tirages",
    "open_first": "ouvertes d'abord",
    "reserved_first_one_order": "réservées d'abord, un seul ordre",
    "floor": "plancher de 20 000, mode conjoint exact",
}
_TASTES = {"dist": "distance", "ethnic": "distance, par groupe", "project": "projet, par groupe"}
_PRECEDENCE = {
    "nobody_first": "aucune",
    "zone_first": "réservées d'abord",
    "alternately": "une sur deux",
    "open_first": "ouvertes d'abord",
    "all_zone": "toutes réservées",
}


def compute() -> Json:
    """Every figure, seed by seed."""
    order = processing_order
    return {
        "visas": {r: [order.advanced_served(r, i) for i in range(N_ORDERS)] for r in order.RULES},
        "diversity": {
            f"{taste} {ratio}": [
                [round(x, 9) for x in diversity.figures(taste, ratio, i)] for i in range(N_ROUNDS)
            ]
            for taste, ratio in diversity.ROWS
        },
        "walk_zones": {
            p: [round(order.near_served(p, i), 9) for i in range(N_DRAWS)] for p in order.PRECEDENCE
        },
    }


def keep(results: Json) -> None:
    """Write the figures down."""
    text = json.dumps(results, separators=(",", ":")).replace('],"', '],\n"')
    KEPT.write_text(text + "\n", encoding="utf-8")


def kept() -> Json:
    """The figures of the page."""
    found: Json = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def write(results: Json) -> None:
    """Make the tables of the pages anew."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        page.write_text(with_tables(text, results), encoding="utf-8")


def with_tables(page: str, results: Json) -> str:
    """The page with its tables made from the figures; each stands between its two marks."""
    tables = {
        "visas": visas,
        "diversity": limits_by_group,
        "walk_zones": walk_zones,
        "public_figures": margins,
    }
    for name, made in tables.items():
        begins, ends = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if begins not in page:
            continue
        table = made(results)
        before, rest = page.split(begins)
        _, after = rest.split(ends)
        page = before + begins + "\n" + table + "\n" + ends + after
    return page


def visas(results: Json) -> str:
    """Advanced degrees served under each order of processing."""
    rows = []
    for rule, values in results["visas"].items():
        known = processing_order.expectation(rule) * 1000
        stated = PUBLISHED_VISAS.get(rule)
        found = f"{_whole(fmean(values) * 1000)} ± {_whole(1.96 * _error(values) * 1000)}"
        rows.append((_RULES[rule], _whole(stated) if stated else "–", _whole(known), found))
    heads = ("ordre de traitement", "publié", "formule", "simulé (95 %)")
    return _table(heads, rows)


def limits_by_group(results: Json) -> str:
    """The six rows of the study, ours beside those of the method."""
    rows = []
    for (taste, ratio), stated in STATED.items():
        values = results["diversity"][f"{taste} {ratio}"]
        columns = list(zip(*values, strict=True))
        cells = [
            f"{_spread(fmean(column), stdev(column))} / {_spread(*known)}"
            for column, known in zip(columns, stated, strict=False)
        ]
        housed = f"{_decimal(fmean(columns[3]), 1)} / {_decimal(fmean(columns[4]), 1)}"
        rows.append((_TASTES[taste], _decimal(ratio, 1), *cells, housed))
    heads = (
        "préférences",
        "ménages par logement",
        "prix de la diversité",
        "optimum / tirage",
        "optimum / tirage limité",
        "logés à l'optimum limité / au plus",
    )
    return _table(heads, rows)


def walk_zones(results: Json) -> str:
    """Seats that go to those who live near, by order of processing."""
    found = results["walk_zones"]
    low, high = fmean(found["nobody_first"]), fmean(found["all_zone"])
    rows = []
    for name, values in found.items():
        mean = fmean(values)
        rows.append(
            (
                _PRECEDENCE[name],
                f"{_decimal(100 * mean, 1)} ± {_decimal(196 * _error(values), 1)} %",
                f"{_decimal(100 * (mean - low) / (high - low), 0)} %",
            )
        )
    heads = ("places réservées (la moitié)", "places aux voisins (95 %)", "part de l'écart 0-100 %")
    return _table(heads, rows)


def margins(results: Json) -> str:
    """Public figures beside simulated ones."""
    heads = (
        "marge",
        "chiffre public",
        "plage",
        "statut",
        "simulé (95 %)",
        "rôle",
        "résultat",
    )
    return _table(heads, public_figures.rows(results["public_figures"], _told))


def _told(value: float, digits: int) -> str:
    return _decimal(value, digits) if digits else _whole(value)


def _error(values: Sequence[float]) -> float:
    return stdev(values) / sqrt(len(values))


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def _decimal(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _spread(mean: float, deviation: float) -> str:
    digits = 4 if deviation < 0.002 else 3
    return f"{_decimal(mean, digits)} ({_decimal(deviation, digits)})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
