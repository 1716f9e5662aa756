"""Rows of a user table of formation energies as phases."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.formulas import canonical, parse, usual
from trona.stores.corrections.schemes import AS_PUBLISHED
from trona.stores.delimited import decimal_point

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trona.stores.delimited import Line

__all__ = [
    "ALIASES",
    "Published",
    "absent_elements",
    "energy_column",
    "published_scale",
    "read_number",
    "row_phase",
    "table_phases",
]

_OVER_CORRECTED = "polysulfide_over-corrected"
"""Flag by which a table says that it carries one sulfide correction per S atom."""
_MOST_ENERGY = 6.0
"""eV/atom; the most stable compounds, such as CaF2, have less than 4.5."""
_ZERO = 1e-6
"""eV/atom; formation energies of elements that differ from zero by less are rounding."""
ALIASES = {"pretty_formula": "formula", "formula_pretty": "formula", "reduced_formula": "formula",
            "composition": "formula", "compound": "formula",
            "formation_energy_per_atom_(ev/atom)": "formation_energy_per_atom",
            "formation_energy_(ev/atom)": "formation_energy_per_atom"}  # fmt: skip
_ENERGY_COLUMNS = ("formation_energy_per_atom", "formation_energy", "energy_per_atom")


def energy_column(rows: Sequence[Line], path: Path) -> str:
    """
    Find the column of formation energies.

    Parameters
    ----------
    rows
        Of the table.
    path
        Names the table in messages.

    Returns
    -------
    str
        Name of the column.

    Raises
    ------
    ReferenceDataError
        If a column is missing, or there is no row.
    """
    columns = list(rows[0].cells) if rows else []
    for column in _ENERGY_COLUMNS:
        if column in columns and "formula" in columns:
            return column
    written = ", ".join(rows[0].header) if rows else ""
    found = f"its first line has {written}: write" if rows else "it has one line only: give"
    raise ReferenceDataError(
        f"the table {str(path)!r} needs a header with the columns 'formula' and "
        f"'{_ENERGY_COLUMNS[0]}' (eV/atom), and rows below it; {found} them."
    )


@dataclass(frozen=True, eq=False)
class Published:
    """
    A table with its energies as they are published.

    Parameters
    ----------
    phases
        In the order of the rows, then the elements that these leave out.
    table
        The same, arranged.
    band_gaps
        Formula to gap, eV, where a row has one.
    flagged
        True where the table says that it carries one sulfide correction per S atom.
    lines
        Of the file, one for each phase; 0 for an element that the rows leave out.
    """

    phases: Sequence[Phase]
    table: PhaseTable
    band_gaps: Mapping[str, float]
    flagged: bool
    lines: Sequence[int]


def published_scale(path: Path) -> EnergyScale:
    """
    Name the scale of a table's energies as they are published.

    Parameters
    ----------
    path
        Of the table.

    Returns
    -------
    EnergyScale
        Of formation energies.
    """
    return EnergyScale(f"table {path.name}", AS_PUBLISHED.name, zero="elements")


def row_phase(
    given: Line,
    column: str,
    scale: EnergyScale,
    path: Path,
) -> Phase:
    """
    Turn one row into a phase; elements are written as molecules where they are (O2).

    Parameters
    ----------
    given
        Of the table.
    column
        Of the formation energies, eV/atom.
    scale
        Scale of the phase.
    path
        Of the table.

    Returns
    -------
    Phase
        Per formula unit as written.

    Raises
    ------
    ReferenceDataError
        If a cell cannot be read.
    """
    row, line = given.cells, given.number
    formula = decimal_point(row["formula"])
    try:
        amounts = parse(formula)
    except InputError as error:
        raise ReferenceDataError(f"line {line} of {str(path)!r}: {error}") from None
    if len(amounts) == 1:
        formula = canonical(amounts)
        amounts = parse(formula)
    elif formula.isalnum():
        formula = usual(amounts)
        amounts = parse(formula)
    n_atoms = sum(amounts.values())
    energy = read_number(row[column], column, line, path)
    if abs(energy) > _MOST_ENERGY:
        raise ReferenceDataError(
            f"line {line} of {str(path)!r}: {column} is {energy:g}, and no compound has more than "
            f"{_MOST_ENERGY:g} eV/atom: give formation energies in eV per atom (kJ/mol of formula "
            "units divided by 96.485 and by the atoms of the formula)."
        )
    volume = row.get("volume_per_atom")
    return Phase(
        id=row.get("id") or row.get("material_id") or f"{formula}#{line}",
        formula=formula,
        amounts=amounts,
        energy=energy * n_atoms,
        scale=scale,
        source=f"line {line} of {path.name}",
        volume=read_number(volume, "volume_per_atom", line, path) * n_atoms if volume else None,
        space_group=row.get("space_group") or None,
    )


def table_phases(rows: Sequence[Line], path: Path) -> Published:
    """
    Turn all rows into phases, and add the elements that they leave out.

    Parameters
    ----------
    rows
        Of the table.
    path
        Of the table.

    Returns
    -------
    Published
        Energies as they are published.

    Raises
    ------
    ReferenceDataError
        If a column is missing, or a cell cannot be read.
    InputError
        If the phases cannot share a hull.
    """
    column, scale = energy_column(rows, path), published_scale(path)
    phases, gaps = [], {}
    for row in rows:
        phase = row_phase(row, column, scale, path)
        _require_element_zero(phase, column, row.number, path)
        phases.append(phase)
        if row.cells.get("band_gap"):
            gaps[phase.formula] = read_number(row.cells["band_gap"], "band_gap", row.number, path)
    added = absent_elements(phases, scale)
    return Published(
        phases=(*phases, *added),
        table=PhaseTable.from_phases((*phases, *added)),
        band_gaps=gaps,
        flagged=any(_OVER_CORRECTED in row.cells.get("flags", "") for row in rows),
        lines=[*(row.number for row in rows), *(0 for _ in added)],
    )


def _require_element_zero(phase: Phase, column: str, line: int, path: Path) -> None:
    """Refuse an element below zero: every energy of the table would have another zero."""
    energy = phase.energy / sum(phase.amounts.values())
    if len(phase.amounts) == 1 and energy < -_ZERO:
        raise ReferenceDataError(
            f"line {line} of {str(path)!r}: {column} of {phase.formula} is {energy:g} eV/atom, "
            "and that of an element is zero in its stable form, by definition, and positive in any "
            "other: give formation energies; subtract the elements from total energies."
        )


def read_number(text: str | None, column: str, line: int, path: Path) -> float:
    """
    Read a finite number or name the cell that is none.

    Parameters
    ----------
    text
        The cell.
    column, line, path
        Where it is.

    Returns
    -------
    float
        Finite.

    Raises
    ------
    ReferenceDataError
        If it is no number.
    """
    try:
        value = float(decimal_point(text or ""))
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ReferenceDataError(
            f"line {line} of {str(path)!r}: {column} is {text!r}, give a number."
        )
    return value


def absent_elements(phases: Sequence[Phase], scale: EnergyScale) -> list[Phase]:
    """
    Make the stable forms of elements that a table leaves out: their formation energy is zero.

    Parameters
    ----------
    phases
        Of the table.
    scale
        Scale of the phases.

    Returns
    -------
    list of Phase
        One for each element of a row that has no phase itself, or only metastable ones.
    """
    present = {symbol for phase in phases for symbol in phase.amounts}
    elements = (phase for phase in phases if len(phase.amounts) == 1)
    given = {
        symbol for one in elements for symbol, n in one.amounts.items() if one.energy <= _ZERO * n
    }
    added = []
    for symbol in sorted(present - given):
        formula = canonical({symbol: 1.0})
        source = "element: zero by definition"
        added.append(Phase(f"element-{symbol}", formula, parse(formula), 0.0, scale, source))
    return added
