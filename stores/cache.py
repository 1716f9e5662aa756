"""The user's cache folder: files that are named by what they are made of, so that none is stale.

A file is written under another name and then renamed, so processes that start together do not
conflict. A folder that cannot be read or written keeps nothing.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["cached_path", "write_cached"]


def cached_path(folder: str, name: str) -> Path:
    """
    Where a file is, or would be.

    Parameters
    ----------
    folder
        Below the cache folder.
    name
        Of the file, with a checksum of all that it is made of.

    Returns
    -------
    Path
        Its place.
    """
    return Path(Settings().cache).expanduser() / folder / name


def write_cached(file: Path, write: Callable[[BinaryIO], object], most: int) -> None:
    """
    Write a file whole or not at all, and remove the oldest of its kind.

    Parameters
    ----------
    file
        Of `cached_path`.
    write
        Writes the content.
    most
        Files of this suffix that the folder keeps.
    """
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                write(stream)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
        kept = file.parent.glob(f"*{file.suffix}")
        for old in sorted(kept, key=lambda one: one.stat().st_mtime, reverse=True)[most:]:
            old.unlink(missing_ok=True)
