"""Measured energies of formation: enthalpies at 298.15 K, and free energies at a temperature.

Relative to the elements of trona in their reference states. What no table has is None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    found = [
        (energy / sum(series.amounts.values()), series)
        for series in known
        if (energy := formation(series, temperature or ROOM_TEMPERATURE)) is not None
    ]
    if not found and temperature:
        return None
    lowest = min(found, key=lambda one: one[0], default=(0.0, known[0] if known else None))
    energy, series = lowest
    if series is None:
        return None
    atoms = sum(amounts.values())
    value = energy if temperature else series.enthalpy / sum(series.amounts.values())
    return Measured(value * atoms, series.state, series.source)


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
