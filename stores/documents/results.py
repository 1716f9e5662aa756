"""Data dictionary: every stored document, each field with its meaning and unit.

Energies are eV, lengths Å, voltages V against Na/Na+. An unknown value is null; documents hold
numbers, never solver objects.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from trona.stores.provenance import who

if TYPE_CHECKING:
    from pymatgen.core import Structure

__all__ = [
    "SCHEMA_VERSION",
    "AirVerdictDoc",
    "ContactDoc",
    "DependenceDoc",
    "Document",
    "EnergyScaleDoc",
    "ExclusionDoc",
    "FailureDoc",
    "LimitDependenceDoc",
    "LimitsDoc",
    "ObservationDoc",
    "ProductDoc",
    "ReferenceDoc",
    "RelaxationDoc",
    "RungDoc",
    "ScreeningDoc",
    "StructureDoc",
    "WindowDoc",
    "now",
]

SCHEMA_VERSION = 2
"""Raised when a stored document of an older trona can no longer be read as it is.

2 adds who computed a document, the method behind a result and the correction of its reference.
"""


_SHORT = 1000
"""Characters of a document in a text for people."""


def now() -> datetime:
    """
    Tell the time in UTC.

    Returns
    -------
    datetime
        With its time zone.
    """
    return datetime.now(UTC)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> type[BaseModel]:
        """Find documents that have moved where they were stored from before."""
        if name in {"DischargeDoc", "InterfaceDoc", "KinkDoc", "PlateauDoc"}:
            return getattr(import_module("trona.stores.documents.contacts"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Document(BaseModel):
    """Base of all documents; fields outside the data dictionary are refused."""

    model_config = ConfigDict(extra="forbid", defer_build=True)  # a command needs few of them

    def __repr__(self) -> str:
        """Write a document as Python would, cut where it would fill the screen."""
        text = super().__repr__()
        return text if len(text) <= _SHORT else f"{text[:_SHORT]} …)"


class EnergyScaleDoc(Document):
    """What makes energies comparable."""

    method: str = Field(description="Functional or potential with its version.")
    correction: str = Field(description="Named, versioned correction scheme.")
    zero: str = Field(description="'total' energies, or 'elements': formation energies.")


class ReferenceDoc(Document):
    """The reference energies that a result rests on."""

    name: str = Field(description="Loads it again: 'bundled', 'mp:Na-P-S@CHECKSUM', 'table:FILE'.")
    checksum: str = Field(description="SHA-256 of the reference data, first 16 digits.")
    n_phases: int = Field(description="Phases in the reference.")
    correction: str | None = Field(
        default=None,
        description="Correction scheme by which it is loaded again; null where its parts have "
        "schemes of their own, and in documents of schema version 1.",
    )
    origin: str = Field(default="", description="Database, version and date of the energies.")
    caveats: list[str] = Field(default=[], description="Caveats, in sentences.")


class DependenceDoc(Document):
    """How a limit depends on one phase."""

    formula: str = Field(description="The phase.")
    id: str = Field(description="Its identifier in the reference.")
    slope: float = Field(description="Change of the limit with its energy, V per eV/atom.")
    removed: float | None = Field(
        description="The limit without it, V; null for elements and the electrolyte itself."
    )


class LimitDependenceDoc(Document):
    """All that a limit depends on."""

    limit: str = Field(description="'reduction' or 'oxidation'.")
    voltage: float = Field(description="The limit, V.")
    sigma: float | None = Field(
        description="Error of each compound's energy, eV/atom; null if none was assumed."
    )
    sigma_by_class: dict[str, float] = Field(
        default={}, description="Class of compounds to what stands for it in place of sigma."
    )
    common: float | None = Field(
        default=None,
        description="Error that compounds of an element share, eV per atom of it; null if none "
        "was assumed.",
    )
    uncertainty: float | None = Field(
        description="Standard deviation of the limit over the draws, V; null without errors."
    )
    phases: list[DependenceDoc] = Field(description="Phases that move it, strongest first.")


class LimitsDoc(Document):
    """A range of voltage."""

    reduction_limit: float | None = Field(description="Lower end, V; null if there is none.")
    oxidation_limit: float | None = Field(
        description="Upper end, V; null where unbounded or if there is none."
    )


class ExclusionDoc(LimitsDoc):
    """A range of voltage found without some phases."""

    formulas: list[str] = Field(description="Phases left out.")


class ProductDoc(Document):
    """A product of a reaction."""

    formula: str = Field(description="Formula of the phase.")
    amount: float = Field(description="Formula units per formula unit of the electrolyte.")
    id: str = Field(description="Identifier of the phase in the reference.")
    fraction: float = Field(description="Part of all products, by volume or by atoms.")
    type: str | None = Field(
        default=None,
        description="Class of an interphase of this product alone; null in older documents.",
    )
    place: int | None = Field(
        default=None,
        description="Place by harm of the type among these products, 1 is worst, unknown last; "
        "null in older documents.",
    )
    electronic: str = Field(description="metal, narrow-gap, insulator or unknown.")
    electronic_source: str = Field(description="Source of the electronic class.")
    ionic: str = Field(description="Sodium-ion conductor, insulator or unknown.")
    ionic_source: str = Field(description="Source of the sodium-ion class.")


class RungDoc(Document):
    """A range of voltage with one set of products."""

    voltage_lower: float = Field(description="Lower end, V; 0 is sodium metal.")
    voltage_upper: float | None = Field(description="Upper end, V; null where unbounded.")
    reaction: str = Field(description="Balanced reaction per formula unit.")
    reaction_kind: str = Field(
        description="none, reduction, oxidation or disproportionation (sodium leaves even at 0 V)."
    )
    na_exchanged: float = Field(
        description="Sodium accepted per formula unit; negative where it is released."
    )
    energy_per_atom: float = Field(
        description="Reaction energy at energy_voltage, eV per electrolyte atom."
    )
    energy_voltage: float = Field(
        description="Voltage of that energy, V: the end farther from the window, if bounded."
    )
    interphase: str = Field(
        description="stable, passivating, growth-stops, blocking, mixed-conducting, "
        "growth-goes-on, electronic-conductor, decomposes or unknown."
    )
    interphase_shares: dict[str, float] = Field(
        default={},
        description="Class to share of the draws of energies in which it holds there, at 0 V in a "
        "stored ladder, most frequent first; empty where none were drawn.",
    )
    electrons: str = Field(description="conducted, blocked or unknown through the products.")
    ions: str = Field(description="Sodium ions: conducted, blocked or unknown.")
    fraction_basis: str = Field(description="'volume', or 'atoms' where a volume is missing.")
    metallic_fraction: float = Field(description="Known metallic part of the products.")
    electronic_fraction: float = Field(
        description="Known electron-conducting part, metals included."
    )
    ionic_fraction: float = Field(description="Known sodium-ion-conducting part.")
    threshold_margin: float | None = Field(
        description="How far the deciding electron-conducting fraction is above its threshold; "
        "negative below; null without reaction."
    )
    ionic_threshold_margin: float | None = Field(
        default=None, description="The same of the ion-conducting fraction."
    )
    volume_change: float | None = Field(
        description="Volume of the products over that of the electrolyte, minus 1; sodium metal "
        "is not counted; null where a volume is missing."
    )
    sodium_charge_per_um: float | None = Field(
        default=None,
        description="Sodium taken up per µm of electrolyte consumed, mAh/cm²; negative where it "
        "leaves; null where the electrolyte's volume is missing.",
    )
    sodium_thickness_per_um: float | None = Field(
        default=None,
        description="The same in µm of sodium metal; null where a volume is missing.",
    )
    products: list[ProductDoc] = Field(description="The products.")
    tied: list[str] = Field(description="Phases that could take part at no cost.")


class ObservationDoc(Document):
    """An experimental observation of a composition, and the prediction for it."""

    quantity: str = Field(description="reduction limit, oxidation limit, products or interphase.")
    observed: str = Field(description="As the source has it.")
    electrode: str | None = Field(description="What the electrolyte touched; null for a limit.")
    source: str = Field(description="Where it was published.")
    predicted: str = Field(description="The same quantity, predicted; contacts for sodium at 0 V.")
    verdict: Literal["agree", "disagree", "cannot say"] = Field(description="Of trona.")
    reason: str = Field(description="Why.")

    @property
    def sentence(self) -> str:
        """Everything in one line."""
        place = "" if self.electrode is None else f" on {self.electrode}"
        kind = "" if self.quantity == "interphase" else f"{self.quantity} "
        said = {"agree": "agrees", "disagree": "disagrees"}.get(self.verdict, "cannot say")
        elsewhere = self.electrode not in {None, "sodium metal"}
        where = " for sodium at 0 V" if elsewhere else ""
        why = self.reason if said == "cannot say" else f"predicted {self.predicted}{where}."
        told = f"{said}: {why.strip()}" if why.strip() else f"{said}."
        return f"Observed{place}: {kind}{self.observed} ({self.source}); trona {told}"


class WindowDoc(Document):
    """Electrochemical stability of a composition."""

    formula: str = Field(description="As asked for; amounts are per this unit.")
    reference: str = Field(description="Name of the reference energies.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    energy_above_hull: float | None = Field(
        description="eV/atom; null for a mixture, whose own energy is unknown."
    )
    mixture: bool = Field(description="True where the composition is not a phase of the reference.")
    decomposition: str = Field(description="Equilibrium phases at fixed composition.")
    reduction_limit: float | None = Field(
        description="Lower end of the range without sodium exchange, V; null without such a range."
    )
    oxidation_limit: float | None = Field(
        description="Upper end of that range, V; null where unbounded or without such a range."
    )
    without_high_pressure: ExclusionDoc | None = Field(
        default=None,
        description="The range without phases made under high pressure only; null where those set "
        "no limit.",
    )
    tolerance: float | None = Field(
        default=None,
        description="Tolerated driving force, eV per electrolyte atom; null if none was asked for.",
    )
    tolerated: LimitsDoc | None = Field(
        default=None,
        description="Range in which no reaction releases more than that; null if none was asked "
        "for or no voltage releases so little.",
    )
    stabilized: LimitsDoc = Field(
        description="The same with the electrolyte lowered onto the hull; may be a single voltage."
    )
    ladder: list[RungDoc] = Field(description="All ranges of voltage, lowest first.")
    observed: list[ObservationDoc] = Field(
        default=[], description="Known experimental results on this composition."
    )
    open_pairs: list[str] = Field(
        default=[],
        description="Pairs of its elements without a common phase in the reference, as 'Ta-O': "
        "where there is one, classes are unknown and limits have no error.",
    )
    doubts: list[str] = Field(
        default=[],
        description="Why rankings list it separately, in sentences; empty where they do not.",
    )
    caveats: list[str] = Field(description="Caveats, in sentences.")


class StructureDoc(Document):
    """A crystal structure in plain numbers."""

    lattice: list[list[float]] = Field(description="Lattice vectors a, b, c as rows, Å.")
    species: list[str] = Field(description="Element of each site.")
    coordinates: list[list[float]] = Field(description="Fractional coordinates of each site.")

    @classmethod
    def from_structure(cls, structure: Structure) -> StructureDoc:
        """
        Write an ordered structure down, to five decimals.

        Parameters
        ----------
        structure
            One element per site.
        """
        return cls(
            lattice=structure.lattice.matrix.round(5).tolist(),
            species=[str(site.specie.symbol) for site in structure],
            coordinates=(structure.frac_coords.round(5) % 1.0).tolist(),
        )

    def to_structure(self) -> Structure:
        """Make a pymatgen structure of it."""
        from pymatgen.core import Structure  # noqa: PLC0415 (slow, not always needed)

        return Structure(self.lattice, self.species, self.coordinates)


class RelaxationDoc(Document):
    """A relaxation, reduced to what a hull needs."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of starting structure and settings.")
    label: str = Field(description="Candidate.")
    formula: str = Field(description="Reduced formula.")
    method: str = Field(description="Functional or potential with its version.")
    settings: dict[str, Any] = Field(description="Settings of the relaxation.")
    converged: bool | None = Field(description="Forces below the limit; null if not reported.")
    energy: float | None = Field(description="eV per cell, uncorrected.")
    max_force: float | None = Field(description="Largest remaining force, eV/Å.")
    n_steps: int | None = Field(description="Ionic steps.")
    n_sites: int = Field(description="Atoms in the cell.")
    volume_start: float = Field(description="Å³ per cell before.")
    volume: float = Field(description="Å³ per cell after.")
    space_group: str = Field(description="International symbol after the relaxation.")
    structure: StructureDoc = Field(description="Relaxed structure.")
    formula_start: str | None = Field(
        default=None, description="Reduced formula before; null if not recorded."
    )
    band_gap: float | None = Field(
        default=None, description="eV, of the last calculation; null if not computed."
    )
    corrections: list[str] = Field(
        default=[], description="Changes by custodian to make the calculations converge."
    )
    concerns: list[str] = Field(
        default=[], description="Those of its changes that may have changed the energy."
    )
    versions: dict[str, str] = Field(description="Versions of the packages used.")
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )

    @property
    def volume_change(self) -> float | None:
        """Relative change of the cell volume; None where no volume or no number is recorded."""
        if not self.volume_start > 0:
            return None
        change = self.volume / self.volume_start - 1.0
        return change if isfinite(change) else None


