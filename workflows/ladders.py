"""How results at a voltage or a mixing ratio look on a terminal; nothing is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

from trona.screening.formulas import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.documents import (
        DischargeDoc,
        InterfaceDoc,
        LimitDependenceDoc,
        RungDoc,
        WindowDoc,
    )

__all__ = [
    "caveats",
    "heading",
    "ladder",
    "mixing",
    "plateaus",
    "reasons",
    "styled",
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


def styled(interphase: str) -> str:
    """
    Write an interphase class in its colour.

    Parameters
    ----------
    interphase
        The class.

    Returns
    -------
    str
        Rich markup.
    """
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
    if window.tolerance is not None:
        allowed = f"{window.tolerance * 1000:g} meV/atom"
        limits += f"; {_tolerated(window)} where {allowed} are tolerated"
    return (
        f"[bold]{escape(window.formula)}[/]  {limits}  ({hull})\n"
        f"[dim]{escape(window.reference)}: {escape(scale.method)}, "
        f"{escape(scale.correction)}[/]"
    )


def caveats(document: WindowDoc | InterfaceDoc | DischargeDoc) -> list[RenderableType]:
    """
    Write what to bear in mind.

    Parameters
    ----------
    document
        Any answer.

    Returns
    -------
    list of str
        One line in rich markup for each.
    """
    return [f"[dim]• {escape(line)}[/]" for line in document.caveats]


def _tolerated(window: WindowDoc) -> str:
    """Write the tolerated range."""
    if window.tolerated is None:
        return "no voltage"
    return f"{_volts(window.tolerated.reduction_limit, window.tolerated.oxidation_limit)} V"


def _reaction(rung: RungDoc) -> str:
    """Write a reaction without its reactant: the sodium taken up and the products."""
    return (
        escape("+ " + rung.reaction.partition(" + ")[2])
        if rung.na_exchanged > 0
        else (escape(rung.reaction.partition(" ")[2]))
    )


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
            styled(rung.interphase),
            _NONE if still else f"{rung.electronic_fraction * 100:.0f} {basis}",
        )
    return table


def reasons(document: LimitDependenceDoc) -> list[RenderableType]:
    """
    Lay out what a limit depends on.

    Parameters
    ----------
    document
        One limit.

    Returns
    -------
    list
        Parts to print in order.
    """
    error = "" if document.uncertainty is None else f" ± {document.uncertainty:.2f}"
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("phase")
    table.add_column("V per 10 meV/at", justify="right")
    table.add_column("limit without it, V", justify="right")
    for phase in document.phases:
        removed = _NONE if phase.removed is None else f"{phase.removed:.3f}"
        table.add_row(escape(phase.formula), f"{phase.slope / 100:+.3f}", removed)
    head = f"[bold]{document.limit} limit {document.voltage:.3f}{error} V[/] depends on"
    note = (
        f"[dim]± for independent errors of {document.sigma * 1000:g} meV/atom in every phase: "
        "an upper estimate.[/]"
        if document.sigma is not None
        else None
    )
    return [head, table, *([note] if note else [])]


def plateaus(document: DischargeDoc) -> list[RenderableType]:
    """
    Lay out the discharge of a composition.

    Parameters
    ----------
    document
        Result of one composition.

    Returns
    -------
    list
        Parts to print in order.
    """
    scale = document.energy_scale
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("V", no_wrap=True)
    table.add_column("reaction on discharge", overflow="fold")
    table.add_column("Na", justify="right", no_wrap=True)
    table.add_column("mAh/g", justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True)
    for plateau in document.plateaus:
        table.add_row(
            f"{plateau.voltage:.3f}",
            escape(plateau.reaction),
            f"{plateau.sodium:.3g}",
            f"{plateau.capacity:.0f}",
            f"{plateau.total:.0f}",
        )
    head = (
        f"[bold]{escape(document.formula)}[/]  {document.capacity:.0f} mAh/g down to 0 V "
        f"({document.molar_mass:.2f} g/mol)\n"
        f"[dim]{escape(document.reference)}: {escape(scale.method)}, {escape(scale.correction)}[/]"
    )
    return [head, table]


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
