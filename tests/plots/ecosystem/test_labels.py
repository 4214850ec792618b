from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.plots.ecosystem.labels import Space, place_labels

HIGH = 12.0


def boxes(placed) -> list[tuple[float, float, float, float]]:
    return [(p.x - p.wide / 2, p.y - HIGH / 2, p.x + p.wide / 2, p.y + HIGH / 2) for p in placed]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.floats(0, 300), st.floats(1, 12), st.floats(10, 120)), min_size=1, max_size=25
    )
)
def test_no_label_stands_on_another_or_leaves_the_page(rows):
    at = np.array([row[:2] for row in rows])
    space = Space(at, np.array([row[2] for row in rows]), (400.0, 300.0))
    placed = boxes(place_labels(space, list(range(len(rows))), [row[3] for row in rows], HIGH))
    for k, (a, b, c, d) in enumerate(placed):
        assert a >= 0 and b >= 0 and c <= 400 and d <= 300
        assert not any(a < r and p < c and b < s and q < d for p, q, r, s in placed[:k])


def test_a_lonely_label_stands_right_beside_its_mark():
    space = Space(np.array([[100.0, 100.0]]), np.array([5.0]), (400.0, 300.0))
    (placed,) = place_labels(space, [0], [40.0], HIGH)
    assert (placed.y, placed.led) == (100.0, False)
    assert placed.x - 20 == 107.0


def test_a_label_does_not_cover_a_large_neighbour():
    space = Space(np.array([[100.0, 100.0], [125.0, 100.0]]), np.array([5.0, 10.0]), (400.0, 300.0))
    (placed,) = place_labels(space, [0], [40.0], HIGH)
    (box,) = boxes([placed])
    assert not (box[0] < 135 and box[2] > 115 and box[1] < 110 and box[3] > 90)


def test_a_label_without_room_is_left_out():
    space = Space(np.array([[20.0, 10.0]]), np.array([5.0]), (40.0, 20.0))
    assert place_labels(space, [0], [60.0], HIGH) == []
