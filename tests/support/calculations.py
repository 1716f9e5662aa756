"""Calculations as VASP would report them, on bundled structures."""

from __future__ import annotations

from trona.screening.formulas import parse
from trona.stores.corrections.mp2020 import Calculation
from trona.stores.energies.bundled import bundled_structures
from trona.stores.energies.references import load_reference

_SPECIAL = {
    "Na": "Na_pv", "Cr": "Cr_pv", "Sn": "Sn_d", "Y": "Y_sv", "Zr": "Zr_sv", "Fe": "Fe_pv",
    "Ga": "Ga_d", "Ge": "Ge_d", "In": "In_d", "Mo": "Mo_pv", "Nb": "Nb_pv", "Ta": "Ta_pv",
    "Ti": "Ti_pv", "V": "V_pv", "W": "W_pv",
}  # fmt: skip
_PLAIN = ("Al", "As", "B", "Br", "C", "Cl", "F", "H", "I", "O", "P", "S", "Sb", "Se", "Si", "Zn")
_U_VALUES = {"Cr": 3.7, "Fe": 5.3, "Mo": 4.38, "V": 3.25, "W": 6.2}
TITLES = {
    symbol: f"PAW_PBE {_SPECIAL.get(symbol, symbol)} 06Sep2000" for symbol in (*_SPECIAL, *_PLAIN)
}
"""Pseudopotentials of Materials Project's settings."""


def calculated(structure, **changes):
    """A calculation of a structure with Materials Project's settings, or with some changed."""
    symbols = sorted(element.symbol for element in structure.elements)
    corrected = {"O", "F"} & set(symbols)
    hubbards = {symbol: u for symbol, u in _U_VALUES.items() if corrected and symbol in symbols}
    values = {
        "structure": structure,
        "run_type": "GGA+U" if hubbards else "GGA",
        "hubbards": hubbards,
        "potcar_titles": tuple(TITLES[symbol] for symbol in symbols),
    }
    return Calculation(**values | changes)


def bundled_structure(formula):
    """The structure of the bundled ground phase of a composition."""
    phase = load_reference("bundled").table.find(parse(formula))
    return bundled_structures()[phase.id].to_structure()
