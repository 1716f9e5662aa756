"""Data dictionary, continued: completed segments of molecular dynamics."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads annotations at run time)

from pydantic import Field

from trona.stores.provenance import who

from .results import SCHEMA_VERSION, Document, StructureDoc, now

__all__ = ["SegmentDoc"]


class SegmentDoc(Document):
    """A piece of molecular dynamics."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
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
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )
