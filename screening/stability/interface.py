"""Reactions between two materials along their mixing line, closed or open to sodium.

E(x), the lowest energy of a mixture with atomic fraction x of the second material, is convex and
piecewise linear. Its kinks are the stoichiometric reactions, which are also the reactions of the
first material with a reservoir of the second, just as a voltage ladder is its reaction with
sodium: one parametric simplex finds them all, exactly. The pseudo-binary description of an
interface is that of Richards, Miara, Wang, Kim & Ceder, Chem. Mater. 28 (2016) 266.

Energies are per atom of the two reactants together, sodium from the reservoir not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.hull import decompose
from trona.screening.equilibrium.simplex import AMOUNT_TOLERANCE, BasicSolution, minimise, sweep
from trona.screening.errors import VoltageError
from trona.screening.formulas import plain, present
from trona.screening.reactions import terms
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM, chemical_potential

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase, PhaseTable
    from trona.screening.equilibrium.system import System

    from .interphase import Interphase

__all__ = ["Kink", "Material", "MixingLine", "Reactant", "mix", "react", "reactant"]

_NO_LENGTH = 1e-9
"""Fractions closer than this are one point of the mixing line."""
_NO_ENERGY = 1e-10
"""Energies (eV/atom) that differ by less are equal."""


@dataclass(frozen=True, eq=False)
class Material:
    """
    A composition with its name.

    Parameters
    ----------
    formula
        As it is written in reactions.
    composition
        Element symbol to amount per formula unit.
    """

    formula: str
    composition: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Reactant(Material):
    """
    One side of an interface: a material with its energy.

    Parameters
    ----------
    formula, composition
        As of a `Material`.
    energy
        eV per formula unit: of its phase, or of the mixture that it decomposes to.
    mixture
        True where it has no phase of its own.
    """

    energy: float
    mixture: bool

    @property
    def n_atoms(self) -> float:
        """Atoms per formula unit, sodium included."""
        return sum(self.composition.values())


@dataclass(frozen=True, eq=False)
class Kink:
    """
    A point of the mixing line where the products change, or one of its ends.

    Parameters
    ----------
    fraction
        Atomic fraction of the second material, from 0 to 1.
    energy_per_atom
        Reaction energy, eV per atom of the reactants; negative is downhill.
    phases
        Products, in the table's order.
    amounts : shape (n_products,)
        Formula units of each per atom of the reactants.
    sodium_exchanged
        Sodium from the reservoir per atom of the reactants; zero where closed.
    reactants
        The materials.
    """

    fraction: float
    energy_per_atom: float
    phases: tuple[Phase, ...]
    amounts: NDArray[np.float64]
    sodium_exchanged: float
    reactants: tuple[Reactant, Reactant]

    def __post_init__(self) -> None:
        self.amounts.setflags(write=False)

    @property
    def equation(self) -> str:
        """Balanced reaction per formula unit of the first material, of the second without it."""
        shares = (1.0 - self.fraction, self.fraction)
        units = [share / side.n_atoms for share, side in zip(shares, self.reactants, strict=True)]
        per = units[0] if shares[0] > _NO_LENGTH else units[1]
        left = [(side.formula, n / per) for side, n in zip(self.reactants, units, strict=True)]
        right = [
            (phase.formula, float(n) / per)
            for phase, n in zip(self.phases, self.amounts, strict=True)
        ]
        side = left if self.sodium_exchanged > 0 else right
        side.append((SODIUM, abs(self.sodium_exchanged) / per))
        return f"{terms(left)} -> {terms(right)}"


@dataclass(frozen=True, eq=False)
class MixingLine(Tabular):
    """
    Reactions of two materials in every proportion.

    Parameters
    ----------
    first, second
        The materials.
    voltage
        Voltage of the sodium reservoir, V; None where the interface is closed.
    kinks
        Ends and kinks in order of rising fraction of the second material.
    caveats
        What the phases do not cover of the two, in sentences.
    contacts
        Class of the products of each kink; None where there are none. Empty where not asked for.
    other
        The same with the other state of an electrode; None where there is none.
    state
        Word for the state of the electrode, such as ``"charged"``; empty where it has none.
    """

    first: Reactant
    second: Reactant
    voltage: float | None
    kinks: tuple[Kink, ...]
    caveats: tuple[str, ...] = ()
    contacts: tuple[Interphase | None, ...] = ()
    other: MixingLine | None = None
    state: str = ""

    @property
    def heading(self) -> str:
        """The two materials and what they release."""
        state = "closed" if self.voltage is None else f"open to sodium at {self.voltage:g} V"
        lines = [self] if self.other is None else [self, self.other]
        what = ". ".join(f"{line.label}: {line.answer} ({state})" for line in lines)
        return ". ".join([what, " ".join(self.caveats)]) if self.caveats else what

    @property
    def names(self) -> str:
        """Both materials."""
        return f"{self.first.formula} | {self.second.formula}"

    @property
    def label(self) -> str:
        """Both materials, with the state of the electrode."""
        return f"{self.names} ({self.state})" if self.state else self.names

    @property
    def seconds(self) -> str:
        """The second material, in both states of an electrode."""
        lines = [self] if self.other is None else [self, self.other]
        return " or ".join(dict.fromkeys(line.second.formula for line in lines))

    @property
    def answer(self) -> str:
        """What mixing releases, in words."""
        released = -1000.0 * self.mixing_energy(self.strongest)
        return f"at most {released:.0f} meV/atom by mixing" if self.reacts else "no reaction"

    def rows(self) -> list[dict[str, object]]:
        """List the kinks of the curve and its ends, first material first, with their classes."""
        classes = [
            {} if one is None else {"class": one.kind.value, "margin": one.margin}
            for one in self.contacts
        ] or [{}] * len(self.kinks)
        return [
            {
                "atomic fraction of the second": kink.fraction,
                "reaction": kink.equation,
                "energy (eV/atom)": kink.energy_per_atom,
                "by mixing (eV/atom)": self.mixing_energy(kink),
                "Na exchanged per atom": kink.sodium_exchanged,
                **known,
            }
            for kink, known in zip(self.kinks, classes, strict=True)
        ]

    @property
    def strongest(self) -> Kink:
        """The kink that releases most by mixing; the first end where there is no reaction."""
        return min(self.kinks, key=lambda kink: round(self.mixing_energy(kink), 10))

    @property
    def lasting(self) -> Kink:
        """
        The kink that classifies a grown layer.

        A layer beside sodium metal takes up sodium until its products coexist with sodium, whatever
        releases most per atom: the kink nearest to sodium. Elsewhere it is the strongest.
        """
        if self.voltage is None and self.reacts:
            if self.second.composition.keys() == {SODIUM}:
                return self.kinks[-2]
            if self.first.composition.keys() == {SODIUM}:
                return self.kinks[1]
        return self.strongest

    @property
    def reacts(self) -> bool:
        """True where the two release more together than each by itself."""
        return any(self.mixing_energy(kink) < -_NO_ENERGY for kink in self.kinks)

    def mixing_energy(self, kink: Kink) -> float:
        """
        Part of a reaction energy that neither material would release by itself.

        Parameters
        ----------
        kink
            Any of this line.

        Returns
        -------
        float
            eV per atom of the reactants; not positive.
        """
        alone = (1.0 - kink.fraction) * self.kinks[0].energy_per_atom
        alone += kink.fraction * self.kinks[-1].energy_per_atom
        return min(kink.energy_per_atom - alone, 0.0)

    def energy_per_formula_unit(self, kink: Kink) -> float:
        """
        Reaction energy in eV per formula unit of the first material.

        Parameters
        ----------
        kink
            Any of this line but the far end, where there is none of the first material.

        Returns
        -------
        float
            eV; infinite at the far end if there is a reaction.
        """
        share = 1.0 - kink.fraction
        if share <= _NO_LENGTH:
            return -np.inf if kink.energy_per_atom < 0 else 0.0
        return kink.energy_per_atom * self.first.n_atoms / share


@dataclass(frozen=True, eq=False)
class _Point:
    """An equilibrium on the mixing line, per atom of the reactants."""

    fraction: float
    columns: NDArray[np.intp]
    amounts: NDArray[np.float64]


def _points(
    system: System,
    costs: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
) -> list[_Point]:
    """
    Find the ends of the mixing line and all kinks between them, in order.

    One atom of the first material takes up y atoms of a reservoir of the second at its chemical
    potential μ. That is one more column, −end, with cost −μ, so the sweep in μ up to the second
    material's own energy visits every kink, with x = y / (1 + y).
    """
    far = minimise(system.amounts, end, costs, system.start)
    reservoir = len(costs)
    path = sweep(
        np.ascontiguousarray(np.column_stack([system.amounts, -end])),
        start,
        np.append(costs, 0.0),
        np.append(np.zeros(reservoir), 1.0),
        system.start,
        mu_stop=float(far.values @ costs[far.columns]) - _NO_ENERGY,
    )
    points: list[_Point] = []
    for step, bend in enumerate(np.diff(path.mu, append=np.inf)):
        columns, values = path.columns[step], path.values[step]
        taken = float(values[columns == reservoir].sum())
        fraction = taken / (1.0 + taken)
        if bend > _NO_ENERGY and not (points and fraction - points[-1].fraction < _NO_LENGTH):
            inside = columns != reservoir
            points.append(_Point(fraction, columns[inside], values[inside] * (1.0 - fraction)))
    return [*points, _Point(1.0, far.columns, far.values)]


def mix(
    table: PhaseTable,
    first: Mapping[str, float],
    second: Mapping[str, float],
    names: tuple[str, str],
    volts: float | None = None,
) -> MixingLine:
    """
    React two materials with each other, in every proportion.

    Parameters
    ----------
    table
        Phases on one energy scale.
    first, second
        Element symbol to amount per formula unit.
    names
        Formulas as they are to be written in reactions.
    volts
        Voltage of a sodium reservoir against Na/Na+, V; by default no sodium comes or goes.

    Returns
    -------
    MixingLine
        Ends and all kinks, exactly. Open to sodium, sodium metal itself is a defined partner: it
        has no atoms in the balance and brings its own grand potential.

    Raises
    ------
    FormulaError
        If an amount is negative or not finite, or a material has no atoms.
    ChemicalSystemError
        If an element has no reference phase.
    VoltageError
        If the voltage is negative or not finite.
    """
    left, right = (
        reactant(table, composition, name)
        for composition, name in zip((first, second), names, strict=True)
    )
    return react(table, left, right, volts)


def react(
    table: PhaseTable,
    left: Reactant,
    right: Reactant,
    volts: float | None = None,
    *,
    all_kinks: bool = True,
) -> MixingLine:
    """
    React two materials of known energies with each other: `mix` for many pairs.

    Parameters
    ----------
    table
        Phases on one energy scale.
    left, right
        The materials, as `reactant` finds them in this table.
    volts
        Voltage of a sodium reservoir against Na/Na+, V; by default no sodium comes or goes.
    all_kinks
        False to write down only the ends and the strongest reaction, which is faster.

    Returns
    -------
    MixingLine
        As of `mix`.

    Raises
    ------
    VoltageError
        If the voltage is negative or not finite.
    """
    if volts is not None and not 0.0 <= volts < np.inf:
        raise VoltageError(f"voltage {volts} V is outside 0 V (sodium metal) to infinity.")
    system = table.system({*left.composition, *right.composition}, closed=volts is None)
    mu = 0.0 if volts is None else chemical_potential(volts, table.mu_sodium_metal)
    costs = system.energies - mu * system.sodium
    sides = [_per_atom(side, system, mu, closed=volts is None) for side in (left, right)]
    points = _points(system, costs, sides[0].amounts, sides[1].amounts)
    if not all_kinks:
        points = _decisive(points, costs, sides)
    kinks = tuple(_kink(table, system, costs, (left, right), sides, point) for point in points)
    return MixingLine(left, right, volts, kinks)


@dataclass(frozen=True, eq=False)
class _Side:
    """One atom of a reactant: what it brings into the balance."""

    amounts: NDArray[np.float64]
    grand_energy: float
    sodium: float


def _per_atom(side: Reactant, system: System, mu: float, *, closed: bool) -> _Side:
    """Reduce a reactant to one atom; sodium belongs to the reservoir unless closed."""
    n_atoms = side.n_atoms
    amounts = np.array([side.composition.get(symbol, 0.0) for symbol in system.elements])
    sodium = 0.0 if closed else side.composition.get(SODIUM, 0.0) / n_atoms
    return _Side(amounts / n_atoms, side.energy / n_atoms - mu * sodium, sodium)


def reactant(table: PhaseTable, composition: Mapping[str, float], name: str) -> Reactant:
    """
    Assign a material the energy of its phase, or of its decomposition products.

    Parameters
    ----------
    table
        Phases on one energy scale.
    composition
        Element symbol to amount per formula unit.
    name
        Formula as it is to be written in reactions.

    Returns
    -------
    Reactant
        The material.

    Raises
    ------
    FormulaError
        If an amount is negative or not finite, or there is no atom.
    ChemicalSystemError
        If an element has no reference phase.
    """
    composition = present(composition, plain(composition))
    own = table.find(composition)
    if own is None:
        return Reactant(name, composition, decompose(table, composition).energy, mixture=True)
    energy = own.energy_per_atom * sum(composition.values())
    return Reactant(name, composition, energy, mixture=False)


def _decisive(points: list[_Point], costs: NDArray[np.float64], sides: list[_Side]) -> list[_Point]:
    """Keep the ends of a mixing line and the point between them that releases most by mixing."""
    first, *between, last = points
    if len(between) < 2:
        return points
    low, high = (_energy(end, costs, sides) for end in (first, last))

    def by_mixing(point: _Point) -> float:
        alone = low + point.fraction * (high - low)
        return round(_energy(point, costs, sides) - alone, 10)

    return [first, min(between, key=by_mixing), last]


def _energy(point: _Point, costs: NDArray[np.float64], sides: list[_Side]) -> float:
    """Reaction energy at a point of the curve, eV per atom of the reactants."""
    first, second = (side.grand_energy for side in sides)
    products = float(point.amounts @ costs[point.columns])
    return products - first - point.fraction * (second - first)


def _kink(
    table: PhaseTable,
    system: System,
    costs: NDArray[np.float64],
    reactants: tuple[Reactant, Reactant],
    sides: list[_Side],
    point: _Point,
) -> Kink:
    """Write a point of the curve down as a reaction."""
    columns, values = BasicSolution(point.columns, point.amounts).support(AMOUNT_TOLERANCE)
    first, second = sides
    given = first.grand_energy + point.fraction * (second.grand_energy - first.grand_energy)
    brought = first.sodium + point.fraction * (second.sodium - first.sodium)
    energy = float(values @ costs[columns]) - given
    exchanged = float(values @ system.sodium[columns]) - brought
    return Kink(
        fraction=point.fraction,
        energy_per_atom=energy if energy < -_NO_ENERGY else 0.0,
        phases=tuple(table.phases[i] for i in system.index[columns].tolist()),
        amounts=values / system.sizes[columns],
        sodium_exchanged=exchanged if abs(exchanged) > AMOUNT_TOLERANCE else 0.0,
        reactants=reactants,
    )
