"""Make models on this machine: trials are relaxed in worker processes, each kept as it is done.

What the store already holds is not computed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.stores.documents import RelaxationDoc

from .backends import relaxation_id
from .pool import Work, run_flows
from .trials import choose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trona.stores.models import ModelDoc
    from trona.stores.results import Results

    from .backends import Backend
    from .candidates import Candidate
    from .trials import Draft

__all__ = ["finish", "relax_trials", "waiting"]


def waiting(drafts: Sequence[Draft], results: Results, backend: Backend) -> list[Candidate]:
    """
    List the trials whose relaxation the store does not hold.

    Parameters
    ----------
    drafts
        Structures to try.
    results
        Store of earlier relaxations.
    backend
        Source of relaxations.

    Returns
    -------
    list of Candidate
        Smallest first.
    """
    trials = [trial for drafted in drafts if drafted.relaxed for trial in drafted.trials]
    todo = [trial for trial in trials if _found(trial, results, backend) is None]
    return sorted(todo, key=lambda trial: len(trial.structure or ()))


def relax_trials(
    trials: Sequence[Candidate], results: Results, backend: Backend, workers: int
) -> Iterator[tuple[str, str | None]]:
    """
    Relax trials; each is saved before it is handed on.

    Parameters
    ----------
    trials
        As listed by `waiting`.
    results
        Store to save in.
    backend
        Source of relaxations.
    workers
        Processes that relax.

    Yields
    ------
    tuple
        Label of a trial, and why it failed if it did, in order of completion.

    Raises
    ------
    BackendError
        If the backend is not installed.
    """
    for trial, outputs in run_flows(trials, Work(backend), results.location, workers):
        if isinstance(outputs, str):
            yield trial.label, outputs
            continue
        results.save_relaxation(next(out for out in outputs if isinstance(out, RelaxationDoc)))
        yield trial.label, None


def finish(
    drafts: Sequence[Draft],
    results: Results,
    backend: Backend,
    failures: Mapping[str, str | None],
) -> tuple[list[ModelDoc], list[str]]:
    """
    Choose a model for each draft.

    Parameters
    ----------
    drafts
        Structures that were tried.
    results
        Store of their relaxations.
    backend
        Source of relaxations.
    failures
        Label of a trial to the reason why it failed.

    Returns
    -------
    tuple
        The models, and a sentence for each draft that gave none.
    """
    models, reasons = [], []
    for drafted in drafts:
        relaxations = [
            _found(trial, results, backend) or failures.get(trial.label) for trial in drafted.trials
        ]
        try:
            models.append(choose(drafted, relaxations if drafted.relaxed else [None]))
        except InputError as error:
            reasons.append(str(error))
    return models, reasons


def _found(trial: Candidate, results: Results, backend: Backend) -> RelaxationDoc | None:
    """Look the relaxation of a trial up."""
    if trial.structure is None:
        return None
    return results.relaxation(relaxation_id(trial.structure, backend))
