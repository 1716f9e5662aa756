"""Crystals from a CIF: sites of each block with symmetry applied, checked against its formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pymatgen.core import Lattice

from trona.screening.errors import StructureInputError

from .cif_sites import AXES, digits, read_sites
from .cif_symmetry import settings_of
from .cif_text import read_blocks
from .crystal import Atom, CrystalRead, assemble, into_cell, read_value, together
from .declared import declared_by
from .structure_checks import close_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .cif_symmetry import Setting
    from .cif_text import Block

__all__ = ["read_cif"]

_SPECIAL = (1 / 6, 1 / 3, 2 / 3, 5 / 6)
"""Thirds and sixths: coordinates of special positions that no number of digits writes exactly."""
_COARSEST = 0.01
"""Coordinates of one decimal do not tell a third from three tenths."""
_LEAST_DISTANCE, _MOST_DISTANCE = 2e-4, 5e-3
"""Fractions of a cell: images of an atom closer than this are one atom on a special position; the
limit follows the digits of the coordinates between these bounds."""
_FULL = 1.001


def read_cif(text: str, name: str) -> list[CrystalRead]:
    """
    Read all crystals of a CIF.

    Parameters
    ----------
    text
        Content of the file; CIF 1 or 2, any dialect of names.
    name
        What to call it in messages, with quotes.

    Returns
    -------
    list of CrystalRead
        One for each block with sites; blocks of texts only, such as ``data_global``, are passed
        over.

    Raises
    ------
    StructureInputError
        If it is not CIF, a block with sites cannot be read, or contradicts what it says itself.
    """
    blocks = read_blocks(text, name)
    with_sites = [block for block in blocks if any(axis in block.values for axis in AXES)]
    if not with_sites:
        raise StructureInputError(_without_sites(blocks, name))
    lost = tuple(
        f"block {block.name!r} has a cell but no sites and is left out"
        for block in blocks
        if block not in with_sites and block.first("_cell_length_a")
    )
    found = []
    for at, block in enumerate(with_sites):
        place = name if len(with_sites) == 1 else f"{name}, block {at + 1} ({block.name!r}),"
        crystal = _crystal(block, place)
        found.append(CrystalRead(crystal.structure, (*crystal.notes, *(() if at else lost))))
    return found


def _without_sites(blocks: list[Block], name: str) -> str:
    """Say why a file holds no crystal."""
    for block in blocks:
        if "_atom_site_cartn_x" in block.values:
            return f"{name} gives Cartesian coordinates only: give _atom_site_fract_x, _y and _z."
        if block.first("_cell_length_a"):
            return f"{name} has a cell but no atom sites: give a complete CIF."
    return f"{name} holds no structure: give a CIF with a cell and atom sites."


def _crystal(block: Block, name: str) -> CrystalRead:
    """Read a block in the setting that its own formula asks for."""
    lattice, cell_notes = _lattice(block, name)
    declared = declared_by(block)
    atoms, site_notes = read_sites(block, declared.amounts, name)
    settings = settings_of(block, lattice, name)
    fitting: list[tuple[Setting, CrystalRead]] = []
    problems: list[StructureInputError] = []
    for setting in settings:
        try:
            crystal = _expand(lattice, atoms, setting, _rounding(block), name)
        except StructureInputError as error:
            problems.append(error)
            continue
        reason = declared.contradiction(crystal.structure)
        if reason is None:
            fitting.append((setting, crystal))
        else:
            problems.append(StructureInputError(f"{name} {reason}."))
    if not fitting:
        raise problems[0]
    free = [one for one in fitting if not _overlaps(one[1])] or fitting
    setting, crystal = free[0]
    notes = [*cell_notes, *site_notes, *crystal.notes]
    if setting.note:
        notes.append(setting.note)
    if len(settings) > 1:
        others = ", ".join(one.name for one, _ in free[1:])
        notes.append(
            f"the file does not state its setting: {setting.name} is taken, "
            + (f"though {others} would fit too" if others else "the only one that fits")
        )
    return CrystalRead(crystal.structure, tuple(dict.fromkeys(notes)))


def _lattice(block: Block, name: str) -> tuple[Lattice, list[str]]:
    """Read the cell."""
    values, notes = [], []
    for tag in ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"):
        text = block.first(f"_cell_{tag}")
        if text is None and tag.startswith("angle"):
            text = "90"
            notes.append("angles that it does not give are 90 degrees")
        value = None if text is None else read_value(text)
        if value is None or not 0 < value < (180 if tag.startswith("angle") else np.inf):
            what = "no" if text is None else f"{text!r} as"
            raise StructureInputError(f"{name} gives {what} _cell_{tag}: give a positive number.")
        values.append(value)
    lattice = Lattice.from_parameters(*values)
    if not lattice.volume > 0:
        raise StructureInputError(f"{name} has angles that cannot form a cell: correct them.")
    return lattice, notes


def _rounding(block: Block) -> float:
    """Last decimal of the coordinates."""
    return 10.0 ** -max(digits(text) for axis in AXES for text in block.column(axis) or ["0"])


def _expand(
    lattice: Lattice, atoms: list[Atom], setting: Setting, rounding: float, name: str
) -> CrystalRead:
    """Fill the cell by symmetry."""
    images = [
        Atom(atom.label, atom.symbol, place, atom.occupancy)
        for atom in atoms
        for place in _orbit(atom.position, setting, rounding)
    ]
    return assemble(lattice, images, name)


def _orbit(
    position: NDArray[np.float64], setting: Setting, rounding: float
) -> list[NDArray[np.float64]]:
    """Give the distinct images of a position; on a special position, where they meet."""
    tolerance = min(max(3.0 * rounding, _LEAST_DISTANCE), _MOST_DISTANCE)
    found = _images(position, setting, tolerance)
    exact = _with_thirds(position, rounding)
    if len(found) > 1 and not np.array_equal(exact, position):
        special = _images(exact, setting, tolerance)
        return special if len(special) < len(found) else found
    return found


def _with_thirds(position: NDArray[np.float64], rounding: float) -> NDArray[np.float64]:
    """Read thirds and sixths for what their digits mean."""
    exact = position.copy()
    if rounding <= _COARSEST:
        for special in _SPECIAL:
            whole = np.floor(position)
            near = np.abs(position - whole - special) < 0.67 * rounding
            exact[near] = whole[near] + special
    return exact


def _images(
    position: NDArray[np.float64], setting: Setting, tolerance: float
) -> list[NDArray[np.float64]]:
    """Give the images of a position, those that lie together as one."""
    images = into_cell(setting.rotations @ position + setting.translations)
    found: list[NDArray[np.float64]] = []
    for group in together(images, tolerance):
        offsets = images[group] - images[group[0]]
        found.append(images[group[0]] + (offsets - np.rint(offsets)).mean(axis=0))
    return found


def _overlaps(crystal: CrystalRead) -> bool:
    """Tell whether atoms lie on top of each other."""
    occupancy = np.array([site.species.num_atoms for site in crystal.structure])
    first, second, _ = close_pairs(crystal.structure)
    return bool((occupancy[first] + occupancy[second] > _FULL).any())
