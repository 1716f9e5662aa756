"""Interphase class of a set of products whose conductor properties are given as input.

The classes follow Wenzel, Leichtweiss, Krüger, Sann & Janek, Solid State Ionics 278 (2015) 98:
an interphase that conducts electrons keeps growing, one that blocks them stops. A property that is
unknown leaves the class unknown unless it cannot change the verdict; if only the sodium-ion
conduction is unknown, the class states whether growth stops or continues.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import isfinite, isnan
from typing import TYPE_CHECKING, Self

from trona.screening.errors import InputError
from trona.screening.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.equilibrium.phases import Phase

__all__ = [
    "Conduction",
    "Electronic",
    "Interphase",
    "InterphaseClass",
    "Ionic",
    "PhaseProperties",
    "PropertyTable",
    "Share",
    "Thresholds",
    "classify",
    "electronic_class",
]

METAL_GAP = 0.05
"""Band gaps below this (eV) are no gaps: the broadening of a band-structure calculation."""
NARROW_GAP = 1.0
"""PBE gaps below this (eV) count as conducting: a defect-rich, sodium-rich product has carriers."""


class Electronic(StrEnum):
    """How a phase conducts electrons."""

    METAL = "metal"
    NARROW_GAP = "narrow-gap"
    INSULATOR = "insulator"
    UNKNOWN = "unknown"


class Ionic(StrEnum):
    """How a phase conducts sodium ions."""

    CONDUCTOR = "conductor"
    INSULATOR = "insulator"
    UNKNOWN = "unknown"


class Conduction(StrEnum):
    """Verdict over a whole product set."""

    CONDUCTED = "conducted"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class InterphaseClass(StrEnum):
    """
    Kind of interphase, in order of rising harm; unknown last. One row for each.

    Where a class leaves the sodium ions open, its severity is that of the worse possibility.
    Severities lie on a scale from 0 to 1, in the order found for sodium interfaces (Deysher et al.,
    who measure interphases of 90 µm, 10 µm and none). Colours are those of Okabe & Ito (2008),
    readable with every colour vision.

    Parameters
    ----------
    value
        As results and stores hold it.
    short
        In narrow tables.
    meaning
        In words.
    colour
        In figures.
    style
        In a terminal, as rich names it.
    severity
        Harm; None where unknown.
    """

    short: str
    meaning: str
    colour: str
    style: str
    severity: float | None

    STABLE = ("stable", "stable", "no sodium is exchanged", "#009E73", "green", 0.0)
    PASSIVATING = (
        "passivating",
        "passivating",
        "conducts Na⁺, blocks electrons: growth stops (SEI)",
        "#56B4E9",
        "cyan",
        0.2,
    )
    GROWTH_STOPS = (
        "growth-stops",
        "stops growing",
        "blocks electrons, Na⁺ unknown: growth stops",
        "#1B3A57",
        "bright_blue",
        0.5,
    )
    BLOCKING = (
        "blocking",
        "blocking",
        "blocks both: growth stops, resistance remains",
        "#0072B2",
        "blue",
        0.5,
    )
    MIXED_CONDUCTING = (
        "mixed-conducting",
        "mixed (MCI)",
        "conducts both: growth continues, little polarisation (MCI)",
        "#E69F00",
        "yellow",
        0.8,
    )
    GROWTH_GOES_ON = (
        "growth-goes-on",
        "keeps growing",
        "conducts electrons, Na⁺ unknown: growth continues",
        "#F0E442",
        "bright_yellow",
        1.0,
    )
    ELECTRONIC_CONDUCTOR = (
        "electronic-conductor",
        "e⁻ conductor",
        "conducts electrons only: growth continues, resistance rises sharply",
        "#D55E00",
        "red",
        1.0,
    )
    DECOMPOSES = (
        "decomposes",
        "decomposes",
        "exchanges no sodium, but other phases take its place at equilibrium",
        "#CC79A7",
        "bright_magenta",
        1.0,
    )
    UNKNOWN = (
        "unknown",
        "unknown",
        "whether electrons pass is not known: a property is missing",
        "#999999",
        "magenta",
        None,
    )

    def __new__(
        cls,
        value: str,
        short: str = "",
        meaning: str = "",
        colour: str = "",
        style: str = "",
        severity: float | None = None,
    ) -> Self:
        """Make a member that is its value and carries the rest; a look-up gives the value alone."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.short, made.meaning, made.colour = short, meaning, colour
        made.style, made.severity = style, severity
        return made

    @property
    def reacts(self) -> bool:
        """False where no sodium is exchanged with an electrode."""
        return self not in {InterphaseClass.STABLE, InterphaseClass.DECOMPOSES}


