"""Conformance test of a backend, for its author and for trona's own tests.

``python -m trona.workflows.jobs.conformance NAME`` prints one line for each requirement;
`check_backend` raises at the first that is not met, for use in the author's own tests.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from monty.json import MontyDecoder, MontyEncoder

from trona.screening.errors import BackendError, TronaError
from trona.stores.documents.results import RelaxationDoc

from .backends import ForceField, find_force_field, relaxation_id, require_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ase.calculators.calculator import Calculator
    from pymatgen.core import Structure

__all__ = ["PROPERTIES", "ConformanceError", "Subject", "check_backend", "rock_salt"]

_STEP = 0.01
"""Å; by which an atom is moved back and forth for the slope of the energy."""
_FORCE_TOLERANCE = 0.02
"""eV/Å; single precision leaves noise of some meV/Å in a slope over 0.02 Å."""
_ENERGY_TOLERANCE = 1e-3
"""eV/atom; by which a cell and its double may differ."""


class ConformanceError(TronaError):
    """A backend lacks a property that trona requires; the message names it."""


@dataclass(frozen=True)
class Subject:
    """
    A backend and the crystal that it is tested on.

    Parameters
    ----------
    backend
        Force field.
    structure
        Small; its atoms need not be at rest.
    """

    backend: ForceField
    structure: Structure

    @cached_property
    def calculator(self) -> Calculator:
        """Make the calculator, as a job makes it."""
        from .force_field import force_field_maker  # noqa: PLC0415 (imports atomate2)

        made: Calculator = force_field_maker(self.backend)._get_calculator()  # noqa: SLF001 (atomate2's own way in)
        return made

    def energy(self, structure: Structure) -> float:
        """Compute the energy of a structure, eV."""
        return self._atoms(structure).get_potential_energy()  # type: ignore[no-any-return]

    def forces(self, structure: Structure) -> Any:  # noqa: ANN401 (ASE has no types)
        """Compute the forces on all atoms, eV/Å."""
        return self._atoms(structure).get_forces()

    def _atoms(self, structure: Structure) -> Any:  # noqa: ANN401 (ASE has no types)
        """Make ASE's atoms with the calculator."""
        atoms: Any = structure.to_ase_atoms()
        atoms.calc = self.calculator
        return atoms


def rock_salt() -> Structure:
    """
    Make the crystal that is tried by default.

    Returns
    -------
    pymatgen.core.Structure
        NaCl, primitive cell.
    """
    from pymatgen.core import Lattice, Structure  # noqa: PLC0415 (slow to import)

    cell = Lattice([[0.0, 2.82, 2.82], [2.82, 0.0, 2.82], [2.82, 2.82, 0.0]])
    return Structure(cell, ["Na", "Cl"], [[0.0] * 3, [0.5] * 3])


def _require(holds: bool, sentence: str) -> None:
    """Refuse what does not hold."""
    if not holds:
        raise ConformanceError(sentence)


def _displaced(structure: Structure, by: float) -> Structure:
    """Move the first atom along x, Å."""
    moved = structure.copy()
    moved.translate_sites([0], [by, 0.0, 0.0], frac_coords=False)
    return moved


def _identity(subject: Subject) -> None:
    """Send the choices through JSON."""
    backend = subject.backend
    try:
        text = json.dumps(backend, cls=MontyEncoder)
        json.dumps(backend.identity())
    except TypeError as error:
        raise ConformanceError(f"its choices are no plain JSON ({error}): give names.") from None
    again = MontyDecoder().decode(text)
    same = relaxation_id(subject.structure, again) == relaxation_id(subject.structure, backend)
    _require(again == backend and same, "another process reads another backend from its JSON.")


def _energy(subject: Subject) -> None:
    """Compare the energy of a cell with that of its double."""
    one = subject.energy(subject.structure)
    two = subject.energy(subject.structure * (2, 1, 1))
    _require(isfinite(one), f"the energy is {one}, not a finite number.")
    off = abs(two - 2 * one) / (2 * len(subject.structure))
    _require(
        off < _ENERGY_TOLERANCE,
        f"the energy of a doubled cell is off by {off * 1000:.2f} meV/atom: it is not extensive.",
    )


def _forces(subject: Subject) -> None:
    """Compare a force with a difference of energies, off equilibrium."""
    base = _displaced(subject.structure * (2, 1, 1), 0.15)
    up, down = (subject.energy(_displaced(base, by)) for by in (_STEP, -_STEP))
    slope = -(up - down) / (2 * _STEP)
    force = float(subject.forces(base)[0][0])
    _require(
        abs(slope - force) < _FORCE_TOLERANCE + 0.02 * abs(slope),
        f"a force is {force:.4f} eV/Å where the energy falls by {slope:.4f} eV/Å.",
    )


