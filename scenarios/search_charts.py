"""The pictures of a search: each goal against the share, and two goals against each other."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from allocation.documents.picture import INK
from scenarios.charts import BAR, MAIN, dressed, folded
from scenarios.measures import MEASURES
from scenarios.search import Reached

if TYPE_CHECKING:
    from scenarios.search_report import Telling

_BOUND, _BOUND_DASH = "#8c1d18", [6, 4]
_COLOURS = {"met": "#1c5c2e", "open": "#b3541e", "missed": "#5c5c66"}
# Told apart without colour too.
_SHAPES = {"met": "circle", "open": "triangle-up", "missed": "cross"}
_SIZE = {"width": 560, "height": 280}


def goal_chart(said: Telling, i: int) -> str:
    """What a goal is about, by share reserved, with its interval and its bound."""
    rows = [
        {"x": float(one.total) * 100, **_along("y", one.goals[i]), **_said(said, one.verdict)}
        for one in said.found.tried
        if _is_known(one.goals[i])
    ]
    return _drawn(said, rows, (said.words.text("search.axis.share"), _title(said, i)), {"y": i})


def trade_off_chart(said: Telling) -> str:
    """The last goal against the first, a point for each candidate, both intervals and bounds."""
    last = len(said.found.search.goals) - 1
    rows = [
        {
            **_along("x", one.goals[last]),
            **_along("y", one.goals[0]),
            **_said(said, one.verdict),
            "name": said.shares(one),
        }
        for one in said.found.tried
        if _is_known(one.goals[last]) and _is_known(one.goals[0])
    ]
    return _drawn(said, rows, (_title(said, last), _title(said, 0)), {"x": last, "y": 0})


def _drawn(
    said: Telling, rows: list[dict[str, Any]], titles: tuple[Any, Any], bounds: dict[str, int]
) -> str:
    import altair as alt

    base = alt.Chart(alt.InlineData(values=rows))
    scale = alt.Scale(zero=False, nice=True)
    x = alt.X("x:Q", title=titles[0], scale=scale)
    y = alt.Y("y:Q", title=titles[1], scale=scale)
    names = [said.verdict(v) for v in _COLOURS]
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=names, range=list(_COLOURS.values())),
        legend=alt.Legend(title=None),
    )
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=names, range=list(_SHAPES.values())))
    layers = [base.mark_line(color=MAIN, strokeWidth=1).encode(x=x, y=y, order="order:Q")]
    if "x" in bounds:
        layers.append(base.mark_rule(color=BAR).encode(x="x1:Q", x2="x2:Q", y=y))
    layers.append(base.mark_rule(color=BAR).encode(x=x, y="y1:Q", y2="y2:Q"))
    points = base.mark_point(filled=True, size=90, opacity=1)
    layers.append(points.encode(x=x, y=y, color=colour, shape=shape))
    if "x" in bounds:
        text = base.mark_text(align="left", dx=8, dy=-9, fontSize=13, color=INK)
        layers.append(text.encode(x=x, y=y, text="name:N"))
    for axis, i in bounds.items():
        goal = said.found.search.goals[i]
        value = alt.InlineData(values=[{axis: goal.mark * _scale(goal.measure)}])
        rule = alt.Chart(value).mark_rule(color=_BOUND, strokeDash=_BOUND_DASH)
        layers.append(rule.encode(**{axis: f"{axis}:Q"}))
    for order, row in enumerate(rows):
        row["order"] = order
    return dressed(alt.layer(*layers).properties(**_SIZE))


def _along(axis: str, reached: Reached) -> dict[str, float]:
    scale, value = _scale(reached.goal.measure), reached.value
    ends = {f"{axis}1": value.low * scale, f"{axis}2": value.high * scale}
    return {axis: value.mean * scale, **ends}


def _said(said: Telling, verdict: str) -> dict[str, str]:
    return {"verdict": said.verdict(verdict)}


def _scale(measure: str) -> float:
    return 100.0 if MEASURES[measure].unit == "share" else 1.0


def _title(said: Telling, i: int) -> list[str]:
    goal = said.found.search.goals[i]
    unit = said.words.text(f"study.unit.{MEASURES[goal.measure].unit}")
    name = f"{said.measure(goal.measure)} ({unit})"
    return folded(said.words.text("search.axis.gap", measure=name) if goal.is_gap else name)


def _is_known(reached: Reached) -> bool:
    return bool(reached.value.n) and isfinite(reached.value.half_width)
