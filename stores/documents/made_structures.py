"""Data dictionary of generated candidates: the request, the result, and how it was obtained."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from .results import Document, StructureDoc

__all__ = ["ModelDoc", "TrialDoc"]

MODEL_SCHEMA_VERSION = 1
"""Raised when a stored model of an older trona can no longer be read as it is."""


class TrialDoc(Document):
    """One of the structures among which a model was chosen."""

    electrostatic: float | None = Field(
        description="Ewald energy of its formal charges, eV/atom; null where charges are unknown."
    )
    energy: float | None = Field(
        description="Energy after relaxation, eV/atom, uncorrected; null if not relaxed."
    )
    objection: str | None = Field(description="Why it was not eligible; null if it was.")
    space_group: str | None = Field(description="After relaxation; null if not relaxed.")
    volume: float = Field(description="Å³ per atom, relaxed where it was.")


class ModelDoc(Document):
    """A candidate structure that was made, with its provenance."""

    schema_version: int = Field(
        default=MODEL_SCHEMA_VERSION, description="Version of this dictionary."
    )
    label: str = Field(description="Name of the candidate.")
    kind: Literal["ordered", "hydroborate", "glass"] = Field(
        description="An ordered model of a crystal, anions placed on a lattice, or a quenched melt."
    )
    asked: dict[str, float] = Field(description="Asked composition, atoms per formula unit.")
    achieved: dict[str, float] = Field(description="Composition of the model, likewise.")
    formula: str = Field(description="Composition of the model as a formula.")
    deviation: float = Field(
        description="Largest difference between the two, atoms per formula unit."
    )
    source: str = Field(description="What it was made from, and how, in a sentence.")
    charges: dict[str, float] | None = Field(
        description="Formal charges that were counted; null where they are unknown."
    )
    supercell: list[list[int]] | None = Field(
        description="Vectors of the cell in those of the parent; null for a glass."
    )
    possible: int | None = Field(
        description="Arrangements in that cell, symmetry not considered; null for a glass."
    )
    distinct: int | None = Field(
        description="Symmetry-distinct ones, all of them ranked; null where they were sampled."
    )
    settings: dict[str, float | int | str] = Field(description="Limits, seeds, rates.")
    method: str | None = Field(description="Potential of the energies; null if not relaxed.")
    trials: list[TrialDoc] = Field(description="Structures that were compared, best first.")
    structure: StructureDoc = Field(description="The model: the first of the trials.")
    versions: dict[str, str] = Field(description="Versions of the packages used.")
    created: datetime = Field(default_factory=lambda: datetime.now(UTC), description="When, UTC.")

    @property
    def spread(self) -> float | None:
        """Energy of the highest eligible trial over that of the lowest, eV/atom."""
        energies = [
            trial.energy
            for trial in self.trials
            if trial.energy is not None and trial.objection is None
        ]
        return max(energies) - min(energies) if energies else None