class FailureDoc(Document):
    """A calculation that ended with an error."""

    step: str = Field(description="Name of the job.")
    reason: str = Field(description="What went wrong, in one sentence.")


class ContactDoc(Document):
    """Reaction of an electrolyte in contact with sodium metal (0 V)."""

    reaction: str = Field(description="Balanced reaction per formula unit at 0 V.")
    products: list[str] = Field(description="Formulas of the products at 0 V.")
    interphase: str = Field(description="Class of the products at 0 V.")
    interphase_shares: dict[str, float] = Field(
        default={},
        description="Class to share of the draws of energies in which it holds, most frequent "
        "first; empty where no error is stated, and in older documents.",
    )
    driving_force: float = Field(
        description="Energy released at 0 V, eV per electrolyte atom; not negative."
    )
    sodium_consumed: float = Field(description="Sodium accepted per formula unit at 0 V.")
    sodium_consumed_per_atom: float = Field(
        description="Sodium accepted per electrolyte atom at 0 V."
    )
    sodium_consumed_per_volume: float | None = Field(
        description="Sodium atoms accepted per Å³ of electrolyte at 0 V; null without a volume."
    )


class AirVerdictDoc(Document):
    """Reaction of a screened candidate with moist air, from its composition, open to H2O only."""

    conditions: str = Field(description="Its conditions, in words.")
    temperature: float = Field(description="K.")
    water: float = Field(description="Partial pressure of H2O, bar.")
    released: float = Field(description="That of H2S and of every other evolved gas, bar.")
    reacts: bool | None = Field(description="Null where the reference cannot say.")
    first_step: float | None = Field(
        description="Energy of the first reaction with water, eV per H2O, negative where it "
        "occurs; null without a reaction with water."
    )
    onset_humidity: float | None = Field(
        description="Relative humidity above which it occurs; null without a reaction with water."
    )
    energy_per_atom: float = Field(description="Of the whole reaction, eV/atom.")
    reaction: str = Field(description="The whole reaction, balanced per formula unit.")
    hydrogen_sulfide: float = Field(description="mL at 25 °C and 1 bar per gram.")
    verdict: str = Field(description="In a sentence that names the conditions.")