_CLASSES = {
    (Conduction.BLOCKED, Conduction.CONDUCTED): InterphaseClass.PASSIVATING,
    (Conduction.BLOCKED, Conduction.BLOCKED): InterphaseClass.BLOCKING,
    (Conduction.CONDUCTED, Conduction.CONDUCTED): InterphaseClass.MIXED_CONDUCTING,
    (Conduction.CONDUCTED, Conduction.BLOCKED): InterphaseClass.ELECTRONIC_CONDUCTOR,
    (Conduction.BLOCKED, Conduction.UNKNOWN): InterphaseClass.GROWTH_STOPS,
    (Conduction.CONDUCTED, Conduction.UNKNOWN): InterphaseClass.GROWTH_GOES_ON,
}
_THROUGH: dict[str, Conduction] = {
    **dict.fromkeys(("metal", "narrow-gap", "conductor"), Conduction.CONDUCTED),
    "insulator": Conduction.BLOCKED,
    "unknown": Conduction.UNKNOWN,
}
"""What passes through a phase of an electronic or ionic class."""


@dataclass(frozen=True)
class PhaseProperties:
    """
    Conductor properties of a phase.

    Parameters
    ----------
    formula
        Phase that this is about.
    electronic, ionic
        Classes; unknown where nobody says.
    electronic_source, ionic_source
        Where the classes come from, in words.
    band_gap
        eV; None where unknown.
    """

    formula: str
    electronic: Electronic = Electronic.UNKNOWN
    ionic: Ionic = Ionic.UNKNOWN
    electronic_source: str = ""
    ionic_source: str = ""
    band_gap: float | None = None

    @cached_property
    def kind(self) -> InterphaseClass:
        """Type of the phase: the class of an interphase that consists of it alone."""
        return _CLASSES.get(
            (_THROUGH[self.electronic], _THROUGH[self.ionic]), InterphaseClass.UNKNOWN
        )


PropertyTable = dict[tuple[tuple[str, float], ...], PhaseProperties]
"""Properties by atomic fractions (`formulas.fractions_key`)."""


@dataclass(frozen=True)
class Thresholds:
    """
    Volume fractions from which conducting phases are taken to be connected.

    Parameters
    ----------
    metal
        Metals left by a conversion reaction form nanometre networks at a few percent: 9 vol% of
        Zr and Y in NaCl conducts (Deysher et al. on Na2.25Y0.25Zr0.75Cl6 against sodium).
    percolation
        Narrow-gap phases and sodium-ion conductors: the critical volume fraction of random
        three-dimensional mixtures (Scher & Zallen, J. Chem. Phys. 53 (1970) 3759).

    Raises
    ------
    InputError
        If a threshold is not between 0 and 1.
    """

    metal: float = 0.05
    percolation: float = 0.16

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0.0 < value <= 1.0:
                raise InputError(f"threshold {name} is {value}: give a fraction above 0, up to 1.")


_USUAL = Thresholds()


@dataclass(frozen=True)
class Share:
    """
    One product's part of an interphase.

    Parameters
    ----------
    phase
        The product.
    amount
        Formula units per formula unit of the electrolyte.
    fraction
        Of the interphase, by volume or by atoms.
    properties
        What is known of it.
    """

    phase: Phase
    amount: float
    fraction: float
    properties: PhaseProperties


@dataclass(frozen=True)
class Interphase(Tabular):
    """
    Class of a product set, with the data behind it.

    Parameters
    ----------
    kind
        The class.
    shares
        The products.
    fraction_basis
        ``"volume"``, or ``"atoms"`` where a volume is missing.
    electrons, ions
        Verdicts on conduction.
    metallic_fraction, electronic_fraction, ionic_fraction
        Known metallic, electron-conducting (metals included) and ion-conducting parts.
    unknown_electronic_fraction, unknown_ionic_fraction
        Parts about which nothing is known.
    margin
        Distance of the electron-conducting fraction from the nearest threshold; negative below
        it, None without a reaction.
    ionic_margin
        The same of the ion-conducting fraction.
    """

    kind: InterphaseClass
    shares: tuple[Share, ...]
    fraction_basis: str
    electrons: Conduction
    ions: Conduction
    metallic_fraction: float
    electronic_fraction: float
    ionic_fraction: float
    unknown_electronic_fraction: float
    unknown_ionic_fraction: float
    margin: float | None
    ionic_margin: float | None

    @property
    def heading(self) -> str:
        """The class."""
        return f"{self.kind.value}: electrons {self.electrons.value}, Na ions {self.ions.value}"

    def rows(self) -> list[dict[str, object]]:
        """List the products with what is known of them."""
        return [
            {
                "formula": share.phase.formula,
                "amount per formula unit": share.amount,
                f"fraction (by {self.fraction_basis})": share.fraction,
                "electrons": share.properties.electronic.value,
                "Na ions": share.properties.ionic.value,
                "type": share.properties.kind.value,
                "source of electrons": share.properties.electronic_source,
                "source of Na ions": share.properties.ionic_source,
            }
            for share in self.shares
        ]


