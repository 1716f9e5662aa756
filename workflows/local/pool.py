"""One jobflow flow per candidate in worker processes; heavy imports happen only there.

An error in one candidate becomes a sentence and does not stop the others.
"""

from __future__ import annotations

import os
from contextlib import chdir, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from itertools import accumulate, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import TYPE_CHECKING

from trona.stores.documents.results import Document, RelaxationDoc
from trona.workflows.jobs.backends import ForceField, Vasp, find_force_field, require_installed
from trona.workflows.jobs.kept_files import compress, kept_name
from trona.workflows.potentials.beforehand import calculator_line
from trona.workflows.potentials.device import chosen_device

from .processes import Together, run_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobflow import Flow, Job, JobStore

    from trona.workflows.candidates.sources import Candidate
    from trona.workflows.jobs.backends import Backend

__all__ = ["CALCULATORS", "Work", "prepare", "relaxed", "run_flows", "size"]

CALCULATORS = "TRONA_CALCULATORS"
"""Variable that tells `trona.workflows.local.forerunner` what to make, one in a line."""
_FORERUNNER = "trona.workflows.local.forerunner"
_OWN = "trona.workflows.potentials."
_IN_ONE_GRAPH = {f"{_OWN}sevennet"}
"""Potentials for which several crystals in one graph pay."""
_MOST, _MOST_ATOMS = 16, 96
"""Crystals in lockstep, and atoms of all of them: more gain little, and hold results back."""

_ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""ASE's cell filter solves 3 by 3 systems; threads that wait for each other there cost forty times
the work itself on a busy machine (measured: 10.6 s against 0.28 s for Na2S)."""


_EMMET_PRECISION = "EMMET_SYMPREC"
"""emmet's own setting, Å; what a user has set stays."""
_LONGEST_REASON = 300
"""Characters of an error's text that are kept."""
_DIED = "its worker process died twice, the second time without others beside it"


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
    files
        Folder to keep the files of calculations in; None to keep none.
    """

    backend: Backend
    reference: str | None = None
    correction: str | None = None
    files: str | None = None

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
        from trona.workflows.jobs.flows import ScreeningMaker, relaxation_maker  # noqa: PLC0415 (imports atomate2)

        relax = relaxation_maker(self.backend)
        if self.reference is None:
            return relax.make(candidate)
        return ScreeningMaker(
            reference=self.reference, correction=self.correction, relax_maker=relax
        ).make(candidate)


def run_flows(
    candidates: Sequence[Candidate],
    work: Work,
    location: str,
    workers: int,
    running: set[str] | None = None,
) -> Iterator[tuple[Candidate, list[Document] | str]]:
    """
    Run the flow of each candidate, the smallest first, and hand on what its jobs return.

    Parameters
    ----------
    candidates
        Any number; each has a structure.
    work
        What to do.
    location
        Store of the jobs: path or URI.
    workers
        Processes; each computes in one thread.
    running
        Is kept up to date with the labels of what is computed at the moment.

    Yields
    ------
    tuple
        A candidate and the documents that its jobs return, or the sentence of its error, in
        order of completion. Closing the iterator stops the processes.

    Raises
    ------
    BackendError
        If the backend is not installed, the device is not there, or processes cannot start.
    """
    if not candidates:
        return
    require_installed(work.backend)
    if not isinstance(work.backend, Vasp) or work.backend.prerelaxation:
        chosen_device()
    workers = max(1, min(workers, len(candidates)))
    with TemporaryDirectory(prefix="trona-", ignore_cleanup_errors=True) as scratch:
        run = partial(_run_one, work=work, location=location, scratch=scratch)
        now: set[str] = set() if running is None else running
        in_order = sorted(candidates, key=size)
        ready = partial(prepare, one_search=not isinstance(work.backend, Vasp))
        shared = _calculators(work.backend)
        environment = {**_ONE_BLAS_THREAD, CALCULATORS: "\n".join(shared)}
        ahead = _FORERUNNER if shared else ""
        how = (workers, ready, environment, lambda one: now.add(one.label), ahead)
        several = _several(work, workers, scratch)
        with closing(run_each(run, in_order, *how, several)) as done:
            for candidate, outputs in done:
                now.discard(candidate.label)
                yield candidate, _DIED if outputs is None else outputs


def _several(work: Work, workers: int, scratch: str) -> Together[Candidate] | None:
    """Relax small crystals in lockstep where the potential computes several at once for less.

    Files that are to be kept are those of one candidate, which is then relaxed in its own folder.
    """
    potential = getattr(work.backend, "calculator", None)
    if (
        not isinstance(work.backend, ForceField)
        or not isinstance(potential, dict)
        or potential["@module"] not in _IN_ONE_GRAPH
        or work.backend.prerelaxation
        or work.files is not None
    ):
        return None
    ahead = partial(_relax_ahead, backend=work.backend, scratch=scratch)
    return Together(ahead, partial(_share, workers=workers))


def _share(waiting: Sequence[Candidate], workers: int) -> int:
    """Count the candidates to relax in lockstep next: each worker has its share of the last."""
    most = min(_MOST, -(-len(waiting) // workers))
    atoms = accumulate(size(one) for one in islice(waiting, most))
    return max(1, sum(total <= _MOST_ATOMS for total in atoms))


def _relax_ahead(candidates: Sequence[Candidate], backend: ForceField, scratch: str) -> None:
    """Relax candidates in lockstep; what fails as a whole is left to the flow of each."""
    from trona.workflows.jobs.force_field import relax_ahead  # noqa: PLC0415 (imports atomate2)

    structures = [one.structure for one in candidates if one.structure is not None]
    with suppress(Exception), TemporaryDirectory(dir=scratch) as folder, chdir(folder):
        relax_ahead(structures, backend)


def size(candidate: Candidate) -> int:
    """
    Count the atoms of a candidate, which its cost goes with.

    Parameters
    ----------
    candidate
        Of any kind.

    Returns
    -------
    int
        Zero without a structure.
    """
    return 0 if candidate.structure is None else len(candidate.structure)


def relaxed(outputs: Sequence[Document] | str) -> RelaxationDoc | str:
    """
    Find the relaxation among what the jobs of a candidate return.

    Parameters
    ----------
    outputs
        As yielded by `run_flows`.

    Returns
    -------
    RelaxationDoc or str
        Or why there is none, in one sentence.
    """
    if isinstance(outputs, str):
        return outputs
    found = (one for one in outputs if isinstance(one, RelaxationDoc))
    return next(found, "it left no summary")


def _calculators(backend: Backend) -> list[str]:
    """
    Describe the potentials of a backend that workers can share; none if there is another.

    A graphics card cannot be shared with a fork, and a package that trona does not know may start
    threads on import, which a fork loses.
    """
    found = []
    name = getattr(backend, "prerelaxation", "")
    for one in (backend, find_force_field(name)) if name else (backend,):
        if isinstance(one, ForceField):
            if not isinstance(one.calculator, dict) or chosen_device() != "cpu":
                return []
            module, function = one.calculator["@module"], one.calculator["@callable"]
            if not module.startswith(_OWN):
                return []
            found.append(calculator_line(module, function, one.calculator_kwargs))
    return found


def prepare(*, one_search: bool = False) -> None:
    """
    Set a process up: one thread, one search for symmetry, silence on the terminal.

    emmet looks for the space group of each relaxed structure, at its own tolerance unless told
    another. At that of the summary pymatgen remembers the answer: a search takes 16 ms for a cubic
    cell of three atoms. A cell of some ten atoms leaves no work to share, and threads that wait for
    each other on a busy machine cost more than they save (CHGNet, 16 atoms: 1 to 5 s a call with
    two, 0.1 s with one).

    Parameters
    ----------
    one_search
        Whether emmet is told the tolerance of the summary.
    """
    if find_spec("torch"):  # VASP alone needs none
        import torch  # noqa: PLC0415 (only here)
        from tqdm import tqdm  # noqa: PLC0415 (only here)

        torch.set_num_threads(1)
        # Building the model of sevenn makes a lock that processes share, and the end of a worker
        # would be reported to the user as its leak.
        tqdm.set_lock(RLock())
    if one_search:
        from trona.workflows.jobs.relaxation_summary import SYMMETRY_PRECISION  # noqa: PLC0415

        os.environ.setdefault(_EMMET_PRECISION, str(SYMMETRY_PRECISION))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


@contextmanager
def _folder(candidate: Candidate, work: Work, scratch: str) -> Iterator[Path]:
    """Give a folder to calculate in: one that goes, or one that stays and is compressed."""
    if work.files is None or candidate.structure is None:
        with TemporaryDirectory(dir=scratch) as folder:
            yield Path(folder)
        return
    kept = Path(work.files) / kept_name(candidate.label, candidate.structure, work.backend)
    kept.mkdir(parents=True, exist_ok=True)
    try:
        yield kept
    finally:
        compress(kept)


@cache
def _connected(location: str) -> JobStore:
    """Give the store of the jobs, connected once in a process."""
    from trona.stores.database.connect import job_store  # noqa: PLC0415

    store = job_store(location)
    store.connect()
    return store


def _run_one(candidate: Candidate, work: Work, location: str, scratch: str) -> list[Document] | str:
    """Run one flow; an error of any kind becomes its sentence."""
    from jobflow import run_locally  # noqa: PLC0415

    try:
        with _folder(candidate, work, scratch) as folder:
            responses = run_locally(
                work.flow(candidate),
                log=False,
                store=_connected(location),
                root_dir=folder,
                # VASP's files must not meet those of another calculation
                create_folders=isinstance(work.backend, Vasp),
                raise_immediately=True,
            )
    except Exception as error:  # noqa: BLE001 (the boundary of one candidate)
        _connected.cache_clear()  # it may be the store that failed
        sentence = " ".join(str(error).split())[:_LONGEST_REASON]
        return f"{type(error).__name__}: {sentence}"
    # Only the summaries travel: the large objects are in the store already.
    outputs = (one.output for by_index in responses.values() for one in by_index.values())
    return [output for output in outputs if isinstance(output, Document)]
