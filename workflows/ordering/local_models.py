"""Models made on this machine: trials are relaxed in worker processes, each saved when it is done.

Trials already in the store are not recomputed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.workflows.jobs.relaxation_passes import settled
from trona.workflows.local.pool import Work, relaxed, run_flows

from .trials import choose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trona.stores.collections.results import Results
    from trona.stores.documents.made_structures import ModelDoc
    from trona.stores.documents.results import RelaxationDoc
    from trona.workflows.candidates.sources import Candidate
    from trona.workflows.jobs.backends import Backend

    from .trials import Draft

__all__ = ["Workbench"]


class Workbench:
    """
    Some drafts, and how far their relaxations have come.

    Parameters
    ----------
    drafts
        Structures to try.
    results
        Store of relaxations.
    backend
        Source of relaxations.
    """

    def __init__(self, drafts: Sequence[Draft], results: Results, backend: Backend) -> None:
        self._drafts = drafts
        self._results = results
        self._backend = backend
        self._failures: dict[str, str] = {}

    def waiting(self) -> list[Candidate]:
        """
        List what is to be relaxed.

        Returns
        -------
        list of Candidate
            Trials whose relaxation the store does not hold, smallest first.
        """
        found = [
            trial
            for trial in self._trials()
            if trial.structure is not None
            and trial.label not in self._failures
            and settled(trial.structure, self._results, self._backend) is None
        ]
        return sorted(found, key=lambda trial: len(trial.structure or ()))

    def _trials(self) -> Iterator[Candidate]:
        """All trials that are to be relaxed."""
        for drafted in self._drafts:
            if drafted.relaxed:
                yield from drafted.trials

    def work(self, workers: int, running: set[str] | None = None) -> Iterator[str]:
        """
        Relax what is waiting; each relaxation is saved before its label is handed on.

        Parameters
        ----------
        workers
            Processes that relax.
        running
            Is kept up to date with the labels of what is relaxed at the moment.

        Yields
        ------
        str
            Label of a trial, in order of completion.

        Raises
        ------
        BackendError
            If the backend is not installed.
        """
        work, location = Work(self._backend), self._results.location
        while todo := self.waiting():
            for trial, outputs in run_flows(todo, work, location, workers, running):
                doc = relaxed(outputs)
                if isinstance(doc, str):
                    self._failures[trial.label] = doc
                else:
                    self._results.save([doc])
                yield trial.label

    def models(self) -> tuple[list[ModelDoc], list[str]]:
        """
        Choose a model for each draft.

        Returns
        -------
        tuple
            The models, and a sentence for each draft that gave none.
        """
        models, reasons = [], []
        for drafted in self._drafts:
            relaxations = [self._outcome(trial) for trial in drafted.trials]
            try:
                models.append(choose(drafted, relaxations if drafted.relaxed else [None]))
            except InputError as error:
                reasons.append(str(error))
        return models, reasons

    def _outcome(self, trial: Candidate) -> RelaxationDoc | str | None:
        """Relaxation of a trial, or why there is none if that is known."""
        if trial.structure is None:
            return None
        doc = settled(trial.structure, self._results, self._backend)
        return doc or self._failures.get(trial.label)
