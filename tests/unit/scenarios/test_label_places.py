"""Names of points on a picture lie over nothing, whatever the points."""

from hypothesis import given
from hypothesis import strategies as st

from scenarios.label_places import place_names

WIDTH, HEIGHT = 560.0, 280.0
POINT = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT))


@given(st.lists(POINT, min_size=1, max_size=20))
def test_no_name_lies_over_another_or_outside(points: list[tuple[float, float]]) -> None:
    names = [f"{3 * i} %" for i in range(len(points))]
    placed = place_names(points, names, width=WIDTH, height=HEIGHT)
    boxes = [
        (at.x, at.y - 7, at.x + 7 * len(name), at.y + 7)
        for at, name in zip(placed, names, strict=True)
        if at is not None
    ]
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert min(left, top) >= 0
        assert right <= WIDTH
        assert bottom <= HEIGHT
        for x1, y1, x2, y2 in boxes[:i]:
            assert right <= x1 or x2 <= left or bottom <= y1 or y2 <= top


def test_points_close_together_keep_all_their_names() -> None:
    points = [(280.0 + i, 140.0) for i in range(8)]
    placed = place_names(points, ["12 %"] * 8, width=WIDTH, height=HEIGHT)
    assert all(at is not None for at in placed)
    assert any(at.is_far for at in placed if at is not None)


def test_a_lone_point_has_its_name_beside_it() -> None:
    (at,) = place_names([(100.0, 100.0)], ["3 %"], width=WIDTH, height=HEIGHT)
    assert at is not None
    assert not at.is_far