class ScreeningDoc(Document):
    """One screened candidate: identity, outcome, and everything behind the outcome."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of candidate, energies, reference and thresholds.")
    label: str = Field(description="Name of the candidate.")
    formula: str = Field(description="Formula as given.")
    formula_reduced: str = Field(description="Reduced formula.")
    elements: list[str] = Field(description="Elements, sorted.")
    source: str = Field(description="Where the candidate comes from.")
    state: Literal["completed", "rejected", "failed"] = Field(
        description="'rejected': relaxed, but its energy cannot enter a hull; 'failed': an error."
    )
    reason: str | None = Field(description="Why it was rejected or failed.")
    reference: ReferenceDoc = Field(description="Reference energies used.")
    window: WindowDoc | None = Field(description="Window and ladder; null unless completed.")
    contact: ContactDoc | None = Field(description="Contact with sodium; null unless completed.")
    air: AirVerdictDoc | None = Field(
        default=None, description="In moist air; null where not requested."
    )
    relaxation_id: str | None = Field(description="The relaxation it is based on; null if none.")
    method: str | None = Field(
        default=None,
        description="Functional or potential of that relaxation; null if none or not recorded.",
    )
    space_group: str | None = Field(description="After relaxation; null without a structure.")
    volume_change: float | None = Field(
        description="Relative change of cell volume in the relaxation; null if none."
    )
    thresholds: dict[str, float] = Field(description="Connection thresholds, volume fractions.")
    versions: dict[str, str] = Field(description="Versions of the packages used.")
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )
    project: str | None = Field(
        default=None, description="Project it was collected from; null if computed elsewhere."
    )
