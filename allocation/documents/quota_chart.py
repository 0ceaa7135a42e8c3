"""The chart of the quotas: households proposed against the number required or allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allocation.documents.picture import FONT, INK, clean_svg
from allocation.documents.view import QuotaView
from allocation.wording import Catalogue

BAR, FLOOR_TICK, CAP_TICK = "#5b8fa8", "#1c5c2e", "#8c1d18"
_LABEL_WIDTH = 460


def quota_chart(quotas: Sequence[QuotaView], words: Catalogue) -> str:
    """
    An SVG picture, one bar a quota, with a tick at its minimum or maximum.

    The same quotas give the same bytes. The table beside it says the same thing.
    """
    import altair as alt

    highest = max((max(q.used, q.seats) for q in quotas), default=1)
    count = alt.Axis(
        title=words.text("documents.chart.axis"),
        tickMinStep=1,
        tickCount=min(highest, 10),
        format="d",
        gridColor="#dcdde4",
    )
    y = alt.Y(
        "quota:N",
        sort=[q.label for q in quotas],
        axis=alt.Axis(
            title=None, labelLimit=_LABEL_WIDTH, labelPadding=8, ticks=False, domain=False
        ),
    )
    chart = (
        _marks(_rows(quotas, words), words, y, count)
        .properties(width=540, height=alt.Step(32))
        .configure_view(stroke=None)
        .configure(font=FONT)
        .configure_axis(labelFontSize=13, titleFontSize=13, labelColor=INK, titleColor=INK)
        .configure_legend(labelFontSize=13, labelColor=INK)
    )
    return clean_svg(chart.to_dict(), words.language)


def _marks(rows: list[dict[str, object]], words: Catalogue, y: Any, count: Any) -> Any:
    """Bars, ticks at what is required or allowed, and both as figures."""
    import altair as alt

    names = [words.text(f"documents.chart.{k}") for k in ("used", "floor", "cap")]
    legend = alt.Scale(domain=names, range=[BAR, FLOOR_TICK, CAP_TICK])
    colour: dict[str, Any] = {"scale": legend, "legend": alt.Legend(title=None, orient="top")}
    base = alt.Chart(alt.InlineData(values=rows))
    bars = base.mark_bar(height=14).encode(
        y=y, x=alt.X("used:Q", axis=count), color=alt.Color("bar:N", **colour)
    )
    # A minimum of nothing is no mark to reach: it is said in words only.
    ticks = (
        base.transform_filter("datum.seats > 0 || !datum.is_floor")
        .mark_tick(thickness=3, size=24)
        .encode(y=y, x=alt.X("seats:Q", axis=count), color=alt.Color("what:N", **colour))
    )
    end: dict[str, Any] = {"align": "left", "dx": 8, "fontSize": 13, "color": INK}
    labels = base.mark_text(**end).encode(y=y, x=alt.X("end:Q", axis=count), text="label:N")
    return bars + ticks + labels


def _rows(quotas: Sequence[QuotaView], words: Catalogue) -> list[dict[str, object]]:
    """One row a quota, with the words of the legend."""
    floor_kind = words.text("reasons.quota_kind.floor")
    return [
        {
            "quota": q.label,
            "used": q.used,
            "seats": q.seats,
            "what": words.text(f"documents.chart.{'floor' if q.kind == floor_kind else 'cap'}"),
            "bar": words.text("documents.chart.used"),
            "is_floor": q.kind == floor_kind,
            "end": max(q.used, q.seats),
            "label": words.text(_label_key(q, floor_kind), used=q.used, seats=q.seats),
        }
        for q in quotas
    ]


def _label_key(quota: QuotaView, floor_kind: str) -> str:
    if quota.kind != floor_kind:
        return "documents.chart.label.cap"
    return f"documents.chart.label.{'floor' if quota.seats else 'nothing'}"
