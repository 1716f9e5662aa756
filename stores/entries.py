"""Energies on one scale: named correction schemes, and which relaxations may enter a hull."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.formulas import parse
from trona.screening.phases import EnergyScale, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .documents import RelaxationDoc

__all__ = [
    "AS_PUBLISHED",
    "MAX_VOLUME_CHANGE",
    "SCHEMES",
    "SULFIDE_BY_CHARGE_LEGACY",
    "SULFIDE_BY_CHARGE_MP2020",
    "Rejected",
    "Scheme",
    "admit",
    "sulfide_equivalents",
]

MAX_VOLUME_CHANGE = 0.35
"""Relative change of volume beyond which a relaxation has left its starting phase."""

_ALKALI = dict.fromkeys(("Li", "Na", "K", "Rb", "Cs"), 1)
_ALKALINE_EARTH = dict.fromkeys(("Mg", "Ca", "Sr", "Ba"), 2)
_HALOGENS = dict.fromkeys(("F", "Cl", "Br", "I"), 1)


@dataclass(frozen=True)
class Scheme:
    """
    A named, versioned way to treat the sulfide correction of an energy source.

    Materials Project adds a fixed energy per S atom to every sulfide, also to polysulfides and
    molecules with S–S bonds, which then come out too stable by volts. By charge means: as many
    corrected S as there are S²⁻ equivalents.

    Parameters
    ----------
    name
        Goes into the energy scale.
    per_sulfur
        Correction contained in the source for each S atom, eV (negative).
    valences
        Valence of the partners that a compound may consist of besides S; a compound with any
        other element is left as published, since its charge count is ambiguous.
    """

    name: str
    per_sulfur: float
    valences: tuple[tuple[str, int], ...] = ()

    def shift(self, amounts: Mapping[str, float]) -> float:
        """
        Energy to add to a formula unit.

        Parameters
        ----------
        amounts
            Element symbol to amount per formula unit.

        Returns
        -------
        float
            eV per formula unit; not negative.
        """
        equivalents = sulfide_equivalents(amounts, dict(self.valences))
        if equivalents is None:
            return 0.0
        return -self.per_sulfur * (amounts["S"] - equivalents)


def sulfide_equivalents(amounts: Mapping[str, float], valences: Mapping[str, int]) -> float | None:
    """
    Count the S²⁻ equivalents of a compound.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    valences
        Valence of each element that a partner of sulfur may be.

    Returns
    -------
    float or None
        Half the sum of the partners' valences, at most the S atoms; None where there is no
        partner, no sulfur, or a partner without a stated valence.
    """
    partners = {symbol: amount for symbol, amount in amounts.items() if symbol != "S"}
    if "S" not in amounts or not partners or not partners.keys() <= valences.keys():
        return None
    charge = sum(valences[symbol] * amount for symbol, amount in partners.items())
    return min(amounts["S"], charge / 2)


AS_PUBLISHED = Scheme("as-published", 0.0)
"""No change to the source's energies."""

SULFIDE_BY_CHARGE_MP2020 = Scheme(
    "sulfide-by-charge/1 (-0.503 eV per S)",
    -0.503,
    tuple((_ALKALI | _ALKALINE_EARTH | {"H": 1, "P": 5}).items()),
)
"""Sources on the MP2020 scale (Wang et al., Sci. Rep. 11 (2021) 15496), CHGNet among them."""

SULFIDE_BY_CHARGE_LEGACY = Scheme(
    "sulfide-by-charge/1 (-0.66346 eV per S)",
    -0.66346,
    tuple((_ALKALI | _ALKALINE_EARTH | _HALOGENS | {"H": 1, "P": 5, "O": 2}).items()),
)
"""Materials Project energies before 2021, corrected on every S atom."""

SCHEMES = {
    "as-published": AS_PUBLISHED,
    "sulfide-by-charge-mp2020": SULFIDE_BY_CHARGE_MP2020,
    "sulfide-by-charge-legacy": SULFIDE_BY_CHARGE_LEGACY,
}
"""Schemes by the name that a user gives."""


@dataclass(frozen=True)
class Rejected:
    """
    A relaxation that may not enter a hull.

    Parameters
    ----------
    id
        Of the relaxation.
    reason
        One sentence with the offending value.
    """

    id: str
    reason: str


def admit(
    relaxation: RelaxationDoc,
    scheme: Scheme,
    max_volume_change: float = MAX_VOLUME_CHANGE,
) -> Phase | Rejected:
    """
    Turn a relaxation into a phase on a named scale, or say why not.

    Parameters
    ----------
    relaxation
        The relaxation.
    scheme
        Correction scheme of its method.
    max_volume_change
        Largest relative change of volume, in either direction.

    Returns
    -------
    Phase or Rejected
        The phase, per reduced formula unit; or the reason.
    """
    reason = _objection(relaxation, max_volume_change)
    if reason is not None or relaxation.energy is None:
        return Rejected(relaxation.id, reason or "the relaxation reports no energy")
    amounts = parse(relaxation.formula)
    units = relaxation.n_sites / sum(amounts.values())
    return Phase(
        id=f"{relaxation.label}/{relaxation.id}",
        formula=relaxation.formula,
        amounts=amounts,
        energy=relaxation.energy / units + scheme.shift(amounts),
        scale=EnergyScale(relaxation.method, scheme.name),
        source=f"relaxed with {relaxation.method}",
        volume=relaxation.volume / units,
        space_group=relaxation.space_group,
    )


def _objection(relaxation: RelaxationDoc, max_volume_change: float) -> str | None:
    """Name the first thing that keeps a relaxation out of a hull."""
    if relaxation.energy is None or not isfinite(relaxation.energy):
        return f"its energy is {relaxation.energy}, not a finite number"
    if not relaxation.converged:
        state = "is unknown" if relaxation.converged is None else "was not reached"
        force = "" if relaxation.max_force is None else f" (force {relaxation.max_force:.3f} eV/Å)"
        return f"convergence {state} after {relaxation.n_steps} steps{force}"
    change = relaxation.volume / relaxation.volume_start - 1.0
    if not isfinite(change) or abs(change) > max_volume_change:
        return f"its volume changed by {change:+.0%}, more than the {max_volume_change:.0%} allowed"
    return None
