"""Interpreted loops give the bits of the compiled ones."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.systems import random_phases
from trona.screening.equilibrium.loops import interpreted, kernels, near, settling, systems
from trona.screening.equilibrium.phases import PhaseTable

SIZES = [(n_rows, n_columns) for n_rows in (1, 2, 3, 5, 8) for n_columns in (3, 40, 700)]


def program(seed, n_rows, n_columns):
    """Columns of integer ratios, so that many steps are degenerate; energies with ties."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, (n_rows, n_columns)).astype(float)
    counts[0, counts.sum(axis=0) == 0] = 1.0
    matrix = np.hstack([np.eye(n_rows), counts / counts.sum(axis=0)])
    energies = np.concatenate([np.zeros(n_rows), -rng.integers(0, 50, n_columns) / 20.0])
    sodium = np.concatenate([np.zeros(n_rows), rng.integers(0, 5, n_columns) / 3.0])
    amounts = rng.integers(1, 9, n_rows).astype(float)
    return np.ascontiguousarray(matrix), amounts, energies, sodium


def optimised(loops, seed, size, costs=None):
    matrix, amounts, energies, _ = program(seed, *size)
    basis, values = np.arange(size[0]), np.zeros(size[0])
    energies = energies if costs is None else costs
    outcome = loops.optimise(matrix, amounts, energies, basis, values, 2000)
    return outcome, basis.tolist(), values.tolist()


def followed(loops, seed, size, room=64):
    matrix, amounts, energies, sodium = program(seed, *size)
    at_first = np.where(sodium == 0.0, energies, np.inf)
    basis = np.array(optimised(loops, seed, size, at_first)[1], dtype=np.intp)
    mus, tied = np.zeros(room), np.zeros(room, dtype=bool)
    bases, values = np.zeros((room, size[0]), dtype=np.intp), np.zeros((room, size[0]))
    steps = loops.follow(matrix, amounts, energies, sodium, 0.4, basis, mus, bases, values, tied)
    kept = slice(max(steps, 0))
    return steps, *(array[kept].tolist() for array in (mus, bases, values, tied))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(4))
def test_optima_have_the_bits_of_the_compiled_loop(seed, size):
    assert optimised(interpreted, seed, size) == optimised(kernels, seed, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(4))
def test_sweeps_have_the_bits_of_the_compiled_loop(seed, size):
    assert followed(interpreted, seed, size) == followed(kernels, seed, size)


@pytest.mark.parametrize("size", [(3, 40), (7, 60)])
def test_hulls_of_all_systems_have_the_bits_of_the_compiled_loop(size):
    table = PhaseTable.from_phases(random_phases(7, *size))
    n_atoms, index = table.amounts.sum(axis=1), table.index
    found = []
    for loops in (interpreted, systems):
        hull = np.full(len(table), np.nan)
        given = (index.masks, index.ends, index.rows, table.is_ground, table.amounts)
        given = (*given, table.energies, n_atoms)
        assert loops.hull_energies(*given, 2000, hull) == interpreted.DONE
        assert loops.hull_energies(*given, 0, hull.copy()) == interpreted.LIMIT
        found.append(hull.tolist())
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", range(12))
def test_many_costs_have_the_bits_of_the_compiled_loop(seed):
    matrix, amounts, energies, _ = program(seed, 4, 200)
    rng = np.random.default_rng(seed)
    costs = energies + rng.normal(0.0, [[0.001], [0.1]] * 20, (40, len(energies)))
    costs[::3] = costs[::3].round(1)  # many ties
    start = np.array(optimised(interpreted, seed, (4, 200))[1], dtype=np.intp)
    found = []
    for loops in (interpreted, near):
        bases, values = np.zeros((40, 4), dtype=np.intp), np.zeros((40, 4))
        which = np.zeros(40, dtype=np.intp)
        known = loops.optimise_near(matrix, amounts, costs, start, 2000, bases, values, which)
        assert 1 < known < 40
        assert len({tuple(basis) for basis in bases[:known].tolist()}) == known
        found.append((bases[which].tolist(), values[which].tolist()))
    assert found[0] == found[1]


