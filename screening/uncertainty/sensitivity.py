"""Sensitivity of a window limit to each energy, and its shift if one of them is wrong.

At a limit the products on either side have the same grand potential, E_a − n_a μ = E_b − n_b μ, so
the voltage is linear in every energy that takes part, as long as the products stay the same:
dV/dE_j = −(λ_a,j − λ_b,j) / (n_a − n_b), and dV/dμ0 = 1 for sodium metal. Exact, no sampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.stability.window import assess
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from trona.screening.equilibrium.grand import Interval
    from trona.screening.equilibrium.phases import Phase
    from trona.screening.stability.window import Stability

__all__ = ["Dependence", "LimitDependence", "dependence"]

_NO_SLOPE = 1e-9


@dataclass(frozen=True, eq=False)
class Dependence:
    """
    How a limit depends on one phase.

    Parameters
    ----------
    phase
        The phase.
    slope
        Change of the limit per change of the phase's energy, V per eV/atom.
    removed
        The limit without the phase, V; None for an element, for the electrolyte itself, and where
        no window is left.
    """

    phase: Phase
    slope: float
    removed: float | None


@dataclass(frozen=True, eq=False)
class LimitDependence:
    """
    All that a limit depends on.

    Parameters
    ----------
    voltage
        The limit, V.
    phases
        Those that move it, strongest first.
    """

    voltage: float
    phases: tuple[Dependence, ...]


def dependence(
    table: PhaseTable, stability: Stability
) -> tuple[LimitDependence | None, LimitDependence | None]:
    """
    Find what the limits of a window depend on.

    Parameters
    ----------
    table
        The table that was assessed.
    stability
        The assessment.

    Returns
    -------
    tuple
        For the reduction and the oxidation limit; None where there is no window, where the
        reduction limit is sodium metal itself, or where the window has no upper end.
    """
    if stability.window is None:
        return None, None
    intervals = stability.profile.intervals
    lower, upper = stability.window.reduction, stability.window.oxidation
    reduction = oxidation = None
    for below, above in pairwise(intervals):
        if below.voltage_upper == lower:
            reduction = _limit(table, stability, lower, (above, below), "reduction")
        if below.voltage_upper == upper and upper < inf:
            oxidation = _limit(table, stability, upper, (below, above), "oxidation")
    return reduction, oxidation


def _limit(
    table: PhaseTable,
    stability: Stability,
    voltage: float,
    sides: tuple[Interval, Interval],
    which: str,
) -> LimitDependence:
    """Differentiate one limit with respect to all energies that take part."""
    inside, outside = sides
    exchanged = inside.sodium_exchanged - outside.sodium_exchanged
    amounts: dict[str, float] = {}
    phases: dict[str, Phase] = {}
    for sign, interval in ((1.0, inside), (-1.0, outside)):
        for phase, amount in zip(interval.phases, interval.amounts, strict=True):
            phases[phase.id] = phase
            amounts[phase.id] = amounts.get(phase.id, 0.0) + sign * float(amount)
    slopes = {key: -amounts[key] / exchanged * phases[key].n_atoms for key in amounts}
    metal = table.find_required({SODIUM: 1.0})
    phases[metal.id], slopes[metal.id] = metal, 1.0
    found = [
        Dependence(phases[key], slope, _without(table, stability, phases[key], which))
        for key, slope in slopes.items()
        if abs(slope) > _NO_SLOPE
    ]
    found.sort(key=lambda one: (-abs(one.slope), one.phase.id))
    return LimitDependence(voltage, tuple(found))


def _without(table: PhaseTable, stability: Stability, phase: Phase, which: str) -> float | None:
    """Find a limit again without one phase and its polymorphs."""
    if len(phase.amounts) == 1 or phase is stability.phase:
        return None
    gone = {polymorph.id for polymorph in table.polymorphs(phase.amounts)}
    rest = PhaseTable.from_phases(p for p in table.phases if p.id not in gone)
    own = stability.phase if stability.phase in rest.phases else None
    window = assess(rest, stability.profile.composition, stability.formula, own).window
    if window is None:
        return None
    limit = window.reduction if which == "reduction" else window.oxidation
    return limit if limit < inf else None
