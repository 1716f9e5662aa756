"""Results in a store: saved, and searched by scientific criteria.

Queries use summaries, which are a small part of the size of results. A summary that is missing or
of an older schema (written by an older trona, or lost when a process was killed between two writes)
is rebuilt when it is found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from trona.stores.database.connect import open_documents
from trona.stores.documents.bookkeeping import (
    SUMMARY_SCHEMA_VERSION,
    EntryDoc,
    RunDoc,
    SummaryDoc,
)
from trona.stores.documents.migration import COLLECTIONS, collection_of, read_document
from trona.stores.documents.results import Document, RelaxationDoc, ScreeningDoc

from .filters import Filters
from .query_language import find_field
from .summaries import rank_summaries, summarize_screening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from maggma.core import Store

    from trona.screening.stability.ranking import Ranked
    from trona.stores.database.sqlite.collection import Collection
    from trona.stores.documents.buffers import BufferDoc, CellDoc
    from trona.stores.documents.contacts import InterfaceDoc

__all__ = ["RANK", "Filters", "Found", "Results"]

RANK = "rank"
"""Sort by the default ranking; what cannot be ranked comes last."""

_HEAD = ["id", "label", "reference", "air_conditions", "created"]
"""Fields of a summary that say whether a newer result replaces it."""
_BATCH = 500
"""Documents that are in memory at a time where all are gone through."""

Doc = TypeVar("Doc", bound=Document)


@dataclass(frozen=True, eq=False)
class Found:
    """
    A page of results that pass some filters.

    Parameters
    ----------
    total
        How many pass, on all pages.
    summaries
        Those of the page, in order.
    places
        Place in the ranking of all that pass, by id, of those that can be ranked.
    """

    total: int
    summaries: tuple[SummaryDoc, ...]
    places: Mapping[str, Ranked]


class Results:
    """
    The documents of one store.

    Parameters
    ----------
    location
        Path of an embedded store file, or a MongoDB URI.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    """

    def __init__(self, location: str) -> None:
        self.location = location
        self._opened: dict[str, Collection | Store] = {}
        self._store(ScreeningDoc)

    def _store(self, model: type[Document]) -> Collection | Store:
        """Open the collection of a kind of document, once."""
        name = collection_of(model)
        if name not in self._opened:
            self._opened[name] = open_documents(self.location, name)
        return self._opened[name]

    @property
    def empty(self) -> bool:
        """True where nothing was screened yet."""
        return int(self._store(ScreeningDoc).count()) == 0

    def state(self) -> str:
        """Say how many results there are and when the newest was computed."""
        store = self._store(ScreeningDoc)
        newest = store.query(properties=["created"], sort={"created": -1}, limit=1)
        return " ".join(map(str, (store.count(), *(one.get("created") for one in newest))))

    def close(self) -> None:
        """Close what was opened."""
        for store in self._opened.values():
            store.close()
        self._opened.clear()

    def save(self, docs: Sequence[Document]) -> None:
        """
        Insert or replace documents by their ids; results get their summaries.

        Parameters
        ----------
        docs
            Of any kinds of the data dictionary.
        """
        order = list(COLLECTIONS)
        for model in sorted(set(map(type, docs)), key=lambda one: order.index(collection_of(one))):
            rows = [doc.model_dump(mode="json") for doc in docs if type(doc) is model]
            self._store(model).update(rows, key="id")
        if summaries := [summarize_screening(doc) for doc in docs if isinstance(doc, ScreeningDoc)]:
            self.save(summaries)

    def save_relaxation(self, doc: RelaxationDoc) -> None:
        """Insert or replace a relaxation by its id."""
        self.save([doc])

    def save_screening(self, doc: ScreeningDoc) -> None:
        """Insert or replace a screening result by its id."""
        self.save([doc])

    def _one(self, model: type[Doc], identity: str) -> Doc | None:
        """Find a document by its id."""
        found = self._store(model).query_one({"id": identity})
        return None if found is None else read_document(model, found)

    def relaxation(self, identity: str) -> RelaxationDoc | None:
        """Find a relaxation by its id; None where there is none."""
        return self._one(RelaxationDoc, identity)

    def entry(self, identity: str) -> EntryDoc | None:
        """Find an entry by its id; None where there is none."""
        return self._one(EntryDoc, identity)

    def relaxations(self) -> list[RelaxationDoc]:
        """All relaxations, sorted by id."""
        found = self._store(RelaxationDoc).query(sort={"id": 1})
        return [read_document(RelaxationDoc, one) for one in found]

    def run(self, identity: str) -> RunDoc | None:
        """Find a call of a screening by its id; None where there is none."""
        return self._one(RunDoc, identity)

    def interfaces(self) -> list[InterfaceDoc]:
        """All interfaces, sorted by their materials and the time."""
        from trona.stores.documents.contacts import InterfaceDoc  # noqa: PLC0415 (see `COLLECTIONS`)

        found = self._store(InterfaceDoc).query(sort={"first": 1, "second": 1, "created": 1})
        return [read_document(InterfaceDoc, one) for one in found]

    def buffers(self) -> list[BufferDoc]:
        """All rankings of layers, sorted by their contact and the time."""
        from trona.stores.documents.buffers import BufferDoc  # noqa: PLC0415 (see `COLLECTIONS`)

        found = self._store(BufferDoc).query(sort={"electrolyte": 1, "electrode": 1, "created": 1})
        return [read_document(BufferDoc, one) for one in found]

    def cells(self) -> list[CellDoc]:
        """All cells, sorted by their materials and the time."""
        from trona.stores.documents.buffers import CellDoc  # noqa: PLC0415 (see `COLLECTIONS`)

        order: Any = {"anode": 1, "electrolyte": 1, "cathode": 1, "created": 1}
        return [read_document(CellDoc, one) for one in self._store(CellDoc).query(sort=order)]

    def screening(self, identity: str) -> ScreeningDoc | None:
        """Find a screening result by its id; None where there is none."""
        return self._one(ScreeningDoc, identity)

    def find(
        self,
        filters: Filters | None = None,
        *,
        sort: str = RANK,
        descending: bool = False,
        skip: int = 0,
        limit: int = 0,
    ) -> Found:
        """
        Find results that pass some filters, the newest of each candidate, reference and air.

        Parameters
        ----------
        filters
            All results by default.
        sort
            `RANK`, or a field as in an expression; unknown values come last.
        descending
            True to turn the order round.
        skip, limit
            Part of the ordered results; a limit of 0 is none.

        Returns
        -------
        Found
            The page, and how many there are.

        Raises
        ------
        InputError
            If there is no such field.
        StoreError
            If a document cannot be read by this version.
        """
        kept = self._passing(filters)
        places = {summary.id: place for place, summary in rank_summaries(kept)}
        ordered = _ordered(kept, sort, places, descending=descending)
        page = tuple(ordered[skip : skip + limit if limit else None])
        return Found(len(kept), page, {s.id: places[s.id] for s in page if s.id in places})

    def total(self) -> int:
        """Count the results, the newest of each candidate, reference and air."""
        self.complete()
        return len(_newest(self._store(SummaryDoc).query(properties=_HEAD)))

    def _passing(self, filters: Filters | None) -> list[SummaryDoc]:
        """Read the summaries that pass some filters, in no order."""
        filters = filters or Filters()
        current = self._current(filters.criteria())
        return [summary for summary in current if filters.mentions(summary)]

    def _current(self, criteria: dict[str, Any]) -> Iterator[SummaryDoc]:
        """Read the summaries that pass and are the newest of their candidate, reference and air."""
        self.complete()
        store = self._store(SummaryDoc)
        rows = list(store.query(criteria or None))
        labels = sorted({row["label"] for row in rows})
        within = {"label": {"$in": labels}} if len(labels) <= _BATCH else None
        heads: Iterable[dict[str, Any]] = rows
        if criteria:
            heads = store.query(within, properties=_HEAD)
        ids = _newest(heads)
        return (read_document(SummaryDoc, row) for row in rows if row["id"] in ids)

    def complete(self) -> int:
        """
        Make the summaries that are missing or of an older schema.

        Returns
        -------
        int
            How many were made.

        Raises
        ------
        StoreError
            If a result cannot be read by this version.
        """
        full, small = self._store(ScreeningDoc), self._store(SummaryDoc)
        current = {"schema_version": {"$gte": SUMMARY_SCHEMA_VERSION}}
        if full.count() == small.count(current):
            return 0
        known = set(small.distinct("id", current))
        missing = sorted(set(full.distinct("id")) - known)
        for part in self._parts(missing):
            self.save([summarize_screening(doc) for doc in part])
        return len(missing)

    def _parts(self, ids: Sequence[str]) -> Iterator[list[ScreeningDoc]]:
        """Read results by their ids, some at a time."""
        for at in range(0, len(ids), _BATCH):
            rows = self._store(ScreeningDoc).query({"id": {"$in": list(ids[at : at + _BATCH])}})
            yield [read_document(ScreeningDoc, row) for row in rows]

    def documents(self, summaries: Iterable[SummaryDoc]) -> list[ScreeningDoc]:
        """
        Read the results behind summaries.

        Parameters
        ----------
        summaries
            As found.

        Returns
        -------
        list of ScreeningDoc
            In the same order.
        """
        ids = [summary.id for summary in summaries]
        docs = {doc.id: doc for part in self._parts(ids) for doc in part}
        return [docs[identity] for identity in ids if identity in docs]

    def screenings(self, filters: Filters | None = None) -> list[ScreeningDoc]:
        """
        Screening results that pass some filters, the newest of each candidate, reference and air.

        Parameters
        ----------
        filters
            All results by default.

        Returns
        -------
        list of ScreeningDoc
            Sorted by label.

        Raises
        ------
        StoreError
            If a document cannot be read by this version.
        """
        return self.documents(_by_label(self._passing(filters)))

    def counts(self, by: Sequence[str], filters: Filters | None = None) -> Counter[tuple[str, ...]]:
        """
        Count results by some of their fields, as in how many are passivating per anion system.

        Parameters
        ----------
        by
            Fields as in an expression.
        filters
            All results by default.

        Returns
        -------
        collections.Counter
            Values of the fields, as text, to how many results have them.

        Raises
        ------
        InputError
            If there is no such field.
        """
        paths = [_path(name) for name in by]
        return Counter(
            tuple(_written(getattr(summary, path)) for path in paths)
            for summary in _by_label(self._passing(filters))
        )

    def named(self, label: str) -> list[ScreeningDoc]:
        """All current results of a candidate by label or formula, whatever the reference."""
        wanted = {"$or": [{"label": {"$eq": label}}, {"formula": {"$eq": label}}]}
        return self.documents(_by_label(self._current(wanted)))


def _path(name: str) -> str:
    """Find the field of a summary by the name that a user writes."""
    return find_field(name).path


def _written(value: object) -> str:
    """Write a value in one word."""
    if isinstance(value, list):
        return "-".join(map(str, value))
    return "unknown" if value is None else str(value)


def _by_label(summaries: Iterable[SummaryDoc]) -> list[SummaryDoc]:
    """Sort summaries by label, and by reference where that is the same."""
    return sorted(summaries, key=lambda one: (one.label, one.reference))


def _ordered(
    summaries: Sequence[SummaryDoc],
    sort: str,
    places: Mapping[str, Ranked],
    *,
    descending: bool,
) -> list[SummaryDoc]:
    """Sort summaries; those without a value come last, whichever way round."""
    if sort == RANK:
        values: dict[str, Any] = {identity: at for at, identity in enumerate(places)}
    else:
        path = _path(sort)
        values = {s.id: getattr(s, path) for s in summaries if getattr(s, path) is not None}
    by_label = _by_label(summaries)
    known = [one for one in by_label if one.id in values]
    unknown = [one for one in by_label if one.id not in values]
    return [*sorted(known, key=lambda one: values[one.id], reverse=descending), *unknown]


def _newest(heads: Iterable[dict[str, Any]]) -> set[str]:
    """Find the ids of the newest summary of each candidate, reference and air."""
    newest: dict[tuple[str, str, str | None], tuple[str, str]] = {}
    for head in heads:
        key = (head["label"], head["reference"], head.get("air_conditions"))
        age = (head["created"], head["id"])
        newest[key] = max(newest.get(key, age), age)
    return {identity for _, identity in newest.values()}
