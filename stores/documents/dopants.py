"""Data dictionary of dopants: the output of `trona dopants`. Energies are eV; nothing is stored."""

from __future__ import annotations

from pydantic import Field

from .air import AirConditionsDoc, FirstStepDoc  # noqa: TC001 (read at run time)
from .results import Document, EnergyScaleDoc

__all__ = ["DopantDoc", "DopantsDoc", "DopedDoc"]


class DopedDoc(Document):
    """A composition beside moist air and beside sodium metal, taken as its stable phases."""

    formula: str = Field(description="Per formula unit of the host.")
    hydrolysis: float = Field(
        description="Of the whole reaction with moist air, eV per formula unit of the host."
    )
    hydrolysis_reaction: str = Field(description="Balanced, per formula unit of the host.")
    gas: float = Field(description="H2S, mL at 25 °C and 1 bar per gram.")
    reduction: float = Field(
        description="Of the reaction with sodium metal at 0 V, eV per formula unit of the host."
    )
    reduction_reaction: str = Field(description="Balanced, per formula unit of the host.")
    reduction_limit: float = Field(description="Voltage below which sodium is accepted, V.")
    interphase: str = Field(description="Class at 0 V.")


class DopantDoc(Document):
    """A dopant in a host."""

    element: str = Field(description="The dopant.")
    site: str = Field(description="Element that it replaces.")
    charge: float = Field(description="Its charge, which sodium balances.")
    amount: float = Field(description="Atoms of the dopant per formula unit of the host.")
    doped: DopedDoc = Field(description="The doped composition.")
    hydrolysis_change: float = Field(
        description="(hydrolysis − that of the host) / amount, eV per atom of the dopant; positive "
        "where less energy is released."
    )
    reduction_change: float = Field(description="The same of the reaction with sodium metal.")
    compound: str | None = Field(
        description="The host with all of the site replaced; null where that is not a centre."
    )
    compound_first_step: FirstStepDoc | None = Field(
        description="First reaction of that compound with water; null where it takes up none."
    )


class DopantsDoc(Document):
    """Dopants of a host on two axes: what `trona dopants --json` prints."""

    host: str = Field(description="As asked for.")
    fraction: float = Field(description="Of the atoms on the site that are replaced.")
    reference: str = Field(description="Name of the reference energies.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that the energies in air are on.")
    conditions: AirConditionsDoc = Field(description="What hydrolysis holds for.")
    open_to: list[str] = Field(description="Supplied molecules.")
    undoped: DopedDoc = Field(description="The host, in the same way.")
    dopants: list[DopantDoc] = Field(description="The least hydrolysed first.")
    left_out: dict[str, str] = Field(
        description="Elements that nothing can be said of, with the reason."
    )
    caveats: list[str] = Field(description="Caveats, in sentences.")
