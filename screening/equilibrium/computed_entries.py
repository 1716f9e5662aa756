"""Conversion between phases and pymatgen entries that carry the energy scale; no I/O.

pymatgen is imported inside the functions, since a question about a formula does not need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import PhaseDataError
from trona.screening.formulas import parse, plain, same_composition

from .phases import EnergyScale, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymatgen.core.entries import Entry
    from pymatgen.entries.computed_entries import ComputedEntry

__all__ = ["NOTE", "entry_note", "noted_phase", "to_entry"]

NOTE = "trona"
"""Key of an entry's data under which trona writes the energy scale."""


def to_entry(phase: Phase, more: Mapping[str, object] | None = None) -> ComputedEntry:
    """
    Convert a phase to a pymatgen entry.

    Parameters
    ----------
    phase
        On a stated scale.
    more
        What else to write beside the scale.

    Returns
    -------
    pymatgen.entries.computed_entries.ComputedEntry
        Of one formula unit. Its energy holds all corrections of the scale and its ``correction``
        is 0; it names no run type, so that pymatgen does not correct it again.
    """
    from pymatgen.core import Composition  # noqa: PLC0415
    from pymatgen.entries.computed_entries import ComputedEntry  # noqa: PLC0415

    note = {
        **vars(phase.scale),
        "formula": phase.formula,
        "source": phase.source,
        "volume": phase.volume,
        "space_group": phase.space_group,
        **(more or {}),
    }
    composition = Composition(dict(phase.amounts))
    return ComputedEntry(composition, phase.energy, data={NOTE: note}, entry_id=phase.id)


def entry_note(entry: object) -> Mapping[str, object] | None:
    """
    Read trona's metadata from an entry.

    Parameters
    ----------
    entry
        Of pymatgen.

    Returns
    -------
    Mapping or None
        None where the entry is not from trona.
    """
    data = getattr(entry, "data", None)
    note = data.get(NOTE) if isinstance(data, dict) else None
    return note if isinstance(note, dict) else None


def noted_phase(entry: Entry) -> Phase:
    """
    Convert an entry written by trona back to a phase.

    Parameters
    ----------
    entry
        With a note of its energy scale; of any number of formula units.

    Returns
    -------
    Phase
        As it was before `to_entry`.

    Raises
    ------
    PhaseDataError
        If the note does not name the scale.
    """
    note, identifier = entry_note(entry) or {}, getattr(entry, "entry_id", None)
    try:
        method, correction, zero = (str(note[name]) for name in ("method", "correction", "zero"))
        formula = str(note["formula"])
    except KeyError as error:
        raise PhaseDataError(
            f"the entry {identifier!r} has a note of trona without {error.args[0]!r}: write it "
            "with to_entries() again."
        ) from None
    volume, group = note.get("volume"), note.get("space_group")
    cell = {str(symbol): float(x) for symbol, x in entry.composition.get_el_amt_dict().items()}
    amounts = parse(formula)
    if not same_composition(cell, amounts):
        raise PhaseDataError(
            f"the entry {identifier!r} is of {plain(cell)}, and its note says {formula}: write it "
            "with to_entries() again."
        )
    units = sum(cell.values()) / sum(amounts.values())
    return Phase(
        id=str(identifier),
        formula=formula,
        amounts=amounts,
        energy=float(entry.energy) / units,
        scale=EnergyScale(method, correction, zero),
        source=str(note.get("source") or ""),
        volume=float(volume) if isinstance(volume, int | float) else None,
        space_group=None if group is None else str(group),
    )
