"""Numbers of the figure of driving force against dew point, from compositions in moist air."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.figures.air_data import AirCurve, AirFigure
from trona.stores.thermochemistry.gases import vapour_pressure
from trona.stores.thermochemistry.humidity import dew_point
from trona.stores.thermochemistry.temperatures import KELVIN_AT_ZERO_CELSIUS

from .air import in_air

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.energies.atmosphere import Atmosphere

__all__ = ["air_figure"]

_DRIEST = 1e-7
"""bar; a dew point of -91 °C, drier than any dry room."""
_POINTS = 160


def air_figure(formulas: Sequence[str], air: Atmosphere) -> AirFigure:
    """
    Follow compositions from dry to saturated air.

    Parameters
    ----------
    formulas
        As the user writes them.
    air
        What they are exposed to.

    Returns
    -------
    AirFigure
        In their order.

    Raises
    ------
    InputError
        If a formula cannot be used with the reference.
    """
    wettest = min(vapour_pressure("H2O", air.conditions.temperature), 1.0)
    text = air.conditions.text.split(", ")
    return AirFigure(
        curves=tuple(_curve(formula, air, wettest) for formula in dict.fromkeys(formulas)),
        conditions=f"{text[0]}, {text[-1]}",
    )


def _curve(formula: str, air: Atmosphere, wettest: float) -> AirCurve:
    """Follow one composition; breakpoints are points of the line."""
    course = in_air(formula, air, interphase=False).water
    lowest, highest = (air.potential_of_water(pressure) for pressure in (_DRIEST, wettest))
    kinks = [one.mu_lower for one in course.ranges if lowest < one.mu_lower < highest]
    mus = np.unique([*np.linspace(lowest, highest, _POINTS), *kinks]).tolist()
    dews = [_celsius(air, mu) for mu in mus]
    energies = [-1000.0 * course.at(mu).energy_per_atom for mu in mus]
    shown = course.onset is not None and lowest <= course.onset <= highest
    return AirCurve(
        formula=formula,
        dew_points=tuple(dews),
        energies=tuple(energies),
        onset=_celsius(air, course.onset) if shown and course.onset is not None else None,
    )


def _celsius(air: Atmosphere, mu: float) -> float:
    """Give the dew point at a potential of water, °C."""
    saturated = vapour_pressure("H2O", air.conditions.temperature)
    found = dew_point(air.humidity_at(mu) * saturated)
    return float("nan") if found is None else found - KELVIN_AT_ZERO_CELSIUS
