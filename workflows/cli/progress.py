"""Progress of a long run on standard error: a bar on a terminal, otherwise one line per minute."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping
    from typing import Self

    from rich.progress import Task

    from trona.stores.documents.results import ScreeningDoc
    from trona.workflows.local.screening import Outcome

__all__ = ["Pace", "Stopped", "show_progress", "track"]

_RECENT = 50
"""Candidates that a rate rests on: enough to be steady, few enough to follow what they cost."""
_SPAN = 60.0
"""s; a rate rests on the candidates of at least this long: many may be done in one moment."""
_STEADY = 4
"""Candidates after which the first is left out of the rate, because a model was loaded in it."""
_STARTED = 60.0
"""s; after this long a rate is stated from fewer candidates, start included."""
_NAMED = 3
"""Names of what runs that are written at most."""
_LINE_SECONDS = 60.0
"""Between two lines where there is no terminal."""

T = TypeVar("T")


class Stopped(Exception):  # noqa: N818 (not an error: the user asked for it)
    """The user stopped the run; what was finished is kept."""


class Pace:
    """
    Recent rate of computation, and the estimated remaining time.

    Workers load a model before their first candidate. Nothing is therefore forecast at first, and
    the first candidate is left out once there are enough others.

    Parameters
    ----------
    now
        Time at the start, s.
    loads
        False where no model is loaded, so that the first candidate counts as the others do.

    Examples
    --------
    >>> pace = Pace(now=0.0)
    >>> for seconds in (30.0, 40.0, 50.0, 60.0):
    ...     pace.step(now=seconds)
    >>> pace.describe(left=100)
    '6/min, 17 min left'
    """

    def __init__(self, now: float, *, loads: bool = True) -> None:
        self._times = deque([now])
        self._costs: deque[float] = deque()
        self._total, self._loads, self._steady = 0.0, loads, False

    def step(self, now: float, cost: float = 1.0) -> None:
        """Take note of a computed candidate at a time, s, and of what it cost, in any unit."""
        self._times.append(now)
        self._costs.append(cost)
        self._total += cost
        if len(self._costs) == _STEADY and not self._steady:
            self._steady = True
            if self._loads:
                self._forget()
        while len(self._costs) > _RECENT and now - self._times[1] >= _SPAN:
            self._forget()

    def _forget(self) -> None:
        """Leave the oldest candidate out."""
        self._times.popleft()
        self._total -= self._costs.popleft()

    def describe(self, left: float) -> str:
        """Describe the rate and the remaining time for a given cost; empty without a rate."""
        elapsed = self._times[-1] - self._times[0]
        if elapsed <= 0 or not (self._steady or elapsed >= _STARTED):
            return ""
        rate = len(self._costs) / elapsed
        return f"{_speed(rate)}, {_duration(left * elapsed / self._total)} left"


def _speed(rate: float) -> str:
    """Write a rate, given per second, with its unit."""
    if rate < 1 / 60:
        return f"{rate * 3600:.2g}/h"
    each_minute = rate * 60
    return f"{each_minute:.3g}/min" if each_minute < 100 else f"{each_minute:,.0f}/min"


def _duration(seconds: float) -> str:
    """Write a time with its unit."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def show_progress(
    outcomes: Generator[Outcome, None, None],
    total: int,
    costs: Mapping[str, float] | None = None,
    running: Collection[str] = (),
    kept: Callable[[], int] | None = None,
) -> list[ScreeningDoc]:
    """
    Collect results and show how far the run is.

    Parameters
    ----------
    outcomes
        Of a run; closed at the end, also when the user interrupts.
    total
        How many to expect.
    costs
        Of what is computed, by label: the time left follows from them; all the same by default.
        Empty where no model is loaded.
    running
        Labels of what is computed at the moment, kept up to date by the run.
    kept
        Counts the candidates that need not be computed again, after an interruption; by default
        those that were seen.

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
    seen = track(
        outcomes,
        total,
        "screening",
        lambda one: one.doc.label,
        lambda one: one.cached,
        costs=costs,
        running=running,
    )
    try:
        with closing(outcomes), closing(seen):
            docs.extend(outcome.doc for outcome in seen)
    except KeyboardInterrupt:
        finished = len(docs) if kept is None else kept()
        raise Stopped(
            f"stopped: {finished} of {total} candidates are finished and kept; "
            "the same command resumes there."
        ) from None
    return docs


def track(
    items: Iterable[T],
    total: int,
    title: str,
    describe: Callable[[T], str],
    cached: Callable[[T], bool] = lambda _: False,
    *,
    costs: Mapping[str, float] | None = None,
    left: float | None = None,
    running: Collection[str] = (),
) -> Generator[T]:
    """
    Yield items, showing progress, running items and the remaining time.

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
    costs
        Of what is computed, by what `describe` writes, such as its atoms; all the same by default.
    left
        Cost of all that is to be computed; by default the sum of costs, each once.
    running
        Names of what is computed at the moment, kept up to date by whoever computes.

    Yields
    ------
    T
        The items.
    """
    with _Display(total, title, costs, left, running) as display:
        for done, item in enumerate(items, 1):
            display.step(describe(item), done, cached=cached(item))
            yield item


def _named(running: Collection[str]) -> str:
    """Name what is computed, a few of many."""
    names = sorted(list(running))  # noqa: C414 (a copy first: the run changes it meanwhile)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"now {', '.join(names[:_NAMED])}{more}" if names else ""


class _Now(ProgressColumn):
    """Names what is computed at the moment it is drawn."""

    def __init__(self, running: Collection[str]) -> None:
        super().__init__()
        self._names = running

    def render(self, _: Task) -> Text:
        """Write them."""
        return Text(_named(self._names))


class _Display:
    """A bar, or lines, on standard error."""

    def __init__(
        self,
        total: int,
        title: str,
        costs: Mapping[str, float] | None,
        left: float | None,
        running: Collection[str],
    ) -> None:
        self._total, self._running, self._costs = total, running, costs
        self._left = sum((costs or {}).values()) if left is None else left
        self._console = Console(stderr=True, highlight=False)
        # Not what the console says: notebooks force colour where nothing can be drawn over.
        self._live = self._console.file.isatty()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[pace]}"),
            _Now(running),
            console=self._console,
            disable=not self._live,
        )
        self._task = self._bar.add_task(title, total=total, pace="")
        now = monotonic()
        self._loads = costs is None or bool(costs)
        self._pace, self._line_due = Pace(now, loads=self._loads), now + _LINE_SECONDS

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, label: str, done: int, *, cached: bool) -> None:
        """Show an item, the last of so many that are done."""
        now = monotonic()
        cost = self._costs.get(label, 0.0) if self._costs else 1.0
        if cached or cost == 0:  # what costs nothing says nothing about the rest
            self._pace = Pace(now, loads=self._loads)
        else:
            self._pace.step(now, cost)
        self._left -= cost
        pace = self._pace.describe(self._left if self._costs else self._total - done)
        self._bar.update(self._task, advance=1, description=escape(label), pace=pace)
        if not self._live and now >= self._line_due:
            parts = [f"{done} of {self._total} candidates", pace, _named(self._running)]
            self._console.print("; ".join(one for one in parts if one), soft_wrap=True)
            self._line_due = now + _LINE_SECONDS
