"""Progress of a long run on standard error: a bar on a terminal, silence elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from trona.stores.documents import ScreeningDoc

    from .local import Outcome

__all__ = ["Stopped", "follow", "track"]

T = TypeVar("T")


class Stopped(Exception):  # noqa: N818 (not an error: the user asked for it)
    """The user stopped the run; what was finished is kept."""


def follow(outcomes: Iterator[Outcome], total: int) -> list[ScreeningDoc]:
    """
    Collect results and show how far the run is.

    Parameters
    ----------
    outcomes
        Of a run; closed when the user interrupts.
    total
        How many to expect.

    Returns
    -------
    list of ScreeningDoc
        In order of completion.

    Raises
    ------
    Stopped
        If the user interrupts.
    """
    docs: list[ScreeningDoc] = []
    try:
        docs.extend(
            outcome.doc
            for outcome in track(outcomes, total, "screening", lambda one: one.doc.label)
        )
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: {len(docs)} of {total} candidates are finished and kept; "
            "the same command goes on from there."
        ) from None
    return docs


def track(items: Iterable[T], total: int, title: str, describe: Callable[[T], str]) -> Iterator[T]:
    """
    Hand items on and show how far they are.

    Parameters
    ----------
    items
        In order of completion.
    total
        How many to expect.
    title
        What to write before the first is done.
    describe
        What to write once an item is done.

    Yields
    ------
    T
        The items.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        for item in items:
            progress.update(task, advance=1, description=describe(item))
            yield item
