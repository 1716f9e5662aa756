"""Stated errors of reference energies, with their sources; a user may give another.

Those of the bundled set are measured: `deviations.yaml` holds how far its energies lie from DFT,
class by class, as scripts/compare_reference.py finds and writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import hypot
from typing import TYPE_CHECKING, Any

import yaml

from trona.screening.uncertainty.error_model import CLASSES, ErrorModel

if TYPE_CHECKING:
    from trona.screening.equilibrium.phases import EnergyScale

__all__ = ["DFT", "Accuracy", "Deviation", "accuracy", "common_deviation", "deviations"]

_ALL = "all"


@dataclass(frozen=True)
class Accuracy:
    """
    Errors of energies and where they are stated.

    Parameters
    ----------
    model
        The errors, eV.
    source
        Where they come from, in words.
    """

    model: ErrorModel
    source: str


DFT = Accuracy(
    ErrorModel(sigma=0.020),
    "PBE reaction energies of ternary from binary oxides scatter by 24 meV/atom about experiment "
    "(Hautier, Ong, Jain, Moore & Ceder, Phys. Rev. B 85 (2012) 155208), as 20 meV/atom in each of "
    "three compounds make it; taken for other anions too, and without the error of elements "
    "against compounds",
)
"""24 meV/atom over the root of 1 + 1/4 + 1/4: a ternary of two binaries in equal parts."""


@dataclass(frozen=True)
class Deviation:
    """
    Formation energies of a class, bundled minus DFT.

    Parameters
    ----------
    phases
        Number of compounds compared.
    mean, mean_absolute
        eV/atom.
    std
        Standard deviation about the mean, eV/atom.
    sigma
        1.4826 times the median distance from the median, eV/atom: the standard deviation of the
        bulk, which a few wrong structures do not move.
    own
        Standard deviation of what is left of a compound's difference without the part that the
        compounds of its elements share (`common_deviation`), eV/atom.
    """

    phases: int
    mean: float
    mean_absolute: float
    std: float
    sigma: float
    own: float


def deviations() -> dict[str, Deviation]:
    """
    Deviations of the bundled energies from DFT.

    Returns
    -------
    dict
        Class to deviation; ``"all"`` for all compounds together.
    """
    return {name: Deviation(**row) for name, row in _content()["classes"].items()}


def common_deviation() -> float:
    """
    Part of the deviations that all compounds of an element share.

    Returns
    -------
    float
        Standard deviation, eV per atom of the element.
    """
    return float(_content()["common"])


def accuracy(scale: EnergyScale) -> Accuracy:
    """
    Errors stated for energies of a scale.

    Parameters
    ----------
    scale
        Of the reference energies.

    Returns
    -------
    Accuracy
        That of CHGNet for CHGNet; any other scale, a user's table among them, counts as DFT.
    """
    return _chgnet() if scale.method.startswith("CHGNet") else DFT


@cache
def _chgnet() -> Accuracy:
    """Add the error of DFT to the deviations from DFT."""
    found, common = deviations(), common_deviation()
    own = {name: round(hypot(one.own, DFT.model.sigma), 4) for name, one in found.items()}
    least, most = (1000 * f(found[name].own for name in CLASSES) for f in (min, max))
    return Accuracy(
        ErrorModel(own[_ALL], common, {name: own[name] for name in CLASSES}),
        f"CHGNet scatters about DFT by {least:.0f} to {most:.0f} meV/atom in each compound, by its "
        f"class, and {1000 * common:.0f} meV per atom of an element in all its compounds "
        "(docs/bundled-reference.md); the 20 meV/atom of DFT are added in squares",
    )


@cache
def _content() -> dict[str, Any]:
    """Read the data file once."""
    text = files("trona.stores.energies").joinpath("deviations.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content
