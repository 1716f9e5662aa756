"""Structure files: CIF, POSCAR and other formats of pymatgen, extended XYZ, folders, manifests.

This module only decides whether a file can be read; the structure may still be unphysical.
"""

from __future__ import annotations

import re
import warnings
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from monty.io import zopen
from pymatgen.core import Structure

from trona.screening.errors import FormulaError, InputError, StructureInputError
from trona.screening.formulas import parse
from trona.stores.delimited import TABLES, decimal_point, read_list, read_table
from trona.stores.materials_project.structures import is_material_id

from .cif import read_cif
from .cif_text import decode_text
from .crystal import CrystalRead
from .poscar import potcar_symbols, read_poscar
from .xyz import read_xyz

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trona.stores.delimited import Line

__all__ = [
    "MANIFEST",
    "Row",
    "StructureRead",
    "file_name",
    "folder_files",
    "is_file_name",
    "is_table_name",
    "read_rows",
    "read_structures",
]

MANIFEST = "candidates.csv"
"""Table of a folder of candidates, written by ``trona candidates make``."""

_XYZ = frozenset({".xyz", ".extxyz"})
_POSCARS = frozenset({".vasp", ".poscar"})
_SUFFIXES = frozenset({".cif", *_POSCARS, *_XYZ})
_PACKED = frozenset({".gz", ".bz2", ".xz", ".lzma", ".z"})
_NAMES = frozenset({"POSCAR", "CONTCAR"})
_LIST = ".txt"
_ALIASES = {
    "pretty_formula": "formula", "formula_pretty": "formula", "reduced_formula": "formula",
    "composition": "formula", "compound": "formula", "name": "label", "path": "file",
    "structure": "file", "mp_id": "material_id",
}  # fmt: skip
"""Names of columns that other programs write."""
_UNSAFE = re.compile(r"[^\w.+()-]+")


@dataclass(frozen=True)
class Row:
    """
    A line of a table of candidates.

    Parameters
    ----------
    label
        Unique name; empty where it is to be that of the structure.
    formula
        As shown; reactions are per this unit. Empty where it is to be that of the structure.
    source
        Where it comes from.
    path
        Structure file; None where none is named.
    material_id
        Identifier in the Materials Project, of which formula, label and source may then be empty;
        empty where none is named.
    place
        Line and file.
    objection
        Why the line cannot be used; empty where it can.
    """

    label: str
    formula: str
    source: str
    path: Path | None
    material_id: str = ""
    place: str = ""
    objection: str = ""


class StructureRead(NamedTuple):
    """
    A structure of a file.

    Parameters
    ----------
    label
        After the file's name.
    structure
        As written.
    notes
        What was dropped or changed to read it.
    """

    label: str
    structure: Structure
    notes: tuple[str, ...] = ()


def file_name(label: str) -> str:
    """
    Make a file name of a label.

    Parameters
    ----------
    label
        Any text.

    Returns
    -------
    str
        Letters, digits and ``. _ + - ( )`` only; not empty, not hidden.
    """
    return _UNSAFE.sub("-", label).strip("-.") or "structure"


def is_file_name(text: str) -> bool:
    """
    Tell whether a text means a structure file, also where there is none.

    Parameters
    ----------
    text
        As a user types it.

    Returns
    -------
    bool
        True for paths, and for names that end as structure files do.
    """
    return "/" in text or PurePath(text).suffix.lower() in _SUFFIXES


def is_table_name(path: Path) -> bool:
    """
    Tell whether a path means a table or a list of candidates.

    Parameters
    ----------
    path
        Whether there is such a file or not.

    Returns
    -------
    bool
        By its ending; a ``POSCAR.txt`` is a structure.
    """
    suffix = path.suffix.lower()
    return suffix in TABLES or (suffix == _LIST and not any(one in path.name for one in _NAMES))


def read_structures(path: Path) -> list[StructureRead]:
    """
    Read all structures of a file.

    Parameters
    ----------
    path
        CIF (any number of blocks), POSCAR, extended XYZ (any number of frames), or any other format
        that pymatgen reads; packed or not.

    Returns
    -------
    list of StructureRead
        Structures as written; labels come from the file's name, or from its folder's for POSCAR and
        CONTCAR, with a number where there are several structures.

    Raises
    ------
    StructureInputError
        If there is no such file, or it holds no structure.
    """
    if not path.is_file():
        raise StructureInputError(f"no such file: {str(path)!r}. Name a CIF or POSCAR file.")
    found = _parse(path)
    if not found:
        raise StructureInputError(f"{str(path)!r} holds no structure: give a complete file.")
    stem = path.resolve().parent.name if path.stem in _NAMES else path.stem
    stem = stem or str(found[0].structure.composition.reduced_formula)
    if len(found) == 1:
        return [StructureRead(stem, found[0].structure, found[0].notes)]
    return [
        StructureRead(f"{stem}-{number}", one.structure, one.notes)
        for number, one in enumerate(found, start=1)
    ]


