"""``report.html`` of a study: one file a minister's adviser can read, the answer first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any

from allocation.documents.page import render
from allocation.territory import companies
from allocation.wording import Catalogue, catalogue
from scenarios.charts import curve_chart, frontier_chart
from scenarios.estimates import Estimate
from scenarios.experiment import Results
from scenarios.measures import CURVE_MONTHS, MEASURES
from scenarios.parameters import ASSUMED, assumed
from scenarios.report_people import (
    Table,
    commune_table,
    definitions,
    euro_table,
    flow_table,
    gain_table,
    standstill,
)
from scenarios.report_start import origin_of, start_told
from scenarios.study_file import REGION, StudyFile
from scenarios.synthetic.calibration import Figure, figures

_SECTIONS = (
    *("answer", "pictures", "gains", "flows", "communes", "standstill", "euros", "table"),
    *("drivers", "assumed", "method", "definitions", "files"),
)
_DRIVERS = 3
_CURVE_STEP = 4
_METHOD = ("engine", "pairs", "waits", "effect", "not_modelled")


@dataclass(frozen=True)
class Answer:
    """One primary measure: its name, and a sentence for each arm."""

    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A value with its interval, and the difference from the baseline (empty for it)."""

    value: str
    gap: str
    is_clear: bool


@dataclass(frozen=True)
class Row:
    """A measure in every arm."""

    name: str
    unit: str
    cells: tuple[Cell, ...]
    is_primary: bool


