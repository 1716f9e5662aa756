"""Structures of substituted and doped compositions on the sites of a parent crystal; no energies.

A composition is compared with its parent: anions replace anions, framework cations replace
framework cations, and sodium balances the charge, by vacancies on its sites or by atoms in voids.
The result is partly occupied; `orderings` finds ordered models of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trona.screening.charges import STATES, objection, oxidation_states, write_formula
from trona.screening.errors import FormulaError, InputError, StructureInputError
from trona.screening.formulas import number, parse
from trona.screening.units import SODIUM

from .blueprints import Blueprint
from .voids import find_voids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pymatgen.core import DummySpecies, Element, Species, Structure

    from trona.workflows.candidates.sources import Candidate

__all__ = ["closest_parent", "expand", "substituted"]

_ANIONS = frozenset(symbol for symbol, states in STATES.items() if states[0] < 0)
_TOLERANCE = 2e-3
"""Amounts per formula unit that differ by less are equal: formulas are printed with rounding."""
_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_LINEAR = re.compile(r"(?:(\d+\.?\d*|\.\d+)?([+-]))?(\d*\.?\d*)x")


def expand(template: str, values: Sequence[float]) -> list[str]:
    """
    Write the formulas of a series.

    Parameters
    ----------
    template
        Formula with linear expressions of x in braces, as in ``Na3PS{4-x}O{x}``.
    values
        Values of x.

    Returns
    -------
    list of str
        One formula for each value; the template itself if it has no braces.

    Raises
    ------
    FormulaError
        If an expression cannot be read, or gives a negative amount.
    """
    if not _TEMPLATE.search(template):
        return [template]
    if not values:
        raise FormulaError(f"{template!r} needs values of x: pass them, as in --x 0,0.25,0.5.")
    return [_written(template, value) for value in values]


def _written(template: str, value: float) -> str:
    """Write the formula of one value of x; elements whose amount is zero are left out."""
    pieces, last = [], 0
    for found in _TEMPLATE.finditer(template):
        amount = _linear(found[1], value, template)
        before = template[last : found.start()]
        if amount == 0:
            before = re.sub(r"[A-Z][a-z]?$", "", before)
        pieces += [before, "" if amount in {0.0, 1.0} else number(amount, 6)]
        last = found.end()
    return "".join([*pieces, template[last:]])


def _linear(text: str, value: float, template: str) -> float:
    """Evaluate x, 2x, 4-x, 3+0.5x."""
    match = _LINEAR.fullmatch(text.replace(" ", "").replace("*", ""))
    if match is None:
        raise FormulaError(f"cannot read {{{text}}} in {template!r}: write it like {{4-x}}.")
    constant, sign, factor = match.groups()
    slope = float(factor or 1.0) * (-1.0 if sign == "-" else 1.0)
    amount = round(float(constant or 0.0) + slope * value, 9) + 0.0
    if amount < 0:
        raise FormulaError(f"x = {value:g} gives a negative amount in {template!r}.")
    return amount


def substituted(formula: str, parent: Candidate) -> Blueprint:
    """
    Put a composition on the sites of a parent crystal.

    Parameters
    ----------
    formula
        What is wanted; any multiple of a formula unit.
    parent
        With an ordered structure.

    Returns
    -------
    Blueprint
        Partly occupied where the composition differs from the parent's.

    Raises
    ------
    InputError
        If the composition is not neutral, or cannot be put on the parent's sites.
    """
    if parent.structure is None:
        raise StructureInputError(f"the parent {parent.label!r} has no structure: name a crystal.")
    target = parse(formula)
    reason = objection(target, formula)
    if reason is not None:
        raise FormulaError(f"{reason}.")
    start = parent.structure.get_primitive_structure()
    present, units = _per_formula_unit(start)
    wanted = _on_parent_scale(target, present, formula, parent.label)
    structure = start.copy()
    steps: list[str] = []
    for inside in (_is_anion, _is_centre):
        hosts, guests = _exchange(wanted, present, inside, formula, parent.label)
        for host, amount in hosts.items():
            shares = {guest: x * amount / sum(hosts.values()) for guest, x in guests.items()}
            _replace(structure, host, shares, present[host])
            steps += [f"{number(x)} {guest} for {host}" for guest, x in shares.items()]
    change = wanted.get(SODIUM, 0.0) - present[SODIUM]
    steps += _adjust_sodium(structure, change, present[SODIUM], units)
    how = f" with {', '.join(steps)}" if steps else ""
    return Blueprint(
        label=formula,
        structure=structure,
        units=units,
        asked=wanted,
        source=f"on the sites of {parent.label} ({parent.source}){how}",
        charges=oxidation_states(structure.composition.get_el_amt_dict()),
    )


def closest_parent(formulas: Sequence[str], parents: Iterable[Candidate]) -> Candidate:
    """
    Choose the parent that needs the fewest substitutions.

    Parameters
    ----------
    formulas
        What is wanted; one parent serves all.
    parents
        Candidates; those without a structure are passed over.

    Returns
    -------
    Candidate
        The first of those with the smallest amount of substituted atoms per anion.

    Raises
    ------
    InputError
        If none has the right ratio of anions to centres.
    """
    targets = [parse(formula) for formula in formulas]
    best, lowest = None, float("inf")
    for parent in parents:
        if parent.structure is None:
            continue
        present, _ = _per_formula_unit(parent.structure)
        try:
            away = sum(_distance(target, present, parent.label) for target in targets)
        except InputError:
            continue
        if away < lowest - _TOLERANCE:
            best, lowest = parent, away
    if best is None:
        raise InputError(
            f"no bundled crystal has the anions and centres of {formulas[0]!r} in the same ratio: "
            "name a structure file with --parent."
        )
    return best


def _distance(target: Mapping[str, float], present: Mapping[str, float], label: str) -> float:
    """Count the atoms in which two compositions differ, per anion."""
    wanted = _on_parent_scale(target, present, write_formula(target), label)
    away = sum(abs(wanted.get(s, 0.0) - present.get(s, 0.0)) for s in {*wanted, *present})
    return away / _total(present, _is_anion)


def _per_formula_unit(structure: Structure) -> tuple[dict[str, float], float]:
    """Amounts per reduced formula unit, and formula units per cell."""
    reduced, factor = structure.composition.get_reduced_composition_and_factor()
    return {str(symbol): float(x) for symbol, x in reduced.get_el_amt_dict().items()}, factor


def _is_anion(symbol: str) -> bool:
    """Tell whether an element stands on the anion sites."""
    return symbol in _ANIONS


def _is_centre(symbol: str) -> bool:
    """Tell whether an element stands on the sites of centres."""
    return symbol not in _ANIONS and symbol != SODIUM


def _total(amounts: Mapping[str, float], inside: Callable[[str], bool]) -> float:
    """Add up the amounts of a kind of elements."""
    return sum(x for symbol, x in amounts.items() if inside(symbol))


def _on_parent_scale(
    target: Mapping[str, float], present: Mapping[str, float], formula: str, label: str
) -> dict[str, float]:
    """Scale a composition to as many anions as a formula unit of the parent has."""
    anions, parent_anions = (_total(amounts, _is_anion) for amounts in (target, present))
    centres, parent_centres = (_total(amounts, _is_centre) for amounts in (target, present))
    if not anions or not parent_anions or SODIUM not in present:
        raise FormulaError(f"{formula!r} and {label!r} are not both sodium salts: choose others.")
    scale = parent_anions / anions
    if abs(centres * scale - parent_centres) > _TOLERANCE:
        raise FormulaError(
            f"{formula!r} has {number(centres * scale)} centres for {number(parent_anions)} "
            f"anions, {label} has {number(parent_centres)}: choose another parent."
        )
    return {symbol: x * scale for symbol, x in target.items()}


def _exchange(
    wanted: Mapping[str, float],
    present: Mapping[str, float],
    inside: Callable[[str], bool],
    formula: str,
    label: str,
) -> tuple[dict[str, float], dict[str, float]]:
    """Find which elements of a kind become fewer (hosts) and which more (guests)."""
    symbols = [symbol for symbol in {**present, **wanted} if inside(symbol)]
    change = {symbol: wanted.get(symbol, 0.0) - present.get(symbol, 0.0) for symbol in symbols}
    hosts = {symbol: -x for symbol, x in change.items() if x < -_TOLERANCE}
    guests = {symbol: x for symbol, x in change.items() if x > _TOLERANCE}
    if len(hosts) > 1 and len(guests) > 1:
        raise FormulaError(
            f"cannot tell which of {', '.join(guests)} replaces which of {', '.join(hosts)} when "
            f"{formula!r} is made from {label}: choose a parent that is nearer to it."
        )
    return hosts, guests


def _replace(structure: Structure, host: str, shares: Mapping[str, float], present: float) -> None:
    """Put guests on a part of the sites of a host."""
    kept = 1.0 - sum(shares.values()) / present
    occupancy: dict[str | Element | Species | DummySpecies, float] = {
        guest: x / present for guest, x in shares.items()
    }
    if kept > _TOLERANCE / present:
        occupancy[host] = kept
    structure.replace_species({host: occupancy})


def _adjust_sodium(structure: Structure, change: float, present: float, units: float) -> list[str]:
    """Take sodium from its sites, or place more in voids; amounts per formula unit."""
    if change < -_TOLERANCE:
        structure.replace_species({SODIUM: {SODIUM: 1.0 + change / present}})
        return [f"{number(-change)} Na vacancies"]
    if change > _TOLERANCE:
        voids = find_voids(structure)
        share = change * units / len(voids)
        if share > 1.0:
            raise StructureInputError(
                f"{number(change)} more Na per formula unit do not fit into {len(voids)} voids: "
                "choose a parent with more sodium."
            )
        for place in voids:
            structure.append({SODIUM: share}, place)
        return [f"{number(change)} Na in voids"]
    return []
