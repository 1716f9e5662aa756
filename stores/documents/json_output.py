"""Data dictionary of `trona window --json`: the stored window and what was requested beside it.

Units are those of `documents`; an unknown value is null.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .results import Document, LimitDependenceDoc, RungDoc, WindowDoc

__all__ = [
    "ClassesDoc",
    "ElectrodeDoc",
    "RankedProductDoc",
    "SpreadDoc",
    "UncertaintyDoc",
    "WindowAnswerDoc",
]


class RankedProductDoc(Document):
    """A product over the intervals of a ladder."""

    formula: str = Field(description="Formula of the phase.")
    id: str = Field(description="Identifier of the phase in the reference.")
    type: str = Field(description="Class of an interphase of this product alone.")
    electronic: str = Field(description="metal, narrow-gap, insulator or unknown.")
    ionic: str = Field(description="Sodium-ion conductor, insulator or unknown.")
    fraction: float = Field(description="Its largest part of the products of an interval.")
    fraction_basis: str = Field(description="Of volume, or of atoms where a volume is missing.")
    voltages: list[tuple[float, float | None]] = Field(
        description="Intervals in which it forms, V, lowest first; null where unbounded."
    )


class SpreadDoc(Document):
    """Distribution of a limit over draws of the energies."""

    mean: float = Field(description="V.")
    std: float = Field(description="Standard deviation, V.")
    low: float = Field(description="16th percentile, V.")
    high: float = Field(description="84th percentile, V.")


class ClassesDoc(Document):
    """Interphase classes at a voltage over draws of the energies."""

    voltage: float = Field(description="V against Na/Na+.")
    fractions: dict[str, float] = Field(
        description="Class to fraction of the draws, most frequent first; they add up to 1."
    )


class UncertaintyDoc(Document):
    """Uncertainty of limits and interphase classes due to errors of the energies."""

    sigma: float = Field(
        description="Standard deviation of the error of each compound's formation energy, eV/atom."
    )
    sigma_by_class: dict[str, float] = Field(
        default={},
        description="Class of compounds to what stands for it in place of sigma, eV/atom.",
    )
    common: float = Field(
        description="Standard deviation of the error that compounds of an element share, eV per "
        "atom of the element."
    )
    source: str = Field(description="Source of these errors.")
    model: str = Field(description="How energies are drawn.")
    samples: int = Field(description="Number of draws.")
    seed: int = Field(description="Of the generator of random numbers.")
    reduction: SpreadDoc = Field(
        description="Of the stabilised reduction limit, which every draw has."
    )
    oxidation: SpreadDoc | None = Field(
        description="Of the stabilised oxidation limit; null where unbounded."
    )
    with_window: float = Field(
        description="Fraction of draws in which a range of voltage is free of exchange."
    )
    interphases: list[ClassesDoc] = Field(description="At 0 V or at the voltages asked for.")


class ElectrodeDoc(Document):
    """An electrode, its potentials, and what the electrolyte does there at equilibrium."""

    formula: str = Field(description="As asked for.")
    basis: Literal["measured", "computed", "given"] = Field(
        description="Where its potential is from: a source, the reference energies, or the user."
    )
    mean: float = Field(description="Potential at which figures mark it, V.")
    takes: float = Field(
        description="Lowest potential at which it accepts sodium, V: a discharging cathode, a "
        "charging anode; 0 where sodium metal plates instead."
    )
    gives: float | None = Field(
        description="Highest potential at which it releases sodium, V: a discharging anode, a "
        "charging cathode; null where it holds none."
    )
    conditions: str | None = Field(description="Of the measurement; null if nothing is known.")
    source: str | None = Field(description="Of the measurement; null if nothing is known.")
    computed: float | None = Field(
        description="Computed potential at which figures would mark it, V; null if there is none."
    )
    computed_takes: float | None = Field(description="The computed potential of uptake, V.")
    computed_gives: float | None = Field(
        description="The computed potential of release, V; null where it holds no sodium."
    )
    difference: float | None = Field(description="The mean less the computed potential, V.")
    mixture: bool = Field(description="True where it has no phase of its own.")
    energy_above_hull: float | None = Field(
        description="eV/atom; null for a mixture and where nothing is computed; 0 for sodium metal."
    )
    statement: str = Field(description="What is known about its potential, in a sentence.")
    at_takes: RungDoc = Field(
        description="The electrolyte's reaction where it accepts sodium, with its energy there."
    )
    at_gives: RungDoc | None = Field(description="The same where it releases sodium.")


class WindowAnswerDoc(WindowDoc):
    """What `trona window --json` prints: the window and what else was asked for."""

    answer: str = Field(default="", description="The answer in a sentence or two.")
    products: list[RankedProductDoc] = Field(
        description="All products of the intervals given, most harmful type first, unknown last."
    )

    electrode: ElectrodeDoc | None = Field(
        default=None, description="The electrode asked for; null if none."
    )
    uncertainty: UncertaintyDoc | None = Field(
        default=None,
        description="Spread of limits and classes; null where switched off, or no error is stated "
        "for the energies (see caveats).",
    )
    no_uncertainty: str | None = Field(
        default=None, description="Why there is no uncertainty; null where there is one."
    )
    dependence: list[LimitDependenceDoc] | None = Field(
        default=None, description="What the limits depend on; null if not asked for."
    )
