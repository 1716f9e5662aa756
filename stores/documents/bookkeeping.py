"""Data dictionary, continued: candidates, entries, runs, and the searchable summary of a result.

Energies are eV, lengths Å, voltages V against Na/Na+. An unknown value is null.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads annotations at run time)
from typing import Literal

from pydantic import Field

from trona.stores.defaults import SUMMARY_SCHEMA_VERSION
from trona.stores.provenance import versions, who

from .results import SCHEMA_VERSION, Document, EnergyScaleDoc, StructureDoc, now

__all__ = ["CandidateDoc", "EntryDoc", "RunDoc", "SummaryDoc"]


class CandidateDoc(Document):
    """A candidate for screening: its name, composition and starting structure."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of label, formula and starting structure.")
    label: str = Field(description="Name of the candidate.")
    formula: str = Field(description="Formula as given.")
    source: str = Field(description="Where the candidate comes from.")
    structure: StructureDoc | None = Field(
        description="Starting structure; null for a bare composition."
    )
    created: datetime = Field(default_factory=now, description="When it was requested, UTC.")
    who: str | None = Field(default_factory=who, description="User and host that screened it.")


class EntryDoc(Document):
    """A relaxation on an energy scale: what enters a hull, or why nothing does."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of relaxation, method, energy scale and trona.")
    relaxation_id: str = Field(
        description="The relaxation: a content hash of starting structure and settings."
    )
    label: str = Field(description="Candidate that was relaxed.")
    formula: str = Field(description="Reduced formula.")
    state: Literal["admitted", "rejected"] = Field(
        description="'rejected': the energy cannot enter a hull."
    )
    reason: str | None = Field(description="Why it was rejected.")
    method: str = Field(description="Functional or potential of the relaxation.")
    energy: float | None = Field(
        description="Corrected energy, eV per formula unit; null where rejected."
    )
    energy_scale: EnergyScaleDoc = Field(
        description="Scale that it is on: that of the reference, where the two share a hull."
    )
    correction: str = Field(description="Correction scheme of the reference, as a user writes it.")
    volume: float | None = Field(description="Å³ per formula unit; null where rejected.")
    volume_change: float | None = Field(
        description="Relative change of cell volume in the relaxation; null if unknown."
    )
    space_group: str = Field(description="International symbol after the relaxation.")
    band_gap: float | None = Field(description="eV; null if not computed.")
    concerns: list[str] = Field(description="Changes by custodian that may touch the energy.")
    relaxed: datetime = Field(description="When the relaxation ended, UTC.")
    versions: dict[str, str] = Field(
        default_factory=versions, description="Versions of the packages used."
    )
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )


class SummaryDoc(Document):
    """The searchable summary of a screening result: flat, small, derived from the result alone."""

    schema_version: int = Field(
        default=SUMMARY_SCHEMA_VERSION,
        description="Version of summaries; those of a lower version are rebuilt.",
    )
    id: str = Field(description="Of the screening result.")
    label: str = Field(description="Name of the candidate.")
    formula: str = Field(description="Formula as given.")
    elements: list[str] = Field(description="Elements, sorted.")
    anions: str = Field(
        description="Anion system: anions by a hyphen as in 'O-S', 'BH' for hydroborates, 'none'."
    )
    state: Literal["completed", "rejected", "failed"] = Field(description="As in the result.")
    reason: str | None = Field(description="Why it was rejected or failed.")
    reference: str = Field(description="Name of the reference energies.")
    reference_checksum: str = Field(description="Of its data and correction scheme.")
    correction: str | None = Field(description="Correction scheme; null where not recorded.")
    method: str | None = Field(description="Functional or potential of the relaxation, if any.")
    energy_above_hull: float | None = Field(description="eV/atom; null where unknown.")
    mixture: bool | None = Field(
        description="True where the composition is not a phase of the reference."
    )
    reduction_limit: float | None = Field(description="V; null without a window.")
    oxidation_limit: float | None = Field(
        description="V; null where unbounded or without a window."
    )
    unbounded: bool = Field(description="True where there is a window without an upper end.")
    stabilized_reduction_limit: float | None = Field(
        description="Reduction limit with the electrolyte lowered onto the hull, V; null without."
    )
    interphase: str | None = Field(description="Class in contact with sodium at 0 V.")
    drawn_classes: list[str] = Field(
        description="Classes over the draws of energies, most frequent first; empty where no error "
        "is stated."
    )
    drawn_shares: list[float] = Field(description="Share of the draws in which each holds.")
    interphase_share: float | None = Field(
        description="Share of the draws in which the class holds; null where no error is stated."
    )
    severity: float | None = Field(
        description="Harm from 0 (stable) to 1 of the worst class that holds, with those that are "
        "worse, in more than a tenth of the draws; null where unknown."
    )
    reaction: str | None = Field(description="Balanced reaction at 0 V.")
    doubts: list[str] = Field(
        description="Why rankings list it separately, in sentences; empty where they do not."
    )
    products: list[str] = Field(description="Formulas of the products at 0 V.")
    product_amounts: list[float] = Field(
        description="Formula units of each product per formula unit of the candidate."
    )
    driving_force: float | None = Field(
        description="Energy released at 0 V, eV per electrolyte atom."
    )
    sodium_consumed: float | None = Field(description="Na accepted per formula unit at 0 V.")
    sodium_consumed_per_atom: float | None = Field(
        description="Na accepted per electrolyte atom at 0 V."
    )
    air_conditions: str | None = Field(
        description="Of moist air, in words; null where not requested."
    )
    air_reacts: bool | None = Field(description="Null where not asked for, or it cannot be said.")
    air_first_step: float | None = Field(
        description="First reaction with water, eV per H2O; null where none, or not asked for."
    )
    space_group: str | None = Field(description="After relaxation; null without a structure.")
    source: str = Field(description="Where the candidate comes from.")
    created: datetime = Field(description="When the result was computed, UTC.")
    who: str | None = Field(description="User and host that computed it.")
    project: str | None = Field(
        default=None, description="Project it was collected from; null if computed elsewhere."
    )

    @property
    def interphase_shares(self) -> dict[str, float]:
        """Class to share of the draws in which it holds."""
        return dict(zip(self.drawn_classes, self.drawn_shares, strict=True))


class RunDoc(Document):
    """One run of a screening: who requested what, when, and the outcome."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of what was asked, by whom and when.")
    backend: str = Field(
        description="Source of relaxations, as the user writes it; 'store' where a rebuild took "
        "those of the store."
    )
    method: str = Field(
        description="Its functional or potential with its version; in a rebuild, that of the "
        "reference."
    )
    reference: str = Field(description="Name of the reference energies.")
    reference_checksum: str = Field(description="Of its data and correction scheme.")
    correction: str | None = Field(
        description="Correction scheme; null where parts of the reference have their own."
    )
    candidates: int = Field(description="Candidates requested.")
    finished_before: int = Field(description="Of these, those with a result already.")
    completed: int = Field(default=0, description="Assessed by this run.")
    rejected: int = Field(default=0, description="Relaxed, but not fit for a hull.")
    failed: int = Field(default=0, description="Ended with an error.")
    started: datetime = Field(default_factory=now, description="When, UTC.")
    ended: datetime | None = Field(
        default=None,
        description="When it ended or was stopped, UTC; null if it was killed. For work submitted "
        "to a cluster, when it was submitted; its outcomes are counted when they are collected.",
    )
    versions: dict[str, str] = Field(
        default_factory=versions, description="Versions of the packages used."
    )
    who: str | None = Field(default_factory=who, description="User and host that ran it.")
