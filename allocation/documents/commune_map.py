"""The map of a meeting: communes around its dwellings, a disc where the dwellings are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allocation.documents.picture import FONT, INK, clean_svg
from allocation.documents.view import CommuneView
from allocation.territory import boundaries, communes, neighbours
from allocation.wording import DEFAULT_LANGUAGE

# Degrees of longitude are narrower than degrees of latitude; Wallonia lies around this parallel.
MIDDLE_LATITUDE = 50.4
_NARROWING = math.cos(math.radians(MIDDLE_LATITUDE))
_WIDTH = 520
LAND, CHOSEN, EDGE, DISC = "#eef0f4", "#c8dbe4", "#9a9ca8", "#0b4f6c"


def commune_map(places: Sequence[CommuneView]) -> str:
    """
    An SVG picture of the communes of the meeting and their neighbours.

    Communes that are not on the map of Wallonia are left to the table beside it. Drawn with an
    identity projection: with Mercator the ring order of our file would fill the whole page.
    """
    import altair as alt

    here = {p.nis5: p for p in places if p.nis5 in communes()}
    around = set(here) | {n for nis5 in here for n in neighbours().get(nis5, ())}
    shapes = [
        _shape(feature, here)
        for feature in boundaries()["features"]
        if feature["properties"]["nis5"] in around
    ]
    if not shapes:
        return ""
    chart = (
        alt.layer(_land(shapes), *_spots(here))
        .project(type="identity", reflectY=True)
        .properties(width=_WIDTH, height=_height(shapes))
        .configure_view(stroke=None)
        .configure(font=FONT)
    )
    return clean_svg(chart.to_dict(), DEFAULT_LANGUAGE)  # no axis, so no number to write


def _land(shapes: Sequence[dict[str, Any]]) -> Any:
    """The communes; those of the meeting in their own colour."""
    import altair as alt

    colours = alt.Scale(domain=[True, False], range=[CHOSEN, LAND])
    return (
        alt.Chart(alt.InlineData(values=shapes))
        .mark_geoshape(stroke=EDGE, strokeWidth=0.8)
        .encode(color=alt.Color("properties.chosen:N", scale=colours, legend=None))
    )


def _spots(here: Mapping[str, CommuneView]) -> tuple[Any, ...]:
    """A disc for each commune of the meeting, then its name over a white edge."""
    import altair as alt

    spots: list[dict[str, object]] = [
        {
            "lon": communes()[nis5].lon * _NARROWING,
            "lat": communes()[nis5].lat,
            "n": place.n_dwellings,
            "label": f"{place.name} {place.n_dwellings}",
        }
        for nis5, place in sorted(here.items())
    ]
    base = alt.Chart(alt.InlineData(values=spots)).encode(longitude="lon:Q", latitude="lat:Q")
    highest = max(place.n_dwellings for place in here.values())
    areas = alt.Scale(domain=[0, highest], range=[0, 900])
    discs = base.mark_circle(color=DISC, opacity=0.85).encode(
        size=alt.Size("n:Q", scale=areas, legend=None)
    )
    name: dict[str, Any] = {"dy": -22, "fontSize": 13, "fontWeight": "bold", "color": INK}
    edge = base.mark_text(**name, stroke="white", strokeWidth=3).encode(text="label:N")
    return discs, edge, base.mark_text(**name).encode(text="label:N")


def _shape(feature: dict[str, Any], here: dict[str, CommuneView]) -> dict[str, Any]:
    nis5 = feature["properties"]["nis5"]
    geometry = feature["geometry"]
    return {
        "type": "Feature",
        "properties": {"chosen": nis5 in here},
        "geometry": {
            "type": geometry["type"],
            "coordinates": _narrowed(geometry["coordinates"]),
        },
    }


def _narrowed(coordinates: Any) -> Any:
    if isinstance(coordinates[0], (int, float)):
        return [round(coordinates[0] * _NARROWING, 5), coordinates[1]]
    return [_narrowed(part) for part in coordinates]


def _points(coordinates: Any) -> Iterable[tuple[float, float]]:
    if isinstance(coordinates[0], (int, float)):
        yield coordinates[0], coordinates[1]
    else:
        for part in coordinates:
            yield from _points(part)


def _height(shapes: Sequence[dict[str, Any]]) -> int:
    """Height that keeps the shapes' proportions at our width."""
    points = [p for s in shapes for p in _points(s["geometry"]["coordinates"])]
    across = max(x for x, _ in points) - min(x for x, _ in points)
    up = max(y for _, y in points) - min(y for _, y in points)
    return min(round(_WIDTH * up / across), 440)
