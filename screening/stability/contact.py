"""What a contact becomes: class, volume and first-order error of a reaction of two materials."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from trona.screening.equilibrium.hull import decompose

from .interphase import classify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.screening.equilibrium.phases import Phase, PhaseTable
    from trona.screening.uncertainty.error_model import ErrorModel

    from .interface import Kink, MixingLine, Reactant
    from .interphase import Interphase, PropertyTable, Thresholds

__all__ = ["contact_interphase", "contact_volume_change", "mixing_error"]

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


def mixing_error(line: MixingLine, kink: Kink, errors: ErrorModel) -> float:
    """
    Estimate the error of the energy that a reaction releases by mixing, to first order.

    Parameters
    ----------
    line
        Everything that the two materials do to each other.
    kink
        One of its points.
    errors
        Errors of formation energies.

    Returns
    -------
    float
        Standard deviation, eV per atom of the reactants. The products stay what they are: where
        others may take over, the true spread is smaller. Errors that compounds of an element
        share cancel, but for atoms that change between a compound and the element.
    """
    net: dict[str, float] = {}
    phases: dict[str, Phase] = {}
    weights = ((1.0, kink), (kink.fraction - 1.0, line.kinks[0]), (-kink.fraction, line.kinks[-1]))
    for weight, point in weights:
        for phase, amount in zip(point.phases, point.amounts.tolist(), strict=True):
            phases[phase.id] = phase
            net[phase.id] = net.get(phase.id, 0.0) + weight * amount
    own = 0.0
    shared: dict[str, float] = {}
    for name, amount in net.items():
        amounts: Mapping[str, float] = phases[name].amounts
        if len(amounts) == 1:
            continue
        own += (amount * phases[name].n_atoms * errors.own(amounts)) ** 2
        for symbol, atoms in amounts.items():
            shared[symbol] = shared.get(symbol, 0.0) + amount * atoms
    return sqrt(own + errors.common**2 * sum(atoms**2 for atoms in shared.values()))


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
