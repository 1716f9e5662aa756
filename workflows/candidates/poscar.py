"""POSCAR files of VASP 4, 5 and 6."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.core import Element, Lattice

from trona.screening.errors import StructureInputError

from .crystal import Atom, CrystalRead, assemble, read_symbol, read_value

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["potcar_symbols", "read_poscar"]

_COMMENT = re.compile(r"[!#].*")
_TITLE = re.compile(r"VRHFIN\s*=\s*([A-Za-z]+)")
_FORMULA = re.compile(r"([A-Z][a-z]?)(\d*)")
_FLAGS = frozenset({"T", "F", ".TRUE.", ".FALSE."})
"""Of selective dynamics."""
_LEAST_LINES = 7


def potcar_symbols(path: Path) -> list[str]:
    """
    Read the elements of a POTCAR.

    Parameters
    ----------
    path
        The file, which need not exist.

    Returns
    -------
    list of str
        Symbols in order; empty where there is no POTCAR.
    """
    if not path.is_file():
        return []
    return _TITLE.findall(path.read_text(encoding="latin-1"))


def read_poscar(text: str, name: str, potcar: list[str]) -> CrystalRead:
    """
    Read a POSCAR or CONTCAR.

    Parameters
    ----------
    text
        Content of the file.
    name
        What to call it in messages.
    potcar
        Elements of the POTCAR beside it, for files of VASP 4 that name none.

    Returns
    -------
    CrystalRead
        The structure; velocities and selective dynamics are no part of it.

    Raises
    ------
    StructureInputError
        If a line cannot be read, or the elements are not named.
    """
    lines = text.split("\n")
    if sum(bool(line.strip()) for line in lines) < _LEAST_LINES:
        raise StructureInputError(f"{name} is truncated: give a complete POSCAR.")
    raw = np.array([_numbers(lines, at, name) for at in (2, 3, 4)])
    factors = _factors(lines, raw, name)
    lattice = Lattice(raw * factors)
    counts_at = 5 if _are_counts(lines[5]) else 6
    counts = _counts(lines, counts_at, name)
    first, direct = _mode(lines, counts_at + 1, name)
    places = np.array([_numbers(lines, first + one, name) for one in range(sum(counts))])
    if not direct:
        places = lattice.get_fractional_coords(places * factors)
    written = _COMMENT.sub("", lines[5]).split() if counts_at == 6 else []
    endings = _endings(lines[first : first + sum(counts)])
    species, note = _species(written, endings, counts, lines[0], potcar, name)
    atoms = [
        Atom(f"{symbol}{number}", symbol, place)
        for number, (symbol, place) in enumerate(zip(species, places, strict=True), start=1)
    ]
    crystal = assemble(lattice, atoms, name)
    return CrystalRead(crystal.structure, (*crystal.notes, *([note] if note else [])))


def _numbers(lines: list[str], at: int, name: str) -> list[float]:
    """Read three numbers at the beginning of a line."""
    words = lines[at].split()[:3] if at < len(lines) else []
    values = [read_value(word) for word in words]
    if len(values) < 3 or None in values:
        found = repr(lines[at].strip()) if words else "nothing"
        raise StructureInputError(
            f"{name}, line {at + 1}: {found} is found where three numbers are expected: correct "
            "it, or give a complete POSCAR."
        )
    return [value for value in values if value is not None]


def _factors(lines: list[str], raw: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Read what x, y and z are multiplied by: a factor, a volume, or three factors."""
    words = _COMMENT.sub("", lines[1]).split()
    values = [value for value in map(read_value, words) if value is not None]
    volume = abs(float(np.linalg.det(raw)))
    if not volume > 0:
        raise StructureInputError(
            f"{name}, lines 3 to 5: the vectors do not span a cell: correct them."
        )
    if len(values) == len(words) == 1 and values[0] < 0:
        return np.full(3, (-values[0] / volume) ** (1 / 3))
    if len(values) != len(words) or len(values) not in {1, 3} or min(values) <= 0:
        raise StructureInputError(
            f"{name}, line 2: {lines[1].strip()!r} is no scaling factor: give one number, or three "
            "positive ones."
        )
    return np.array(values * 3 if len(values) == 1 else values)


