"""pymatgen entries from user input: lists, phase diagrams, and files written by monty."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trona.screening.errors import ReferenceDataError

if TYPE_CHECKING:
    from pathlib import Path

    from pymatgen.core.entries import Entry

__all__ = ["entries_in", "read_entries"]

_DIAGRAMS = {"PhaseDiagram", "PatchedPhaseDiagram"}
_DERIVED = {
    "GrandPotPDEntry": "grand potentials at one chemical potential",
    "TransformedPDEntry": "amounts of compounds instead of elements",
    "ExpEntry": "measured enthalpies at room temperature",
    "GibbsComputedStructureEntry": "Gibbs energies at a temperature",
}
"""Entries whose energies are not those of a compound at 0 K, and what they hold."""
_TRUSTED = ("pymatgen", "emmet")
"""Packages whose classes a file may name; any other would be imported by reading it."""


def entries_in(given: object) -> list[Entry]:
    """
    List the entries that a user gives.

    Parameters
    ----------
    given
        A list of entries, one entry, or a phase diagram of pymatgen.

    Returns
    -------
    list of Entry
        Each once: what stands there twice, with one composition and energy, is one entry.

    Raises
    ------
    ReferenceDataError
        If there is none, or something is no entry with an energy of its own.
    """
    from pymatgen.core.entries import Entry  # noqa: PLC0415 (slow to import)

    if type(given).__name__ in _DIAGRAMS:
        given = getattr(given, "all_entries")  # noqa: B009 (of pymatgen, which is not loaded yet)
    listed = [given] if isinstance(given, Entry) else given
    if not isinstance(listed, Iterable):
        raise ReferenceDataError(
            f"{type(given).__name__} is no source of energies: give a name such as 'bundled', "
            "entries of pymatgen, or a PhaseDiagram."
        )
    found: dict[tuple[object, ...], Entry] = {}
    for one in listed:
        _require_entry(one, isinstance(one, Entry))
        key = (one.composition, one.energy, getattr(one, "entry_id", None))
        found.setdefault(key, one)
    if not found:
        raise ReferenceDataError("there is no entry: give at least one of each element.")
    return list(found.values())


def _require_entry(one: object, is_entry: bool) -> None:
    """Refuse what has no energy of its own, or another kind of energy."""
    name = type(one).__name__
    if name in _DERIVED:
        raise ReferenceDataError(
            f"entries of the kind {name} hold {_DERIVED[name]}: give the ComputedEntry or PDEntry "
            "objects that they were made from."
        )
    if not is_entry:
        raise ReferenceDataError(
            f"{str(one)[:40]!r} is no entry of pymatgen: give ComputedEntry, "
            "ComputedStructureEntry or PDEntry objects."
        )


def read_entries(path: Path) -> tuple[bytes, list[Entry]]:
    """
    Read entries from a file.

    Parameters
    ----------
    path
        JSON as monty's ``dumpfn`` writes it, also compressed (``.gz``): a list of entries, or a
        phase diagram.

    Returns
    -------
    tuple
        The text of the file, and its entries.

    Raises
    ------
    ReferenceDataError
        If it cannot be read, or holds something else.
    """
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
        content = json.loads(raw)
    except (OSError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON"
        raise ReferenceDataError(
            f"cannot read the entries {str(path)!r}: {reason}. Give a file that monty's dumpfn "
            "wrote."
        ) from None
    rows = _rows(content)
    if rows is None:
        raise ReferenceDataError(
            f"{str(path)!r} holds no list of entries: write one with monty's dumpfn(entries, FILE)."
        )
    _require_trusted(rows, path)
    return raw, [_entry(row, at, path) for at, row in enumerate(rows, start=1)]


def _rows(content: Any) -> list[Any] | None:  # noqa: ANN401 (what JSON holds)
    """Find the entries in what a file holds."""
    if isinstance(content, dict):
        if content.get("@class") in _DIAGRAMS:
            content = (content.get("computed_data") or content).get("all_entries")
        elif "@class" in content:
            content = [content]
    return content if isinstance(content, list) and content else None


def _require_trusted(content: Any, path: Path) -> None:  # noqa: ANN401 (what JSON holds)
    """Refuse a file that names classes of other packages, before any of them is imported."""
    if isinstance(content, dict):
        named = content.get("@module")
        if named is not None and str(named).partition(".")[0] not in _TRUSTED:
            raise ReferenceDataError(
                f"{str(path)!r} names the module {named!r}, which is not imported: give entries of "
                "pymatgen only."
            )
        content = list(content.values())
    if isinstance(content, list):
        for one in content:
            _require_trusted(one, path)


def _entry(row: Any, at: int, path: Path) -> Entry:  # noqa: ANN401 (what JSON holds)
    """Make one entry."""
    from pymatgen.analysis.phase_diagram import PDEntry  # noqa: PLC0415 (slow to import)
    from pymatgen.entries.computed_entries import (  # noqa: PLC0415
        ComputedEntry,
        ComputedStructureEntry,
    )

    kinds = {one.__name__: one for one in (ComputedEntry, ComputedStructureEntry, PDEntry)}
    name = row.get("@class") if isinstance(row, dict) else None
    if name in _DERIVED:
        raise ReferenceDataError(
            f"entry {at} of {str(path)!r} is of the kind {name}, which holds {_DERIVED[name]}: "
            "write the entries that it was made from."
        )
    if name not in kinds:
        raise ReferenceDataError(
            f"entry {at} of {str(path)!r} is no entry of pymatgen: give {', '.join(kinds)}."
        )
    try:
        made: Entry = kinds[name].from_dict(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReferenceDataError(
            f"entry {at} of {str(path)!r} cannot be read ({type(error).__name__}: {error}): write "
            "it again with monty's dumpfn."
        ) from None
    return made
