"""VASP relaxations: atomate2's makers with Materials Project settings, and their summary."""

from __future__ import annotations

import sys
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from shutil import which
from typing import TYPE_CHECKING, Any

from atomate2.vasp.flows.mp import MP24DoubleRelaxStaticMaker, MPGGADoubleRelaxStaticMaker
from atomate2.vasp.jobs.base import BaseVaspMaker
from atomate2.vasp.run import DEFAULT_HANDLERS
from custodian.vasp.handlers import FrozenJobErrorHandler
from emmet.core.tasks import TaskDoc
from jobflow import Flow, Job, JobConfig, Maker, OnMissing, job

from .backends import BACKENDS, ForceField, Vasp, find_backend
from .failures import Recorded, failure_among
from .output_schemas import schemas_kept
from .vasp_summary import summarize_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymatgen.core import Structure

    from trona.stores.documents.results import FailureDoc, RelaxationDoc
    from trona.workflows.candidates.sources import Candidate

__all__ = ["FAMILIES", "Mocked", "VaspRelaxMaker", "configured", "mock_command", "summarize_vasp"]

FAMILIES: dict[str, type[Maker]] = {
    "mp-gga": MPGGADoubleRelaxStaticMaker,
    "mp24": MP24DoubleRelaxStaticMaker,
}
"""Two relaxations and a static calculation: PBE(+U), whose energies MP2020 was fitted to, and
r2SCAN after PBEsol. 520 and 680 eV, k-points by Materials Project's density."""

_PATIENCE = 21600
"""Seconds without a word from VASP after which it is taken to hang; custodian's own."""


@dataclass
class VaspRelaxMaker(Maker):
    """
    Relax a structure with VASP and keep a small summary, on which later jobs depend.

    Parameters
    ----------
    name
        Name of the flow.
    backend
        Choices that identify the relaxation.
    vasp_maker
        Makes the calculations; by default that of the backend's family.
    patience
        Seconds without a word from VASP after which it is taken to hang.
    """

    name: str = "trona relax"
    backend: Vasp = field(default_factory=lambda: _vasp("vasp"))
    vasp_maker: Maker | None = None
    patience: float = _PATIENCE

    def make(self, candidate: Candidate) -> Flow:
        """
        Wire the calculations and their summary.

        Parameters
        ----------
        candidate
            Has a starting structure.

        Returns
        -------
        jobflow.Flow
            Its output is a `RelaxationDoc`, or a `FailureDoc` if a calculation failed.
        """
        with schemas_kept():
            return self._wired(candidate)

    def _wired(self, candidate: Candidate) -> Flow:
        """Wire the jobs."""
        start, label = candidate.structure, candidate.label
        before: list[Job] = []
        structure: Any = start
        if self.backend.prerelaxation:
            before = [_prerelaxation(self.backend.prerelaxation, start)]
            structure = before[0].output.structure
        maker = self.vasp_maker or FAMILIES[self.backend.family]()
        after = configured(maker, self.backend, self.patience).make(structure)
        parts = [*before, after]
        for part in parts:
            part.append_name(f" {label}")
        steps = [*before, *(one for one in _jobs(after) if one.output_schema is TaskDoc)]
        outputs, names = [one.output for one in steps], [one.name for one in steps]
        summary = summarize_vasp(outputs, names, start, label, self.backend)
        summary.append_name(f" {label}")
        return Flow([*parts, summary], output=summary.output, name=f"{self.name} {label}")


def _vasp(name: str) -> Vasp:
    """Look a VASP backend up."""
    backend = BACKENDS[name]
    if not isinstance(backend, Vasp):
        raise TypeError(name)
    return backend


def _prerelaxation(name: str, start: Structure | None) -> Job:
    """Make the job that relaxes with a force field first."""
    from .force_field import force_field_maker  # noqa: PLC0415 (VASP alone needs no force field)

    backend = find_backend(name)
    if not isinstance(backend, ForceField):
        raise TypeError(name)
    return Recorded(force_field_maker(backend)).make(start)