@pytest.mark.parametrize("n_rows", [1, 3, 7, 8, 11])
def test_products_have_the_bits_of_the_compiled_loop(n_rows):
    rng = np.random.default_rng(n_rows)
    sizes, sodium, energies = rng.uniform(0.5, 4.0, (3, 40))
    bases = np.array([rng.permutation(40)[:n_rows] for _ in range(12)])
    amounts = rng.uniform(0.0, 2.0, bases.shape) * rng.integers(0, 2, bases.shape)
    again = np.repeat(np.arange(12), 2)  # every basis twice in a row, its columns in another order
    bases, amounts = bases[again], amounts[again]
    bases[1::2], amounts[1::2] = bases[1::2, ::-1], amounts[1::2, ::-1]
    uppers = np.arange(24.0, 0.0, -1.0)
    uppers[[0, 7]] = np.inf, uppers[8] + 1e-10  # no bound; no width
    wide = np.delete(np.arange(24), 7)[::-1]
    found = []
    for loops in (interpreted, settling):
        columns, values = np.zeros_like(bases), np.zeros_like(amounts)
        places, numbers = np.zeros((3, 24), dtype=np.intp), np.zeros((3, 24))
        given = (sizes, sodium, energies, uppers, bases, amounts, 0.5, 1e-9, 1e-9, 1e-9)
        kept = loops.settle(*given, columns, values, places, numbers)
        present = np.arange(n_rows) < places[1, :kept, None]
        arrays = (columns[:kept][present], values[:kept][present], places, numbers)
        found.append([array.tolist() for array in arrays])
        assert places[0, :kept].tolist() == wide.tolist()
        assert places[2, :kept][(wide % 2 == 0) & (wide != 6)].all()
        assert numbers[0, :kept].tolist() == uppers[wide].tolist()
    assert found[0] == found[1]


@pytest.mark.parametrize("loops", [interpreted, kernels])
def test_outcomes_other_than_an_optimum_are_told_apart(loops):
    size = (3, 200)
    matrix, amounts, energies, _ = program(2, *size)
    basis, values = np.arange(3), np.zeros(3)
    assert loops.optimise(matrix, amounts, energies, basis, values, 1) == interpreted.LIMIT
    assert followed(loops, 2, size, room=1)[0] == interpreted.FULL
    free = np.ascontiguousarray(np.hstack([np.eye(2), [[-0.5], [-0.5]]]))
    costs, basis = np.array([0.0, 0.0, -1.0]), np.arange(2)
    outcome = loops.optimise(free, np.ones(2), costs, basis, np.zeros(2), 50)
    assert outcome == interpreted.UNBOUNDED


@pytest.mark.parametrize("loops", [interpreted, near])
def test_outcomes_of_many_costs_other_than_optima_are_told_apart(loops):
    matrix, amounts, energies, _ = program(2, 3, 200)

    def outcome(matrix, amounts, costs, limit):
        size = len(amounts)
        out = np.zeros((1, size), dtype=np.intp), np.zeros((1, size)), np.zeros(1, dtype=np.intp)
        return loops.optimise_near(matrix, amounts, costs, np.arange(size), limit, *out)

    assert outcome(matrix, amounts, energies[None].copy(), 1) == interpreted.LIMIT
    assert outcome(np.eye(3), amounts, np.zeros((1, 3)), 1) == 1
    assert outcome(np.eye(3), amounts, np.zeros((0, 3)), 1) == 0
    free = np.ascontiguousarray(np.hstack([np.eye(2), [[-0.5], [-0.5]]]))
    assert outcome(free, np.ones(2), np.array([[0.0, 0.0, -1.0]]), 50) == interpreted.UNBOUNDED
