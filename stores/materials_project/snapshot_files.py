"""Snapshots on disk: each is one file, written atomically, never changed, and checked when read.

The file name states chemical system, thermo type, database version, date and checksum, so the right
one is found without opening the others. No network access.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from trona.screening.errors import ReferenceDataError
from trona.screening.simple_formulas import ELECTRONEGATIVITY

from .snapshots import KINDS, SCHEMA_VERSION, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "SnapshotFile",
    "covering",
    "files",
    "find_snapshot",
    "pinned",
    "read_snapshot",
    "read_system",
    "save_snapshot",
    "sound",
    "version_in_name",
    "write_whole",
]

_SUFFIX = ".json.gz"
_DATE = "%Y%m%dT%H%M%SZ"
_FEWEST_DIGITS = 6
"""Digits of a checksum by which a snapshot may be named."""
_CHECKSUM = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True)
class SnapshotFile:
    """
    Parsed file name of a snapshot.

    Parameters
    ----------
    path
        The file.
    elements
        Elements of the chemical system, sorted.
    thermo_type, database_version
        As in `Snapshot`.
    fetched
        When, UTC, as in ``"20261121T120000Z"``.
    checksum
        Of the data, 16 hexadecimal digits.
    """

    path: Path
    elements: tuple[str, ...]
    thermo_type: str
    database_version: str
    fetched: str
    checksum: str

    @property
    def name(self) -> str:
        """Name under which `load_reference` finds exactly this snapshot."""
        return f"{KINDS[self.thermo_type]}:{'-'.join(self.elements)}@{self.checksum}"


def read_system(text: str) -> tuple[str, ...]:
    """
    Read a chemical system.

    Parameters
    ----------
    text
        Element symbols with hyphens between them, as in ``"Na-P-S"``.

    Returns
    -------
    tuple of str
        Sorted, each once.

    Raises
    ------
    ReferenceDataError
        If a symbol is none, or there is none.

    Examples
    --------
    >>> read_system("S-Na-P")
    ('Na', 'P', 'S')
    """
    symbols = text.split("-")
    for symbol in symbols:
        if symbol not in ELECTRONEGATIVITY:
            raise ReferenceDataError(
                f"{text!r} is not a chemical system: write element symbols like Na-P-S."
            )
    return tuple(sorted(set(symbols)))


def version_in_name(version: str) -> str:
    """
    Write a database version as file names have it.

    Parameters
    ----------
    version
        As the Materials Project tells it.

    Returns
    -------
    str
        Letters, digits, dots, plus and minus only.

    Examples
    --------
    >>> version_in_name("2025_09_25")
    '2025-09-25'
    """
    return re.sub(r"[^\w.+-]|_", "-", version)


def save_snapshot(snapshot: Snapshot, folder: Path) -> SnapshotFile:
    """
    Write a snapshot; it appears under its name when it is complete, or not at all.

    Parameters
    ----------
    snapshot
        A complete one.
    folder
        Made if it is missing.

    Returns
    -------
    SnapshotFile
        The file; an earlier one where that holds the same data.

    Raises
    ------
    ReferenceDataError
        If the folder cannot be written.
    """
    checksum = snapshot.checksum
    for earlier in files(folder):
        if earlier.checksum == checksum and sound(earlier):
            return earlier
    date = snapshot.fetched.strftime(_DATE)
    version = version_in_name(snapshot.database_version)
    parts = ("mp", snapshot.system, snapshot.thermo_type, version, date, checksum)
    path = folder / ("__".join(parts) + _SUFFIX)
    content = {"checksum": checksum, "snapshot": snapshot.model_dump(mode="json")}
    data = gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise ReferenceDataError(
            f"cannot write the snapshot into {str(folder)!r}: {error.strerror or error}. "
            "Set TRONA_REFERENCES to a folder that you may write to."
        ) from None
    return SnapshotFile(
        path, tuple(snapshot.elements), snapshot.thermo_type, version, date, checksum
    )


def write_whole(path: Path, data: bytes) -> None:
    """
    Write a file atomically.

    Parameters
    ----------
    path
        In an existing folder.
    data
        Its content.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def files(folder: Path) -> list[SnapshotFile]:
    """
    Snapshots in a folder; nothing is opened.

    Parameters
    ----------
    folder
        May be missing.

    Returns
    -------
    list of SnapshotFile
        Newest database version first, then newest date.
    """
    found = []
    for path in sorted(folder.glob("mp__*" + _SUFFIX)):
        parts = path.name.removesuffix(_SUFFIX).split("__")
        if len(parts) == 6 and parts[2] in KINDS:
            found.append(SnapshotFile(path, tuple(parts[1].split("-")), *parts[2:]))
    return sorted(found, key=_age, reverse=True)


