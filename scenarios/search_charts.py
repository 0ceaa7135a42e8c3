"""The pictures of a search: each goal against the share, and two goals against each other."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from allocation.documents.picture import INK
from scenarios.charts import BAR, MAIN, dressed, folded
from scenarios.label_places import place_names
from scenarios.measures import MEASURES
from scenarios.search import Reached

if TYPE_CHECKING:
    from scenarios.search_report import Telling

_BOUND, _BOUND_DASH = "#8c1d18", [6, 4]
_COLOURS = {"met": "#1c5c2e", "open": "#b3541e", "missed": "#5c5c66"}
# Told apart without colour too.
_SHAPES = {"met": "circle", "open": "triangle-up", "missed": "cross"}
_WIDTH, _HEIGHT = 560, 280
# Room around points and bounds, in parts of what they span; an interval may go beyond the edge.
_ROOM, _LEAST_SPAN, _BEYOND = 0.4, 2.0, 1.07
Ends = tuple[float, float]
Row = dict[str, Any]


def goal_chart(said: Telling, i: int) -> str:
    """What a goal is about, by share reserved, with its interval and its bound."""
    rows = [
        {"x": float(one.total) * 100, **_along("y", one.goals[i]), **_said(said, one.verdict)}
        for one in said.found.tried
        if _is_known(one.goals[i])
    ]
    titles = said.words.text("search.axis.share"), _title(said, i)
    return _drawn(said, rows, titles, {"y": i})


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


def _drawn(said: Telling, rows: list[Row], titles: tuple[Any, Any], bounds: dict[str, int]) -> str:
    import altair as alt

    goals = {axis: said.found.search.goals[i] for axis, i in bounds.items()}
    marks = {axis: goal.mark * _scale(goal.measure) for axis, goal in goals.items()}
    ends = _ends(rows, "x", marks), _ends(rows, "y", marks)
    for order, row in enumerate(rows):
        row["order"] = order
    base = alt.Chart(alt.InlineData(values=rows))
    scales = [alt.Scale(domain=list(end), nice=False) for end in ends]
    x = alt.X("x:Q", title=titles[0], scale=scales[0])
    y = alt.Y("y:Q", title=titles[1], scale=scales[1])
    layers = [base.mark_line(color=MAIN, strokeWidth=1).encode(x=x, y=y, order="order:Q")]
    layers.append(base.mark_rule(color=BAR, clip=True).encode(x=x, y="y1:Q", y2="y2:Q"))
    if "x" in bounds:
        layers.append(base.mark_rule(color=BAR, clip=True).encode(x="x1:Q", x2="x2:Q", y=y))
        layers += _names(rows, *ends)
    layers.append(_points(said, base).encode(x=x, y=y))
    for axis, mark in marks.items():
        rule = alt.Chart(alt.InlineData(values=[{axis: mark}]))
        dashed = rule.mark_rule(color=_BOUND, strokeDash=_BOUND_DASH)
        layers.append(dashed.encode(**{axis: f"{axis}:Q"}))
    return dressed(alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT), said.language)


def _points(said: Telling, base: Any) -> Any:
    import altair as alt

    names = [said.verdict(v) for v in _COLOURS]
    colours, shapes = list(_COLOURS.values()), list(_SHAPES.values())
    return base.mark_point(filled=True, size=90, opacity=1).encode(
        color=alt.Color(
            "verdict:N",
            scale=alt.Scale(domain=names, range=colours),
            legend=alt.Legend(title=None),
        ),
        shape=alt.Shape("verdict:N", scale=alt.Scale(domain=names, range=shapes)),
    )


def _names(rows: list[Row], across: Ends, up: Ends) -> list[Any]:
    """The name of each point where it lies over nothing, joined to it by a line when far."""
    import altair as alt

    wide, high = across[1] - across[0], up[1] - up[0]
    points = [
        ((r["x"] - across[0]) / wide * _WIDTH, (up[1] - r["y"]) / high * _HEIGHT) for r in rows
    ]
    placed = place_names(points, [r["name"] for r in rows], width=_WIDTH, height=_HEIGHT)
    told = [
        {
            "name": row["name"],
            "x": row["x"],
            "y": row["y"],
            "left": across[0] + at.x / _WIDTH * wide,
            "foot": across[0] + at.foot / _WIDTH * wide,
            "middle": up[1] - at.y / _HEIGHT * high,
            "is_far": at.is_far,
        }
        for row, at in zip(rows, placed, strict=True)
        if at is not None
    ]
    named = alt.Chart(alt.InlineData(values=told))
    how: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": 13}
    halo = named.mark_text(stroke="#fff", strokeWidth=4, **how)
    text = named.mark_text(color=INK, **how)
    where = {"x": "left:Q", "y": "middle:Q", "text": "name:N"}
    far = alt.Chart(alt.InlineData(values=[t for t in told if t["is_far"]]))
    return [
        far.mark_rule(color=INK, strokeWidth=0.7).encode(
            x="x:Q", y="y:Q", x2="foot:Q", y2="middle:Q"
        ),
        halo.encode(**where),
        text.encode(**where),
    ]


def _ends(rows: list[Row], axis: str, marks: dict[str, float]) -> Ends:
    """Ends of an axis: every point and bound, with room; not every end of an interval."""
    values = [row[axis] for row in rows] + [m for name, m in marks.items() if name == axis]
    if not values:
        return 0.0, _LEAST_SPAN
    low, high = min(values), max(values)
    if axis not in marks:
        return 0.0, max(high, _LEAST_SPAN) * _BEYOND  # shares reserved: from none to the largest
    room = max(high - low, _LEAST_SPAN) * _ROOM
    return low - room, high + room


def _along(axis: str, reached: Reached) -> Row:
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
