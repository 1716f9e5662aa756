"""Data of figures of stored results (without their reference) and of moist air."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.figures.air_data import AirCurve, AirFigure
from trona.screening.figures.ladder_data import LadderFigure, LadderPart, LadderStep
from trona.screening.figures.overview_data import InterphaseMap, MapPoint, WindowBar
from trona.screening.stability.interphase import InterphaseClass, Thresholds
from trona.screening.typesetting import titled
from trona.screening.uncertainty.confidence import is_sure
from trona.stores.thermochemistry.gases import vapour_pressure
from trona.stores.thermochemistry.humidity import dew_point
from trona.stores.thermochemistry.temperatures import KELVIN_AT_ZERO_CELSIUS

from .air import in_air

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trona.stores.documents.results import RungDoc, ScreeningDoc, WindowDoc
    from trona.stores.energies.atmosphere import Atmosphere

__all__ = ["air_figure", "interphase_map", "ladder_of_document", "point", "window_bars"]

_DRIEST = 1e-7
"""bar; a dew point of -91 °C, drier than any dry room."""
_POINTS = 160


def window_bars(docs: Iterable[ScreeningDoc]) -> tuple[WindowBar, ...]:
    """
    Windows of screened candidates.

    Parameters
    ----------
    docs
        Results; those that are not completed are left out.

    Returns
    -------
    tuple of WindowBar
        In the order of the results.
    """
    return tuple(
        _bar(titled(doc.label, doc.formula), doc.window) for doc in docs if doc.window is not None
    )


def _bar(label: str, window: WindowDoc) -> WindowBar:
    """Show a window as a bar."""
    limits = window.stabilized
    return WindowBar(
        label=label,
        lower=limits.reduction_limit or 0.0,
        upper=inf if limits.oxidation_limit is None else limits.oxidation_limit,
        kind=InterphaseClass(window.ladder[0].interphase),
        mixture=window.mixture,
        doubtful=bool(window.doubts),
        sure=is_sure(window.ladder[0].interphase, window.ladder[0].interphase_shares),
    )


def ladder_of_document(window: WindowDoc) -> LadderFigure:
    """
    Decomposition ladder of a stored result.

    Parameters
    ----------
    window
        With all its intervals.

    Returns
    -------
    LadderFigure
        The same as of the typed result.
    """
    upper = inf if window.oxidation_limit is None else window.oxidation_limit
    return LadderFigure(
        formula=window.formula,
        lower=window.reduction_limit,
        upper=None if window.reduction_limit is None else upper,
        steps=tuple(_step(rung) for rung in window.ladder),
    )


def _step(rung: RungDoc) -> LadderStep:
    """Show one interval; in older documents products have no type and no place."""
    products = sorted(rung.products, key=lambda one: one.place or 0)
    return LadderStep(
        lower=rung.voltage_lower,
        upper=inf if rung.voltage_upper is None else rung.voltage_upper,
        sodium=rung.na_exchanged,
        kind=InterphaseClass(rung.interphase),
        basis=rung.fraction_basis,
        parts=tuple(
            LadderPart(p.formula, p.amount, p.fraction, InterphaseClass(p.type or "unknown"))
            for p in products
        ),
    )


def interphase_map(docs: Iterable[ScreeningDoc]) -> InterphaseMap:
    """
    Interphases of screened candidates at sodium metal.

    Parameters
    ----------
    docs
        Results; those that are not completed are left out.

    Returns
    -------
    InterphaseMap
        At 0 V.

    Raises
    ------
    InputError
        If no result is completed.
    """
    completed = [doc for doc in docs if doc.window is not None]
    limits = Thresholds(**completed[0].thresholds) if completed else Thresholds()
    points = tuple(
        point(titled(doc.label, doc.formula), doc.window)
        for doc in completed
        if doc.window is not None
    )
    return InterphaseMap(points, thresholds=limits)


def point(label: str, window: WindowDoc) -> MapPoint:
    """
    Interphase of a stored result at sodium metal.

    Parameters
    ----------
    label
        Name of the candidate.
    window
        Its window and ladder.

    Returns
    -------
    MapPoint
        At 0 V; without a conducting part where nothing reacts.
    """
    rung = window.ladder[0]
    reacts = InterphaseClass(rung.interphase).reacts
    products = [p for p in rung.products if p.electronic == "unknown"]
    return MapPoint(
        label=label,
        driving_force=max(0.0, -rung.energy_per_atom),
        conducting=rung.electronic_fraction if reacts else 0.0,
        unknown=sum(p.fraction for p in products) if reacts else 0.0,
        kind=InterphaseClass(rung.interphase),
        basis=rung.fraction_basis,
        sure=is_sure(rung.interphase, rung.interphase_shares),
    )


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
