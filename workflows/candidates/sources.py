"""Candidates from any source: bundled electrolytes, files, folders, tables, materials, formulas.

A candidate without a structure is screened as the mixture of phases with its composition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymatgen.core import Lattice, Structure

from trona.screening.charges import objection, oxidation_states, require_sodium
from trona.screening.errors import FormulaError, InputError, ReferenceDataError, StructureInputError
from trona.screening.formulas import parse, same_composition
from trona.stores.data_files import data_content
from trona.stores.delimited import none_usable
from trona.stores.documents.bookkeeping import CandidateDoc
from trona.stores.documents.results import StructureDoc
from trona.stores.provenance import fingerprint

from .mp_identifiers import is_material_id, material, materials
from .structure_checks import require_sound, take_once
from .structure_files import (
    MANIFEST,
    folder_files,
    is_file_name,
    is_table_name,
    read_rows,
    read_structures,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trona.stores.materials_project.structures import MaterialDoc

    from .structure_files import Row

__all__ = [
    "Candidate",
    "Gathered",
    "build_crystal",
    "bundled",
    "candidate_document",
    "describe_candidate",
    "from_argument",
    "from_file",
    "from_folder",
    "from_material",
    "from_table",
    "gather",
]

_SYMMETRY_PRECISION = 0.05
"""Å; as for relaxed structures."""


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
    notes
        What was dropped or changed to read it; the source says it too.
    place
        File that names it, with the line where it is a table; empty for a formula or a material
        that was given itself.
    """

    label: str
    formula: str
    source: str
    structure: Structure | None = None
    notes: tuple[str, ...] = ()
    place: str = ""


def candidate_document(candidate: Candidate) -> CandidateDoc:
    """
    Write a candidate down.

    Parameters
    ----------
    candidate
        As it is to be screened.

    Returns
    -------
    CandidateDoc
        The same candidate has the same id everywhere.
    """
    crystal = candidate.structure
    structure = None if crystal is None else StructureDoc.from_structure(crystal)
    numbers = None if structure is None else structure.model_dump(mode="json")
    return CandidateDoc(
        id=fingerprint([candidate.label, candidate.formula, numbers]),
        label=candidate.label,
        formula=candidate.formula,
        source=candidate.source,
        structure=structure,
    )


