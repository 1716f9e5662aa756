"""Buffer layers between an electrolyte and an electrode: energy released at each contact; no I/O.

A layer has to pass a series of gates: it exists (energy above hull), it is stable at the potentials
of the electrode (its own reaction with sodium), it does not react with either neighbour, it blocks
electrons and it conducts Na⁺. The order of the gates is that of Xiao, Miara, Wang & Ceder, Joule 3
(2019) 1252, for lithium. Behind a layer that blocks electrons, the electrolyte does not see the
potential of the electrode, and their reaction is closed; at the electrode the reaction is open to
sodium. The same thresholds for tolerated and disqualifying energies apply at all gates.

Energies are those released, in eV per atom, and never negative.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.simplex import minimise
from trona.screening.errors import InputError, VoltageError
from trona.screening.formulas import same_composition
from trona.screening.units import HELD, SODIUM, chemical_potential

from .interface import react, reactant
from .interphase import Electronic, Ionic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trona.screening.equilibrium.phases import PhaseTable

    from .interface import Kink, Material, MixingLine, Reactant
    from .interphase import PhaseProperties

__all__ = [
    "Gates",
    "Grade",
    "Layer",
    "Neighbours",
    "Touch",
    "Verdict",
    "judge",
    "order",
    "react_layers",
    "touch",
    "touch_open",
]

_NOTHING = 5e-4
"""Energies below this (eV/atom) are called none."""
_ALKALI = frozenset({"Li", "K", "Rb", "Cs"})
"""Ions that change places with Na⁺."""


class Grade(StrEnum):
    """Outcome of the gates, best first; unknown if electrons might pass."""

    FITS = "fits"
    WEAK = "reacts weakly"
    UNKNOWN = "unknown"
    VETOED = "vetoed"


@dataclass(frozen=True)
class Gates:
    """
    Energy thresholds of the gates, eV per atom.

    Parameters
    ----------
    tolerated
        Up to this nothing counts as a reaction.
    veto
        Above this a layer is out; between the two it reacts weakly.

    Raises
    ------
    InputError
        If they are not finite, negative or in the wrong order.
    """

    tolerated: float = HELD
    veto: float = 0.1

    def __post_init__(self) -> None:
        if not (isfinite(self.veto) and 0.0 <= self.tolerated <= self.veto):
            raise InputError(
                f"{self.tolerated} eV/atom tolerated and {self.veto} eV/atom as a veto cannot be "
                "used: give two numbers of at least 0, the smaller one first."
            )


@dataclass(frozen=True, eq=False)
class Neighbours:
    """
    The two neighbours of a layer.

    Parameters
    ----------
    electrolyte
        On one side.
    states
        The electrode on the other side, richest in sodium first.
    low, high
        Potentials between which the electrode works, V against Na/Na+.

    Raises
    ------
    InputError
        If there is no electrode, it is the electrolyte, or the potentials do not rise.
    """

    electrolyte: Material
    states: tuple[Material, ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.states:
            raise InputError("there is no electrode: name one, such as NaCrO2.")
        own = self.electrolyte
        if any(same_composition(own.composition, one.composition) for one in self.states):
            raise InputError(
                f"{own.formula} is on both sides: name an electrolyte and an electrode."
            )
        if not (0.0 <= self.low <= self.high and isfinite(self.high)):
            raise VoltageError(
                f"{self.low} to {self.high} V is no range of an electrode: give two potentials "
                "from 0 V on, the lower one first."
            )


@dataclass(frozen=True, eq=False)
class Touch:
    """
    Two materials in contact.

    Parameters
    ----------
    partner
        What the layer touches.
    voltage
        Of the sodium reservoir, V; None where no sodium comes or goes.
    released
        At most, by mixing, eV per atom of both.
    kink
        The strongest reaction; None where there is none.
    """

    partner: str
    voltage: float | None
    released: float
    kink: Kink | None


@dataclass(frozen=True, eq=False)
class Layer:
    """
    A candidate between electrolyte and electrode.

    Parameters
    ----------
    material
        The layer.
    mixture
        True where it has no phase of its own.
    above_hull
        eV per atom; zero for a mixture.
    at_low, at_high
        What it releases by its own reaction with sodium where the electrode works, beyond its
        energy above hull, eV per atom of it. Between the two potentials it releases no more
        than at one of them, since the energy is concave.
    electrolyte
        Its contact with the electrolyte.
    electrode
        Its contacts with the states of the electrode.
    """

    material: Material
    mixture: bool
    above_hull: float
    at_low: float
    at_high: float
    electrolyte: Touch
    electrode: tuple[Touch, ...]

    @property
    def worst(self) -> float:
        """Largest energy that it releases anywhere, eV/atom."""
        contacts = (one.released for one in (self.electrolyte, *self.electrode))
        return max(self.above_hull, self.at_low, self.at_high, *contacts)


@dataclass(frozen=True)
class Verdict:
    """
    Outcome of the gates for a layer, with the reasons.

    Parameters
    ----------
    grade
        The verdict.
    vetoes, drawbacks, unknown
        Sentences: why it is out, what speaks against it, and what nobody says.
    electronic, ionic
        Whether it conducts.
    """

    grade: Grade
    vetoes: tuple[str, ...]
    drawbacks: tuple[str, ...]
    unknown: tuple[str, ...]
    electronic: Electronic
    ionic: Ionic


def react_layers(
    table: PhaseTable, sides: Neighbours, candidates: Iterable[Material]
) -> list[Layer]:
    """
    React candidate layers with an electrolyte and an electrode.

    Parameters
    ----------
    table
        Phases on one energy scale.
    sides
        What they are put between.
    candidates
        Any number of materials; sodium, the electrolyte and the electrode themselves are none.

    Returns
    -------
    list of Layer
        In the order given, with closed contacts; `touch_open` adds others.

    Raises
    ------
    ChemicalSystemError
        If an element has no reference phase.
    """
    others = (sides.electrolyte, *sides.states)
    around = {symbol for one in others for symbol in one.composition} | {SODIUM}
    table.require(around)
    mu_metal = table.mu_sodium_metal
    neighbours = [_reactant(table, other) for other in others]
    small: dict[frozenset[str], PhaseTable] = {}
    found = []
    for one in candidates:
        if one.composition.keys() == {SODIUM} or any(
            same_composition(one.composition, other.composition) for other in others
        ):
            continue
        inside = frozenset(one.composition.keys() - around)
        if inside not in small:
            small[inside] = table.within(around | inside)
        found.append(_layer(small[inside], sides, neighbours, one, mu_metal))
    return found


def _layer(
    table: PhaseTable,
    sides: Neighbours,
    neighbours: Sequence[Reactant],
    one: Material,
    mu_metal: float,
) -> Layer:
    """Let a layer touch both sides: the electrolyte, then the states of the electrode."""
    own = _reactant(table, one)
    line, *others = [react(table, own, other, all_kinks=False) for other in neighbours]
    above_hull = abs(line.kinks[0].energy_per_atom)
    at_low, at_high = (
        max(_released(table, own.composition, own.energy, volts, mu_metal) - above_hull, 0.0)
        for volts in (sides.low, sides.high)
    )
    return Layer(
        material=one,
        mixture=own.mixture,
        above_hull=above_hull,
        at_low=at_low,
        at_high=at_high,
        electrolyte=_touch(line),
        electrode=tuple(map(_touch, others)),
    )


def _reactant(table: PhaseTable, one: Material) -> Reactant:
    """Give a material its energy."""
    return reactant(table, one.composition, one.formula)


def _touch(line: MixingLine) -> Touch:
    """Keep the strongest reaction of a mixing line."""
    kink = line.strongest
    reacts = kink if line.reacts else None
    return Touch(line.second.formula, line.voltage, abs(line.mixing_energy(kink)), reacts)


def touch(
    table: PhaseTable, first: Material, second: Material, volts: float | None = None
) -> Touch:
    """
    React two materials in contact.

    Parameters
    ----------
    table
        Phases on one energy scale.
    first, second
        The materials.
    volts
        Voltage of a sodium reservoir, V; by default no sodium comes or goes.

    Returns
    -------
    Touch
        The strongest reaction.
    """
    sides = _reactant(table, first), _reactant(table, second)
    return _touch(react(table, *sides, volts, all_kinks=False))


def touch_open(table: PhaseTable, sides: Neighbours, layer: Layer) -> Layer:
    """
    Add the reactions of a layer with the electrode open to sodium.

    Parameters
    ----------
    table
        Phases on one energy scale.
    sides
        What the layer is between.
    layer
        As found by `react_layers`.

    Returns
    -------
    Layer
        With the state that is richest in sodium at the lowest potential, and the poorest at the
        highest. Sodium metal adds nothing: the layer's own reaction at 0 V is that contact.
    """
    ends = [(sides.states[0], sides.low), (sides.states[-1], sides.high)]
    added = tuple(
        touch(table, layer.material, state, volts)
        for state, volts in ends
        if state.composition.keys() != {SODIUM}
    )
    return replace(layer, electrode=(*layer.electrode, *added))


def _released(
    table: PhaseTable,
    composition: Mapping[str, float],
    energy: float,
    volts: float,
    mu_metal: float,
) -> float:
    """Energy that a composition releases by reacting with sodium at a voltage, eV per atom."""
    system = table.system(composition)
    mu = chemical_potential(volts, mu_metal)
    costs = system.energies - mu * system.sodium
    target = np.array([composition[symbol] for symbol in system.elements])
    best = minimise(system.amounts, target, costs, system.start)
    own = energy - mu * composition.get(SODIUM, 0.0)
    released = own - float(best.values @ costs[best.columns])
    return max(released / sum(composition.values()), 0.0)


def judge(
    layer: Layer, sides: Neighbours, properties: PhaseProperties, gates: Gates | None = None
) -> Verdict:
    """
    Check a layer against the gates.

    Parameters
    ----------
    layer
        With its contacts.
    sides
        What it is between.
    properties
        How it conducts.
    gates
        Energies that decide.

    Returns
    -------
    Verdict
        With all that speaks against it, not the first only.
    """
    limits = gates or Gates()
    vetoes: list[str] = []
    drawbacks: list[str] = []
    for released, what in _steps(layer, sides):
        sentence = f"{what} ({1000 * released:.0f} meV/atom)"
        if released > limits.veto:
            vetoes.append(sentence)
        elif released > limits.tolerated:
            drawbacks.append(sentence)
    if layer.above_hull > limits.tolerated:
        vetoes.append(f"{1000 * layer.above_hull:.0f} meV/atom above hull")
    grade = Grade.WEAK if drawbacks else Grade.FITS
    if properties.electronic is Electronic.UNKNOWN:
        grade = Grade.UNKNOWN
    if properties.electronic in {Electronic.METAL, Electronic.NARROW_GAP}:
        vetoes.append("conducts electrons")
    if properties.ionic is Ionic.INSULATOR:
        drawbacks.append("conducts hardly any Na⁺: a thin film at most")
    if foreign := _foreign(layer):
        drawbacks.append(f"contains {' and '.join(foreign)}, which may exchange with Na⁺")
    carriers = ((properties.electronic, "electrons"), (properties.ionic, "Na⁺"))
    unknown = [f"whether it conducts {what}" for one, what in carriers if one.value == "unknown"]
    if layer.mixture:
        unknown.append("its energy: that of its decomposition products is used")
    return Verdict(
        Grade.VETOED if vetoes else grade,
        tuple(vetoes),
        tuple(drawbacks),
        tuple(unknown),
        properties.electronic,
        properties.ionic,
    )


def _foreign(layer: Layer) -> list[str]:
    """Find alkali metals other than sodium in a layer."""
    return sorted(_ALKALI & layer.material.composition.keys())


def _steps(layer: Layer, sides: Neighbours) -> list[tuple[float, str]]:
    """List the energies that a layer releases, with what happens; its own where it is larger."""
    own, volts = max((layer.at_low, sides.low), (layer.at_high, sides.high))
    steps = [(own, f"changes by itself at {volts:.2f} V")]
    for one in (layer.electrolyte, *layer.electrode):
        at = "" if one.voltage is None else f" at {one.voltage:.2f} V"
        steps.append((one.released, f"reacts with {one.partner}{at}"))
    return steps


def order(layer: Layer, verdict: Verdict) -> tuple[object, ...]:
    """
    Order layers: best first.

    Parameters
    ----------
    layer
        The layer.
    verdict
        What the gates made of it.

    Returns
    -------
    tuple
        To be sorted by: grade; Na⁺ conducted before unknown before blocked; sodium in it or not;
        another alkali metal or none; then what it releases at most, its energy above hull and its
        formula.
    """
    return (
        list(Grade).index(verdict.grade),
        [Ionic.CONDUCTOR, Ionic.UNKNOWN, Ionic.INSULATOR].index(verdict.ionic),
        SODIUM not in layer.material.composition,
        bool(_foreign(layer)),
        round(max(layer.worst - _NOTHING, 0.0), 4),
        round(layer.above_hull, 4),
        layer.material.formula,
    )