def _are_counts(line: str) -> bool:
    """Tell whether a line gives numbers of atoms, as in files of VASP 4."""
    words = _COMMENT.sub("", line).split()
    return bool(words) and all(word.isdigit() for word in words)


def _counts(lines: list[str], at: int, name: str) -> list[int]:
    """Read the numbers of atoms of each element."""
    line = lines[at] if at < len(lines) else ""
    counts = [int(word) for word in _COMMENT.sub("", line).split() if word.isdigit()]
    if not _are_counts(line) or min(counts) < 1:
        raise StructureInputError(
            f"{name}, line {at + 1}: {line.strip()!r} is given where numbers of atoms of each "
            "element are expected: give positive whole numbers."
        )
    return counts


def _mode(lines: list[str], at: int, name: str) -> tuple[int, bool]:
    """Find where the coordinates begin, and whether they are fractions."""
    if at < len(lines) and lines[at].strip()[:1].upper() == "S":  # Selective dynamics
        at += 1
    mode = lines[at].strip()[:1].upper() if at < len(lines) else ""
    if mode not in {"D", "C", "K"}:
        raise StructureInputError(
            f"{name}, line {at + 1}: 'Direct' or 'Cartesian' is expected there, before the "
            "coordinates."
        )
    return at + 1, mode == "D"


def _endings(lines: list[str]) -> list[str]:
    """Read the elements that some programs write after the coordinates of each atom."""
    words = [line.split()[3:] for line in lines]
    found = [read_symbol(one[-1]) if one and one[-1] not in _FLAGS else None for one in words]
    return [one for one in found if one] if all(found) else []


def _species(
    written: list[str],
    endings: list[str],
    counts: list[int],
    comment: str,
    potcar: list[str],
    name: str,
) -> tuple[list[str], str]:
    """Give the element of each atom, and a note where the file itself does not name them."""
    note = ""
    kinds = [_element(one, name) for one in written]
    if not written and endings:
        return endings, ""
    if not written:
        kinds, note = _unnamed(comment, counts, potcar)
    if not kinds:
        raise StructureInputError(
            f"{name} names no elements, as in files of VASP 4: write their symbols into a line "
            f"before line 6 ({' '.join(map(str, counts))})."
        )
    if len(kinds) != len(counts):
        raise StructureInputError(
            f"{name} names {len(kinds)} elements and {len(counts)} numbers of atoms (lines 6 and "
            "7): give equal numbers of both."
        )
    return [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)], note


def _element(text: str, name: str) -> str:
    """Read a symbol of the line of elements, such as ``Na``, ``NA``, ``Na_pv`` or ``Na/1a2b``."""
    symbol = read_symbol(text)
    if not symbol:
        raise StructureInputError(
            f"{name}, line 6: {text!r} is no element: write symbols such as Na P S."
        )
    return symbol


def _unnamed(comment: str, counts: list[int], potcar: list[str]) -> tuple[list[str], str]:
    """Take the elements from the POTCAR beside the file, or from its comment."""
    if len(potcar) == len(counts):
        return potcar, "elements taken from the POTCAR beside it"
    words = comment.split()
    if len(words) == len(counts) and all(Element.is_valid_symbol(word) for word in words):
        return words, f"elements taken from its comment {comment.strip()!r}"
    parts = _FORMULA.findall(words[0]) if words else []
    whole = "".join(symbol + amount for symbol, amount in parts)
    symbols = [symbol for symbol, _ in parts]
    if not parts or whole != words[0] or not all(map(Element.is_valid_symbol, symbols)):
        return [], ""
    amounts = np.array([float(amount or 1) for _, amount in parts])
    if len(symbols) != len(counts) or not np.allclose(amounts / amounts.sum(),
                                                      np.array(counts) / sum(counts)):  # fmt: skip
        return [], ""
    return symbols, f"elements taken from its comment {comment.strip()!r}"
