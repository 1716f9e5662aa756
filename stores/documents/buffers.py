"""Data dictionary of buffer layers and of the contacts of a cell."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads annotations at run time)

from pydantic import Field

from trona.stores.provenance import versions, who

from .results import SCHEMA_VERSION, Document, EnergyScaleDoc, now

__all__ = ["BufferDoc", "CellContactDoc", "CellDoc", "LayerAirDoc", "LayerDoc", "TouchDoc"]


class TouchDoc(Document):
    """The strongest reaction of two materials in contact."""

    first: str = Field(description="One material.")
    second: str = Field(description="The other.")
    voltage: float | None = Field(
        description="Voltage of a sodium reservoir, V; null where the contact is closed."
    )
    released: float = Field(description="Energy released at most by mixing, eV/atom of both.")
    reaction: str | None = Field(description="Balanced reaction; null where there is none.")
    products: list[str] = Field(default=[], description="Formulas of the products.")
    interphase: str | None = Field(
        default=None,
        description="Class of the products; null without a reaction, or where not requested.",
    )


class LayerAirDoc(Document):
    """A layer beside H2O and CO2 of moist air."""

    verdict: str = Field(
        description="'no reaction', 'hydrate', 'reacts' (more than is tolerated), or 'unknown' "
        "where the reference cannot say."
    )
    released: float | None = Field(
        description="Driving force of that reaction, eV per atom of the layer; null where unknown."
    )
    reaction: str | None = Field(description="Balanced reaction; null without one.")
    reason: str | None = Field(description="Why it is unknown; null where it is not.")


class LayerDoc(Document):
    """A layer between an electrolyte and an electrode."""

    place: int = Field(description="In the ranking, from 1.")
    formula: str = Field(description="Of the layer.")
    id: str | None = Field(description="Of its phase in the reference; null for a mixture.")
    grade: str = Field(description="'fits', 'reacts weakly', 'unknown' (electrons) or 'vetoed'.")
    gates: dict[str, str] = Field(
        default={},
        description="Gate to outcome: 'phase stability', 'window', 'electrolyte', 'electrode', "
        "'electrons', 'Na+' and 'air' to 'passes', 'weak', 'vetoed', 'unknown' or 'not asked'. "
        "Neither Na+ nor air is ever 'vetoed'.",
    )
    open_pairs: list[str] = Field(
        default=[],
        description="Pairs of elements of layer and neighbours without a common phase, as 'Ta-O': "
        "where there is one, the layer stands apart. Not looked for where it is vetoed.",
    )
    alarms: list[str] = Field(
        default=[],
        description="What its window or energy has that no known compound has, in sentences: the "
        "layer then stands apart. Not looked for where it is vetoed.",
    )
    missing: list[str] = Field(
        default=[],
        description="Phases known to be missing from the reference that it could form by itself "
        "or with a neighbour. Not looked for where it is vetoed.",
    )
    vetoes: list[str] = Field(description="Why it is vetoed.")
    drawbacks: list[str] = Field(description="What speaks against it.")
    unknown: list[str] = Field(description="What no source states.")
    worst: float = Field(description="Largest energy that it releases anywhere, eV/atom.")
    energy_above_hull: float | None = Field(description="eV/atom; null for a mixture.")
    at_low: float = Field(
        description="Released by its own reaction with sodium at the lowest potential of the "
        "electrode, beyond its energy above hull, eV/atom."
    )
    at_high: float = Field(description="The same at the highest potential.")
    class_at_low: str | None = Field(
        default=None,
        description="Class of what it becomes by that; null where that is tolerated, or where the "
        "layer is vetoed and was not named by the user.",
    )
    class_at_high: str | None = Field(
        default=None, description="The same at the highest potential."
    )
    contacts: list[TouchDoc] = Field(
        description="With the electrolyte first, then with the states of the electrode; those at "
        "the potentials of the electrode only where it is not vetoed."
    )
    reduction_limit: float | None = Field(
        default=None, description="Of its own window, V; null without one, or where it is vetoed."
    )
    oxidation_limit: float | None = Field(
        default=None, description="V; null without one, where unbounded, or where it is vetoed."
    )
    tolerated_reduction_limit: float | None = Field(
        default=None, description="The same at the tolerated energy, V."
    )
    tolerated_oxidation_limit: float | None = Field(
        default=None, description="The same at the tolerated energy, V."
    )
    electronic: str = Field(description="'metal', 'narrow-gap', 'insulator' or 'unknown'.")
    electronic_source: str = Field(description="Source.")
    ionic: str = Field(description="'conductor', 'insulator' or 'unknown', for Na⁺.")
    ionic_source: str = Field(description="Source.")
    band_gap: float | None = Field(description="eV; null where unknown.")
    volume: float | None = Field(description="Å³/atom; null where unknown.")
    air: LayerAirDoc | None = Field(
        default=None,
        description="In moist air; null where it was not asked: of vetoed ones, of those that "
        "stand apart, and beyond the best 50.",
    )


class BufferDoc(Document):
    """Layers between an electrolyte and an electrode: what `trona buffer --json` prints."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of what was asked, reference and trona.")
    answer: str = Field(description="The answer in a sentence.")
    electrolyte: str = Field(description="As asked for.")
    electrode: str = Field(description="As asked for.")
    states: list[str] = Field(description="Of the electrode, richest in sodium first.")
    low: float = Field(description="Lowest potential of the electrode, V.")
    high: float = Field(description="Highest potential of the electrode, V.")
    statement: str = Field(description="Where the potentials come from, in a sentence.")
    tolerated: float = Field(description="Energy up to which reactions are tolerated, eV/atom.")
    veto: float = Field(description="Energy above which a layer is vetoed, eV/atom.")
    direct: list[TouchDoc] = Field(description="Electrolyte and electrode without a layer.")
    among: str = Field(description="Where the layers come from.")
    air: str | None = Field(
        description="Moist air that the best layers were put into, in words; null where the "
        "reference has none."
    )
    layers: list[LayerDoc] = Field(
        description="Best first; those with open pairs or alarms behind all others that pass. In a "
        "store without vetoed ones, unless there are 50 layers or fewer."
    )
    counts: dict[str, int] = Field(description="Number of layers of each grade, and 'apart'.")
    reference: str = Field(description="Name of the reference energies.")
    reference_checksum: str = Field(description="Of its data, as in a screening result.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    caveats: list[str] = Field(description="Caveats, in sentences.")
    versions: dict[str, str] = Field(
        default_factory=versions, description="Versions of the packages used."
    )
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )


