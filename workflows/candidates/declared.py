"""Formula, cell content and volume stated in a CIF, checked against the structure as read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymatgen.core import Composition, Element

from trona.screening.errors import FormulaError
from trona.screening.formulas import number, parse

from .crystal import read_value

if TYPE_CHECKING:
    from pymatgen.core import Structure

    from .cif_text import Block

__all__ = ["Declared", "declared_by"]

_AMOUNTS, _FORMULA_UNITS, _VOLUME, _DENSITY = 0.03, 0.03, 0.01, 0.05
"""Relative differences that rounding and refined occupancies explain; a deuterated salt is up to
5 % denser than its protonated form."""
_HALF = 0.5001
"""Of the last digit: what rounding changes at most."""
_TOKEN = re.compile(r"([A-Za-z]{1,2})(\d*\.?\d*)(?:\(\d+\))?")
_CHARGE = re.compile(r"\s+\d*[+-](?=\s*$|\s*\))")
_PART = re.compile(r"(\d*\.?\d*)\s*\((.*)\)")


@dataclass(frozen=True)
class Declared:
    """
    Formula, formula units and volume stated in a file.

    Parameters
    ----------
    formula
        As written; empty where there is none that can be read.
    amounts
        Element symbol to amount per formula unit; hydrogen stands for its isotopes.
    places
        Element symbol to half of the last digit of its amount.
    units
        Formula units in the cell (Z).
    volume
        Of the cell, Å³.
    density
        As calculated by whoever wrote the file, g/cm³.
    """

    formula: str
    amounts: dict[str, float]
    places: dict[str, float]
    units: float | None
    volume: float | None
    density: float | None

    def contradiction(self, structure: Structure) -> str | None:
        """
        Describe how a structure contradicts it.

        Parameters
        ----------
        structure
            As read.

        Returns
        -------
        str or None
            The end of a sentence about the file, with the remedy; None where all agrees.
        """
        return (
            self._of_amounts(structure)
            or self._of_units(structure)
            or self._of_volume(structure)
            or self._of_density(structure)
        )

    def _scale(self, structure: Structure) -> float:
        """Count the formula units in a structure."""
        return float(structure.composition.num_atoms) / sum(self.amounts.values())

    def _of_amounts(self, structure: Structure) -> str | None:
        """Compare the elements and their ratios."""
        if not self.amounts:
            return None
        held = structure.composition.get_el_amt_dict()
        lost = [symbol for symbol in self.amounts if symbol not in held]
        if lost:
            return (
                f"says {self.formula!r}, but its sites hold no {' and no '.join(lost)}: add the "
                "missing sites"
            )
        scale = self._scale(structure)
        for symbol in held | self.amounts:
            said, found = scale * self.amounts.get(symbol, 0.0), held[symbol]
            if abs(said - found) > max(_AMOUNTS * found, scale * self.places.get(symbol, 0.0)):
                return (
                    f"says {self.formula!r}, but its sites and symmetry give "
                    f"{_reduced(structure)}: correct the sites, their occupancies or the space "
                    "group"
                )
        return None

    def _of_units(self, structure: Structure) -> str | None:
        """Compare the number of formula units."""
        if not self.amounts or self.units is None:
            return None
        found = self._scale(structure)
        _, times = Composition(self.amounts).get_integer_formula_and_factor()
        readings = (found, found * times)  # some programs give the formula of the cell, and Z
        if any(abs(one - self.units) <= _FORMULA_UNITS * self.units for one in readings):
            return None
        return (
            f"says Z = {number(self.units)} formula units {self.formula!r}, but its sites and "
            f"symmetry give {number(found)}: correct the sites, the space group or Z"
        )

    def _of_volume(self, structure: Structure) -> str | None:
        """Compare the volume of the cell."""
        if self.volume is None or abs(structure.volume - self.volume) <= _VOLUME * self.volume:
            return None
        return (
            f"says a volume of {number(self.volume)} Å³, but its cell has "
            f"{number(structure.volume)} Å³: correct the cell"
        )

    def _of_density(self, structure: Structure) -> str | None:
        """Compare the density."""
        density = float(structure.density)
        if self.density is None or abs(density - self.density) <= _DENSITY * self.density:
            return None
        return (
            f"says a density of {number(self.density)} g/cm³, but its cell and sites give "
            f"{number(density)} g/cm³: correct the cell or the sites"
        )


def _reduced(structure: Structure) -> str:
    """Write the composition of a structure for a message."""
    return str(structure.composition.reduced_formula)


def declared_by(block: Block) -> Declared:
    """
    Collect what a block states about its crystal.

    Parameters
    ----------
    block
        Of a CIF.

    Returns
    -------
    Declared
        What cannot be read counts as absent.
    """
    text = block.first("_chemical_formula_sum")
    found = _sum_formula(text) if text else None
    if not found:
        text = block.first("_chemical_formula_moiety")
        found = _moiety(text) if text else None
    amounts: dict[str, float] = {}
    places: dict[str, float] = {}
    for symbol, written in found or []:
        amounts[symbol] = amounts.get(symbol, 0.0) + float(written)
        decimals = len(written.partition(".")[2])
        places[symbol] = _HALF * 10.0**-decimals if decimals else 0.0
    return Declared(
        formula=" ".join((text or "").split()) if amounts else "",
        amounts=amounts,
        places=places,
        units=_positive(block.first("_cell_formula_units_z")),
        volume=_positive(block.first("_cell_volume")),
        density=_positive(block.first("_exptl_crystal_density_diffrn")),
    )


def _positive(text: str | None) -> float | None:
    """Read a positive number."""
    value = None if text is None else read_value(text)
    return value if value and value > 0 else None


def _sum_formula(text: str) -> list[tuple[str, str]] | None:
    """Read a formula as symbols and amounts as written; None where it is none."""
    if "," in text:
        return _moiety(text)
    found: list[tuple[str, str]] = []
    for token in text.split():
        match = _TOKEN.fullmatch(token)
        symbol = "" if match is None else match[1].capitalize()
        if match is None or not Element.is_valid_symbol(symbol):
            found = []
            break
        found.append(("H" if symbol in {"D", "T"} else symbol, match[2] or "1"))
    if found:
        return found if all(float(amount) > 0 for _, amount in found) else None
    try:
        amounts = parse("".join(text.split()))
    except FormulaError:
        return None
    return [
        ("H" if symbol in {"D", "T"} else symbol, number(amount, 8))
        for symbol, amount in amounts.items()
    ]


def _moiety(text: str) -> list[tuple[str, str]] | None:
    """Read a formula of ions and molecules, such as ``'3(Na 1+), P S4 3-'``."""
    total = Composition()
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        factor, inside = (match[1] or "1", match[2]) if match else ("1", part.strip())
        found = _sum_formula(_CHARGE.sub("", inside))
        if not found:
            return None
        for symbol, amount in found:
            total += Composition({symbol: float(factor) * float(amount)})
    return [(symbol, number(amount, 8)) for symbol, amount in total.get_el_amt_dict().items()]
