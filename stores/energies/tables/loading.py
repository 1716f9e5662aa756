"""Loading of a table of formation energies, from its rows or from its snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError, ReferenceDataError
from trona.stores.delimited import read_table

from . import snapshot
from .rows import ALIASES, table_phases

if TYPE_CHECKING:
    from pathlib import Path

    from .rows import Published

__all__ = ["load_table"]


def load_table(path: Path) -> tuple[bytes, Published]:
    """
    Load a table; a large one is cached and loads faster the next time.

    Parameters
    ----------
    path
        CSV file with a header.

    Returns
    -------
    tuple
        The file as it is, and its phases.

    Raises
    ------
    ReferenceDataError
        If it cannot be read.
    InputError
        If its phases cannot share a hull.
    """
    try:
        raw = path.read_bytes()
        if (kept := snapshot.read(raw, path)) is not None:
            return raw, kept
        rows = read_table(path, ALIASES, raw)
    except (OSError, InputError) as error:
        reason = str(error)
        if isinstance(error, OSError):
            reason = f"cannot read the table {str(path)!r}: {error.strerror}."
        raise ReferenceDataError(f"{reason} Give a CSV file of formation energies.") from None
    found = table_phases(rows, path)
    snapshot.write(raw, found)
    return raw, found