@dataclass(frozen=True, eq=False)
class Gathered:
    """
    The requested candidates, and those that cannot be used.

    Parameters
    ----------
    candidates
        Those that can be screened.
    left_out
        One sentence for each that cannot, with its name and the reason.
    repeats
        One sentence for each label that was given more than once for the same composition.
    """

    candidates: tuple[Candidate, ...]
    left_out: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for everything that was dropped or changed to read the candidates."""
        changed = (f"{one.label}: {note}." for one in self.candidates for note in one.notes)
        return (*changed, *self.repeats)


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
    return list(_bundled())


@cache
def _bundled() -> tuple[Candidate, ...]:
    """Build the crystals once in a process."""
    rows: list[dict[str, Any]] = data_content("trona.workflows.candidates", "bundled.yaml")
    return tuple(
        Candidate(
            label=row["label"],
            formula=row["formula"],
            source=row["source"],
            structure=build_crystal(row) if "sites" in row else None,
        )
        for row in rows
    )


def from_file(path: Path) -> list[Candidate]:
    """
    Read a structure file.

    Parameters
    ----------
    path
        CIF, POSCAR, extended XYZ or any format that pymatgen reads.

    Returns
    -------
    list of Candidate
        One for each structure in the file, labelled by the file's name.

    Raises
    ------
    StructureInputError
        If there is no such file, it holds no structure, or not one that can be relaxed.
    """
    found = [_noted(_with_structure(one.label, one.structure, str(path)), one.notes)
             for one in read_structures(path)]  # fmt: skip
    return [replace(one, place=str(path)) for one in found]


def _noted(candidate: Candidate, notes: tuple[str, ...]) -> Candidate:
    """Say with a candidate what was dropped or changed to read it."""
    return replace(candidate, source="; ".join([candidate.source, *notes]), notes=notes)


def _with_structure(
    label: str, structure: Structure, source: str, formula: str | None = None
) -> Candidate:
    """Make a candidate of a structure that can be relaxed."""
    sound = require_sound(structure, source)
    amounts = sound.composition.get_el_amt_dict()
    if formula is not None and not same_composition(parse(formula), amounts):
        raise StructureInputError(
            f"{source!r} holds {sound.composition.reduced_formula}, not {formula}: "
            "correct the table or the file."
        )
    return Candidate(label, formula or str(sound.composition.reduced_formula), source, sound)


def from_material(found: MaterialDoc) -> Candidate:
    """
    Take a structure of the Materials Project.

    Parameters
    ----------
    found
        As fetched.

    Returns
    -------
    Candidate
        Labelled by formula and identifier; its source names database, date and licence.

    Raises
    ------
    StructureInputError
        If it is not one that can be relaxed.
    """
    structure = found.structure.to_structure()
    label = f"{structure.composition.reduced_formula}-{found.material_id}"
    candidate = _with_structure(label, structure, found.material_id)
    return replace(candidate, source=found.source)


def from_table(path: Path) -> Gathered:
    """
    Read a table of candidates: formulas, with structures where there are any.

    Parameters
    ----------
    path
        CSV file with a column ``formula`` and, where wanted, ``label``, ``source``, and ``file`` or
        ``material_id`` (of the Materials Project), with which a formula may be left out; or a text
        file (.txt) with one formula or material a line.

    Returns
    -------
    Gathered
        Rows that cannot be used are left out, with the reason.

    Raises
    ------
    InputError
        If the table cannot be read, or structures that it names cannot be fetched.
    """
    rows = read_rows(path)
    known = materials(row.material_id for row in rows if row.material_id and not row.objection)
    return _sorted_out(partial(_from_row, row, known) for row in rows)


def _from_row(row: Row, known: Mapping[str, MaterialDoc | str]) -> list[Candidate]:
    """Make a candidate of a line of a table, or say what is wrong with that line."""
    try:
        return [replace(_of_row(row, known), place=row.place)]
    except InputError as error:
        raise InputError(f"{row.place}: {error}") from None


def _of_row(row: Row, known: Mapping[str, MaterialDoc | str]) -> Candidate:
    """Make a candidate of what a line of a table says."""
    if row.objection:
        raise InputError(row.objection)
    if row.material_id:
        return _from_material_row(row, known[row.material_id])
    if row.path is None:
        return _from_formula(row.formula, row.label, row.source)
    found = read_structures(row.path)
    if len(found) > 1:
        raise StructureInputError(f"{str(row.path)!r} holds {len(found)} structures: give one.")
    label = row.label or found[0].label
    candidate = _with_structure(label, found[0].structure, str(row.path), row.formula or None)
    return _noted(replace(candidate, source=row.source), found[0].notes)


def _from_material_row(row: Row, found: MaterialDoc | str) -> Candidate:
    """Make a candidate of a line that names a material, with the line's own words about it."""
    if isinstance(found, str):
        raise ReferenceDataError(found)
    candidate = from_material(found)
    structure = found.structure.to_structure()
    if row.formula:
        candidate = _with_structure(candidate.label, structure, row.material_id, row.formula)
    source = f"{row.source}; {found.source}" if row.source else found.source
    return replace(candidate, label=row.label or candidate.label, source=source)


def from_folder(folder: Path) -> Gathered:
    """
    Read a folder of structure files, or the table that lists them.

    Parameters
    ----------
    folder
        An existing folder. Where it holds a ``candidates.csv``, that table says what belongs to it.

    Returns
    -------
    Gathered
        Files that cannot be used are left out, with the reason.

    Raises
    ------
    InputError
        If there is nothing to read.
    """
    if (folder / MANIFEST).is_file():
        return from_table(folder / MANIFEST)
    return _sorted_out(partial(from_file, path) for path in folder_files(folder))


def _sorted_out(readers: Iterable[Callable[[], list[Candidate]]]) -> Gathered:
    """Collect what can be used of many, and say of the rest why not."""
    candidates: list[Candidate] = []
    left_out: list[str] = []
    for read in readers:
        try:
            candidates += read()
        except InputError as error:
            left_out.append(str(error))
    return Gathered(tuple(candidates), tuple(left_out))


