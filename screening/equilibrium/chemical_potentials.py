"""Chemical potentials at which a compound is stable: a polytope with exact vertices, no grid.

The compound fixes one combination, Σ n_i μ_i = E; every other phase j requires Σ n_ij μ_i ≤ E_j.
Since every element of the compound is bounded from above by its own phases, the polytope is
bounded (Yokokawa, J. Phase Equilib. 20 (1999) 258). Its range of μ_Na is the stability window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ChemicalSystemError
from trona.screening.formulas import plain, present
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM

from .computed_entries import to_entry
from .hull import energy_above_hull

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pymatgen.analysis.chempot_diagram import ChemicalPotentialDiagram

    from .phases import Phase, PhaseTable

__all__ = ["ChemicalPotentials", "chemical_potentials"]

_STABLE = 1e-9
"""Energies above hull below this (eV/atom) are none."""
_TOUCHES = 1e-8
"""Phases with a driving force below this (eV/atom) coexist at a corner."""
_ROUNDING = 1e-12
"""eV; what is left of a difference of equal numbers."""


@dataclass(frozen=True, eq=False)
class ChemicalPotentials(Tabular):
    """
    The polytope of chemical potentials in which a compound is stable.

    Parameters
    ----------
    phase
        The compound.
    elements
        Of the columns, sorted.
    corners : shape (n_corners, n_elements)
        Chemical potentials less those of the elements, eV per atom; never positive.
    coexisting
        Phases, beside the compound, that are stable at each corner.
    phases
        All phases of the elements.
    """

    phase: Phase
    elements: tuple[str, ...]
    corners: NDArray[np.float64]
    coexisting: tuple[tuple[Phase, ...], ...]
    phases: tuple[Phase, ...]

    def __post_init__(self) -> None:
        self.corners.setflags(write=False)

    @property
    def heading(self) -> str:
        """The compound and the range of each chemical potential."""
        ranges = [
            f"{symbol} {low:.2f} to {high:.2f}" for symbol, (low, high) in self.ranges.items()
        ]
        return (
            f"{self.phase.formula} is stable at chemical potentials, in eV/atom below the "
            f"elements: {', '.join(ranges)}."
        )

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Element symbol to lowest and highest chemical potential, eV per atom."""
        low, high = self.corners.min(axis=0).tolist(), self.corners.max(axis=0).tolist()
        return dict(zip(self.elements, zip(low, high, strict=True), strict=True))

    def rows(self) -> list[dict[str, object]]:
        """List the corners, highest sodium potential (lowest voltage) first."""
        rows: list[dict[str, object]] = []
        for corner, others in zip(self.corners.tolist(), self.coexisting, strict=True):
            found = dict(zip(self.elements, corner, strict=True))
            row: dict[str, object] = {f"Δµ {one} (eV)": x for one, x in found.items()}
            if SODIUM in found:
                row["V against Na/Na+"] = -found[SODIUM]
            rows.append({**row, "coexists with": ", ".join(one.formula for one in others)})
        return rows

    def to_pymatgen(self) -> ChemicalPotentialDiagram:
        """
        Make pymatgen's diagram of all domains in the same chemical system, which draws itself.

        Returns
        -------
        pymatgen.analysis.chempot_diagram.ChemicalPotentialDiagram
            In chemical potentials less those of the elements.
        """
        from pymatgen.analysis.chempot_diagram import ChemicalPotentialDiagram  # noqa: PLC0415
        from pymatgen.analysis.phase_diagram import PDEntry  # noqa: PLC0415

        entries = [
            PDEntry(one.composition, one.energy, one.composition.reduced_formula)
            for one in map(to_entry, self.phases)
        ]
        least = 1.2 * float(self.corners.min()) - 1.0
        return ChemicalPotentialDiagram(entries, default_min_limit=least)


