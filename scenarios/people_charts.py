"""Pictures of people: where they go in a year, and which groups a policy houses sooner or later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import escape

from allocation.documents.picture import FONT, INK
from scenarios.charts import BAR, COLOURS, dressed, folded
from scenarios.flows import FLOWS

if TYPE_CHECKING:
    from scenarios.report import Words

_WIDTH, _HEIGHT, _LAST_NAME, _GAP, _BAR = 700, 400, 170, 38, 12
_TOP, _TALLEST = 30, 0.66
_DOWN = (0, 0, 90, 0)  # insertion stands lower, out of the way of those who pass by
_COLUMNS = (("roofless", "list", "tenants"), ("transit",), ("insertion",), ("home", "elsewhere"))
_ROW_HEIGHT = 46


@dataclass
class _Box:
    """A place: its rectangle, and how far down its sides are taken by bands already drawn."""

    x: float
    y: float
    height: float
    taken_in: float = 0.0
    taken_out: float = 0.0


def flow_chart(said: Words, arm: str) -> str:
    """
    Households a year from one place to the next, as bands as wide as their number.

    Hidden from screen readers: the table beside it says the same.
    """
    amounts = dict(zip(FLOWS, said.results.curve(arm, "flows"), strict=True))
    boxes = _boxes(amounts)
    scale = _scale(amounts)
    bands, names = [], []
    for (start, end), amount in amounts.items():
        if amount > 0 and start in boxes and end in boxes:
            bands.append(_band(boxes[start], boxes[end], amount * scale))
    for place, box in boxes.items():
        names.append(_named(said, place, box, _through(amounts, place)))
    return (
        f'<svg aria-hidden="true" focusable="false" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'font-family="{escape(FONT)}" font-size="13">{"".join(bands)}{"".join(names)}</svg>'
    )


def _through(amounts: dict[tuple[str, str], float], place: str) -> float:
    """Households a year that come to a place, or leave it where none comes."""
    came = sum(v for (_, end), v in amounts.items() if end == place)
    left = sum(v for (start, _), v in amounts.items() if start == place)
    return max(came, left)


def _scale(amounts: dict[tuple[str, str], float]) -> float:
    totals = [sum(_through(amounts, p) for p in column) for column in _COLUMNS]
    return _HEIGHT * _TALLEST / max(*totals, 1e-9)


def _boxes(amounts: dict[tuple[str, str], float]) -> dict[str, _Box]:
    scale, found = _scale(amounts), {}
    for i, column in enumerate(_COLUMNS):
        y = float(_TOP + _DOWN[i])
        for place in column:
            height = _through(amounts, place) * scale
            if height > 0:
                x = 8 + i * (_WIDTH - _LAST_NAME - 8) / (len(_COLUMNS) - 1)
                found[place] = _Box(x, y, max(height, 1.5))
                y += height + _GAP
    return found


def _band(start: _Box, end: _Box, width: float) -> str:
    """A band from the right of a box to the left of another."""
    y0, y1 = start.y + start.taken_out, end.y + end.taken_in
    start.taken_out += width
    end.taken_in += width
    x0, x1 = start.x + _BAR, end.x
    middle = (x0 + x1) / 2
    path = (
        f"M{x0:.1f},{y0:.1f} C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f} "
        f"L{x1:.1f},{y1 + width:.1f} C{middle:.1f},{y1 + width:.1f} {middle:.1f},{y0 + width:.1f} "
        f"{x0:.1f},{y0 + width:.1f} Z"
    )
    return f'<path d="{path}" fill="{COLOURS[1]}" fill-opacity="0.35"/>'


def _named(said: Words, place: str, box: _Box, amount: float) -> str:
    text = f"{said.words.text(f'study.place.{place}')} {said.number(amount, 'per_year')}"
    place_of_box = f'x="{box.x:.1f}" y="{box.y:.1f}" height="{box.height:.1f}"'
    return (
        f'<rect {place_of_box} width="{_BAR}" fill="{INK}"/>'
        f'<text x="{box.x:.1f}" y="{box.y - 6:.1f}" fill="{INK}">{escape(text)}</text>'
    )


def gains_chart(said: Words, rows: list[dict[str, float | str]]) -> str:
    """Difference of the share housed within two years, one line a group, a point an arm."""
    import altair as alt

    arms = [said.arm(a) for a in said.results.arms if a != said.results.study.file.baseline]
    groups = list(dict.fromkeys(str(row["group"]) for row in rows))
    title = folded(said.words.text("study.axis.gain"))
    colour = alt.Scale(domain=arms, range=list(COLOURS[1 : len(arms) + 1]))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("group:N", title=None, sort=groups, axis=alt.Axis(labelLimit=320)),
        yOffset=alt.YOffset("arm:N", sort=arms),
        color=alt.Color("arm:N", scale=colour, legend=alt.Legend(title=None, labelLimit=300)),
    )
    span = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    shapes = alt.Shape("arm:N", scale=alt.Scale(domain=arms), legend=None)
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("mean:Q", title=title), shape=shapes
    )
    nil = alt.Chart(alt.InlineData(values=[{"x": 0}])).mark_rule(color=BAR).encode(x="x:Q")
    height = max(1, len(groups)) * _ROW_HEIGHT
    return dressed((nil + span + points).properties(width=330, height=height), said.language)