def _jobs(part: Flow | Job) -> Iterator[Job]:
    """Go through the jobs of a flow in order."""
    if isinstance(part, Job):
        yield part
    else:
        for one in part.jobs:
            yield from _jobs(one)


def configured(maker: Maker, backend: Vasp, patience: float = _PATIENCE) -> Maker:
    """
    Give a maker, and all makers inside, a backend's choices.

    Parameters
    ----------
    maker
        A VASP maker of atomate2, or a flow of such.
    backend
        Dispersion correction, and whether the executable is the mock.
    patience
        Seconds of silence after which a run is taken to hang.

    Returns
    -------
    jobflow.Maker
        A copy whose jobs leave the reason where they fail.
    """
    if not isinstance(maker, BaseVaspMaker):
        inner = {item.name: getattr(maker, item.name) for item in fields(maker)}
        inner = {
            name: configured(value, backend, patience)
            for name, value in inner.items()
            if isinstance(value, Maker)
        }
        return replace(maker, **inner)
    maker = deepcopy(maker)
    maker.run_vasp_kwargs = {**_run_options(backend, patience), **maker.run_vasp_kwargs}
    if backend.is_mock:
        maker.write_input_set_kwargs = {"potcar_spec": True, **maker.write_input_set_kwargs}
    if backend.dispersion:
        generator = maker.input_set_generator
        settings = {**(generator.user_incar_settings or {}), "IVDW": backend.dispersion}
        generator.user_incar_settings = settings
    return Mocked(maker) if backend.is_mock else Recorded(maker)


@dataclass
class Mocked(Recorded):
    """Make jobs that find the mock executable on the machine where they run."""

    def prepared(self) -> Maker:
        """
        Make the maker ready, on the machine where the job runs.

        Returns
        -------
        jobflow.Maker
            A copy that runs the mock in VASP's place.
        """
        maker: Any = super().prepared()
        command = mock_command()
        maker.run_vasp_kwargs |= {"vasp_cmd": command, "vasp_gamma_cmd": command}
        return maker  # type: ignore[no-any-return]


def _run_options(backend: Vasp, patience: float) -> dict[str, Any]:
    """Options of atomate2's `run_vasp`."""
    others = (one for one in DEFAULT_HANDLERS if not isinstance(one, FrozenJobErrorHandler))
    handlers = [*(type(one)() for one in others), FrozenJobErrorHandler(timeout=patience)]
    if not backend.is_mock:
        return {"handlers": handlers}
    # Custodian looks every ten seconds by default, which is a hundred times a run of the mock.
    return {
        "handlers": handlers,
        "custodian_kwargs": {"polling_time_step": 0.02, "monitor_freq": 5},
    }


def mock_command() -> str:
    """
    Find the mock executable on this machine.

    Returns
    -------
    str
        Its name where it is installed as a program, else Python with the module.
    """
    program = "trona-mock-vasp"
    return program if which(program) else f"{sys.executable} -m trona.workflows.mock_vasp.main"


@job(config=JobConfig(on_missing_references=OnMissing.NONE))
def summarize_vasp(
    outputs: list[Any], names: list[str], start: Structure, label: str, backend: Vasp
) -> RelaxationDoc | FailureDoc:
    """
    Reduce the task documents of a relaxation, or say which calculation failed and why.

    Parameters
    ----------
    outputs
        Of the steps in order, the last of which gives the energy; None where there is none.
    names
        Of the steps.
    start
        Starting structure.
    label
        Candidate.
    backend
        Choices of the relaxation.

    Returns
    -------
    RelaxationDoc or FailureDoc
        Small, either way.
    """
    failure = failure_among(outputs, names)
    if failure is not None:
        return failure
    tasks = [output for output in outputs if isinstance(output, TaskDoc)]
    return summarize_tasks(tasks, names[-len(tasks) :], start, label, backend)
