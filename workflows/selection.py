"""Which screened candidates a command is about: filters as typed, and the store to look in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymatgen.core import Element

from trona.screening.errors import InputError, StoreError
from trona.screening.interphase import InterphaseClass
from trona.stores.connect import exists, redacted
from trona.stores.results import Filters, Results
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["open_results", "read_filters", "say_filters"]


def read_filters(
    interphase: str | None,
    hull_below: float | None,
    reduction_below: float | None,
    oxidation_above: float | None,
    elements: str | None,
    without: str | None,
) -> Filters:
    """
    Check filters as they are typed.

    Parameters
    ----------
    interphase
        Class at 0 V.
    hull_below
        eV/atom.
    reduction_below, oxidation_above
        V.
    elements, without
        Symbols, separated by commas or hyphens.

    Returns
    -------
    Filters
        What to look for in a store.

    Raises
    ------
    InputError
        If a class or a symbol does not exist.
    """
    return Filters(
        interphase=_choice(interphase, [kind.value for kind in InterphaseClass], "class"),
        hull_below=hull_below,
        reduction_below=reduction_below,
        oxidation_above=oxidation_above,
        elements=_symbols(elements),
        without=_symbols(without),
    )


def say_filters(filters: Filters) -> str:
    """
    Name what is looked for.

    Parameters
    ----------
    filters
        As read.

    Returns
    -------
    str
        Empty where nothing is asked.

    Examples
    --------
    >>> say_filters(Filters(interphase="stable", oxidation_above=2.5, elements=["P", "S"]))
    'interphase stable at 0 V, oxidation limit of at least 2.5 V, with P and S'
    """
    limits = (
        ("energy above hull of at most {:g} eV/atom", filters.hull_below),
        ("reduction limit of at most {:g} V", filters.reduction_below),
        ("oxidation limit of at least {:g} V", filters.oxidation_above),
    )
    parts = [f"interphase {filters.interphase} at 0 V"] if filters.interphase else []
    parts += [text.format(limit) for text, limit in limits if limit is not None]
    parts += [f"with {' and '.join(filters.elements)}"] if filters.elements else []
    parts += [f"without {' or '.join(filters.without)}"] if filters.without else []
    return ", ".join(parts)


def open_results(location: str | None) -> Results:
    """
    Open a store that must hold results.

    Parameters
    ----------
    location
        Path or URI; that of the settings by default.

    Returns
    -------
    Results
        Not empty.

    Raises
    ------
    StoreError
        If there are none.
    """
    location = location or Settings().store
    results = Results(location) if exists(location) else None
    if results is None or results.empty:
        raise StoreError(
            f"the store {redacted(location)!r} holds no results: run 'trona screen' first, "
            "or name another with --store."
        )
    return results


def _symbols(text: str | None) -> list[str]:
    """Read a list of element symbols."""
    symbols = [part.strip() for part in (text or "").replace("-", ",").split(",") if part.strip()]
    for symbol in symbols:
        if not Element.is_valid_symbol(symbol):
            raise InputError(f"{symbol!r} is not an element: write symbols like Na,P,S.")
    return symbols


def _choice(value: str | None, choices: Sequence[str], what: str) -> str | None:
    """Check a value against its choices."""
    if value is not None and value not in choices:
        raise InputError(f"no {what} {value!r}: choose from {', '.join(choices)}.")
    return value
