"""Error of the energy released at a contact, to first order in the errors of the energies."""

from __future__ import annotations

from itertools import chain
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trona.screening.stability.interface import Kink, MixingLine

    from .error_model import ErrorModel

__all__ = ["contact_error", "mixing_error"]


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
    shares = (1.0, kink.fraction - 1.0, -kink.fraction)
    return _spread(_parts(zip(shares, (kink, line.kinks[0], line.kinks[-1]), strict=True)), errors)


def contact_error(line: MixingLine, kink: Kink, errors: ErrorModel) -> float:
    """
    Estimate the error of the energy that a contact releases (`contact_energy`), to first order.

    Parameters
    ----------
    line
        An electrolyte, and what it touches.
    kink
        One of its points.
    errors
        Errors of formation energies.

    Returns
    -------
    float
        Standard deviation, eV per atom of the reactants. Closed, it is that of `mixing_error`.
        Open to sodium, what the first material does alone counts as well: its own error is then
        that of one compound, also where it is a mixture.
    """
    if line.voltage is None:
        return mixing_error(line, kink, errors)
    share = (kink.fraction - 1.0) / line.first.n_atoms
    alone = (line.first.formula, share, line.first.composition)
    ends = _parts(((1.0, kink), (-kink.fraction, line.kinks[-1])))
    return _spread(chain([alone], ends), errors)


def _parts(
    weighted: Iterable[tuple[float, Kink]],
) -> Iterator[tuple[str, float, Mapping[str, float]]]:
    """List the phases of some points: id, formula units and composition."""
    for weight, point in weighted:
        for phase, amount in zip(point.phases, point.amounts.tolist(), strict=True):
            yield phase.id, weight * amount, phase.amounts


def _spread(parts: Iterable[tuple[str, float, Mapping[str, float]]], errors: ErrorModel) -> float:
    """Combine the errors of compounds: their own ones, and those that an element shares."""
    net: dict[str, float] = {}
    compositions: dict[str, Mapping[str, float]] = {}
    for name, amount, amounts in parts:
        compositions[name] = amounts
        net[name] = net.get(name, 0.0) + amount
    own = 0.0
    shared: dict[str, float] = {}
    for name, amount in net.items():
        amounts = compositions[name]
        if len(amounts) == 1:
            continue
        own += (amount * sum(amounts.values()) * errors.own(amounts)) ** 2
        for symbol, atoms in amounts.items():
            shared[symbol] = shared.get(symbol, 0.0) + amount * atoms
    return sqrt(own + errors.common**2 * sum(atoms**2 for atoms in shared.values()))
