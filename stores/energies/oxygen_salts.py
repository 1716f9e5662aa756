"""Oxyanion salts in air: measured enthalpies where available, otherwise left out.

PBE with the usual corrections makes sulfates, carbonates, borates and phosphates too stable, a
sulfate by 1.9 eV, so that a sulfide would reduce water to hydrogen to become one. If a measured
enthalpy of formation exists, it is used; salts of oxidised sulfur without one are left out, since
they would take the place of the sulfate. Hydrosulfides have the same error as hydroxides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.screening.charges import STATES, oxidation_states
from trona.screening.formulas import fractions_key, parse
from trona.stores.thermochemistry.measured import measured_energy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.screening.equilibrium.phases import Phase

__all__ = ["element_energies", "is_hydride", "is_salt", "oxidised_sulfur", "with_measured_salts"]

_ACIDS = frozenset(("B", "C", "N", "P", "S", "Cl", "Br", "I"))
_ACIDIC = frozenset(("C", "N", "O", "F", "P", "S", "Cl", "As", "Se", "Br", "Sb", "Te", "I"))
"""Elements whose hydrogen is a proton, or may be one."""
_PNICTOGENS = ("N", "P", "As", "Sb", "Bi")
_ROUNDING = 1e-6
_EV_PER_KJ = 1 / 96.48533212
_ENTHALPIES = {
    fractions_key(parse(formula)): kilojoules * _EV_PER_KJ / sum(parse(formula).values())
    for formula, kilojoules in (("NaHS", -237.23), ("Na2SO3", -1100.8), ("Na2S2O3", -1123.0))
}
"""eV/atom at 298.15 K; Wagman et al., J. Phys. Chem. Ref. Data 11, Suppl. 2 (1982)."""


def element_energies(phases: Sequence[Phase]) -> dict[str, float]:
    """
    Find the energies of the elements.

    Parameters
    ----------
    phases
        Elements among them.

    Returns
    -------
    dict
        Element symbol to eV per atom of its lowest phase.
    """
    found: dict[str, float] = {}
    for phase in phases:
        if len(phase.amounts) == 1:
            (symbol,) = phase.amounts
            found[symbol] = min(found.get(symbol, phase.energy_per_atom), phase.energy_per_atom)
    return found


def with_measured_salts(phases: Sequence[Phase]) -> tuple[tuple[Phase, ...], tuple[str, ...]]:
    """
    Take salts of oxygen acids, and hydrosulfides, to measured enthalpies.

    Parameters
    ----------
    phases
        Energies at 0 K, elements among them.

    Returns
    -------
    tuple
        The phases that can be used, and the formulas of those taken to measured enthalpies.
    """
    zero = element_energies(phases)
    lowest: dict[tuple[tuple[str, float], ...], float] = {}
    for phase in phases:
        key = fractions_key(phase.amounts)
        lowest[key] = min(lowest.get(key, phase.energy_per_atom), phase.energy_per_atom)
    found: list[Phase] = []
    replaced: dict[str, None] = {}
    for phase in phases:
        measured = _measured(phase.amounts)
        if measured is not None:
            elements = sum(n * zero[symbol] for symbol, n in phase.amounts.items())
            own = lowest[fractions_key(phase.amounts)]
            shift = measured + elements - phase.n_atoms * own
            found.append(replace(phase, energy=phase.energy + shift))
            replaced[phase.formula] = None
        elif not ({"C", "O"} <= phase.amounts.keys() or oxidised_sulfur(phase.amounts)):
            found.append(phase)
    return tuple(found), tuple(replaced)


def _measured(amounts: Mapping[str, float]) -> float | None:
    """Find the measured enthalpy of a salt of an oxygen acid, eV per formula unit."""
    own = _ENTHALPIES.get(fractions_key(amounts))
    if own is not None:
        return own * sum(amounts.values())
    if "O" not in amounts or not amounts.keys() & _ACIDS:
        return None
    measured = measured_energy(amounts, 0.0)
    return None if measured is None or measured.state == "gas" else measured.energy


def oxidised_sulfur(amounts: Mapping[str, float]) -> bool:
    """
    Tell whether a compound has more sulfur and oxygen than its cations make sulfide and oxide.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    bool
        True for sulfates, sulfites and thiosulfates; False where an element has no usual charge.

    Examples
    --------
    >>> oxidised_sulfur({"Na": 2, "S": 1, "O": 4}), oxidised_sulfur({"Zn": 2, "S": 1, "O": 1})
    (True, False)
    """
    if not {"S", "O"} <= amounts.keys():
        return False
    others = [symbol for symbol in amounts if symbol not in {"S", "O"}]
    if not all(symbol in STATES for symbol in others):
        return False
    charge = sum(max(STATES[symbol]) * amounts[symbol] for symbol in others)
    return charge < 2.0 * (amounts["S"] + amounts["O"]) - _ROUNDING


def is_salt(amounts: Mapping[str, float]) -> bool:
    """
    Tell whether a composition without hydrogen is made of cations and anions in usual charges.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    bool
        False for metals, alloys and hydrides.

    Examples
    --------
    >>> is_salt({"Na": 3, "P": 1, "S": 4}), is_salt({"Na": 3, "P": 1}), is_salt({"Na": 15, "Sn": 4})
    (True, True, False)
    """
    if "H" in amounts or len(amounts) == 1:
        return False
    if oxidation_states(amounts) is not None:
        return True
    pnictogens = sum(amounts.get(symbol, 0.0) for symbol in _PNICTOGENS)
    others = [symbol for symbol in amounts if symbol not in _PNICTOGENS]
    if not pnictogens or not all(symbol in STATES for symbol in others):
        return False
    return abs(sum(max(STATES[s]) * amounts[s] for s in others) - 3.0 * pnictogens) < _ROUNDING


def is_hydride(amounts: Mapping[str, float]) -> bool:
    """
    Tell whether the hydrogen of a compound is hydride: it is bound to metals, B, Si, Ge or Sn only.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    bool
        False without hydrogen, and for the element.

    Examples
    --------
    >>> is_hydride({"Na": 1, "H": 1}), is_hydride({"P": 1, "H": 3}), is_hydride({"H": 2})
    (True, False, False)
    """
    return "H" in amounts and len(amounts) > 1 and not amounts.keys() & _ACIDIC
