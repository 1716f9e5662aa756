"""An electrode as the user names it: its compositions over its working range, and their potentials.

Every command that takes an electrode (pairs, matrices, layers and cells) resolves its name here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import fractions_key, parse, plain
from trona.screening.stability.charge import mean_voltage, sodium_between
from trona.screening.stability.electrode import electrode
from trona.screening.stability.interface import Material
from trona.screening.units import SODIUM
from trona.stores.assess.electrodes import choose_electrode, find_measured, is_named

if TYPE_CHECKING:
    from trona.screening.equilibrium.phases import PhaseTable
    from trona.stores.assess.electrodes import ElectrodePotential

__all__ = [
    "ElectrodeStates",
    "NamedElectrode",
    "electrode_states",
    "electrode_volts",
    "formulas_of",
    "read_electrode",
]

_TO = ".."
_AT = "@"
_ALLOYING = frozenset(
    ("Ag", "As", "Au", "Bi", "Cd", "Ga", "Ge", "Hg", "In", "P", "Pb", "Sb", "Si", "Sn", "Tl", "Zn")
)
"""Elements that form alloys with sodium: an anode of them alone gives all its sodium off."""
_BY_ALLOY = "the alloy without its sodium"


@dataclass(frozen=True)
class NamedElectrode:
    """
    Parsed name of an electrode.

    Parameters
    ----------
    name
        Without its potential, such as ``"NVP"`` or ``"NaCrO2..Na0.5CrO2"``.
    potential
        What stands after ``@``; empty without.
    formula
        Composition that is asked for; of two that are given, the one richer in sodium.
    states
        Compositions at both ends of its range, richer in sodium first; only the formula where
        they are neither known nor given.
    source
        Where both come from; empty for one.
    """

    name: str
    potential: str
    formula: str
    states: tuple[str, ...]
    source: str

    @property
    def pair(self) -> tuple[str, str, str] | None:
        """Both states and their source; None for an electrode with one."""
        return None if len(self.states) == 1 else (self.states[0], self.states[-1], self.source)


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
    caveats
        What its states rest on, or what was not tried, in sentences.
    """

    potential: ElectrodePotential
    states: tuple[Material, ...]
    low: float
    high: float
    caveats: tuple[str, ...] = ()


def read_electrode(asked: str) -> NamedElectrode:
    """
    Read the name of an electrode.

    Parameters
    ----------
    asked
        A formula or name; ``NaCrO2..Na0.5CrO2`` gives both states, in any order, and ``@3.1``
        after it a potential. Without ``..``, an electrode whose states are known has both, and an
        alloy reaches from itself to what is left without sodium.

    Returns
    -------
    NamedElectrode
        With one or two states.

    Raises
    ------
    InputError
        If it is no electrode or has no composition, or its states differ in more than sodium.

    Examples
    --------
    >>> read_electrode("NaCrO2..Na0.5CrO2@3.1").states
    ('NaCrO2', 'Na0.5CrO2')
    >>> read_electrode("NVP").states, read_electrode("Na3Sb").states
    (('Na3V2(PO4)3', 'NaV2(PO4)3'), ('Na3Sb', 'Sb'))
    """
    name, at, potential = (part.strip() for part in asked.partition(_AT))
    names = [part.strip() for part in name.split(_TO)]
    if not all(names) or len(names) > 2 or (at and not potential):
        raise InputError(
            f"no electrode {asked!r}: write it like NaCrO2, NaCrO2@3.1 or NaCrO2{_TO}Na0.5CrO2."
        )
    formulas = [_formula(one) for one in names]
    if len(formulas) > 1:
        extra = sodium_between(parse(formulas[0]), parse(formulas[1]), name)
        states = tuple(formulas if extra > 0 else reversed(formulas))
        return NamedElectrode(name, potential, states[0], states, "as given")
    formula = formulas[0]
    states, source = _known_states(name, formula)
    return NamedElectrode(name, potential, formula, states, source)


def formulas_of(asked: str) -> list[str]:
    """
    List the compositions of an electrode, for choosing energies that cover them.

    Parameters
    ----------
    asked
        As `read_electrode` takes it.

    Returns
    -------
    list of str
        The one asked for first, and both states where they are known.

    Raises
    ------
    InputError
        As `read_electrode`.

    Examples
    --------
    >>> formulas_of("NaCrO2..Na0.5CrO2@3.1"), formulas_of("tin")
    (['NaCrO2', 'Na0.5CrO2'], ['Na15Sn4', 'Sn'])
    """
    named = read_electrode(asked)
    return list(dict.fromkeys([named.formula, *named.states]))


