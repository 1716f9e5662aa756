"""Symmetry of a CIF block, from its operations, its Hall or Hermann-Mauguin symbol, or its number.

A symbol can stand for several settings (other origins, other axes). All settings that it allows are
returned; the composition decides between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gemmi
import numpy as np

from trona.screening.errors import StructureInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from pymatgen.core import Lattice

    from .cif_text import Block

__all__ = ["Setting", "settings_of"]

_OPERATIONS = ("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
_HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
_NAMES = (
    "_space_group_name_h-m_alt",
    "_symmetry_space_group_name_h-m",
    "_space_group_name_h-m_full",
    "_space_group_name_h-m_ref",
    "_space_group_name_h-m",
)
_NUMBERS = ("_space_group_it_number", "_symmetry_int_tables_number")
_ORIGIN = re.compile(r"[\s(:,]*(?:origin(?:\s*choice)?|O)\s*:?\s*([12])\)?$", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*\((?:no\.?\s*)?\d+\)$", re.IGNORECASE)
_ENDING = re.compile(r"(?:\s+|\s*:\s*)([12SZHR])$", re.IGNORECASE)
"""Origin or axes, as in 'F d -3 m :2', 'F d -3 m Z', 'R -3 m H'."""
_METRIC = 0.02
"""Relative difference of the metric tensor before and after an operation: above, the cell does not
have the symmetry."""


@dataclass(frozen=True, eq=False)
class Setting:
    """
    Symmetry operations of a crystal.

    Parameters
    ----------
    name
        Where they come from.
    rotations : shape (n_operations, 3, 3)
        Of fractional coordinates.
    translations : shape (n_operations, 3)
        Of fractional coordinates.
    note
        What the file leaves open; empty where nothing.
    """

    name: str
    rotations: NDArray[np.float64]
    translations: NDArray[np.float64]
    note: str = ""

    def fits(self, lattice: Lattice) -> bool:
        """
        Tell whether a cell has this symmetry.

        Parameters
        ----------
        lattice
            The cell.

        Returns
        -------
        bool
            True where lengths and angles stay the same.
        """
        metric = lattice.matrix @ lattice.matrix.T
        scale = np.sqrt(np.outer(np.diag(metric), np.diag(metric)))
        turned = np.einsum("nji,jk,nkl->nil", self.rotations, metric, self.rotations)
        return bool((np.abs(turned - metric) <= _METRIC * scale).all())


def settings_of(block: Block, lattice: Lattice, name: str) -> list[Setting]:
    """
    List the symmetries that a block may mean.

    Parameters
    ----------
    block
        With any of operations, Hall symbol, Hermann-Mauguin symbol, number.
    lattice
        Its cell.
    name
        What to call it.

    Returns
    -------
    list of Setting
        The likely one first; all fit the cell.

    Raises
    ------
    StructureInputError
        If none is known, or none fits the cell.
    """
    found = _from_operations(block, name) or _from_hall(block) or _from_symbols(block, name)
    if not found:
        found = [_setting("P 1", [gemmi.Op("x,y,z")], "it states no symmetry: taken as P 1")]
    fitting = [one for one in found if one.fits(lattice)]
    if not fitting:
        lengths = " ".join(f"{value:.4g}" for value in lattice.parameters)
        raise StructureInputError(
            f"{name} has a cell ({lengths}) without the symmetry of {found[0].name}: correct the "
            "cell or the space group."
        )
    return fitting


def _setting(name: str, operations: Iterable[gemmi.Op], note: str = "") -> Setting:
    """Turn operations into matrices."""
    seitz = np.array([operation.float_seitz() for operation in operations])
    return Setting(name, seitz[:, :3, :3], seitz[:, :3, 3], note)


def _from_operations(block: Block, name: str) -> list[Setting]:
    """Read the loop of symmetry operations."""
    texts = [text for text in block.column(*_OPERATIONS) or [] if text]
    operations = []
    for text in texts:
        try:
            operations.append(gemmi.Op(text.replace(" ", "")).wrap())
        except (RuntimeError, ValueError):
            raise StructureInputError(
                f"{name} has a symmetry operation {text!r}: write it like '-x,y+1/2,z'."
            ) from None
    if not operations:
        return []
    distinct = {operation.triplet() for operation in operations} | {"x,y,z"}
    products = {(first * second).wrap().triplet() for first in operations for second in operations}
    if not products <= distinct:
        raise StructureInputError(
            f"{name} lists {len(distinct)} symmetry operations, whose products are not all among "
            "them: the list is truncated or mistyped; give all of them."
        )
    return [_setting("its operations", [gemmi.Op(one) for one in sorted(distinct)])]


def _from_hall(block: Block) -> list[Setting]:
    """Read the Hall symbol; one that is unknown leaves the word to the other symbols."""
    text = block.first(*_HALL)
    if text is None:
        return []
    try:
        operations = gemmi.symops_from_hall(text)
    except (RuntimeError, ValueError):
        return []
    return [_setting(f"Hall symbol {text!r}", operations)]


def _from_symbols(block: Block, name: str) -> list[Setting]:
    """Read the Hermann-Mauguin symbol, or else the number of the space group."""
    text, number = block.first(*_NAMES), _number(block, name)
    groups = [] if text is None else _named(text)
    if text is not None and not groups and number is None:
        raise StructureInputError(
            f"{name} names the space group {text!r}, which is not known: give its symmetry "
            "operations or its number."
        )
    if groups and number is not None and groups[0].number != number:
        raise StructureInputError(
            f"{name} names the space group {text!r} and number {number}, which is "
            f"{gemmi.find_spacegroup_by_number(number).hm!r}: correct one of them."
        )
    if not groups and number is not None:
        first = gemmi.find_spacegroup_by_number(number)
        others = [one for one in gemmi.spacegroup_table() if one.number == number]
        groups = [first, *(one for one in others if one.xhm() != first.xhm())]
    return [_setting(one.xhm(), one.operations()) for one in groups]


def _number(block: Block, name: str) -> int | None:
    """Read the number of the space group."""
    text = block.first(*_NUMBERS)
    if text is None:
        return None
    if not text.isdigit() or not 1 <= int(text) <= 230:
        raise StructureInputError(
            f"{name} gives {text!r} as the number of its space group: give 1 to 230."
        )
    return int(text)


def _short(symbol: str) -> str:
    """Turn a full symbol (F 4/m -3 2/m) into the short one (F m -3 m), where there is one."""
    if gemmi.find_spacegroup_by_name(symbol) is not None:
        return symbol
    centring, *axes = symbol.split() or [""]
    cubic = "-3" in axes[1:]
    kept = [
        axis if at == 0 and not cubic and axis[0] in "346" else axis.rpartition("/")[2]
        for at, axis in enumerate(axes)
    ]
    short = " ".join([centring, *kept])
    return symbol if gemmi.find_spacegroup_by_name(short) is None else short


def _named(text: str) -> list[gemmi.SpaceGroup]:
    """List the settings that a Hermann-Mauguin symbol allows."""
    plain = _ORIGIN.sub(r":\1", text.replace("_", " ")).strip()
    plain = _short(_NUMBERED.sub("", plain).strip())
    ending = _ENDING.search(plain)
    if ending is not None:
        stem, letter = plain[: ending.start()], ending[1].upper()
        choice = {"S": "1", "Z": "2"}.get(letter, letter)
        found = gemmi.find_spacegroup_by_name(f"{stem}:{choice}")
        if found is not None:
            return [found]
        plain = plain if letter in "12" else stem
    groups = {}
    for choice in "12HR":
        for angle in (90.0, 120.0):
            found = gemmi.find_spacegroup_by_name(plain, 90.0, angle, choice)
            if found is not None:
                groups[found.xhm()] = found
    return list(groups.values())
