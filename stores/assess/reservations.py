"""Caveats about compositions and the reference that every answer must carry."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trona.screening.formulas import parse
from trona.screening.stability.coverage import Coverage, coverage
from trona.screening.units import SODIUM
from trona.stores.energies.accuracy import accuracy

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
    formulas: Sequence[str],
    reference: Reference,
    found: Coverage | None = None,
    *,
    apart: bool = False,
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
    apart
        True where each composition is answered for itself.

    Returns
    -------
    list of str
        Sentences: pairs of elements without a common phase, charges, the caveats of the reference,
        and phases known to be missing.
    """
    questions = [[one] for one in formulas] if apart else [list(formulas)]
    coverages = [covered(one, reference) for one in questions] if found is None else [found]
    systems = [{SODIUM}.union(*map(parse, question)) for question in questions]
    missing = _by_element(tuple(reference.missing))
    absent = {
        (at, formula)
        for one in systems
        for symbol in one
        for at, formula, inside in missing.get(symbol, ())
        if inside <= one
    }
    gone = [formula for _, formula in sorted(absent)]
    return [
        *_uncalibrated(set().union(*systems), reference),
        *dict.fromkeys(line for one in coverages for line in one.sentences),
        *charge_notes(formulas, reference.table),
        *reference.caveats,
        *([f"Not in the reference: {', '.join(gone)}."] if gone else []),
    ]


@cache
def _by_element(formulas: tuple[str, ...]) -> dict[str, list[tuple[int, str, frozenset[str]]]]:
    """Sort missing phases by one of their elements; each with its place and all elements."""
    found: dict[str, list[tuple[int, str, frozenset[str]]]] = {}
    for at, formula in enumerate(formulas):
        inside = frozenset(parse(formula))
        one = max(inside - {SODIUM}, default=SODIUM)  # not what nearly all of them hold
        found.setdefault(one, []).append((at, formula, inside))
    return found


def _uncalibrated(elements: set[str], reference: Reference) -> list[str]:
    """Say of which elements the fitted shifts know nothing."""
    errors = accuracy(reference.scale)
    strange = [] if errors is None else errors.model.strange(elements)
    if errors is None or not strange:
        return []
    sentence = (
        f"No compound of {', '.join(strange)} is in the fit that calibrates these energies: such "
        f"compounds are taken to err by {1000 * errors.model.unseen:.0f} meV/atom."
    )
    return [sentence]