def chemical_potentials(table: PhaseTable, composition: Mapping[str, float]) -> ChemicalPotentials:
    """
    Find the chemical potentials at which a compound is stable.

    Parameters
    ----------
    table
        Phases on one energy scale.
    composition
        Element symbol to amount, any multiple, of a phase of the table.

    Returns
    -------
    ChemicalPotentials
        With exact corners.

    Raises
    ------
    ChemicalSystemError
        If the table has no such compound, or other phases are more stable at every chemical
        potential.
    """
    wanted = present(composition, plain(composition))
    table.require(wanted)
    inside = table.within(wanted)
    phase = inside.find(wanted)
    if phase is None or len(wanted) == 1:
        raise ChemicalSystemError(
            f"the reference has no compound {plain(wanted)}: chemical potentials are those at "
            "which a compound with an energy of its own is stable."
        )
    above = energy_above_hull(inside, phase)
    if above > _STABLE:
        raise ChemicalSystemError(
            f"{phase.formula} is {1000 * above:.1f} meV/atom above hull: it is stable at no "
            "chemical potentials."
        )
    fractions = inside.amounts / inside.amounts.sum(axis=1, keepdims=True)
    zero = np.array([inside.find_required({one: 1.0}).energy_per_atom for one in inside.elements])
    per_atom = inside.energies / inside.amounts.sum(axis=1) - fractions @ zero
    place = next(at for at, one in enumerate(inside.phases) if one is phase)
    others = np.array([at for at in inside.ground.tolist() if at != place])
    corners = _corners(fractions[place], per_atom[place], fractions[others], per_atom[others])
    corners = corners[np.lexsort(np.round(-corners.T[_order(inside.elements)], 9)[::-1])]
    slack = per_atom[others] - corners @ fractions[others].T
    touching = tuple(
        tuple(inside.phases[others[at]] for at in np.flatnonzero(row < _TOUCHES)) for row in slack
    )
    return ChemicalPotentials(phase, inside.elements, corners, touching, tuple(inside.phases))


def _order(elements: tuple[str, ...]) -> list[int]:
    """Put sodium first, as corners are listed."""
    return sorted(range(len(elements)), key=lambda at: (elements[at] != SODIUM, elements[at]))


def _corners(
    own: NDArray[np.float64],
    energy: float,
    others: NDArray[np.float64],
    energies: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Find the corners of {μ: own·μ = energy, others·μ ≤ energies}.

    Shapes: own (n_elements,), others (n_phases, n_elements), the result (n_corners, n_elements).
    The last chemical potential is eliminated, which leaves a polytope of full dimension.
    """
    # own·μ = energy  →  μ_last = (energy − Σ own_i μ_i) / own_last
    ratio = own[:-1] / own[-1]
    matrix = others[:, :-1] - others[:, -1:] * ratio
    bounds = energies - others[:, -1] * energy / own[-1]
    sizes = np.linalg.norm(matrix, axis=1)
    real = sizes > _ROUNDING
    matrix, bounds = matrix[real] / sizes[real, None], bounds[real] / sizes[real]
    free = _vertices(matrix, bounds)
    last = (energy - free @ own[:-1]) / own[-1]
    corners = np.column_stack([free, last])
    return np.where(np.abs(corners) < _ROUNDING, 0.0, corners)


def _vertices(matrix: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the vertices of a bounded polytope {x: matrix·x ≤ bounds} with rows of unit length."""
    if matrix.shape[1] == 1:
        slopes = matrix[:, 0]
        edges = bounds / slopes
        ends = [float(edges[slopes < 0].max()), float(edges[slopes > 0].min())]
        return np.array(sorted(set(ends)))[:, None]
    from scipy.optimize import linprog  # noqa: PLC0415 (slow to import)
    from scipy.spatial import HalfspaceIntersection  # noqa: PLC0415

    n_free = matrix.shape[1]
    found = linprog(  # the largest ball inside: its centre is an interior point
        np.append(np.zeros(n_free), -1.0),
        A_ub=np.column_stack([matrix, np.ones(len(matrix))]),
        b_ub=bounds,
        bounds=[(None, None)] * n_free + [(0.0, None)],
    )
    centre = found.x
    if centre is None or centre[-1] < _TOUCHES:
        raise ChemicalSystemError(
            "the compound is stable at single chemical potentials only, not in a range: other "
            "phases replace it at no cost."
        )
    half = HalfspaceIntersection(np.column_stack([matrix, -bounds]), centre[:-1])
    return _polished(half.intersections, matrix, bounds)


def _polished(
    rough: NDArray[np.float64], matrix: NDArray[np.float64], bounds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Solve each vertex again from the planes that meet there, and keep each once."""
    found: list[NDArray[np.float64]] = []
    for point in rough:
        meets = np.abs(matrix @ point - bounds) < _TOUCHES
        exact = np.linalg.lstsq(matrix[meets], bounds[meets], rcond=None)[0]
        if all(np.abs(exact - other).max() > _TOUCHES for other in found):
            found.append(exact)
    return np.array(found)
