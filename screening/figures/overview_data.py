"""Data of the figures of many candidates.

Each figure is computed once and drawn twice: with matplotlib for papers, with plotly for the
browser. The ladder of one composition is `ladder_data.LadderFigure`, a phase diagram is
`diagram.GrandDiagram`; mixing lines (`interface.MixingLine`), discharges (`discharge.Discharge`)
and published windows (`parity.WindowPair`) are drawn as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.stability.electrode import electrode
from trona.screening.stability.interphase import InterphaseClass, Thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.phases import PhaseTable
    from trona.screening.stability.interphase import Interphase
    from trona.screening.stability.window import Stability

__all__ = [
    "ELECTRODES",
    "InterphaseMap",
    "MapPoint",
    "Mark",
    "WindowBar",
    "WindowBars",
    "electrode_mark",
    "map_point",
    "window_bar",
]

ELECTRODES = ("Na", "Na15Sn4", "S", "NaCrO2")
"""Electrodes marked by default: two anodes and two cathodes of sodium cells."""
_HEADROOM = 0.6
"""V shown above the highest finite limit; what is unbounded ends there."""


@dataclass(frozen=True)
class Mark:
    """
    Potential of an electrode on a voltage axis.

    Parameters
    ----------
    formula
        The electrode.
    voltage
        V against Na/Na+.
    computed
        The computed potential, V, where another one is marked; None if there is none beside it.
    """

    formula: str
    voltage: float
    computed: float | None = None

    @property
    def potential(self) -> str:
        """The potential as text, with the computed one on a second line."""
        beside = "" if self.computed is None else f"\n(computed {self.computed:.2f})"
        return f"{self.voltage:.2f} V{beside}"


@dataclass(frozen=True)
class WindowBar:
    """
    Stability window of one candidate.

    Parameters
    ----------
    label
        The candidate.
    lower, upper
        Range without exchange of sodium, V; ``upper`` is inf where nothing can leave. Both are
        the voltage at which the exchange changes sign where there is no such range.
    kind
        Class of its interphase at 0 V.
    mixture
        True where it has no phase of its own.
    doubtful
        True where the reference cannot assess it: it is not ranked.
    sure
        False where the class holds in too few draws of the energies to stand alone.
    """

    label: str
    lower: float
    upper: float
    kind: InterphaseClass
    mixture: bool = False
    doubtful: bool = False
    sure: bool = True

    @property
    def signs(self) -> str:
        """Marks after the name, explained in `WindowBars.notes`."""
        return "*" * self.mixture + "?" * self.doubtful


@dataclass(frozen=True)
class WindowBars:
    """
    Windows of some candidates on one voltage axis.

    Parameters
    ----------
    bars
        In the order in which they are shown, from the top.
    marks
        Potentials of electrodes.

    Raises
    ------
    InputError
        If there is no candidate.
    """

    bars: tuple[WindowBar, ...]
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if not self.bars:
            raise InputError("no window to draw: name at least one composition.")

    @property
    def notes(self) -> tuple[str, ...]:
        """Meaning of the marks after names, for those that occur."""
        found = "".join(bar.signs for bar in self.bars)
        meanings = {"*": "* mixture of phases", "?": "? the reference cannot assess it: not ranked"}
        unsure = () if all(bar.sure for bar in self.bars) else ("hatched or open: class uncertain",)
        return (*(text for sign, text in meanings.items() if sign in found), *unsure)

    @property
    def top(self) -> float:
        """Upper end of the voltage axis, V."""
        limits = [volts for bar in self.bars for volts in (bar.lower, bar.upper)]
        return max(v for v in (0.0, *limits, *(m.voltage for m in self.marks)) if v < inf) + (
            _HEADROOM
        )


@dataclass(frozen=True)
class MapPoint:
    """
    Interphase of one candidate at a voltage.

    Parameters
    ----------
    label
        The candidate.
    driving_force
        Energy released, eV per electrolyte atom; not negative.
    conducting
        Fraction of the products known to conduct electrons; 0 without a reaction.
    unknown
        Fraction of the products whose conduction is unknown; 0 without a reaction.
    kind
        Class of the interphase.
    basis
        Of the fractions: ``"volume"`` or ``"atoms"``.
    sure
        False where the class holds in too few draws of the energies to stand alone.
    """

    label: str
    driving_force: float
    conducting: float
    unknown: float
    kind: InterphaseClass
    basis: str = "volume"
    sure: bool = True


@dataclass(frozen=True)
class InterphaseMap:
    """
    Interphases of some candidates: what drives them, and how much of them conducts electrons.

    Parameters
    ----------
    points
        One for each candidate.
    voltage
        V against Na/Na+.
    thresholds
        Fractions from which conducting phases are connected.

    Raises
    ------
    InputError
        If there is no candidate.
    """

    points: tuple[MapPoint, ...]
    voltage: float = 0.0
    thresholds: Thresholds = field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        if not self.points:
            raise InputError("no interphase to draw: name at least one composition.")

    @property
    def notes(self) -> tuple[str, ...]:
        """What open points and bars above points mean, where they occur."""
        bars = any(point.unknown for point in self.points)
        unsure = not all(point.sure for point in self.points)
        return (
            *(["bar: part whose conduction is unknown"] if bars else []),
            *(["open: class uncertain"] if unsure else []),
        )


def electrode_mark(table: PhaseTable, formula: str) -> Mark:
    """
    Compute the potential at which an electrode works.

    Parameters
    ----------
    table
        Phases on one energy scale, sodium among them.
    formula
        The electrode as written.

    Returns
    -------
    Mark
        Where it gives sodium off; where it takes sodium up if it has none to give, as sulfur.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    ChemicalSystemError
        If an element has no reference phase.
    """
    return Mark(formula, electrode(table, parse(formula), formula).mark)


def window_bar(stability: Stability, at_metal: Interphase, label: str | None = None) -> WindowBar:
    """
    Show a composition as a bar.

    Parameters
    ----------
    stability
        As assessed.
    at_metal
        Its interphase at 0 V.
    label
        Name of the candidate; its formula by default.

    Returns
    -------
    WindowBar
        Its window; a single voltage where no range is free of exchange.
    """
    limits = stability.stabilized
    return WindowBar(
        label or stability.formula,
        limits.reduction,
        limits.oxidation,
        at_metal.kind,
        stability.mixture,
    )


def map_point(
    stability: Stability,
    interphases: Iterable[Interphase],
    voltage: float = 0.0,
    label: str | None = None,
) -> MapPoint:
    """
    Show the interphase of a composition at a voltage as a point.

    Parameters
    ----------
    stability
        As assessed.
    interphases
        One for each interval of its ladder.
    voltage
        V against Na/Na+; not negative.
    label
        Name of the candidate; its formula by default.

    Returns
    -------
    MapPoint
        Without a conducting part where nothing reacts.

    Raises
    ------
    VoltageError
        If the voltage is negative or not a number.
    """
    here = stability.ladder.index(stability.rung(voltage))
    found = tuple(interphases)[here]
    reacts = found.kind.reacts
    return MapPoint(
        label=label or stability.formula,
        driving_force=max(0.0, -stability.reaction_energy(voltage)),
        conducting=found.electronic_fraction if reacts else 0.0,
        unknown=found.unknown_electronic_fraction if reacts else 0.0,
        kind=found.kind,
        basis=found.fraction_basis,
    )
