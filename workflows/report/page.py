"""The report of a screening: template, style, script and data in a single file, no network.

Text from files and databases is escaped by the template, or placed in JSON from which the script
creates text nodes. A content security policy lists the page's own scripts by their hashes: no other
script runs and nothing is loaded, whatever a candidate is called.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from trona.screening.errors import InputError
from trona.screening.figures.browser.style import library
from trona.screening.figures.overview_data import ELECTRODES, Mark, WindowBars
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.electrodes import choose_electrode
from trona.stores.assess.figures import interphase_map, window_bars
from trona.stores.assess.screenings import rank_documents
from trona.stores.provenance import versions
from trona.workflows.drawings import show
from trona.workflows.tables.ranking import counts

from .contacts import interface_view
from .content import COLUMNS, Shared, candidates, unranked_rows
from .stack import buffer_view, cell_view
from .templates import file_text, style, template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trona.stores.documents.buffers import BufferDoc, CellDoc
    from trona.stores.documents.contacts import InterfaceDoc
    from trona.stores.documents.results import ScreeningDoc

__all__ = ["render", "write_page"]

_DRAWN = 40
"""Candidates in figures of many: more bars and names than these are not read any more."""
_SCRIPTS = ("figures.js", "details.js", "report.js")
"""In the order in which they need each other."""


def render(
    docs: Sequence[ScreeningDoc],
    asked: str = "",
    buffers: Sequence[BufferDoc] = (),
    cells: Sequence[CellDoc] = (),
    interfaces: Sequence[InterfaceDoc] = (),
) -> str:
    """
    Make the page.

    Parameters
    ----------
    docs
        Results.
    asked
        What they were chosen by, for people.
    buffers, cells, interfaces
        Rankings of layers, cells and pairs of materials to show below them.

    Returns
    -------
    str
        HTML.
    """
    phases, sentences = Shared(), Shared()
    rows = candidates(docs, phases, sentences)
    found = Counter(row["class"] for row in rows)
    figures = _figures([doc for _, doc in rank_documents(docs)][:_DRAWN])
    references = {doc.reference.checksum: doc.reference for doc in docs}.values()
    named = "; ".join(f"{one.name} ({one.n_phases} phases)" for one in references)
    plotly, scripts = library(), [file_text(name) for name in _SCRIPTS]
    return template("report.html").render(
        cells=[cell_view(one) for one in cells],
        buffers=[buffer_view(one) for one in buffers],
        interfaces=[interface_view(one) for one in interfaces],
        title=f"Sodium electrolytes: {len(docs)} screened"
        if docs
        else "Sodium cells, layers and interfaces",
        summary=f"{counts(docs)} Reference energies: {named}." if docs else "",
        asked=asked,
        caveats=list(dict.fromkeys(line for one in references for line in one.caveats)),
        classes=[(kind.value, kind.short, kind.meaning) for kind in InterphaseClass],
        present=[(kind.value, found[kind.value]) for kind in InterphaseClass if found[kind.value]],
        columns=[c for c in COLUMNS if c.key != "air" or any(doc.air for doc in docs)],
        rows=rows,
        mixtures=any(row["mixture"] for row in rows),
        unranked=unranked_rows(docs),
        figures=figures,
        data=_embedded(
            {
                "candidates": [{k: v for k, v in row.items() if k != "cells"} for row in rows],
                "phases": phases.values,
                "sentences": sentences.values,
                "figures": [figure.pop("drawing") for figure in figures],
            }
        ),
        style=Markup(style()),  # noqa: S704 (a file of this package)
        scripts=[Markup(script) for script in scripts],  # noqa: S704 (files of packages)
        plotly=Markup(plotly),  # noqa: S704 (a file of plotly)
        allowed=" ".join(map(_hash, [plotly, *scripts])),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        version=versions().get("trona", "unknown"),
    )


def _figures(best: Sequence[ScreeningDoc]) -> list[dict[str, Any]]:
    """Describe and draw the figures of many candidates."""
    if not best:
        return []
    windows, interphases = (
        show("windows", WindowBars(window_bars(best), _marks())),
        show("interphases", interphase_map(best)),
    )
    count = f"the best {len(best)}" if len(best) > 1 else "the only candidate"
    return [
        {
            "title": f"Windows of {count}" + (", side by side" if len(best) > 1 else ""),
            "alt": f"Figure: stability windows of {count} as bars on one voltage axis, coloured "
            "by the interphase at 0 V; the ranking holds the same numbers",
            "note": "A click on a bar opens its candidate. Dashed: electrodes, where they were "
            "measured to operate.",
            "drawing": json.loads(str(windows.to_json())),
        },
        {
            "title": f"Interphases of {count} at 0 V: driving force and conducting part",
            "alt": f"Figure: electron-conducting part of the products at 0 V against the energy "
            f"released, for {count}; the ranking and the ladders hold the same numbers",
            "note": "",
            "drawing": json.loads(str(interphases.to_json())),
        },
    ]


def _marks() -> tuple[Mark, ...]:
    """Place the usual electrodes where they were measured to work."""
    return tuple(choose_electrode(None, name).mark for name in ELECTRODES)


def write_page(page: str, path: Path) -> None:
    """
    Write a page, wholly or not at all.

    Parameters
    ----------
    page
        HTML.
    path
        File; what is there is replaced.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        part.write_text(page, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise InputError(f"cannot write the report {str(path)!r}: {error.strerror}.") from None


def _embedded(content: dict[str, Any]) -> Markup:
    r"""
    Write JSON that a script element can hold: nothing in it ends the element.

    Examples
    --------
    >>> _embedded({"label": "</script>&"})
    Markup('{"label":"\\u003c/script\\u003e\\u0026"}')
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 (escaped just above)


def _hash(script: str) -> str:
    """Name a script in a content security policy."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
