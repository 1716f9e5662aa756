"""Closed phase equilibrium: decomposition products at fixed composition, energy above hull."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import FormulaError
from trona.screening.formulas import plain, present
from trona.screening.tabular import Tabular

from .loops.interpreted import DONE
from .loops.selection import LOOPS
from .simplex import AMOUNT_TOLERANCE, defect, minimise, pivot_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .phases import Phase, PhaseTable

__all__ = ["Decomposition", "decompose", "energies_above_hull", "energy_above_hull"]

_FEW = 100
"""Phases asked at once, above which the compiled loops are loaded without waiting."""


@dataclass(frozen=True, eq=False)
class Decomposition(Tabular):
    """
    The stable phases that a composition consists of at equilibrium.

    Parameters
    ----------
    phases
        Products, in the table's order.
    amounts : shape (n_products,)
        Formula units of each product per formula unit of the composition.
    energy
        eV per formula unit of the composition: the hull at that point.
    """

    phases: tuple[Phase, ...]
    amounts: NDArray[np.float64]
    energy: float

    def __post_init__(self) -> None:
        self.amounts.setflags(write=False)

    @property
    def heading(self) -> str:
        """The energy on the hull."""
        return f"equilibrium phases, {self.energy:.4f} eV per formula unit"

    def rows(self) -> list[dict[str, object]]:
        """List the phases with their amounts."""
        return [
            {
                "formula": phase.formula,
                "id": phase.id,
                "amount per formula unit": float(amount),
                "energy (eV/atom)": phase.energy_per_atom,
            }
            for phase, amount in zip(self.phases, self.amounts, strict=True)
        ]


def decompose(table: PhaseTable, composition: Mapping[str, float]) -> Decomposition:
    """
    Equilibrium phases of a composition, no atoms exchanged.

    Parameters
    ----------
    table
        Phases on one energy scale.
    composition
        Element symbol to amount per formula unit.

    Returns
    -------
    Decomposition
        Deterministic: of tied product sets the one first reached in the table's order.

    Raises
    ------
    FormulaError
        If an amount is negative or not finite, or there are no atoms.
    ChemicalSystemError
        If an element has no reference phase.
    """
    composition = present(composition, plain(composition))
    if not composition:
        raise FormulaError("there is nothing to decompose: give a composition with atoms.")
    system = table.system(composition, closed=True)
    target = np.array([composition[symbol] for symbol in system.elements])
    best = minimise(system.amounts, target, system.energies, system.start)
    columns, values = best.support(AMOUNT_TOLERANCE * target.sum())
    return Decomposition(
        phases=tuple(table.phases[i] for i in system.index[columns]),
        amounts=values / system.sizes[columns],
        energy=float(values @ system.energies[columns]),
    )


def energy_above_hull(table: PhaseTable, phase: Phase) -> float:
    """
    Energy of a phase above the hull of a table, eV per atom.

    Parameters
    ----------
    table
        Phases on the scale of ``phase``.
    phase
        Any phase, in the table or not.

    Returns
    -------
    float
        Zero for a phase on the hull, negative for one below a hull that lacks it.

    Raises
    ------
    ChemicalSystemError
        If an element has no reference phase.
    """
    return (phase.energy - decompose(table, phase.amounts).energy) / phase.n_atoms


def energies_above_hull(table: PhaseTable) -> NDArray[np.float64]:
    """
    Energies of all phases of a table above its hull, at once.

    Parameters
    ----------
    table
        Phases on one energy scale.

    Returns
    -------
    ndarray : shape (n_phases,)
        eV per atom, in the table's order; zero on the hull.

    Raises
    ------
    ConvergenceError
        If a hull is not found within the pivot limit.
    """
    n_atoms, hull = table.amounts.sum(axis=1), np.empty(len(table))
    if len(table) > _FEW:
        LOOPS.compile()
    index = table.index
    amounts, energies = (
        np.ascontiguousarray(one, dtype=np.float64) for one in (table.amounts, table.energies)
    )
    outcome = LOOPS.run(
        *("hull_energies", index.masks, index.ends, index.rows, table.is_ground),
        *(amounts, energies, n_atoms, pivot_limit(amounts), hull),
    )
    if outcome != DONE:
        raise defect(outcome)
    return np.asarray(table.energies / n_atoms - hull)
