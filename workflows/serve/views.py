"""Answers as shown on the page: the tables of the commands as plain text, and figures."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from trona.screening.formulas import parse
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.reservations import reservations
from trona.workflows.drawings import show as drawn
from trona.workflows.report.content import Shared, unranked_rows
from trona.workflows.report.content import candidates as described
from trona.workflows.tables import contacts
from trona.workflows.tables import window as windows
from trona.workflows.tables.layout import notes
from trona.workflows.tables.ranking import counts

from . import answers
from .answers import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from trona.stores.energies.references import Reference

    from .answers import Session
    from .parameters import Asked

__all__ = [
    "describe_parts",
    "view_candidates",
    "view_diagram",
    "view_interface",
    "view_matrix",
    "view_reaction",
    "view_window",
]

_WIDTH = 10_000
"""Columns of a terminal on which every table has all its columns: a page scrolls instead."""
_OPTION = re.compile(r"; [^;]*: --[a-z]+\.$", re.MULTILINE)
"""Where a command says which option tells more; a page has boxes instead."""
_DIAGRAMS = 8
"""Diagrams kept: one of four elements takes seconds."""


def describe_parts(printed: Iterable[RenderableType]) -> list[dict[str, Any]]:
    """
    Describe what a command prints.

    Parameters
    ----------
    printed
        Lines of rich markup and tables.

    Returns
    -------
    list of dict
        ``lines`` and whether they are an aside, or ``headings``, ``numeric`` and ``rows``: plain
        text, in which a line break may stand. ``kinds`` has the interphase class of each line of
        each cell, None where it is none.
    """
    return [_table(one) if isinstance(one, Table) else _lines(str(one)) for one in printed]


def _lines(markup: str) -> dict[str, Any]:
    """Describe lines of text."""
    text = _OPTION.sub(".", _plain(markup))
    return {"lines": text.splitlines(), "aside": markup.startswith("[dim]")}


def _table(table: Table) -> dict[str, Any]:
    """Describe a table."""
    columns = [[_plain(cell) for cell in column.cells] for column in table.columns]
    kinds = [[_kinds(cell) for cell in column.cells] for column in table.columns]
    return {
        "headings": [_plain(column.header) for column in table.columns],
        "numeric": [column.justify == "right" for column in table.columns],
        "rows": [list(row) for row in zip(*columns, strict=True)],
        "kinds": [list(row) for row in zip(*kinds, strict=True)],
    }


def _kinds(cell: RenderableType) -> list[str | None]:
    """Find the interphase class that each line of a cell writes in its colour."""
    return [
        next(
            (
                kind.value
                for kind in InterphaseClass
                for span in line.spans
                if span.style == kind.style
                and line.plain[span.start : span.end] == kind.short
                and line.plain.removesuffix(" ?") == kind.short
            ),
            None,
        )
        for line in _text(cell).split("\n", allow_blank=True)
    ]


def _text(cell: RenderableType) -> Text:
    """Read rich markup."""
    return cell if isinstance(cell, Text) else Text.from_markup(str(cell), emoji=False)


def _plain(cell: RenderableType) -> str:
    """Write what a terminal shows of a text, without its colours."""
    return _text(cell).plain


def _figure(name: str, *asked: object) -> dict[str, Any]:
    """Draw a figure for a browser."""
    figure: dict[str, Any] = json.loads(str(drawn(name, *asked).to_json()))
    return figure


def view_window(session: Session, asked: Asked) -> dict[str, Any]:
    """
    Show a window with its ladder.

    Parameters
    ----------
    session
        Of the server.
    asked
        As `answers.answer_window` takes it.

    Returns
    -------
    dict
        The answer in parts, the figure, and the highest voltage in it.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    answer, assessment = answers.answer_window(session, asked)
    figure = _figure("ladder", assessment)
    return {
        "parts": describe_parts(windows.answer(answer, _WIDTH)),
        "figure": figure,
        "alt": f"ladder of {answer.formula}, sodium exchanged and products against voltage",
        "top": max(figure["layout"]["yaxis"]["range"]),
    }


