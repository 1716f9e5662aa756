"""Sites of a CIF block: the atoms of the asymmetric unit, and those that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trona.screening.errors import StructureInputError

from .crystal import Atom, read_symbol, read_value

if TYPE_CHECKING:
    from collections.abc import Collection

    from .cif_text import Block

__all__ = ["AXES", "digits", "read_sites"]

AXES = ("_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z")
_DUMMY_FLAG = "dum"  # codespell:ignore
_ABOVE_ONE = 1.02
"""An occupancy refined to a little more than one is one."""


def digits(text: str) -> int:
    """
    Count the decimals of a number.

    Parameters
    ----------
    text
        As written, with or without an uncertainty.

    Returns
    -------
    int
        Zero where there is no point.
    """
    return len(text.partition("(")[0].partition(".")[2])


def read_sites(block: Block, elements: Collection[str], name: str) -> tuple[list[Atom], list[str]]:
    """
    Read the sites of the asymmetric unit.

    Parameters
    ----------
    block
        With fractional coordinates.
    elements
        Of the formula that the block declares; empty where it declares none.
    name
        What to call it.

    Returns
    -------
    tuple
        Occupied sites, and what was left out.

    Raises
    ------
    StructureInputError
        If a site cannot be read; its label is named.
    """
    atoms, dummies, empty = [], [], []
    for row in _rows(block, name):
        symbol = "" if row.dummy else read_symbol(row.kind, elements)
        if symbol is None:
            raise StructureInputError(
                f"{name} has a site {row.label!r} of unknown species {row.kind!r}: name an element "
                "in _atom_site_type_symbol."
            )
        if not symbol:
            dummies.append(row)
        elif (occupancy := _occupancy(row.occupancy, row.label, name)) == 0:
            empty.append(row.label)
        else:
            place = np.array([_coordinate(text, row.label, name) for text in row.place])
            atoms.append(Atom(row.label, symbol, place, occupancy))
    if not elements and not all(row.dummy for row in dummies):
        labels = ", ".join(row.label for row in dummies)
        raise StructureInputError(
            f"{name} has dummy atoms ({labels}) and no formula that tells whether they represent "
            "an element: name their elements, or remove them."
        )
    if not atoms:
        raise StructureInputError(f"{name} holds no occupied site: give a complete CIF.")
    notes = []
    if dummies:
        notes.append(f"dummy atoms left out: {', '.join(row.label for row in dummies)}")
    if empty:
        notes.append(f"sites of occupancy 0 left out: {', '.join(empty)}")
    return atoms, notes


class _Row(NamedTuple):
    """A line of the loop of sites."""

    label: str
    kind: str
    dummy: bool
    occupancy: str
    hydrogen: str
    place: tuple[str, ...]


def _rows(block: Block, name: str) -> list[_Row]:
    """Read the loop of sites."""
    places = [block.column(axis) for axis in AXES]
    labels = block.column("_atom_site_label", "_atom_site_type_symbol")
    missing = [axis for axis, column in zip(AXES, places, strict=True) if column is None]
    if missing or labels is None:
        raise StructureInputError(
            f"{name} has sites without {', '.join(missing) or '_atom_site_label'}: give it."
        )
    absent = [""] * len(labels)
    kinds, flags, shares, hydrogens = (
        block.column(f"_atom_site_{one}") or absent
        for one in ("type_symbol", "calc_flag", "occupancy", "attached_hydrogens")
    )
    columns = [labels, kinds, flags, shares, hydrogens, *(column or [] for column in places)]
    if len({len(column) for column in columns}) != 1:
        raise StructureInputError(f"{name} has an incomplete list of sites: give a complete CIF.")
    rows = []
    for at, (label, kind, flag, share, hydrogen, *place) in enumerate(zip(*columns, strict=True)):
        shown = label or f"number {at + 1}"
        if (read_value(hydrogen) or 0) > 0:
            raise StructureInputError(
                f"{name} counts {hydrogen} hydrogen atoms at {shown!r} that have no coordinates: "
                "add their sites."
            )
        dummy = flag.lower() == _DUMMY_FLAG
        rows.append(_Row(shown, kind or label, dummy, share, hydrogen, tuple(place)))
    return rows


def _occupancy(text: str, label: str, name: str) -> float:
    """Read an occupancy; the dictionary's default is 1."""
    value = 1.0 if not text else read_value(text)
    if value is None or not 0 <= value <= _ABOVE_ONE:
        raise StructureInputError(
            f"{name} has a site {label!r} of occupancy {text!r}: give a number between 0 and 1."
        )
    return min(value, 1.0)


def _coordinate(text: str, label: str, name: str) -> float:
    """Read a coordinate."""
    value = read_value(text)
    if value is None:
        raise StructureInputError(
            f"{name} has a site {label!r} with the coordinate {text or '?'!r}: give a number."
        )
    return value