def electronic_class(band_gap: float | None) -> Electronic:
    """
    Class of a phase by its PBE band gap.

    Parameters
    ----------
    band_gap
        eV; None where unknown.

    Returns
    -------
    Electronic
        Metal below 0.05 eV, narrow-gap below 1 eV, else insulator.
    """
    if band_gap is None or isnan(band_gap):
        return Electronic.UNKNOWN
    if band_gap < METAL_GAP:
        return Electronic.METAL
    return Electronic.NARROW_GAP if band_gap < NARROW_GAP else Electronic.INSULATOR


def classify(
    phases: Sequence[Phase],
    amounts: Sequence[float],
    properties: PropertyTable,
    thresholds: Thresholds | None = None,
    *,
    reacts: bool = True,
    decomposes: bool = False,
) -> Interphase:
    """
    Classify the interphase that a set of products makes.

    Parameters
    ----------
    phases
        Products.
    amounts : shape (n_products,)
        Formula units of each.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which phases are connected.
    reacts
        False where no sodium is exchanged with an electrode: the class is then ``stable``.
    decomposes
        True where, without a reaction, other phases stand in the place of the electrolyte: the
        class is then ``decomposes``.

    Returns
    -------
    Interphase
        ``unknown`` only where a missing property could change what electrons do.

    Raises
    ------
    InputError
        If there is no product, or an amount is negative or not finite.
    """
    limits = thresholds or _USUAL
    shares, basis = _share_out(phases, amounts, properties)
    metal = narrow = dark = ionic = dark_ionic = 0.0
    for share in shares:
        known, fraction = share.properties, share.fraction
        if known.electronic is Electronic.METAL:
            metal += fraction
        elif known.electronic is Electronic.NARROW_GAP:
            narrow += fraction
        elif known.electronic is Electronic.UNKNOWN:
            dark += fraction
        if known.ionic is Ionic.CONDUCTOR:
            ionic += fraction
        elif known.ionic is Ionic.UNKNOWN:
            dark_ionic += fraction
    electrons = _electrons(metal, narrow, dark, limits)
    ions = _verdict(ionic, dark_ionic, limits.percolation)
    still = InterphaseClass.DECOMPOSES if decomposes else InterphaseClass.STABLE
    kind = _CLASSES.get((electrons, ions), InterphaseClass.UNKNOWN) if reacts else still
    margins = (metal - limits.metal, metal + narrow - limits.percolation)
    return Interphase(
        kind=kind,
        shares=shares,
        fraction_basis=basis,
        electrons=electrons,
        ions=ions,
        metallic_fraction=metal,
        electronic_fraction=metal + narrow,
        ionic_fraction=ionic,
        unknown_electronic_fraction=dark,
        unknown_ionic_fraction=dark_ionic,
        margin=max(margins) if reacts else None,
        ionic_margin=ionic - limits.percolation if reacts else None,
    )


def _share_out(
    phases: Sequence[Phase], amounts: Sequence[float], properties: PropertyTable
) -> tuple[tuple[Share, ...], str]:
    """Divide the interphase among its products, by volume if every volume is known."""
    if not (any(amounts) and isfinite(sum(amounts)) and min(amounts) >= 0.0):
        raise InputError(
            f"products in the amounts {list(amounts)} make no interphase: give at least one "
            "positive amount and none that is negative."
        )
    by_volume = None not in [phase.volume for phase in phases]
    weights = [
        amount * (phase.volume or 0.0 if by_volume else phase.n_atoms)
        for phase, amount in zip(phases, amounts, strict=True)
    ]
    total = sum(weights)
    shares = tuple(
        Share(
            phase=phase,
            amount=float(amount),
            fraction=weight / total,
            properties=properties.get(phase.key) or PhaseProperties(phase.formula),
        )
        for phase, amount, weight in zip(phases, amounts, weights, strict=True)
    )
    return shares, "volume" if by_volume else "atoms"


def _verdict(known: float, dark: float, threshold: float) -> Conduction:
    """Conducted or blocked, unless the unknown part could turn the verdict."""
    if known >= threshold:
        return Conduction.CONDUCTED
    return Conduction.UNKNOWN if known + dark >= threshold else Conduction.BLOCKED


def _electrons(metal: float, narrow: float, dark: float, limits: Thresholds) -> Conduction:
    """Electrons pass through connected metal, or through metal and narrow-gap phases together."""
    verdicts = (
        _verdict(metal, dark, limits.metal),
        _verdict(metal + narrow, dark, limits.percolation),
    )
    for decisive in (Conduction.CONDUCTED, Conduction.UNKNOWN):
        if decisive in verdicts:
            return decisive
    return Conduction.BLOCKED
