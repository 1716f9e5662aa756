"""Energy, forces and stress of a structure for mock VASP: a pair model, or a machine-learned one.

The pair model is short-ranged and uses only radii and electronegativities. Its energies have no
physical meaning. They are smooth, depend on the structure alone, and oscillate with distance, so
that every structure has a minimum nearby: relaxations end soon, without a phase transition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .elements import element

if TYPE_CHECKING:
    from collections.abc import Callable

    from .inputs import Crystal

__all__ = ["MODELS", "CHGNetModel", "Evaluation", "Model", "PairModel", "band_gap"]

Floats = NDArray[np.float64]

_DECAY = 4.0
"""Inverse width of a bond, in bond lengths."""
_REACH, _SWITCH = 1.55, 1.15
"""Bond lengths at which the interaction ends, and at which a bond begins to be switched off."""
_BOND, _IONIC = 0.05, 0.05
"""Depth of a bond, eV, and what a unit of electronegativity adds."""
_RIPPLE, _WAVELENGTH = 0.5, 0.6
"""Depth, eV, and length, Å, of the ripple that holds each structure near where it starts."""
_GIGAPASCAL = 1 / 160.21766
"""eV/Å³."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """
    What a model says of a structure.

    Parameters
    ----------
    energy
        eV per cell.
    forces
        Shape (n_atoms, 3), eV/Å.
    stress
        Derivative of the energy by strain over the volume, shape (3, 3), eV/Å³; negative under
        compression.
    """

    energy: float
    forces: Floats
    stress: Floats


class Model(Protocol):
    """Gives energy, forces and stress."""

    def evaluate(self, crystal: Crystal) -> Evaluation:
        """Evaluate a structure."""
        ...


class PairModel:
    """Bonds and ripples between atoms nearer than 1.55 times the sum of their radii."""

    def evaluate(self, crystal: Crystal) -> Evaluation:
        """
        Evaluate a structure.

        Parameters
        ----------
        crystal
            Any structure.

        Returns
        -------
        Evaluation
            Forces and stress are exact derivatives of the energy.
        """
        kinds = [element(symbol) for symbol in crystal.symbols]
        radii = np.array([kind.radius for kind in kinds])
        affinity = np.array([kind.electronegativity for kind in kinds])
        lengths = radii[:, None] + radii[None, :]
        depths = _BOND + _IONIC * np.abs(affinity[:, None] - affinity[None, :])
        first, second, vectors = _neighbours(crystal, _REACH * lengths)
        distances = np.linalg.norm(vectors, axis=1)
        energies, slopes = _pair(distances, lengths[first, second], depths[first, second])
        pulls = (slopes / distances)[:, None] * vectors
        forces = np.zeros((len(kinds), 3))
        np.add.at(forces, first, pulls)
        stress = 0.5 * np.einsum("ni,nj->ij", pulls, vectors) / crystal.volume
        alone = -affinity.sum()
        return Evaluation(float(alone + 0.5 * energies.sum()), forces, stress)


def _neighbours(
    crystal: Crystal, reach: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Find all pairs of atoms within reach, images included, and the vectors between them."""
    heights = 1.0 / np.linalg.norm(np.linalg.inv(crystal.lattice), axis=0)
    # Fractional coordinates may differ by nearly one cell: look one cell further.
    ranges = [np.arange(-n, n + 1) for n in np.ceil(reach.max() / heights).astype(int) + 1]
    images = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 3) @ crystal.lattice
    places = (crystal.positions % 1.0) @ crystal.lattice
    between = places[None, :, None, :] - places[:, None, None, :] + images[None, None, :, :]
    squares = np.einsum("ijnk,ijnk->ijn", between, between)
    near = (squares < reach[:, :, None] ** 2) & (squares > 1e-8)
    first, second, _ = np.nonzero(near)
    return first, second, between[near]


def _pair(distances: Floats, lengths: Floats, depths: Floats) -> tuple[Floats, Floats]:
    """Energy of a pair and its derivative by the distance: a bond, and ripples around it."""
    bond, slope = _bond(distances, lengths, depths)
    reach, wave = _REACH * lengths, 2 * np.pi / _WAVELENGTH
    inside = 1 - (distances / reach) ** 2
    phase = wave * (distances - lengths)
    fall = -6 * distances / reach**2 * inside**2
    energy = bond - _RIPPLE * inside**3 * np.cos(phase)
    slope += _RIPPLE * (wave * inside**3 * np.sin(phase) - fall * np.cos(phase))
    return energy, slope


def _bond(distances: Floats, lengths: Floats, depths: Floats) -> tuple[Floats, Floats]:
    """Energy of a bond and its derivative by the distance (Morse, switched off smoothly)."""
    decay = _DECAY / lengths
    near = np.exp(-decay * (distances - lengths))
    morse, slope = depths * (near**2 - 2 * near), 2 * depths * decay * (near - near**2)
    width = (_REACH - _SWITCH) * lengths
    t = np.clip((distances - _SWITCH * lengths) / width, 0.0, 1.0)
    switch, fall = 1 - t**3 * (10 - 15 * t + 6 * t**2), -30 * t**2 * (1 - t) ** 2 / width
    return morse * switch, slope * switch + morse * fall


class CHGNetModel:
    """CHGNet instead of the pair model: slow to start, with relaxations as long as real ones."""

    def __init__(self, version: str = "0.3.0") -> None:
        from chgnet.model.model import CHGNet  # noqa: PLC0415 (seconds)

        self._model: Any = CHGNet.load(model_name=version, verbose=False, use_device="cpu")

    def evaluate(self, crystal: Crystal) -> Evaluation:
        """
        Evaluate a structure.

        Parameters
        ----------
        crystal
            Any structure.

        Returns
        -------
        Evaluation
            On CHGNet's scale, which mock VASP's outputs still call a mock's.
        """
        from pymatgen.core import Structure  # noqa: PLC0415

        structure = Structure(crystal.lattice, list(crystal.symbols), crystal.positions)
        found = self._model.predict_structure(structure)
        return Evaluation(
            float(found["e"]) * len(structure),
            np.asarray(found["f"], float),
            np.asarray(found["s"], float) * _GIGAPASCAL,
        )


MODELS: dict[str, Callable[[], Model]] = {
    "pair": PairModel,
    "chgnet": CHGNetModel,
    "chgnet-0.2.0": lambda: CHGNetModel("0.2.0"),
}
"""By the name that TRONA_MOCK_VASP_MODEL asks for. The older CHGNet is near enough to the newer to
show how many ionic steps a relaxation with one saves the other."""


def band_gap(symbols: tuple[str, ...]) -> float:
    """
    Make a band gap up.

    Parameters
    ----------
    symbols
        Elements present.

    Returns
    -------
    float
        eV; zero where all elements are metals.
    """
    kinds = {symbol: element(symbol) for symbol in symbols}
    if all(kind.metallic for kind in kinds.values()):
        return 0.0
    values = [kind.electronegativity for kind in kinds.values()]
    return round(1.0 + 1.5 * (max(values) - min(values)), 3)
