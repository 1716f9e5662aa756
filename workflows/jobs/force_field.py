"""Force-field relaxation with atomate2, and reduction of its document to what a hull needs."""

from __future__ import annotations

import os
from collections.abc import Sized
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from atomate2.ase.utils import OPTIMIZERS
from atomate2.forcefields.jobs import ForceFieldRelaxMaker
from jobflow import Flow, Job, JobConfig, Maker, OnMissing, job

from trona.stores.defaults import BACKEND
from trona.stores.documents.results import FailureDoc, RelaxationDoc
from trona.workflows.potentials.lockstep import in_lockstep
from trona.workflows.potentials.pair_springs import PairSpringBFGS

from .backends import ForceField, find_force_field
from .failures import Recorded, failure_among
from .relaxation_passes import MOST_PASSES, PASSES
from .relaxation_summary import relaxation_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from atomate2.forcefields.schemas import ForceFieldTaskDocument
    from pymatgen.core import Structure

    from trona.workflows.candidates.sources import Candidate

__all__ = [
    "Continued",
    "RelaxMaker",
    "force_field_maker",
    "relax_ahead",
    "summarize_relaxation",
    "summarize_task",
]

OPTIMIZERS[PairSpringBFGS.__name__] = PairSpringBFGS  # by name, a stored job stays plain
_FIRE = "FIRE"
_SMALL = 200
"""Atoms of a cell that one thread computes."""
_AHEAD: dict[bytes, Any] = {}
"""Task documents of relaxations done ahead, or their errors, by what they start from."""
_RISE = 1e-3
"""eV/atom; what ends higher than it began by more went astray."""


def force_field_maker(backend: ForceField) -> ForceFieldRelaxMaker:
    """
    Relaxation maker of atomate2 for a backend: cell and atoms, energies of each step kept.

    Parameters
    ----------
    backend
        Force field and limits.

    Returns
    -------
    atomate2.forcefields.jobs.ForceFieldRelaxMaker
        Ready to make a job from a structure.
    """
    step = {"maxstep": backend.longest_step} if backend.longest_step else {}
    optimizer = backend.optimizer
    if backend.quick_optimizer:
        optimizer, step = backend.quick_optimizer, {}
    return ForceFieldRelaxMaker(
        force_field_name=backend.calculator,
        calculator_kwargs=dict(backend.calculator_kwargs),
        steps=backend.max_steps,
        optimizer_kwargs={"optimizer": optimizer} if optimizer else {},
        relax_kwargs={"fmax": backend.max_force, **step},
        ionic_step_data=("energy",),
    )


