"""Error of what two materials release by mixing, to first order in those of the energies."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trona.screening.equilibrium.phases import Phase
    from trona.screening.stability.interface import Kink, MixingLine

    from .error_model import ErrorModel

__all__ = ["mixing_error"]


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
