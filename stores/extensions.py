"""Plug-ins that other packages register with trona: found by name at once, imported when needed.

A package registers a backend by an entry point of the group ``trona.backends``, whose name is that
of the backend and whose object is the backend, or a function that creates it.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from trona.screening.errors import BackendError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "load_extension", "loadable", "registered"]

GROUP = "trona.backends"
"""Group of entry points."""


@cache
def registered() -> dict[str, EntryPoint]:
    """
    Find what other packages register; nothing is imported.

    Returns
    -------
    dict
        Name to entry point.
    """
    return {one.name: one for one in entry_points(group=GROUP)}


@cache
def load_extension(name: str) -> object:
    """
    Import what is registered under a name.

    Parameters
    ----------
    name
        Of an entry point.

    Returns
    -------
    object
        What the entry point names; where that is a function, what it returns.

    Raises
    ------
    BackendError
        If it cannot be imported or made, in one sentence.
    """
    point = registered()[name]
    try:
        found = point.load()
        return found() if callable(found) else found
    except Exception as error:  # noqa: BLE001 (the code of others may fail in any way)
        package = "another package" if point.dist is None else repr(point.dist.name)
        first = next(iter(str(error).splitlines()), "")
        raise BackendError(
            f"the backend {name!r} that {package} registers cannot be used "
            f"({point.value}: {type(error).__name__}: {first}): fix or uninstall that package."
        ) from None


def loadable() -> list[object]:
    """
    Import everything registered, skipping what is broken.

    Returns
    -------
    list of object
        In the order of their names.
    """
    found = []
    for name in sorted(registered()):
        try:
            found.append(load_extension(name))
        except BackendError:  # told where it is asked for by its name
            continue
    return found
