"""What figures show, from results in a store: no reference has to be loaded again."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from trona.screening.figures.ladder_data import LadderFigure, LadderPart, LadderStep
from trona.screening.figures.overview_data import InterphaseMap, MapPoint, WindowBar
from trona.screening.stability.interphase import InterphaseClass, Thresholds
from trona.screening.uncertainty.confidence import is_sure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.stores.documents.results import RungDoc, ScreeningDoc, WindowDoc

__all__ = ["interphase_map", "ladder_of_document", "point", "window_bars"]


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
    return tuple(_bar(doc.label, doc.window) for doc in docs if doc.window is not None)


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
    points = tuple(point(doc.label, doc.window) for doc in completed if doc.window is not None)
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
