"""Ionic steps of mock VASP: BFGS on the atoms and, if requested, the cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .inputs import Crystal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .inputs import Incar
    from .model import Evaluation, Model

__all__ = ["IonicStep", "ionic_steps", "is_relaxed"]

Floats = NDArray[np.float64]

_STIFFNESS = 50.0
"""eV/Å², first guess of every curvature."""
_LONGEST_STEP = 0.15
"""Å."""


@dataclass(frozen=True, eq=False)
class IonicStep:
    """
    One ionic step.

    Parameters
    ----------
    number
        From 1.
    crystal
        Structure.
    found
        Energy without entropy, forces and stress of it.
    electronic
        Energies of the electronic steps, eV, the last of which is the energy.
    entropy
        T*S of the smearing, eV.
    change
        Energy minus that of the step before, eV.
    """

    number: int
    crystal: Crystal
    found: Evaluation
    electronic: Sequence[float]
    entropy: float
    change: float

    @property
    def energies(self) -> tuple[float, float, float]:
        """Free energy, energy without entropy, and energy for smearing to zero, eV."""
        energy = self.electronic[-1]
        return energy - self.entropy / 2, energy + self.entropy / 2, energy


def ionic_steps(
    crystal: Crystal, model: Model, *, moves_cell: bool
) -> Iterator[tuple[Crystal, Evaluation]]:
    """
    Relax a structure step by step, without end.

    Parameters
    ----------
    crystal
        To start from.
    model
        Gives energy, forces and stress.
    moves_cell
        Whether the cell relaxes too.

    Yields
    ------
    tuple
        A structure and what the model says of it; the first is the start.
    """
    start, n_atoms = crystal, len(crystal.symbols)
    unknowns = np.zeros((n_atoms + (3 if moves_cell else 0), 3))
    curvature = np.eye(unknowns.size) * _STIFFNESS
    before: tuple[Floats, Floats] | None = None
    while True:
        crystal, deformation = _deformed(start, unknowns)
        found = model.evaluate(crystal)
        yield crystal, found
        gradient = -found.forces @ deformation
        if moves_cell:
            strain = crystal.volume * found.stress @ np.linalg.inv(deformation).T
            gradient = np.vstack([gradient, strain / n_atoms])
        if before is not None:
            _update(curvature, (unknowns - before[0]).ravel(), (gradient - before[1]).ravel())
        before = unknowns.copy(), gradient
        unknowns = unknowns + _step(curvature, gradient)


def _deformed(start: Crystal, unknowns: Floats) -> tuple[Crystal, Floats]:
    """Place the atoms that the unknowns describe: shifts in the starting cell, then strain."""
    n_atoms = len(start.symbols)
    shifts, strain = unknowns[:n_atoms], unknowns[n_atoms:]
    # As ASE's cell filter does, strain counts as often as there are atoms: steps are then alike.
    deformation = np.eye(3) + (strain / n_atoms if strain.size else 0.0)
    positions = start.positions + shifts @ np.linalg.inv(start.lattice)
    return Crystal(start.lattice @ deformation.T, start.symbols, positions), deformation


def _update(curvature: Floats, step: Floats, change: Floats) -> None:
    """Learn the curvature from a step, in place (BFGS)."""
    seen, known = float(step @ change), curvature @ step
    if seen > 1e-10:
        curvature += np.outer(change, change) / seen - np.outer(known, known) / (step @ known)


def _step(curvature: Floats, gradient: Floats) -> Floats:
    """Go downhill by the curvature, no farther than a limit."""
    step: Floats = np.reshape(-np.linalg.solve(curvature, gradient.ravel()), gradient.shape)
    longest = float(np.linalg.norm(step, axis=1).max())
    if longest > _LONGEST_STEP:
        step *= _LONGEST_STEP / longest
    return step


def is_relaxed(
    incar: Incar, crystal: Crystal, found: Evaluation, last_energy: float | None
) -> bool:
    """
    Tell whether a relaxation may stop, by EDIFFG as VASP does.

    Parameters
    ----------
    incar
        With EDIFFG.
    crystal, found
        The last step.
    last_energy
        Energy of the step before, eV; None at the first.

    Returns
    -------
    bool
        False at the first step of an energy criterion; never true for an EDIFFG of zero.
    """
    limit = incar.ionic_limit
    if limit < 0:
        largest = np.linalg.norm(found.forces, axis=1).max()
        if incar.moves_cell:  # the cell's own forces, per atom and Å
            strain = crystal.volume * found.stress / len(crystal.symbols)
            largest = max(largest, np.abs(strain).max())
        return bool(largest < -limit)
    return last_energy is not None and abs(found.energy - last_energy) < limit
