"""The linear programs against scipy, and optimality of every step by its own prices."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import linprog

from trona.screening.equilibrium.simplex import minimise, minimise_each, sweep
from trona.screening.errors import ConvergenceError


def random_program(seed, n_rows, n_columns):
    """Columns of fractions after the elements, amounts, costs and sodium."""
    rng = np.random.default_rng(seed)
    compounds = rng.dirichlet(np.full(n_rows, 0.6), n_columns).T
    matrix = np.hstack([np.eye(n_rows), compounds])
    energies = np.concatenate([np.zeros(n_rows), rng.uniform(-2, 0.5, n_columns)])
    sodium = np.concatenate([np.zeros(n_rows), rng.integers(0, 5, n_columns) / 2.0])
    return matrix, rng.uniform(0.1, 3.0, n_rows), energies, sodium


def basis_energy(basis, costs):
    return basis.values @ costs[basis.columns]


@pytest.mark.parametrize("seed", range(8))
def test_minimum_agrees_with_scipy(seed):
    matrix, amounts, energies, _ = random_program(seed, 2 + seed % 5, 300)
    best = minimise(matrix, amounts, energies, np.arange(len(amounts)))
    oracle = linprog(energies, A_eq=matrix, b_eq=amounts)
    assert basis_energy(best, energies) == pytest.approx(oracle.fun, abs=1e-9)
    assert matrix[:, best.columns] @ best.values == pytest.approx(amounts, abs=1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_costs_that_differ_a_little_have_the_minima_that_each_has_alone(seed):
    matrix, amounts, energies, _ = random_program(seed, 2 + seed % 5, 200)
    rng = np.random.default_rng(seed)
    costs = energies + rng.normal(0.0, [[0.001], [0.1]] * 15, (30, len(energies)))
    elements = np.arange(len(amounts))
    first = minimise(matrix, amounts, energies, elements).columns
    found = minimise_each(matrix, amounts, costs, first)
    assert sorted(np.concatenate([rows for _, rows in found])) == list(range(30))
    for basis, rows in found:
        for row in rows:
            alone = minimise(matrix, amounts, costs[row], elements)
            assert set(basis.columns) == set(alone.columns)
            assert basis_energy(basis, costs[row]) == pytest.approx(basis_energy(alone, costs[row]))


@pytest.mark.parametrize("seed", range(8))
def test_every_step_of_the_sweep_is_optimal_over_its_range(seed):
    matrix, amounts, energies, sodium = random_program(seed, 2 + seed % 5, 200)
    path = sweep(matrix, amounts, energies, sodium, np.arange(len(amounts)), mu_stop=1.0)
    assert path.mu[0] == -np.inf
    assert path.mu.tolist() == sorted(path.mu)
    for step, upper in enumerate([*path.mu[1:], 1.0]):
        basis = path.basis(step)
        assert np.all(basis.values >= 0.0)
        assert matrix[:, basis.columns] @ basis.values == pytest.approx(amounts, abs=1e-10)
        for mu in (max(path.mu[step], upper - 50.0), upper):
            costs = energies - mu * sodium
            prices = np.linalg.solve(matrix[:, basis.columns].T, costs[basis.columns])
            assert np.all(costs - prices @ matrix >= -1e-9)


def test_infinite_costs_forbid_a_column():
    matrix = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    amounts, start = np.array([1.0, 1.0]), np.array([0, 1])
    assert set(minimise(matrix, amounts, np.array([0, 0, -1.0]), start).columns) & {2}
    assert not set(minimise(matrix, amounts, np.array([0, 0, np.inf]), start).columns) & {2}


def test_one_thousand_equal_columns_do_not_cycle():
    matrix = np.hstack([np.eye(4), np.tile(np.full((4, 1), 0.25), 1000)])
    energies = np.concatenate([np.zeros(4), np.full(1000, -1.0)])
    sodium = np.concatenate([np.zeros(4), np.full(1000, 1.0)])
    amounts, start = np.ones(4), np.arange(4)
    assert basis_energy(minimise(matrix, amounts, energies, start), energies) == pytest.approx(-4.0)
    path = sweep(matrix, amounts, energies, sodium, start, mu_stop=0.0)
    assert basis_energy(path.basis(len(path) - 1), energies) == pytest.approx(-4.0)


def test_a_free_lunch_is_reported_as_a_defect():
    matrix = np.array([[1.0, 0.0]])
    with pytest.raises(ConvergenceError, match="unbounded"):
        minimise(matrix, np.array([1.0]), np.array([0.0, -1.0]), np.array([0]))


def test_without_a_folder_to_cache_in_the_loops_are_compiled_all_the_same():
    code = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "import numpy as np\n"
        "from trona.screening.equilibrium.simplex import minimise\n"
        "one = np.ones((1, 1))\n"
        "print(minimise(one, one[0], one[0], np.array([0])).values)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == ("[1.]\n", 0), ran.stderr
