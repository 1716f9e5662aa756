"""Phase diagram open to sodium, at one voltage or over a range of voltages.

With sodium at a fixed potential, the phases of Na and two or three other elements lie on a line or
a triangle of those elements: the lower hull of φ = E − μ n_Na per other atom (Ong, Wang, Kang &
Ceder, Chem. Mater. 20 (2008) 1798). As the voltage rises, each facet of that hull persists until a
phase touches its plane. φ is linear in the voltage, so this voltage is known exactly, and the hull
is recomputed just above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import InputError, VoltageError
from trona.screening.formulas import present, same_composition
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM, chemical_potential

from .grand import Profile, profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from .phases import Phase, PhaseTable
    from .system import System

__all__ = ["DiagramMark", "GrandDiagram", "Section", "grand_diagram"]

_BEYOND = 1e-7
"""V above a breakpoint at which the hull is found anew; narrower ranges are passed over."""
_DOWN = -1e-9
"""Facets whose normal points down by more than this belong to the lower hull."""
_NO_SLOPE = 1e-9
"""Sodium per atom by which a phase must differ from a facet for the voltage to matter."""


@dataclass(frozen=True)
class Section:
    """
    A range of voltage with one set of stable phases and tie lines.

    Parameters
    ----------
    lower, upper
        V against Na/Na+; the lowest starts at 0, the highest ends at inf.
    stable
        Positions of the stable phases in the diagram.
    ties
        Pairs of them that coexist.
    """

    lower: float
    upper: float
    stable: tuple[int, ...]
    ties: tuple[tuple[int, int], ...]

    @property
    def middle(self) -> float:
        """Representative voltage of the range, V."""
        return (self.lower + self.upper) / 2 if self.upper < inf else self.lower + 0.1


@dataclass(frozen=True, eq=False)
class DiagramMark:
    """
    A composition that is marked in a diagram.

    Parameters
    ----------
    formula
        As the user wrote it.
    fractions : shape (n_elements,)
        Of the atoms other than sodium.
    profile
        What becomes of it at every voltage.
    """

    formula: str
    fractions: NDArray[np.float64]
    profile: Profile

    def __post_init__(self) -> None:
        self.fractions.setflags(write=False)

    def products(self, volts: float) -> str:
        """
        Phases that the composition consists of at a voltage.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Returns
        -------
        str
            Formulas joined by plus signs, without amounts; empty where it is one stable phase.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        phases = self.profile.at(volts).phases
        if len(phases) == 1 and same_composition(phases[0].amounts, self.profile.composition):
            return ""
        return " + ".join(phase.formula for phase in phases)


@dataclass(frozen=True, eq=False)
class GrandDiagram(Tabular):
    """
    Phase diagram of sodium and two or three other elements at every voltage.

    Parameters
    ----------
    elements
        The corners: all elements but sodium, sorted.
    mu_metal
        Chemical potential of sodium metal, eV per atom.
    phases
        Those that are stable at some voltage.
    fractions : shape (n_phases, n_elements)
        Of the atoms other than sodium.
    sections
        Touching ranges of voltage from 0 to inf.
    marks
        Compositions to be marked.
    caveats
        What the phases do not cover of the system, in sentences.
    """

    elements: tuple[str, ...]
    mu_metal: float
    phases: tuple[Phase, ...]
    fractions: NDArray[np.float64]
    sections: tuple[Section, ...]
    marks: tuple[DiagramMark, ...] = ()
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.fractions.setflags(write=False)

    @property
    def heading(self) -> str:
        """The system."""
        what = f"Na-{'-'.join(self.elements)} open to sodium"
        return ". ".join([what, " ".join(self.caveats)]) if self.caveats else what

    def rows(self) -> list[dict[str, object]]:
        """List the ranges of voltage with their stable phases."""
        return [
            {
                "from (V)": section.lower,
                "to (V)": section.upper,
                "products": ", ".join(self.phases[at].formula for at in section.stable),
                "tie lines": len(section.ties),
            }
            for section in self.sections
        ]

    def at(self, volts: float) -> Section:
        """
        Stable phases at a voltage; at a breakpoint those of the lower side.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Returns
        -------
        Section
            The range that contains the voltage.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        if not 0.0 <= volts < inf:
            raise VoltageError(
                f"voltage {volts} V is outside 0 V (sodium metal plates below) to infinity."
            )
        return next(section for section in self.sections if volts <= section.upper)

    def formation(self, volts: float) -> NDArray[np.float64]:
        """
        Grand potentials of formation of the stable phases at a voltage.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Returns
        -------
        ndarray : shape (n_stable,)
            From the phases in the corners, eV per atom other than sodium; not positive.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        stable = list(self.at(volts).stable)
        mu = chemical_potential(volts, self.mu_metal)
        heights = np.array([_height(self.phases[at], mu) for at in stable])
        fractions = self.fractions[stable]
        ends = heights[fractions.argmax(axis=0)]
        return np.asarray(heights - fractions @ ends)


def _height(phase: Phase, mu: float) -> float:
    """Grand potential per atom other than sodium, eV."""
    sodium = phase.amounts.get(SODIUM, 0.0)
    return (phase.energy - sodium * mu) / (phase.n_atoms - sodium)


