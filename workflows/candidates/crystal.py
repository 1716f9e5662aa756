"""A crystal as read from a structure file, with a note of every change made to read it.

Element symbols and sites that share a position are interpreted here for every format, so that CIF,
POSCAR and XYZ agree on the meaning of ``D`` or ``NA``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.core import Element, Structure

from trona.screening.errors import StructureInputError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray
    from pymatgen.core import Lattice

__all__ = ["Atom", "CrystalRead", "assemble", "into_cell", "read_symbol", "read_value", "together"]

_ISOTOPES = {"D": "deuterium", "T": "tritium"}
_DUMMIES = frozenset({"X", "XX", "DU", "VAC", "VA", "BQ", "Q"})
_SYMBOL = re.compile(r"\s*(\d{1,3})?([A-Za-z]+)")
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?)(?:\(\d+\))?")
_SPLIT = frozenset("HDOCNSPFBIK")
"""Elements that labels such as OW1 or HB begin with, where both letters name no element."""
_SAME_PLACE = 1e-3
"""Fractions of a cell: sites closer than this are one site with several species."""
_NOT_WORTH_SAYING = 1e-6
_ROUNDING = 0.02
"""Occupancies may add up to this much more than one: thirds and sixths are written rounded."""


@dataclass(frozen=True, eq=False)
class CrystalRead:
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


def read_value(text: str) -> float | None:
    """
    Read a number as crystallographers write it.

    Parameters
    ----------
    text
        Digits, with or without an uncertainty in brackets or a Fortran exponent.

    Returns
    -------
    float or None
        None where it is no finite number.

    Examples
    --------
    >>> read_value("5.6402(3)"), read_value(".5"), read_value("1.0D+01"), read_value("5,6")
    (5.6402, 0.5, 10.0, None)
    """
    match = _NUMBER.fullmatch(text.strip())
    value = inf if match is None else float(match[1].replace("D", "e").replace("d", "e"))
    return value if isfinite(value) else None


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
    return _element(letters, expected)


def _element(letters: str, expected: Collection[str]) -> str | None:
    """Read the element that a label begins with."""
    two, one = letters[:2].capitalize(), letters[0].upper()
    known = [option for option in dict.fromkeys((two, one)) if Element.is_valid_symbol(option)]
    cased = letters[0].isupper() and letters[1:2].islower()
    if two in known and (cased or len(letters) == 1):
        return two
    named = [option for option in known if option in expected]
    if named:
        return named[0]
    if two in known:
        return two
    return one if one in known and _is_site_name(letters) else None


def _is_site_name(letters: str) -> bool:
    """Tell whether a label is an element and a letter that counts its sites: OW, HB."""
    return len(letters) == 2 and letters[0].upper() in _SPLIT


def assemble(lattice: Lattice, atoms: Sequence[Atom], name: str) -> CrystalRead:
    """
    Place atoms in a cell; those that share a position become one site.

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
    CrystalRead
        With notes on occupancies that were rounded, and isotopes.

    Raises
    ------
    StructureInputError
        If a site would hold more than one atom.
    """
    positions = into_cell(np.array([atom.position for atom in atoms]))
    species, places = [], []
    notes = [f"{_ISOTOPES[one]} taken as hydrogen" for one in sorted(_ISOTOPES)
             if any(atom.symbol == one for atom in atoms)]  # fmt: skip
    for group in together(positions, _SAME_PLACE):
        amounts, note = _shared([atoms[index] for index in group], name)
        species.append(amounts)
        places.append(positions[group[0]])
        notes += [note] if note else []
    return CrystalRead(Structure(lattice, species, places), tuple(dict.fromkeys(notes)))


def _shared(atoms: Sequence[Atom], name: str) -> tuple[dict[str, float], str]:
    """Add up the occupancies of a position."""
    amounts: dict[str, float] = {}
    for atom in atoms:
        symbol = "H" if atom.symbol in _ISOTOPES else atom.symbol
        amounts[symbol] = amounts.get(symbol, 0.0) + atom.occupancy
    total, labels = sum(amounts.values()), "+".join(sorted({atom.label for atom in atoms}))
    if total > 1 + _ROUNDING:
        raise StructureInputError(
            f"{name} holds {total:.3g} atoms on the position of {labels}: correct its "
            "occupancies, its coordinates or its space group."
        )
    if total <= 1 and (len(atoms) == 1 or 1 - total > _ROUNDING / 4):
        return amounts, ""
    note = f"occupancies of {labels} add up to {total:.5g}, taken as 1"
    scaled = {symbol: share / total for symbol, share in amounts.items()}
    return scaled, note if abs(total - 1) > _NOT_WORTH_SAYING else ""


def into_cell(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Bring fractional coordinates into the cell.

    Parameters
    ----------
    positions
        Of any values.

    Returns
    -------
    ndarray
        From 0 to below 1.
    """
    inside = np.mod(positions, 1.0)
    inside[inside >= 1.0] = 0.0  # what rounding makes of -1e-17
    return inside


def together(positions: NDArray[np.float64], tolerance: float) -> list[list[int]]:
    """
    Group positions that coincide.

    Parameters
    ----------
    positions : shape (n, 3)
        Fractional coordinates inside the cell.
    tolerance
        Largest difference of a coordinate.

    Returns
    -------
    list of list
        Indices, in the order of the first of each group.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 (slow to import, and formulas need none)

    tree = cKDTree(positions, boxsize=np.ones(3))
    groups: list[list[int]] = []
    taken = np.zeros(len(positions), dtype=bool)
    for index, position in enumerate(positions):
        if not taken[index]:
            near: list[int] = tree.query_ball_point(position, tolerance, p=np.inf)
            group = [one for one in sorted(near) if not taken[one]]
            taken[group] = True
            groups.append(group)
    return groups
