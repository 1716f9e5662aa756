"""Reaction products of an electrolyte: interphase class, sodium consumed, products ranked by harm.

Quantities are per µm of consumed electrolyte; those that need a volume are unknown without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.units import areal_charge

from .interphase import Conduction, Electronic, InterphaseClass, Ionic, classify
from .window import Reaction, volume_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trona.screening.equilibrium.phases import PhaseTable

    from .interphase import Interphase, PropertyTable, Share, Thresholds
    from .window import Rung, Stability

__all__ = [
    "RankedProduct",
    "SodiumUse",
    "by_harm",
    "interphase",
    "rank_products",
    "sodium_use",
    "unknown_sides",
    "volume_change",
]


@dataclass(frozen=True)
class SodiumUse:
    """
    Sodium that an electrolyte accepts while a layer of it is consumed.

    Parameters
    ----------
    charge
        mAh/cm² per µm of electrolyte; negative where sodium leaves. None without a volume.
    thickness
        µm of sodium metal per µm of electrolyte. None without the volume of either.
    """

    charge: float | None
    thickness: float | None


@dataclass(frozen=True, eq=False)
class RankedProduct:
    """
    A product over some intervals of a ladder.

    Parameters
    ----------
    share
        The product where it has its largest part.
    fraction_basis
        Of that part: ``"volume"`` or ``"atoms"``.
    rungs
        Intervals in which it forms, lowest voltage first.
    """

    share: Share
    fraction_basis: str
    rungs: tuple[Rung, ...]


def interphase(
    rung: Rung, properties: PropertyTable, thresholds: Thresholds | None = None
) -> Interphase:
    """
    Classify the products of one interval of a ladder.

    Parameters
    ----------
    rung
        The interval.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which phases are connected.

    Returns
    -------
    Interphase
        ``stable`` or ``decomposes`` where the electrolyte neither accepts nor releases sodium by
        a reaction with an electrode: a disproportionation is no such reaction.
    """
    return classify(
        rung.interval.phases,
        rung.interval.amounts.tolist(),
        properties,
        thresholds,
        reacts=rung.kind in {Reaction.REDUCTION, Reaction.OXIDATION},
        decomposes=rung.decomposes,
    )


def sodium_use(table: PhaseTable, stability: Stability, rung: Rung) -> SodiumUse:
    """
    Sodium consumed per thickness of electrolyte, in both of the units that cells are built in.

    Parameters
    ----------
    table
        Holds sodium metal and its volume.
    stability
        The electrolyte.
    rung
        One interval of its ladder.

    Returns
    -------
    SodiumUse
        About 0.2 mAh/cm², or 1.7 µm of metal, per µm of Na3PS4 that takes up 8 Na.
    """
    volume = stability.volume
    if volume is None:
        return SodiumUse(None, None)
    exchanged = rung.interval.sodium_exchanged if rung.kind is not Reaction.NONE else 0.0
    metal = table.sodium_metal
    atom = None if metal.volume is None else metal.volume / metal.n_atoms
    return SodiumUse(
        charge=areal_charge(exchanged / volume),
        thickness=None if atom is None else exchanged * atom / volume,
    )


def volume_change(stability: Stability, rung: Rung) -> float | None:
    """
    Relative change of volume in a reaction, sodium metal not counted.

    Parameters
    ----------
    stability
        The electrolyte.
    rung
        One interval of its ladder.

    Returns
    -------
    float or None
        Volume of the products over that of the electrolyte, minus 1; None where one is unknown.
    """
    before = stability.volume
    after = volume_of(rung.interval.phases, rung.interval.amounts)
    return None if before is None or after is None else after / before - 1.0


def by_harm(shares: Iterable[Share]) -> tuple[Share, ...]:
    """
    Rank products by their type.

    Parameters
    ----------
    shares
        Products of an interphase.

    Returns
    -------
    tuple of Share
        Most harmful type first, unknown types last; larger fractions first within a type.
    """
    return tuple(
        sorted(
            shares,
            key=lambda one: (
                _mildness(one.properties.kind),
                -one.fraction,
                one.phase.formula,
            ),
        )
    )


def rank_products(
    rungs: Sequence[Rung], interphases: Sequence[Interphase]
) -> tuple[RankedProduct, ...]:
    """
    Rank all products of some intervals by their type.

    Parameters
    ----------
    rungs
        Intervals of a ladder, lowest voltage first.
    interphases
        One for each.

    Returns
    -------
    tuple of RankedProduct
        Each product once, in the order of `by_harm`; nothing of intervals without a reaction.
    """
    largest: dict[str, tuple[Share, str]] = {}
    formed: dict[str, list[Rung]] = {}
    for rung, found in zip(rungs, interphases, strict=True):
        for share in found.shares if rung.kind is not Reaction.NONE else ():
            key = share.phase.id
            formed.setdefault(key, []).append(rung)
            if key not in largest or share.fraction > largest[key][0].fraction:
                largest[key] = share, found.fraction_basis
    return tuple(
        RankedProduct(share, largest[share.phase.id][1], tuple(formed[share.phase.id]))
        for share in by_harm(share for share, _ in largest.values())
    )


def unknown_sides(interphases: Iterable[Interphase]) -> dict[str, tuple[str, ...]]:
    """
    Name the unknown properties of products that leave a class open.

    Parameters
    ----------
    interphases
        Of some intervals.

    Returns
    -------
    dict
        ``"electrons"`` and ``"Na⁺"`` to the formulas of the phases of which it is not known whether
        they let those pass, in alphabetical order; sides on which all is known are left out.
    """
    electrons: set[str] = set()
    ions: set[str] = set()
    for one in interphases:
        if not one.kind.reacts:
            continue
        for share in one.shares:
            known = share.properties
            if one.electrons is Conduction.UNKNOWN and known.electronic is Electronic.UNKNOWN:
                electrons.add(share.phase.formula)
            if one.ions is Conduction.UNKNOWN and known.ionic is Ionic.UNKNOWN:
                ions.add(share.phase.formula)
    sides = {"electrons": tuple(sorted(electrons)), "Na⁺": tuple(sorted(ions))}
    return {side: formulas for side, formulas in sides.items() if formulas}


def _mildness(kind: InterphaseClass) -> float:
    """Order types by falling harm, unknown last."""
    return 1.0 if kind.severity is None else -kind.severity
