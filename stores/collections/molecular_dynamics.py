"""Completed segments of molecular dynamics in a store.

A long run is divided into segments, each stored when it ends, so that the run can be resumed.
"""

from __future__ import annotations

from trona.stores.database.connect import open_store
from trona.stores.documents.migration import collection_of, read_document
from trona.stores.documents.molecular_dynamics import SegmentDoc

__all__ = ["SegmentDoc", "Segments"]


class Segments:
    """
    Finished segments in a store.

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
        self._store = open_store(location, collection_of(SegmentDoc))

    def save(self, doc: SegmentDoc) -> None:
        """Insert or replace a segment by its id."""
        self._store.update(doc.model_dump(mode="json"), key="id")

    def find(self, identity: str) -> SegmentDoc | None:
        """Find a segment by its id; None where there is none."""
        found = self._store.query_one({"id": identity})
        return None if found is None else read_document(SegmentDoc, found)
