"""Indexes of a MongoDB database, for the lookups of jobflow, updates and queries.

An embedded store does not need them for correct answers, and creates those it can use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .sqlite.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from maggma.core import Store

__all__ = ["FIELDS", "LISTED", "UNIQUE", "ensure_indexes", "keep_lists"]

FIELDS: Mapping[str, Sequence[str]] = {
    "candidates": ("created", "label"),
    "relaxations": ("created", "label", "method"),
    "entries": ("created", "relaxation_id"),
    "screenings": ("created", "label", "relaxation_id"),
    "summaries": (
        "schema_version",
        "created",
        "label",
        "reference",
        "state",
        "interphase",
        "energy_above_hull",
        "reduction_limit",
        "oxidation_limit",
        "elements",
        "anions",
        "products",
        "method",
    ),
    "interfaces": ("created", "first", "second"),
    "buffers": ("created", "electrolyte", "electrode"),
    "cells": ("created", "electrolyte"),
    "runs": ("started",),
    "segments": ("created", "label"),
    "jobs": ("last_updated", "completed_at", "hosts"),
    "data": ("last_updated", "job_uuid"),
}
"""Fields of each collection that are asked for, beside what identifies a document."""

LISTED: Mapping[str, Sequence[str]] = {
    "screenings": ("window.ladder.interphase", "window.ladder.products.formula"),
}
"""Fields within long lists that are asked for; a MongoDB indexes them as any other field."""

UNIQUE: Mapping[str, Sequence[str]] = {"jobs": ("uuid", "index"), "data": ("blob_uuid",)}
"""What identifies a document where it is not ``id``: jobflow looks up every output by both."""


def ensure_indexes(store: Collection | Store, collection: str) -> list[str]:
    """
    Make the indexes of a collection that are missing.

    Parameters
    ----------
    store
        Connected.
    collection
        Its name; one that is not ours gets the index of its key.

    Returns
    -------
    list of str
        What was not indexed before; for an embedded store, what it could make.
    """
    from maggma.stores import MongoStore  # noqa: PLC0415 (slow to import, and files need none)

    unique = tuple(UNIQUE.get(collection, (store.key,)))
    fields = FIELDS.get(collection, ())
    if not isinstance(store, MongoStore):
        made = [field for field in (*unique, *fields) if store.ensure_index(field)]
        return [*made, *keep_lists(store, collection)]
    fields = (*fields, *LISTED.get(collection, ()))
    documents = store._collection  # noqa: SLF001 (maggma asks the server once for each field)
    there: set[tuple[str, ...]] = {
        tuple(field for field, _ in one["key"]) for one in documents.index_information().values()
    }
    single: dict[tuple[str, ...], bool] = {(field,): False for field in fields}
    wanted = {unique: True} | single
    missing = {names: is_unique for names, is_unique in wanted.items() if names not in there}
    for names, is_unique in missing.items():
        documents.create_index([(name, 1) for name in names], unique=is_unique)
    return [", ".join(names) for names in missing]


def keep_lists(store: Collection | Store, collection: str) -> list[str]:
    """
    Have an embedded store keep the values within the long lists of a collection.

    Parameters
    ----------
    store
        Connected; another kind of store has nothing to keep.
    collection
        Its name.

    Returns
    -------
    list of str
        What it keeps; a file that cannot be written keeps nothing, and answers all the same.
    """
    if not isinstance(store, Collection):
        return []
    return [path for path in LISTED.get(collection, ()) if store.keep_list_values(path)]
