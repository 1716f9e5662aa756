"""Responses to requests: the same documents that the commands print with ``--json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trona.screening.charges import require_sodium
from trona.screening.errors import FormulaError, InputError, StoreError
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.stack.electrode_states import formulas_of, read_electrode
from trona.stores.assess.stack.matrices import (
    compute_matrix,
    electrode_columns,
    matrix_document,
)
from trona.stores.assess.windows import window_answer
from trona.stores.collections.results import RANK
from trona.stores.documents.sentences import with_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from trona.screening.stability.matrix import Matrix
    from trona.stores.assess.assessment import Assessment
    from trona.stores.collections.filters import Filters
    from trona.stores.collections.results import Found
    from trona.stores.documents.contacts import InterfaceDoc
    from trona.stores.documents.json_output import WindowAnswerDoc
    from trona.stores.documents.matrices import MatrixDoc
    from trona.stores.documents.results import ScreeningDoc
    from trona.stores.energies.references import Reference

    from .following import Followed
    from .parameters import Asked

__all__ = [
    "PAGE",
    "PARAMETERS",
    "Session",
    "answer_interface",
    "answer_matrix",
    "answer_window",
    "find_candidates",
    "keep_energies",
    "query_candidates",
    "read_candidate",
]

PAGE = 100
"""Results on a page, as the command ``query`` has them."""

_LARGEST_PAGE = 1000
_SYSTEMS = 1000
"""Systems of elements for which it is remembered which energies belong to them."""
_NUMBERS = ("hull_below", "reduction_below", "oxidation_above")
_TEXTS = (
    "interphase", "elements", "without", "anions", "products", "reference", "backend", "state",
    "text", "where",
)  # fmt: skip
_FOUND = (*_NUMBERS, *_TEXTS, "sort", "descending", "page")

PARAMETERS: dict[str, tuple[str, ...]] = {
    "window": ("formula", "at", "tolerance", "electrode", "why"),
    "interface": ("first", "second", "voltage"),
    "matrix": ("materials", "against", "at_electrode", "charged"),
    "diagram": ("system", "mark"),
    "candidates": _FOUND,
    "query": (*_FOUND, "limit"),
    "show": ("name",),
}
"""Of each question: names that its address may give a value to, as the command calls them."""


@dataclass(frozen=True)
class Session:
    """
    Settings with which a server was started.

    Parameters
    ----------
    energies
        Loads the reference energies to assess some formulas with.
    filters
        Reads filters as the options of ``query`` are typed.
    store
        Results that the page follows.
    """

    energies: Callable[..., Reference] = field(repr=False)
    filters: Callable[..., Filters] = field(repr=False)
    store: Followed = field(repr=False)


def keep_energies(load: Callable[..., Reference]) -> Callable[..., Reference]:
    """
    Load reference energies once, on their first use.

    Parameters
    ----------
    load
        Loads those to assess some formulas with; which they are depends on the elements alone.

    Returns
    -------
    callable
        The same, from memory where the elements were asked for before.
    """
    by_elements: dict[frozenset[str], Reference] = {}
    by_checksum: dict[str, Reference] = {}

    def energies(*formulas: str) -> Reference:
        try:
            elements = frozenset(symbol for one in formulas for symbol in parse(one))
        except FormulaError:  # the name of an electrode, or a mistake that the answer will name
            return load(*formulas)
        if elements not in by_elements:
            if len(by_elements) >= _SYSTEMS:
                by_elements.clear()
            found = load(*formulas)
            by_elements[elements] = by_checksum.setdefault(found.checksum, found)
        return by_elements[elements]

    return energies


def answer_window(session: Session, asked: Asked) -> tuple[WindowAnswerDoc, Assessment]:
    """
    Assess a composition, as ``trona window`` does.

    Parameters
    ----------
    session
        Of the server.
    asked
        Formula, and what else is wanted.

    Returns
    -------
    tuple
        What the command prints with ``--json``, and what it was written from.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    formula = asked.text("formula")
    require_sodium(parse(formula), formula)
    assessment = assess_formula(formula, session.energies(formula))
    answer = window_answer(
        assessment,
        tolerance=asked.number("tolerance"),
        at=asked.number("at"),
        against=asked.maybe("electrode"),
        why=asked.flag("why"),
    )
    return answer, assessment


