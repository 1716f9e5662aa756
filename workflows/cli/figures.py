"""Figures into files: what is asked for is computed, drawn and saved.

The ending of the file decides: png, pdf and svg are drawn for a paper, html is to be looked at in a
browser.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import typer

from trona.screening.equilibrium.diagram import grand_diagram
from trona.screening.equilibrium.grand import profile
from trona.screening.errors import InputError
from trona.screening.figures.browser import curves as explorers
from trona.screening.figures.browser import overviews as interactive
from trona.screening.figures.browser import style as pages
from trona.screening.figures.ladder_data import ladder_figure
from trona.screening.figures.paper import curves, overviews, parity
from trona.screening.figures.paper import diagram as sections
from trona.screening.figures.paper import style as plots
from trona.screening.formulas import parse
from trona.screening.stability.discharge import discharge
from trona.screening.stability.interface import mix
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trona.screening.figures.overview_data import InterphaseMap, WindowBars
    from trona.stores.assess.assessment import Assessment
    from trona.stores.assess.validation import ValidatedCase
    from trona.stores.energies.references import Reference

__all__ = [
    "save_bars",
    "save_diagram",
    "save_discharges",
    "save_interphases",
    "save_ladder",
    "save_mixing",
    "save_parity_of_limits",
    "save_windows",
    "window_pairs",
]


def save_bars(found: WindowBars, path: Path) -> None:
    """
    Draw windows of many candidates.

    Parameters
    ----------
    found
        What the figure shows.
    path
        File to write.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    _write(path, overviews.draw_bars, interactive.show_bars, found)


def save_interphases(found: InterphaseMap, path: Path) -> None:
    """
    Draw the map of interphases.

    Parameters
    ----------
    found
        What the figure shows.
    path
        File to write.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    _write(path, overviews.draw_map, interactive.show_map, found)


def save_ladder(assessment: Assessment, path: Path) -> None:
    """
    Draw the ladder of a composition.

    Parameters
    ----------
    assessment
        As computed.
    path
        File to write.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    figure = ladder_figure(assessment.stability, assessment.interphases)
    _write(path, plots.draw_ladder, interactive.show_ladder, figure)


def save_diagram(
    elements: Sequence[str],
    marked: Sequence[str],
    reference: Reference,
    volts: float,
    path: Path,
) -> None:
    """
    Draw the phase diagram of sodium and two or three other elements, open to sodium.

    Parameters
    ----------
    elements
        Symbols; sodium may be among them.
    marked
        Formulas of compositions to mark.
    reference
        Energies of the phases.
    volts
        V against Na/Na+.
    path
        File to write.

    Raises
    ------
    InputError
        If a formula, the system or the voltage cannot be used, or the file cannot be written.
    """
    compositions = {formula: parse(formula) for formula in marked}
    found = grand_diagram(reference.table, {*elements} - {SODIUM}, compositions)
    _write(path, sections.draw_diagram, explorers.show_diagram, found, volts)


def save_mixing(
    first: str, second: str, reference: Reference, volts: float | None, path: Path
) -> None:
    """
    Draw the reactions of two materials.

    Parameters
    ----------
    first, second
        Formulas.
    reference
        Energies of competing phases.
    volts
        Voltage of a sodium reservoir, V; None where closed.
    path
        File to write.

    Raises
    ------
    InputError
        If a formula or the voltage cannot be used, or the file cannot be written.
    """
    line = mix(reference.table, parse(first), parse(second), (first, second), volts)
    _write(path, curves.draw_mixing, explorers.show_mixing, line)


def save_discharges(formulas: Sequence[str], reference: Reference, path: Path) -> None:
    """
    Draw discharges of some compositions in one figure.

    Parameters
    ----------
    formulas
        Compositions.
    reference
        Energies of competing phases.
    path
        File to write.

    Raises
    ------
    InputError
        If a formula cannot be used, or the file cannot be written.
    """
    found = {formula: discharge(profile(reference.table, parse(formula))) for formula in formulas}
    _write(path, curves.draw_discharges, explorers.show_discharges, found)


def save_windows(findings: Sequence[ValidatedCase], path: Path) -> None:
    """
    Draw predicted windows beside published ones; in a browser limit against limit.

    Parameters
    ----------
    findings
        Judged systems; those without a published limit are left out.
    path
        File to write.

    Raises
    ------
    InputError
        If no limit was published, or the file cannot be written.
    """
    _write(path, parity.draw_windows, interactive.show_parity, window_pairs(findings))


def save_parity_of_limits(findings: Sequence[ValidatedCase], path: Path) -> None:
    """
    Draw predicted against published limits.

    Parameters
    ----------
    findings
        Judged systems; those without a published limit are left out.
    path
        File to write.

    Raises
    ------
    InputError
        If no limit is both published and predicted, or the file cannot be written.
    """
    _write(path, parity.draw_parity, interactive.show_parity, window_pairs(findings))


def window_pairs(findings: Sequence[ValidatedCase]) -> list[parity.WindowPair]:
    """
    Collect what was published and predicted of windows.

    Parameters
    ----------
    findings
        Judged systems.

    Returns
    -------
    list of WindowPair
        Of the systems with a published limit.
    """
    return [_pair(finding) for finding in findings if finding.case.window is not None]


def _pair(finding: ValidatedCase) -> parity.WindowPair:
    """Set the published limits of a system beside the predicted ones."""
    found, published = finding.prediction, finding.case.window
    predicted = None
    ends: dict[str, float | None] = {}
    if found is not None and found.reduction_limit is not None:
        ends = {"reduction": found.reduction_limit, "oxidation": found.oxidation_limit}
        upper = inf if found.oxidation_limit is None else found.oxidation_limit
        predicted = (found.reduction_limit, upper)
    limits = []
    for compared in finding.comparisons:
        side, _, what = compared.quantity.partition(" ")
        stated = getattr(published, side) if what == "limit" else None
        if stated is not None:
            limit = parity.PublishedLimit(side, stated, ends.get(side), compared.verdict)
            limits.append(limit)
    return parity.WindowPair(
        formula=finding.case.formula,
        mixture=found is not None and found.mixture,
        observed=published is not None and published.kind == "observed",
        predicted=predicted,
        limits=tuple(limits),
    )


def _write(path: Path, draw: Callable[..., Any], show: Callable[..., Any], *shown: object) -> None:
    """Draw for a paper or for a browser, save, and say where, beside what is printed."""
    try:
        if path.suffix.lower() in {".html", ".htm"}:
            pages.write_html(show(*shown), path)
        else:
            plots.save_figure(draw(*shown), path)
    except ModuleNotFoundError as error:
        raise InputError(f"figures need {error.name}: install trona[plot].") from None
    typer.echo(f"figure: {path}", err=True)
