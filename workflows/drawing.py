"""Figures into files: what is asked for is computed, drawn and saved."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import typer

from trona.screening import curves, parity, plots
from trona.screening.capacity import discharge
from trona.screening.formulas import parse
from trona.screening.grand import profile
from trona.screening.interface import mix
from trona.screening.ladder import ladder_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trona.stores.assessment import Assessment
    from trona.stores.references import Reference
    from trona.stores.validation import Finding

__all__ = ["discharges", "ladder", "mixing", "window_pairs", "windows"]


def ladder(assessment: Assessment, path: Path) -> None:
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
    plots.save(plots.draw_ladder(figure), path)
    _say(path)


def mixing(first: str, second: str, reference: Reference, volts: float | None, path: Path) -> None:
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
    plots.save(curves.draw_mixing(line), path)
    _say(path)


def discharges(formulas: Sequence[str], reference: Reference, path: Path) -> None:
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
    plots.save(curves.draw_discharges(found), path)
    _say(path)


def windows(findings: Sequence[Finding], path: Path) -> None:
    """
    Draw predicted windows beside published ones.

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
    plots.save(parity.draw_windows(window_pairs(findings)), path)
    _say(path)


def window_pairs(findings: Sequence[Finding]) -> list[parity.WindowPair]:
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


def _pair(finding: Finding) -> parity.WindowPair:
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


def _say(path: Path) -> None:
    """Say where a figure is, beside what is printed."""
    typer.echo(f"figure: {path}", err=True)
