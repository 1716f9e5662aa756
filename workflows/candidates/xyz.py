"""Extended XYZ files: one structure per frame that has a lattice."""

from __future__ import annotations

import re

import numpy as np
from pymatgen.core import Element, Lattice

from trona.screening.errors import StructureInputError

from .crystal import Atom, CrystalRead, assemble, read_symbol, read_value

__all__ = ["read_xyz"]

_PAIR = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|\{([^}]*)\}|(\S+))")
_DEFAULT = "species:S:1:pos:R:3"
_SPECIES = ("species", "element", "elements", "symbols", "symbol", "type")
_NUMBERS = ("z", "numbers", "atomic_numbers")
_POSITIONS = ("pos", "positions", "position")
_SHARES = ("occupancy", "occupancies", "occ", "occupation")


def read_xyz(text: str, name: str) -> list[CrystalRead]:
    """
    Read all frames of an extended XYZ file.

    Parameters
    ----------
    text
        Content of the file.
    name
        What to call it in messages.

    Returns
    -------
    list of CrystalRead
        One for each frame; forces, energies and constraints are no part of them.

    Raises
    ------
    StructureInputError
        If a frame is cut off, not periodic, or names something that is no element.
    """
    lines = text.split("\n")
    found, at = [], 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        count = lines[at].strip()
        if not count.isdigit() or int(count) < 1:
            raise StructureInputError(
                f"{name}, line {at + 1}: {count!r} is found where the number of atoms is "
                "expected: give complete frames."
            )
        end = at + 2 + int(count)
        if end > len(lines) or not lines[end - 1].strip():
            raise StructureInputError(
                f"{name}, line {at + 1}: {count} atoms are announced and fewer follow: give "
                "complete frames."
            )
        found.append(_frame(lines, at + 1, end, name))
        at = end
    return found


def _frame(lines: list[str], header: int, end: int, name: str) -> CrystalRead:
    """Read a frame, whose comment is a line with the lattice."""
    pairs = {
        key.lower(): next(value for value in values if value or value == values[-1])
        for key, *values in _PAIR.findall(lines[header])
    }
    lattice = _lattice(pairs, header, name)
    columns = _columns(pairs.get("properties", _DEFAULT), header, name)
    atoms = [_atom(lines[at], at, columns, lattice, name) for at in range(header + 1, end)]
    crystal = assemble(lattice, atoms, name)
    labels = [atom.label for atom in atoms if atom.label.capitalize() != atom.symbol]
    labels = [label for label in dict.fromkeys(labels) if label.isalnum() and not label.isalpha()]
    if not labels or all(label.isdigit() for label in labels):
        return crystal
    shown = ", ".join(labels[:4]) + (" …" if len(labels) > 4 else "")
    return CrystalRead(
        crystal.structure, (*crystal.notes, f"labels {shown} read as their elements")
    )


def _lattice(pairs: dict[str, str], header: int, name: str) -> Lattice:
    """Read the lattice of a periodic frame."""
    periodic = re.findall(r"[TtFf01]", pairs.get("pbc", "T T T"))
    values = [read_value(word) for word in re.split(r"[\s,]+", pairs.get("lattice", "").strip())]
    if "lattice" not in pairs or any(one in "Ff0" for one in periodic):
        raise StructureInputError(
            f'{name}, line {header + 1}, is not periodic: give Lattice="…" and pbc="T T T" in the '
            "second line of each frame."
        )
    matrix = np.array([value for value in values if value is not None])
    if len(values) != 9 or matrix.size != 9 or not abs(np.linalg.det(matrix.reshape(3, 3))) > 0:
        raise StructureInputError(
            f"{name}, line {header + 1}: {pairs['lattice']!r} is no lattice: give nine numbers."
        )
    return Lattice(matrix.reshape(3, 3))


def _columns(text: str, header: int, name: str) -> dict[str, int]:
    """Read what the columns are: name to place."""
    parts = text.split(":")
    places, at = {}, 0
    for label, width in zip(parts[::3], parts[2::3], strict=False):
        places[label.lower()] = at
        at += int(width) if width.isdigit() else 0
    known = {*_SPECIES, *_NUMBERS} & places.keys(), {*_POSITIONS} & places.keys()
    if len(parts) % 3 or not all(known):
        raise StructureInputError(
            f"{name}, line {header + 1}: Properties={text} names no species or no pos: write "
            f"Properties={_DEFAULT} followed by further columns."
        )
    return places


def _atom(line: str, at: int, columns: dict[str, int], lattice: Lattice, name: str) -> Atom:
    """Read the line of an atom."""
    words = line.split()
    place = next(columns[key] for key in _POSITIONS if key in columns)
    position = [read_value(word) for word in words[place : place + 3]]
    share = next((columns[key] for key in _SHARES if key in columns), None)
    texts = words[share : share + 1] if share is not None else ["1"]
    occupancy = read_value(texts[0]) if texts else None
    species = next((columns[key] for key in _SPECIES if key in columns), None)
    number = next((columns[key] for key in _NUMBERS if key in columns), 0)
    label = words[number if species is None else species :][:1]
    if len(position) < 3 or None in position or not label:
        raise StructureInputError(
            f"{name}, line {at + 1}: {line.strip()!r} is not an element and three coordinates: "
            "correct it."
        )
    if occupancy is None or not 0 < occupancy <= 1:
        raise StructureInputError(
            f"{name}, line {at + 1}: the occupancy {' '.join(texts)!r} is not between 0 and 1: "
            "correct it."
        )
    fractional = lattice.get_fractional_coords(np.array(position, dtype=float))
    symbol = _symbol(label[0], at, name)
    return Atom(label[0], symbol, fractional, occupancy)


def _symbol(label: str, at: int, name: str) -> str:
    """Read an element from its symbol or its atomic number."""
    if label.isdigit() and 1 <= int(label) <= 118:
        return str(Element.from_Z(int(label)).symbol)
    symbol = read_symbol(label)
    if not symbol:
        raise StructureInputError(
            f"{name}, line {at + 1}: {label!r} is no element: write a symbol such as Na."
        )
    return symbol