class Numbers:
    """Figures, measures and their names in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: Catalogue = catalogue(language)

    def number(self, value: float, unit: str, *, is_signed: bool = False) -> str:
        """A figure with as many decimals as it bears; shares in per cent."""
        if not isfinite(value):
            return "–"
        shown = value * 100 if unit == "share" else value
        digits = 0 if abs(shown) >= 100 else 1 if abs(shown) >= 10 or unit == "share" else 2
        text = self.words.number(Decimal(f"{abs(shown):.{digits}f}"))
        is_nil = Decimal(f"{abs(shown):.{digits}f}") == 0
        sign = "" if is_nil else "−" if shown < 0 else "+" if is_signed else ""
        return f"{sign}{text}"

    def with_unit(self, value: float, unit: str) -> str:
        """A figure and its unit."""
        return f"{self.number(value, unit)}\u00a0{self.words.text(f'study.unit.{unit}')}"

    def gap(self, value: float, unit: str) -> str:
        """A signed difference; between shares, in points."""
        text = self.number(value, unit, is_signed=True)
        return self.words.text("study.points", n=text) if unit == "share" else text

    def interval(self, found: Estimate, unit: str, *, is_signed: bool = False) -> str:
        """Mean and half-width."""
        mean = self.number(found.mean, unit, is_signed=is_signed)
        if not isfinite(found.half_width):
            return mean
        return f"{mean} ± {self.number(found.half_width, unit)}"

    def measure(self, measure_id: str) -> str:
        """Name of a measure."""
        return self.words.text(f"study.measure.{measure_id}")

    def place(self, file: StudyFile) -> str:
        """Where the study takes place: the Region, or the names of the companies."""
        if file.territory == REGION:
            return self.words.text("study.report.region")
        return self.words.join([companies()[slsp_id].name for slsp_id in file.slsp_ids])

    def figure(self, key: str) -> str:
        """Name of a figure."""
        return self.words.text(f"study.name.{key}")


class Words(Numbers):
    """Numbers and sentences of the report of a study."""

    def __init__(self, language: str, results: Results) -> None:
        super().__init__(language)
        self.results = results

    def arm(self, arm_id: str) -> str:
        """Name of an arm."""
        entry = next(a for a in self.results.study.file.arms if a.id == arm_id)
        return entry.label.in_(self.language)


def report_html(results: Results, language: str, command: str) -> str:
    """The report; the same results give the same text."""
    from markupsafe import Markup

    said, file = Words(language, results), results.study.file
    sections = [s for s in _SECTIONS if s != "drivers" or results.sensitivity]
    return render(
        "study.html.j2",
        lang=language,
        stylesheet="report.css",
        language=language,
        title=file.title.in_(language),
        question=file.question.in_(language),
        scope=_scope(said),
        sections=sections,
        answers=_answers(said),
        doubts=_doubts(said),
        frontier=Markup(frontier_chart(said)),
        frontier_title=said.words.text("study.figure.frontier", arm=said.arm(file.baseline)),
        curves=[
            (title, Markup(picture), rows)
            for title, picture, rows in (_curve(said, name) for name in ("transit", "list"))
        ],
        months=CURVE_MONTHS[::_CURVE_STEP],
        arms=[said.arm(arm) for arm in results.arms],
        rows=_rows(said),
        table_note=said.words.text("study.table.note", arm=said.arm(file.baseline)),
        drivers=_drivers(said),
        drivers_note=_drivers_note(said),
        assumed=[assumed_row(said, figure) for figure in assumed()],
        definitions=definitions(said),
        **_of_people(said),
        method=_method(said),
        origin=origin_of(said.words, results.began),
        command=command,
        study_text=results.study.text,
        digest=results.study.digest[:16],
    )


def _of_people(said: Words) -> dict[str, Any]:
    """Who gains, the bridges, communes, protections, euros."""
    return {
        "gains": _drawn(gain_table(said)),
        "flows": _drawn(flow_table(said)),
        "communes": _drawn(commune_table(said)),
        "standstill": standstill(said),
        "euros": euro_table(said),
    }


def _drawn(part: Table) -> Table:
    """The same with its picture as markup of ours."""
    from markupsafe import Markup

    return replace(part, picture=Markup(part.picture))


def _method(said: Words) -> list[str]:
    told = [said.words.text(f"study.method.{name}") for name in _METHOD]
    return [*told, *start_told(said.words, said.results.began)]


def _curve(said: Words, name: str) -> tuple[str, str, list[tuple[str, list[str]]]]:
    """Title, picture and table of a curve."""
    title = said.words.text(f"study.figure.{name}")
    return title, curve_chart(said, name), _curve_rows(said, name)


def _scope(said: Words) -> str:
    file = said.results.study.file
    return said.words.text(
        "study.report.scope",
        place=said.place(file),
        years=file.years,
        start=said.words.date(file.start),
        n=said.results.n,
    )


def _answers(said: Words) -> list[Answer]:
    results = said.results
    others = [arm for arm in results.arms if arm != results.study.file.baseline]
    return [
        Answer(said.measure(m), tuple(_sentence(said, arm, m) for arm in others))
        for m in results.study.file.primary
    ]


def _sentence(said: Words, arm: str, measure: str) -> str:
    results, unit = said.results, MEASURES[measure].unit
    gap = results.gap(arm, measure)
    before = results.mean(results.study.file.baseline, measure).mean
    return said.words.text(
        f"study.answer.{'line' if gap.is_clear else 'unclear'}",
        arm=said.arm(arm),
        value=said.with_unit(results.mean(arm, measure).mean, unit),
        before=said.number(before, unit),
        gap=said.gap(gap.mean, unit),
        low=said.gap(gap.low, unit),
        high=said.gap(gap.high, unit),
    )


def _doubts(said: Words) -> list[str]:
    """While figures that decide are assumed there is a range, its drivers and what to ask for."""
    results = said.results
    if not results.sensitivity:
        return [said.words.text("study.answer.no_sweep")]
    measure = results.study.file.primary[0]
    unit = MEASURES[measure].unit
    means = [e.mean for s in results.sensitivity for e in (s.low, s.high)]
    last = results.study.other.arm_id
    n = sum(figures()[s.figure].status in ASSUMED for s in results.sensitivity)
    drivers = [said.figure(s.figure) for s in results.sensitivity[:_DRIVERS]]
    return [
        said.words.text(
            "study.answer.no_single",
            n=n,
            measure=said.measure(measure),
            arm=said.arm(last),
            low=said.gap(min(means), unit),
            high=said.gap(max(means), unit),
        ),
        said.words.text("study.answer.request", figures=said.words.join(drivers)),
    ]


def _rows(said: Words) -> list[Row]:
    results = said.results
    primary = results.study.file.primary
    told_as_ranges = {m for m, measure in MEASURES.items() if measure.unit_cost}
    ordered = [*primary, *(m for m in MEASURES if m not in primary and m not in told_as_ranges)]
    rows = [_row(said, measure) for measure in ordered]
    return [row for row in rows if any(cell.value != "–" for cell in row.cells)]


def _row(said: Words, measure: str) -> Row:
    results, unit = said.results, MEASURES[measure].unit
    cells = []
    for arm in results.arms:
        value = said.interval(results.mean(arm, measure), unit)
        if arm == results.study.file.baseline:
            cells.append(Cell(value, "", is_clear=False))
            continue
        gap = results.gap(arm, measure)
        text = said.interval(gap, unit, is_signed=True) if isfinite(gap.mean) else ""
        cells.append(Cell(value, text, is_clear=gap.is_clear))
    is_primary = measure in results.study.file.primary
    return Row(
        said.measure(measure), said.words.text(f"study.unit.{unit}"), tuple(cells), is_primary
    )


def _curve_rows(said: Words, name: str) -> list[tuple[str, list[str]]]:
    return [
        (
            said.arm(arm),
            [said.number(v, "share") for v in said.results.curve(arm, name)[::_CURVE_STEP]],
        )
        for arm in said.results.arms
    ]


def _drivers(said: Words) -> list[tuple[str, str, str, str, str]]:
    unit = MEASURES[said.results.study.file.primary[0]].unit
    return [
        (
            said.figure(s.figure),
            said.words.text(f"study.status.{figures()[s.figure].status}"),
            " – ".join(_plain(said, bound) for bound in figures()[s.figure].range),
            said.interval(s.low, unit, is_signed=True),
            said.interval(s.high, unit, is_signed=True),
        )
        for s in said.results.sensitivity
    ]


def _drivers_note(said: Words) -> str:
    results = said.results
    if not results.sensitivity:
        return ""
    last = results.study.other.arm_id
    return said.words.text(
        "study.drivers.note",
        arm=said.arm(last),
        measure=said.measure(results.study.file.primary[0]),
        n=results.sensitivity[0].low.n,
    )


def assumed_row(said: Numbers, figure: Figure) -> tuple[str, str, str, str]:
    """Name, value, range and status of a figure."""
    value = figure.value
    shown = " ; ".join(_plain(said, v) for v in value) if isinstance(value, list) else ""
    if isinstance(value, int | float):
        shown = _plain(said, value)
    bounds = " – ".join(_plain(said, bound) for bound in figure.range)
    return said.figure(figure.key), shown, bounds, said.words.text(f"study.status.{figure.status}")


def _plain(said: Numbers, value: float) -> str:
    return said.words.number(Decimal(str(int(value) if value == int(value) else value)))
