"""Candidates: the bundled electrolytes, structure files, and bare formulas.

A candidate without a structure is screened as the mixture of phases that its composition is.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pymatgen.core import Lattice, Structure

from trona.screening.errors import FormulaError, InputError, StructureInputError
from trona.screening.formulas import parse
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Candidate", "build_crystal", "bundled", "from_argument", "from_file", "gather"]

_MIN_DISTANCE = 0.5
"""Atoms closer than this (Å) are an error of the file: H–H in H2 is 0.74."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """
    Something to screen.

    Parameters
    ----------
    label
        Unique name.
    formula
        As shown; reactions are per this unit.
    source
        Where it comes from.
    structure
        Starting structure; None for a bare composition.
    """

    label: str
    formula: str
    source: str
    structure: Structure | None = None


def build_crystal(row: Mapping[str, Any]) -> Structure:
    """
    Build a structure from space group, lattice and asymmetric unit.

    Parameters
    ----------
    row
        ``space_group`` (international symbol), ``lattice`` (a, b, c in Å, angles in degrees),
        ``sites`` (element and fractional coordinates).

    Returns
    -------
    pymatgen.core.Structure
        The primitive cell.

    Raises
    ------
    StructureInputError
        If symbol and lattice do not fit.
    """
    try:
        cell = Structure.from_spacegroup(
            row["space_group"],
            Lattice.from_parameters(*row["lattice"]),
            [site[0] for site in row["sites"]],
            [site[1:] for site in row["sites"]],
        )
    except ValueError as error:
        raise StructureInputError(f"cannot build {row.get('label')!r}: {error}.") from None
    return cell.get_primitive_structure(tolerance=1e-3)


def bundled() -> list[Candidate]:
    """
    Electrolytes that ship with trona, from published crystallography.

    Returns
    -------
    list of Candidate
        With starting structures where the compound has one, else as compositions.
    """
    text = files("trona.workflows").joinpath("candidates.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return [
        Candidate(
            label=row["label"],
            formula=row["formula"],
            source=row["source"],
            structure=build_crystal(row) if "sites" in row else None,
        )
        for row in rows
    ]


def from_file(path: Path) -> Candidate:
    """
    Read a structure file.

    Parameters
    ----------
    path
        CIF, POSCAR or any format that pymatgen reads.

    Returns
    -------
    Candidate
        Labelled by the file's name.

    Raises
    ------
    StructureInputError
        If there is no such file, it holds no structure, or not one that can be relaxed.
    """
    if not path.is_file():
        raise StructureInputError(f"no such file: {str(path)!r}. Name a CIF or POSCAR file.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            structure = Structure.from_file(path)
    except Exception as error:  # noqa: BLE001 (pymatgen's parsers raise many types)
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StructureInputError(
            f"cannot read a structure from {str(path)!r}: {detail.rstrip('.!')}. "
            "Give a complete CIF or POSCAR."
        ) from None
    _check(structure, str(path))
    label = path.parent.name if path.stem in {"POSCAR", "CONTCAR"} else path.stem
    formula = str(structure.composition.reduced_formula)
    return Candidate(label or formula, formula, str(path), structure)


def _check(structure: Structure, name: str) -> None:
    """Refuse structures that cannot be relaxed."""
    if not structure.is_ordered:
        raise StructureInputError(
            f"{name!r} has partly occupied sites: make it ordered, or give its formula to "
            "screen it as a mixture."
        )
    structure.remove_oxidation_states()
    if SODIUM not in {str(element.symbol) for element in structure.composition.elements}:
        raise StructureInputError(
            f"{name!r} ({structure.composition.reduced_formula}) contains no sodium: "
            "trona screens sodium electrolytes."
        )
    if len(structure) > 1 and not structure.is_valid(tol=_MIN_DISTANCE):
        raise StructureInputError(
            f"{name!r} has atoms closer than {_MIN_DISTANCE} Å: correct the file."
        )


def from_argument(text: str) -> Candidate:
    """
    Read a command-line argument as a file, or else as a formula.

    Parameters
    ----------
    text
        Path or formula.

    Returns
    -------
    Candidate
        With a structure if it is a file.

    Raises
    ------
    InputError
        If it is neither, or holds no sodium.
    """
    path = Path(text).expanduser()
    if path.exists() or "/" in text or path.suffix.lower() in {".cif", ".vasp", ".poscar"}:
        return from_file(path)
    try:
        composition = parse(text)
    except FormulaError:
        raise InputError(
            f"{text!r} is neither an existing file nor a chemical formula: name a CIF or POSCAR, "
            "or write a formula like Na3PS4."
        ) from None
    require_sodium(composition, text)
    return Candidate(text, text, "formula given by the user")


def require_sodium(composition: Mapping[str, float], formula: str) -> None:
    """
    Refuse a composition that is no sodium compound.

    Raises
    ------
    FormulaError
        If there is no sodium, or nothing else.
    """
    if SODIUM not in composition or len(composition) == 1:
        raise FormulaError(
            f"{formula!r} is not a compound of sodium: name an electrolyte such as Na3PS4."
        )


def gather(arguments: Iterable[str]) -> list[Candidate]:
    """
    Collect the candidates that a user names, or the bundled ones.

    Parameters
    ----------
    arguments
        Paths and formulas; none for the bundled electrolytes.

    Returns
    -------
    list of Candidate
        With distinct labels.

    Raises
    ------
    InputError
        If an argument cannot be used or two candidates have one label.
    """
    found = [from_argument(text) for text in arguments] or bundled()
    labels = [candidate.label for candidate in found]
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"two candidates are called {label!r}: rename one of the files.")
    return found
