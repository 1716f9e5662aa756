"""Finished pieces of molecular dynamics: the data dictionary and its place in a store.

A long run is cut into segments; each is kept as it ends, so that the run can go on from there.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field

from trona.stores.database.connect import open_store
from trona.stores.documents.results import Document, StructureDoc

__all__ = ["SegmentDoc", "Segments"]

_COLLECTION = "segments"


class SegmentDoc(Document):
    """A piece of molecular dynamics."""

    id: str = Field(description="Content hash of starting structure, potential and settings.")
    label: str = Field(description="Run that it belongs to.")
    name: str = Field(description="'melt' or 'quench'.")
    start_temperature: float = Field(description="Of the thermostat at the beginning, K.")
    end_temperature: float = Field(description="Of the thermostat at the end, K.")
    steps: int = Field(description="Steps that were done.")
    time_step: float = Field(description="fs.")
    displacement: float = Field(
        description="Root mean square displacement of all atoms but sodium (nearest image), Å."
    )
    structure: StructureDoc = Field(description="Structure at the end.")
    versions: dict[str, str] = Field(description="Versions of the packages used.")
    created: datetime = Field(default_factory=lambda: datetime.now(UTC), description="When, UTC.")


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
        self._store = open_store(location, _COLLECTION)

    def save(self, doc: SegmentDoc) -> None:
        """Insert or replace a segment by its id."""
        self._store.update(doc.model_dump(mode="json"), key="id")

    def find(self, identity: str) -> SegmentDoc | None:
        """Find a segment by its id; None where there is none."""
        found = self._store.query_one({"id": identity})
        if found is None:
            return None
        found.pop("_id", None)
        return SegmentDoc.model_validate(found)
