"""Where the names of points go on a picture: over no other, no point, not outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_CHARACTER, _LINE = 7.6, 15.0  # pixels, at the size of the names
_POINT = 6.0
_STEPS = (8.0, 22.0, 38.0, 56.0, 76.0, 98.0, 122.0)
_SIDES = ((1, -1), (1, 1), (-1, -1), (-1, 1))


@dataclass(frozen=True)
class Name:
    """
    A name and where it stands: ``x`` of its left end, ``y`` of its middle, in pixels.

    ``is_far``: so far from its point that a line must join them; it ends at ``foot``.
    """

    x: float
    y: float
    foot: float
    is_far: bool


Box = tuple[float, float, float, float]


def place_names(
    points: Sequence[tuple[float, float]], names: Sequence[str], *, width: float, height: float
) -> list[Name | None]:
    """
    A place for the name of each point, as near as is free; ``None`` when there is no room left.

    Shapes
    ------
    points : (n, 2), pixels from the upper left corner; names : (n,)
    """
    taken: list[Box] = [(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in points]
    found: list[Name | None] = []
    for (x, y), name in zip(points, names, strict=True):
        long = _CHARACTER * len(name)
        tried = (
            (x + right * step - (long if right < 0 else 0.0), y + down * step, step)
            for step in _STEPS
            for right, down in _SIDES
        )
        free = (t for t in tried if _is_free(_box(t[0], t[1], long), taken, width, height))
        place = next(free, None)
        if place is None:
            found.append(None)
            continue
        left, at, step = place
        taken.append(_box(left, at, long))
        foot = left if left >= x else left + long
        found.append(Name(left, at, foot, step > _STEPS[0]))
    return found


def _box(left: float, middle: float, long: float) -> Box:
    return left, middle - _LINE / 2, left + long, middle + _LINE / 2


def _is_free(box: Box, taken: Sequence[Box], width: float, height: float) -> bool:
    left, top, right, bottom = box
    is_inside = left >= 0 and top >= 0 and right <= width and bottom <= height
    return is_inside and all(
        right <= x1 or x2 <= left or bottom <= y1 or y2 <= top for x1, y1, x2, y2 in taken
    )
