"""Rows of a user's table of formation energies, read into phases."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.formulas import canonical, parse, usual
from trona.stores.delimited import decimal_point, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trona.stores.corrections.schemes import Scheme
    from trona.stores.delimited import Line

__all__ = [
    "absent_elements",
    "energy_column",
    "read_number",
    "row_phase",
    "table_phases",
    "table_rows",
]

_MOST_ENERGY = 6.0
"""eV/atom; the most stable compounds, such as CaF2, have less than 4.5."""
_ALIASES = {"pretty_formula": "formula", "formula_pretty": "formula", "reduced_formula": "formula",
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
    found = f", and has {', '.join(columns)}" if columns else ""
    raise ReferenceDataError(
        f"the table {str(path)!r} needs the columns 'formula' and '{_ENERGY_COLUMNS[0]}' "
        f"(eV/atom) and at least one row{found}."
    )


def row_phase(
    given: Line,
    column: str,
    scheme: Scheme,
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
    scheme
        Correction scheme to apply.
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
        energy=energy * n_atoms + scheme.shift(amounts),
        scale=scale,
        source=f"line {line} of {path.name}",
        volume=read_number(volume, "volume_per_atom", line, path) * n_atoms if volume else None,
        space_group=row.get("space_group") or None,
    )


def table_phases(
    rows: Sequence[Line], column: str, scheme: Scheme, scale: EnergyScale, path: Path
) -> tuple[tuple[Phase, ...], dict[str, float]]:
    """
    Turn all rows into phases, and add the elements that they leave out.

    Parameters
    ----------
    rows
        Of the table.
    column
        Of the formation energies, eV/atom.
    scheme
        Correction scheme to apply.
    scale
        Scale of the phases.
    path
        Of the table.

    Returns
    -------
    tuple
        The phases, and formula to band gap, eV, where a row has one.

    Raises
    ------
    ReferenceDataError
        If a cell cannot be read.
    """
    phases, gaps = [], {}
    for row in rows:
        phase = row_phase(row, column, scheme, scale, path)
        phases.append(phase)
        if row.cells.get("band_gap"):
            gaps[phase.formula] = read_number(row.cells["band_gap"], "band_gap", row.number, path)
    return (*phases, *absent_elements(phases, scale)), gaps


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
    Make the elements that a table leaves out: their formation energy is zero by definition.

    Parameters
    ----------
    phases
        Of the table.
    scale
        Scale of the phases.

    Returns
    -------
    list of Phase
        One for each element without a phase.
    """
    present = {symbol for phase in phases for symbol in phase.amounts}
    given = {next(iter(phase.amounts)) for phase in phases if len(phase.amounts) == 1}
    added = []
    for symbol in sorted(present - given):
        formula = canonical({symbol: 1.0})
        source = "element: zero by definition"
        added.append(Phase(f"element-{symbol}", formula, parse(formula), 0.0, scale, source))
    return added


def table_rows(path: Path) -> tuple[bytes, list[Line]]:
    """
    Read a CSV file.

    Parameters
    ----------
    path
        Text with a header.

    Returns
    -------
    tuple
        The file as it is, and its rows.

    Raises
    ------
    ReferenceDataError
        If it cannot be read.
    """
    try:
        return path.read_bytes(), read_table(path, _ALIASES)
    except (OSError, InputError) as error:
        reason = str(error)
        if isinstance(error, OSError):
            reason = f"cannot read the table {str(path)!r}: {error.strerror}."
        raise ReferenceDataError(f"{reason} Give a CSV file of formation energies.") from None
