"""A kind of reference energies, by what stands before the colon of its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from trona.stores.corrections.schemes import Scheme

__all__ = ["Loader", "Source"]

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