def answer_interface(
    session: Session, asked: Asked
) -> tuple[InterfaceDoc, tuple[str, str, Reference]]:
    """
    React two materials, as ``trona interface`` does.

    Parameters
    ----------
    session
        Of the server.
    asked
        Both materials, and a voltage.

    Returns
    -------
    tuple
        What the command prints with ``--json``, and what it was made of: both materials with
        labels of candidates replaced by formulas, and the energies.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    first, second = (_electrode(session, asked.text(name)) for name in ("first", "second"))
    energies = session.energies(*(one for name in (first, second) for one in formulas_of(name)))
    document = interface_document(first, second, energies, asked.number("voltage"))
    return document, (first, second, energies)


def answer_matrix(session: Session, asked: Asked) -> tuple[MatrixDoc, Matrix]:
    """
    React many materials, as ``trona matrix`` does; no file is read.

    Parameters
    ----------
    session
        Of the server.
    asked
        Materials: formulas, or labels of candidates in the store; electrodes.

    Returns
    -------
    tuple
        What the command prints with ``--json``, and what it was written from.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    rows = {name: _formula(session, name) for name in asked.names("materials")}
    electrodes = [_electrode(session, name) for name in asked.names("against")]
    at_electrode, charged = asked.flag("at_electrode"), asked.flag("charged")
    if not electrodes and (at_electrode or charged):
        raise InputError("at_electrode and charged need electrodes: name them under against.")
    needed = [one for name in electrodes for one in formulas_of(name)]
    energies = session.energies(*rows.values(), *needed)
    columns = None
    if electrodes:
        columns = electrode_columns(
            electrodes, energies, at_electrode=at_electrode, charged=charged
        )
    found, left_out = compute_matrix(rows, columns, energies)
    return matrix_document(found, energies, left_out), found


def _formula(session: Session, name: str) -> str:
    """Find the formula of a material: its name, or that of a candidate of this label."""
    try:
        parse(name)
    except FormulaError as error:
        return _screened(session, name, error)
    return name


def _electrode(session: Session, name: str) -> str:
    """Find an electrode or another material: its name, or the formula of a candidate."""
    try:
        read_electrode(name)
    except FormulaError as error:
        if ".." in name or "@" in name:
            raise
        return _screened(session, name, error)
    return name


def _screened(session: Session, name: str, mistake: FormulaError) -> str:
    """Find the formula of a candidate by a name that is no formula."""
    try:
        known = session.store.named(name)
    except StoreError:
        known = []
    if not known:
        raise InputError(
            f"{mistake} Nor is it a screened candidate: see 'trona query' for what is."
        ) from None
    return known[0].formula


def find_candidates(session: Session, asked: Asked) -> Found:
    """
    Find all candidates that pass some filters, as ``trona query`` does.

    Parameters
    ----------
    session
        Of the server.
    asked
        Filters and order.

    Returns
    -------
    Found
        Every summary that passes, in order.

    Raises
    ------
    InputError
        If a filter cannot be used, or the store cannot be read.
    """
    typed: dict[str, Any] = {name: asked.number(name) for name in _NUMBERS}
    typed |= {name: asked.maybe(name) for name in _TEXTS}
    return session.store.find(
        session.filters(**typed),
        asked.maybe("sort") or RANK,
        descending=asked.flag("descending"),
    )


def query_candidates(session: Session, asked: Asked) -> list[ScreeningDoc]:
    """
    Read a page of the candidates that pass some filters, as ``trona query`` does.

    Parameters
    ----------
    session
        Of the server.
    asked
        Filters, order, page and its size.

    Returns
    -------
    list of ScreeningDoc
        What the command prints with ``--json`` and the same ``--limit`` and ``--page``.

    Raises
    ------
    InputError
        If a filter cannot be used, or the store cannot be read.
    """
    size = asked.count("limit", PAGE, _LARGEST_PAGE)
    skip = (asked.count("page", 1, 10**9) - 1) * size
    return session.store.documents(find_candidates(session, asked).summaries[skip : skip + size])


def read_candidate(session: Session, asked: Asked) -> list[dict[str, Any]]:
    """
    Read everything known about a candidate, as ``trona show`` does.

    Parameters
    ----------
    session
        Of the server.
    asked
        Label or formula.

    Returns
    -------
    list of dict
        What the command prints with ``--json``.

    Raises
    ------
    InputError
        If there is none, or the store cannot be read.
    """
    name = asked.text("name")
    docs = session.store.named(name)
    if not docs:
        raise StoreError(f"no result for {name!r} in the store.")
    return [with_answer(doc) for doc in docs]
