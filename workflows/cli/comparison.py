"""Compositions and screened candidates compared on the same reference energies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.charges import require_sodium
from trona.screening.errors import FormulaError, InputError, StoreError
from trona.screening.formulas import parse

from .energies import load_energies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.stores.documents.results import ScreeningDoc
    from trona.stores.energies.references import Reference

__all__ = ["beside", "stored_named"]


def beside(
    names: Sequence[str],
    store: str | None,
    reference: str | None,
    correction: str | None,
    exclude: str | None,
    pressure: float = 0.0,
    temperature: str = "0",
) -> tuple[list[ScreeningDoc], Reference]:
    """
    Assess compositions, and find screened candidates on the same energies.

    Parameters
    ----------
    names
        Formulas, or labels of screened candidates.
    store
        Where every name is looked up first; by default only what is no formula is looked up, in
        the store of the settings.
    reference, correction, exclude, pressure, temperature
        As the options of a command name the energies.

    Returns
    -------
    tuple
        One result for each name, and the energies.

    Raises
    ------
    InputError
        If a name is neither, or was screened against other energies only.
    """
    unique = list(dict.fromkeys(names))
    stored = {name: stored_named(name, store) for name in unique}
    formulas = [name for name in unique if not stored[name]]
    needed = [*formulas, *(doc.formula for found in stored.values() for doc in found)]
    energies = load_energies(
        reference, correction, exclude, *needed, pressure=pressure, temperature=temperature
    )
    return [_document(name, stored, energies) for name in unique], energies


def stored_named(name: str, store: str | None) -> list[ScreeningDoc]:
    """
    Look a name up where that is asked for, or where it is no formula.

    Parameters
    ----------
    name
        A formula, or the label of a screened candidate.
    store
        Where it is looked up in any case; by default only what is no formula, in the store of the
        settings.

    Returns
    -------
    list of ScreeningDoc
        What was stored under it; empty for a formula.

    Raises
    ------
    InputError
        If it is neither.
    """
    if store is not None:
        return _found(name, store)
    try:
        parse(name)
    except FormulaError as error:
        try:
            found = _found(name, None)
        except StoreError:
            found = []
        if not found:
            raise InputError(
                f"{error} Nor is it a screened candidate: see 'trona query' for what is."
            ) from None
        return found
    return []


def _document(
    name: str, stored: Mapping[str, Sequence[ScreeningDoc]], energies: Reference
) -> ScreeningDoc:
    """Choose the stored result on these energies, or assess a formula."""
    if not stored[name]:
        require_sodium(parse(name), name)
        from trona.stores.assess.screenings import (  # noqa: PLC0415 (slow, and seldom asked)
            screening_document,
        )

        return screening_document(name, name, "formula", energies)
    for doc in stored[name]:
        if doc.reference.checksum == energies.checksum:
            return doc
    others = ", ".join(sorted({doc.reference.name for doc in stored[name]}))
    raise InputError(
        f"{name!r} was screened against {others}, in another state or with other corrections than "
        f"{energies.name} now: choose --reference, or run 'trona store rebuild'."
    )


def _found(name: str, store: str | None) -> list[ScreeningDoc]:
    """Look a name up in a store."""
    from .store_filters import open_results  # noqa: PLC0415 (what stores need is slow to import)

    return open_results(store).named(name)
