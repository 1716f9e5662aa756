"""Descriptions of reference energies: of one reference, or of all that are available."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from trona.screening.errors import ReferenceDataError
from trona.stores.documents.answers import reference_sentence
from trona.stores.documents.results import Document, EnergyScaleDoc
from trona.stores.energies.bundled import SETS, bundled_data
from trona.stores.energies.references import load_reference
from trona.stores.materials_project import snapshot_files
from trona.stores.settings import Settings

from .assessment import scale_document

if TYPE_CHECKING:
    from trona.stores.energies.references import Reference
    from trona.stores.materials_project.snapshot_files import SnapshotFile

__all__ = ["AvailableDoc", "ReferenceInfoDoc", "available", "information"]


class ReferenceInfoDoc(Document):
    """Reference energies: what `trona reference info --json` prints."""

    answer: str = Field(description="What they hold, in a sentence.")
    name: str = Field(description="Loads exactly these energies.")
    origin: str = Field(description="Database, version and date, in words.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    checksum: str = Field(description="SHA-256 of data and correction scheme, first 16 digits.")
    n_phases: int = Field(description="Phases.")
    n_band_gaps: int = Field(description="Compositions with a band gap.")
    elements: list[str] = Field(description="Elements, sorted.")
    missing: dict[str, str] = Field(description="Formula to reason, of phases known to be missing.")
    as_measured: dict[str, float] = Field(
        description="Formula to what takes water, hydroxides, hydrates and molecules to measured "
        "enthalpies, eV per formula unit; largest first."
    )
    caveats: list[str] = Field(description="Caveats, in sentences.")


class AvailableDoc(Document):
    """Reference energies on this machine: a row of `trona reference list --json`."""

    name: str = Field(description="Loads exactly these energies.")
    method: str = Field(description="Functional, potential or thermo type.")
    version: str = Field(description="Version of the database; empty where there is none.")
    date: str = Field(description="When they were computed or fetched, as 2026-11-21.")
    n_phases: int | None = Field(description="Phases; null where the file cannot be used.")
    path: str | None = Field(description="The file; null for a set distributed with trona.")
    problem: str | None = Field(description="Why the file is not used; null for a sound one.")


def information(reference: Reference) -> ReferenceInfoDoc:
    """
    Write down what is known of reference energies.

    Parameters
    ----------
    reference
        Any.

    Returns
    -------
    ReferenceInfoDoc
        Without the phases themselves.
    """
    scale, elements = scale_document(reference.scale), list(reference.table.elements)
    held = (len(reference.phases), len(elements), len(reference.missing))
    return ReferenceInfoDoc(
        answer=reference_sentence(reference.name, scale.method, *held),
        name=reference.name,
        origin=reference.origin,
        energy_scale=scale,
        checksum=reference.checksum,
        n_phases=len(reference.phases),
        n_band_gaps=len(reference.band_gaps),
        elements=elements,
        missing=dict(reference.missing),
        as_measured=_as_measured(reference),
        caveats=list(reference.caveats),
    )


def _as_measured(reference: Reference) -> dict[str, float]:
    """Find what the corrections add that the energies themselves settle, largest first."""
    parts = [part for part in reference.scheme.parts if part.anchored]
    found = {
        phase.formula: sum(part.shift(phase.amounts, None) for part in parts)
        for phase in reference.phases
    }
    moved = [(formula, shift) for formula, shift in found.items() if shift]
    return dict(sorted(moved, key=lambda one: (-abs(one[1]), one[0])))


def available() -> list[AvailableDoc]:
    """
    List the bundled set and the snapshots, each opened and checked.

    Returns
    -------
    list of AvailableDoc
        Bundled first, then snapshots, newest database first.
    """
    folder = Path(Settings().references).expanduser()
    return [*map(_set, SETS), *map(_row, snapshot_files.files(folder))]


def _set(name: str) -> AvailableDoc:
    """Write down what a bundled set is."""
    data = bundled_data(name)
    return AvailableDoc(
        name=name,
        method=data["method"],
        version="",
        date=data["created"],
        n_phases=len(load_reference(name).phases),
        path=None,
        problem=None,
    )


def _row(file: SnapshotFile) -> AvailableDoc:
    """Open a snapshot and write down what it is, or why it is not used."""
    n_phases = problem = None
    try:
        n_phases = len(snapshot_files.read_snapshot(file).phases)
    except ReferenceDataError as error:
        problem = str(error)
    day = file.fetched[:8]
    return AvailableDoc(
        name=file.name,
        method=file.thermo_type,
        version=file.database_version,
        date=f"{day[:4]}-{day[4:6]}-{day[6:]}",
        n_phases=n_phases,
        path=str(file.path),
        problem=problem,
    )
