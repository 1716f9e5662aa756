"""Interphase class and volume change of the reaction between two materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.equilibrium.hull import decompose

from .interphase import classify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.phases import Phase, PhaseTable

    from .interface import Kink, MixingLine, Reactant
    from .interphase import Interphase, PropertyTable, Thresholds

__all__ = ["contact_interphase", "contact_volume_change"]

_NO_ENERGY = 1e-10
"""Reaction energies (eV/atom) closer to zero than this are none."""


def contact_interphase(
    line: MixingLine,
    kink: Kink,
    properties: PropertyTable,
    thresholds: Thresholds | None = None,
) -> Interphase | None:
    """
    Classify the products of two materials at one point of their mixing line.

    Parameters
    ----------
    line
        Everything that the two do to each other.
    kink
        One of its points.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which phases are connected.

    Returns
    -------
    Interphase or None
        ``stable`` or ``decomposes`` where the two release nothing by mixing and exchange no sodium
        with a reservoir; None where there is no product, as of sodium metal that a reservoir takes.
    """
    if not kink.phases:
        return None
    exchanges = kink.energy_per_atom < -_NO_ENERGY and kink.sodium_exchanged != 0.0
    reacts = exchanges or line.mixing_energy(kink) < -_NO_ENERGY
    mixtures = (kink.fraction < 1.0 and line.first.mixture) or (
        kink.fraction > 0.0 and line.second.mixture
    )
    return classify(
        kink.phases,
        [float(amount) for amount in kink.amounts],
        properties,
        thresholds,
        reacts=reacts,
        decomposes=mixtures or kink.energy_per_atom < -_NO_ENERGY,
    )


def contact_volume_change(table: PhaseTable, kink: Kink) -> float | None:
    """
    Relative change of volume in a reaction of two materials, sodium of a reservoir not counted.

    Parameters
    ----------
    table
        Phases, with volumes where they are known.
    kink
        The reaction.

    Returns
    -------
    float or None
        Volume of the products over that of the reactants, minus 1; None where one is unknown or
        there is no product.
    """
    before = 0.0
    shares = (1.0 - kink.fraction, kink.fraction)
    for share, side in zip(shares, kink.reactants, strict=True):
        if share <= 0.0:
            continue
        volume = _reactant_volume(table, side)
        if volume is None:
            return None
        before += share * volume / side.n_atoms
    after = _volume(zip(kink.phases, kink.amounts.tolist(), strict=True))
    return None if after is None or not kink.phases else after / before - 1.0


def _reactant_volume(table: PhaseTable, side: Reactant) -> float | None:
    """Volume of a formula unit, Å³: of the own phase, or of the mixture; None where unknown."""
    own = table.find(side.composition)
    if own is not None:
        return None if own.volume is None else own.volume * side.n_atoms / own.n_atoms
    mixture = decompose(table, side.composition)
    return _volume(zip(mixture.phases, mixture.amounts.tolist(), strict=True))


def _volume(parts: Iterable[tuple[Phase, float]]) -> float | None:
    """Volume of some phases together, Å³; None where one is unknown."""
    total = 0.0
    for phase, amount in parts:
        if phase.volume is None:
            return None
        total += amount * phase.volume
    return total
