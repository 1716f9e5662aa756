"""Effect of a correction scheme: the energies that change, and the limits before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from trona.screening.formulas import parse
from trona.stores.documents.results import Document, LimitsDoc

from .assessment import assess_formula, window_document

if TYPE_CHECKING:
    from collections.abc import Collection

    from trona.stores.energies.references import Reference

__all__ = ["ChangesDoc", "SchemeLimitsDoc", "ShiftDoc", "changes_document", "shifts"]

_ROUNDING = 1e-9
"""Energies that differ by less, eV/atom, are the same."""


class ShiftDoc(Document):
    """A phase whose energy another scheme changes."""

    formula: str = Field(description="The phase.")
    id: str = Field(description="Its identifier in the reference.")
    shift: float = Field(description="Energy by the chosen scheme minus the default's, eV/atom.")


class SchemeLimitsDoc(Document):
    """Stability of a composition under one scheme."""

    correction: str = Field(description="The scheme as a user writes it.")
    energy_above_hull: float | None = Field(description="eV/atom; null for a mixture.")
    reduction_limit: float | None = Field(
        description="Lower end of the range without sodium exchange, V; null without such a range."
    )
    oxidation_limit: float | None = Field(
        description="Upper end of that range, V; null where unbounded or without such a range."
    )
    stabilized: LimitsDoc = Field(
        description="The same with the electrolyte lowered onto the hull; may be a single voltage."
    )


class ChangesDoc(Document):
    """What the chosen scheme changes beside the reference's default."""

    default: SchemeLimitsDoc = Field(description="By the default scheme of the reference.")
    chosen: SchemeLimitsDoc = Field(description="By the requested scheme.")
    elements: list[str] = Field(description="The system: the composition's elements and sodium.")
    n_phases: int = Field(description="Phases of the system.")
    shifts: list[ShiftDoc] = Field(description="Phases of the system that move, farthest first.")


def shifts(
    default: Reference, chosen: Reference, elements: Collection[str] | None = None
) -> list[ShiftDoc]:
    """
    Compare the energies of a reference under two schemes.

    Parameters
    ----------
    default, chosen
        The same phases under either scheme.
    elements
        Only phases of these elements; all by default.

    Returns
    -------
    list of ShiftDoc
        Phases that move, farthest first.
    """
    before = {phase.id: phase.energy_per_atom for phase in default.phases}
    moved = [
        ShiftDoc(formula=phase.formula, id=phase.id, shift=phase.energy_per_atom - before[phase.id])
        for phase in chosen.phases
        if elements is None or phase.amounts.keys() <= set(elements)
    ]
    moved = [one for one in moved if abs(one.shift) > _ROUNDING]
    return sorted(moved, key=lambda one: (-abs(one.shift), one.formula, one.id))


def changes_document(formula: str, default: Reference, chosen: Reference) -> ChangesDoc:
    """
    Say what a scheme changes for a composition.

    Parameters
    ----------
    formula
        As the user writes it.
    default, chosen
        The same phases under either scheme.

    Returns
    -------
    ChangesDoc
        Limits by both, and the phases that move.

    Raises
    ------
    InputError
        If the formula cannot be used with this reference.
    """
    elements = sorted({"Na", *parse(formula)})
    return ChangesDoc(
        default=_limits(formula, default),
        chosen=_limits(formula, chosen),
        elements=elements,
        n_phases=sum(phase.amounts.keys() <= set(elements) for phase in chosen.phases),
        shifts=shifts(default, chosen, elements),
    )


def _limits(formula: str, reference: Reference) -> SchemeLimitsDoc:
    """Assess a composition under the scheme of a reference."""
    window = window_document(assess_formula(formula, reference))
    return SchemeLimitsDoc(
        correction=reference.correction,
        energy_above_hull=window.energy_above_hull,
        reduction_limit=window.reduction_limit,
        oxidation_limit=window.oxidation_limit,
        stabilized=window.stabilized,
    )
