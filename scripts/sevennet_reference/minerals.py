"""Starting structures by analogy with minerals.

    minerals.py DATABASE REFERENCE OUT FORMULA ...

DATABASE is the American Mineralogist Crystal Structure Database as shipped with xraylarch 0.9.60
(larch/xrd/amscif_trim.db in its source archive). Crystals without disorder become prototypes, which
are treated like those of make_prototypes.py: the most likely come first.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import warnings
from base64 import b64decode
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from make_prototypes import (
    Prototype,
    Target,
    append,
    binaries,
    by_analogy,
    file_name,
    reference_table,
    volumes,
)
from pymatgen.core import Composition, Element, Lattice, Structure, SymmOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SCALE = 4e6
"""Coordinates are kept as whole numbers of this fraction."""
LARGEST_CELL, LARGEST_VOLUME = 80, 2500.0
EMPTY, SAME_SITE, SHORTEST = 0.8, 0.25, 0.7
"""Occupancy below which a crystal is passed over; Å between images of one atom, and of two."""
FARTHEST = 4.0
"""Unlikeness of a mineral and its imitation."""
ROWS = """
SELECT cif.id, minerals.name, spacegroups.hm_notation, spacegroups.symmetry_xyz,
  publications.journalname || ' ' || publications.volume || ' (' || publications.year || ') '
  || publications.page_first,
  a, b, c, alpha, beta, gamma, atoms_sites, atoms_x, atoms_y, atoms_z, atoms_occupancy
FROM cif JOIN minerals ON minerals.id = mineral_id
  JOIN spacegroups ON spacegroups.id = spacegroup_id
  JOIN publications ON publications.id = publication_id
ORDER BY cif.id
"""


def numbers(text: str) -> NDArray[np.float64]:
    """Decode a column of coordinates."""
    return np.frombuffer(b64decode(text), dtype=np.int32) / SCALE


def element(label: str) -> str | None:
    """Tell the element of a site label; water and hydroxide have no hydrogen there."""
    letters = "".join(re.findall(r"^[A-Za-z]+", label))
    if letters[:2].lower() in {"wa", "ow", "oh"}:
        return "O"
    for length in (2, 1):
        symbol = letters[:length]
        spelt = len(symbol) == length and symbol[1:].islower() == (length == 2)
        if spelt and Element.is_valid_symbol(symbol):
            return symbol
    return None


@cache
def operations(text: str) -> tuple[SymmOp, ...]:
    """Symmetry operations of a space group."""
    return tuple(SymmOp.from_xyz_str(one.replace("'", "").strip()) for one in json.loads(text))


def crystal(row: tuple[Any, ...]) -> Structure | None:
    """Build an ordered crystal; the most frequent element takes a mixed site."""
    lattice = Lattice.from_parameters(*map(float, row[5:11]))
    labels = json.loads(row[11])
    symbols = [element(label) for label in labels]
    points = np.array([numbers(text) for text in row[12:15]]).T
    if None in symbols or len(points) != len(labels) or lattice.volume > LARGEST_VOLUME:
        return None
    shares = np.ones(len(labels)) if row[15] in {"0", None} else numbers(row[15])
    sites: dict[tuple[float, ...], list[tuple[float, str, NDArray[np.float64]]]] = defaultdict(list)
    for symbol, point, share in zip(symbols, points, shares, strict=True):
        whole = 1.0 if abs(share) > 1 else float(share)
        sites[tuple(np.round(point % 1, 3))].append((whole, str(symbol), point))
    species, coords = [], []
    for mixed in sites.values():
        if sum(share for share, _, _ in mixed) < EMPTY:
            return None
        _, symbol, point = max(mixed, key=lambda one: one[0])
        images = orbit(point, operations(row[3]), lattice)
        species += [symbol] * len(images)
        coords += images
    found = Structure(lattice, species, coords)
    if not found.is_valid(SHORTEST):
        return None
    return found.get_primitive_structure(0.1)


def orbit(
    point: NDArray[np.float64], symmetry: tuple[SymmOp, ...], lattice: Lattice
) -> list[NDArray[np.float64]]:
    """Images of a point, each once."""
    found: list[NDArray[np.float64]] = []
    for operation in symmetry:
        image = operation.operate(point) % 1
        gaps = [lattice.get_cartesian_coords((image - one + 0.5) % 1 - 0.5) for one in found]
        if all(np.linalg.norm(gap) > SAME_SITE for gap in gaps):
            found.append(image)
    return found


def minerals(path: Path) -> Iterator[Prototype]:
    """Ordered crystals, one of each formula and space group."""
    seen = set()
    for row in sqlite3.connect(path).execute(ROWS):
        try:
            structure = crystal(row)
        except (ValueError, IndexError):
            continue
        if structure is None or len(structure) > LARGEST_CELL or len(structure.composition) == 1:
            continue
        formula = structure.composition.reduced_formula
        if (formula, row[2], len(structure)) not in seen:
            seen.add((formula, row[2], len(structure)))
            text = f"as {row[1]} {formula} ({row[2]}; {row[4]}, American Mineralogist Crystal "
            text += f"Structure Database {row[0]})"
            yield Prototype(f"{formula}-amcsd{row[0]}", structure, text, -0.1)


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("reference", type=Path, help="folder with the tables of DFT")
    parser.add_argument("out", type=Path, help="folder of the JSON lines")
    parser.add_argument("formulas", nargs="+", help="compounds, or a file that lists them")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    words = options.formulas
    if Path(words[0]).exists():
        words = Path(words[0]).read_text(encoding="utf-8").split()
    known = list(minerals(options.database))
    volume = volumes([*binaries(options.reference), *(one.structure for one in known)])
    table = reference_table(options.reference)
    written: set[str] = set()
    for formula in dict.fromkeys(Composition(word).reduced_formula for word in words):
        target = Target(formula, table.get(formula, 0.1))
        guesses = [one for one in by_analogy(target, known, volume) if one.unlikeness < FARTHEST]
        name = f"minerals-{file_name(target)}"
        append(options.out / name, guesses, new=name not in written)
        written.add(name)
        print(formula, *(one.prototype.label for one in guesses))


if __name__ == "__main__":
    main()
