"""Phases by the elements that they hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.equilibrium.element_index import ElementIndex


def amounts(n_phases: int, n_elements: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    matrix = np.zeros((n_phases, n_elements))
    for row in matrix:
        chosen = rng.choice(n_elements, rng.integers(1, min(5, n_elements) + 1), replace=False)
        row[chosen] = rng.integers(1, 9, len(chosen))
    return matrix


@given(
    st.integers(1, 60),
    st.sampled_from([1, 3, 8, 63, 64, 65, 100]),
    st.integers(0, 1000),
    st.data(),
)
def test_the_index_finds_what_a_look_at_all_phases_finds(n_phases, n_elements, seed, data):
    matrix = amounts(n_phases, n_elements, seed)
    index = ElementIndex.of(matrix)
    asked = sorted(data.draw(st.sets(st.integers(0, n_elements - 1), max_size=6)))
    inside = np.zeros(n_elements, dtype=bool)
    inside[asked] = True
    held = matrix > 0
    within = np.flatnonzero(~held[:, ~inside].any(axis=1))
    assert index.within(asked).tolist() == within.tolist()
    holding = np.flatnonzero(held[:, inside].all(axis=1))
    assert index.holding(asked).tolist() == holding.tolist()
    exactly = np.flatnonzero((held == inside).all(axis=1))
    assert index.exactly(asked).tolist() == exactly.tolist()


def test_the_same_elements_in_another_order_are_found_once(monkeypatch):
    index, looks = ElementIndex.of(amounts(200, 12, 2)), []
    gather = ElementIndex._of_systems
    monkeypatch.setattr(
        ElementIndex, "_of_systems", lambda self, found: looks.append(1) or gather(self, found)
    )
    assert index.within([7, 2, 5]) is index.within([2, 5, 7])
    assert len(looks) == 1
    with pytest.raises(ValueError, match="read-only"):
        index.within([2, 5, 7])[:] = 0


@pytest.mark.parametrize("n_elements", [4, 70])
def test_every_phase_is_in_one_system_with_those_of_its_elements(n_elements):
    matrix = amounts(200, n_elements, 1)
    index = ElementIndex.of(matrix)
    systems = np.split(index.rows, index.ends[1:-1])
    assert len(systems) == len(index)
    assert sorted(at for rows in systems for at in rows.tolist()) == list(range(200))
    for rows in systems:
        assert len(np.unique(matrix[rows] > 0, axis=0)) == 1
        assert (np.diff(rows) > 0).all()
