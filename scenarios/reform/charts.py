"""Pictures of a comparison: who moves up and down, and dwellings by group."""

from __future__ import annotations

from typing import Any

from allocation.documents.picture import FONT, INK, clean_svg
from scenarios.reform.telling import Telling

UP, DOWN, BEFORE, AFTER = "#0b4f6c", "#b4552d", "#9aa7b4", "#0b4f6c"
_WIDTH, _STEP = 520, 34


def movements(telling: Telling) -> str:
    """Households moving up (right) and down (left) by kind of household; SVG."""
    import altair as alt

    text = telling.words.text
    names = [text("reform.head.up"), text("reform.head.down")]
    rows = []
    for row in telling.told["profiles"]["household"]:
        group = telling.group("household", row["value"])
        rows.append({"group": group, "what": names[0], "n": row["up"] or 0})
        rows.append({"group": group, "what": names[1], "n": -(row["down"] or 0)})
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height=16)
        .encode(
            y=alt.Y("group:N", sort=_order(telling, "household"), axis=_names()),
            x=alt.X("n:Q", axis=_counts(telling, format_="s")),
            color=_colours(names, [UP, DOWN]),
        )
    )
    return _drawn(chart, telling.words.language)


def housed(telling: Telling) -> str:
    """Dwellings proposed before and after by bedrooms required; SVG."""
    import altair as alt

    text = telling.words.text
    names = [text("reform.head.before"), text("reform.head.after")]
    rows = []
    for row in sorted(telling.told["profiles"]["bedrooms"], key=lambda r: str(r["value"])):
        group = telling.words.text("documents.due", n=int(row["value"])) if row[
            "value"
        ].isdigit() else telling.group("bedrooms", row["value"])  # fmt: skip
        for name, key in zip(names, ("served_before", "served_after"), strict=True):
            if row[key]:
                rows.append({"group": group, "what": name, "n": row[key]})
    if not rows:
        return ""
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height=12)
        .encode(
            y=alt.Y("group:N", sort=None, axis=_names()),
            yOffset=alt.YOffset("what:N", sort=names),
            x=alt.X("n:Q", axis=_counts(telling, format_="d")),
            color=_colours(names, [BEFORE, AFTER]),
        )
    )
    return _drawn(chart, telling.words.language)


def _order(telling: Telling, dimension: str) -> list[str]:
    return [telling.group(dimension, r["value"]) for r in telling.told["profiles"][dimension]]


def _names() -> Any:
    import altair as alt

    return alt.Axis(title=None, labelLimit=220, labelPadding=8, ticks=False, domain=False)


def _counts(telling: Telling, *, format_: str) -> Any:
    import altair as alt

    return alt.Axis(
        title=telling.words.text("reform.chart.axis"),
        tickMinStep=1,
        tickCount=8,
        format=format_,
        # What moves down is drawn to the left, and still counted upwards.
        labelExpr="format(abs(datum.value), 'd')",
        gridColor="#dcdde4",
    )


def _colours(names: list[str], colours: list[str]) -> Any:
    import altair as alt

    return alt.Color(
        "what:N",
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title=None, orient="top"),
    )


def _drawn(chart: Any, language: str) -> str:
    import altair as alt

    drawn = (
        chart.properties(width=_WIDTH, height=alt.Step(_STEP))
        .configure_view(stroke=None)
        .configure(font=FONT)
        .configure_axis(labelFontSize=13, titleFontSize=13, labelColor=INK, titleColor=INK)
        .configure_legend(labelFontSize=13, labelColor=INK)
    )
    return clean_svg(drawn.to_dict(), language)
