"""Progress of a long run on standard error: a bar on a terminal, elsewhere a line a minute."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from typing import Self

    from trona.stores.documents.results import ScreeningDoc
    from trona.workflows.local.screening import Outcome

__all__ = ["Pace", "Stopped", "show_progress", "track"]

_RECENT = 50
"""Candidates that a rate rests on: enough to be steady, few enough to follow what they cost."""
_LINE_SECONDS = 60.0
"""Between two lines where there is no terminal."""

T = TypeVar("T")


class Stopped(Exception):  # noqa: N818 (not an error: the user asked for it)
    """The user stopped the run; what was finished is kept."""


class Pace:
    """
    How fast candidates were computed of late, and how long the rest will take at that rate.

    Parameters
    ----------
    now
        Time at the start, s.

    Examples
    --------
    >>> pace = Pace(now=0.0)
    >>> pace.step(now=10.0)
    >>> pace.step(now=20.0)
    >>> pace.describe(left=100)
    '6/min, 17 min left'
    """

    def __init__(self, now: float) -> None:
        self._times = deque([now], maxlen=_RECENT + 1)

    def step(self, now: float) -> None:
        """Take note of a computed candidate at a time, s."""
        self._times.append(now)

    def describe(self, left: int) -> str:
        """Say rate and remaining time of so many candidates; empty without a rate."""
        elapsed = self._times[-1] - self._times[0]
        if elapsed <= 0:
            return ""
        rate = (len(self._times) - 1) / elapsed
        speed = f"{rate * 60:.3g}/min" if rate >= 1 / 60 else f"{rate * 3600:.2g}/h"
        return f"{speed}, {_duration(left / rate)} left"


def _duration(seconds: float) -> str:
    """Write a time with its unit."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def show_progress(outcomes: Generator[Outcome, None, None], total: int) -> list[ScreeningDoc]:
    """
    Collect results and show how far the run is.

    Parameters
    ----------
    outcomes
        Of a run; closed at the end, also when the user interrupts.
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
    seen = track(outcomes, total, "screening", lambda one: one.doc.label, lambda one: one.cached)
    with closing(outcomes), closing(seen):
        try:
            docs.extend(outcome.doc for outcome in seen)
        except KeyboardInterrupt:
            raise Stopped(
                f"stopped: {len(docs)} of {total} candidates are finished and kept; "
                "the same command resumes there."
            ) from None
    return docs


def track(
    items: Iterable[T],
    total: int,
    title: str,
    describe: Callable[[T], str],
    cached: Callable[[T], bool] = lambda _: False,
) -> Generator[T]:
    """
    Hand items on, and show how far they are, at which rate, and how long the rest will take.

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
    cached
        Tells whether an item was there already and says nothing about the rate.

    Yields
    ------
    T
        The items.
    """
    with _Display(total, title) as display:
        for done, item in enumerate(items, 1):
            display.step(describe(item), done, cached=cached(item))
            yield item


class _Display:
    """A bar, or lines, on standard error."""

    def __init__(self, total: int, title: str) -> None:
        self._total = total
        self._console = Console(stderr=True, highlight=False)
        # Not what the console says: notebooks force colour where nothing can be drawn over.
        self._live = self._console.file.isatty()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[pace]}"),
            console=self._console,
            disable=not self._live,
        )
        self._task = self._bar.add_task(title, total=total, pace="")
        now = monotonic()
        self._pace, self._line_due = Pace(now), now + _LINE_SECONDS

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, label: str, done: int, *, cached: bool) -> None:
        """Show an item, the last of so many that are done."""
        now = monotonic()
        if cached:
            self._pace = Pace(now)
        else:
            self._pace.step(now)
        pace = self._pace.describe(self._total - done)
        self._bar.update(self._task, advance=1, description=escape(label), pace=pace)
        if not self._live and now >= self._line_due:
            self._console.print(f"{done} of {self._total} candidates; {pace}", soft_wrap=True)
            self._line_due = now + _LINE_SECONDS