def _age(file: SnapshotFile) -> tuple[list[int], str]:
    """Order snapshots: the numbers of a database version are its date."""
    return [int(digits) for digits in re.findall(r"\d+", file.database_version)], file.fetched


def covering(folder: Path, thermo_type: str, elements: Iterable[str]) -> SnapshotFile | None:
    """
    Newest snapshot that holds a chemical system, as its own or as a part.

    Parameters
    ----------
    folder
        Where to look.
    thermo_type
        Thermo type of the Materials Project.
    elements
        What it must cover.

    Returns
    -------
    SnapshotFile or None
        None where there is none.
    """
    wanted = set(elements)
    for file in files(folder):
        if file.thermo_type == thermo_type and wanted.issubset(file.elements):
            return file
    return None


def pinned(folder: Path, checksum: str) -> SnapshotFile:
    """
    Find the snapshot of a checksum.

    Parameters
    ----------
    folder
        Where to look.
    checksum
        At least its first six digits.

    Returns
    -------
    SnapshotFile
        Newest first where the same data are there twice.

    Raises
    ------
    ReferenceDataError
        If there is none, or more than one.
    """
    found = {
        file.checksum: file for file in files(folder)[::-1] if file.checksum.startswith(checksum)
    }
    if len(found) == 1 and len(checksum) >= _FEWEST_DIGITS:
        return next(iter(found.values()))
    trouble = "no snapshot" if not found else "more than one snapshot"
    raise ReferenceDataError(
        f"{trouble} with the checksum {checksum!r} in {str(folder)!r}: "
        "'trona reference list' shows what is there."
    )


def find_snapshot(folder: Path, kind: str, which: str, needed: Iterable[str] = ()) -> SnapshotFile:
    """
    Find the snapshot that a name means.

    Parameters
    ----------
    folder
        Where to look.
    kind
        ``"mp"`` or ``"mp-r2scan"``.
    which
        A system, a checksum, both as in ``"Na-P-S@82b58d07"``, or nothing.
    needed
        Elements to cover where nothing is said.

    Returns
    -------
    SnapshotFile
        Of that checksum; else the newest that covers the system.

    Raises
    ------
    ReferenceDataError
        If there is none, or the name says too little.
    """
    system, _, checksum = which.rpartition("@")
    if system or _CHECKSUM.fullmatch(which):
        return pinned(folder, checksum)
    elements = read_system(which) if which else tuple(sorted(needed))
    if not elements:
        raise ReferenceDataError(f"{kind!r} alone names no chemical system: write {kind}:Na-P-S.")
    thermo_type = next(one for one, name in KINDS.items() if name == kind)
    file = covering(folder, thermo_type, elements)
    if file is None:
        option = "" if kind == "mp" else f" --thermo-type {thermo_type}"
        raise ReferenceDataError(
            f"no snapshot of the Materials Project covers {'-'.join(elements)}: run 'trona "
            f"reference fetch {'-'.join(elements)}{option}', or use 'bundled'."
        )
    return file


def read_snapshot(file: SnapshotFile) -> Snapshot:
    """
    Read a snapshot and check that it is what was written.

    Parameters
    ----------
    file
        As found by `files`.

    Returns
    -------
    Snapshot
        Complete and unchanged.

    Raises
    ------
    ReferenceDataError
        If it is damaged, or was written by another trona.
    """
    try:
        content: dict[str, Any] = json.loads(gzip.decompress(file.path.read_bytes()))
        data = content["snapshot"]
        written = data["schema_version"]
        snapshot = Snapshot.model_validate(data) if written == SCHEMA_VERSION else None
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        ValidationError,
    ) as error:
        raise _damaged(file, getattr(error, "strerror", None) or "it cannot be read") from None
    if snapshot is None:
        raise ReferenceDataError(
            f"the snapshot {str(file.path)!r} has schema version {written}, this trona reads "
            f"{SCHEMA_VERSION}: fetch it again."
        )
    if not snapshot.checksum == content.get("checksum") == file.checksum:
        raise _damaged(file, "its checksum does not fit its content")
    return snapshot


def sound(file: SnapshotFile) -> bool:
    """
    Tell whether a snapshot can be used.

    Parameters
    ----------
    file
        As found by `files`.

    Returns
    -------
    bool
        False where `read_snapshot` would refuse it.
    """
    try:
        read_snapshot(file)
    except ReferenceDataError:
        return False
    return True


def _damaged(file: SnapshotFile, why: str) -> ReferenceDataError:
    """Say that a snapshot is not used, and how to replace it."""
    system = "-".join(file.elements)
    return ReferenceDataError(
        f"the snapshot {str(file.path)!r} is damaged and not used ({why}): delete it and run "
        f"'trona reference fetch {system}'."
    )
