"""Cache of a large table, so that it is parsed and sorted only once.

A snapshot is found by a checksum of the table's content, so it cannot be stale. If the cache folder
cannot be read or written, the table is parsed again.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import orjson

from trona.screening.equilibrium.arrangement import PackedAmounts
from trona.screening.equilibrium.element_index import ElementIndex
from trona.screening.equilibrium.phase_columns import PhaseColumns
from trona.screening.equilibrium.phases import PhaseTable
from trona.stores.cache import cached_path, write_cached

from .rows import Published, published_scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read", "write"]

_FORMAT = 2
"""To be raised where the content of a snapshot changes, or what is read out of a row."""
_WORTH = 100_000
"""Bytes of a table from which it is worth it; a smaller one is read in a moment."""
_MOST = 12
"""Snapshots that are kept; the oldest go first."""
_FOLDER = "tables"
_ELEMENT = "element: zero by definition"


def read(raw: bytes, path: Path) -> Published | None:
    """
    Find the snapshot of a table.

    Parameters
    ----------
    raw
        The file as it is.
    path
        Of the table, for the names of scale and sources.

    Returns
    -------
    Published or None
        As read from the rows; None where nothing is kept.
    """
    if len(raw) < _WORTH:
        return None
    try:
        with _file(raw).open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            return _restored({name: kept[name] for name in kept.files}, path)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        return None


def write(raw: bytes, found: Published) -> None:
    """
    Write the snapshot of a table, if it is large.

    Parameters
    ----------
    raw
        The file as it is.
    found
        What was read.
    """
    if len(raw) < _WORTH:
        return
    arrays = _written(found)
    write_cached(_file(raw), lambda to: np.savez(to, allow_pickle=False, **arrays), _MOST)


def _file(raw: bytes) -> Path:
    """Name the snapshot of a table by its content and what reads it."""
    digest = hashlib.sha256(raw)
    digest.update(f"{_FORMAT} {version('trona')} {version('pymatgen')}".encode())
    return cached_path(_FOLDER, f"{digest.hexdigest()[:32]}.npz")


def _written(found: Published) -> dict[str, NDArray[Any]]:
    """Lay a table out as arrays."""
    phases, table = found.phases, found.table
    place = {symbol: at for at, symbol in enumerate(table.elements)}
    number = {phase.id: at for at, phase in enumerate(phases)}
    texts = {
        "elements": table.elements,
        "formulas": [phase.formula for phase in phases],
        "ids": [phase.id for phase in phases],
        "groups": [phase.space_group for phase in phases],
        "gaps": found.band_gaps,
    }
    return {
        **{name: np.frombuffer(orjson.dumps(x), np.uint8) for name, x in texts.items()},
        "lines": np.array(found.lines),
        "counts": np.array([len(phase.amounts) for phase in phases]),
        "columns": np.array([place[one] for phase in phases for one in phase.amounts]),
        "values": np.array([x for phase in phases for x in phase.amounts.values()]),
        "energies": np.array([phase.energy for phase in phases]),
        "volumes": np.array([np.nan if p.volume is None else p.volume for p in phases]),
        "order": np.array([number[phase.id] for phase in table.phases]),
        "ground": table.ground,
        "keys": table.keys,
        "masks": table.index.masks,
        "ends": table.index.ends,
        "rows": table.index.rows,
        "flagged": np.array(found.flagged),
    }


def _restored(kept: Mapping[str, NDArray[Any]], path: Path) -> Published:
    """Make a table of arrays."""
    names = ("elements", "formulas", "ids", "groups", "gaps")
    texts = {name: orjson.loads(kept[name].tobytes()) for name in names}
    lines, file = kept["lines"].tolist(), path.name
    columns = PhaseColumns(
        amounts=PackedAmounts(
            tuple(texts["elements"]), kept["counts"], kept["columns"], kept["values"]
        ),
        energies=kept["energies"],
        scale=published_scale(path),
        volumes=kept["volumes"],
        ids=texts["ids"],
        formulas=texts["formulas"],
        sources=[f"line {line} of {file}" if line else _ELEMENT for line in lines],
        space_groups=texts["groups"],
        order=np.arange(len(lines)),
    )
    order = kept["order"]
    amounts, energies = columns.amounts.matrix()[order], columns.energies[order]
    phases = columns.ordered(order)
    table = PhaseTable(
        phases, columns.amounts.elements, columns.scale, amounts, energies, kept["ground"]
    )
    index = ElementIndex(kept["masks"], kept["ends"], kept["rows"])
    vars(table).update(keys=kept["keys"], index=index)
    return Published(columns, table, texts["gaps"], bool(kept["flagged"]), lines)
