"""Specification of a model: a named, partly occupied structure that is ready to be ordered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monty.json import MSONable

from trona.screening.charges import oxidation_states

from .supercells import formula_units, sublattices

if TYPE_CHECKING:
    from pymatgen.core import Structure

__all__ = ["Blueprint", "of_structure"]


@dataclass(frozen=True, eq=False)
class Blueprint(MSONable):
    """
    A partly occupied structure that is to be ordered.

    Parameters
    ----------
    label
        Unique name.
    structure
        Partly occupied, without oxidation states.
    units
        Formula units per cell, in which compositions are counted.
    asked
        Composition that is wanted, atoms per formula unit.
    source
        What it was made from, and how.
    charges
        Charge of each species; None where unknown.
    atoms
        Atoms that a placeholder stands for; other species count as one.
    kind
        ``"ordered"``, or ``"hydroborate"`` where placeholders stand for anions.
    """

    label: str
    structure: Structure
    units: float
    asked: dict[str, float]
    source: str
    charges: dict[str, float] | None = None
    atoms: dict[str, int] = field(default_factory=dict)
    kind: str = "ordered"


def of_structure(label: str, structure: Structure, source: str) -> Blueprint:
    """
    Take a structure as it is.

    Parameters
    ----------
    label
        Unique name.
    structure
        Ordered or partly occupied, without oxidation states.
    source
        Where it comes from.

    Returns
    -------
    Blueprint
        Its smallest cell; charges counted where that is possible.
    """
    primitive = structure.get_primitive_structure()
    units = float(formula_units(sublattices(primitive)))
    elements = sorted(primitive.composition.elements, key=lambda one: (one.X, one.symbol))
    amounts = {one.symbol: float(primitive.composition[one]) / units for one in elements}
    return Blueprint(
        label=label,
        structure=primitive,
        units=units,
        asked=amounts,
        source=source,
        charges=oxidation_states(amounts),
    )
