"""Tables of two materials in contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from trona.screening.stability.matrix import contacts_made
from trona.stores.assess.interfaces import state_words

from .classes import legend, styled
from .layout import NONE, WIDE, energies_line, fit, framed, in_pieces, notes, observed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from trona.stores.documents.contacts import ChargeDoc, InterfaceDoc
    from trona.stores.documents.matrices import MatrixCellDoc, MatrixDoc

__all__ = ["interfaces", "matrix", "mixing"]

_CELL = 14
"""Columns of a terminal that a contact takes in a matrix."""


def mixing(document: InterfaceDoc, width: int = WIDE) -> list[RenderableType]:
    """
    Lay out the reactions of two materials.

    Parameters
    ----------
    document
        Result of one pair.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    sodium = "closed" if document.voltage is None else f"open to sodium at {document.voltage:g} V"
    second = escape(document.second)
    heading_lines = [
        f"[bold]{escape(document.first)} | {second}[/]  {sodium}: {_mixing_verdict(document)}"
    ]
    mixtures = [f"{name} is a mixture of phases here." for name in document.mixtures]
    after: list[RenderableType] = [*observed(document.observed)]
    if any(kink.energy_per_atom < 0.0 for kink in document.kinks):
        first = escape(document.first)
        heading_lines.append(
            f"[dim]x: atomic fraction of {second}; f.u.: formula unit of {first}[/]"
        )
        after.append(_kink_table(document, width))
        after += legend(kink.interphase for kink in document.kinks)
    statement = [] if document.reacts or not document.statement else [document.statement]
    answer = [escape(document.answer)] if document.answer else []
    if document.charge is not None:
        after.append(_both_states(document.charge))
    lines = [*mixtures, *statement, *document.caveats]
    energies = energies_line(document.reference, document.energy_scale)
    return [*answer, "\n".join(heading_lines), *after, *notes(lines), energies]


def _mixing_verdict(document: InterfaceDoc) -> str:
    """Say in the heading what two materials do."""
    strongest = document.strongest
    if not document.reacts:
        nothing = "no reaction" if document.voltage is None else "mixing releases nothing more"
        lacking = f"{nothing} among the phases of the reference, which lacks products"
        return lacking if document.open_pairs else nothing
    error = "" if strongest.uncertainty is None else f" ± {1000 * strongest.uncertainty:.0f}"
    released = f"up to {1000 * strongest.mixing_energy_per_atom:z.0f}{error} meV/atom by mixing"
    layer = document.lasting or strongest
    kind = "" if layer.interphase is None else f", {styled(layer.interphase)}"
    return f"{released}{kind}"


def _both_states(charge: ChargeDoc) -> str:
    """Say what an electrode does in both states, and the voltage between them."""
    lines = [f"Mean voltage between the states {charge.voltage:.2f} V, computed ({charge.source})"]
    if charge.mixtures:
        lines[0] += f"; no phase of its own: {', '.join(charge.mixtures)}"
    for word, one in zip(
        state_words(charge.voltage), (charge.discharged, charge.charged), strict=True
    ):
        energy = f"{1000 * one.strongest.mixing_energy_per_atom:z.0f} meV/atom"
        kind = "" if one.strongest.interphase is None else f", {styled(one.strongest.interphase)}"
        reaction = f"{energy}, {escape(one.strongest.reaction)}" if one.reacts else "no reaction"
        lines.append(f"{word} {escape(one.formula)}: {reaction}{kind if one.reacts else ''}")
    return "\n".join(lines)


def _kink_table(document: InterfaceDoc, width: int) -> RenderableType:
    """Lay out the reactions of two materials, with what their products make."""
    wide = width >= WIDE
    table = framed()
    table.add_column("x", no_wrap=True)
    table.add_column("reaction", overflow="fold")
    table.add_column("energy\nmeV/atom", justify="right", no_wrap=True)
    table.add_column("by mixing\nmeV/atom", justify="right", no_wrap=True)
    table.add_column("energy\neV/f.u.", justify="right", no_wrap=True)
    table.add_column("interphase", no_wrap=True)
    if wide:
        by_atoms = any(kink.fraction_basis == "atoms" for kink in document.kinks)
        unit = "at%" if by_atoms else "vol%"
        table.add_column(f"e⁻ margin\n{unit}", justify="right", no_wrap=True)
        table.add_column("volume\nchange %", justify="right", no_wrap=True)
    for kink in document.kinks:
        per_unit, margin, change = (
            kink.energy_per_formula_unit,
            kink.threshold_margin,
            kink.volume_change,
        )
        known = [
            NONE if margin is None else f"{round(100 * margin):+d}",
            NONE if change is None else f"{round(100 * change):+d}",
        ]
        table.add_row(
            f"{kink.fraction:.3f}",
            escape(kink.reaction),
            f"{kink.energy_per_atom * 1000:z.0f}",
            f"{kink.mixing_energy_per_atom * 1000:z.0f}",
            NONE if per_unit is None else f"{per_unit:z.3f}",
            NONE if kink.interphase is None else styled(kink.interphase),
            *(known if wide else ()),
            style="bold" if kink == document.strongest and document.reacts else None,
        )
    spare = ("energy eV/f.u.", "energy meV/atom")
    return fit(table, width, spare)