@dataclass
class Continued(Recorded):
    """Make jobs that continue a relaxation that ended above its force limit."""

    def carried_out(self, maker: Maker, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 (as Recorded has it)
        """
        Relax, and relax again, with FIRE, what did not converge or went up.

        Parameters
        ----------
        maker
            As prepared.
        *arguments, **options
            Of its ``make``: the structure first.

        Returns
        -------
        atomate2.forcefields.schemas.ForceFieldTaskDocument
            Of the last pass, with the ionic steps of all.
        """
        start, *rest = arguments
        if (ahead := _AHEAD.pop(_content(start), None)) is not None:
            if isinstance(ahead, Exception):
                raise ahead
            return ahead
        with _one_thread(start):
            task = super().carried_out(maker, start, *rest, **options)
            for _ in range(MOST_PASSES - 1):
                astray = _ends_higher(task)
                if task.is_force_converged is not False and not astray:
                    break
                steps = task.output.n_steps or 0
                if getattr(maker, "optimizer_kwargs", None):
                    maker = _with_fire(maker)
                begin = start if astray else task.structure
                task = super().carried_out(maker, begin, *rest, **options)
                task.output.n_steps = steps + (task.output.n_steps or 0)
        return task


def relax_ahead(structures: Iterable[Structure], backend: ForceField) -> None:
    """
    Relax structures in lockstep; the jobs of this process that relax one of them take the result.

    Parameters
    ----------
    structures
        Small ones, for which calls together pay.
    backend
        Force field of these jobs. Its files go into the current folder.
    """
    _AHEAD.clear()
    starts = {_content(one): one for one in structures}

    def relaxed(start: Structure) -> Any:  # noqa: ANN401 (as carried_out has it)
        return Continued(made := force_field_maker(backend)).carried_out(made, start)

    tasks = [partial(relaxed, one) for one in starts.values()]
    _AHEAD.update(zip(starts, in_lockstep(tasks), strict=True))


def _content(structure: Any) -> bytes:  # noqa: ANN401 (whatever a maker takes)
    """Write down what a relaxation starts from; nothing for what has no lattice."""
    if not hasattr(structure, "lattice"):
        return b""
    rows = [structure.lattice.matrix, structure.frac_coords]
    return str(structure.species).encode() + b"".join(row.tobytes() for row in rows)


def _with_fire(maker: Any) -> Maker:  # noqa: ANN401 (one of atomate2's)
    """Make a maker whose optimiser is atomate2's default."""
    slow: Maker = replace(maker, optimizer_kwargs={})
    return slow


def _ends_higher(task: Any) -> bool:  # noqa: ANN401 (a task document)
    """Tell whether a relaxation ended above where it began."""
    steps = getattr(task.output, "ionic_steps", None) or []
    energies = [one.energy for one in steps if one.energy is not None]
    return bool(energies) and energies[-1] > energies[0] + _RISE * len(task.structure)


@contextmanager
def _one_thread(structure: object) -> Iterator[None]:
    """Let torch and BLAS compute a small cell in one thread: more of them wait for each other.

    A worker of the local pool does so anyway; a job on a cluster, or one run by hand, may not.
    """
    if find_spec("torch") is None or not isinstance(structure, Sized) or len(structure) > _SMALL:
        yield
        return
    import torch  # noqa: PLC0415 (slow to import)

    if torch.get_num_threads() == 1 and os.environ.get("OPENBLAS_NUM_THREADS") == "1":
        yield  # such a worker: to look for the libraries takes 4 ms
        return
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 (only here)

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


@dataclass
class RelaxMaker(Maker):
    """
    Relax a structure and keep a small summary, on which later jobs depend.

    Parameters
    ----------
    name
        Name of the flow.
    backend
        Choices that identify the relaxation.
    relax_maker
        Maker of the job that relaxes; from the backend by default.
    """

    name: str = "trona relax"
    backend: ForceField = field(default_factory=lambda: find_force_field(BACKEND))
    relax_maker: Maker | None = None

    def make(self, candidate: Candidate) -> Flow:
        """
        Wire relaxation and summary.

        Parameters
        ----------
        candidate
            Has a starting structure.

        Returns
        -------
        jobflow.Flow
            Its output is a `RelaxationDoc`, or a `FailureDoc` if a relaxation failed. Steps of the
            backend's first, rough relaxation are not counted.
        """
        start, label = candidate.structure, candidate.label
        before: list[Job] = []
        structure: Any = start
        if self.backend.prerelaxation:
            first = find_force_field(self.backend.prerelaxation)
            before = [Recorded(force_field_maker(first)).make(start)]
            structure = before[0].output.structure
        relax = Continued(self.relax_maker or force_field_maker(self.backend)).make(structure)
        for part in (*before, relax):
            part.append_name(f" {label}")
        asked = (relax.output, relax.name, start, label, self.backend)
        summary = summarize_relaxation(*asked, *(one.output for one in before))
        summary.append_name(f" {label}")
        return Flow([*before, relax, summary], output=summary.output, name=f"{self.name} {label}")


def summarize_task(
    task: ForceFieldTaskDocument, start: Structure, label: str, backend: ForceField
) -> RelaxationDoc:
    """
    Reduce a force-field task document to what a hull needs.

    Parameters
    ----------
    task
        Output of the relaxation.
    start
        Starting structure.
    label
        Candidate.
    backend
        Choices of the relaxation.

    Returns
    -------
    RelaxationDoc
        Numbers only; nothing is judged here.
    """
    return relaxation_document(
        task,
        start,
        label,
        backend,
        settings={PASSES: MOST_PASSES, **_optimiser(task)},
        converged=task.is_force_converged,
        n_steps=task.output.n_steps,
    )


def _optimiser(task: ForceFieldTaskDocument) -> dict[str, Any]:
    """Say which optimiser ended a relaxation, and its longest step where that was chosen."""
    used = (task.input.optimizer_kwargs or {}).get("optimizer", _FIRE)
    longest = (task.input.relax_kwargs or {}).get("maxstep", 0.0)
    return {"optimizer": used, "longest_step": longest}


@job(config=JobConfig(on_missing_references=OnMissing.NONE))
def summarize_relaxation(
    task: ForceFieldTaskDocument | FailureDoc | None,
    name: str,
    start: Structure,
    label: str,
    backend: ForceField,
    before: ForceFieldTaskDocument | FailureDoc | None = None,
) -> RelaxationDoc | FailureDoc:
    """
    Reduce the task document of a relaxation, or say why there is none.

    Parameters
    ----------
    task
        Output of the relaxation; None where it left none.
    name
        Of the relaxation.
    start, label, backend
        As for `summarize_task`.
    before
        Output of the relaxation that came first, if there was one.

    Returns
    -------
    RelaxationDoc or FailureDoc
        Small, either way.
    """
    if isinstance(before, FailureDoc):
        return before
    failure = failure_among([task], [name])
    if failure is not None or task is None or isinstance(task, FailureDoc):
        return failure or FailureDoc(step=name, reason="it left no output")
    return summarize_task(task, start, label, backend)