def _parse(path: Path) -> list[CrystalRead]:
    """Read a file in the format that its name tells."""
    plain = PurePath(path.stem) if path.suffix.lower() in _PACKED else PurePath(path.name)
    suffix, name = plain.suffix.lower(), repr(str(path))
    if suffix in _XYZ:
        return read_xyz(_content(path), name)
    if suffix == ".cif":
        return read_cif(_content(path), name)
    if suffix in _POSCARS or any(one in plain.name for one in _NAMES):
        return [read_poscar(_content(path), name, potcar_symbols(path.parent / "POTCAR"))]
    return [CrystalRead(_other(path))]


def _content(path: Path) -> str:
    """Read a text file, packed or not."""
    try:
        with zopen(path, "rb") as file:
            content = file.read()
    except (OSError, EOFError, zlib.error):
        raise StructureInputError(
            f"cannot read {str(path)!r}: it is damaged, or you may not read it."
        ) from None
    text = decode_text(content if isinstance(content, bytes) else content.encode())
    if not text.strip():
        raise StructureInputError(f"{str(path)!r} is empty: give a complete file.")
    return text


def _other(path: Path) -> Structure:
    """Read one of the further formats of pymatgen."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Structure.from_file(path)
    except Exception:  # noqa: BLE001 (the parsers raise many types)
        raise StructureInputError(
            f"cannot read a structure from {str(path)!r}: it is damaged, or its name ends in none "
            "of .cif, .vasp, .poscar, .xyz and .extxyz; give a complete CIF or POSCAR."
        ) from None


def folder_files(folder: Path) -> list[Path]:
    """
    List the structure files of a folder, sorted.

    Parameters
    ----------
    folder
        An existing folder.

    Returns
    -------
    list of Path
        CIF, POSCAR, CONTCAR and XYZ files in it, and POSCAR or CONTCAR files (the latter if both)
        one folder down, as calculations leave them.

    Raises
    ------
    StructureInputError
        If there is none.
    """
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and not path.name.startswith(".")
        and (path.suffix.lower() in _SUFFIXES or path.stem in _NAMES)
    ]
    for below in sorted(path for path in folder.iterdir() if path.is_dir()):
        results = [below / name for name in ("CONTCAR", "POSCAR") if (below / name).is_file()]
        found += results[:1]
    if not found:
        raise StructureInputError(
            f"the folder {str(folder)!r} holds no structure: put CIF, POSCAR or XYZ files there."
        )
    return found


def read_rows(path: Path) -> list[Row]:
    """
    Read a table or a list of candidates.

    Parameters
    ----------
    path
        CSV file with a column ``formula`` and, where wanted, ``label`` (the formula by default),
        ``source``, and ``file`` (a structure file, relative to the table) or ``material_id`` (of
        the Materials Project), with which no formula is needed; or a text file (.txt) with one
        formula or material a line.

    Returns
    -------
    list of Row
        One for each line; what is wrong with a line is said there.

    Raises
    ------
    InputError
        If it cannot be read, has no row, or none of these columns.
    """
    if path.suffix.lower() == _LIST:
        return [_listed(text, number, path) for number, text in read_list(path)]
    lines = read_table(path, _ALIASES)
    if not lines:
        raise InputError(
            f"the table {str(path)!r} has one line only: give a header, with a column 'formula', "
            "and at least one row."
        )
    if not {"formula", "material_id", "file"}.intersection(lines[0].cells):
        raise InputError(_unfit(lines[0].header, path))
    return [_row(line, path) for line in lines]


def _unfit(header: Iterable[str], path: Path) -> str:
    """Say what is wrong with a header."""
    formula = next((cell for cell in header if _is_compound(cell)), None)
    if formula is not None:
        return (
            f"the table {str(path)!r} has no header: its first line holds {formula!r}; put a line "
            "with the names of the columns above it, such as formula."
        )
    return (
        f"the table {str(path)!r} has the header {', '.join(header)!r}, and no column 'formula', "
        "'file' or 'material_id': rename one so, or add it."
    )


def _is_compound(text: str) -> bool:
    """Tell a formula such as Na3PS4 from the name of a column such as No."""
    try:
        return len(parse(text)) > 1
    except FormulaError:
        return False


def _listed(text: str, line: int, path: Path) -> Row:
    """Read a line of a list."""
    named = {"source": f"line {line} of {path.name}", "place": f"line {line} of {path}"}
    if is_material_id(text):
        return Row("", "", path=None, material_id=text, **named)
    return Row(text, text, path=None, **named)


def _row(given: Line, path: Path) -> Row:
    """Read a line of a table."""
    formula, label, source, file, material_id = (
        given.cells.get(name, "") for name in ("formula", "label", "source", "file", "material_id")
    )
    formula, objection = decimal_point(formula), ""
    if material_id and (file or not is_material_id(material_id)):
        what = "a file too" if file else "no number of the Materials Project such as mp-28782"
        objection = f"it names {material_id!r}, and {what}: correct it."
    elif not (formula or file or material_id):
        columns = [one for one in ("formula", "file", "material_id") if one in given.cells]
        objection = f"it has no {' and no '.join(columns)}: give one."
    if not material_id:  # a material has a label and a source itself
        label, source = label or formula, source or f"line {given.number} of {path.name}"
    return Row(
        label=label,
        formula=formula,
        source=source,
        path=path.parent / file if file else None,
        material_id=material_id,
        place=f"line {given.number} of {path}",
        objection=objection,
    )
