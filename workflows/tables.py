"""How results look on a terminal: rich tables and plain CSV, in one place; nothing is computed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

from trona.screening.formulas import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.screening.ranking import Ranked
    from trona.stores.documents import InterfaceDoc, RungDoc, ScreeningDoc, WindowDoc

__all__ = [
    "csv_text",
    "details",
    "heading",
    "ladder",
    "mixing",
    "ranking",
    "unranked",
    "window_range",
]

_STYLES = {
    "stable": "green",
    "passivating": "cyan",
    "blocking": "blue",
    "mixed-conducting": "yellow",
    "electronic-conductor": "red",
    "unknown": "magenta",
}
_NONE = "–"
_WIDE = 100
"""Columns from which a terminal is wide."""


def _styled(interphase: str) -> str:
    """Colour an interphase class."""
    style = _STYLES[interphase]
    short = {
        "mixed-conducting": "mixed (MCI)",
        "passivating": "passivating",
        "electronic-conductor": "e⁻ conductor",
    }
    return f"[{style}]{short.get(interphase, interphase)}[/]"


def _volts(lower: float | None, upper: float | None, digits: int = 2) -> str:
    """Write a range of voltage."""
    if lower is None:
        return _NONE
    return f"{lower:.{digits}f}–{'∞' if upper is None else f'{upper:.{digits}f}'}"


def window_range(window: WindowDoc) -> str:
    """
    Write the range without exchange, or the crossing voltage in brackets.

    Parameters
    ----------
    window
        Result of one composition.

    Returns
    -------
    str
        For example ``"1.25–2.43"`` or ``"(1.66)"``.
    """
    if window.reduction_limit is None:
        crossing = window.stabilized.reduction_limit
        return _NONE if crossing is None else f"({crossing:.2f})"
    return _volts(window.reduction_limit, window.oxidation_limit)


def _milli(value: float | None) -> str:
    """Write an energy in meV/atom."""
    return "?" if value is None else f"{value * 1000:.0f}"


def _reaction(rung: RungDoc) -> str:
    """Write a reaction without its reactant: the sodium taken up and the products."""
    return (
        escape("+ " + rung.reaction.partition(" + ")[2])
        if rung.na_exchanged > 0
        else (escape(rung.reaction.partition(" ")[2]))
    )


def _products(rung: RungDoc) -> str:
    """Write products with their amounts."""
    return " + ".join(
        f"{'' if number(p.amount) == '1' else number(p.amount) + ' '}{p.formula}"
        for p in rung.products
    )


def ranking(ranked: Sequence[tuple[Ranked, ScreeningDoc]], width: int) -> Table:
    """
    Lay out the ranking of candidates.

    Parameters
    ----------
    ranked
        Best first.
    width
        Columns of the terminal: the score is shown where there is room.

    Returns
    -------
    rich.table.Table
        One row per candidate.
    """
    wide = width >= _WIDE
    mixtures = any(doc.window is not None and doc.window.mixture for _, doc in ranked)
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        caption="* mixture of phases: it has no energy of its own" if mixtures else None,
        caption_justify="left",
    )
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("candidate", overflow="fold", min_width=20 if wide else 12, max_width=22)
    table.add_column("E_hull\nmeV/at", justify="right", no_wrap=True)
    table.add_column("window\nV", no_wrap=True)
    table.add_column("products at 0 V", overflow="fold")
    table.add_column("interphase\nat 0 V", no_wrap=True)
    table.add_column("eV/at\nfreed", justify="right", no_wrap=True)
    table.add_column("Na\nused", justify="right", no_wrap=True)
    if wide:
        table.add_column("score", justify="right", no_wrap=True)
    for place, doc in ranked:
        if doc.window is None or doc.contact is None:
            continue
        row = [
            str(place.place),
            escape(doc.label) + ("*" if doc.window.mixture else ""),
            _milli(doc.window.energy_above_hull),
            window_range(doc.window),
            "none" if doc.contact.interphase == "stable" else _products(doc.window.ladder[0]),
            _styled(doc.contact.interphase),
            f"{doc.contact.driving_force:.3f}",
            number(doc.contact.sodium_consumed),
        ]
        table.add_row(*row, *([f"{place.score:.2f}{'!' if place.vetoes else ''}"] if wide else []))
    return table


def unranked(docs: Sequence[ScreeningDoc]) -> list[str]:
    """
    Name the candidates that have no result, with the reason.

    Parameters
    ----------
    docs
        All results.

    Returns
    -------
    list of str
        One sentence for each that was rejected or failed.
    """
    return [f"{doc.label} {doc.state}: {doc.reason}" for doc in docs if doc.state != "completed"]


def ladder(formula: str, rungs: Sequence[RungDoc]) -> Table:
    """
    Lay out the ladder of a composition, lowest voltage first.

    Parameters
    ----------
    formula
        The composition.
    rungs
        Intervals of voltage.

    Returns
    -------
    rich.table.Table
        One row per interval.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("V", no_wrap=True)
    table.add_column(f"reaction of {escape(formula)}", overflow="fold")
    table.add_column("Na", justify="right", no_wrap=True)
    table.add_column("eV/at", justify="right", no_wrap=True)
    table.add_column("interphase")
    table.add_column("e⁻ part", justify="right", no_wrap=True)
    for rung in rungs:
        still = rung.reaction_kind == "none"
        basis = "vol%" if rung.fraction_basis == "volume" else "at%"
        table.add_row(
            _volts(rung.voltage_lower, rung.voltage_upper, digits=3),
            _reaction(rung),
            "0" if still else f"{rung.na_exchanged:+.3g}",
            f"{'≤ ' if rung.voltage_upper is None and not still else ''}{rung.energy_per_atom:.3f}",
            _styled(rung.interphase),
            _NONE if still else f"{rung.electronic_fraction * 100:.0f} {basis}",
        )
    return table


