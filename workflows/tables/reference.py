"""Tables of reference energies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from .ladder import volts
from .layout import NARROW, NONE, fit, framed, list_facts, notes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from trona.stores.assess.inventory import AvailableDoc, ReferenceInfoDoc
    from trona.stores.energies.comparison import ReferenceComparisonDoc, SideDoc

__all__ = ["COMPARED", "comparison_rows", "listing", "reference_comparison", "reference_details"]

_MOST = 12
"""Shifts that are listed; all stand in the JSON."""


def reference_details(document: ReferenceInfoDoc) -> list[RenderableType]:
    """
    Lay out what is known of reference energies.

    Parameters
    ----------
    document
        One reference.

    Returns
    -------
    list
        Parts to print in order.
    """
    scale = document.energy_scale
    facts = (
        ("origin", document.origin),
        ("energies", scale.method),
        ("correction", scale.correction),
        ("as measured", _shifts(document.as_measured)),
        ("phases", f"{document.n_phases}, {document.n_band_gaps} compositions with a band gap"),
        ("elements", "-".join(document.elements)),
        ("missing", _some(list(document.missing))),
        ("checksum", document.checksum),
    )
    return [escape(document.answer), list_facts(facts), *notes(document.caveats)]


def _some(formulas: Sequence[str]) -> str:
    """List formulas, the first of many."""
    more = len(formulas) - _MOST
    rest = f" and {more:,} more (--json lists all, with reasons)" if more > 0 else ""
    return f"{', '.join(formulas[:_MOST])}{rest}"


def _shifts(found: Mapping[str, float]) -> str:
    """List what takes compositions to measured enthalpies, the largest."""
    if not found:
        return ""
    named = ", ".join(f"{formula} {shift:+.2f}" for formula, shift in list(found.items())[:_MOST])
    more = len(found) - _MOST
    return f"{named}{f' and {more} more' if more > 0 else ''} eV per formula unit"


def listing(rows: Sequence[AvailableDoc], width: int = NARROW) -> list[RenderableType]:
    """
    Lay out the available reference energies.

    Parameters
    ----------
    rows
        One for each.
    width
        Columns of the terminal.

    Returns
    -------
    list
        A table, and a sentence for each file that is not used.
    """
    table = framed()
    for column in ("name", "energies", "database", "date"):
        table.add_column(column, no_wrap=True)
    table.add_column("phases", justify="right", no_wrap=True)
    for row in rows:
        count = "[red]damaged[/]" if row.n_phases is None else str(row.n_phases)
        cells = (row.name, row.method, row.version, row.date)
        table.add_row(*map(escape, cells), count)
    shown = fit(table, width, ("database", "date"))
    return [shown, *(f"[red]! {escape(row.problem)}[/]" for row in rows if row.problem)]


def reference_comparison(
    document: ReferenceComparisonDoc, width: int = NARROW
) -> list[RenderableType]:
    """
    Lay out two references side by side.

    Parameters
    ----------
    document
        The comparison.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Names, a table and a summary.
    """
    table = framed()
    table.add_column("compound", overflow="fold", min_width=9)
    for column in (
        "A\neV/atom",
        "B\neV/atom",
        "B-A\nmeV/atom",
        "hull A\nmeV/atom",
        "hull B\nmeV/atom",
    ):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("window A\nV", no_wrap=True)
    table.add_column("window B\nV", no_wrap=True)
    for row in document.compounds:
        sides = (row.first, row.second)
        table.add_row(
            escape(row.formula),
            *(NONE if side is None else f"{side.formation_energy:z.3f}" for side in sides),
            _milli(row.difference, "+"),
            *(_milli(None if side is None else side.above_hull) for side in sides),
            *map(_window, sides),
        )
    first, second = escape(document.first), escape(document.second)
    indent = " " * len(document.system)
    names = f"[bold]{escape(document.system)}[/]  A: {first}\n{indent}  B: {second}"
    spare = ("window B V", "window A V", "hull B meV/atom", "hull A meV/atom")
    return [names, fit(table, width, spare), *_summary(document)]


def _milli(value: float | None, sign: str = "") -> str:
    """Write an energy in meV/atom, without a sign on nothing."""
    if value is None:
        return NONE
    return f"{round(value * 1000):{sign}d}" if round(value * 1000) else "0"


def _summary(document: ReferenceComparisonDoc) -> list[str]:
    """Write the summary of a comparison."""
    if document.mean is None or document.rms is None:
        return ["They have no compound in common."]
    common = (
        f"{document.n_common} common compounds: B - A is {document.mean * 1000:+.0f} meV/atom in "
        f"the mean, {document.rms * 1000:.0f} rms, most for {document.worst}."
    )
    lines = [common, f"{document.n_stable_in_both} are on both hulls."]
    for names, side in ((document.stable_in_first, "A"), (document.stable_in_second, "B")):
        if names:
            lines.append(f"On the hull of {side} only: {', '.join(names)}.")
    return [escape(line) for line in lines]


def _window(side: SideDoc | None) -> str:
    """Write a window, if there is one."""
    if side is None or side.window is None:
        return NONE
    return volts(side.window.reduction_limit, side.window.oxidation_limit)


_FIELDS = ("formation_energy", "above_hull", "reduction_limit", "oxidation_limit")

COMPARED = (
    "formula",
    "difference",
    *(f"{field}_{side}" for side in ("first", "second") for field in _FIELDS),
)
"""Columns of a comparison."""


def comparison_rows(document: ReferenceComparisonDoc) -> list[dict[str, str | float | None]]:
    """
    List a comparison, for CSV; units are those of the data dictionary.

    Parameters
    ----------
    document
        The comparison.

    Returns
    -------
    list of dict
        One for each compound; what is unknown is None.
    """
    return [
        dict(
            zip(
                COMPARED,
                [row.formula, row.difference, *_cells(row.first), *_cells(row.second)],
                strict=True,
            )
        )
        for row in document.compounds
    ]


def _cells(side: SideDoc | None) -> list[float | None]:
    """Write one side of a comparison as cells."""
    if side is None:
        return [None] * len(_FIELDS)
    window = side.window
    limits = [None, None] if window is None else [window.reduction_limit, window.oxidation_limit]
    return [side.formation_energy, side.above_hull, *limits]
