"""Selection of screened candidates: filters from the command line, and the store to search."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from trona.screening.errors import InputError, StoreError
from trona.screening.formulas import canonical, parse
from trona.screening.simple_formulas import ELECTRONEGATIVITY
from trona.stores.collections.filters import Filters
from trona.stores.collections.query_language import read_anions, read_class
from trona.stores.collections.results import Results
from trona.stores.database.connect import exists, redacted
from trona.stores.defaults import store_location

from .options import comma_list

if TYPE_CHECKING:
    from .filter_options import FilterOptions

__all__ = ["open_results", "read_filters", "say_filters"]


def read_filters(typed: FilterOptions) -> Filters:
    """
    Parse filters from the command line.

    Parameters
    ----------
    typed
        Lists are joined by commas, elements also by hyphens; a backend stands for its method.

    Returns
    -------
    Filters
        What to look for in a store.

    Raises
    ------
    InputError
        If a value is not of its kind, does not exist, or must be in another unit.
    """
    filters = asdict(typed)
    backend = filters.pop("backend")
    return Filters(
        **filters
        | {
            "interphase": None if typed.interphase is None else read_class(typed.interphase),
            "anions": None if typed.anions is None else read_anions(typed.anions),
            "elements": _symbols(typed.elements),
            "without": _symbols(typed.without),
            "products": [canonical(parse(part)) for part in comma_list(typed.products)],
            "method": None if backend is None else _method(backend),
        }
    )


def _method(backend: str) -> str:
    """Name the method of a backend."""
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415 (slow to import)

    return find_backend(backend).method


def say_filters(filters: Filters) -> str:
    """
    Describe the filters.

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
    texts = (
        ("anions {}", filters.anions),
        ("products {}", " and ".join(filters.products)),
        ("reference {}", filters.reference),
        ("energies of {}", filters.method),
        ("{}", filters.state),
        ("with {}", " and ".join(filters.elements)),
        ("without {}", " or ".join(filters.without)),
        ("mentioning {!r}", filters.text),
        ("{}", filters.where),
    )
    said = [f"interphase {filters.interphase} at 0 V"] if filters.interphase else []
    said += [text.format(limit) for text, limit in limits if limit is not None]
    said += [text.format(value) for text, value in texts if value]
    return ", ".join(said)


def open_results(location: str | None, *, kept: bool = False) -> Results:
    """
    Open a store that must hold results.

    Parameters
    ----------
    location
        Path or URI; that of the settings by default.
    kept
        True where kept cells, rankings of layers and interfaces will do.

    Returns
    -------
    Results
        Not empty.

    Raises
    ------
    StoreError
        If there are none.
    """
    location = location or store_location()
    results = Results(location) if exists(location) else None
    if (
        results is not None
        and kept
        and (results.cells() or results.buffers() or results.interfaces())
    ):
        return results
    if results is None or results.empty:
        raise StoreError(
            f"the store {redacted(location)!r} holds no results: run 'trona screen' first, "
            "or name another with --store."
        )
    return results


def _symbols(text: str | None) -> list[str]:
    """Read a list of element symbols."""
    if text is None:
        return []
    symbols = comma_list(text.replace("-", ","))
    for symbol in symbols:
        if symbol not in ELECTRONEGATIVITY:
            raise InputError(f"{symbol!r} is not an element: write symbols like Na,P,S.")
    return symbols