def grand_diagram(
    table: PhaseTable,
    elements: Iterable[str],
    candidates: Mapping[str, Mapping[str, float]] | None = None,
) -> GrandDiagram:
    """
    Find the stable phases and their tie lines at every voltage.

    Parameters
    ----------
    table
        Phases on one energy scale, sodium among them.
    elements
        Two or three symbols beside sodium, which may be named too.
    candidates
        Formula as written to its composition, of those elements: what to mark.

    Returns
    -------
    GrandDiagram
        Exact breakpoints, up to ranges of voltage too narrow to matter (1e-7 V).

    Raises
    ------
    InputError
        If there are not two or three other elements, or a candidate has further ones.
    ChemicalSystemError
        If an element has no reference phase.
    """
    corners = tuple(sorted(set(elements) - {SODIUM}))
    if not 2 <= len(corners) <= 3:
        named = ", ".join(corners) or "none"
        raise InputError(
            f"a diagram has two or three elements beside sodium, not {len(corners)} ({named}): "
            "name a smaller or larger system, as in Na-P-S."
        )
    marks = tuple(
        _mark(table, corners, formula, amounts) for formula, amounts in (candidates or {}).items()
    )
    system = table.system(corners)
    found = _merged(_sections(system, table.mu_sodium_metal))
    used = sorted({at for section in found for at in section.stable})
    place = {column: at for at, column in enumerate(used)}
    return GrandDiagram(
        elements=corners,
        mu_metal=table.mu_sodium_metal,
        phases=tuple(table.phases[i] for i in system.index[used]),
        fractions=np.array(system.amounts[:, used].T),
        sections=tuple(
            Section(
                one.lower,
                one.upper,
                tuple(place[at] for at in one.stable),
                tuple((place[a], place[b]) for a, b in one.ties),
            )
            for one in found
        ),
        marks=marks,
    )


def _mark(
    table: PhaseTable, corners: tuple[str, ...], formula: str, amounts: Mapping[str, float]
) -> DiagramMark:
    """Find the position of a composition and its products."""
    inside = present(amounts, formula)
    foreign = sorted(inside.keys() - {*corners, SODIUM})
    if foreign:
        raise InputError(
            f"{formula} has {', '.join(foreign)}, which {'-'.join((SODIUM, *corners))} lacks: "
            "mark compositions of the diagram's elements."
        )
    found = profile(table, inside)
    shares = np.array([inside.get(symbol, 0.0) for symbol in corners])
    return DiagramMark(formula, shares / shares.sum(), found)


def _sections(system: System, mu_metal: float) -> list[Section]:
    """Follow the lower hull from 0 V upwards; sections of columns of the system."""
    found: list[Section] = []
    lower = 0.0
    while lower < inf:
        heights = system.energies - (mu_metal - lower - _BEYOND) * system.sodium
        facets = _lower_hull(system.amounts, heights)
        upper = min(_lasts(system, facet, mu_metal, lower + _BEYOND) for facet in facets)
        ties = {tuple(sorted(pair)) for facet in facets for pair in combinations(facet, 2)}
        found.append(
            Section(
                lower=lower,
                upper=upper,
                stable=tuple(sorted({column for facet in facets for column in facet})),
                ties=tuple(sorted((a, b) for a, b in ties)),
            )
        )
        lower = upper
    return found


def _lower_hull(
    amounts: NDArray[np.float64], heights: NDArray[np.float64]
) -> list[tuple[int, ...]]:
    """Facets of the lower hull of phases over their fractions; each as columns."""
    from scipy.spatial import ConvexHull  # noqa: PLC0415

    lowest = [heights[amounts[row] == 1.0].min() for row in range(len(amounts))]
    heights = heights - lowest @ amounts
    points = np.column_stack([amounts[:-1].T, heights])
    middle = np.full(len(amounts) - 1, 1.0 / len(amounts))
    above = np.append(middle, heights.max() + 1.0)  # gives the hull a volume, whatever the phases
    hull = ConvexHull(np.vstack([points, above]))
    down = hull.equations[:, -2] < _DOWN
    return [tuple(sorted(facet)) for facet in hull.simplices[down].tolist()]


def _lasts(system: System, facet: tuple[int, ...], mu_metal: float, volts: float) -> float:
    """Voltage above the present one at which some phase first touches the plane of a facet."""
    corners = list(facet)
    shares = np.linalg.solve(system.amounts[:, corners], system.amounts)
    energies = system.energies - system.energies[corners] @ shares
    sodium = system.sodium - system.sodium[corners] @ shares
    falling = sodium < -_NO_SLOPE
    touching = mu_metal - energies[falling] / sodium[falling]
    return float(max(touching.min(initial=inf), volts + _BEYOND))


def _merged(sections: list[Section]) -> list[Section]:
    """Join neighbours that show the same."""
    merged: list[Section] = []
    for one in sections:
        last = merged[-1] if merged else None
        if last is not None and (last.stable, last.ties) == (one.stable, one.ties):
            merged[-1] = Section(last.lower, one.upper, one.stable, one.ties)
        else:
            merged.append(one)
    return merged
