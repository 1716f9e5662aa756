"""Reference energies under user-specified conditions."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.stores.thermochemistry.temperatures import parse_temperature, require_temperature

if TYPE_CHECKING:
    from .references import Reference

__all__ = ["under_conditions"]


def under_conditions(
    reference: Reference, pressure: float = 0.0, temperature: float | str = 0.0
) -> Reference:
    """
    Bring reference energies to a pressure or a temperature.

    Parameters
    ----------
    reference
        At 0 K and without pressure.
    pressure
        GPa.
    temperature
        K, or text such as ``"25C"``.

    Returns
    -------
    Reference
        Under a name and a checksum of its own; the same at 0 K without pressure.

    Raises
    ------
    InputError
        If a condition cannot be used, or both are asked for.
    """
    if isinstance(temperature, str):
        temperature = parse_temperature(temperature)
    if not isinstance(temperature, Real):
        raise InputError(f"{temperature!r} is no temperature: give kelvins as 298.15, or '25C'.")
    if require_temperature(temperature) and pressure:
        raise InputError(
            f"free energies at {temperature:g} K are at 1 bar, not {pressure:g} GPa: give a "
            "temperature or a pressure."
        )
    return reference.under(pressure).at_temperature(temperature)
