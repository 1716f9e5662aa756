"""Compositions and potentials of an electrode over the range in which it works."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.buffers import Material
from trona.screening.units import SODIUM
from trona.stores.assess.electrodes import choose_electrode, find_measured

if TYPE_CHECKING:
    from trona.screening.equilibrium.phases import PhaseTable
    from trona.stores.assess.electrodes import ElectrodePotential

__all__ = ["ElectrodeStates", "electrode_states", "formulas_of"]

_TO = ".."
_AT = "@"
_CHARGED = (
    "Only {name} itself was tried as the electrode: give its charged state as {name}..FORMULA."
)
_STATES = 2
"""An electrode is asked about discharged and charged."""


@dataclass(frozen=True, eq=False)
class ElectrodeStates:
    """
    An electrode over the range in which it works.

    Parameters
    ----------
    potential
        Where it works.
    states
        Its compositions, richest in sodium first.
    low, high
        Ends of the range, V.
    """

    potential: ElectrodePotential
    states: tuple[Material, ...]
    low: float
    high: float

    @property
    def caveats(self) -> tuple[str, ...]:
        """What was not tried of it."""
        if len(self.states) > 1 or self.low == self.high:
            return ()
        return (_CHARGED.format(name=self.states[0].formula),)


def electrode_states(
    asked: str, table: PhaseTable, voltage: tuple[float, float] | None = None
) -> ElectrodeStates:
    """
    Find the compositions and potentials of an electrode.

    Parameters
    ----------
    asked
        As `choose_electrode` takes it; ``NaCrO2..Na0.5CrO2`` names its discharged and its charged
        state. Without, the compositions that its measured potential is known by are taken.
    table
        Phases on one energy scale.
    voltage
        Range of its potential, V; by default that of its source.

    Returns
    -------
    ElectrodeStates
        Richest in sodium first.

    Raises
    ------
    InputError
        If it has no formula, or its potential is neither measured nor computed.
    """
    names, at, volts = asked.partition(_AT)
    named = _names(asked)
    potential = choose_electrode(table, named[0] + at + volts)
    formulas = formulas_of(asked)
    if not formulas:
        raise InputError(f"{names.strip()} has no formula: name a composition instead.")
    if len({_frame(formula) for formula in formulas}) > 1:
        raise InputError(
            f"{' and '.join(formulas)} differ in more than sodium: name states of one electrode."
        )
    measured = find_measured(named[0])
    if measured is not None and len(formulas) == 1:
        formulas += measured.formulas
    unique = {fractions_key(parse(one)): Material(one, parse(one)) for one in reversed(formulas)}
    states = sorted(unique.values(), key=_sodium, reverse=True)
    ends = states if len(states) <= _STATES else [states[0], states[-1]]
    first = Material(formulas[0], parse(formulas[0]))
    if all(fractions_key(one.composition) != fractions_key(first.composition) for one in ends):
        ends.insert(1, first)
    high = potential.high if isfinite(potential.high) else max(potential.mean, potential.low)
    low, high = voltage or (potential.low, high)
    return ElectrodeStates(potential, tuple(ends), low, high)


def formulas_of(asked: str) -> list[str]:
    """
    Read the compositions in the name of an electrode.

    Parameters
    ----------
    asked
        As `electrode_states` takes it.

    Returns
    -------
    list of str
        Those that stand there; the one that a name stands for; none for a name without one.

    Raises
    ------
    InputError
        If there is no name, or more than two.

    Examples
    --------
    >>> formulas_of("NaCrO2..Na0.5CrO2@3.1"), formulas_of("tin"), formulas_of("hard carbon")
    (['NaCrO2', 'Na0.5CrO2'], ['Na15Sn4'], [])
    """
    first, *others = _names(asked)
    measured = find_measured(first)
    if measured is None or first.casefold() not in {one.casefold() for one in measured.names}:
        return [first, *others]
    return [*measured.formulas[:1], *others]


def _names(asked: str) -> list[str]:
    """Split the name of an electrode into its discharged and its charged state."""
    names = [part.strip() for part in asked.partition(_AT)[0].split(_TO)]
    if not all(names) or len(names) > _STATES:
        raise InputError(f"no electrode {asked!r}: write it like NaCrO2 or NaCrO2{_TO}Na0.5CrO2.")
    return names


def _frame(formula: str) -> tuple[tuple[str, float], ...]:
    """Composition without sodium, as atomic fractions."""
    return fractions_key({x: n for x, n in parse(formula).items() if x != SODIUM} or {SODIUM: 1.0})


def _sodium(one: Material) -> float:
    """Atomic fraction of sodium."""
    return one.composition.get(SODIUM, 0.0) / sum(one.composition.values())