def view_reaction(session: Session, asked: Asked) -> dict[str, Any]:
    """
    Show the reaction of a composition at one voltage.

    Parameters
    ----------
    session
        Of the server.
    asked
        As `answers.answer_window` takes it, with a voltage.

    Returns
    -------
    dict
        The answer in parts.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    asked.text("at")
    answer, _ = answers.answer_window(session, asked)
    return {"parts": describe_parts(windows.contact(answer.ladder[0]))}


def view_interface(session: Session, asked: Asked) -> dict[str, Any]:
    """
    Show the reactions of two materials.

    Parameters
    ----------
    session
        Of the server.
    asked
        As `answers.answer_interface` takes it.

    Returns
    -------
    dict
        The answer in parts, and the figure where they react.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    document, made_of = answers.answer_interface(session, asked)
    both = document.charge
    states = () if both is None else (both.discharged, both.charged)
    reacts = any(kink.energy_per_atom < 0.0 for kink in document.kinks)
    figure = None
    if reacts or any(one.reacts for one in states):
        figure = _figure("interface", *made_of, document.voltage)
    return {
        "parts": describe_parts(contacts.mixing(document, _WIDTH)),
        "figure": figure,
        "alt": f"reaction energy of {document.first} with {document.second} against their ratio",
    }


def view_matrix(session: Session, asked: Asked) -> dict[str, Any]:
    """
    Show many contacts.

    Parameters
    ----------
    session
        Of the server.
    asked
        As `answers.answer_matrix` takes it.

    Returns
    -------
    dict
        The answer in parts, and the heat map.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    document, found = answers.answer_matrix(session, asked)
    return {
        "parts": describe_parts(contacts.matrix(document, _WIDTH)),
        "figure": _figure("matrix", found),
        "alt": "strongest reaction of each contact, shaded by the energy released",
    }


def view_diagram(session: Session, asked: Asked) -> dict[str, Any]:
    """
    Show the phases that coexist at every voltage, as ``trona plot diagram`` draws them.

    Parameters
    ----------
    session
        Of the server.
    asked
        A system such as Na-P-S, or a composition; compositions to mark.

    Returns
    -------
    dict
        Caveats in parts, and the figure.

    Raises
    ------
    InputError
        If something in it cannot be used.
    """
    system, marked = asked.text("system"), asked.names("mark")
    if "-" not in system:
        marked.insert(0, system)
    elements = tuple(parse(system.replace("-", "")))
    energies = session.energies("".join(elements), *marked)
    said = reservations([*elements, *marked], energies, apart=False)
    return {
        "parts": describe_parts(notes(said)),
        "figure": _diagram(elements, tuple(marked), energies),
        "alt": f"phases of {system} that coexist, open to sodium, with a slider over the voltage",
    }


@lru_cache(maxsize=_DIAGRAMS)
def _diagram(
    elements: tuple[str, ...], marked: tuple[str, ...], reference: Reference
) -> dict[str, Any]:
    """Draw a diagram, once."""
    return _figure("diagram", elements, marked, reference, 0.0)


def view_candidates(session: Session, asked: Asked) -> dict[str, Any]:
    """
    Show a page of the candidates that pass some filters, as the report does.

    Parameters
    ----------
    session
        Of the server.
    asked
        Filters, order and page.

    Returns
    -------
    dict
        State of the store, counts, rows and what they share, and what could not be assessed.

    Raises
    ------
    InputError
        If a filter cannot be used, or the store cannot be read.
    """
    state = session.store.state()
    found = answers.find_candidates(session, asked)
    pages = max(1, -(-found.total // PAGE))
    page = min(asked.count("page", 1, 10**9), pages)
    shown = found.summaries[(page - 1) * PAGE : page * PAGE]
    docs = session.store.documents(shown)
    phases, sentences = Shared(), Shared()
    rows = described(docs, phases, sentences, found.places)
    return {
        "state": state,
        "summary": counts(found.summaries),
        "first": (page - 1) * PAGE + 1 if shown else 0,
        "last": (page - 1) * PAGE + len(shown),
        "total": found.total,
        "page": page,
        "pages": pages,
        "rows": rows,
        "phases": phases.values,
        "sentences": sentences.values,
        "unranked": unranked_rows(docs),
    }
