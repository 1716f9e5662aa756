"""Tables of candidates on clusters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from .layout import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType

    from trona.workflows.cluster.status import Standing

__all__ = ["as_row", "count", "say_counts", "table"]

_COLOURS = {"done": "green", "running": "cyan", "waiting": "dim", "failed": "red"}


def count(words: Iterable[str]) -> str:
    """
    Count words, the most frequent first.

    Parameters
    ----------
    words
        Such as states.

    Returns
    -------
    str
        As in ``"5 done, 1 failed"``.

    Examples
    --------
    >>> count(["done", "failed", "done"])
    '2 done, 1 failed'
    """
    return ", ".join(f"{number} {word}" for word, number in Counter(words).most_common())


def say_counts(counts: Mapping[str, int]) -> str:
    """
    State the number of candidates in each state.

    Parameters
    ----------
    counts
        By state.

    Returns
    -------
    str
        As of `count`, with the number of all.

    Examples
    --------
    >>> say_counts({"failed": 1, "done": 1200})
    '1200 done, 1 failed: 1201 candidates'
    """
    falling = sorted(counts.items(), key=lambda one: -one[1])
    said = ", ".join(f"{number} {state}" for state, number in falling)
    return f"{said or 'nothing'}: {counted(sum(counts.values()), 'candidate')}"


def table(rows: Sequence[Standing]) -> list[RenderableType]:
    """
    Lay out the states of candidates.

    Parameters
    ----------
    rows
        Candidates.

    Returns
    -------
    list
        A table, and the number of candidates in each state.
    """
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("candidate", "state", "jobs", "now", "reason"):
        shown.add_column(title, overflow="fold")
    for row in rows:
        colour = _COLOURS[row.state]
        shown.add_row(
            escape(row.label),
            f"[{colour}]{row.state}[/]",
            f"{row.done}/{row.total}",
            escape(row.job),
            escape(row.reason or ""),
        )
    return [shown, count(row.state for row in rows)]


def as_row(row: Standing) -> dict[str, Any]:
    """
    Write the state of a candidate as plain values for JSON.

    Parameters
    ----------
    row
        Candidate.

    Returns
    -------
    dict
        All that is known.
    """
    return {
        "label": row.label,
        "state": row.state,
        "reason": row.reason,
        "job": row.job or None,
        "jobs_done": row.done,
        "jobs_total": row.total,
        "updated": row.updated.isoformat(),
        **{key: row.work[key] for key in ("formula", "backend", "reference", "correction")},
        "id": row.id,
    }
