"""Screen on this machine: resumable, each result saved as soon as it is there.

What the store already holds is not computed again.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.stores.assess.screenings import failed_document, screening_document, screening_id
from trona.stores.database.connect import resolved
from trona.stores.documents.bookkeeping import CandidateDoc, RunDoc
from trona.stores.documents.results import Document, RelaxationDoc, ScreeningDoc, StructureDoc, now
from trona.stores.energies.entries import shares_hull
from trona.stores.provenance import fingerprint
from trona.workflows.jobs.backends import Backend, relaxation_id

from .pool import Work, run_flows

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from trona.stores.collections.results import Results
    from trona.stores.energies.references import Reference
    from trona.workflows.candidates.sources import Candidate

__all__ = ["Outcome", "Plan", "plan", "run_screening", "unrelaxed"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """
    One candidate done.

    Parameters
    ----------
    doc
        The result.
    cached
        True where nothing was computed.
    """

    doc: ScreeningDoc
    cached: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """
    What a screening has to do, and what is there already.

    Parameters
    ----------
    done
        Results that the store holds.
    assess
        Candidates that need no relaxation, or whose relaxation the store holds.
    relax
        Candidates to relax.
    """

    done: tuple[ScreeningDoc, ...]
    assess: tuple[tuple[Candidate, RelaxationDoc | None], ...]
    relax: tuple[Candidate, ...]


def plan(
    candidates: Sequence[Candidate], results: Results, reference: Reference, backend: Backend
) -> Plan:
    """
    Sort candidates by what is left to do.

    Parameters
    ----------
    candidates
        All candidates.
    results
        Store of earlier results.
    reference
        Energies of competing phases. Where they are on another scale than the backend's, a
        relaxation would be of no use and candidates are assessed by composition.
    backend
        Source of relaxations.

    Returns
    -------
    Plan
        Earlier failures are tried again.

    Raises
    ------
    InputError
        If the reference is read from the store of the results.
    """
    if resolved(results.location) in reference.stores:
        raise InputError(
            f"the results would change the reference {reference.name!r} while it is used: write "
            "them into another store with --store."
        )
    useful = _is_useful(reference, backend)
    covered = set(reference.table.elements)
    done, assess, relax = [], [], []
    for candidate in candidates:
        identity = None
        if (
            useful
            and candidate.structure is not None
            and covered.issuperset(parse(candidate.formula))
        ):
            identity = relaxation_id(candidate.structure, backend)
        found = results.screening(
            screening_id(candidate.label, candidate.formula, identity, reference)
        )
        if found is not None and found.state != "failed":
            done.append(found)
            continue
        relaxation = None if identity is None else results.relaxation(identity)
        if identity is None or relaxation is not None:
            assess.append((candidate, relaxation))
        else:
            relax.append(candidate)
    return Plan(tuple(done), tuple(assess), tuple(relax))


def _is_useful(reference: Reference, backend: Backend) -> bool:
    """Tell whether relaxations can meet a reference, or are of interest in themselves."""
    return backend.is_mock or shares_hull(backend.method, reference.scale)


def unrelaxed(
    candidates: Sequence[Candidate], reference: Reference, backend: Backend
) -> str | None:
    """
    Say why structures are not relaxed.

    Parameters
    ----------
    candidates
        All candidates.
    reference
        Energies of competing phases.
    backend
        Source of relaxations.

    Returns
    -------
    str or None
        A sentence, or None where they are.
    """
    if _is_useful(reference, backend) or not any(one.structure for one in candidates):
        return None
    return (
        f"{backend.method} energies cannot share a hull with {reference.name}: candidates are "
        "assessed by composition, without relaxation."
    )


def run_screening(
    todo: Plan,
    results: Results,
    reference: Reference,
    backend: Backend,
    workers: int,
    files: str | None = None,
) -> Generator[Outcome, None, None]:
    """
    Carry a plan out; each outcome is saved before it is handed on.

    Parameters
    ----------
    todo
        As made by `plan`.
    results
        Store to save in.
    reference
        Energies of competing phases.
    backend
        Source of relaxations.
    workers
        Processes that relax.
    files
        Folder to keep the files of calculations in; None to keep none.

    Yields
    ------
    Outcome
        In order of completion. Closing the iterator stops the workers.

    Raises
    ------
    BackendError
        If the backend is not installed, or its processes die.
    """
    record = _record(todo, reference, backend)
    asked = [candidate for candidate, _ in todo.assess] + list(todo.relax)
    results.save([record, *map(_candidate_document, asked)])
    for doc in todo.done:
        yield Outcome(doc, cached=True)
    work = Work(backend, reference.given or reference.name, reference.correction, files)
    counts: Counter[str] = Counter()
    try:
        with closing(_carried_out(todo, results, reference, work, workers)) as outcomes:
            for outcome in outcomes:
                counts[outcome.doc.state] += 1
                yield outcome
    finally:
        results.save([record.model_copy(update={**counts, "ended": now()})])


def _carried_out(
    todo: Plan, results: Results, reference: Reference, work: Work, workers: int
) -> Generator[Outcome, None, None]:
    """Assess and relax what is left to do."""
    for candidate, relaxation in todo.assess:
        doc = _assessed(candidate, reference, relaxation)
        results.save_screening(doc)
        yield Outcome(doc, cached=relaxation is not None)
    for candidate, outputs in run_flows(todo.relax, work, results.location, workers):
        yield Outcome(_save(candidate, outputs, results, reference), cached=False)


def _record(todo: Plan, reference: Reference, backend: Backend) -> RunDoc:
    """Write down what is asked for."""
    record = RunDoc(
        id="",
        backend=backend.name,
        method=backend.method,
        reference=reference.name,
        reference_checksum=reference.checksum,
        correction=reference.correction,
        candidates=len(todo.done) + len(todo.assess) + len(todo.relax),
        finished_before=len(todo.done),
    )
    content = record.model_dump(mode="json", exclude={"id"})
    return record.model_copy(update={"id": fingerprint(content)})


def _candidate_document(candidate: Candidate) -> CandidateDoc:
    """Write a candidate down."""
    crystal = candidate.structure
    structure = None if crystal is None else StructureDoc.from_structure(crystal)
    known = [candidate.label, candidate.formula]
    numbers = None if structure is None else structure.model_dump(mode="json")
    return CandidateDoc(
        id=fingerprint([*known, numbers]),
        label=candidate.label,
        formula=candidate.formula,
        source=candidate.source,
        structure=structure,
    )


def _assessed(
    candidate: Candidate, reference: Reference, relaxation: RelaxationDoc | None
) -> ScreeningDoc:
    """Assess a candidate that needs no relaxation; what the reference lacks is its failure."""
    known = (candidate.label, candidate.formula, candidate.source, reference)
    try:
        return screening_document(*known, relaxation)
    except InputError as error:
        return failed_document(*known, str(error))


def _save(
    candidate: Candidate, outputs: list[Document] | str, results: Results, reference: Reference
) -> ScreeningDoc:
    """Save what a worker computed, or why it could not."""
    if isinstance(outputs, str):
        doc = failed_document(
            candidate.label, candidate.formula, candidate.source, reference, outputs
        )
    else:
        results.save_relaxation(next(out for out in outputs if isinstance(out, RelaxationDoc)))
        doc = next(out for out in outputs if isinstance(out, ScreeningDoc))
    results.save_screening(doc)
    return doc
