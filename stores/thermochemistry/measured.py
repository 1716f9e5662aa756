"""Measured energies of formation: enthalpies at 298.15 K, and free energies at a temperature.

Relative to trona's elements in their reference states. A missing value is None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from .elements import elements_increment
from .tables import condensed_series, gas_series
from .temperatures import ROOM_TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tables import Series

__all__ = ["Measured", "formation", "measured_energy"]


@dataclass(frozen=True)
class Measured:
    """
    A measured energy of formation.

    Parameters
    ----------
    energy
        eV per formula unit.
    state
        ``"condensed"`` or ``"gas"`` (at 1 bar).
    source
        Table, in words.
    """

    energy: float
    state: str
    source: str


def measured_energy(amounts: Mapping[str, float], temperature: float) -> Measured | None:
    """
    Find the lowest measured state of a compound.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    temperature
        K; 0 gives the enthalpy at 298.15 K of the state that is the lowest there.

    Returns
    -------
    Measured or None
        A gas is at 1 bar; None where there is no table, or it ends before this temperature.
    """
    if len(amounts) < 2:
        return None
    known = [one for one in (condensed_series(amounts), gas_series(amounts)) if one is not None]
    if temperature == 0.0 and known:
        lowest = known[0] if len(known) == 1 else min(known, key=_at_room_temperature)
        return _measured(lowest, lowest.enthalpy, amounts)
    found = [(formation(series, temperature), series) for series in known]
    reached = [(energy, series) for energy, series in found if energy is not None]
    if not reached:
        return None
    energy, lowest = min(reached, key=lambda one: one[0] / one[1].atoms)
    return _measured(lowest, energy, amounts)


def _at_room_temperature(series: Series) -> float:
    """Find the free energy of formation, eV/atom; last where only the enthalpy is known."""
    found = formation(series, ROOM_TEMPERATURE)
    return inf if found is None else found / series.atoms


def _measured(series: Series, energy: float, amounts: Mapping[str, float]) -> Measured:
    """Give the energy of a series for another formula unit of its composition."""
    units = sum(amounts.values()) / series.atoms
    return Measured(energy * units, series.state, series.source)


def formation(series: Series, temperature: float) -> float | None:
    """
    Find the free energy of formation of a measured substance, a gas at 1 bar.

    Parameters
    ----------
    series
        Of the substance.
    temperature
        K, in the range of the data.

    Returns
    -------
    float or None
        eV per formula unit of the series; None beyond the table.
    """
    increment = series.increment(temperature)
    if increment is None:
        return None
    return series.enthalpy + increment - elements_increment(series.amounts, temperature)
