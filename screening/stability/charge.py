"""Two states of charge of an electrode: sodium between them and mean equilibrium voltage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import FormulaError
from trona.screening.units import SODIUM

from .interface import reactant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trona.screening.equilibrium.phases import PhaseTable

__all__ = ["mean_voltage", "sodium_between"]

_SAME = 1e-4
"""Relative differences of ratios below this are rounding."""


def sodium_between(
    discharged: Mapping[str, float], charged: Mapping[str, float], what: str
) -> float:
    """
    Find the sodium that an electrode releases from one state to the other.

    Parameters
    ----------
    discharged, charged
        Element symbol to amount per formula unit.
    what
        The electrode, for an error.

    Returns
    -------
    float
        Na per formula unit of the first; negative where it is the second that holds more.

    Raises
    ------
    FormulaError
        If the two differ in more than sodium, or in nothing.
    """
    scale = _framework(discharged, charged, what)
    extra = discharged.get(SODIUM, 0.0) - scale * charged.get(SODIUM, 0.0)
    if abs(extra) < _SAME:
        raise FormulaError(
            f"{what}: both states contain the same amount of sodium; give two that differ."
        )
    return extra


def mean_voltage(
    table: PhaseTable, discharged: Mapping[str, float], charged: Mapping[str, float], what: str
) -> float:
    """
    Compute the mean voltage between two states of an electrode.

    Parameters
    ----------
    table
        Phases on one energy scale, sodium among them.
    discharged, charged
        Element symbol to amount per formula unit; a state without a phase has the energy of what
        it decomposes to.
    what
        The electrode, for an error.

    Returns
    -------
    float
        V against Na/Na+.

    Raises
    ------
    FormulaError
        If the two differ in more than sodium, or in nothing.
    ChemicalSystemError
        If an element has no reference phase.
    """
    extra = sodium_between(discharged, charged, what)
    full = reactant(table, discharged, what).energy
    empty = _framework(discharged, charged, what) * reactant(table, charged, what).energy
    return table.mu_sodium_metal - (full - empty) / extra


def _framework(first: Mapping[str, float], second: Mapping[str, float], what: str) -> float:
    """Find how many units of the second hold what the first holds beside sodium."""
    ours, theirs = (
        {symbol: n for symbol, n in one.items() if symbol != SODIUM and n > 0}
        for one in (first, second)
    )
    ratios = [n / theirs.get(symbol, n) for symbol, n in ours.items()]
    apart = not ratios or max(ratios) - min(ratios) > _SAME * max(ratios)
    if ours.keys() != theirs.keys() or apart:
        raise FormulaError(f"{what}: the two states must differ in sodium only.")
    return ratios[0]