class CellContactDoc(Document):
    """One contact of a cell."""

    side: str = Field(description="'anode' or 'cathode'.")
    electrode: str = Field(description="As asked for.")
    low: float = Field(description="Lowest potential of the electrode, V.")
    high: float = Field(description="Highest potential of the electrode, V.")
    at_low: float = Field(description="Released by the electrolyte at the lowest one, eV/atom.")
    at_high: float = Field(description="Released by the electrolyte at the highest one, eV/atom.")
    class_at_low: str = Field(description="Class of what the electrolyte becomes there.")
    class_at_high: str = Field(description="Class of what the electrolyte becomes there.")
    reaction_at_low: str = Field(description="What it becomes there.")
    reaction_at_high: str = Field(description="What it becomes there.")
    contacts: list[TouchDoc] = Field(description="Electrolyte with the states of the electrode.")
    worst: float = Field(description="Largest energy released here, eV/atom.")
    given: LayerDoc | None = Field(description="The layer that was given; null without.")
    best: list[LayerDoc] = Field(description="Best layers for this contact; none if none passes.")


class CellDoc(Document):
    """The contacts of a cell: what `trona cell --json` prints."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this dictionary.")
    id: str = Field(description="Content hash of what was asked, reference and trona.")
    answer: str = Field(description="The answer in a sentence.")
    anode: str = Field(description="As asked for.")
    electrolyte: str = Field(description="As asked for.")
    cathode: str = Field(description="As asked for.")
    buffer: str | None = Field(description="The layer that was given; null without.")
    contacts: list[CellContactDoc] = Field(description="Anode first.")
    worst: str = Field(description="The side on which most is released: 'anode' or 'cathode'.")
    reference: str = Field(description="Name of the reference energies.")
    reference_checksum: str = Field(description="Of its data, as in a screening result.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    caveats: list[str] = Field(description="Caveats, in sentences.")
    versions: dict[str, str] = Field(
        default_factory=versions, description="Versions of the packages used."
    )
    created: datetime = Field(default_factory=now, description="When, UTC.")
    who: str | None = Field(
        default_factory=who, description="User and host that computed it; null if not recorded."
    )
