"""Comparison of two references in one chemical system: energies, hulls, windows; no database.

Formation energies are compared, each relative to the elements of its own source, so that any two
scales can be compared without joining them.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from pydantic import Field

from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.stability.window import assess
from trona.screening.units import SODIUM
from trona.stores.documents.results import Document, LimitsDoc

from .alignment import differences, formation_energy, residual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.equilibrium.phases import Phase

    from .references import Reference

__all__ = ["ComparedPhaseDoc", "ReferenceComparisonDoc", "SideDoc", "compare_references"]

_ON_HULL = 1e-6
"""Energies above hull below this (eV/atom) are rounding."""


class SideDoc(Document):
    """What one reference says of a compound."""

    formation_energy: float = Field(description="From this reference's elements, eV/atom.")
    above_hull: float = Field(description="Above the hull of the system, eV/atom.")
    window: LimitsDoc | None = Field(
        description="Range of voltage without exchange of sodium, for compounds with sodium that "
        "both references know and one has on its hull; null for others, or without a range."
    )


class ComparedPhaseDoc(Document):
    """A compound in two references."""

    formula: str = Field(description="Reduced formula.")
    first: SideDoc | None = Field(description="First reference; null where it lacks the compound.")
    second: SideDoc | None = Field(description="Second one; null where it lacks the compound.")
    difference: float | None = Field(
        description="Formation energy, second minus first, eV/atom; null unless both know it."
    )


class ReferenceComparisonDoc(Document):
    """Two references: what `trona reference compare --json` prints."""

    first: str = Field(description="Name of the first reference.")
    second: str = Field(description="Name of the second reference.")
    system: str = Field(description="Chemical system.")
    n_common: int = Field(description="Compounds that both know.")
    mean: float | None = Field(description="Mean difference, eV/atom; null without common ones.")
    rms: float | None = Field(description="Root mean square difference, eV/atom; null likewise.")
    worst: str | None = Field(description="Compound of the largest difference; null likewise.")
    n_stable_in_both: int = Field(description="Compounds on both hulls.")
    stable_in_first: list[str] = Field(description="Known to both, on the first hull only.")
    stable_in_second: list[str] = Field(description="Known to both, on the second hull only.")
    compounds: list[ComparedPhaseDoc] = Field(description="In the first reference's order.")


def compare_references(
    first: Reference, second: Reference, elements: Sequence[str]
) -> ReferenceComparisonDoc:
    """
    Compare two references in a chemical system.

    Parameters
    ----------
    first, second
        On any scales.
    elements
        Of the system; phases outside it are left aside.

    Returns
    -------
    ReferenceComparisonDoc
        One row for each compound that either knows.

    Raises
    ------
    ChemicalSystemError
        If a reference lacks an element.
    """
    one, other = _inside(first, elements), _inside(second, elements)
    found = residual(differences(one, other))
    rows = [_row(phase, one, other) for phase in _compounds(one)]
    rows += [_row(phase, one, other) for phase in _compounds(other) if not one.find(phase.amounts)]
    both = [row for row in rows if row.first and row.second]
    stable = [row for row in both if _stable(row.first) and _stable(row.second)]
    return ReferenceComparisonDoc(
        first=first.name,
        second=second.name,
        system="-".join(elements),
        n_common=len(both),
        mean=None if found is None else found.mean,
        rms=None if found is None else found.rms,
        worst=None if found is None else found.worst.formula,
        n_stable_in_both=len(stable),
        stable_in_first=[r.formula for r in both if _stable(r.first) and r not in stable],
        stable_in_second=[r.formula for r in both if _stable(r.second) and r not in stable],
        compounds=rows,
    )


def _inside(reference: Reference, elements: Sequence[str]) -> PhaseTable:
    """Table of the phases of a system."""
    reference.table.require(elements)
    inside = set(elements)
    return PhaseTable.from_phases(p for p in reference.phases if p.amounts.keys() <= inside)


def _compounds(table: PhaseTable) -> list[Phase]:
    """Lowest polymorphs of the compounds."""
    ground = [table.phases[position] for position in table.ground]
    return [phase for phase in ground if len(phase.amounts) > 1]


def _row(phase: Phase, first: PhaseTable, second: PhaseTable) -> ComparedPhaseDoc:
    """Write down what two references say of a composition."""
    one, other = (_side(phase, table) for table in (first, second))
    if one and other and SODIUM in phase.amounts and (_stable(one) or _stable(other)):
        one.window, other.window = (_window(phase, table) for table in (first, second))
    difference = other.formation_energy - one.formation_energy if one and other else None
    return ComparedPhaseDoc(formula=phase.formula, first=one, second=other, difference=difference)


def _side(phase: Phase, table: PhaseTable) -> SideDoc | None:
    """Write down what a reference says of a composition, if it knows it."""
    own = table.find(phase.amounts)
    if own is None:
        return None
    return SideDoc(
        formation_energy=formation_energy(table, own),
        above_hull=energy_above_hull(table, own),
        window=None,
    )


def _window(phase: Phase, table: PhaseTable) -> LimitsDoc | None:
    """Range of voltage without exchange, if there is one."""
    limits = assess(table, phase.amounts, phase.formula).window
    if limits is None:
        return None
    oxidation = None if limits.oxidation == inf else limits.oxidation
    return LimitsDoc(reduction_limit=limits.reduction, oxidation_limit=oxidation)


def _stable(side: SideDoc | None) -> bool:
    """Tell whether a compound is on the hull."""
    return side is not None and side.above_hull <= _ON_HULL
