"""What every answer must say of its compositions and of the reference: shared by all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.formulas import parse
from trona.screening.stability.coverage import Coverage, coverage
from trona.screening.units import SODIUM

from .charge_notes import charge_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.energies.references import Reference

__all__ = ["covered", "reservations"]


def covered(formulas: Sequence[str], reference: Reference) -> Coverage:
    """
    Find what the reference does not cover of some compositions.

    Parameters
    ----------
    formulas
        One material, or both of an interface.
    reference
        Energies of competing phases.

    Returns
    -------
    Coverage
        Of all elements of all compositions, with sodium.
    """
    asked = [parse(formula) for formula in formulas]
    return coverage(reference.table, {symbol for one in asked for symbol in one}, asked)


def reservations(
    formulas: Sequence[str], reference: Reference, found: Coverage | None = None
) -> list[str]:
    """
    Say what an answer about some compositions must not leave out.

    Parameters
    ----------
    formulas
        One material, or both of an interface.
    reference
        Energies of competing phases.
    found
        What `covered` found of them; by default it is found here.

    Returns
    -------
    list of str
        Sentences: pairs of elements that nothing joins, phases known to be missing, charges, and
        the caveats of the reference.
    """
    coverage_ = covered(formulas, reference) if found is None else found
    inside = {symbol for formula in formulas for symbol in parse(formula)} | {SODIUM}
    gone = [formula for formula in reference.missing if parse(formula).keys() <= inside]
    return [
        *coverage_.sentences,
        *charge_notes(formulas, reference.table),
        *reference.caveats,
        *([f"Not in the reference: {', '.join(gone)}."] if gone else []),
    ]
