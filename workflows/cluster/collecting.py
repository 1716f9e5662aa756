"""Collection of cluster results into the results store; collecting twice changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trona.screening.errors import InputError
from trona.stores.assess.screenings import outcome
from trona.stores.documents.results import RelaxationDoc, ScreeningDoc
from trona.stores.energies.entries import entry_document
from trona.stores.energies.kept import load_once

from .queue import TAG
from .tracking import standings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobflow_remote import JobController

    from trona.stores.collections.results import Results

    from .status import Standing

__all__ = ["Collected", "collect_results", "summed_up"]


@dataclass(frozen=True)
class Collected:
    """
    Outcome of a collection.

    Parameters
    ----------
    screenings
        Results that were new, failures among them.
    relaxations
        Number of relaxations that were new.
    known
        Number of results that the store had already.
    differing
        Candidates that a worker held against other reference energies than were meant.
    unloaded
        Candidates whose reference cannot be loaded here, with the reason: their entry, or the
        record of their failure, is not saved; a later collection saves it.
    """

    screenings: tuple[ScreeningDoc, ...]
    relaxations: int
    known: int
    differing: tuple[str, ...]
    unloaded: Mapping[str, str]


def collect_results(controller: JobController, results: Results) -> Collected:
    """
    Copy what the workers computed into the results store, and record what failed.

    Parameters
    ----------
    controller
        Queue and outputs.
    results
        Store to save in; what it has already is left as it is.

    Returns
    -------
    Collected
        Counts, and the new results.
    """
    rows = {one.id: one for one in standings(controller)}
    relaxations = _save_relaxations(controller, results)
    unloaded = _save_entries(controller, results)
    known, saved, differing = 0, [], []
    runs: dict[str, Counter[str]] = {}
    for doc, work in _documents(controller, rows, unloaded):
        if (run := work.get("run")) is not None:  # none where an earlier trona submitted
            runs.setdefault(run, Counter())[doc.state] += 1
        if doc.reference.checksum != work["checksum"]:
            differing.append(doc.label)
        if _is_new(results, doc):
            saved.append(doc.model_copy(update={"project": _name(controller)}))
            results.save_screening(saved[-1])
        else:
            known += 1
    _count(results, runs)
    return Collected(tuple(saved), relaxations, known, tuple(differing), unloaded)


def summed_up(parts: Sequence[Collected]) -> Collected:
    """
    Sum up the collections of several projects.

    Parameters
    ----------
    parts
        At least one.

    Returns
    -------
    Collected
        Counts added, results in a row.
    """
    return Collected(
        screenings=tuple(doc for part in parts for doc in part.screenings),
        relaxations=sum(part.relaxations for part in parts),
        known=sum(part.known for part in parts),
        differing=tuple(label for part in parts for label in part.differing),
        unloaded={label: why for part in parts for label, why in part.unloaded.items()},
    )


def _name(controller: JobController) -> str | None:
    """Name of the project of a queue."""
    return None if controller.project is None else controller.project.name


def _count(results: Results, runs: Mapping[str, Counter[str]]) -> None:
    """Write into the calls that submitted candidates what became of these, all anew."""
    for identity, counts in runs.items():
        run = results.run(identity)
        if run is None:  # the call is in another store
            continue
        states = ("completed", "rejected", "failed")
        counted = run.model_copy(update={state: counts[state] for state in states})
        if counted != run:
            results.save([counted])


def _save_relaxations(controller: JobController, results: Results) -> int:
    """Save the relaxations that the store does not have; gives their number."""
    count = 0
    for _, output in _outputs(controller, "RelaxationDoc"):
        relaxation = RelaxationDoc.model_validate(output)
        if results.relaxation(relaxation.id) is None:
            results.save_relaxation(relaxation)
            count += 1
    return count


def _save_entries(controller: JobController, results: Results) -> dict[str, str]:
    """Save the entries of relaxations; gives the candidates whose reference cannot be loaded."""
    unloaded = {}
    for work, output in _outputs(controller, "RelaxationDoc"):
        relaxation = RelaxationDoc.model_validate(output)
        try:
            reference = load_once(work["given"], work["correction"])
        except InputError as error:
            unloaded[relaxation.label] = str(error)
            continue
        entry = entry_document(relaxation, reference.scale, reference.scheme)
        if results.entry(entry.id) is None:
            results.save([entry])
    return unloaded


def _documents(
    controller: JobController, rows: Mapping[str, Standing], unloaded: dict[str, str]
) -> Iterator[tuple[ScreeningDoc, Mapping[str, Any]]]:
    """Read results, then write those of candidates that left none; with what was submitted."""
    documented = set()
    for work, output in _outputs(controller, "ScreeningDoc"):
        doc, row = ScreeningDoc.model_validate(output), rows.get(work["id"])
        documented.add(work["id"])
        if doc.state == "failed" and row is not None:
            if row.state != "failed":  # it was let go on since
                continue
            # A job that fails tells the queue why; what it leaves for later jobs stays behind.
            doc = doc.model_copy(update={"reason": row.reason})
        yield doc, work
    for row in rows.values():
        if row.state != "failed" or row.id in documented:
            continue
        try:
            reference = load_once(row.work["given"], row.work["correction"])
        except InputError as error:
            unloaded[row.label] = str(error)
            continue
        known = (row.label, row.work["formula"], row.work["source"], reference)
        doc = outcome(*known, row.reason or "unknown")
        yield doc, {**row.work, "checksum": doc.reference.checksum}


def _outputs(
    controller: JobController, kind: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Read what was submitted and the document of one kind that came of it."""
    key = f"metadata.{TAG}"
    wanted = {f"{key}.id": {"$exists": True}, "output.@class": kind}
    for found in controller.jobstore.docs_store.query(wanted, properties=["output", key]):
        yield found["metadata"][TAG], _plain(found["output"])


def _plain(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Leave out the keys by which monty would find the class again."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if not key.startswith("@")}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _is_new(results: Results, doc: ScreeningDoc) -> bool:
    """Tell whether a result says something that the store does not know."""
    found = results.screening(doc.id)
    if found is None or found.state == "failed":
        return found is None or (found.state, found.reason) != (doc.state, doc.reason)
    return doc.state not in {"failed", found.state}
