"""The pictures of a study, drawn on the server; each has its table beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allocation.documents.picture import FONT, INK, clean_svg
from scenarios.estimates import Estimate
from scenarios.measures import CURVE_MONTHS, MEASURES

if TYPE_CHECKING:
    from scenarios.report import Words

# Told apart without colour too: each arm has a dash of its own and its name at the end.
COLOURS = ("#1b1b1f", "#0b6a8f", "#b3541e", "#5a2d82", "#1c5c2e", "#8c1d18")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4])
_GRID, MAIN, BAR = "#dcdde4", "#0b6a8f", "#8a8a94"
_HALF, _LEAST = 0.5, 0.05
_TRANSIT_MONTHS = 36
_AXIS_WIDTH = 42


def dressed(chart: Any, language: str) -> str:
    """A chart as SVG, in the hand of all reports."""
    dressed = (
        chart.configure_view(stroke=None)
        .configure(font=FONT)
        .configure_axis(
            labelFontSize=13, titleFontSize=13, labelColor=INK, titleColor=INK, gridColor=_GRID
        )
        .configure_legend(labelFontSize=13, labelColor=INK, title=None, orient="top")
    )
    return clean_svg(dressed.to_dict(), language)


def frontier_chart(said: Words) -> str:
    """Gain on the first primary measure against cost on the last, each arm with its intervals."""
    import altair as alt

    primary = said.results.study.file.primary
    x_title, y_title = _axis(said, primary[-1]), _axis(said, primary[0])
    x = alt.X("x:Q", title=x_title, scale=alt.Scale(zero=True))
    y = alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=True))
    base = alt.Chart(alt.InlineData(values=_gains_and_costs(said)))
    across = base.mark_rule(color=BAR).encode(x=alt.X("x1:Q", title=x_title), x2="x2:Q", y=y)
    up = base.mark_rule(color=BAR).encode(x=x, y=alt.Y("y1:Q", title=y_title), y2="y2:Q")
    line = base.mark_line(color=MAIN, strokeWidth=1.5).encode(x=x, y=y, order="y:Q")
    points = base.mark_point(filled=True, size=90, color=MAIN, opacity=1).encode(x=x, y=y)
    names = base.mark_text(align="left", dx=9, dy=-9, fontSize=13, color=INK).encode(
        x=x, y=y, text="arm:N"
    )
    return dressed(
        (across + up + line + points + names).properties(width=560, height=300), said.language
    )


def _gains_and_costs(said: Words) -> list[dict[str, float | str]]:
    """One row an arm; the baseline is where both are nil."""
    results = said.results
    first, last = results.study.file.primary[0], results.study.file.primary[-1]
    rows: list[dict[str, float | str]] = []
    for arm in results.arms:
        row: dict[str, float | str] = {"arm": said.arm(arm)}
        for axis, measure in (("x", last), ("y", first)):
            scale = 100 if MEASURES[measure].unit == "share" else 1
            is_baseline = arm == results.study.file.baseline
            gap = Estimate(0.0, 0.0, 0.0, 0) if is_baseline else results.gap(arm, measure)
            row[axis] = gap.mean * scale
            row[f"{axis}1"], row[f"{axis}2"] = gap.low * scale, gap.high * scale
        rows.append(row)
    return rows


def _axis(said: Words, measure: str) -> list[str]:
    """A title of an axis, folded."""
    unit = said.words.text(f"study.unit.{MEASURES[measure].unit}")
    return folded(f"{said.measure(measure)} ({unit})")


def folded(title: str) -> list[str]:
    """A title of an axis, in short lines."""
    lines = [""]
    for word in title.split(" "):
        if len(lines[-1]) + len(word) > _AXIS_WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def curve_chart(said: Words, name: str) -> str:
    """Share reached by month, one line an arm."""
    import altair as alt

    results = said.results
    arms = [said.arm(arm) for arm in results.arms]
    highest = max(max(results.curve(arm, name)) for arm in results.arms)
    last = CURVE_MONTHS[-1] if name == "list" else _TRANSIT_MONTHS
    rows = [
        {"arm": said.arm(arm), "month": month, "share": share}
        for arm in results.arms
        for month, share in zip(CURVE_MONTHS, results.curve(arm, name), strict=True)
        if month <= last
    ]
    top = 1.0 if highest > _HALF else max(_LEAST, highest * 1.15)
    months, share = said.words.text("study.axis.months"), said.words.text("study.axis.share")
    colour = alt.Scale(domain=arms, range=list(COLOURS[: len(arms)]))
    dash = alt.Scale(domain=arms, range=[list(d) for d in _DASHES[: len(arms)]])
    y_scale = alt.Scale(domain=[0, top])
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=2.2, interpolate="linear")
        .encode(
            x=alt.X("month:Q", title=months, axis=alt.Axis(tickMinStep=6)),
            y=alt.Y("share:Q", title=share, axis=alt.Axis(format="%"), scale=y_scale),
            color=alt.Color("arm:N", scale=colour, legend=alt.Legend(title=None, labelLimit=300)),
            strokeDash=alt.StrokeDash("arm:N", scale=dash, legend=None),
        )
        .properties(width=560, height=260)
    )
    return dressed(chart, said.language)