def electrode_states(
    asked: str, table: PhaseTable, voltage: tuple[float, float] | None = None
) -> ElectrodeStates:
    """
    Find the compositions and potentials of an electrode.

    Parameters
    ----------
    asked
        As `read_electrode` takes it.
    table
        Phases on one energy scale.
    voltage
        Range of its potential, V; by default that of its source, and of an alloy without one up
        to where what is left takes its first sodium up.

    Returns
    -------
    ElectrodeStates
        Richest in sodium first.

    Raises
    ------
    InputError
        If it has no formula, or its potential is neither measured nor computed.
    """
    named = read_electrode(asked)
    compositions = {formula: parse(formula) for formula in formulas_of(asked)}
    table.require({symbol for amounts in compositions.values() for symbol in amounts})
    found = [Material(formula, amounts) for formula, amounts in compositions.items()]
    potential = _potential(named, table)
    high = potential.high if isfinite(potential.high) else max(potential.mean, potential.low)
    if potential.basis == "computed" and named.source == _BY_ALLOY:
        high = max(high, electrode(table, found[-1].composition, named.states[-1]).takes)
    low, high = voltage or (potential.low, high)
    return ElectrodeStates(
        potential, tuple(sorted(found, key=_sodium, reverse=True)), low, high,
        tuple(_caveats(named, table, tried_one=low != high)),
    )  # fmt: skip


def electrode_volts(asked: str, table: PhaseTable, volts: float | None = None) -> float | None:
    """
    Find the potential that the name of an electrode gives.

    Parameters
    ----------
    asked
        As `read_electrode` takes it.
    table
        Phases on one energy scale.
    volts
        What is asked for beside the name, V.

    Returns
    -------
    float or None
        V; what is asked for beside it, or none, where the name gives none.

    Raises
    ------
    InputError
        If the name gives no potential that can be used, or another one.
    """
    named = read_electrode(asked)
    if not named.potential:
        return volts
    found = _potential(named, table).mean
    if volts is not None and volts != found:
        raise InputError(f"two potentials: {found:g} V in {asked!r}, and {volts:g} V; give one.")
    return found


def _potential(named: NamedElectrode, table: PhaseTable) -> ElectrodePotential:
    """Find where an electrode works: of two states that are given, the richer one counts."""
    name = named.formula if _TO in named.name else named.name
    return choose_electrode(table, f"{name}{_AT}{named.potential}" if named.potential else name)


def _caveats(named: NamedElectrode, table: PhaseTable, *, tried_one: bool) -> list[str]:
    """Say what the states of an electrode rest on."""
    if named.pair is None:
        alone = (
            f"Only {named.formula} itself was tried as the electrode: give its charged state as "
            f"{named.formula}{_TO}FORMULA."
        )
        return [alone] if tried_one else []
    rich, poor, source = named.pair
    between = mean_voltage(table, parse(rich), parse(poor), named.name)
    states = f"States of {named.name}: {rich} and {poor} ({source})"
    return [f"{states}; {between:.2f} V between them on average, computed."]


def _formula(name: str) -> str:
    """Find the composition of an electrode that may be named."""
    known = find_measured(name)
    if known is None or not is_named(name, known):
        parse(name)
        return name
    if not known.formulas:
        raise InputError(
            f"{name!r} has no composition to react with: name a formula, with its potential after "
            f"{_AT}, such as C{_AT}{known.mean:g}."
        )
    return known.formulas[0]


def _known_states(name: str, formula: str) -> tuple[tuple[str, ...], str]:
    """Find both ends of the range of an electrode, and their source."""
    amounts = parse(formula)
    known = find_measured(name)
    if known is not None and known.discharged and known.charged:
        ends = known.discharged, known.charged
        if _frame(formula) == _frame(ends[0]):
            return ends, known.states_source
    host = {symbol: n for symbol, n in amounts.items() if symbol != SODIUM and n > 0}
    if amounts.get(SODIUM, 0.0) > 0 and host and host.keys() <= _ALLOYING:
        left = next(iter(host)) if len(host) == 1 else plain(host)
        return (formula, left), _BY_ALLOY
    return (formula,), ""


def _frame(formula: str) -> tuple[tuple[str, float], ...]:
    """Composition without sodium, as atomic fractions."""
    return fractions_key({x: n for x, n in parse(formula).items() if x != SODIUM} or {SODIUM: 1.0})


def _sodium(one: Material) -> float:
    """Atomic fraction of sodium."""
    return one.composition.get(SODIUM, 0.0) / sum(one.composition.values())
