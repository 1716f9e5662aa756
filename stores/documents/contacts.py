"""Data dictionary of two materials in contact, and of a discharge to sodium metal."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads annotations at run time)

from pydantic import Field

from trona.stores.provenance import versions, who

from .results import (
    SCHEMA_VERSION,
    Document,
    EnergyScaleDoc,
    ObservationDoc,
    ProductDoc,
    now,
)

__all__ = [
    "ChargeDoc",
    "DischargeDoc",
    "InterfaceDoc",
    "KinkDoc",
    "PlateauDoc",
    "StateContactDoc",
]


class KinkDoc(Document):
    """A point of a mixing line where the products change, or one of its ends."""

    fraction: float = Field(description="Atomic fraction of the second material.")
    reaction: str = Field(
        description="Balanced reaction per formula unit of the first material, of the second "
        "where there is none of the first."
    )
    energy_per_atom: float = Field(description="Reaction energy, eV per atom of the reactants.")
    mixing_energy_per_atom: float = Field(
        description="Part of it that neither material releases alone, eV per atom."
    )
    energy_per_formula_unit: float | None = Field(
        description="Reaction energy, eV per formula unit of the first material; null at the end "
        "where there is none of it."
    )
    na_exchanged: float = Field(
        description="Sodium from the reservoir per atom of the reactants; 0 where closed."
    )
    products: dict[str, float] = Field(
        description="Formula to formula units per atom of the reactants."
    )
    interphase: str | None = Field(
        default=None,
        description="Class of the products: stable or decomposes where nothing reacts; null in "
        "older documents, as all that follows.",
    )
    electrons: str | None = Field(
        default=None, description="Whether electrons pass: conducted, blocked or unknown."
    )
    ions: str | None = Field(default=None, description="The same of sodium ions.")
    fraction_basis: str | None = Field(
        default=None, description="Of the fractions: volume, or atoms where a volume is missing."
    )
    metallic_fraction: float | None = Field(
        default=None, description="Metallic part of the products."
    )
    electronic_fraction: float | None = Field(
        default=None, description="Part that conducts electrons, metals included."
    )
    ionic_fraction: float | None = Field(
        default=None, description="Part that conducts sodium ions."
    )
    threshold_margin: float | None = Field(
        default=None,
        description="Distance of the electron-conducting part from being connected; negative below "
        "it, null without a reaction.",
    )
    ionic_threshold_margin: float | None = Field(
        default=None, description="The same of the part that conducts sodium ions."
    )
    volume_change: float | None = Field(
        default=None,
        description="Volume of the products over that of the reactants, minus 1, sodium of a "
        "reservoir not counted; null where a volume is unknown.",
    )
    uncertainty: float | None = Field(
        default=None,
        description="Standard deviation of mixing_energy_per_atom to first order, eV/atom; null "
        "where no error is stated for these energies or a pair of elements is open.",
    )
    shares: list[ProductDoc] = Field(
        default=[],
        description="Products with their properties; amounts are per atom of the reactants.",
    )


class StateContactDoc(Document):
    """What one state of an electrode does in contact."""

    formula: str = Field(description="Composition of the electrode in this state.")
    reacts: bool = Field(description="True where mixing releases energy.")
    statement: str = Field(description="The answer in a sentence.")
    answer: str = Field(
        default="", description="Products, energy and class in a sentence that names the state."
    )
    strongest: KinkDoc = Field(description="The kink that releases most by mixing.")


class ChargeDoc(Document):
    """An electrode in both states."""

    source: str = Field(description="Where both compositions come from.")
    voltage: float = Field(description="Mean voltage between them, computed, V against Na/Na+.")
    mixtures: list[str] = Field(
        description="States without a phase of their own: the voltage rests on what they "
        "decompose to."
    )
    discharged: StateContactDoc = Field(description="The state with more sodium.")
    charged: StateContactDoc = Field(description="The state with less.")


class InterfaceDoc(Document):
    """Reactions between two materials: what `trona interface --json` prints."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of both materials, voltage, reference and trona.")
    first: str = Field(description="First material, as asked for.")
    second: str = Field(description="Second material, as asked for.")
    voltage: float | None = Field(
        description="Voltage of a sodium reservoir, V; null where the contact is closed."
    )
    reference: str = Field(description="Name of the reference energies.")
    reference_checksum: str = Field(description="Of its data, as in a screening result.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    mixtures: list[str] = Field(description="Materials that are not phases of the reference.")
    reacts: bool = Field(description="True where mixing releases energy.")
    strongest: KinkDoc = Field(description="The kink that releases most by mixing.")
    lasting: KinkDoc | None = Field(
        default=None,
        description="Beside sodium metal, the kink whose products coexist with sodium: they "
        "classify the layer. Null elsewhere and in older documents: there the strongest does.",
    )
    kinks: list[KinkDoc] = Field(description="Ends and kinks, first material first.")
    statement: str = Field(
        default="",
        description="The answer in a sentence, with the phases on which it is based; empty in "
        "older "
        "documents.",
    )
    answer: str = Field(
        default="",
        description="What forms, how much is released, and what the layer does, in a sentence; "
        "empty in older documents.",
    )
    charge: ChargeDoc | None = Field(
        default=None,
        description="Both states of the electrode in the pair; null where they are neither known "
        "nor given.",
    )
    observed: list[ObservationDoc] = Field(
        default=[], description="Known experimental results on this pair."
    )
    open_pairs: list[str] = Field(
        default=[],
        description="Pairs of elements of both materials without a common phase in the "
        "reference, as "
        "'Ta-O': where there is one, a stronger reaction may be missing.",
    )
    caveats: list[str] = Field(default=[], description="Caveats, in sentences.")
    versions: dict[str, str] = Field(
        default_factory=versions, description="Versions of the packages used."
    )
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )


class PlateauDoc(Document):
    """A reaction at constant voltage on discharge."""

    voltage: float = Field(description="V against Na/Na+.")
    reaction: str = Field(description="Products above the voltage and sodium to products below.")
    sodium: float = Field(description="Sodium accepted per formula unit.")
    capacity: float = Field(description="Charge of this plateau, mAh per gram as written.")
    total: float = Field(description="Charge from infinite voltage to its end, mAh/g.")


class DischargeDoc(Document):
    """Equilibrium discharge of a composition: what `trona profile --json` prints."""

    formula: str = Field(description="As asked for; amounts are per this unit.")
    answer: str = Field(default="", description="The answer in a sentence.")
    reference: str = Field(description="Name of the reference energies.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    molar_mass: float = Field(description="g/mol of formula units as written.")
    capacity: float = Field(description="Charge from infinite voltage to 0 V, mAh/g.")
    plateaus: list[PlateauDoc] = Field(description="In order of discharge, highest voltage first.")
    open_pairs: list[str] = Field(
        default=[],
        description="Pairs of its elements without a common phase in the reference, as 'Fe-O'.",
    )
    caveats: list[str] = Field(default=[], description="Caveats, in sentences.")
