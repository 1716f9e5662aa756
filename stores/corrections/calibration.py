"""Fitted corrections to the energies of a potential: one shift per kind of atom in a compound.

The shifts are fitted by scripts/fit_calibration.py to DFT formation energies and validated on
chemical systems that the fit has not seen; `calibration.yaml` holds them with their spread. This
module only looks them up.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from trona.stores.data_files import data_content

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .mp2020 import Calculation

__all__ = ["calibrated_elements", "calibration", "calibration_shift", "kinds"]

_WITH_U = frozenset(("Co", "Cr", "Fe", "Mn", "Mo", "Ni", "V", "W"))
"""Metals that the Materials Project computes with U in oxides and fluorides."""


def kinds(amounts: Mapping[str, float]) -> dict[str, float]:
    """
    Count the atoms of a compound by the kinds that the calibration distinguishes.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    dict
        Element symbol, or ``"Fe+U"`` for a metal that is computed with U, to amount per formula
        unit; nothing for an element, which stays where it is.
    """
    found: dict[str, float] = {}
    if len(amounts) > 1:
        oxidised = not amounts.keys().isdisjoint(("O", "F"))
        for symbol, amount in amounts.items():
            found[f"{symbol}+U" if oxidised and symbol in _WITH_U else symbol] = amount
    return found


def calibration_shift(
    amounts: Mapping[str, float],
    calculation: Calculation | None,  # noqa: ARG001 (the form of every correction)
) -> float:
    """
    Energy that the calibration adds.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    calculation
        Not asked.

    Returns
    -------
    float
        eV per formula unit; kinds of atoms that the fit has not seen add nothing.
    """
    shifts = _shifts()
    return float(sum(shifts[kind] * n for kind, n in kinds(amounts).items() if kind in shifts))


def calibrated_elements() -> frozenset[str]:
    """
    Elements that the fit has seen.

    Returns
    -------
    frozenset
        Element symbols.
    """
    return frozenset(kind.removesuffix("+U") for kind in calibration()["shifts"])


@cache
def _shifts() -> dict[str, float]:
    """Shift of each kind of atom, eV per atom."""
    return {kind: one["shift"] for kind, one in calibration()["shifts"].items()}


@cache
def calibration() -> dict[str, Any]:
    """
    Read the fitted shifts.

    Returns
    -------
    dict
        ``shifts``: kind of atom to shift and spread (eV per atom) and number of compounds; beside
        them the statistics of the fit and of its cross-validation.
    """
    content: dict[str, Any] = data_content("trona.stores.corrections", "calibration.yaml")
    return content
