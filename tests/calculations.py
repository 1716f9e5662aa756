"""Calculations as VASP would report them, on bundled structures."""

from __future__ import annotations

from trona.screening.formulas import parse
from trona.stores.documents import StructureDoc
from trona.stores.mp2020 import Calculation
from trona.stores.references import bundled_data, load

_SPECIAL = {"Na": "Na_pv", "Cr": "Cr_pv", "Sn": "Sn_d", "Y": "Y_sv", "Zr": "Zr_sv"}
_PLAIN = ("B", "C", "Cl", "H", "O", "P", "S", "Sb", "Se")
TITLES = {
    symbol: f"PAW_PBE {_SPECIAL.get(symbol, symbol)} 06Sep2000" for symbol in (*_SPECIAL, *_PLAIN)
}
"""Pseudopotentials of Materials Project's settings."""


def calculated(structure, **changes):
    """A calculation of a structure with Materials Project's settings, or with some changed."""
    symbols = sorted(element.symbol for element in structure.elements)
    with_u = {"Cr", "O"} <= set(symbols)
    values = {
        "structure": structure,
        "run_type": "GGA+U" if with_u else "GGA",
        "hubbards": {"Cr": 3.7} if with_u else {},
        "potcar_titles": tuple(TITLES[symbol] for symbol in symbols),
    }
    return Calculation(**values | changes)


def bundled_structure(formula):
    """The structure of the bundled ground phase of a composition."""
    phase = load("bundled").table.find(parse(formula))
    row = next(row for row in bundled_data()["phases"] if row["id"] == phase.id)
    return StructureDoc(**row["structure"]).to_structure()
