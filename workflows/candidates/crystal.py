"""What a structure file says: a structure, and what was changed to read it; species and sites.

Symbols are read here for every format, so that CIF, POSCAR and XYZ agree on what ``D`` or ``NA``
means; so are sites that share a position.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.core import Element, Structure
from scipy.spatial import cKDTree

from trona.screening.errors import StructureInputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray
    from pymatgen.core import Lattice

__all__ = ["Atom", "Crystal", "assemble", "read_number", "read_symbol", "says_isotopes"]

_ISOTOPES = frozenset({"D", "T"})
_DUMMIES = frozenset({"X", "XX", "DU", "DUM", "VAC", "VA", "BQ", "Q"})
_SYMBOL = re.compile(r"\s*(\d{1,3})?([A-Za-z]+)")
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?)(?:\(\d+\))?")
_SPLIT = frozenset("HDOCNSPFBIK")
"""Elements that labels such as OW1 or HB begin with, where both letters name no element."""
_SAME_PLACE = 1e-3
"""Fractions of a cell: sites closer than this are one site with several species."""
_ROUNDING = 0.02
"""Occupancies may add up to this much more than one: thirds and sixths are written rounded."""


@dataclass(frozen=True, eq=False)
class Crystal:
    """
    A structure as it was read.

    Parameters
    ----------
    structure
        Elements only, with occupancies.
    notes
        A sentence part for everything that was dropped or changed.
    """

    structure: Structure
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Atom:
    """
    A species on a position.

    Parameters
    ----------
    label
        As the file calls it.
    symbol
        Element.
    position
        Fractional coordinates.
    occupancy
        Between 0 and 1.
    """

    label: str
    symbol: str
    position: NDArray[np.float64] = field(repr=False)
    occupancy: float = 1.0


def read_number(text: str) -> float | None:
    """
    Read a number as crystallographers write it.

    Parameters
    ----------
    text
        Digits, with or without an uncertainty in brackets or a Fortran exponent.

    Returns
    -------
    float or None
        None where it is no number.

    Examples
    --------
    >>> read_number("5.6402(3)"), read_number(".5"), read_number("1.0D+01"), read_number("5,6")
    (5.6402, 0.5, 10.0, None)
    """
    match = _NUMBER.fullmatch(text.strip())
    return None if match is None else float(match[1].replace("D", "e").replace("d", "e"))


def read_symbol(text: str, expected: Collection[str] = ()) -> str | None:
    """
    Read an element from a symbol or a label.

    Parameters
    ----------
    text
        For example ``Na``, ``NA1``, ``Na1+``, ``2H``, ``Na_pv``.
    expected
        Elements that the file names elsewhere; they decide where a label has two readings.

    Returns
    -------
    str or None
        Element symbol; ``D`` and ``T`` as they are, an empty text for a dummy atom, None where it
        names no element.

    Examples
    --------
    >>> [read_symbol(text) for text in ("NA1", "S2-", "2H", "OW1", "Du2", "Zz")]
    ['Na', 'S', 'D', 'O', '', None]
    """
    match = _SYMBOL.match(text)
    if match is None:
        return "" if text.strip() in {"*", "."} else None
    mass, letters = match.groups()
    if letters.upper() in _DUMMIES and letters.capitalize() not in expected:
        return ""
    if letters.upper() == "H" and mass in {"2", "3"}:
        return "D" if mass == "2" else "T"
    two, one = letters[:2].capitalize(), letters[0].upper()
    clear = len(letters) == 1 or (letters[0].isupper() and letters[1].islower())
    options = [one] if len(letters) == 1 else [two, one]
    known = [option for option in options if Element.is_valid_symbol(option)]
    if clear and options[0] in known:
        return options[0]
    named = [option for option in known if option in expected]
    if named:
        return named[0]
    if two in known:
        return two
    return one if one in known and (len(letters) == 1 or _is_site_name(letters)) else None


def _is_site_name(letters: str) -> bool:
    """Tell whether a label is an element and a letter that counts its sites: OW, HB."""
    return len(letters) == 2 and letters[0].upper() in _SPLIT


def says_isotopes(symbols: Iterable[str]) -> tuple[set[str], tuple[str, ...]]:
    """
    Say which isotopes are taken as hydrogen.

    Parameters
    ----------
    symbols
        As read from a file.

    Returns
    -------
    tuple
        The isotopes, and a note where there are any.
    """
    found = _ISOTOPES & set(symbols)
    names = {"D": "deuterium", "T": "tritium"}
    notes = tuple(f"{names[one]} taken as hydrogen" for one in sorted(found))
    return found, notes


def assemble(lattice: Lattice, atoms: Sequence[Atom], name: str) -> Crystal:
    """
    Put atoms into a cell; those that share a position become one site.

    Parameters
    ----------
    lattice
        The cell.
    atoms
        All of the cell.
    name
        What to call it.

    Returns
    -------
    Crystal
        With notes on occupancies that were rounded, and isotopes.

    Raises
    ------
    StructureInputError
        If a site would hold more than one atom.
    """
    isotopes, notes = says_isotopes(atom.symbol for atom in atoms)
    positions = np.mod([atom.position for atom in atoms], 1.0)
    positions[positions >= 1.0] = 0.0  # what rounding makes of -1e-17
    species, places, rounded = [], [], set()
    for group in _places(positions):
        here = [atoms[index] for index in group]
        amounts: Counter[str] = Counter()
        for atom in here:
            amounts["H" if atom.symbol in isotopes else atom.symbol] += atom.occupancy  # type: ignore[assignment]
        total, labels = sum(amounts.values()), "+".join(sorted({atom.label for atom in here}))
        if total > 1 + _ROUNDING:
            raise StructureInputError(
                f"{name} holds {total:.3g} atoms on the position of {labels}: correct its "
                "occupancies, its coordinates or its space group."
            )
        if total > 1 or (len(here) > 1 and 1 - total < _ROUNDING / 4):
            if abs(total - 1) > 1e-6:
                rounded.add(f"occupancies of {labels} add up to {total:.5g}, taken as 1")
            amounts = Counter({one: share / total for one, share in amounts.items()})  # type: ignore[misc]
        species.append(dict(amounts))
        places.append(positions[group[0]])
    return Crystal(Structure(lattice, species, places), (*notes, *sorted(rounded)))


def _places(positions: NDArray[np.float64]) -> list[list[int]]:
    """Group atoms that share a position, in the order of the first of each."""
    tree = cKDTree(positions, boxsize=1.0)
    groups: list[list[int]] = []
    taken = np.zeros(len(positions), dtype=bool)
    for index, near in enumerate(tree.query_ball_point(positions, _SAME_PLACE, p=np.inf)):
        if not taken[index]:
            group = [one for one in sorted(near) if not taken[one]]
            taken[group] = True
            groups.append(group)
    return groups
