"""Chemical potentials of gases at a temperature and a partial pressure; ideal gases."""

from __future__ import annotations

from functools import cache
from math import exp, isfinite, log

from trona.screening.errors import InputError
from trona.screening.formulas import parse

from .measured import formation
from .tables import Series, condensed_series, gas_series, known_gases
from .temperatures import BOLTZMANN, require_temperature, temperature_text

__all__ = ["gas_potential", "known_gases", "vapour_pressure"]


def gas_potential(formula: str, temperature: float, pressure: float = 1.0) -> float:
    """
    Find the free energy of formation of a gas at its partial pressure.

    Parameters
    ----------
    formula
        Molecule, as in ``"H2O"`` or ``"O2"``; water is the vapour.
    temperature
        K.
    pressure
        Partial pressure, bar.

    Returns
    -------
    float
        eV per molecule, against trona's elements in their reference states at this temperature.

    Raises
    ------
    InputError
        If the gas is not known, or a condition cannot be used.

    Examples
    --------
    >>> round(gas_potential("H2O", 298.15), 3), round(gas_potential("H2S", 298.15, 1e-6), 3)
    (-2.369, -0.7)
    """
    if not (isfinite(pressure) and pressure > 0.0):
        raise InputError(f"the pressure of {formula} is {pressure:g} bar: give more than 0.")
    return _standard(_gas(formula), temperature) + BOLTZMANN * temperature * log(pressure)


def vapour_pressure(formula: str, temperature: float) -> float:
    """
    Find the pressure at which a gas is in equilibrium with its liquid or solid.

    Parameters
    ----------
    formula
        Such as ``"H2O"``.
    temperature
        K.

    Returns
    -------
    float
        bar.

    Raises
    ------
    InputError
        If gas or condensed state is not known at this temperature.

    Examples
    --------
    >>> round(1000 * vapour_pressure("H2O", 298.15), 1)
    31.7
    """
    gas = _gas(formula)
    condensed = condensed_series(gas.amounts)
    element = 0.0 if len(gas.amounts) == 1 else None
    below = element if condensed is None else _standard(condensed, temperature)
    if below is None:
        raise InputError(f"there are no data of liquid or solid {formula}.")
    return exp((below - _standard(gas, temperature)) / (BOLTZMANN * temperature))


@cache
def _gas(formula: str) -> Series:
    """Find the molecule itself, not another one of the same composition."""
    amounts = parse(formula)
    series = gas_series(amounts)
    if series is None or sum(series.amounts.values()) != sum(amounts.values()):
        raise InputError(f"there are no data of the gas {formula!r}: {', '.join(known_gases())}.")
    return series


def _standard(series: Series, temperature: float) -> float:
    """Find the free energy of formation, a gas at 1 bar."""
    if require_temperature(temperature) == 0.0:
        raise InputError(f"{series.formula} has no free energy at 0 K: give a temperature.")
    found = formation(series, temperature)
    if found is None:
        raise InputError(
            f"the data of {series.formula} end before {temperature_text(temperature)}."
        )
    return found
