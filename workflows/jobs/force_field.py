"""Relaxation: an atomate2 maker, and the reduction of its document to what a hull needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from atomate2.forcefields.jobs import ForceFieldRelaxMaker
from jobflow import Flow, Job, JobConfig, Maker, OnMissing, job
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

from trona.stores.defaults import BACKEND
from trona.stores.documents.results import FailureDoc, RelaxationDoc, StructureDoc
from trona.stores.provenance import versions

from .backends import ForceField, find_force_field, relaxation_id
from .failures import Recorded, failure_among

if TYPE_CHECKING:
    from atomate2.forcefields.schemas import ForceFieldTaskDocument
    from pymatgen.core import Structure

    from trona.workflows.candidates.sources import Candidate

__all__ = ["RelaxMaker", "force_field_maker", "summarize_relaxation", "summarize_task"]

_SYMMETRY_PRECISION = 0.05
"""Å; relaxed coordinates carry the noise of the force limit."""


def force_field_maker(backend: ForceField) -> ForceFieldRelaxMaker:
    """
    Relaxation maker of atomate2 for a backend: cell and atoms, energies of each step kept.

    Parameters
    ----------
    backend
        Force field and limits.

    Returns
    -------
    atomate2.forcefields.jobs.ForceFieldRelaxMaker
        Ready to make a job from a structure.
    """
    return ForceFieldRelaxMaker(
        force_field_name=backend.calculator,
        calculator_kwargs=dict(backend.calculator_kwargs),
        steps=backend.max_steps,
        relax_kwargs={"fmax": backend.max_force},
        ionic_step_data=("energy",),
    )


@dataclass
class RelaxMaker(Maker):
    """
    Relax a structure and keep a small summary, on which later jobs depend.

    Parameters
    ----------
    name
        Name of the flow.
    backend
        Choices that identify the relaxation.
    relax_maker
        Maker of the job that relaxes; from the backend by default.
    """

    name: str = "trona relax"
    backend: ForceField = field(default_factory=lambda: find_force_field(BACKEND))
    relax_maker: Maker | None = None

    def make(self, candidate: Candidate) -> Flow:
        """
        Wire relaxation and summary.

        Parameters
        ----------
        candidate
            Has a starting structure.

        Returns
        -------
        jobflow.Flow
            Its output is a `RelaxationDoc`, or a `FailureDoc` if the relaxation failed.
        """
        start, label = candidate.structure, candidate.label
        before: list[Job] = []
        structure: Any = start
        if self.backend.prerelaxation:
            first = find_force_field(self.backend.prerelaxation)
            before = [Recorded(force_field_maker(first)).make(start)]
            structure = before[0].output.structure
        relax = Recorded(self.relax_maker or force_field_maker(self.backend)).make(structure)
        for part in (*before, relax):
            part.append_name(f" {label}")
        asked = (relax.output, relax.name, start, label, self.backend)
        summary = summarize_relaxation(*asked, *(one.output for one in before))
        summary.append_name(f" {label}")
        return Flow([*before, relax, summary], output=summary.output, name=f"{self.name} {label}")


def summarize_task(
    task: ForceFieldTaskDocument, start: Structure, label: str, backend: ForceField
) -> RelaxationDoc:
    """
    Reduce a force-field task document to what a hull needs.

    Parameters
    ----------
    task
        Output of the relaxation.
    start
        Starting structure.
    label
        Candidate.
    backend
        Choices of the relaxation.

    Returns
    -------
    RelaxationDoc
        Numbers only; nothing is judged here.
    """
    relaxed = task.structure
    forces = task.output.forces
    symmetry = SpacegroupAnalyzer(relaxed, symprec=_SYMMETRY_PRECISION)
    return RelaxationDoc(
        id=relaxation_id(start, backend),
        label=label,
        formula=relaxed.composition.reduced_formula,
        formula_start=start.composition.reduced_formula,
        method=backend.method,
        settings=backend.identity(),
        converged=task.is_force_converged,
        energy=task.output.energy,
        max_force=None if forces is None else float(np.linalg.norm(forces, axis=1).max()),
        n_steps=task.output.n_steps,
        n_sites=len(relaxed),
        volume_start=start.volume,
        volume=relaxed.volume,
        space_group=symmetry.get_space_group_symbol(),
        structure=StructureDoc.from_structure(relaxed),
        versions=versions(*backend.packages),
    )


@job(config=JobConfig(on_missing_references=OnMissing.NONE))
def summarize_relaxation(
    task: ForceFieldTaskDocument | FailureDoc | None,
    name: str,
    start: Structure,
    label: str,
    backend: ForceField,
    before: ForceFieldTaskDocument | FailureDoc | None = None,
) -> RelaxationDoc | FailureDoc:
    """
    Reduce the task document of a relaxation, or say why there is none.

    Parameters
    ----------
    task
        Output of the relaxation; None where it left none.
    name
        Of the relaxation.
    start, label, backend
        As for `summarize_task`.
    before
        Output of the relaxation that came first, if there was one.

    Returns
    -------
    RelaxationDoc or FailureDoc
        Small, either way.
    """
    if isinstance(before, FailureDoc):
        return before
    failure = failure_among([task], [name])
    if failure is not None or task is None or isinstance(task, FailureDoc):
        return failure or FailureDoc(step=name, reason="it left no output")
    return summarize_task(task, start, label, backend)
