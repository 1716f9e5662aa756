"""Documents of many materials against many on reference energies.

The thermodynamics is in `trona.screening`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse, present
from trona.screening.stability.matrix import Matrix, MatrixCell, MatrixEntry, contact_matrix
from trona.screening.typesetting import titled
from trona.screening.uncertainty.contact_error import contact_error
from trona.stores.assess.assessment import scale_document
from trona.stores.assess.electrodes import choose_electrode
from trona.stores.assess.properties import with_gaps, with_rules
from trona.stores.documents.answers import matrix_sentence
from trona.stores.documents.matrices import MatrixCellDoc, MatrixDoc
from trona.stores.energies.accuracy import accuracy

from .electrode_states import electrode_states, read_electrode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trona.stores.energies.references import Reference

__all__ = ["compute_matrix", "electrode_columns", "matrix_document"]


def electrode_columns(
    names: Iterable[str], reference: Reference, *, at_electrode: bool, charged: bool = False
) -> list[MatrixEntry]:
    """
    Make columns of electrodes.

    Parameters
    ----------
    names
        As `read_electrode` takes them. A potential in a name opens that column to sodium.
    reference
        Energies of competing phases.
    at_electrode
        True to open each to sodium at its own potential: in the middle of its range, or of two
        states the discharged one at the lower end and the charged one at the upper.
    charged
        True to add the charged state of electrodes where it is known.

    Returns
    -------
    list of MatrixEntry
        One or two for each name.

    Raises
    ------
    InputError
        If a name is no electrode, has no composition, or has no potential where one is needed.
    """
    columns: list[MatrixEntry] = []
    for asked in names:
        named = read_electrode(asked)
        both = ".." in named.name or (charged and named.pair is not None)
        formulas = list(named.states) if both else [named.formula]
        volts: list[float | None] = [None] * len(formulas)
        covered = parse(named.formula).keys() <= set(reference.table.elements)
        opened = covered and (at_electrode or bool(named.potential))
        if opened and both:
            found = electrode_states(asked, reference.table)
            volts = [found.low, found.high]
        elif opened:
            volts = [choose_electrode(reference.table, asked).mean]
        for formula, volt in zip(formulas, volts, strict=True):
            label = formula if both else named.name
            columns.append(MatrixEntry(formula, parse(formula), label, volt))
    return columns


def compute_matrix(
    firsts: Mapping[str, str],
    seconds: Sequence[MatrixEntry] | None,
    reference: Reference,
) -> tuple[Matrix, list[str]]:
    """
    React every material with every electrode, or all with each other.

    Parameters
    ----------
    firsts
        Label to formula: the rows.
    seconds
        Columns, as `electrode_columns` makes them; None for all pairs of the rows.
    reference
        Energies of competing phases.

    Returns
    -------
    tuple
        The matrix, and sentences on materials that the reference cannot judge: they are left out.

    Raises
    ------
    InputError
        If nothing is left to compare.
    """
    rows = [MatrixEntry(formula, parse(formula), label) for label, formula in firsts.items()]
    rows, gone = _covered(rows, reference)
    columns = None
    if seconds is not None:
        columns, more = _covered(list(seconds), reference)
        gone = list(dict.fromkeys([*gone, *more]))
    if not rows or (columns is not None and not columns) or (columns is None and len(rows) < 2):
        raise InputError(" ".join([*gone, "A matrix needs at least two materials: name more."]))
    table = reference.table
    elements = {symbol for one in [*rows, *(columns or [])] for symbol in one.composition}
    may_form = [phase for phase in table.phases if phase.amounts.keys() <= {*elements, "Na"}]
    known = with_rules(with_gaps(dict(reference.band_gaps), reference.gap_source), may_form)
    errors = accuracy(reference.scale)
    error = None if errors is None else partial(contact_error, errors=errors.model)
    found = contact_matrix(table, rows, columns, known, error=error)
    return replace(found, caveats=tuple(_caveats(found, reference))), gone


def _covered(
    materials: list[MatrixEntry], reference: Reference
) -> tuple[list[MatrixEntry], list[str]]:
    """Leave out what holds elements that the reference lacks, and say so."""
    have = set(reference.table.elements)
    kept: list[MatrixEntry] = []
    gone: list[str] = []
    for one in materials:
        absent = sorted(present(one.composition, one.formula).keys() - have)
        if absent:
            gone.append(f"{one.label} is left out: the reference lacks {', '.join(absent)}.")
        else:
            kept.append(one)
    return kept, gone


def _caveats(found: Matrix, reference: Reference) -> list[str]:
    """Say what a reader of a matrix must not overlook."""
    blind = [cell for cell in found.pairs if cell.open_pairs]
    pairs = sorted({"-".join(pair) for cell in blind for pair in cell.open_pairs})
    unjoined = (
        f"{len(blind)} of {len(found.pairs)} contacts are unknown, because the reference has no "
        f"phase with {', '.join(pairs)}."
    )
    return [*([unjoined] if blind else []), *reference.caveats]


def matrix_document(found: Matrix, reference: Reference, left_out: Sequence[str] = ()) -> MatrixDoc:
    """
    Write a matrix down.

    Parameters
    ----------
    found
        As computed.
    reference
        Energies that it rests on.
    left_out
        Sentences on materials that could not be judged.

    Returns
    -------
    MatrixDoc
        What `trona matrix --json` prints.
    """
    cells = [_cell_document(cell) for cell in found.pairs]
    return MatrixDoc(
        answer=matrix_sentence(cells),
        reference=reference.name,
        reference_checksum=reference.checksum,
        energy_scale=scale_document(reference.scale),
        symmetric=found.symmetric,
        firsts=[one.label for one in found.firsts],
        seconds=[one.label for one in found.seconds],
        formulas={
            one.label: one.formula
            for one in (*found.firsts, *found.seconds)
            if titled(one.label, one.formula) != one.label
        },
        voltages=[one.voltage for one in found.seconds],
        cells=cells,
        left_out=list(left_out),
        caveats=list(found.caveats),
    )


def _cell_document(cell: MatrixCell) -> MatrixCellDoc:
    """Write the strongest reaction of a pair down."""
    kink, contact = cell.kink, cell.interphase
    return MatrixCellDoc(
        first=cell.first.label,
        second=cell.second.label,
        voltage=cell.second.voltage,
        energy_per_atom=cell.energy_per_atom,
        uncertainty=cell.uncertainty,
        interphase=cell.kind.value,
        reaction=None if kink is None else kink.equation,
        fraction=None if kink is None else kink.fraction,
        na_exchanged=0.0 if kink is None else kink.sodium_exchanged,
        electronic_fraction=None if contact is None else contact.electronic_fraction,
        threshold_margin=None if contact is None else contact.margin,
        open_pairs=["-".join(pair) for pair in cell.open_pairs],
    )
