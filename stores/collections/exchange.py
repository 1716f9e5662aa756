"""Import and export: JSON lines of whole documents, CSV and Parquet tables of current results.

A file is written completely or not at all; an imported file is checked as a whole before anything
is stored.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, get_args

from trona.screening.errors import InputError, StoreError
from trona.stores.documents.bookkeeping import SummaryDoc
from trona.stores.documents.migration import COLLECTIONS, collection_of, read_document
from trona.stores.documents.results import Document, ScreeningDoc

from .results import Results
from .summaries import summarize_screening
from .transfer import Copied, merge, open_collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["FORMATS", "export_store", "import_file"]

_SUMMARIES = collection_of(SummaryDoc)
_BATCH = 500


def export_store(
    location: str, path: Path, more: Mapping[str, Callable[[str, Path], int]] | None = None
) -> int:
    """
    Write documents into a file.

    Parameters
    ----------
    location
        Store: path or URI.
    path
        Ends in ``.jsonl`` (all documents of the data dictionary, one a line, to be imported
        again), ``.csv`` or ``.parquet`` (a table of the current results).
    more
        Further ways to write a file, by its ending.

    Returns
    -------
    int
        Documents or rows written.

    Raises
    ------
    StoreError
        If a document cannot be read.
    InputError
        If the file cannot be written, or its format is unknown.
    """
    formats = {**FORMATS, **(more or {})}
    write = formats.get(path.suffix.lower())
    if write is None:
        raise InputError(
            f"cannot write {str(path)!r}: end its name in {', '.join(formats)} to choose a format."
        )
    partial = path.with_name(path.name + ".part")
    try:
        number = write(location, partial)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror}.") from None
    finally:
        partial.unlink(missing_ok=True)
    return number


def _rows(location: str, collection: str) -> Iterator[Document]:
    """Read all documents of a collection, some at a time, by rising id."""
    store = open_collection(location, collection)
    try:
        ids = sorted(store.distinct("id"))
        for at in range(0, len(ids), _BATCH):
            found = store.query({"id": {"$in": ids[at : at + _BATCH]}}, sort={"id": 1})
            for row in found:
                yield read_document(COLLECTIONS[collection], row)
    finally:
        store.close()  # type: ignore[no-untyped-call]


def _write_lines(location: str, path: Path) -> int:
    """Write everything, one document a line under the name of its collection."""
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for collection in COLLECTIONS:
            if collection == _SUMMARIES:
                continue
            for doc in _rows(location, collection):
                line = {collection: doc.model_dump(mode="json")}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                number += 1
    return number


def _summaries(location: str) -> list[SummaryDoc]:
    """Read the current results in short, by label."""
    results = Results(location)
    try:
        found = results.find(sort="label").summaries
        return [SummaryDoc.model_validate(vars(one)) for one in found]
    finally:
        results.close()


def _write_csv(location: str, path: Path) -> int:
    """Write a table; lists are joined by spaces, unknown values are empty."""
    summaries = _summaries(location)
    names = list(SummaryDoc.model_fields)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for summary in summaries:
            row = summary.model_dump(mode="json")
            values = (row[name] for name in names)
            writer.writerow([" ".join(map(str, x)) if isinstance(x, list) else x for x in values])
    return len(summaries)


def _write_parquet(location: str, path: Path) -> int:
    """Write a table whose columns carry their meaning and unit."""
    try:
        import pyarrow as pa  # noqa: PLC0415 (only here)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise InputError(
            "Parquet needs the package 'pyarrow': install trona with its parquet extra, or export "
            "to .csv."
        ) from None
    types = {
        "str": pa.string(),
        "float": pa.float64(),
        "int": pa.int64(),
        "bool": pa.bool_(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "list of str": pa.list_(pa.string()),
        "list of float": pa.list_(pa.float64()),
    }
    columns = [
        pa.field(name, types[_kind(field.annotation)], metadata={"meaning": field.description})
        for name, field in SummaryDoc.model_fields.items()
    ]
    summaries = _summaries(location)
    rows = [summary.model_dump() for summary in summaries]
    parquet.write_table(pa.Table.from_pylist(rows, schema=pa.schema(columns)), path)
    return len(rows)


def _kind(annotation: Any) -> str:  # noqa: ANN401 (a type of any form)
    """Name the plain type of a field; null may stand in any."""
    if getattr(annotation, "__origin__", None) is list:
        return f"list of {_kind(get_args(annotation)[0])}"
    parts = [part for part in get_args(annotation) if part is not type(None)]
    if parts and isinstance(parts[0], str):
        return "str"
    return str((parts[0] if parts else annotation).__name__)


FORMATS: dict[str, Callable[[str, Path], int]] = {
    ".jsonl": _write_lines,
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
"""Ways to write a file, by its ending."""


def import_file(path: Path, location: str) -> list[Copied]:
    """
    Read documents from a file of JSON lines into a store.

    Parameters
    ----------
    path
        As `export_store` writes it, by this trona or an older one.
    location
        Store: path or URI; made where it is missing.

    Returns
    -------
    list of Copied
        One for each collection.

    Raises
    ------
    InputError
        If the file cannot be read.
    StoreError
        If a document does not validate, with line, document and field; nothing is stored then.
    """
    found: dict[str, int] = {}
    for collection, _ in _documents(path):
        found[collection] = found.get(collection, 0) + 1
    written = dict.fromkeys(found, (0, 0))
    batch: dict[str, list[Document]] = {name: [] for name in found}
    for collection, doc in _documents(path):
        batch[collection].append(doc)
        if len(batch[collection]) == _BATCH:
            written[collection] = _added(
                written[collection], _stored(location, collection, batch[collection])
            )
            batch[collection] = []
    for collection, docs in batch.items():
        written[collection] = _added(written[collection], _stored(location, collection, docs))
    return [Copied(name, found[name], *written[name]) for name in found]


def _added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Add two pairs of numbers."""
    return one[0] + other[0], one[1] + other[1]


def _stored(location: str, collection: str, docs: Sequence[Document]) -> tuple[int, int]:
    """Merge documents into a collection, results with their summaries."""
    if not docs:
        return 0, 0
    store = open_collection(location, collection)
    try:
        counted = merge(store, collection, [doc.model_dump(mode="json") for doc in docs])
    finally:
        store.close()  # type: ignore[no-untyped-call]
    if results := [doc for doc in docs if isinstance(doc, ScreeningDoc)]:
        _stored(location, _SUMMARIES, [summarize_screening(doc) for doc in results])
    return counted


def _documents(path: Path) -> Iterator[tuple[str, Document]]:
    """Read a file line by line, each checked."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _line(line, f"line {number} of {str(path)!r}")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"cannot read {str(path)!r}: {reason}. Give a file of JSON lines, as 'trona store "
            "export' writes it."
        ) from None


def _line(line: str, place: str) -> tuple[str, Document]:
    """Read a line: the name of a collection and a document of it."""
    try:
        content = json.loads(line)
    except ValueError:
        content = None
    names = list(content) if isinstance(content, dict) else []
    known = [name for name in COLLECTIONS if name != _SUMMARIES]
    if len(names) != 1 or names[0] not in known or not isinstance(content[names[0]], dict):
        raise StoreError(
            f"{place} is not a document: write {{COLLECTION: DOCUMENT}} with one of "
            f"{', '.join(known)}."
        )
    try:
        return names[0], read_document(COLLECTIONS[names[0]], content[names[0]])
    except StoreError as error:
        raise StoreError(f"{place}: {error} Nothing was imported.") from None
