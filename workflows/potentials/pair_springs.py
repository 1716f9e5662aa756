"""A quasi-Newton optimiser whose initial Hessian consists of springs between neighbours.

ASE's BFGS begins with the same stiffness, 70 eV/Å², along every coordinate. A covalent bond is that
stiff; the distance between two ions is a hundred times softer, and so is a strain of the cell as
scaled by ASE's filter. Most steps of a relaxation are spent on learning this. Here the initial
Hessian is that of springs between neighbours, for atoms and cell alike, and BFGS only corrects it
(as Lindh et al., Chem. Phys. Lett. 241 (1995) 423, do for molecules, and Packwood et al., J. Chem.
Phys. 144 (2016) 164109, for crystals). The objective and the convergence criterion are ASE's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ase.optimize import BFGS
from pymatgen.optimization.neighbors import find_points_in_spheres
from scipy.linalg import logm

if TYPE_CHECKING:
    from ase import Atoms
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["PairSpringBFGS", "spring_hessian"]

_STIFFNESS, _LENGTH, _DECAY = 15.0, 2.05, 2.9
"""eV/Å², Å, 1/Å: about that of a P–S bond, less where neighbours are farther apart."""
_STIFFEST = 40.0
"""eV/Å²; a shorter bond is no stiffer."""
_SIDEWAYS = 0.1
"""Part of the stiffness that bending has: without it a chain could buckle freely."""
_SOFTEST = 1.0
"""eV/Å²; added for every atom."""
_CUTOFF = 6.0
"""Å; springs are of no account beyond."""
_APART = 1e-8
"""Å; what is nearer is the atom itself."""

_LONGEST_STEP = 0.25
"""Å that an atom moves at most in a step."""
_LARGEST_STRAIN = 0.06
_RISE = 1e-3
"""eV; a step that goes up by more was too long."""
_NOTHING = 1e-12
"""eV; no curvature can be read from a step that changes less."""
_NEAR = 0.2
"""Half of a strain, about; the series for logarithms has converged to the last digit up to it."""
_SHORTEST = 1 / 16
"""Of the longest step, after steps that went up."""


def spring_hessian(atoms: Atoms, scale: float | None) -> Floats:
    """
    Add up springs between neighbours.

    Parameters
    ----------
    atoms
        Positions and cell.
    scale
        Factor of the strain among the coordinates, which then end with it; None for a fixed cell.

    Returns
    -------
    array
        Second derivatives, eV/Å², in the order of ASE's ``FrechetCellFilter``.
    """
    n = len(atoms)
    i, j, length, way = _neighbors(atoms)
    stiffness = np.minimum(_STIFFNESS * np.exp(_DECAY * (_LENGTH - length)), _STIFFEST) / 2
    along = way / length[:, None]
    springs = _SIDEWAYS * np.eye(3) + (1 - _SIDEWAYS) * along[:, :, None] * along[:, None, :]
    springs *= stiffness[:, None, None]  # half: each pair is found from both of its ends
    blocks = np.zeros((n, n, 3, 3))
    for one, other, sign in ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)):
        np.add.at(blocks, (one, other), sign * springs)
    atomic = blocks.transpose(0, 2, 1, 3).reshape(3 * n, 3 * n) + _SOFTEST * np.eye(3 * n)
    if scale is None:
        return atomic
    stretch = np.einsum("ac,me->mace", np.eye(3), way)
    stretch = ((stretch + stretch.swapaxes(2, 3)) / (2 * scale)).reshape(-1, 3, 9)
    pulled = springs @ stretch
    rows = np.zeros((n, 3, 9))
    np.add.at(rows, i, -pulled)
    np.add.at(rows, j, pulled)
    mixed = rows.reshape(3 * n, 9)
    strain = np.einsum("mka,mkb->ab", stretch, pulled) + _SOFTEST * n / scale**2 * np.eye(9)
    return np.block([[atomic, mixed], [mixed.T, strain]])


def _neighbors(atoms: Atoms) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """Find pairs, their lengths and ways; ASE's own search takes most of a small cell's set-up."""
    places, cell = np.ascontiguousarray(atoms.positions), np.ascontiguousarray(atoms.cell.array)
    periodic = np.ascontiguousarray(atoms.pbc, dtype=np.int64)
    i, j, images, length = find_points_in_spheres(
        places, places, r=_CUTOFF, pbc=periodic, lattice=cell, tol=1e-8
    )
    others = length > _APART
    i, j, length = i[others], j[others], length[others]
    return i, j, length, places[j] + images[others] @ cell - places[i]


class PairSpringBFGS(BFGS):
    """
    BFGS of ASE that begins with the Hessian of springs between neighbours.

    A step that raises the energy halves the longest one allowed; one that does not doubles it up to
    its limit.

    Parameters
    ----------
    atoms
        Atoms, or ``FrechetCellFilter`` of them.
    maxstep
        Å that an atom moves at most in a step.
    **options
        As for BFGS.
    """

    def __init__(self, atoms: Any, *, maxstep: float = _LONGEST_STEP, **options: Any) -> None:  # noqa: ANN401 (ASE has no types)
        super().__init__(atoms, maxstep=maxstep, **options)

    def initialize(self) -> None:
        """Set the Hessian up, and keep forces within a step: ASE asks for them three times."""
        super().initialize()  # type: ignore[no-untyped-call]
        bare = getattr(self.atoms, "atoms", self.atoms)
        parts: list[Any] = [self.atoms, getattr(self.atoms, "_utility", None)]
        for part in parts:
            if hasattr(part, "logm"):  # the cell filter, and where ASE 3.29 keeps its functions
                part.logm = _logarithm
        self._n_atoms, self._scale = len(bare), getattr(self.atoms, "exp_cell_factor", None)
        self.H0 = spring_hessian(bare, self._scale)
        self.optimizable = _Kept(self.optimizable)
        self._energy, self._reach = np.inf, 1.0

    def step(self) -> None:  # type: ignore[override]
        """Move the atoms once."""
        energy = self.optimizable.get_value()
        rises = energy > self._energy + _RISE
        self._reach = max(self._reach / 2, _SHORTEST) if rises else min(self._reach * 2, 1.0)
        self._energy = energy
        super().step()  # type: ignore[no-untyped-call]

    def update(
        self, pos: Floats, forces: Floats, pos0: Floats | None, forces0: Floats | None
    ) -> None:
        """
        Update the Hessian from the last step, if that is informative.

        Parameters
        ----------
        pos, forces
            Now.
        pos0, forces0
            Before the step; None at the first.
        """
        if pos0 is not None and forces0 is not None:
            learnt = abs(float((pos - pos0) @ (forces - forces0)))
            if learnt < _NOTHING:  # the update divides by it
                return
        super().update(pos, forces, pos0, forces0)  # type: ignore[no-untyped-call]

    def determine_step(self, dpos: Floats, steplengths: Floats) -> Floats:  # noqa: ARG002 (as BFGS calls it)
        """
        Shorten a step that is too long for an atom or for the cell.

        Parameters
        ----------
        dpos
            Step of all coordinates.
        steplengths
            Not used: those of atoms and of the cell have different limits.

        Returns
        -------
        array
            In the same direction.
        """
        rows = dpos.reshape(-1, 3)
        excess = np.linalg.norm(rows[: self._n_atoms], axis=1).max() / self.maxstep
        if self._scale is not None:
            strain = np.linalg.norm(rows[self._n_atoms :]) / self._scale
            excess = max(excess, strain / _LARGEST_STRAIN)
        shortened: Floats = dpos / max(1.0, excess / self._reach)
        return shortened


def _logarithm(deformation: Floats) -> Floats:
    """Compute the logarithm of a small deformation by its series, and scipy's of a large one."""
    one = np.eye(len(deformation))
    z = np.linalg.solve((deformation + one).T, (deformation - one).T).T
    if np.linalg.norm(z) > _NEAR:
        return np.asarray(logm(deformation))
    square, power, total = z @ z, z, z.copy()
    for k in range(3, 25, 2):
        power = power @ square
        total += power / k
    return np.asarray(2 * total)


class _Kept:
    """What ASE optimises, with a position and its gradient kept: both cost matrix logarithms."""

    def __init__(self, optimizable: Any) -> None:  # noqa: ANN401 (ASE has no types)
        self._optimizable = optimizable
        self._gradient: Floats | None = None
        self._x: Floats = optimizable.get_x()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever it has)
        return getattr(self._optimizable, name)

    def set_x(self, x: Floats) -> None:
        """Move the atoms, and discard the stored gradient."""
        self._optimizable.set_x(x)
        self._x, self._gradient = x.copy(), None

    def get_x(self) -> Floats:
        """Tell where it was moved to."""
        return self._x.copy()

    def get_gradient(self) -> Floats:
        """Compute the gradient once."""
        if self._gradient is None:
            self._gradient = self._optimizable.get_gradient()
        return self._gradient.copy()
