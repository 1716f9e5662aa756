"""Figures by name: how each is built from a request, drawn for a paper, shown in a browser.

One row of `FIGURES` for each. The commands, `Study` and the report draw through this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from trona.screening.equilibrium.diagram import grand_diagram
from trona.screening.equilibrium.grand import profile
from trona.screening.errors import InputError
from trona.screening.figures.browser import air as moist
from trona.screening.figures.browser import curves as explorers
from trona.screening.figures.browser import dopants as doping_pages
from trona.screening.figures.browser import matrices as heat_maps
from trona.screening.figures.browser import overviews as interactive
from trona.screening.figures.browser import style as pages
from trona.screening.figures.ladder_data import ladder_figure
from trona.screening.figures.matrix_data import heat_map
from trona.screening.figures.paper import air as moisture
from trona.screening.figures.paper import curves, matrices, overviews, parity
from trona.screening.figures.paper import diagram as sections
from trona.screening.figures.paper import dopants as doping
from trona.screening.figures.paper import style as plots
from trona.screening.formulas import parse
from trona.screening.stability.discharge import discharge
from trona.screening.units import SODIUM
from trona.stores.assess.doping.charts import dopant_figure
from trona.stores.assess.figures import air_figure
from trona.stores.assess.interfaces import contact_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trona.screening.stability.matrix import Matrix
    from trona.stores.assess.assessment import Assessment
    from trona.stores.assess.validation import ValidatedCase
    from trona.stores.documents.dopants import DopantsDoc
    from trona.stores.energies.atmosphere import Atmosphere
    from trona.stores.energies.references import Reference

__all__ = ["FIGURES", "FigureKind", "draw", "save_drawing", "show", "window_pairs"]

_PAGES = (".html", ".htm")


@dataclass(frozen=True)
class FigureKind:
    """
    One kind of figure.

    Parameters
    ----------
    paper
        Draws with matplotlib what `data` makes.
    browser
        Draws the same with plotly.
    data
        From what is asked for to the arguments of both; by default they are what is asked for.
    """

    paper: Callable[..., Any]
    browser: Callable[..., Any]
    data: Callable[..., tuple[object, ...]] = lambda *asked: asked


def _ladder(assessment: Assessment) -> tuple[object, ...]:
    return (ladder_figure(assessment.stability, assessment.interphases),)


def _diagram(
    elements: Sequence[str], marked: Sequence[str], reference: Reference, volts: float
) -> tuple[object, ...]:
    compositions = {formula: parse(formula) for formula in marked}
    return grand_diagram(reference.table, {*elements} - {SODIUM}, compositions), volts


def _mixing(
    first: str, second: str, reference: Reference, volts: float | None
) -> tuple[object, ...]:
    line = contact_line(first, second, reference, volts)
    drawn = [*line.kinks, *(() if line.other is None else line.other.kinks)]
    if not any(kink.energy_per_atom < 0.0 for kink in drawn):
        raise InputError(f"{first} and {second} do not react: there is nothing to draw.")
    return (line,)


def _discharges(formulas: Sequence[str], reference: Reference) -> tuple[object, ...]:
    return ({name: discharge(profile(reference.table, parse(name))) for name in formulas},)


def _air(formulas: Sequence[str], surroundings: Atmosphere) -> tuple[object, ...]:
    return (air_figure(formulas, surroundings),)


def _dopants(doc: DopantsDoc) -> tuple[object, ...]:
    return (dopant_figure(doc),)


def _heat_map(matrix: Matrix) -> tuple[object, ...]:
    return (heat_map(matrix),)


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


def _pairs(findings: Sequence[ValidatedCase]) -> tuple[object, ...]:
    return (window_pairs(findings),)


FIGURES = {
    "air": FigureKind(moisture.draw_air, moist.show_air, _air),
    "dopants": FigureKind(doping.draw_dopants, doping_pages.show_dopants, _dopants),
    "windows": FigureKind(overviews.draw_bars, interactive.show_bars),
    "interphases": FigureKind(overviews.draw_map, interactive.show_map),
    "ladder": FigureKind(plots.draw_ladder, interactive.show_ladder, _ladder),
    "diagram": FigureKind(sections.draw_diagram, explorers.show_diagram, _diagram),
    "interface": FigureKind(curves.draw_mixing, explorers.show_mixing, _mixing),
    "profile": FigureKind(curves.draw_discharges, explorers.show_discharges, _discharges),
    "matrix": FigureKind(matrices.draw_matrix, heat_maps.show_matrix, _heat_map),
    "validation": FigureKind(parity.draw_parity, interactive.show_parity, _pairs),
    "published windows": FigureKind(parity.draw_windows, interactive.show_parity, _pairs),
}
"""By name, as ``trona plot`` takes it where it is a command."""


def draw(name: str, *asked: object) -> Any:  # noqa: ANN401 (matplotlib's figure)
    """
    Draw a figure for a paper.

    Parameters
    ----------
    name
        Key of `FIGURES`.
    *asked
        What its `data` takes.

    Returns
    -------
    matplotlib.figure.Figure
        Not saved.
    """
    kind = FIGURES[name]
    return kind.paper(*kind.data(*asked))


def show(name: str, *asked: object) -> Any:  # noqa: ANN401 (plotly's figure)
    """
    Draw a figure to look at in a browser.

    Parameters
    ----------
    name
        Key of `FIGURES`.
    *asked
        What its `data` takes.

    Returns
    -------
    plotly.graph_objects.Figure
        Not saved.
    """
    kind = FIGURES[name]
    return kind.browser(*kind.data(*asked))


def save_drawing(name: str, path: Path, *asked: object) -> None:
    """
    Draw a figure into a file, whose ending decides: html for a browser, else for a paper.

    Parameters
    ----------
    name
        Key of `FIGURES`.
    path
        File to write.
    *asked
        What its `data` takes.

    Raises
    ------
    InputError
        If what is asked for cannot be used, a package is missing, or the file cannot be written.
    """
    try:
        if path.suffix.lower() in _PAGES:
            pages.write_html(show(name, *asked), path)
        else:
            plots.save_figure(draw(name, *asked), path)
    except ModuleNotFoundError as error:
        raise InputError(f"figures need {error.name}: install trona[plot].") from None
