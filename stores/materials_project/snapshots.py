"""A snapshot of the Materials Project: its content, and the phases it provides; no files."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads annotations at run time)
from typing import TYPE_CHECKING

from pydantic import Field

from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.formulas import parse
from trona.stores.documents.results import Document
from trona.stores.provenance import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.corrections.schemes import Scheme

__all__ = ["KINDS", "METHODS", "SCHEMA_VERSION", "Snapshot", "SnapshotPhase", "band_gaps", "phases"]

KINDS = {"GGA_GGA+U": "mp", "R2SCAN": "mp-r2scan"}
"""Thermo types whose energies share one scale across sub-systems, by the name of the reference.

The Materials Project's mixed type GGA_GGA+U_R2SCAN is not among them: its corrections refer to the
hull of each entry's own chemical system, so that entries of several systems cannot share a hull.
"""

METHODS = {
    "GGA_GGA+U": "PBE and PBE+U, Materials Project",
    "R2SCAN": "r2SCAN, Materials Project",
}
"""Method of the energy scale, by thermo type."""

SCHEMA_VERSION = 1
"""Raised when a snapshot of an older trona can no longer be read as it is."""


class SnapshotPhase(Document):
    """One material of the Materials Project, reduced to what a hull needs."""

    material_id: str = Field(description="Identifier in the Materials Project.")
    formula: str = Field(description="Reduced formula.")
    energy_per_atom: float = Field(
        description="Corrected by the Materials Project, eV/atom.", allow_inf_nan=False
    )
    uncorrected_energy_per_atom: float = Field(
        description="As computed, eV/atom.", allow_inf_nan=False
    )
    run_type: str = Field(description="Functional of this energy, such as GGA or GGA+U.")
    volume_per_atom: float = Field(description="Å³ per atom.", gt=0, allow_inf_nan=False)
    space_group: str | None = Field(description="International symbol; null where unknown.")
    band_gap: float | None = Field(description="eV; null where unknown.", allow_inf_nan=False)

    @property
    def correction_per_atom(self) -> float:
        """Part of the energy that is the Materials Project's correction, eV/atom."""
        return self.energy_per_atom - self.uncorrected_energy_per_atom


class Snapshot(Document):
    """All materials of a chemical system and its sub-systems, as the API gave them on one day."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    elements: list[str] = Field(description="Elements of the chemical system, sorted.")
    thermo_type: str = Field(description="Thermo type of the Materials Project.")
    database_version: str = Field(description="Version of the Materials Project's database.")
    endpoint: str = Field(description="Host that answered.")
    fetched: datetime = Field(description="When, UTC.")
    client: str = Field(description="Version of the client that fetched it.")
    phases: list[SnapshotPhase] = Field(description="The materials, sorted by identifier.")

    @property
    def checksum(self) -> str:
        """Identify the data: the same answer on another day is the same snapshot."""
        return fingerprint(self.model_dump(mode="json", exclude={"fetched", "client"}))

    @property
    def system(self) -> str:
        """The chemical system, as in ``"Na-P-S"``."""
        return "-".join(self.elements)


def phases(snapshot: Snapshot, scheme: Scheme) -> tuple[Phase, ...]:
    """
    Make phases on one scale of a snapshot.

    Parameters
    ----------
    snapshot
        As read.
    scheme
        Correction scheme to apply to the corrected energies.

    Returns
    -------
    tuple of Phase
        Per reduced formula unit.
    """
    scale = EnergyScale(METHODS[snapshot.thermo_type], scheme.name)
    found = []
    for row in snapshot.phases:
        amounts = parse(row.formula)
        n_atoms = sum(amounts.values())
        found.append(
            Phase(
                id=row.material_id,
                formula=row.formula,
                amounts=amounts,
                energy=row.energy_per_atom * n_atoms + scheme.shift(amounts),
                scale=scale,
                source=f"Materials Project {snapshot.database_version}, {row.run_type}",
                volume=row.volume_per_atom * n_atoms,
                space_group=row.space_group,
            )
        )
    return tuple(found)


def band_gaps(rows: Sequence[SnapshotPhase]) -> dict[str, float]:
    """
    Band gaps of the lowest polymorphs.

    Parameters
    ----------
    rows
        Of a snapshot.

    Returns
    -------
    dict
        Formula to gap, eV, where the lowest polymorph's is known.
    """
    lowest: dict[str, SnapshotPhase] = {}
    for row in sorted(rows, key=lambda row: row.energy_per_atom):
        lowest.setdefault(row.formula, row)
    return {formula: row.band_gap for formula, row in lowest.items() if row.band_gap is not None}
