"""Run a function on items in worker processes; a crash is blamed on one item only.

Each process has its own pipe and holds one item at a time, or a few that it works on together. When
a pipe closes, the items that its process had not answered are known, and no other pipe is affected.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver, get_context, parent_process, resource_tracker
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from trona.screening.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext

__all__ = ["Together", "run_each"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_STARTS = 3
"""So many processes in a row may die before they are ready; then no more are started."""


def run_each(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int,
    prepare: Callable[[], object],
    environment: Mapping[str, str],
    begun: Callable[[Item], object] = lambda _: None,
    forerunner: str = "",
    together: Together[Item] | None = None,
) -> Generator[tuple[Item, Result | None], None, None]:
    """
    Apply a function to each item in reusable worker processes.

    Parameters
    ----------
    function
        It and its results can be sent to a process; it returns something and raises nothing.
    items
        Can be sent to a process.
    workers
        Processes at most.
    prepare
        Called once in each process.
    environment
        Variables to set for the processes.
    begun
        Called here with each item that a process begins with.
    forerunner
        Module to import once for all processes, in one from which they are forked: safe as long as
        it starts no threads. Empty to start each process anew, as is done where there is no Linux.
    together
        Work that is done on several items at once before the function takes each of them.

    Yields
    ------
    tuple
        An item and its result, in order of completion; None where its process died twice. Closing
        the generator ends the processes.

    Raises
    ------
    BackendError
        If processes cannot be prepared, or die while they start.
    """
    server = forerunner if sys.platform == "linux" else ""
    start = _Start(function, prepare, environment, server, together.work if together else _nothing)
    take = together.take if together else _one
    suspects: list[Item] = []
    with closing(_Crew[Item, Result](workers, start, begun, take).run(items)) as first:
        for item, result in first:
            if result is None:
                suspects.append(item)
            else:
                yield item, result
    # Once more, each alone and one after the other: what wants the memory of the whole machine has
    # it now, and nothing dies of what runs beside it.
    yield from _Crew[Item, Result](1, start, begun, _one).run(suspects)


@dataclass(frozen=True)
class Together(Generic[Item]):
    """
    Work on several items at once.

    Parameters
    ----------
    work
        Called in a process with the items that it was given, if they are several. It can be sent to
        a process, leaves its results there, and raises nothing.
    take
        Tells how many of the items that wait, the first ones, a process is given: at least one.
    """

    work: Callable[[Sequence[Item]], object]
    take: Callable[[Sequence[Item]], int]


def _one(_: object) -> int:
    """Give items one by one."""
    return 1


def _nothing(_: object) -> None:
    """Do nothing ahead."""


@dataclass(frozen=True)
class _Start(Generic[Item]):
    """How processes are started."""

    function: Callable[[Item], object]
    prepare: Callable[[], object]
    environment: Mapping[str, str]
    forerunner: str
    ahead: Callable[[Sequence[Item]], object]


class _Crew(Generic[Item, Result]):
    """Processes that take items; as many as there is work for."""

    def __init__(
        self,
        workers: int,
        start: _Start[Item],
        begun: Callable[[Item], object],
        take: Callable[[Sequence[Item]], int],
    ) -> None:
        self._workers, self._start, self._begun, self._take = workers, start, begun, take
        self._members: list[_Worker[Item]] = []
        self._stillborn = 0

    def run(self, items: Iterable[Item]) -> Generator[tuple[Item, Result | None], None, None]:
        """Yield each item with its result, or None where its process died."""
        waiting = deque(items)
        try:
            while self._hire(len(waiting)):
                ready = wait([worker.connection for worker in self._members])
                for worker in [one for one in self._members if one.connection in ready]:
                    starting, held = not worker.ready, worker.items
                    try:
                        message = worker.connection.recv()
                    except (EOFError, OSError):
                        self._dismiss(worker)
                        if starting:
                            self._count_stillborn()
                        for item in held:
                            yield item, None
                        continue
                    if starting:
                        self._welcome(worker, message)
                    done = [] if starting else [(held.popleft(), message)]
                    # The next items go out first: the process works while a result is saved.
                    if not held and waiting:
                        self._give(worker, waiting)
                    elif not held:
                        self._dismiss(worker)
                    yield from done
        finally:
            for worker in list(self._members):
                self._dismiss(worker)

    def _hire(self, waiting: int) -> bool:
        """Start processes for waiting items; tell whether there is something to wait for."""
        starting = sum(not worker.ready for worker in self._members)
        for _ in range(min(self._workers - len(self._members), waiting - starting)):
            self._employ()
        return waiting > 0 or len(self._members) > starting

    def _employ(self) -> None:
        """Start a process, unless there are others and it cannot be started."""
        while True:
            try:
                self._members.append(_Worker[Item](self._start))
            except (EOFError, OSError):  # no memory for it, or its server was killed
                self._count_stillborn()
                if not self._members:
                    continue
            return

    def _dismiss(self, worker: _Worker[Item]) -> None:
        """End a process."""
        self._members.remove(worker)
        worker.end()

    def _give(self, worker: _Worker[Item], waiting: deque[Item]) -> None:
        """Send a process its next items."""
        items = [waiting.popleft() for _ in range(self._take(waiting))]
        worker.give(items)
        for item in items:
            self._begun(item)

    def _welcome(self, worker: _Worker[Item], obstacle: str | None) -> None:
        """Hear from a process that it is ready, or why it cannot be."""
        if obstacle is not None:
            raise BackendError(f"a worker process cannot start: {obstacle}.")
        worker.ready, self._stillborn = True, 0

    def _count_stillborn(self) -> None:
        """Go on with the processes that there are, where others die while they start."""
        self._stillborn += 1
        if self._stillborn >= _STARTS:
            self._workers = len(self._members)
        if self._workers == 0:
            raise BackendError(
                "worker processes die while they start, perhaps for lack of memory: "
                "end other programs, or use fewer --workers."
            )


class _Worker(Generic[Item]):
    """A process, its pipe, whether it is ready, and the items that it holds."""

    def __init__(self, start: _Start[Item]) -> None:
        context: ForkServerContext | SpawnContext = (
            get_context("forkserver") if start.forerunner else get_context("spawn")
        )
        self.ready = False
        self.items: deque[Item] = deque()
        self.connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(theirs, start, {**os.environ, **start.environment}),
            daemon=True,
        )
        with _environment(start.environment):
            if start.forerunner:
                forkserver.set_forkserver_preload([start.forerunner])
                with _interrupts_held_back():
                    forkserver.ensure_running()
                self._process.start()  # waits for the forerunner, and can be interrupted
            else:
                with _interrupts_held_back():
                    self._process.start()
        theirs.close()  # from now on the pipe ends with the process

    def give(self, items: list[Item]) -> None:
        """Send items."""
        self.items.extend(items)
        with suppress(OSError):  # the process is dead: the end of its pipe will say so
            self.connection.send(items)

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self.connection.close()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for the processes started inside, then put them back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C from the processes started inside for good, and from their forks.

    The parent hears it when this ends, and ends its processes.
    """
    resource_tracker.ensure_running()  # its start, which comes with the first process, lets it in
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, start: _Start[Any], environment: Mapping[str, str]) -> None:
    """Say that the process is ready, or why not; then answer item after item.

    A fork has the environment that its server was started with, perhaps long ago.
    """
    os.environ.clear()
    os.environ.update(environment)
    Thread(target=_follow_parent, daemon=True).start()
    try:
        start.prepare()
    except Exception as error:  # noqa: BLE001 (whatever it is, the parent has to know)
        connection.send(f"{type(error).__name__}: {' '.join(str(error).split())}")
        return
    connection.send(None)
    while True:
        items = connection.recv()
        if len(items) > 1:
            start.ahead(items)
        for item in items:
            connection.send(start.function(item))


def _follow_parent() -> None:
    """End this process when its parent is gone: a killed run leaves nobody working."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