def heading(window: WindowDoc) -> str:
    """
    Write what a ladder rests on, in two lines.

    Parameters
    ----------
    window
        Result of one composition.

    Returns
    -------
    str
        Rich markup.
    """
    above = window.energy_above_hull
    hull = "mixture" if above is None else f"{above * 1000:.1f} meV/atom above hull"
    limits = f"{window_range(window)} V against Na/Na⁺"
    if window.reduction_limit is None:
        crossing = number(window.stabilized.reduction_limit or 0.0)
        limits = f"no range without exchange; it changes sign at {crossing} V"
    scale = window.energy_scale
    return (
        f"[bold]{escape(window.formula)}[/]  {limits}  ({hull})\n"
        f"[dim]{escape(window.reference)}: {escape(scale.method)}, "
        f"{escape(scale.correction)}[/]"
    )


def details(doc: ScreeningDoc) -> list[RenderableType]:
    """
    Lay out everything that is known of a candidate.

    Parameters
    ----------
    doc
        Its result.

    Returns
    -------
    list
        Parts to print in order.
    """
    parts: list[RenderableType] = [f"[bold]{escape(doc.label)}[/] ({doc.state})"]
    if doc.reason:
        parts.append(f"[red]{escape(doc.reason)}[/]")
    if doc.window is not None:
        parts += [heading(doc.window), ladder(doc.window.formula, doc.window.ladder)]
        parts += [f"[dim]• {escape(line)}[/]" for line in doc.window.caveats]
    facts = Table(box=None, show_header=False, pad_edge=False)
    change = None if doc.volume_change is None else f"{doc.volume_change:+.1%}"
    versions = ", ".join(f"{name} {number}" for name, number in doc.versions.items())
    for name, value in (
        ("source", doc.source),
        ("space group", doc.space_group),
        ("volume change in relaxation", change),
        ("relaxation", doc.relaxation_id),
        ("reference", f"{doc.reference.name} ({doc.reference.checksum})"),
        ("computed", f"{doc.created:%Y-%m-%d %H:%M} UTC with {versions}"),
        ("id", doc.id),
    ):
        if value:
            facts.add_row(f"[dim]{name}[/]", escape(value))
    return [*parts, facts]


def mixing(document: InterfaceDoc) -> list[RenderableType]:
    """
    Lay out the reactions of two materials.

    Parameters
    ----------
    document
        Result of one pair.

    Returns
    -------
    list
        Parts to print in order.
    """
    sodium = "closed" if document.voltage is None else f"open to sodium at {document.voltage:g} V"
    strongest = document.strongest.mixing_energy_per_atom * 1000
    nothing = "no reaction" if document.voltage is None else "mixing releases nothing more"
    verdict = f"up to {strongest:.0f} meV/atom by mixing" if document.reacts else nothing
    scale = document.energy_scale
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("x", no_wrap=True)
    table.add_column("reaction", overflow="fold")
    table.add_column("meV/at", justify="right", no_wrap=True)
    table.add_column("by mixing", justify="right", no_wrap=True)
    table.add_column("eV/f.u.", justify="right", no_wrap=True)
    for kink in document.kinks:
        per_unit = kink.energy_per_formula_unit
        best = kink == document.strongest and document.reacts
        table.add_row(
            f"{kink.fraction:.3f}",
            escape(kink.reaction),
            f"{kink.energy_per_atom * 1000:.0f}",
            f"{kink.mixing_energy_per_atom * 1000:.0f}",
            _NONE if per_unit is None else f"{per_unit:.3f}",
            style="bold" if best else None,
        )
    notes = [f"[dim]• {escape(name)} is a mixture of phases here.[/]" for name in document.mixtures]
    second = escape(document.second)
    heading_lines = (
        f"[bold]{escape(document.first)} | {second}[/]  {sodium}: {verdict}",
        f"[dim]{escape(document.reference)}: {escape(scale.method)}, {escape(scale.correction)}",
        f"x: atomic fraction of {second}; f.u.: formula unit of {escape(document.first)}[/]",
    )
    return ["\n".join(heading_lines), table, *notes]


_COLUMNS = (
    "label", "formula", "state", "reference", "energy_above_hull", "mixture", "reduction_limit",
    "oxidation_limit", "interphase", "reaction", "driving_force", "sodium_consumed", "reason",
)  # fmt: skip


def csv_text(docs: Sequence[ScreeningDoc]) -> str:
    """
    Write results as CSV with a header; units are those of the data dictionary.

    Parameters
    ----------
    docs
        Results.

    Returns
    -------
    str
        One line per result; unknown values are empty.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for doc in docs:
        window, contact = doc.window, doc.contact
        writer.writerow(
            [
                doc.label,
                doc.formula,
                doc.state,
                doc.reference.name,
                *(
                    [None] * 4
                    if window is None
                    else [
                        window.energy_above_hull,
                        window.mixture,
                        window.reduction_limit,
                        window.oxidation_limit,
                    ]
                ),
                *(
                    [None] * 4
                    if contact is None
                    else [
                        contact.interphase,
                        contact.reaction,
                        contact.driving_force,
                        contact.sodium_consumed,
                    ]
                ),
                doc.reason,
            ]
        )
    return buffer.getvalue()
