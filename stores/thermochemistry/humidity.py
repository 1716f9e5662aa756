"""Moist air in user units: relative humidity, dew point, partial pressures.

Relative humidity is that over liquid water. Below 0 °C dew points are frost points, over ice, by
Murphy & Koop, Q. J. R. Meteorol. Soc. 131 (2005) 1539, equation 7 (110 to 273.16 K).
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import exp, isfinite, log

from trona.screening.errors import InputError

from .gases import vapour_pressure
from .temperatures import KELVIN_AT_ZERO_CELSIUS

__all__ = ["dew_point", "ice_pressure", "parse_humidity", "parse_pressure"]

_TRIPLE_POINT = 273.16
_COLDEST, _HOTTEST = 110.0, 373.15
"""K; between these, dew points are told."""
_STEPS = 40
_TYPED = re.compile(
    r"\s*(?P<number>[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*(?P<unit>%|ppm|ppb|bar|°?C)?\s*",
    re.IGNORECASE,
)
_BAR = {"ppm": 1e-6, "ppb": 1e-9, "bar": 1.0, "%": 1e-2}
"""bar for a unit, in air of 1 bar."""


def ice_pressure(temperature: float) -> float:
    """
    Find the vapour pressure of ice.

    Parameters
    ----------
    temperature
        K, 110 to 273.16.

    Returns
    -------
    float
        bar.

    Examples
    --------
    >>> round(1e6 * ice_pressure(233.15), 1)
    128.4
    """
    t = temperature
    return 1e-5 * exp(9.550426 - 5723.265 / t + 3.53068 * log(t) - 0.00728332 * t)


def _saturation(temperature: float) -> float:
    """Find the vapour pressure of ice or, above its melting point, of water; bar."""
    if temperature < _TRIPLE_POINT:
        return ice_pressure(temperature)
    return vapour_pressure("H2O", temperature)


@lru_cache(maxsize=4096)
def dew_point(pressure: float) -> float | None:
    """
    Find the temperature at which moist air begins to condense.

    Parameters
    ----------
    pressure
        Partial pressure of water, bar.

    Returns
    -------
    float or None
        K; None where it is below 110 K or above 373 K.

    Examples
    --------
    >>> round(dew_point(1.0e-3) - 273.15, 1)
    -20.3
    """
    low, high = _COLDEST, _HOTTEST
    if not _saturation(low) <= pressure <= _saturation(high):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _saturation(middle) < pressure else (low, middle)
    return (low + high) / 2


def parse_humidity(text: str, temperature: float) -> float:
    """
    Read how moist air is.

    Parameters
    ----------
    text
        Relative humidity as ``"30%"``, dew point as ``"-40C"``, partial pressure as ``"1000ppm"``
        or ``"0.001bar"`` in air of 1 bar.
    temperature
        Of the air, K.

    Returns
    -------
    float
        Partial pressure of water, bar.

    Raises
    ------
    InputError
        If it cannot be read, is not more than zero, is more than the air can hold, or is relative
        where water boils.

    Examples
    --------
    >>> round(parse_humidity("30%", 298.15), 4), round(1e6 * parse_humidity("-40C", 298.15))
    (0.0095, 128)
    """
    match = _TYPED.fullmatch(text.replace("\N{MINUS SIGN}", "-"))
    if match is None or match["unit"] is None:
        raise InputError(
            f"{text!r} is no humidity: give 30% of saturation, a dew point as -40C, or 1000ppm."
        )
    value, unit = float(match["number"]), match["unit"].lower()
    saturated = min(vapour_pressure("H2O", temperature), 1.0)
    if unit == "%" and temperature > _HOTTEST:
        raise InputError(
            f"humidity {text} has no meaning at {temperature:g} K, where air of 1 bar is never "
            "saturated: give a dew point as -40C, or 1000ppm."
        )
    if unit == "%":
        pressure = value / 100.0 * saturated
    elif unit.endswith("c"):
        kelvin = value + KELVIN_AT_ZERO_CELSIUS
        if not _COLDEST <= kelvin <= _HOTTEST:
            raise InputError(f"dew point {text} is outside -163C to 100C.")
        pressure = _saturation(kelvin)
    else:
        pressure = value * _BAR[unit]
    if not pressure > 0.0:
        raise InputError(
            f"humidity {text} is not more than 0: completely dry air reacts with none."
        )
    if pressure > saturated * (1.0 + 1e-6):
        raise InputError(
            f"humidity {text} is over 100 % at {temperature:g} K, where air holds "
            f"{1000.0 * saturated:.1f} mbar of water: give less."
        )
    return pressure


def parse_pressure(text: str, gas: str) -> float:
    """
    Read the partial pressure of a gas in air of 1 bar.

    Parameters
    ----------
    text
        As ``"1ppm"``, ``"420 ppm"``, ``"21%"`` or ``"1bar"``.
    gas
        Formula, for messages.

    Returns
    -------
    float
        bar.

    Raises
    ------
    InputError
        If it cannot be read, is not more than zero, or is more than 1 bar.

    Examples
    --------
    >>> parse_pressure("1ppm", "H2S"), parse_pressure("1 bar", "H2S")
    (1e-06, 1.0)
    """
    match = _TYPED.fullmatch(text)
    unit = None if match is None or match["unit"] is None else match["unit"].lower()
    if match is None or unit not in _BAR:
        raise InputError(f"{text!r} is no pressure of {gas}: give it as 1ppm, 21% or 1bar.")
    pressure = float(match["number"]) * _BAR[unit]
    if not (isfinite(pressure) and 0.0 < pressure <= 1.0):
        raise InputError(f"the pressure of {gas} is {text}: give more than 0, at most 1bar.")
    return pressure
