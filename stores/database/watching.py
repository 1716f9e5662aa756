"""Cheap detection of a store file that has changed, is gone or is locked, without reading it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from trona.screening.errors import StoreError

__all__ = ["file_state", "require_unlocked"]

_PATIENCE = 2.0
"""Seconds to wait for a lock: a page that is looked at cannot wait as long as a screening can."""


def file_state(path: str) -> str:
    """
    Describe a file so that two descriptions differ where something was written between them.

    Parameters
    ----------
    path
        Of an embedded store.

    Returns
    -------
    str
        Empty where there is no file.
    """
    main = Path(path).expanduser()
    found = []
    for one in (main, main.with_name(f"{main.name}-wal")):
        try:
            stat = one.stat()
        except OSError:
            if one is main:
                return ""
            continue
        if stat.st_size:  # whoever opens the store makes an empty log
            found.append(f"{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}")
    return " ".join(found)


def require_unlocked(path: str) -> None:
    """
    Make sure that a file can be read now.

    Parameters
    ----------
    path
        Of an embedded store that exists.

    Raises
    ------
    StoreError
        If another process has locked it.
    """
    address = f"{Path(path).expanduser().resolve().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
        }:
            raise StoreError(
                f"the store {path!r} is locked by another process: it can be read once that "
                "process ends."
            ) from None
        # Whatever else is wrong, opening the store says it.
