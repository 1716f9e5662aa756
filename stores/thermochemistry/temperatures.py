"""Temperature range of the free energies, and parsing of temperatures."""

from __future__ import annotations

import re
from math import isfinite

from trona.screening.errors import InputError

__all__ = [
    "BOLTZMANN",
    "COLDEST",
    "HOTTEST",
    "KELVIN_AT_ZERO_CELSIUS",
    "ROOM_TEMPERATURE",
    "cold_name",
    "name_at",
    "parse_temperature",
    "require_temperature",
    "temperature_of_name",
    "temperature_text",
]

ROOM_TEMPERATURE = 298.15
"""K; the temperature of the enthalpies that corrected energies stand for."""
KELVIN_AT_ZERO_CELSIUS = 273.15
COLDEST, HOTTEST = 250.0, 1000.0
"""K; where both the measured tables and the descriptor of other phases can be used."""
BOLTZMANN = 8.617333262e-5
"""eV/K (CODATA 2018)."""

_NAMED = re.compile(r" at (\d+(?:\.\d+)?) K(?=$|[ +])")
_ENDS = re.compile(rf"(?P<name>.+?){_NAMED.pattern}$")
_TYPED = re.compile(r"\s*(?P<number>[+-]?\d+(?:\.\d*)?)\s*(?P<unit>K|°?C)?\s*", re.IGNORECASE)


def parse_temperature(text: str) -> float:
    """
    Read a temperature.

    Parameters
    ----------
    text
        Kelvins, ``"298.15"`` or ``"298.15K"``, or degrees Celsius, ``"25C"``.

    Returns
    -------
    float
        K; 0 or in the range of the data.

    Raises
    ------
    InputError
        If it is no temperature, or none that there are data for.

    Examples
    --------
    >>> parse_temperature("25C"), parse_temperature("333 K")
    (298.15, 333.0)
    """
    match = _TYPED.fullmatch(text.replace("\N{MINUS SIGN}", "-"))
    if match is None:
        raise InputError(f"{text!r} is no temperature: give kelvins as 298.15, or as 25C.")
    celsius = (match["unit"] or "K").upper().endswith("C")
    offset = KELVIN_AT_ZERO_CELSIUS if celsius else 0.0
    return require_temperature(round(float(match["number"]) + offset, 6), text.strip())


def require_temperature(temperature: float, typed: str = "") -> float:
    """
    Refuse a temperature that there are no data for.

    Parameters
    ----------
    temperature
        K.
    typed
        As the user wrote it, for the message.

    Returns
    -------
    float
        The same.

    Raises
    ------
    InputError
        If it is negative, not finite or beyond the data.
    """
    shown = typed or f"{temperature:g} K"
    if not isfinite(temperature) or temperature < 0.0:
        raise InputError(
            f"temperature {shown} is below absolute zero: give kelvins, or degrees Celsius as 25C."
        )
    if temperature != 0.0 and not COLDEST <= temperature <= HOTTEST:
        unitless = temperature < COLDEST and typed[-1:].isdigit()
        celsius = f"; {typed} °C is written {typed}C" if unitless else ""
        raise InputError(
            f"temperature {shown} is beyond the thermochemical data: give {COLDEST:g} to "
            f"{HOTTEST:g} K, or 0 for energies without heat content{celsius}."
        )
    return temperature


def temperature_text(temperature: float) -> str:
    """
    Write a temperature.

    Parameters
    ----------
    temperature
        K.

    Returns
    -------
    str
        As in ``"298.15 K"``.
    """
    return f"{temperature:g} K"


def name_at(name: str, temperature: float) -> str:
    """
    Name energies at a temperature.

    Parameters
    ----------
    name
        Of reference energies at 0 K.
    temperature
        K.

    Returns
    -------
    str
        As in ``"bundled at 298.15 K"``.
    """
    return f"{name} at {temperature_text(temperature)}"


def cold_name(name: str) -> tuple[str, float]:
    """
    Split the name of energies at a temperature, as `name_at` makes it.

    Parameters
    ----------
    name
        Of reference energies.

    Returns
    -------
    tuple
        The name at 0 K, and the temperature, K; 0 where it names none.

    Examples
    --------
    >>> cold_name("bundled at 298.15 K")
    ('bundled', 298.15)
    """
    found = _ENDS.fullmatch(name)
    return (found["name"], float(found[2])) if found else (name, 0.0)


def temperature_of_name(name: str) -> float:
    """
    Read the temperature of energies from their name.

    Parameters
    ----------
    name
        Of reference energies.

    Returns
    -------
    float
        K; 0 where it names none.

    Examples
    --------
    >>> temperature_of_name("bundled at 298.15 K"), temperature_of_name("bundled")
    (298.15, 0.0)
    """
    found = _NAMED.search(name)
    return float(found[1]) if found else 0.0
