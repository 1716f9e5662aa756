"""Paths of many sets of energies are those that each has alone, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.screening.equilibrium.test_simplex import random_program
from trona.screening.equilibrium.simplex import sweep
from trona.screening.equilibrium.system import System
from trona.screening.uncertainty.paths import sweep_each


@pytest.mark.parametrize("seed", range(8))
def test_paths_of_energies_that_differ_a_little_are_those_that_each_has_alone(seed):
    matrix, amounts, energies, sodium = random_program(seed, 2 + seed % 5, 200)
    rng = np.random.default_rng(seed)
    drawn = energies + rng.normal(0.0, [[0.0], [0.01], [0.1]] * 10, (30, len(energies)))
    elements = np.arange(len(amounts))
    everywhere = np.arange(matrix.shape[1])
    names = tuple(f"X{row}" for row in elements)
    system = System(names, matrix, energies, sodium, np.ones(len(sodium)), everywhere, elements)
    found = sweep_each(system, amounts, drawn, 1.0)
    for steps, alone in zip(found.steps, drawn, strict=True):
        path = sweep(matrix, amounts, alone, sodium, elements, 1.0)
        assert [mu for mu, _ in steps] == path.mu.tolist()
        for (_, basis), columns, values in zip(steps, path.columns, path.values, strict=True):
            assert found.columns[basis].tolist() == columns.tolist()
            assert found.values[basis].tolist() == values.tolist()
