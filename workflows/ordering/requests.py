"""From user input to blueprints: formulas, series, hydroborates and structure files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.charges import objection, write_formula
from trona.screening.errors import InputError, StructureInputError
from trona.stores.energies.bundled import bundled_data, bundled_structures
from trona.workflows.candidates.mp_identifiers import is_material_id, material, materials
from trona.workflows.candidates.sources import Candidate, bundled, from_material
from trona.workflows.candidates.structure_checks import require_distinct, require_sound
from trona.workflows.candidates.structure_files import folder_files, is_file_name, read_structures

from .blueprints import of_structure
from .hydroborates import anions_of, hydroborate
from .substitution import closest_parent, expand, substituted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .blueprints import Blueprint

__all__ = ["read_blueprints", "read_parent"]


def read_blueprints(
    arguments: Sequence[str], values: Sequence[float] = (), parent: str | None = None
) -> tuple[list[Blueprint], list[str]]:
    """
    Find out what is to be made.

    Parameters
    ----------
    arguments
        Formulas, templates such as ``Na3PS{4-x}O{x}``, structure files or folders of them, or
        identifiers of the Materials Project.
    values
        Values of x.
    parent
        Name of a bundled crystal, a structure file or a material of the Materials Project, on whose
        sites formulas are put; by default the bundled crystal that needs the fewest substitutions.

    Returns
    -------
    tuple
        Blueprints with distinct labels, and a sentence for each file of a folder that cannot be
        used.

    Raises
    ------
    InputError
        If an argument cannot be used.
    """
    crystal = None if parent is None else read_parent(parent)
    found: list[Blueprint] = []
    left_out: list[str] = []
    materials(argument for argument in arguments if is_material_id(argument))  # in one question
    for argument in arguments:
        path = Path(argument).expanduser()
        if path.is_dir():
            for file in folder_files(path):
                try:
                    found += _from_file(file)
                except InputError as error:
                    left_out.append(str(error))
        elif path.is_file() or is_file_name(argument):
            found += _from_file(path)
        elif is_material_id(argument):
            found.append(_from_material(argument))
        else:
            found += _from_formula(argument, values, crystal)
    require_distinct((blueprint.label for blueprint in found), "requests", "name it once")
    return found, left_out


def _from_file(path: Path) -> list[Blueprint]:
    """Take the structures of a file, ordered or not."""
    found = []
    for label, structure, notes in read_structures(path):
        sound = require_sound(structure, str(path), disorder=True)
        amounts = sound.composition.get_el_amt_dict()
        reason = objection(amounts, write_formula(amounts))
        if reason is not None:
            raise StructureInputError(f"{str(path)!r}: {reason}.")
        found.append(of_structure(label, sound, "; ".join([f"of {path.name}", *notes])))
    return found


def _from_material(identifier: str) -> Blueprint:
    """Take a structure of the Materials Project."""
    given = from_material(material(identifier))
    if given.structure is None:
        raise TypeError(identifier)
    return of_structure(given.label, given.structure, f"of {given.source}")


def _from_formula(text: str, values: Sequence[float], crystal: Candidate | None) -> list[Blueprint]:
    """Put formulas on the sites of a parent, or hydroborate anions on a lattice."""
    formulas = expand(text, values)
    if crystal is None and all(anions_of(formula) for formula in formulas):
        return [hydroborate(formula) for formula in formulas]
    crystal = crystal or closest_parent(formulas, _crystals())
    return [substituted(formula, crystal) for formula in formulas]


def read_parent(name: str) -> Candidate:
    """
    Find the parent crystal of a substitution.

    Parameters
    ----------
    name
        Label of a bundled electrolyte, id of a phase of the bundled reference set, a structure
        file, or an identifier of the Materials Project.

    Returns
    -------
    Candidate
        With an ordered structure.

    Raises
    ------
    StructureInputError
        If there is none of that name, or it is partly occupied.
    """
    for candidate in _crystals():
        if candidate.label == name:
            return candidate
    path = Path(name).expanduser()
    if not path.is_file() and is_material_id(name):
        return from_material(material(name))
    if not path.is_file():
        raise StructureInputError(
            f"no parent {name!r}: name a structure file, a bundled electrolyte such as "
            "Na3PS4-cubic, a material such as mp-28782, or the id of a phase of the bundled set."
        )
    (label, structure, notes), *more = read_structures(path)
    if more:
        raise StructureInputError(f"{name!r} holds {len(more) + 1} structures: give one.")
    sound = require_sound(structure, name)
    source = "; ".join([path.name, *notes])
    return Candidate(label, str(sound.composition.reduced_formula), source, sound, notes)


@cache
def _crystals() -> tuple[Candidate, ...]:
    """Bundled crystals: the electrolytes, then the relaxed phases of the reference set."""
    electrolytes = [candidate for candidate in bundled() if candidate.structure is not None]
    structures = bundled_structures()
    phases = [
        Candidate(row["id"], row["formula"], row["source"], structures[row["id"]].to_structure())
        for row in bundled_data()["phases"]
    ]
    return (*electrolytes, *phases)
