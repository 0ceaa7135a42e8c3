"""``report.html`` of a search: the smallest share first, then the trade-off and the doubts."""

from __future__ import annotations

from fractions import Fraction

from allocation.documents.page import render
from scenarios.estimates import Estimate
from scenarios.measures import MEASURES
from scenarios.parameters import assumed
from scenarios.report import Numbers, assumed_row
from scenarios.report_start import origin_of, start_told
from scenarios.search import Found, Reached, Tried
from scenarios.search_charts import goal_chart, trade_off_chart
from scenarios.search_file import GoalEntry
from scenarios.synthetic.calibration import figures

_METHOD = ("search", "looks", "frontier")
_METHOD_OF_STUDIES = ("engine", "effect", "not_modelled")


class Telling(Numbers):
    """Sentences about a search in one language."""

    def __init__(self, language: str, found: Found) -> None:
        super().__init__(language)
        self.found = found

    def percent(self, share: Fraction) -> str:
        """A share in per cent."""
        return self.with_unit(float(share), "share")

    def shares(self, one: Tried) -> str:
        """The shares of a candidate; each with its agreement when there are several."""
        if len(one.shares) == 1:
            return self.percent(one.total)
        parts = [f"{name}\u00a0: {self.percent(share)}" for name, share in one.shares.items()]
        return self.words.join(parts)

    def goal(self, goal: GoalEntry) -> str:
        """The goal in words."""
        unit = MEASURES[goal.measure].unit
        bound = float(goal.bound)
        shown = self.gap(bound, unit) if goal.is_gap else self.with_unit(bound, unit)
        if goal.is_gap:
            shown = shown.removeprefix("+")
            shown += "" if unit == "share" else f"\u00a0{self.words.text(f'study.unit.{unit}')}"
        return self.words.text(
            f"search.goal.{goal.kind}", measure=self.measure(goal.measure), bound=shown
        )

    def value(self, reached: Reached) -> str:
        """Mean and half-width of what the goal is about."""
        if not reached.value.n:
            return "–"
        unit = MEASURES[reached.goal.measure].unit
        is_gap = reached.goal.is_gap
        return self.interval(reached.value, unit, is_signed=is_gap)

    def verdict(self, name: str) -> str:
        """A verdict in a word."""
        return self.words.text(f"search.verdict.{name}")


def search_html(found: Found, language: str, command: str) -> str:
    """The report; the same search gives the same text."""
    from markupsafe import Markup

    said, file = Telling(language, found), found.study.file
    pairs = Markup(trade_off_chart(said)) if len(found.search.goals) > 1 else ""
    return render(
        "search.html.j2",
        lang=language,
        stylesheet="report.css",
        language=language,
        title=file.title.in_(language),
        question=file.question.in_(language),
        scope=_scope(said),
        origin=origin_of(said.words, found.began),
        goals=[said.goal(goal) for goal in found.search.goals],
        answers=answer_of(said),
        doubts=_doubts(said),
        trade_off=pairs,
        pictures=[
            (said.goal(goal), Markup(goal_chart(said, i)))
            for i, goal in enumerate(found.search.goals)
        ],
        rows=[_row(said, one) for one in found.tried],
        ends=[_end(said, i) for i in range(len(found.doubts))],
        assumed=[assumed_row(said, figure) for figure in assumed()],
        method=[
            *(_method(said, name) for name in _METHOD),
            *(said.words.text(f"study.method.{name}") for name in _METHOD_OF_STUDIES),
            *start_told(said.words, found.began),
        ],
        command=command,
        study_text=found.study.text,
        digest=found.study.digest[:16],
    )


def _scope(said: Telling) -> str:
    file, tried = said.found.study.file, said.found.tried
    words = said.words
    least, most = min(t.n for t in tried), max(t.n for t in tried)
    return words.text(
        "search.scope",
        place=said.place(file),
        years=file.years,
        start=words.date(file.start),
        n=len(tried),
        n_each=str(least) if least == most else f"{least}–{most}",
    )


def answer_of(said: Telling) -> list[str]:
    """The smallest shares shown to do, then those that may."""
    found, text = said.found, said.words.text
    told = []
    if found.answer is not None:
        told.append(text("search.answer.found", shares=said.shares(found.answer)))
    elif found.not_excluded:
        told.append(text("search.answer.open"))
    else:
        told.append(text("search.answer.none", highest=said.shares(found.tried[-1])))
    if found.not_excluded:
        names = [said.shares(t) for t in found.not_excluded]
        told.append(text("search.answer.not_excluded", shares=said.words.join(names)))
    return told


def _doubts(said: Telling) -> list[str]:
    """Which assumed figures would change the answer."""
    found = said.found
    if not found.doubts:
        return [said.words.text("study.answer.no_sweep")]
    one = found.told_of
    before = [_is_kept(r.slack) for r in one.goals]
    changed = [
        said.words.text(f"search.end.{('low', 'high')[d.end]}", figure=said.figure(d.figure))
        for d in found.doubts
        if [_is_kept(r.slack) for r in d.goals] != before
    ]
    n = sum(figures()[d.figure].status in ("assumed", "unverified") for d in found.doubts) // 2
    shares = said.shares(one)
    if not changed:
        return [said.words.text("search.doubts.none", shares=shares, n=n)]
    return [
        said.words.text("search.doubts.some", shares=shares, n=n),
        said.words.text("search.doubts.which", figures=said.words.join(changed)),
    ]


def _is_kept(slack: Estimate) -> bool:
    return slack.mean >= 0


def _row(said: Telling, one: Tried) -> tuple[str, str, list[tuple[str, str]], str, bool]:
    cells = [(said.value(r), said.verdict(r.verdict)) for r in one.goals]
    verdict = said.verdict(one.verdict)
    n = said.words.number(one.n)
    return said.shares(one), n, cells, verdict, one is said.found.answer


def _end(said: Telling, i: int) -> tuple[str, str, list[tuple[str, str]]]:
    doubt = said.found.doubts[i]
    name = said.words.text(
        f"search.end.{('low', 'high')[doubt.end]}", figure=said.figure(doubt.figure)
    )
    status = said.words.text(f"study.status.{figures()[doubt.figure].status}")
    return name, status, [(said.value(r), said.verdict(r.verdict)) for r in doubt.goals]


def _method(said: Telling, name: str) -> str:
    found = said.found
    return said.words.text(
        f"search.method.{name}",
        level=said.with_unit(found.level, "share"),
        n=len(found.tried),
        goals=len(found.search.goals),
    )
