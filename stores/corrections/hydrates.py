"""Number of water molecules and hydroxide groups in a compound, from its composition.

Composition alone does not distinguish NaOH·H2O from an acid. Hydrogen counts as water if removing
it leaves a known compound that is not a product of condensation: Na3SbS4·9H2O leaves Na3SbS4, but
NaH2PO4 would leave a metaphosphate, and Mg(OH)2 an oxide. All other hydrogen counts as hydroxide:
bound to oxygen it needs a correction in any case, and the two corrections differ by at most 0.2 eV
per H.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["water_and_hydroxide"]

_FULL = {"C": 3.0, "N": 3.0, "Cl": 3.0} | dict.fromkeys(
    ("P", "S", "As", "Se", "Si", "Ge", "V", "Cr", "Mo", "W", "Mn", "B", "Al", "Sb", "Sn"), 4.0
)
"""Oxygen per atom of an oxoanion that no condensation has taken water from."""
_LIGANDS = frozenset(("S", "Se"))
"""May stand for oxygen, as in oxythiophosphates."""
_ROUNDING = 1e-6


def water_and_hydroxide(
    amounts: Mapping[str, float], known: Callable[[Mapping[str, float]], bool]
) -> tuple[float, float]:
    """
    Count H2O and OH in a compound.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    known
        Tells whether a compound may be left without the water.

    Returns
    -------
    tuple of float
        H2O and OH per formula unit; both zero where hydrogen is bound to B, C or N.
    """
    hydrogen, oxygen = amounts.get("H", 0.0), amounts.get("O", 0.0)
    if not hydrogen or not oxygen:
        return 0.0, 0.0
    if len(amounts) == 2 and abs(hydrogen - 2 * oxygen) < _ROUNDING:
        return oxygen, 0.0
    most = min(hydrogen / 2, oxygen)
    steps = [most, *range(int(most - _ROUNDING), 0, -1)]
    for water in steps:
        rest = _without(amounts, water)
        if _is_left(rest, known):
            return water, _hydroxide(rest)
    return 0.0, _hydroxide(amounts)


def _without(amounts: Mapping[str, float], water: float) -> dict[str, float]:
    """Take water away."""
    rest = dict(amounts)
    rest["H"] -= 2 * water
    rest["O"] -= water
    return {symbol: amount for symbol, amount in rest.items() if amount > _ROUNDING}


def _is_left(rest: Mapping[str, float], known: Callable[[Mapping[str, float]], bool]) -> bool:
    """Tell whether a hydrate leaves this compound when it dries."""
    if len(rest) < 2 or not known(rest):
        return False
    oxygen = rest.get("O", 0.0)
    if not oxygen or rest.get("H"):
        return True
    ligands = oxygen + sum(rest.get(one, 0.0) for one in _LIGANDS)
    centres = rest.keys() & _FULL.keys()
    if other := centres - _LIGANDS:
        return all(ligands >= _FULL[one] * rest[one] - _ROUNDING for one in other)
    return any(oxygen >= _FULL[one] * rest[one] - _ROUNDING for one in centres)


def _hydroxide(amounts: Mapping[str, float]) -> float:
    """Count hydrogen that is bound to oxygen other than water."""
    hydrogen, oxygen = amounts.get("H", 0.0), amounts.get("O", 0.0)
    carbonate = oxygen >= 3 * amounts.get("C", 0.0)
    if "N" in amounts or not carbonate or hydrogen > 2 * oxygen:
        return 0.0
    return hydrogen
