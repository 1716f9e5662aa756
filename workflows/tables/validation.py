"""How predictions beside published values look on a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from .layout import framed, notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.assess.validation import ValidatedCase

__all__ = ["sources", "verdicts"]

_STYLES = {"agree": "green", "disagree": "red", "cannot say": "magenta"}


def verdicts(findings: Sequence[ValidatedCase]) -> list[RenderableType]:
    """
    Lay out predictions beside published values, one line for each compared quantity.

    Parameters
    ----------
    findings
        One for each published system.

    Returns
    -------
    list
        A table and the counts of systems.
    """
    table = framed()
    table.add_column("system", overflow="fold", max_width=20)
    table.add_column("quantity", overflow="fold", max_width=10)
    table.add_column("predicted", overflow="fold", max_width=17)
    table.add_column("published, or why not", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for finding in findings:
        name = escape(finding.case.formula)
        for compared in finding.comparisons:
            cells = (compared.quantity, compared.predicted, compared.published)
            table.add_row(name, *map(escape, cells), _styled(compared.verdict))
            name = ""
        if not finding.comparisons:
            table.add_row(name, "", "", escape(" ".join(finding.reasons)), _styled("cannot say"))
    counts = Counter(str(finding.verdict) for finding in findings)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _STYLES)
    return [table, f"{len(findings)} systems: {summary}"]


def sources(findings: Sequence[ValidatedCase]) -> list[str]:
    """
    Name the sources of published values and the reasons of verdicts.

    Parameters
    ----------
    findings
        One for each published system.

    Returns
    -------
    list of str
        One line for each compared quantity.
    """
    return notes(
        f"{finding.case.formula}, {compared.quantity} ({compared.kind}): "
        f"{compared.source}. {compared.reason or ''}"
        for finding in findings
        for compared in finding.comparisons
    )


def _styled(verdict: str) -> str:
    """Colour a verdict."""
    return f"[{_STYLES[verdict]}]{verdict}[/]"
