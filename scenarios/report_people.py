"""Parts of the report about people: flows, communes, who wins and who loses, protections, euros."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from allocation.documents.commune_map import commune_map
from allocation.documents.view import CommuneView
from allocation.territory import communes
from scenarios.estimates import difference
from scenarios.experiment import FEWEST_TOLD
from scenarios.flows import FLOWS
from scenarios.measures import MEASURES
from scenarios.people_charts import flow_chart, gains_chart
from scenarios.protections import protections
from scenarios.synthetic.calibration import figures

if TYPE_CHECKING:
    from scenarios.report import Words

_SIZES = tuple(f"list.within_2_years.size_{n}" for n in (1, 2, 3, 4))
GROUPS = (
    "women.within_2_years",
    "men.within_2_years",
    "single_parents.within_2_years",
    "in_need.within_2_years",
    "agency_tenants.within_2_years",
    "working.within_2_years",
    "not_working.within_2_years",
    *_SIZES,
)
# More of these is a worse standing for tenants and candidates, whoever they are.
_WORSE = ("strike_offs", "evictions", "leases.ended_by_term", "roofless.years")


@dataclass(frozen=True)
class Table:
    """
    A picture (empty: none) and its table; the first column names the rows.

    ``caption``: of the picture. ``title``: of the table, which may tell of more arms.
    """

    caption: str
    title: str
    picture: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _others(said: Words) -> list[str]:
    return [arm for arm in said.results.arms if arm != said.results.study.file.baseline]


def flow_table(said: Words) -> Table:
    """Where people go in a year, drawn for the last arm, told for all."""
    text, results = said.words.text, said.results
    last = results.study.other.arm_id
    told = {arm: results.curve(arm, "flows") for arm in results.arms}
    rows = tuple(
        (
            text("study.flow", start=text(f"study.place.{a}"), end=text(f"study.place.{b}")),
            *(said.number(told[arm][i], "per_year") for arm in results.arms),
        )
        for i, (a, b) in enumerate(FLOWS)
    )
    caption = text("study.figure.flows", arm=said.arm(last))
    title = text("study.table.flows")
    return Table(caption, title, flow_chart(said, last), tuple(map(said.arm, results.arms)), rows)


def commune_table(said: Words) -> Table:
    """Allocations a year by commune; too few together are told as others."""
    text, results = said.words.text, said.results
    last = results.study.other.arm_id
    few, kept, others = results.communes()
    place = list(results.arms).index(last)
    views = [CommuneView(c, _name(said, c), round(n[place]), 0, ()) for c, n in kept.items()]
    rows = [_commune_row(said, _name(said, c), n) for c, n in kept.items()]
    if few:
        name = text("study.communes.others", n=len(few), fewest=FEWEST_TOLD)
        rows.append(_commune_row(said, name, others))
    columns = (*map(said.arm, results.arms), text("study.column.bridges", arm=said.arm(last)))
    caption = text("study.figure.communes", arm=said.arm(last))
    return Table(caption, text("study.table.communes"), commune_map(views), columns, tuple(rows))


def _name(said: Words, nis5: str) -> str:
    found = communes().get(nis5)
    return (found.name(said.language) or found.name_fr) if found else nis5


def _commune_row(said: Words, name: str, numbers: Sequence[float]) -> tuple[str, ...]:
    return (name, *(said.number(n, "per_year") for n in numbers))


def gain_table(said: Words) -> Table:
    """Share housed within two years, group by group, beside the baseline."""
    text, results = said.words.text, said.results
    baseline = results.study.file.baseline
    drawn, rows = [], []
    for group in GROUPS:
        mean = results.mean(baseline, group)
        if not isfinite(mean.mean):
            continue
        name = _group(said, group)
        cells = [said.interval(mean, "share")]
        for arm in _others(said):
            gap = results.gap(arm, group)
            cells.append(said.interval(gap, "share", is_signed=True))
            if isfinite(gap.mean):
                row: dict[str, float | str] = {"group": name, "arm": said.arm(arm)}
                row |= {"mean": 100 * gap.mean, "low": 100 * gap.low, "high": 100 * gap.high}
                drawn.append(row)
        rows.append((name, *cells))
    picture = gains_chart(said, drawn) if drawn else ""
    columns = (said.arm(baseline), *map(said.arm, _others(said)))
    caption = text("study.figure.gains", arm=said.arm(baseline))
    return Table(caption, text("study.table.gains"), picture, columns, tuple(rows))


def _group(said: Words, measure: str) -> str:
    return said.words.text(f"study.group.{measure.removesuffix('.within_2_years')}")


def standstill(said: Words) -> list[tuple[str, list[str]]]:
    """
    For each arm, the protections it takes away in its text, and those seen to recede.

    The risk of error is shared among all that is looked at (Bonferroni).
    """
    return [
        (said.arm(arm), [*_in_the_text(said, arm), *_in_the_run(said, arm)])
        for arm in _others(said)
    ]


def _in_the_text(said: Words, arm: str) -> Iterator[str]:
    policies = {p.arm_id: p for p in said.results.study.policies}
    before = policies[said.results.study.file.baseline]
    on = said.results.study.file.start
    for lost in protections(before, policies[arm], on):
        facts = dict(lost.facts)
        if lost.label is not None:
            facts["name"] = getattr(lost.label, said.language)
        for key in ("before", "after"):
            value = facts.get(key)
            if isinstance(value, float):
                facts[key] = said.number(value, "share")
        yield said.words.text(f"study.protection.{lost.code}", **facts)


def _in_the_run(said: Words, arm: str) -> Iterator[str]:
    results, baseline = said.results, said.results.study.file.baseline
    looked_at = (*GROUPS, *_WORSE)
    level = 1 - (1 - results.level) / (len(looked_at) * len(_others(said)))
    for measure in looked_at:
        gap = difference(results.of(arm, measure), results.of(baseline, measure), level=level)
        unit = MEASURES[measure].unit
        is_worse = gap.high < 0 if measure in GROUPS else gap.low > 0
        if gap.n > 1 and is_worse:
            yield said.words.text(
                f"study.protection.{'group' if measure in GROUPS else 'seen'}",
                measure=_group(said, measure) if measure in GROUPS else said.measure(measure),
                value=said.with_unit(results.mean(arm, measure).mean, unit),
                before=said.number(results.mean(baseline, measure).mean, unit),
                low=said.gap(gap.low, unit),
                high=said.gap(gap.high, unit),
            )


def euro_table(said: Words) -> Table:
    """Each line of the budget between the ends of its unit cost; no single number."""
    text, results = said.words.text, said.results
    rows = []
    for measure in (m for m in MEASURES.values() if m.unit_cost):
        cost = figures()[measure.unit_cost]
        value = float(cost.value)
        means = [results.mean(arm, measure.measure_id).mean for arm in results.arms]
        if not all(map(isfinite, means)):
            continue
        low, high = (bound / value for bound in cost.range)
        spans = [
            text("study.between", low=_euros(said, m * low), high=_euros(said, m * high))
            if m
            else _euros(said, 0)
            for m in means
        ]
        per_unit = text(
            "study.unit_cost",
            name=said.figure(cost.key),
            low=_euros(said, cost.range[0]),
            high=_euros(said, cost.range[1]),
            status=text(f"study.status.{cost.status}"),
        )
        rows.append((said.measure(measure.measure_id), *spans, per_unit))
    columns = (*map(said.arm, results.arms), text("study.column.unit_cost"))
    title = text("study.table.euros")
    return Table(title, title, "", columns, tuple(rows))


def _euros(said: Words, amount: float) -> str:
    """Two significant figures: what an assumed unit cost bears."""
    if amount == 0:
        return said.words.number(0)
    rounded = Decimal(f"{amount:.1e}")
    return said.words.number(Decimal(int(rounded)) if rounded == int(rounded) else rounded)


def definitions(said: Words) -> list[tuple[str, str, str, str]]:
    """Every measure with whom it looks at, over what, and when."""
    text = said.words.text
    return [
        (
            said.measure(m.measure_id),
            text(f"study.population.{m.population}"),
            text(f"study.per.{m.per}"),
            text(f"study.window.{m.window}"),
        )
        for m in MEASURES.values()
    ]
