"""Relaxation of cells and atoms with SevenNet in few evaluations, with every result checked."""

from __future__ import annotations

import time
import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ase.filters import FrechetCellFilter
from ase.optimize import FIRE, LBFGS
from pymatgen.core import Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

if TYPE_CHECKING:
    from ase import Atoms
    from ase.calculators.calculator import Calculator
    from numpy.typing import NDArray

MAX_FORCE = 0.03  # eV/Å, of atoms and of the cell
MAX_STEPS = 250
LONGEST_STEP = 0.1  # Å
RUNAWAY_FORCE = 200.0  # eV/Å: the start makes no sense
LEAST_VOLUME, MOST_VOLUME = 2.5, 300.0  # Å³ per atom: beyond, a relaxation went astray
SYMMETRY_PRECISION = 0.05  # Å


class OneEvaluation(FrechetCellFilter):  # type: ignore[misc]
    """Answers repeated questions about one geometry from the first answer."""

    def __init__(self, atoms: Atoms) -> None:
        super().__init__(atoms)
        self._asked: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._forces: NDArray[np.float64] | None = None

    def get_forces(self, **_: object) -> NDArray[np.float64]:
        positions, cell = self.atoms.positions, self.atoms.cell.array
        if (
            self._forces is None
            or self._asked is None
            or not np.array_equal(positions, self._asked[0])
            or not np.array_equal(cell, self._asked[1])
        ):
            self._forces = super().get_forces()
            self._asked = positions.copy(), cell.copy()
        return self._forces


@dataclass(frozen=True)
class Relaxed:
    """A relaxed crystal, and how it was reached."""

    formula: str
    n_sites: int
    energy: float
    max_force: float
    max_stress: float
    converged: bool
    steps: int
    seconds: float
    volume_start: float
    volume: float
    space_group_start: str
    space_group: str
    lattice: list[list[float]]
    species: list[str]
    frac_coords: list[list[float]]
    energy_start: float

    def row(self) -> dict[str, Any]:
        return asdict(self)


def space_group(structure: Structure) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(SpacegroupAnalyzer(structure, SYMMETRY_PRECISION).get_space_group_symbol())
    except Exception:  # noqa: BLE001
        return "?"


def relax(
    start: Structure,
    calculator: Calculator,
    max_force: float = MAX_FORCE,
    max_steps: int = MAX_STEPS,
    *,
    retry: bool = True,
) -> Relaxed:
    """Relax with LBFGS; where that does not converge, go on with FIRE.

    From the start again where LBFGS went astray.
    """
    began = time.perf_counter()
    atoms = start.to_ase_atoms()
    atoms.calc = calculator
    energy_start = float(atoms.get_potential_energy())
    forces = atoms.get_forces()
    if not np.isfinite(forces).all() or np.abs(forces).max() > RUNAWAY_FORCE:
        raise ValueError(f"forces of {np.abs(forces).max():.0f} eV/Å at the start")
    converged, steps = _run(LBFGS, atoms, max_force, max_steps)
    if not converged and retry:
        if _runs_away(atoms):
            atoms = start.to_ase_atoms()
            atoms.calc = calculator
        converged, more = _run(FIRE, atoms, max_force, max_steps)
        steps += more
    forces, stress = atoms.get_forces(), atoms.get_stress()
    end = Structure(atoms.cell.array, atoms.get_chemical_symbols(), atoms.get_scaled_positions())
    return Relaxed(
        formula=end.composition.reduced_formula,
        n_sites=len(end),
        energy=float(atoms.get_potential_energy()),
        max_force=float(np.linalg.norm(forces, axis=1).max()),
        max_stress=float(np.abs(stress).max()),
        converged=converged,
        steps=steps,
        seconds=round(time.perf_counter() - began, 3),
        volume_start=float(start.volume),
        volume=float(end.volume),
        space_group_start=space_group(start),
        space_group=space_group(end),
        lattice=np.round(end.lattice.matrix, 6).tolist(),
        species=[site.specie.symbol for site in end],
        frac_coords=np.round(end.frac_coords % 1.0, 6).tolist(),
        energy_start=energy_start,
    )


def _runs_away(atoms: Atoms) -> bool:
    return not LEAST_VOLUME < atoms.get_volume() / len(atoms) < MOST_VOLUME


def _run(
    optimiser: type[LBFGS | FIRE], atoms: Atoms, max_force: float, max_steps: int
) -> tuple[bool, int]:
    kind = {"maxstep": LONGEST_STEP}
    with optimiser(OneEvaluation(atoms), logfile=None, **kind) as run:
        for converged in run.irun(fmax=max_force, steps=max_steps):  # noqa: B007 (the last counts)
            if _runs_away(atoms):
                return False, int(run.nsteps)
        return bool(converged), int(run.nsteps)
