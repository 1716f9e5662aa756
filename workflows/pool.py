"""Run one jobflow flow per candidate in worker processes; heavy imports happen only there.

An error in one candidate becomes a sentence and stops no other.
"""

from __future__ import annotations

import os
import signal
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from trona.screening.errors import BackendError
from trona.stores.documents import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobflow import Flow, Job

    from .backends import Backend
    from .candidates import Candidate

__all__ = ["Work", "run_flows"]


_ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""ASE's cell filter solves 3 by 3 systems; threads that wait for each other there cost forty times
the work itself on a busy machine (measured: 10.6 s against 0.28 s for Na2S)."""


_LONGEST_REASON = 300
"""Characters of an error's text that are kept."""


@dataclass(frozen=True)
class Work:
    """
    What to do with each candidate, in plain values that can be sent to a process.

    Parameters
    ----------
    backend
        Source of relaxations.
    reference
        Name of the reference energies; None to relax only.
    correction
        Name of their correction scheme.
    """

    backend: Backend
    reference: str | None = None
    correction: str | None = None

    def flow(self, candidate: Candidate) -> Flow | Job:
        """
        Make a candidate's flow.

        Parameters
        ----------
        candidate
            Has a structure.

        Returns
        -------
        jobflow.Flow or jobflow.Job
            Relaxation, summary and, with a reference, analysis.
        """
        from .screen import ScreeningMaker, relaxation_maker  # noqa: PLC0415 (imports atomate2)

        relax = relaxation_maker(self.backend)
        if self.reference is None:
            return relax.make(candidate)
        return ScreeningMaker(
            reference=self.reference, correction=self.correction, relax_maker=relax
        ).make(candidate)


def run_flows(
    candidates: Sequence[Candidate], work: Work, location: str, workers: int
) -> Iterator[tuple[Candidate, list[Document] | str]]:
    """
    Run the flow of each candidate and hand on what its jobs return.

    Parameters
    ----------
    candidates
        Any number; each has a structure.
    work
        What to do.
    location
        Store of the jobs: path or URI.
    workers
        Processes; each takes its share of the cores.

    Yields
    ------
    tuple
        A candidate and the documents that its jobs return, or the sentence of its error, in
        order of completion. Closing the iterator stops the processes.

    Raises
    ------
    BackendError
        If the backend is not installed.
    """
    if candidates and find_spec(work.backend.package) is None:
        raise BackendError(
            f"the backend {work.backend.name!r} needs the package {work.backend.package!r}: "
            f"install trona with its {work.backend.extra} extra."
        )
    remaining = list(candidates)
    while remaining:
        for candidate, outputs in _until_a_death(remaining, work, location, workers):
            remaining.remove(candidate)
            yield candidate, outputs
        # A process that dies takes its pool along. Alone, one process shows whose fault it was.
        if remaining and workers == 1:
            yield remaining.pop(0), "its worker process died, perhaps for want of memory"
        workers = 1


def _until_a_death(
    candidates: Sequence[Candidate], work: Work, location: str, workers: int
) -> Iterator[tuple[Candidate, list[Document] | str]]:
    """Run flows in one pool of processes; end early, without a word, where a process dies."""
    workers = max(1, min(workers, len(candidates)))
    threads = max(1, (os.cpu_count() or 1) // workers)
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(threads,)
    )
    try:
        with _environment(_ONE_BLAS_THREAD):
            pending = {pool.submit(_run_one, c, work, location): c for c in candidates}
        for future in as_completed(pending):
            yield pending[future], future.result()
    except BrokenProcessPool:
        return
    finally:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 (public from 3.14)
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


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


def _prepare(threads: int) -> None:
    """Set a process up: its share of the cores, silence on the terminal, death with its parent."""
    if find_spec("torch"):  # VASP alone needs none
        import torch  # noqa: PLC0415 (only here)

        torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and ends its workers
    Thread(target=_follow_parent, daemon=True).start()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _follow_parent() -> None:
    """End this process when its parent is gone: a killed run leaves nobody working."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_one(candidate: Candidate, work: Work, location: str) -> list[Document] | str:
    """Run one flow; an error of any kind becomes its sentence."""
    from jobflow import run_locally  # noqa: PLC0415

    from trona.stores.connect import job_store  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory(prefix="trona-") as scratch:
            responses = run_locally(
                work.flow(candidate),
                log=False,
                store=job_store(location),
                root_dir=Path(scratch),
                create_folders=True,  # VASP's files must not meet those of another calculation
                raise_immediately=True,
            )
    except Exception as error:  # noqa: BLE001 (the boundary of one candidate)
        sentence = " ".join(str(error).split())[:_LONGEST_REASON]
        return f"{type(error).__name__}: {sentence}"
    # Only the summaries travel: a process that is killed while it sends much would block the rest.
    outputs = (one.output for by_index in responses.values() for one in by_index.values())
    return [output for output in outputs if isinstance(output, Document)]
