"""Screening on this machine: resumable, each result saved as soon as it is available.

Results already in the store are not recomputed.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.stores.assess.screenings import outcome, screening_id, with_air
from trona.stores.database.connect import resolved
from trona.stores.documents.bookkeeping import RunDoc
from trona.stores.documents.results import Document, RelaxationDoc, ScreeningDoc, now
from trona.stores.energies.entries import entry_document, shares_hull
from trona.stores.provenance import fingerprint
from trona.workflows.candidates.sources import candidate_document
from trona.workflows.jobs.backends import Backend, relaxation_id
from trona.workflows.jobs.relaxation_passes import settled

from .pool import Work, relaxed, run_flows

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from trona.stores.collections.results import Results
    from trona.stores.documents.bookkeeping import CandidateDoc, EntryDoc
    from trona.stores.energies.atmosphere import Atmosphere
    from trona.stores.energies.references import Reference
    from trona.workflows.candidates.sources import Candidate

__all__ = ["Outcome", "Plan", "plan", "record", "run_screening", "unrelaxed", "written"]

_MOMENT = 0.5
"""s of assessments whose results are saved together: each transaction takes as long as one."""


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
    Remaining work of a screening, and results that exist already.

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
    candidates: Sequence[Candidate],
    results: Results,
    reference: Reference,
    backend: Backend,
    air: Atmosphere | None = None,
) -> Plan:
    """
    Group candidates by the work that remains.

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
    air
        Moist air to expose candidates to, if any.

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
    conditions = None if air is None else air.conditions
    wanted = []
    for candidate in candidates:
        identity = relaxation = None
        if (
            useful
            and candidate.structure is not None
            and covered.issuperset(parse(candidate.formula))
        ):
            relaxation = settled(candidate.structure, results, backend)
            identity = relaxation_id(candidate.structure, backend)
            identity = identity if relaxation is None else relaxation.id
        key = screening_id(candidate.label, candidate.formula, identity, reference, conditions)
        wanted.append((candidate, identity, relaxation, key))
    known = results.with_ids([key for *_, key in wanted])
    done, assess, relax = [], [], []
    for candidate, identity, relaxation, key in wanted:
        found = known.get(key)
        final = ("completed",) if identity and relaxation is None else ("completed", "rejected")
        if found is not None and found.state in final:
            done.append(found)
        elif identity is None or relaxation is not None:
            assess.append((candidate, relaxation))
        else:
            relax.append(candidate)
    # A table keeps some chemical systems laid out; in this order each is laid out once.
    assess.sort(key=lambda one: sorted(parse(one[0].formula)))
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
    air: Atmosphere | None = None,
    running: set[str] | None = None,
) -> Generator[Outcome, None, None]:
    """
    Execute a plan; each outcome is saved before it is yielded.

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
    air
        Moist air to expose candidates to, if any; as in the plan.
    running
        Is kept up to date with the labels of what is relaxed at the moment.

    Yields
    ------
    Outcome
        In order of completion. Closing the iterator stops the workers.

    Raises
    ------
    BackendError
        If the backend is not installed, or its processes die.
    """
    call = record(todo, reference, backend)
    results.save([call, *written(todo)])
    for doc in todo.done:
        yield Outcome(doc, cached=True)
    work, against = Work(backend, files=files), (reference, air)
    counts: Counter[str] = Counter()
    try:
        with closing(_carried_out(todo, results, against, work, workers, running)) as outcomes:
            for outcome in outcomes:
                counts[outcome.doc.state] += 1
                yield outcome
    finally:
        results.save([call.model_copy(update={**counts, "ended": now()})])


def _carried_out(
    todo: Plan,
    results: Results,
    against: tuple[Reference, Atmosphere | None],
    work: Work,
    workers: int,
    running: set[str] | None,
) -> Generator[Outcome, None, None]:
    """Assess and relax what is left to do."""
    yield from _assessed_together(todo, results, *against)
    done = run_flows(todo.relax, work, results.location, workers, running)
    for candidate, outputs in done:
        doc, more = _assessed(candidate, relaxed(outputs), *against)
        results.save([*more, doc])
        yield Outcome(doc, cached=False)


def _assessed_together(
    todo: Plan, results: Results, reference: Reference, air: Atmosphere | None
) -> Generator[Outcome, None, None]:
    """Assess what needs no relaxation; what takes a moment together is saved together."""
    made, done, begun = list[Document](), list[Outcome](), monotonic()
    try:
        for candidate, relaxation in todo.assess:
            doc, more = _assessed(candidate, relaxation, reference, air)
            made += [*more, doc]
            done.append(Outcome(doc, cached=relaxation is not None))
            if monotonic() - begun > _MOMENT:
                results.save(made)
                made = []
                yield from done
                done, begun = [], monotonic()
    finally:
        results.save(made)
    yield from done


def written(todo: Plan) -> list[CandidateDoc]:
    """
    Write the candidates of a plan down.

    Parameters
    ----------
    todo
        What is left to do; candidates that are done were written down before.

    Returns
    -------
    list of CandidateDoc
        One for each.
    """
    return [candidate_document(one) for one in (*(one for one, _ in todo.assess), *todo.relax)]


def record(todo: Plan, reference: Reference, backend: Backend) -> RunDoc:
    """
    Write down what is asked for.

    Parameters
    ----------
    todo
        As made by `plan`.
    reference
        Energies of competing phases.
    backend
        Source of relaxations.

    Returns
    -------
    RunDoc
        Without results yet.
    """
    call = RunDoc(
        id="",
        backend=backend.name,
        method=backend.method,
        reference=reference.name,
        reference_checksum=reference.checksum,
        correction=reference.correction,
        candidates=len(todo.done) + len(todo.assess) + len(todo.relax),
        finished_before=len(todo.done),
    )
    content = call.model_dump(mode="json", exclude={"id"})
    return call.model_copy(update={"id": fingerprint(content)})


def _assessed(
    candidate: Candidate,
    found: RelaxationDoc | str | None,
    reference: Reference,
    air: Atmosphere | None,
) -> tuple[ScreeningDoc, list[Document]]:
    """Assess a candidate: its result, and its relaxation and entry if it has them."""
    docs: list[Document] = []
    known: RelaxationDoc | EntryDoc | str | None = found
    if isinstance(found, RelaxationDoc):
        known = entry_document(found, reference.scale, reference.scheme)
        docs = [found, known]
    doc = outcome(candidate.label, candidate.formula, candidate.source, reference, known)
    if air is not None:
        doc = with_air(doc, reference, air)
    return doc, docs
