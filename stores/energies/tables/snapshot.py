"""Cache of a large table, so that it is parsed and sorted only once.

A snapshot is found by a checksum of the table's content, so it cannot be stale. It is written to a
temporary file that is then renamed, so processes that start together do not conflict. If the folder
cannot be read or written, the table is parsed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from trona.screening.equilibrium.element_index import ElementIndex
from trona.screening.equilibrium.phases import Phase, PhaseTable
from trona.stores.settings import Settings

from .rows import Published, published_scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import EnergyScale

__all__ = ["read", "write"]

_FORMAT = 1
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
    file = _file(raw)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, allow_pickle=False, **_written(found))
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
        _tidy(file.parent)


def _file(raw: bytes) -> Path:
    """Name the snapshot of a table by its content and what reads it."""
    digest = hashlib.sha256(raw)
    digest.update(f"{_FORMAT} {version('trona')} {version('pymatgen')}".encode())
    return Path(Settings().cache).expanduser() / _FOLDER / f"{digest.hexdigest()[:32]}.npz"


def _tidy(folder: Path) -> None:
    """Remove the oldest snapshots beyond the number that is kept."""
    files = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_MOST:]:
        file.unlink(missing_ok=True)


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
        **{name: np.frombuffer(json.dumps(x).encode(), np.uint8) for name, x in texts.items()},
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
    texts = {name: json.loads(kept[name].tobytes()) for name in names}
    elements = tuple(texts["elements"])
    lines, scale = kept["lines"].tolist(), published_scale(path)
    phases = _phases(kept, texts, elements, lines, scale, path)
    order, counts = kept["order"], kept["counts"]
    amounts = np.zeros((len(phases), len(elements)))
    rows = np.empty(len(phases), dtype=np.intp)
    rows[order] = np.arange(len(phases))
    amounts[np.repeat(rows, counts), kept["columns"]] = kept["values"]
    energies, ground = kept["energies"][order], kept["ground"]
    for array in (amounts, energies, ground):
        array.setflags(write=False)
    ordered = tuple(map(phases.__getitem__, order.tolist()))
    table = PhaseTable(ordered, elements, scale, amounts, energies, ground)
    index = ElementIndex(kept["masks"], kept["ends"], kept["rows"])
    vars(table).update(keys=kept["keys"], index=index)
    return Published(phases, table, texts["gaps"], bool(kept["flagged"]), lines)


def _phases(
    kept: Mapping[str, NDArray[Any]],
    texts: Mapping[str, Sequence[str]],
    elements: tuple[str, ...],
    lines: Sequence[int],
    scale: EnergyScale,
    path: Path,
) -> tuple[Phase, ...]:
    """Make phases that were checked when they were read from the table."""
    symbols = list(map(elements.__getitem__, kept["columns"].tolist()))
    values, ends = kept["values"].tolist(), np.cumsum(kept["counts"]).tolist()
    volumes = [None if x != x else x for x in kept["volumes"].tolist()]  # noqa: PLR0124 (nan)
    file = path.name
    sources = [f"line {at} of {file}" if at else _ELEMENT for at in lines]
    columns = (texts["ids"], texts["formulas"], kept["energies"].tolist(), sources, volumes)
    phases: list[Phase] = []
    begin, new, append = 0, Phase.__new__, phases.append
    for end, id_, formula, energy, source, volume, group in zip(
        ends, *columns, texts["groups"], strict=True
    ):
        phase = new(Phase)
        vars(phase).update(
            id=id_,
            formula=formula,
            amounts=dict(zip(symbols[begin:end], values[begin:end], strict=False)),
            energy=energy,
            scale=scale,
            source=source,
            volume=volume,
            space_group=group,
        )
        append(phase)
        begin = end
    return tuple(phases)