def _named(name: str, formula: str | None, width: int) -> str:
    """Write a name, with its formula below it where it is a label."""
    below = "" if formula is None else f"\n[dim]{escape(in_pieces(formula, width))}[/]"
    return escape(in_pieces(name, width)) + below


def matrix(document: MatrixDoc, width: int) -> list[RenderableType]:
    """
    Lay out many contacts.

    Parameters
    ----------
    document
        Materials against materials.
    width
        Columns of the terminal: what is wider is printed in blocks.

    Returns
    -------
    list
        Parts to print in order.
    """
    how = contacts_made(document.voltages)
    size = f"{len(document.firsts)} × {len(document.seconds)} contacts, {how}"
    head = f"[bold]{size}[/]: strongest reaction, meV per atom, and its class"
    energies = energies_line(document.reference, document.energy_scale)
    cells = {(one.first, one.second): one for one in document.cells}
    if document.symmetric:
        cells |= {(one.second, one.first): one for one in document.cells}
    names = min(max(map(len, document.firsts)), max(width // 4, _CELL))
    rows = {name: _named(name, document.formulas.get(name), names) for name in document.firsts}
    fit = max(1, (width - names - 2) // _CELL)
    headers = [
        (name, escape(name) if volts is None else f"{escape(name)}\n{volts:.2f} V")
        for name, volts in zip(document.seconds, document.voltages, strict=True)
    ]
    blocks = [headers[at : at + fit] for at in range(0, len(headers), fit)]
    tables = [_block(rows, block, cells) for block in blocks]
    said = notes([*document.left_out, *document.caveats])
    words = legend(one.interphase for one in document.cells)
    return [escape(document.answer), head, *tables, *words, *said, energies]


def _block(
    rows: Mapping[str, str],
    columns: Sequence[tuple[str, str]],
    cells: Mapping[tuple[str, str], MatrixCellDoc],
) -> Table:
    """Lay out some columns of a matrix."""
    table = framed()
    table.add_column("")
    for _, header in columns:
        table.add_column(header, justify="right", overflow="fold")
    for row, written in rows.items():
        found = [cells.get((row, name)) for name, _ in columns]
        table.add_row(written, *(NONE if one is None else _contact(one) for one in found))
    return table


def _contact(cell: MatrixCellDoc) -> str:
    """Write the strongest reaction of a pair."""
    kind = styled(cell.interphase)
    if cell.open_pairs:
        return f"?\n{kind}"
    if cell.reaction is None:
        return kind
    error = "" if cell.uncertainty is None else f" [dim]± {1000 * cell.uncertainty:.0f}[/]"
    return f"{-1000 * cell.energy_per_atom:z.0f}{error}\n{kind}"


def interfaces(documents: Sequence[InterfaceDoc], width: int = WIDE) -> RenderableType:
    """
    Lay out pairs of materials, each with its strongest reaction.

    Parameters
    ----------
    documents
        Pairs.
    width
        Columns of the terminal.

    Returns
    -------
    rich.console.RenderableType
        One row per pair.
    """
    kinds = [(one.lasting or one.strongest).interphase for one in documents]
    table = framed(
        caption="\n".join(legend(kind for kind in kinds if kind is not None)) or None,
        caption_justify="left",
    )
    table.add_column("materials", overflow="fold", min_width=12)
    table.add_column("sodium", no_wrap=True)
    table.add_column("strongest reaction", overflow="fold")
    table.add_column("by mixing\nmeV/atom", justify="right", no_wrap=True)
    table.add_column("interphase", no_wrap=True)
    table.add_column("reference", overflow="fold", min_width=9)
    for one, kind in zip(documents, kinds, strict=True):
        table.add_row(
            escape(f"{one.first} | {one.second}"),
            "closed" if one.voltage is None else f"{one.voltage:g} V",
            escape(one.strongest.reaction) if one.reacts else "none",
            f"{one.strongest.mixing_energy_per_atom * 1000:z.0f}",
            NONE if kind is None else styled(kind),
            escape(one.reference),
        )
    return fit(table, width, ("reference", "sodium"))