def from_argument(text: str) -> Gathered:
    """
    Read a command-line argument as a file or folder, as a material, or else as a formula.

    Parameters
    ----------
    text
        Path, identifier of the Materials Project, or formula.

    Returns
    -------
    Gathered
        With structures if they are files.

    Raises
    ------
    InputError
        If it is neither, or holds no sodium.
    """
    if not text.strip():
        raise InputError(
            "an argument is empty, as that of a shell variable that is not set: name a file, a "
            "folder, a material or a formula."
        )
    path = Path(text).expanduser()
    if path.is_dir():
        return from_folder(path)
    if is_table_name(path):
        return from_table(path)
    if path.exists() or is_file_name(text):
        return Gathered(tuple(from_file(path)))
    if is_material_id(text):
        return Gathered((from_material(material(text)),))
    return Gathered((_typed(text),))


def _typed(text: str) -> Candidate:
    """Make a candidate of an argument that is a formula."""
    try:
        return _from_formula(text, text, "formula given by the user")
    except FormulaError as error:
        if "write it like" not in str(error):  # it knows better what is meant
            raise
        raise InputError(
            f"{text!r} is neither an existing file nor a chemical formula: name a CIF or POSCAR, "
            "a material such as mp-28782, or write a formula like Na3PS4."
        ) from None


def _from_formula(text: str, label: str, source: str) -> Candidate:
    """Make a candidate of a bare composition."""
    require_sodium(parse(text), text)
    return Candidate(label, text, source)


def gather(arguments: Iterable[str], *, unbalanced: bool = False) -> Gathered:
    """
    Collect the candidates that a user names, or the bundled ones.

    Parameters
    ----------
    arguments
        Paths, formulas and materials; none for the bundled electrolytes.
    unbalanced
        Whether compositions may carry a charge.

    Returns
    -------
    Gathered
        With distinct labels; a composition that is given again under its label is taken once.

    Raises
    ------
    InputError
        If an argument cannot be used, or different candidates have one label.
    """
    named = list(arguments)
    materials(text for text in named if is_material_id(text))  # all in one question
    parts = [_usable(text, unbalanced) for text in named] or [Gathered(tuple(bundled()))]
    left_out = tuple(reason for part in parts for reason in part.left_out)
    kept, repeats = take_once([candidate for part in parts for candidate in part.candidates])
    return Gathered(kept, left_out, repeats)


def _usable(text: str, unbalanced: bool) -> Gathered:
    """Read an argument; where it leads to nothing that can be used, the reasons are raised."""
    part = from_argument(text)
    if not unbalanced:
        part = _without_charged(part)
    if not part.candidates:
        raise InputError(none_usable(text, part.left_out))
    return part


def _without_charged(part: Gathered) -> Gathered:
    """Leave out candidates whose charges do not balance."""
    neutral, left_out = [], list(part.left_out)
    for candidate in part.candidates:
        reason = objection(parse(candidate.formula), candidate.formula)
        if reason is None:
            neutral.append(candidate)
        else:
            where = f"{candidate.place}: " if candidate.place else ""
            left_out.append(f"{where}{reason}, or pass --unbalanced.")
    return Gathered(tuple(neutral), tuple(left_out))


def describe_candidate(candidate: Candidate) -> dict[str, str]:
    """
    Say what a candidate is, in a line of a table.

    Parameters
    ----------
    candidate
        Any candidate.

    Returns
    -------
    dict
        Label, formula, atoms, space group and charges, as text; empty where it has none.
    """
    atoms = group = ""
    if candidate.structure is not None:
        atoms = str(len(candidate.structure))
        group = candidate.structure.get_space_group_info(symprec=_SYMMETRY_PRECISION)[0]
    states = oxidation_states(parse(candidate.formula)) or {}
    return {
        "label": candidate.label,
        "formula": candidate.formula,
        "atoms": atoms,
        "space_group": group,
        "charges": " ".join(f"{symbol}{state:+.3g}" for symbol, state in states.items()),
    }
