"""Phase equilibrium of a composition that is open to molecules, such as water, O2 and CO2.

A molecule is a phase in unlimited supply with its own chemical potential, and its exchange is
counted in molecules, not in atoms. The molecules therefore replace some of the elements as
components of the mass balance, and their amounts may be negative: relative to water, H2S is H2O
less O. The row of each open molecule drops out of the balance; the parametric simplex does the
rest, with exact breakpoints along the potential of one molecule.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ChemicalSystemError, FormulaError
from trona.screening.formulas import parse, plain, present

from .simplex import AMOUNT_TOLERANCE, BasicSolution, minimise, sweep_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from .phases import Phase, PhaseTable

__all__ = ["OpenEquilibrium", "Range", "Reservoir", "equilibrate", "equilibrate_along"]

_NOTHING = 1e-12
"""Amounts of components below this are rounding."""
_WIDTH = 1e-9
"""Breakpoints closer than this (eV) are one."""


@dataclass(frozen=True)
class Reservoir:
    """
    A molecule in unlimited supply.

    Parameters
    ----------
    formula
        Molecule, as in ``"H2O"``.
    mu
        Chemical potential, eV per molecule on the scale of the table.
    """

    formula: str
    mu: float

    @property
    def amounts(self) -> Mapping[str, float]:
        """Element symbol to amount per molecule."""
        return _counted(self.formula)


@cache
def _counted(formula: str) -> Mapping[str, float]:
    """Count the atoms of a molecule."""
    return parse(formula)


@dataclass(frozen=True, eq=False)
class OpenEquilibrium:
    """
    Products of a composition in equilibrium with reservoirs.

    Parameters
    ----------
    phases
        Products, in the table's order.
    amounts : shape (n_products,)
        Formula units of each per formula unit of the composition.
    energy
        Energy of the products, eV per formula unit of the composition.
    taken
        Molecules taken up per formula unit, for each reservoir; negative where they leave.
    """

    phases: tuple[Phase, ...]
    amounts: NDArray[np.float64]
    energy: float
    taken: Mapping[str, float]

    def __post_init__(self) -> None:
        self.amounts.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Range:
    """
    A range of a chemical potential with one set of products.

    Parameters
    ----------
    mu_lower, mu_upper
        Ends, eV per molecule.
    found
        What the composition becomes there.
    """

    mu_lower: float
    mu_upper: float
    found: OpenEquilibrium


@dataclass(frozen=True, eq=False)
class _Components:
    """Phases laid out in components: the rows that are balanced, the molecules that are open."""

    amounts: NDArray[np.float64]  # (n_rows, n_columns), per size
    target: NDArray[np.float64]  # (n_rows,)
    energies: NDArray[np.float64]  # (n_columns,), eV per size
    molecules: NDArray[np.float64]  # (n_reservoirs, n_columns), per size
    brought: NDArray[np.float64]  # (n_reservoirs,), in the composition itself
    sizes: NDArray[np.float64]
    index: NDArray[np.intp]
    start: NDArray[np.intp]


def equilibrate(
    table: PhaseTable, composition: Mapping[str, float], reservoirs: Sequence[Reservoir]
) -> OpenEquilibrium:
    """
    Find the products of a composition in equilibrium with reservoirs of molecules.

    Parameters
    ----------
    table
        Phases on one energy scale; gases that may leave are phases at their partial pressure.
    composition
        Element symbol to amount per formula unit.
    reservoirs
        Molecules of which there is any amount; each has an element that no other one has, or that
        the others before it leave free.

    Returns
    -------
    OpenEquilibrium
        The products of lowest grand potential.

    Raises
    ------
    FormulaError
        If the composition has no atoms, or consists of what the reservoirs supply.
    ChemicalSystemError
        If an element has no reference phase.
    """
    laid = _lay_out(table, composition, reservoirs)
    mus = np.array([one.mu for one in reservoirs])
    best = minimise(laid.amounts, laid.target, laid.energies - mus @ laid.molecules, laid.start)
    return _written(table, laid, best, reservoirs, sum(composition.values()))


def equilibrate_along(
    table: PhaseTable,
    composition: Mapping[str, float],
    reservoirs: Sequence[Reservoir],
    mu_start: float,
) -> tuple[Range, ...]:
    """
    Follow a composition while the potential of the first reservoir rises to its own.

    Parameters
    ----------
    table
        Phases on one energy scale; gases that may leave are phases at their partial pressure.
    composition
        Element symbol to amount per formula unit.
    reservoirs
        As for `equilibrate`; the first is the one whose potential rises.
    mu_start
        Potential of the first reservoir to begin with, eV per molecule.

    Returns
    -------
    tuple of Range
        Touching ranges from ``mu_start`` to the potential of the first reservoir; breakpoints are
        exact.

    Raises
    ------
    FormulaError
        If the composition has no atoms, or consists of what the reservoirs supply.
    ChemicalSystemError
        If an element has no reference phase.
    """
    laid = _lay_out(table, composition, reservoirs)
    fixed = np.array([0.0, *(one.mu for one in reservoirs[1:])])
    stop = reservoirs[0].mu
    costs, taken = laid.energies - fixed @ laid.molecules, laid.molecules[0].copy()
    path = sweep_between(laid.amounts, laid.target, costs, taken, laid.start, mu_start, stop)
    uppers = np.append(path.mu[1:], stop)
    ranges: list[Range] = []
    for step in np.flatnonzero(uppers - path.mu > _WIDTH).tolist():
        found = _written(table, laid, path.basis(step), reservoirs, sum(composition.values()))
        lower = ranges[-1].mu_upper if ranges else mu_start
        if ranges and _same(ranges[-1].found, found):
            lower = ranges.pop().mu_lower
        ranges.append(Range(lower, float(uppers[step]), found))
    return tuple(ranges)


def _lay_out(
    table: PhaseTable, composition: Mapping[str, float], reservoirs: Sequence[Reservoir]
) -> _Components:
    """Write phases and composition in components, and find a basis to start from."""
    composition = present(composition, plain(composition))
    if not composition:
        raise FormulaError("there is nothing to expose: give a composition with atoms.")
    symbols = sorted({*composition, *(s for one in reservoirs for s in one.amounts)})
    table.require(symbols)
    transform = _transform(tuple(symbols), tuple(one.formula for one in reservoirs))
    inside = [table.elements.index(symbol) for symbol in symbols]
    ground = table.amounts[table.ground]
    outside = np.delete(np.arange(len(table.elements)), inside)
    index = table.ground[(ground[:, outside] == 0.0).all(axis=1)]
    given = np.array([composition.get(symbol, 0.0) for symbol in symbols])
    rows, brought = _split(transform @ given, len(reservoirs))
    matrix, molecules = _split(transform @ table.amounts[np.ix_(index, inside)].T, len(reservoirs))
    signs = np.where(rows < 0.0, -1.0, 1.0)
    matrix, rows = matrix * signs[:, None], rows * signs
    kept = (matrix != 0.0).any(axis=0)
    if not rows.any():
        raise FormulaError(f"{plain(composition)} consists of what the air supplies: name a solid.")
    matrix, molecules, index = matrix[:, kept], molecules[:, kept], index[kept]
    sizes = np.abs(matrix).sum(axis=0)
    matrix = np.ascontiguousarray(matrix / sizes)
    return _Components(
        amounts=matrix,
        target=rows,
        energies=table.energies[index] / sizes,
        molecules=molecules / sizes,
        brought=brought,
        sizes=sizes,
        index=index,
        start=_start(matrix),
    )


@lru_cache(maxsize=512)
def _transform(symbols: tuple[str, ...], molecules: tuple[str, ...]) -> NDArray[np.float64]:
    """
    Find the matrix that turns amounts of elements into components, the molecules last.

    Each molecule takes the place of one of its elements, chosen so that amounts of molecules
    follow from amounts of these elements alone.
    """
    counted = [_counted(formula) for formula in molecules]
    species = np.array([[amounts.get(symbol, 0.0) for amounts in counted] for symbol in symbols])
    n_elements, n_species = species.shape
    pivots: list[int] = []
    reduced = species.copy()
    for one in range(n_species):
        # the element that the fewest of the molecules still to come contain
        later = (species[:, one + 1 :] != 0.0).sum(axis=1) + (reduced[:, one] == 0.0) * n_species
        later[pivots] += 2 * n_species
        pivots.append(int(later.argmin()))
        row = reduced[pivots[-1]] / reduced[pivots[-1], one]
        for at in range(n_species):
            if at != one:
                reduced[:, at] -= row[at] * reduced[:, one]
    others = np.delete(np.arange(n_elements), pivots)
    unit = np.eye(n_elements)
    solved = np.linalg.solve(species[pivots], unit[pivots])
    return np.vstack([unit[others] - species[others] @ solved, solved])


def _split(
    components: NDArray[np.float64], n_species: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Part rows to be balanced from molecules, without rounding noise."""
    clean = np.where(np.abs(components) < _NOTHING, 0.0, components)
    at = len(clean) - n_species
    return clean[:at], clean[at:]


