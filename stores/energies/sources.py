"""A kind of reference energies, by what stands before the colon of its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from trona.screening.errors import ReferenceDataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.stores.corrections.schemes import Scheme

__all__ = ["Loader", "Source", "joint", "misnamed"]

Loaded = TypeVar("Loaded")
Loader = Callable[[str, str, "Scheme | None", tuple[str, ...]], Loaded]
"""Kind, what follows the colon, correction scheme (None for the default), formulas to assess."""


@dataclass(frozen=True)
class Source(Generic[Loaded]):
    """
    A kind of reference energies.

    Parameters
    ----------
    load
        Makes the reference.
    example
        How a user writes it, for messages.
    takes, located
        True where something may follow the kind and a colon; where something must.
    """

    load: Loader[Loaded]
    example: str
    takes: bool = True
    located: bool = False


def joint(sources: Mapping[str, Source[Any]]) -> re.Pattern[str]:
    """
    Match a plus sign between two references; one inside a path joins nothing.

    Parameters
    ----------
    sources
        All kinds.

    Returns
    -------
    Pattern
        To split a name by.
    """
    named = "|".join(re.escape(kind) for kind, source in sources.items() if not source.located)
    located = "|".join(f"{re.escape(kind)}:" for kind, one in sources.items() if one.located)
    return re.compile(rf"\+(?=(?:{named})(?:[:+]|$)|{located})")


def misnamed(name: str, examples: Iterable[str]) -> ReferenceDataError:
    """
    Say that there is no such reference, and how one is named.

    Parameters
    ----------
    name
        As the user wrote it.
    examples
        Of all kinds.

    Returns
    -------
    ReferenceDataError
        To be raised.
    """
    kind = {".csv": "table", ".sqlite": "store", ".db": "store"}.get(Path(name).suffix.lower())
    if kind is not None:
        return ReferenceDataError(f"no reference {name!r}: did you mean '{kind}:{name}'?")
    *others, last = dict.fromkeys(examples)
    return ReferenceDataError(f"no reference {name!r}: use {', '.join(others)} or {last}.")