def _relaxation(subject: Subject) -> None:
    """Relax the crystal through the flow, and read the document."""
    from jobflow import run_locally  # noqa: PLC0415 (slow to import)
    from maggma.stores import MemoryStore  # noqa: PLC0415

    from trona.workflows.candidates.sources import Candidate  # noqa: PLC0415

    from .force_field import RelaxMaker  # noqa: PLC0415 (imports atomate2)

    backend, start = subject.backend, subject.structure
    flow = RelaxMaker(backend=backend).make(Candidate("conformance", "", "", start))
    with TemporaryDirectory() as folder:
        outputs = run_locally(flow, log=False, store=_job_store(MemoryStore), root_dir=folder)
    doc = outputs.get(flow.jobs[-1].uuid, {}).get(1)
    doc = None if doc is None else doc.output
    if not isinstance(doc, RelaxationDoc):
        raise ConformanceError(f"a relaxation failed: {getattr(doc, 'reason', 'no output')}.")
    _require(doc.converged is True, f"a crystal did not relax in {doc.n_steps} steps.")
    numbers = {"energy": doc.energy, "max_force": doc.max_force, "n_steps": doc.n_steps}
    empty = [name for name, value in numbers.items() if value is None]
    _require(not empty, f"the relaxation does not record {', '.join(empty)}.")
    _require(doc.method == backend.method, f"the document names the method {doc.method!r}.")
    _require(doc.id == relaxation_id(start, backend), "the document has another identity.")
    unnamed = {*backend.packages} - doc.versions.keys()
    _require(not unnamed, f"no version is recorded of {', '.join(sorted(unnamed))}.")


def _job_store(kind: Callable[[], Any]) -> Any:  # noqa: ANN401 (jobflow has no types)
    """Make a store of jobs in memory."""
    from jobflow import JobStore  # noqa: PLC0415 (slow to import)

    return JobStore(kind(), additional_stores={"data": kind()})


def _provenance(subject: Subject) -> None:
    """Look the method up."""
    backend = subject.backend
    stated = backend.energies
    if stated is None or stated.name != backend.method:
        raise ConformanceError(
            f"unknown method {backend.method!r}: give a Method of that name as 'stated'."
        )
    _require(bool(backend.packages), f"the method {stated.name!r} names no packages.")


PROPERTIES: Mapping[str, Callable[[Subject], None]] = {
    "its identity is plain JSON, and the same in another process": _identity,
    "its method is known, and the packages behind it": _provenance,
    "the energy is finite, and twice as large in a doubled cell": _energy,
    "forces are the negative gradient of the energy": _forces,
    "a crystal relaxes, and the document says everything": _relaxation,
}
"""What must hold, in the order in which it is tried."""


def check_backend(
    name: str, structure: Structure | None = None, *, backend: ForceField | None = None
) -> Iterator[str]:
    """
    Test a backend, property by property.

    Parameters
    ----------
    name
        As a user writes it.
    structure
        Crystal to try it on; by default rock salt.
    backend
        The backend itself, where nothing is registered yet.

    Yields
    ------
    str
        Each property that holds.

    Raises
    ------
    ConformanceError
        At the first that does not.
    BackendError
        If there is no such force field, or it is not installed.
    """
    subject = Subject(backend or find_force_field(name), structure or rock_salt())
    require_installed(subject.backend)
    for sentence, tried in PROPERTIES.items():
        tried(subject)
        yield sentence


def _main(arguments: list[str]) -> int:
    """
    Print what holds, or the first property that does not.

    Parameters
    ----------
    arguments
        The name of a backend.

    Returns
    -------
    int
        Exit code: 0 if everything holds, 1 if not, 2 where nothing could be tried.
    """
    if len(arguments) != 1:
        print("usage: python -m trona.workflows.jobs.conformance NAME", file=sys.stderr)  # noqa: T201
        return 2
    try:
        for line in check_backend(arguments[0]):
            print(f"holds: {line}", flush=True)  # noqa: T201
    except (BackendError, ConformanceError) as error:
        print(f"trona: {error}", file=sys.stderr)  # noqa: T201
        return 1 if isinstance(error, ConformanceError) else 2
    return 0


if __name__ == "__main__":
    raise SystemExit(_main(sys.argv[1:]))
