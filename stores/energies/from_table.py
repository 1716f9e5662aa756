"""Rows of a user's table of formation energies, read into phases."""

from __future__ import annotations

import csv
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.formulas import canonical, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trona.stores.corrections.schemes import Scheme

__all__ = ["absent_elements", "energy_column", "read_number", "row_phase", "table_rows"]

_ENERGY_COLUMNS = ("formation_energy_per_atom", "formation_energy", "energy_per_atom")


def energy_column(rows: Sequence[Mapping[str, str]], path: Path) -> str:
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
    columns = set(rows[0]) if rows else set()
    for column in _ENERGY_COLUMNS:
        if column in columns and "formula" in columns:
            return column
    raise ReferenceDataError(
        f"the table {str(path)!r} needs the columns 'formula' and '{_ENERGY_COLUMNS[0]}' "
        "(eV/atom) and at least one row."
    )


def row_phase(
    row: Mapping[str, str | None],
    line: int,
    column: str,
    scheme: Scheme,
    scale: EnergyScale,
    path: Path,
) -> Phase:
    """
    Turn one row into a phase; elements are written as molecules where they are (O2).

    Parameters
    ----------
    row
        Column to cell.
    line
        Its number, for messages.
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
    formula = (row["formula"] or "").strip()
    try:
        amounts = parse(formula)
    except InputError as error:
        raise ReferenceDataError(f"line {line} of {str(path)!r}: {error}") from None
    if len(amounts) == 1:
        formula = canonical(amounts)
        amounts = parse(formula)
    n_atoms = sum(amounts.values())
    energy = read_number(row[column], column, line, path)
    volume = row.get("volume_per_atom")
    return Phase(
        id=(row.get("id") or row.get("material_id") or "").strip() or f"{formula}#{line}",
        formula=formula,
        amounts=amounts,
        energy=energy * n_atoms + scheme.shift(amounts),
        scale=scale,
        source=f"line {line} of {path.name}",
        volume=read_number(volume, "volume_per_atom", line, path) * n_atoms if volume else None,
        space_group=row.get("space_group") or None,
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
        value = float(text or "")
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


def table_rows(path: Path) -> tuple[bytes, list[dict[str, str]]]:
    """
    Read a CSV file.

    Parameters
    ----------
    path
        UTF-8 text with a header.

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
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ReferenceDataError(
            f"cannot read the table {str(path)!r}: {reason}. Give a CSV file of formation energies."
        ) from None
    rows = list(csv.DictReader(text.splitlines()))
    return raw, rows
