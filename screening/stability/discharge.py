"""Sodiation of a composition on discharge: plateaus, specific capacity and differential capacity.

At equilibrium all charge flows at the breakpoints of the profile, so the differential capacity is a
comb: each tooth is a plateau with its voltage and its charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from trona.screening.reactions import terms
from trona.screening.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trona.screening.equilibrium.grand import Interval, Profile

__all__ = ["Discharge", "Plateau", "discharge", "molar_mass"]

FARADAY = 96485.33212
"""C/mol (CODATA 2018)."""
_COULOMB_PER_MAH = 3.6


@dataclass(frozen=True, eq=False)
class Plateau:
    """
    A reaction at constant voltage.

    Parameters
    ----------
    voltage
        V against Na/Na+.
    before, after
        Intervals above and below it: the products that react and those that form.
    sodium
        Sodium accepted per formula unit.
    capacity
        Charge of this plateau, mAh per gram of the composition as written.
    total
        Charge from infinite voltage to the end of this plateau, mAh/g.
    """

    voltage: float
    before: Interval
    after: Interval
    sodium: float
    capacity: float
    total: float

    @property
    def equation(self) -> str:
        """What reacts with the sodium, and what forms, per formula unit of the composition."""
        before, after = (
            [(p.formula, float(x)) for p, x in zip(side.phases, side.amounts, strict=True)]
            for side in (self.before, self.after)
        )
        return f"{terms([*before, ('Na', self.sodium)])} -> {terms(after)}"


@dataclass(frozen=True, eq=False)
class Discharge(Tabular):
    """
    All plateaus of a composition, highest voltage first.

    Parameters
    ----------
    molar_mass
        g per mole of formula units as written.
    plateaus
        In order of discharge.
    caveats
        What the phases do not cover of it, in sentences.
    """

    molar_mass: float
    plateaus: tuple[Plateau, ...]
    caveats: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The whole capacity."""
        what = f"discharge to 0 V: {self.capacity:.0f} mAh/g"
        return ". ".join([what, " ".join(self.caveats)]) if self.caveats else what

    def rows(self) -> list[dict[str, object]]:
        """List the plateaus in order of discharge."""
        return [
            {
                "voltage (V)": plateau.voltage,
                "reaction": plateau.equation,
                "Na per formula unit": plateau.sodium,
                "capacity (mAh/g)": plateau.capacity,
                "total (mAh/g)": plateau.total,
            }
            for plateau in self.plateaus
        ]

    @property
    def capacity(self) -> float:
        """Charge from infinite voltage to 0 V, mAh/g."""
        return sum(plateau.capacity for plateau in self.plateaus)

    def between(self, upper: float, lower: float) -> float:
        """
        Charge between two voltages.

        Parameters
        ----------
        upper, lower
            Cut-off voltages, V.

        Returns
        -------
        float
            mAh/g of the plateaus from ``lower`` up to ``upper``, ends included.
        """
        return sum(p.capacity for p in self.plateaus if lower <= p.voltage <= upper)


def molar_mass(composition: Mapping[str, float]) -> float:
    """
    Molar mass of a formula unit.

    Parameters
    ----------
    composition
        Element symbol to amount per formula unit.

    Returns
    -------
    float
        g/mol, from the standard atomic weights that pymatgen ships.
    """
    from pymatgen.core import Element  # noqa: PLC0415 (slow, not always needed)

    return sum(float(Element(s).atomic_mass) * amount for s, amount in composition.items())


def discharge(found: Profile) -> Discharge:
    """
    Discharge a composition from infinite voltage to sodium metal, at equilibrium.

    Parameters
    ----------
    found
        Its grand profile.

    Returns
    -------
    Discharge
        Sulfur gives its theoretical 1,672 mAh/g (2 Na per S).

    Examples
    --------
    >>> round(2 * FARADAY / 3.6 / molar_mass({"S": 1.0}))
    1672
    """
    mass = molar_mass(found.composition)
    per_sodium = FARADAY / _COULOMB_PER_MAH / mass
    plateaus = []
    total = 0.0
    for before, after in pairwise(reversed(found.intervals)):
        sodium = after.sodium_exchanged - before.sodium_exchanged
        charge = sodium * per_sodium
        total += charge
        plateaus.append(Plateau(after.voltage_upper, before, after, sodium, charge, total))
    return Discharge(mass, tuple(plateaus))
