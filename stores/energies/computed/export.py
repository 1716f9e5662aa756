"""Export of relaxed structures from a store: CIF, and pymatgen entries as written by monty.

Only relaxations that may enter a hull are written; the others have no trustworthy energy or
structure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from trona.screening.equilibrium.computed_entries import NOTE
from trona.stores.collections.results import Results
from trona.stores.energies.entries import own_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trona.stores.documents.bookkeeping import EntryDoc
    from trona.stores.documents.results import RelaxationDoc

__all__ = ["STRUCTURE_FORMATS"]

_UNSAFE = re.compile(r"[^A-Za-z0-9_.+()-]+")


def _admitted(location: str) -> Iterator[tuple[RelaxationDoc, EntryDoc]]:
    """Read the relaxations of a store that may enter a hull, with their energies."""
    results = Results(location)
    try:
        found = sorted(results.relaxations(), key=lambda one: (one.label, one.id))
    finally:
        results.close()
    for one in found:
        entry = own_entry(one)
        if entry.energy is not None:
            yield one, entry


def _write_cif(location: str, path: Path) -> int:
    """Write structures, one block for each, named by its label."""
    from pymatgen.io.cif import CifWriter  # noqa: PLC0415 (slow to import)

    rows = list(_admitted(location))
    counts = Counter(one.label for one, _ in rows)
    with path.open("w", encoding="utf-8") as file:
        for one, _ in rows:
            label = one.label if counts[one.label] == 1 else f"{one.label}_{one.id}"
            _, _, text = str(CifWriter(one.structure.to_structure())).partition("\ndata_")
            _, _, rest = text.partition("\n")
            file.write(f"# {one.label}: relaxed with {one.method}, {one.space_group}\n")
            file.write(f"data_{_UNSAFE.sub('_', label)}\n{rest.rstrip()}\n\n")
    return len(rows)


def _write_entries(location: str, path: Path) -> int:
    """Write entries with structures, corrected by the defaults of their method."""
    from monty.json import MontyEncoder  # noqa: PLC0415
    from pymatgen.entries.computed_entries import ComputedStructureEntry  # noqa: PLC0415

    made = []
    for one, entry in _admitted(location):
        structure = one.structure.to_structure()
        units = one.volume / entry.volume if entry.volume else 1.0
        note = {
            **entry.energy_scale.model_dump(),
            "formula": one.formula,
            "source": f"relaxed with {one.method}",
            "volume": entry.volume,
            "space_group": one.space_group,
            "scheme": entry.correction,
            "as_measured": 0.0,
            "band_gap": one.band_gap,
        }
        energy = (entry.energy or 0.0) * units
        identifier = f"{one.label}/{one.id}"
        made.append(
            ComputedStructureEntry(structure, energy, data={NOTE: note}, entry_id=identifier)
        )
    path.write_text(json.dumps(made, cls=MontyEncoder), encoding="utf-8")
    return len(made)


STRUCTURE_FORMATS: dict[str, Callable[[str, Path], int]] = {
    ".cif": _write_cif,
    ".json": _write_entries,
}
"""Ways to write a file of relaxed structures, by its ending."""
