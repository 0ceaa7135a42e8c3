"""The map of the communes, and who borders whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from allocation.territory.load import data_text

Point = tuple[float, float]


@cache
def boundaries() -> Mapping[str, Any]:
    """
    The communes as a GeoJSON feature collection (WGS84), to draw and never to measure.

    Credit on maps: "Boundaries: Statbel via BelgiumMaps.StatBel, CC BY 2.0, simplified".
    """
    return MappingProxyType(json.loads(data_text("communes.geojson")))


@cache
def neighbours() -> Mapping[str, tuple[str, ...]]:
    """
    Communes that share a border, by REFNIS code.

    The simplified map keeps shared borders point for point, so two communes are neighbours when
    they have two points in common or more (one is a mere corner).
    """
    owners: dict[Point, set[str]] = {}
    for feature in boundaries()["features"]:
        nis5 = feature["properties"]["nis5"]
        for point in _points(feature["geometry"]["coordinates"]):
            owners.setdefault(point, set()).add(nis5)
    shared: dict[tuple[str, str], int] = {}
    for holders in owners.values():
        for pair in ((a, b) for a in holders for b in holders if a != b):
            shared[pair] = shared.get(pair, 0) + 1
    found: dict[str, list[str]] = {f["properties"]["nis5"]: [] for f in boundaries()["features"]}
    for (first, second), n_points in sorted(shared.items()):
        if n_points > 1:
            found[first].append(second)
    return MappingProxyType({nis5: tuple(others) for nis5, others in found.items()})


def _points(coordinates: Any) -> Iterator[Point]:
    if isinstance(coordinates[0], (int, float)):
        yield (coordinates[0], coordinates[1])
    else:
        for part in coordinates:
            yield from _points(part)
