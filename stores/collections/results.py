"""Results in a store: saved, and searched by scientific criteria.

Queries use summaries, which are a small part of the size of results. A summary that is missing or
of an older schema (written by an older trona, or lost when a process was killed between two writes)
is rebuilt when it is found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trona.stores.database.connect import open_documents
from trona.stores.database.sqlite.collection import Collection
from trona.stores.defaults import SUMMARY_SCHEMA_VERSION

from .filters import Filters
from .query_language import find_field
from .stored import ALL, HEAD, RANKED, FieldReader
from .summaries import rank_summaries, summarize_screening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from maggma.core import Store

    from trona.screening.stability.ranking import Ranked
    from trona.stores.documents.bookkeeping import EntryDoc, RunDoc, SummaryDoc
    from trona.stores.documents.buffers import BufferDoc, CellDoc
    from trona.stores.documents.contacts import InterfaceDoc
    from trona.stores.documents.results import Document, RelaxationDoc, ScreeningDoc

__all__ = ["RANK", "Filters", "Found", "Results"]

RANK = "rank"
"""Sort by the default ranking; what cannot be ranked comes last."""

_SCREENINGS, _SUMMARIES = "screenings", "summaries"
_MENTIONED = ("formula", "source", "reason")
"""Fields that the text filter looks at, beside the label."""
_LABEL, _ID, _VERSION = map(HEAD.index, ("label", "id", "schema_version"))
_BATCH = 500
"""Documents that are in memory at a time where all are gone through."""


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
    references
        Names of the reference energies of all of them, and how many rest on each.
    """

    total: int
    summaries: tuple[SummaryDoc, ...]
    places: Mapping[str, Ranked]
    references: Mapping[str, int] = field(default_factory=dict)


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
        self._store(_SCREENINGS)

    def _store(self, name: str) -> Collection | Store:
        """Open a collection, once."""
        if name not in self._opened:
            self._opened[name] = open_documents(self.location, name)
        return self._opened[name]

    @property
    def empty(self) -> bool:
        """True where nothing was screened yet."""
        return int(self._store(_SCREENINGS).count()) == 0

    def state(self) -> str:
        """Say how many results there are and when the newest was computed."""
        store = self._store(_SCREENINGS)
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
        from trona.stores.documents.migration import COLLECTIONS, collection_of  # noqa: PLC0415
        from trona.stores.documents.results import ScreeningDoc  # noqa: PLC0415 (see `_read`)

        order = list(COLLECTIONS)
        for model in sorted(set(map(type, docs)), key=lambda one: order.index(collection_of(one))):
            rows = [doc.model_dump(mode="json") for doc in docs if type(doc) is model]
            self._store(collection_of(model)).update(rows, key="id")
        if summaries := [summarize_screening(doc) for doc in docs if isinstance(doc, ScreeningDoc)]:
            self.save(summaries)

    def save_relaxation(self, doc: RelaxationDoc) -> None:
        """Insert or replace a relaxation by its id."""
        self.save([doc])

    def save_screening(self, doc: ScreeningDoc) -> None:
        """Insert or replace a screening result by its id."""
        self.save([doc])

    def _one(self, name: str, identity: str) -> Any:  # noqa: ANN401 (of any kind)
        """Find a document of a collection by its id."""
        found = self._store(name).query_one({"id": identity})
        return None if found is None else _read(name, found)

    def _all(self, name: str, *order: str) -> list[Any]:
        """Read the documents of a collection, sorted by some fields."""
        found = self._store(name).query(sort=dict.fromkeys(order, 1))
        return [_read(name, one) for one in found]

    def relaxation(self, identity: str) -> RelaxationDoc | None:
        """Find a relaxation by its id; None where there is none."""
        found: RelaxationDoc | None = self._one("relaxations", identity)
        return found

    def entry(self, identity: str) -> EntryDoc | None:
        """Find an entry by its id; None where there is none."""
        found: EntryDoc | None = self._one("entries", identity)
        return found

    def relaxations(self) -> list[RelaxationDoc]:
        """All relaxations, sorted by id."""
        return self._all("relaxations", "id")

    def run(self, identity: str) -> RunDoc | None:
        """Find a call of a screening by its id; None where there is none."""
        found: RunDoc | None = self._one("runs", identity)
        return found

    def interfaces(self) -> list[InterfaceDoc]:
        """All interfaces, sorted by their materials and the time."""
        return self._all("interfaces", "first", "second", "created")

    def buffers(self) -> list[BufferDoc]:
        """All rankings of layers, sorted by their contact and the time."""
        return self._all("buffers", "electrolyte", "electrode", "created")

    def cells(self) -> list[CellDoc]:
        """All cells, sorted by their materials and the time."""
        return self._all("cells", "anode", "electrolyte", "cathode", "created")

    def screening(self, identity: str) -> ScreeningDoc | None:
        """Find a screening result by its id; None where there is none."""
        found: ScreeningDoc | None = self._one(_SCREENINGS, identity)
        return found

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
        fields = ALL
        if limit:
            fields = RANKED if sort == RANK else _with(RANKED, _path(sort))
        kept = self._passing(filters, fields)
        places = {summary.id: place for place, summary in rank_summaries(kept)}
        page = _ordered(kept, sort, places, descending=descending)[skip:]
        if limit:
            page = self._completed(page[:limit])
        return Found(
            len(kept),
            tuple(page),
            {s.id: places[s.id] for s in page if s.id in places},
            dict(sorted(Counter(one.reference for one in kept).items())),
        )

    def _completed(self, page: Sequence[SummaryDoc]) -> list[SummaryDoc]:
        """Read all fields of the summaries on a page, in its order."""
        ids = [one.id for one in page]
        found = [
            summary
            for at in range(0, len(ids), _BATCH)
            for summary in self._summaries(
                ALL, self._rows(ALL, {"id": {"$in": ids[at : at + _BATCH]}})
            )
        ]
        by_id = {one.id: one for one in found}
        return [by_id[identity] for identity in ids if identity in by_id]

    def total(self) -> int:
        """Count the results, the newest of each candidate, reference and air."""
        return len(_newest(self._every(HEAD)))

    def _passing(self, filters: Filters | None, fields: Sequence[str] = HEAD) -> list[SummaryDoc]:
        """Read some fields of the summaries that pass some filters, in no order."""
        filters = filters or Filters()
        if filters.text is not None:
            fields = _with(fields, *_MENTIONED)
        current = self._current(filters.criteria(), fields)
        return [summary for summary in current if filters.mentions(summary)]

    def _current(
        self, criteria: dict[str, Any], fields: Sequence[str] = ALL
    ) -> Iterator[SummaryDoc]:
        """
        Read the summaries that pass and are the newest of their candidate, reference and air.

        The fields begin with those of `HEAD`.
        """
        if not criteria:
            heads = rows = self._every(fields)
        else:
            self.complete()
            rows = self._rows(fields, criteria)
            labels = sorted({row[_LABEL] for row in rows})
            within = {"label": {"$in": labels}} if len(labels) <= _BATCH else {}
            heads = self._rows(HEAD, within) if rows else []
        ids = _newest(heads)
        return self._summaries(fields, (row for row in rows if row[_ID] in ids))

    def _every(self, fields: Sequence[str]) -> list[list[Any]]:
        """Read fields of all summaries, their version among them, once none is missing."""
        rows = self._rows(fields)
        current = sum(_is_current(row[_VERSION]) for row in rows)
        return self._rows(fields) if self.complete(current) else rows

    def _rows(
        self, fields: Sequence[str], criteria: dict[str, Any] | None = None
    ) -> list[list[Any]]:
        """Read fields of the summaries that match."""
        store = self._store(_SUMMARIES)
        if isinstance(store, Collection):
            return list(store.values(fields, criteria))
        found = store.query(criteria, properties=list(fields))
        return [[row.get(name) for name in fields] for row in found]

    def _summaries(
        self, fields: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> Iterator[SummaryDoc]:
        """Make summaries of their fields; what is unusual is read as a whole."""
        reader = FieldReader(fields)
        for row in rows:
            summary = reader.read(row) or self._one(_SUMMARIES, row[_ID])
            if summary is not None:  # nobody removed it meanwhile
                yield summary

    def complete(self, current: int | None = None) -> int:
        """
        Make the summaries that are missing or of an older schema.

        Parameters
        ----------
        current
            How many are of the schema, where that is known.

        Returns
        -------
        int
            How many were made.

        Raises
        ------
        StoreError
            If a result cannot be read by this version.
        """
        full, small = self._store(_SCREENINGS), self._store(_SUMMARIES)
        version = {"schema_version": {"$gte": SUMMARY_SCHEMA_VERSION}}
        if full.count() == (small.count(version) if current is None else current):
            return 0
        known = set(small.distinct("id", version))
        missing = sorted(set(full.distinct("id")) - known)
        for part in self._parts(missing):
            self.save([summarize_screening(doc) for doc in part])
        return len(missing)

    def _parts(self, ids: Sequence[str]) -> Iterator[list[ScreeningDoc]]:
        """Read results by their ids, some at a time."""
        for at in range(0, len(ids), _BATCH):
            rows = self._store(_SCREENINGS).query({"id": {"$in": list(ids[at : at + _BATCH])}})
            yield [_read(_SCREENINGS, row) for row in rows]

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
        docs = self.with_ids(ids)
        return [docs[identity] for identity in ids if identity in docs]

    def with_ids(self, ids: Sequence[str]) -> dict[str, ScreeningDoc]:
        """
        Find screening results.

        Parameters
        ----------
        ids
            Of results, stored or not.

        Returns
        -------
        dict
            Those that are there, by id.
        """
        return {doc.id: doc for part in self._parts(ids) for doc in part}

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
            for summary in _by_label(self._passing(filters, _with(HEAD, *paths)))
        )

    def named(self, label: str) -> list[ScreeningDoc]:
        """All current results of a candidate by label or formula, whatever the reference."""
        wanted = {"$or": [{"label": {"$eq": label}}, {"formula": {"$eq": label}}]}
        return self.documents(_by_label(self._current(wanted, HEAD)))


def _with(fields: Sequence[str], *more: str) -> tuple[str, ...]:
    """Add fields to others, each once."""
    return tuple(dict.fromkeys((*fields, *more)))


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


def _newest(heads: Iterable[Sequence[Any]]) -> set[str]:
    """Find the ids of the newest summary of each candidate, reference and air."""
    newest: dict[tuple[str, str, str | None], tuple[str, str]] = {}
    for label, reference, air, created, identity, *_ in heads:
        key, age = (label, reference, air), (created, identity)
        newest[key] = max(newest.get(key, age), age)
    return {identity for _, identity in newest.values()}


def _is_current(version: object) -> bool:
    """Tell whether a summary need not be made again."""
    return isinstance(version, int) and version >= SUMMARY_SCHEMA_VERSION


def _read(name: str, content: dict[str, Any]) -> Any:  # noqa: ANN401 (of any kind)
    """Read a document of a collection; pydantic is slow to import, and most queries need none."""
    from trona.stores.documents.migration import COLLECTIONS, read_document  # noqa: PLC0415

    return read_document(COLLECTIONS[name], content)
