"""Data dictionary of moist air: the output of `trona air`. Energies are eV; nothing is stored."""

from __future__ import annotations

from pydantic import Field

from .results import Document, EnergyScaleDoc

__all__ = [
    "AirConditionsDoc",
    "AirDoc",
    "ExposureDoc",
    "FirstStepDoc",
    "GasDoc",
    "InterphaseAirDoc",
]


class AirConditionsDoc(Document):
    """Conditions that a verdict holds for."""

    temperature: float = Field(description="K.")
    relative_humidity: float = Field(description="Of saturation over liquid water, 0 to 1.")
    dew_point: float | None = Field(description="°C, over ice below 0 °C; null below -163 °C.")
    water: float = Field(description="Partial pressure of H2O, bar.")
    released: float = Field(description="That of H2S and of every other evolved gas, bar.")
    carbon_dioxide: float | None = Field(description="That of CO2, bar; null without.")
    oxygen: float = Field(description="That of O2, bar.")
    method: str = Field(description="'free-energies', or 'zhu-mo': entropy of gases only.")
    text: str = Field(description="The same in words.")


class GasDoc(Document):
    """An evolved gas."""

    formula: str = Field(description="Molecule.")
    amount: float = Field(description="Molecules per formula unit.")
    ml_per_g: float = Field(description="mL at 25 °C and 1 bar per gram of the electrolyte.")


class ExposureDoc(Document):
    """A composition beside some gases of the air."""

    open_to: list[str] = Field(description="Supplied molecules.")
    reacts: bool = Field(description="True if one of them is absorbed or evolved.")
    hydrate: bool = Field(description="True if it only forms a hydrate.")
    reaction: str = Field(description="Balanced reaction per formula unit.")
    energy_per_formula_unit: float = Field(
        description="Of the whole reaction, eV; decomposition included where metastable."
    )
    energy_per_atom: float = Field(description="The same, eV per atom of the composition.")
    energy_per_water: float | None = Field(
        description="The same, eV per H2O absorbed; null where none is."
    )
    taken: dict[str, float] = Field(
        description="Molecules absorbed per formula unit; negative where they are evolved."
    )
    products: dict[str, float] = Field(description="Formula units per formula unit.")
    gases: list[GasDoc] = Field(description="Gases among the products.")


class FirstStepDoc(Document):
    """Where water is taken up first."""

    reaction: str = Field(description="Balanced reaction per formula unit.")
    energy_per_water: float = Field(
        description="eV per H2O at the humidity asked for; negative where it occurs."
    )
    relative_humidity: float = Field(
        description="Above which it occurs; more than 1 exceeds saturation."
    )
    dew_point: float | None = Field(
        description="Above which it occurs, °C; null below -163 °C and above saturation."
    )


class InterphaseAirDoc(Document):
    """A product of the contact with sodium metal beside water."""

    formula: str = Field(description="The product.")
    reaction: str = Field(description="Balanced reaction with water per formula unit.")
    energy_per_formula_unit: float = Field(description="eV.")
    energy_per_atom: float = Field(description="eV per atom.")
    first_step: FirstStepDoc | None = Field(description="Null without a reaction with water.")


class AirDoc(Document):
    """A composition in moist air: what `trona air --json` prints."""

    formula: str = Field(description="As asked for; amounts are per this unit.")
    reference: str = Field(description="Name of the reference energies.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    conditions: AirConditionsDoc = Field(description="What the verdict holds for.")
    verdict: str = Field(description="In a sentence that names the conditions.")
    open_pairs: list[str] = Field(
        description="Pairs of elements, including oxygen, without a common phase: what would form "
        "may be missing."
    )
    mixture: bool = Field(description="True where the composition is not a phase of the reference.")
    energy_above_hull: float | None = Field(
        description="eV/atom at these conditions; null for a mixture."
    )
    first_step: FirstStepDoc | None = Field(
        description="First reaction with water alone; null without a reaction with water."
    )
    dries_below: float | None = Field(
        description="Relative humidity below which it loses water; null where it loses none."
    )
    water: ExposureDoc = Field(description="Open to H2O.")
    oxygen: ExposureDoc = Field(description="Open to O2.")
    carbon_dioxide: ExposureDoc | None = Field(description="Open to CO2; null without carbon.")
    water_and_carbon_dioxide: ExposureDoc | None = Field(
        description="Open to H2O and CO2; null without carbon."
    )
    air: ExposureDoc = Field(description="Open to all of them together.")
    interphase: list[InterphaseAirDoc] = Field(
        description="Products of the contact with sodium metal, beside water."
    )
    caveats: list[str] = Field(description="Caveats, in sentences.")
