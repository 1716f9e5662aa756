"""Glass models made on this machine by segments; those already in the store are skipped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trona.stores.collections.molecular_dynamics import SegmentDoc, Segments
from trona.stores.documents.results import RelaxationDoc
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import find_force_field
from trona.workflows.jobs.relaxation_passes import settled
from trona.workflows.local.pool import Work, run_flows

from .protocol import Segment, glasses, segment_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobflow import Flow
    from pymatgen.core import Structure

    from trona.stores.collections.results import Results
    from trona.stores.documents.made_structures import ModelDoc
    from trona.workflows.jobs.backends import Backend

    from .protocol import Batch, Run

__all__ = ["Glassworks"]


@dataclass(frozen=True)
class _SegmentWork(Work):
    """A piece of molecular dynamics for each candidate, by its label."""

    segments: Mapping[str, Segment] = field(default_factory=dict)

    def flow(self, candidate: Candidate) -> Flow:
        """Make the flow of a candidate's segment."""
        from .makers import SegmentMaker  # noqa: PLC0415 (imports atomate2)

        maker = SegmentMaker(backend=find_force_field(self.backend.name))
        return maker.make(candidate, self.segments[candidate.label])


class Glassworks:
    """
    The quenches of some compositions, and how far each has come.

    Parameters
    ----------
    batches
        What is to be made.
    results
        Store of segments and relaxations.
    backend
        Potential.
    """

    def __init__(self, batches: Sequence[Batch], results: Results, backend: Backend) -> None:
        self._batches = batches
        self._results = results
        self._segments = Segments(results.location)
        self._backend = backend
        self._failures: dict[str, str] = {}

    @property
    def total(self) -> int:
        """Pieces of work there are: segments, and a relaxation for each run."""
        return sum(len(run.segments) + 1 for batch in self._batches for run in batch.runs)

    @property
    def done(self) -> int:
        """Pieces that are in the store."""
        found = 0
        for run in self._runs():
            segments, end = self._progress(run)
            found += len(segments) + (end is not None and self._is_relaxed(end))
        return found

    def costs(self) -> dict[str, float]:
        """
        Tell what a piece of each run costs.

        Returns
        -------
        dict
            Atoms, by label.
        """
        return {run.label: float(len(run.structure)) for run in self._runs()}

    def left(self) -> float:
        """
        Tell what all pieces that are not in the store cost.

        Returns
        -------
        float
            Atoms, summed over pieces.
        """
        found = 0
        for run in self._runs():
            segments, end = self._progress(run)
            done = len(segments) + (end is not None and self._is_relaxed(end))
            found += len(run.structure) * (len(run.segments) + 1 - done)
        return float(found)

    def work(self, workers: int, running: set[str] | None = None) -> Iterator[str]:
        """
        Do what is left; each piece is saved before its label is handed on.

        Parameters
        ----------
        workers
            Processes.
        running
            Is kept up to date with the labels of what is computed at the moment.

        Yields
        ------
        str
            Label of the run that came a piece further.

        Raises
        ------
        BackendError
            If the backend is not installed.
        """
        while plans := self._next_segments():
            segments = {start.label: segment for start, segment in plans}
            work = _SegmentWork(self._backend, segments=segments)
            yield from self._do([start for start, _ in plans], work, workers, running)
        while todo := self._next_relaxations():
            yield from self._do(todo, Work(self._backend), workers, running)

    def _do(
        self, starts: Sequence[Candidate], work: Work, workers: int, running: set[str] | None
    ) -> Iterator[str]:
        """Do one piece of each run and save it."""
        location = self._results.location
        for candidate, outputs in run_flows(starts, work, location, workers, running):
            if isinstance(outputs, str):
                self._failures[candidate.label] = outputs
            for output in [] if isinstance(outputs, str) else outputs:
                if isinstance(output, SegmentDoc):
                    self._segments.save(output)
                elif isinstance(output, RelaxationDoc):
                    self._results.save_relaxation(output)
            yield candidate.label

    def models(self) -> tuple[list[ModelDoc], list[str]]:
        """
        Write down what came out.

        Returns
        -------
        tuple
            The glasses, and a sentence for each run that gave none.
        """
        models: list[ModelDoc] = []
        reasons: list[str] = []
        for batch in self._batches:
            progress = [self._progress(run) for run in batch.runs]
            relaxations = [
                (None if end is None else settled(end, self._results, self._backend))
                or self._failures.get(run.label)
                for run, (_, end) in zip(batch.runs, progress, strict=True)
            ]
            made, failed = glasses(batch, [segments for segments, _ in progress], relaxations)
            models += made
            reasons += failed
        return models, reasons

    def _runs(self) -> Iterator[Run]:
        """All runs that have not failed."""
        for batch in self._batches:
            yield from (run for run in batch.runs if run.label not in self._failures)

    def _next_segments(self) -> list[tuple[Candidate, Segment]]:
        """Find the next piece of each run that is not at its end."""
        found = []
        for run in self._runs():
            segments, end = self._progress(run)
            if end is None:
                last = segments[-1].structure.to_structure() if segments else run.structure
                found.append((Candidate(run.label, "", "", last), run.segments[len(segments)]))
        return found

    def _progress(self, run: Run) -> tuple[list[SegmentDoc], Structure | None]:
        """Finished segments of a run, and the structure at its end if it is there."""
        structure = run.structure
        found: list[SegmentDoc] = []
        for segment in run.segments:
            doc = self._segments.find(segment_id(structure, segment, self._backend))
            if doc is None:
                return found, None
            found.append(doc)
            structure = doc.structure.to_structure()
        return found, structure

    def _next_relaxations(self) -> list[Candidate]:
        """Find the runs that have come to their end and are not relaxed."""
        return [
            Candidate(run.label, "", "", end)
            for run in self._runs()
            if (end := self._progress(run)[1]) is not None and not self._is_relaxed(end)
        ]

    def _is_relaxed(self, structure: Structure) -> bool:
        """Tell whether the store holds the relaxation of a quenched structure."""
        return settled(structure, self._results, self._backend) is not None
