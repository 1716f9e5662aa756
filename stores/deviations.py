"""How far bundled energies lie from DFT, class by class, as scripts/compare_reference.py found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CLASSES", "Deviation", "anion_class", "deviations"]

_ANIONS = {
    "oxide or oxysulfide": {"O"},
    "halide": {"F", "Cl", "Br", "I"},
    "sulfide": {"S"},
    "selenide": {"Se"},
    "hydride or hydroborate": {"H"},
}
_OTHER = "intermetallic or pnictide"
CLASSES = (*_ANIONS, _OTHER)
"""By the anion, in the order in which compounds are told apart."""


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
    """

    phases: int
    mean: float
    mean_absolute: float
    std: float
    sigma: float


def anion_class(amounts: Mapping[str, float]) -> str | None:
    """
    Name the class that the error of a compound belongs to.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    str or None
        One of `CLASSES`; None for an element, the zero of formation energies.
    """
    if len(amounts) == 1:
        return None
    found = (name for name, anions in _ANIONS.items() if anions & amounts.keys())
    return next(found, _OTHER)


@cache
def _content() -> dict[str, Any]:
    """Read the data file once."""
    text = files("trona.stores").joinpath("deviations.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def deviations() -> dict[str, Deviation]:
    """
    Deviations of the bundled energies from DFT.

    Returns
    -------
    dict
        Class to deviation; ``"all"`` for all compounds together.
    """
    return {name: Deviation(**row) for name, row in _content()["classes"].items()}
