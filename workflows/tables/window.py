"""Tables of windows: products, and contacts with electrodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from .classes import legend, said, styled
from .ladder import basis, electron_part, heading, ion_part, ladder_table, reasons, volts
from .layout import WIDE, energies_line, fit, framed, linked, notes, observed, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.documents.json_output import ElectrodeDoc, RankedProductDoc, WindowAnswerDoc
    from trona.stores.documents.results import RungDoc

__all__ = ["answer", "contact", "electrode_details", "products"]


def answer(
    document: WindowAnswerDoc, width: int, *, ranked: bool = False, single: bool = False
) -> list[RenderableType]:
    """
    Lay out a window with what else was asked for.

    Parameters
    ----------
    document
        The answer.
    width
        Columns of the terminal.
    ranked
        True to rank the products.
    single
        True where the ladder holds the reaction at one voltage.

    Returns
    -------
    list
        Parts to print in order.
    """
    parts: list[RenderableType] = [escape(document.answer)] if document.answer else []
    parts.append(heading(document, document.uncertainty))
    parts += observed(document.observed)
    if document.electrode is not None:
        parts += electrode_details(document.electrode)
    if single:
        parts += contact(document.ladder[0])
    else:
        parts.append(ladder_table(document.formula, document.ladder, width))
    if ranked:
        parts.append(products(document.products, width))
    kinds = [rung.interphase for rung in document.ladder]
    kinds += [one.type for one in document.products if ranked]
    parts += legend(kinds, brief=document.dependence is None)
    parts += [part for limit in document.dependence or () for part in reasons(limit)]
    return [*parts, *notes(document.caveats), *_basis(document)]


def _basis(document: WindowAnswerDoc) -> list[str]:
    """Say in a line which energies an answer rests on, or where asked why, all of it."""
    if document.dependence is None:
        more = "corrections, errors and what decides: --why"
        return [energies_line(document.reference, document.energy_scale, more)]
    drawn = document.uncertainty
    errors = [] if drawn is None else [f"[dim]Errors: {escape(drawn.source)}.[/]"]
    return [*basis(document, drawn), *errors]


def electrode_details(document: ElectrodeDoc) -> list[RenderableType]:
    """
    Lay out an electrode and what the electrolyte does at its potentials.

    Parameters
    ----------
    document
        The electrode.

    Returns
    -------
    list
        Parts to print in order.
    """
    name = escape(document.formula)
    head = [escape(document.statement).replace(name, f"[bold]{name}[/]", 1)]
    if document.basis == "measured" and document.conditions:
        head.append(f"[dim]Measured: {escape(document.conditions)}.[/]")
    if document.computed_takes is not None:
        head.append(_at_equilibrium(document, document.computed_takes))
    points = [document.at_takes]
    if document.at_gives is not None and document.gives != document.takes:
        points.append(document.at_gives)
    return [*head, *(line for rung in points for line in contact(rung))]


def _at_equilibrium(document: ElectrodeDoc, takes_at: float) -> str:
    """Say where an electrode would work at equilibrium."""
    volts_given = document.computed_gives
    gives = (
        "releases no sodium" if volts_given is None else f"releases sodium at {volts_given:.3f} V"
    )
    takes = f"accepts it at {takes_at:.3f} V" if takes_at else "at 0 V sodium plates"
    above = document.energy_above_hull
    state = "mixture" if above is None else f"{above * 1000:.1f} meV/atom above hull"
    return f"[dim]At equilibrium it {gives}, {takes} ({state}).[/]"


def contact(rung: RungDoc) -> list[RenderableType]:
    """
    Lay out one reaction with all that is known of its products.

    Parameters
    ----------
    rung
        An interval, with its energy at a voltage in it.

    Returns
    -------
    list
        Parts to print in order.
    """
    head = (
        f"[bold]At {rung.energy_voltage:z.3f} V[/]: "
        f"{said(rung.interphase, rung.interphase_shares)}, "
        f"{rung.energy_per_atom:z.3f} eV/atom, {escape(rung.reaction)}"
    )
    if rung.reaction_kind == "none":
        return [head]
    parts = f"e⁻ conductor {electron_part(rung)}, Na⁺ conductor {ion_part(rung)}"
    facts = [f"{parts}; in brackets: points above the percolation threshold"]
    if rung.volume_change is not None:
        facts[0] += f"; volume {rung.volume_change:+z.0%}"
    if rung.sodium_charge_per_um is not None:
        metal = rung.sodium_thickness_per_um
        thick = "" if metal is None else f" or {abs(metal):.2f} µm of metal"
        verb = "accepts" if rung.na_exchanged > 0 else "releases"
        charge = f"{abs(rung.sodium_charge_per_um):.3f} mAh/cm²"
        facts.append(f"each µm of electrolyte {verb} {charge}{thick}")
    worst = ", ".join(
        f"{escape(one.formula)} {share(one.fraction, rung.fraction_basis)} "
        f"{styled(one.type or 'unknown')}"
        for one in sorted(rung.products, key=lambda product: product.place or 0)
    )
    return [head, *(f"  {fact}" for fact in facts), f"  worst first: {worst}"]


def products(ranked: Sequence[RankedProductDoc], width: int = WIDE) -> RenderableType:
    """
    Lay out products by type, most harmful first.

    Parameters
    ----------
    ranked
        As ranked.
    width
        Columns of the terminal.

    Returns
    -------
    rich.console.RenderableType
        One row for each product: type, largest part, where it forms, how it conducts.
    """
    table = framed()
    table.add_column("product", no_wrap=True)
    table.add_column("on its own", no_wrap=True)
    table.add_column("at most", justify="right", no_wrap=True)
    table.add_column("electrons", no_wrap=True)
    table.add_column("Na⁺", no_wrap=True)
    table.add_column("where, V", overflow="fold", min_width=9)
    for one in ranked:
        table.add_row(
            linked(one.formula, one.id),
            styled(one.type),
            share(one.fraction, one.fraction_basis),
            one.electronic,
            one.ionic,
            ", ".join(volts(lower, upper) for lower, upper in _joined(one.voltages)),
        )
    return fit(table, width, ("Na⁺", "electrons"))


def _joined(ranges: Sequence[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    """Join ranges of voltage that touch."""
    joined: list[tuple[float, float | None]] = []
    for lower, upper in ranges:
        touches = bool(joined) and joined[-1][1] == lower
        joined.append((joined.pop()[0] if touches else lower, upper))
    return joined
