"""Labels stay clear of points and of each other, wherever there is room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.figures.labels import placed

PAGE = (0.0, 0.0, 600.0, 600.0)
PLACES = st.lists(st.tuples(st.floats(150, 450), st.floats(150, 450)), min_size=1, max_size=12).map(
    np.array
)


@pytest.mark.long
@given(PLACES, st.lists(st.floats(10, 60), min_size=12, max_size=12))
def test_no_label_covers_another_or_leaves_the_page(points, widths):
    sizes = np.column_stack([widths[: len(points)], np.full(len(points), 10.0)])
    middles = placed(points, sizes, PAGE)
    for at, (middle, size) in enumerate(zip(middles, sizes, strict=True)):
        for other, more in zip(middles[:at], sizes[:at], strict=True):
            assert (np.abs(middle - other) >= (size + more) / 2 - 1e-6).any()
    assert (middles - sizes / 2 >= 0.0).all()
    assert (middles + sizes / 2 <= 600.0).all()


@pytest.mark.long
@given(PLACES)
def test_labels_of_few_letters_cover_no_point(points):
    middles = placed(points, np.full((len(points), 2), 10.0), PAGE)
    for middle in middles:
        assert (np.abs(points - middle) >= 5.0).any(axis=1).all()


def test_a_label_avoids_lines_where_it_can():
    line = np.column_stack([np.linspace(300, 400, 50), np.full(50, 300.0)])
    (middle,) = placed(np.array([[300.0, 300.0]]), np.array([[30.0, 10.0]]), PAGE, line)
    assert not (np.abs(line - middle) < [15.0, 5.0]).all(axis=1).any()


def test_placement_is_the_same_every_time():
    points = np.random.default_rng(1).uniform(0, 300, (20, 2))
    sizes = np.full((20, 2), 20.0)
    assert np.array_equal(placed(points, sizes, PAGE), placed(points, sizes, PAGE))


def test_a_label_is_nearest_to_its_own_point():
    points = np.array([[300.0, 300.0], [312.0, 300.0], [326.0, 300.0]])
    line = np.column_stack([np.linspace(100, 500, 80), np.full(80, 300.0)])
    size = np.array([45.0, 12.0])
    middles = placed(points, np.tile(size, (3, 1)), PAGE, line)
    gaps = np.maximum(np.abs(middles[:, None] - points[None]) - size / 2, 0.0)
    distances = np.hypot(gaps[..., 0], gaps[..., 1])
    assert (np.diag(distances) <= distances.min(axis=1) + 1e-9).all()
