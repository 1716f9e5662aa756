"""Builders that update results when relaxations, references or corrections change.

These are maggma builders: its runner (``mrun -n 2 rebuild.py``, with ``__builders__ =
builders(STORE)``) executes them in parallel, and so does `rebuild`. An item is one candidate; a
candidate that fails is recorded as failed and does not stop the others. A result that has the same
content hash and is not older than its relaxation is not recomputed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maggma.core import Builder

from trona.screening.errors import StoreError
from trona.stores.collections.summaries import summarize_screening
from trona.stores.collections.transfer import open_collection
from trona.stores.database.connect import resolved
from trona.stores.defaults import REFERENCE
from trona.stores.documents.bookkeeping import EntryDoc, RunDoc
from trona.stores.documents.migration import read_document
from trona.stores.documents.results import RelaxationDoc, now
from trona.stores.energies.entries import entry_document, entry_id, shares_hull
from trona.stores.energies.kept import load_once
from trona.stores.provenance import fingerprint

from .screenings import outcome, screening_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from maggma.core import Store

    from trona.stores.energies.references import Reference

__all__ = ["EntryBuilder", "ScreeningBuilder", "builders", "rebuild"]

_BATCH = 500

Row = dict[str, Any]


class EntryBuilder(Builder):
    """
    Put relaxations on the energy scale of a reference.

    Parameters
    ----------
    relaxations
        Store of relaxations; those that share a hull with the reference are used.
    entries
        Store of entries to bring up to date.
    reference, correction
        Names of reference energies and of their correction scheme.
    chunk_size
        Items that are on their way at a time.
    """

    def __init__(
        self,
        relaxations: Store,
        entries: Store,
        reference: str = REFERENCE,
        correction: str | None = None,
        chunk_size: int = _BATCH,
    ) -> None:
        self.relaxations, self.entries = relaxations, entries
        self.reference, self.correction = reference, correction
        self.done = 0
        super().__init__(sources=[relaxations], targets=[entries], chunk_size=chunk_size)

    def get_items(self) -> Iterator[Row]:
        """
        Read the relaxations that have no entry, or one that is older.

        Yields
        ------
        dict
            Relaxations as stored.
        """
        energies = load_once(self.reference, self.correction)
        methods = [
            method
            for method in self.relaxations.distinct("method")
            if shares_hull(method, energies.scale)
        ]
        heads = self.relaxations.query(
            {"method": {"$in": methods}}, properties=["id", "method", "created"]
        )
        wanted = {entry_id(head["id"], head["method"], energies.scale): head for head in heads}
        there = _ages(self.entries)
        todo = sorted(
            head["id"] for identity, head in wanted.items() if _older(there.get(identity), head)
        )
        self.total = len(todo)
        yield from _by_id(self.relaxations, todo)

    def process_item(self, item: Row) -> Row:
        """
        Make an entry.

        Parameters
        ----------
        item
            A relaxation as stored.

        Returns
        -------
        dict
            The entry; empty where the relaxation cannot be read: its candidate then fails.
        """
        energies = load_once(self.reference, self.correction)
        try:
            entry = entry_document(
                read_document(RelaxationDoc, item), energies.scale, energies.scheme
            )
        except Exception:
            self.logger.exception("no entry of the relaxation %s", item.get("id"))
            return {}
        return entry.model_dump(mode="json")

    def update_targets(self, items: Sequence[Row]) -> None:
        """
        Store entries.

        Parameters
        ----------
        items
            As made by `process_item`.
        """
        self.done += len(items)
        if entries := [item for item in items if item]:
            self.entries.update(entries, key="id")


class ScreeningBuilder(Builder):
    """
    Screen the candidates of a store again from their entries.

    Parameters
    ----------
    relaxations, entries
        Sources; entries are brought up to date before, by an `EntryBuilder`.
    screenings, summaries
        Results to bring up to date: the candidates are those that have one against any reference,
        and relaxations that belong to none.
    reference, correction
        Names of reference energies and of their correction scheme.
    chunk_size
        Items that are on their way at a time.
    """

    def __init__(
        self,
        relaxations: Store,
        entries: Store,
        screenings: Store,
        summaries: Store,
        reference: str = REFERENCE,
        correction: str | None = None,
        chunk_size: int = _BATCH,
    ) -> None:
        self.relaxations, self.entries = relaxations, entries
        self.screenings, self.summaries = screenings, summaries
        self.reference, self.correction = reference, correction
        self.done = 0
        self.states: Counter[str] = Counter()
        super().__init__(
            sources=[relaxations, entries],
            targets=[screenings, summaries],
            chunk_size=chunk_size,
        )

    def get_items(self) -> Iterator[Row]:
        """
        List the candidates whose result is missing, failed, or older than their relaxation.

        Yields
        ------
        dict
            Label, formula, source, the id of the relaxation and the entry made of it.
        """
        energies = load_once(self.reference, self.correction)
        properties = ["id", "label", "formula", "source", "state", "relaxation_id", "created"]
        heads = list(self.screenings.query(properties=[*properties, "reference.name"]))
        relaxed = {
            head["id"]: head
            for head in self.relaxations.query(
                properties=["id", "label", "formula", "method", "created"]
            )
        }
        there = {head["id"]: head for head in heads if head["state"] != "failed"}
        todo = []
        for item in _candidates(heads, relaxed, energies):
            identity = screening_id(item["label"], item["formula"], item["relaxation_id"], energies)
            source = relaxed.get(item["relaxation_id"])
            if _older(there.get(identity), source):
                todo.append(item)
        self.total = len(todo)
        for at in range(0, len(todo), _BATCH):
            yield from self._with_entries(todo[at : at + _BATCH], energies)

    def _with_entries(self, items: Sequence[Row], energies: Reference) -> Iterator[Row]:
        """Add to some candidates the entries that they are based on."""
        ids = [
            entry_id(item["relaxation_id"], item["method"], energies.scale)
            for item in items
            if item["method"] is not None
        ]
        entries = {row["relaxation_id"]: row for row in _by_id(self.entries, ids)}
        for item in items:
            yield {**item, "entry": entries.get(item["relaxation_id"])}

    def process_item(self, item: Row) -> Row:
        """
        Screen one candidate.

        Parameters
        ----------
        item
            As made by `get_items`.

        Returns
        -------
        dict
            The result and its summary; failed with the reason where anything goes wrong.
        """
        energies = load_once(self.reference, self.correction)
        known = (item["label"], item["formula"], item["source"], energies)
        try:
            doc = outcome(*known, _found(item))
        except Exception as error:
            self.logger.exception("%s fails", item["label"])
            doc = outcome(*known, f"{type(error).__name__}: {error}")
        face = summarize_screening(doc)
        return {"result": doc.model_dump(mode="json"), "summary": face.model_dump(mode="json")}

    def update_targets(self, items: Sequence[Row]) -> None:
        """
        Store results, then their summaries.

        Parameters
        ----------
        items
            As made by `process_item`.
        """
        self.done += len(items)
        self.states.update(item["result"]["state"] for item in items)
        if items:
            self.screenings.update([item["result"] for item in items], key="id")
            self.summaries.update([item["summary"] for item in items], key="id")


def _found(item: Mapping[str, Any]) -> EntryDoc | str | None:
    """Give the entry of a candidate, None where it was never relaxed, or why there is none."""
    if item["entry"] is not None:
        return read_document(EntryDoc, item["entry"])
    if item["relaxation_id"] is None:
        return None
    return f"its relaxation {item['relaxation_id']!r} is missing or cannot be read."


def _candidates(
    heads: Iterable[Row], relaxed: Mapping[str, Row], energies: Reference
) -> Iterator[Row]:
    """
    List each candidate once: as it was screened last, against this reference if ever.

    As in a screening, a relaxation that shares no hull with the reference is of no use, and the
    candidate is assessed by composition.
    """
    last: dict[str, Row] = {}

    def rank(head: Row) -> tuple[bool, bool, str]:
        here = head["reference"]["name"] == energies.name
        return here, head["relaxation_id"] is not None, head["created"]

    for head in heads:
        other = last.get(head["label"])
        if other is None or rank(head) > rank(other):
            last[head["label"]] = head
    for label, head in sorted(last.items()):
        source = relaxed.get(head["relaxation_id"])
        useful = source is None or shares_hull(source["method"], energies.scale)
        yield {
            "label": label,
            "formula": head["formula"],
            "source": head["source"],
            "relaxation_id": head["relaxation_id"] if useful else None,
            "method": source["method"] if source is not None and useful else None,
        }
    for identity, head in sorted(relaxed.items()):
        if head["label"] not in last and shares_hull(head["method"], energies.scale):
            yield {
                "label": head["label"],
                "formula": head["formula"],
                "source": f"relaxation {identity}",
                "relaxation_id": identity,
                "method": head["method"],
            }


def _ages(store: Store) -> dict[str, Row]:
    """Read when the documents of a store were made, by id."""
    return {row["id"]: row for row in store.query(properties=["id", "created"])}


def _older(there: Mapping[str, Any] | None, source: Mapping[str, Any] | None) -> bool:
    """Tell whether something is missing, or older than what it is made from."""
    if there is None:
        return True
    return source is not None and _time(there["created"]) < _time(source["created"])


def _time(text: str) -> datetime:
    """Read a stored time."""
    return datetime.fromisoformat(text)


def _by_id(store: Store, ids: Sequence[str]) -> Iterator[Row]:
    """Read documents by their ids, some at a time."""
    for at in range(0, len(ids), _BATCH):
        yield from store.query({"id": {"$in": list(ids[at : at + _BATCH])}})


def builders(
    location: str, reference: str = REFERENCE, correction: str | None = None
) -> list[EntryBuilder | ScreeningBuilder]:
    """
    Make the builders that bring a store up to date, in order: what ``__builders__`` of mrun wants.

    Parameters
    ----------
    location
        Store: path or URI.
    reference, correction
        Names of reference energies and of their correction scheme.

    Returns
    -------
    list of Builder
        Entries first, then results.
    """
    return list(_both(location, reference, correction))


def _both(
    location: str, reference: str, correction: str | None
) -> tuple[EntryBuilder, ScreeningBuilder]:
    """Make the two builders of a store."""
    relaxations = open_collection(location, "relaxations")
    entries = open_collection(location, "entries")
    screenings = open_collection(location, "screenings")
    summaries = open_collection(location, "summaries")
    return (
        EntryBuilder(relaxations, entries, reference, correction),
        ScreeningBuilder(relaxations, entries, screenings, summaries, reference, correction),
    )


def rebuild(
    location: str,
    reference: str = REFERENCE,
    correction: str | None = None,
    processes: int = 1,
) -> tuple[int, int]:
    """
    Bring the entries and results of a store up to date with a reference, by maggma's runner.

    Parameters
    ----------
    location
        Store: path or URI.
    reference, correction
        Names of reference energies and of their correction scheme.
    processes
        That compute at a time.

    Returns
    -------
    tuple of int
        Entries and results that were made.

    Raises
    ------
    InputError
        If the reference or the store cannot be used, the reference is read from the same store, or
        something was left undone.
    """
    energies = load_once(reference, correction)
    if resolved(location) in energies.stores:
        raise StoreError(
            f"the reference {energies.name!r} is read from the store that is rebuilt: copy it to "
            "another with 'trona store copy'."
        )
    started = now()
    first, second = _both(location, reference, correction)
    entries, results = _run(first, processes), _run(second, processes)
    if results:
        _record(location, energies, second.states, started)
    return entries, results


def _record(
    location: str, energies: Reference, states: Mapping[str, int], started: datetime
) -> None:
    """Write down that candidates were assessed again, and what became of them."""
    call = RunDoc(
        id="",
        backend="store",
        method=energies.scale.method,
        reference=energies.name,
        reference_checksum=energies.checksum,
        correction=energies.correction,
        candidates=sum(states.values()),
        finished_before=0,
        started=started,
        ended=now(),
        **states,
    )
    content = call.model_dump(mode="json")
    runs = open_collection(location, "runs")
    try:
        runs.update([{**content, "id": fingerprint(content)}], key="id")
    finally:
        runs.close()  # type: ignore[no-untyped-call]


def _run(builder: EntryBuilder | ScreeningBuilder, processes: int) -> int:
    """Run a builder to its end; what it left out is an error."""
    from maggma.cli.multiprocessing import multi  # noqa: PLC0415 (changes how Python imports)
    from maggma.cli.serial import serial  # noqa: PLC0415

    if processes == 1:
        serial(builder, no_bars=True)
    else:
        asyncio.run(multi(builder, processes, no_bars=True))
    total = builder.total or 0
    if builder.done < total:
        raise StoreError(
            f"{total - builder.done} of {total} items were left out, as their process died: run "
            "the same command again; finished work is kept."
        )
    return total
