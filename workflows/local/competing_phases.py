"""Relaxation of the user's competing phases, including elements, to build a reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trona.stores.energies.entries import own_entry
from trona.workflows.candidates.mp_identifiers import is_material_id, material, materials
from trona.workflows.candidates.sources import Candidate, candidate_document
from trona.workflows.candidates.structure_checks import require_distinct, require_sound
from trona.workflows.candidates.structure_files import folder_files, read_structures
from trona.workflows.jobs.relaxation_passes import settled

from .pool import Work, relaxed, run_flows

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from pymatgen.core import Structure

    from trona.stores.collections.results import Results
    from trona.stores.documents.results import RelaxationDoc
    from trona.workflows.jobs.backends import Backend

__all__ = ["Settled", "gather_structures", "relax"]


@dataclass(frozen=True, eq=False)
class Settled:
    """
    Outcome of a competing phase.

    Parameters
    ----------
    label, formula
        The phase.
    reason
        Why it may not enter a hull; None if it may.
    cached
        True where nothing was computed.
    """

    label: str
    formula: str
    reason: str | None
    cached: bool


def gather_structures(arguments: Sequence[str]) -> tuple[Candidate, ...]:
    """
    Collect structures of any composition, elements too.

    Parameters
    ----------
    arguments
        Structure files, folders of them, identifiers of the Materials Project.

    Returns
    -------
    tuple of Candidate
        With distinct labels.

    Raises
    ------
    InputError
        If one cannot be read or relaxed, or two have one label.
    """
    materials(text for text in arguments if is_material_id(text))  # all in one question
    found = []
    for label, structure, source in (one for text in arguments for one in _read(text)):
        sound = require_sound(structure, source, sodium=False)
        found.append(Candidate(label, str(sound.composition.reduced_formula), source, sound))
    require_distinct((one.label for one in found), "structures")
    return tuple(found)


def _read(text: str) -> Iterator[tuple[str, Structure, str]]:
    """Give label, structure and source of all that an argument means."""
    path = Path(text).expanduser()
    if is_material_id(text) and not path.exists():
        found = material(text)
        structure = found.structure.to_structure()
        yield f"{structure.composition.reduced_formula}-{text}", structure, found.source
        return
    for file in folder_files(path) if path.is_dir() else [path]:
        for label, structure, notes in read_structures(file):
            yield label, structure, "; ".join([str(file), *notes])


def relax(
    phases: Sequence[Candidate],
    results: Results,
    backend: Backend,
    workers: int,
    files: str | None = None,
    running: set[str] | None = None,
) -> Generator[Settled, None, None]:
    """
    Relax phases that the store does not hold; each is saved before it is handed on.

    Parameters
    ----------
    phases
        With structures.
    results
        Store of relaxations.
    backend
        Source of relaxations.
    workers
        Processes that relax.
    files
        Folder to keep the files of calculations in; None to keep none.
    running
        Is kept up to date with the labels of what is relaxed at the moment.

    Yields
    ------
    Settled
        In order of completion; what failed is tried again the next time.

    Raises
    ------
    BackendError
        If the backend is not installed, or its processes die.
    """
    results.save([candidate_document(phase) for phase in phases])
    todo = []
    for phase in phases:
        known = None
        if phase.structure is not None:
            known = settled(phase.structure, results, backend)
        if known is None:
            todo.append(phase)
        else:
            yield _kept(phase, known, results, cached=True)
    work = Work(backend, files=files)
    for phase, outputs in run_flows(todo, work, results.location, workers, running):
        yield _kept(phase, relaxed(outputs), results, cached=False)


def _kept(
    phase: Candidate, found: RelaxationDoc | str, results: Results, *, cached: bool
) -> Settled:
    """Save a relaxation with its entry on the scale of its own method, and judge it."""
    if isinstance(found, str):
        return Settled(phase.label, phase.formula, found, cached=cached)
    entry = own_entry(found)
    results.save([found, entry])
    return Settled(phase.label, found.formula, entry.reason, cached=cached)
