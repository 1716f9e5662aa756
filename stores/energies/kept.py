"""Cache of reference energies in a process, for jobs and builders that handle many candidates."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .references import SOURCES, Reference, load_reference, source_names

__all__ = ["load_once"]


def load_once(name: str, correction: str | None = None) -> Reference:
    """
    Load reference energies once per process, for jobs and builders that handle many candidates.

    Parameters
    ----------
    name, correction
        As for `load_reference`.

    Returns
    -------
    Reference
        The same object until a file that it is read from changes; its table of phases is made.
    """
    return _load_kept(name, correction, _files_read(name))


@lru_cache(maxsize=32)
def _load_kept(name: str, correction: str | None, _: tuple[tuple[int, int], ...]) -> Reference:
    """Load reference energies and keep them for the same state of their files."""
    reference = load_reference(name, correction)
    reference.table  # noqa: B018 (made now, not in the first question)
    return reference


def _files_read(name: str) -> tuple[tuple[int, int], ...]:
    """Tell the times and sizes of the files that a reference names."""
    found = []
    for part in source_names(name):
        kind, _, rest = part.partition(":")
        if kind in SOURCES and SOURCES[kind].located:
            for path in (Path(rest), Path(f"{rest}-wal")):  # a store that is open has a log
                if path.is_file():
                    stat = path.stat()
                    found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)