def _start(matrix: NDArray[np.float64]) -> NDArray[np.intp]:
    """Find a column for each row that holds nothing else: an element, or a gas of the air."""
    alone = (matrix != 0.0).sum(axis=0) == 1
    start: NDArray[np.intp] = np.where(alone, matrix, 0.0).argmax(axis=1)
    if not (matrix[np.arange(len(matrix)), start] > 0.0).all():
        raise ChemicalSystemError(
            "the reference lacks an element or a gas that air needs (H2, O2): add it."
        )
    return start


def _written(
    table: PhaseTable,
    laid: _Components,
    best: BasicSolution,
    reservoirs: Sequence[Reservoir],
    n_atoms: float,
) -> OpenEquilibrium:
    """Turn a basis into products and molecules taken up."""
    columns, values = best.support(AMOUNT_TOLERANCE * n_atoms)
    taken = laid.molecules[:, columns] @ values - laid.brought
    taken = np.where(np.abs(taken) > AMOUNT_TOLERANCE * n_atoms, taken, 0.0)
    return OpenEquilibrium(
        phases=tuple(table.phases[i] for i in laid.index[columns].tolist()),
        amounts=values / laid.sizes[columns],
        energy=float(values @ laid.energies[columns]),
        taken=dict(zip((one.formula for one in reservoirs), taken.tolist(), strict=True)),
    )


def _same(first: OpenEquilibrium, second: OpenEquilibrium) -> bool:
    """Tell whether two neighbours have the same products."""
    return first.phases == second.phases and bool(
        (np.abs(first.amounts - second.amounts) <= AMOUNT_TOLERANCE).all()
    )
