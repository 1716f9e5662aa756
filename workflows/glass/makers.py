"""Makers of molecular dynamics and glass models, based on atomate2's force-field makers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from atomate2.ase.md import MDEnsemble
from atomate2.forcefields.md import ForceFieldMDMaker
from emmet.core.types.enums import StoreTrajectoryOption
from jobflow import Flow, Maker, OnMissing, job

from trona.screening.units import SODIUM
from trona.stores.collections.molecular_dynamics import SegmentDoc
from trona.stores.defaults import BACKEND
from trona.stores.documents.results import StructureDoc
from trona.stores.provenance import versions
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import ForceField, find_force_field
from trona.workflows.jobs.force_field import RelaxMaker

from .protocol import Batch, Protocol, Segment, glasses, prepare_batch, segment_id

if TYPE_CHECKING:
    from atomate2.forcefields.schemas import ForceFieldTaskDocument
    from pymatgen.core import Structure

    from trona.stores.documents.made_structures import ModelDoc
    from trona.stores.documents.results import RelaxationDoc
    from trona.workflows.ordering.blueprints import Blueprint

__all__ = ["GlassMaker", "SegmentMaker", "collect_glasses", "dynamics_maker", "summarize_segment"]

_COUPLING = 10.0
"""ASE's unit of time is 10.18 fs: the Berendsen thermostat acts within about 100 fs."""


def dynamics_maker(segment: Segment, backend: ForceField) -> ForceFieldMDMaker:
    """
    atomate2 molecular dynamics at constant volume with a deterministic thermostat.

    Parameters
    ----------
    segment
        Temperatures, steps and seed.
    backend
        Force field.

    Returns
    -------
    atomate2.forcefields.md.ForceFieldMDMaker
        Ready to make a job from a structure; keeps no trajectory.
    """
    return ForceFieldMDMaker(
        name=f"Force field {segment.name}",
        force_field_name=backend.calculator,
        calculator_kwargs=dict(backend.calculator_kwargs),
        time_step=segment.time_step,
        n_steps=segment.steps,
        ensemble=MDEnsemble.nvt,
        dynamics="berendsen",
        ase_md_kwargs={"taut": _COUPLING},
        temperature=[segment.start_temperature, segment.end_temperature],
        mb_velocity_seed=segment.seed,
        zero_linear_momentum=True,
        ionic_step_data=("energy",),
        store_trajectory=StoreTrajectoryOption.NO,
        traj_interval=max(1, segment.steps // 10),
    )


@job(output_schema=SegmentDoc)
def summarize_segment(
    task: ForceFieldTaskDocument,
    start: Structure,
    label: str,
    segment: Segment,
    backend: ForceField,
) -> SegmentDoc:
    """
    Reduce a piece of molecular dynamics to where it ended.

    Parameters
    ----------
    task
        Output of the dynamics.
    start
        Where it started.
    label
        Run that it belongs to.
    segment
        What was done.
    backend
        Potential.

    Returns
    -------
    SegmentDoc
        With the displacement of the framework.
    """
    end = task.structure
    framework = [index for index, site in enumerate(start) if site.specie.symbol != SODIUM]
    steps = end.frac_coords[framework] - start.frac_coords[framework]
    moved = (steps - np.rint(steps)) @ start.lattice.matrix
    return SegmentDoc(
        id=segment_id(start, segment, backend),
        label=label,
        name=segment.name,
        start_temperature=segment.start_temperature,
        end_temperature=segment.end_temperature,
        steps=segment.steps,
        time_step=segment.time_step,
        displacement=float(np.sqrt((moved**2).sum(axis=1).mean())) if framework else 0.0,
        structure=StructureDoc.from_structure(end),
        versions=versions(*backend.packages),
    )


@dataclass
class SegmentMaker(Maker):
    """
    Run a piece of molecular dynamics and keep where it ended.

    Parameters
    ----------
    name
        Name of the flow.
    backend
        Potential.
    """

    name: str = "trona dynamics"
    backend: ForceField = field(default_factory=lambda: find_force_field(BACKEND))

    def make(self, candidate: Candidate, segment: Segment) -> Flow:
        """
        Wire dynamics and summary.

        Parameters
        ----------
        candidate
            Where it starts.
        segment
            What is done.

        Returns
        -------
        jobflow.Flow
            Its output holds the `SegmentDoc` as ``summary`` and the ``structure`` at the end.
        """
        start, label = candidate.structure, candidate.label
        dynamics = dynamics_maker(segment, self.backend).make(start)
        summary = summarize_segment(dynamics.output, start, label, segment, self.backend)
        dynamics.append_name(f" {label}")
        summary.append_name(f" {label}")
        return Flow(
            [dynamics, summary],
            output={"summary": summary.output, "structure": dynamics.output.structure},
            name=f"{self.name} {label}",
        )


@dataclass
class GlassMaker(Maker):
    """
    Melt, quench and relax a composition several times.

    Parameters
    ----------
    name
        Name of the flow.
    protocol
        How the glass is made.
    segment_maker
        Makes the molecular dynamics.
    relax_maker
        Makes the relaxation at the end of each quench.
    """

    name: str = "trona glass"
    protocol: Protocol = field(default_factory=Protocol)
    segment_maker: SegmentMaker = field(default_factory=SegmentMaker)
    relax_maker: RelaxMaker = field(default_factory=RelaxMaker)

    def make(self, blueprint: Blueprint) -> Flow:
        """
        Wire all quenches of a composition.

        Parameters
        ----------
        blueprint
            Crystal model to start from.

        Returns
        -------
        jobflow.Flow
            Its output is a list of `ModelDoc`, one for each quench that can be used.
        """
        batch = prepare_batch(blueprint, self.protocol)
        parts, melted, relaxations = [], [], []
        for run in batch.runs:
            structure, summaries = run.structure, []
            for segment in run.segments:
                made = self.segment_maker.make(Candidate(run.label, "", "", structure), segment)
                structure = made.output["structure"]
                summaries.append(made.output["summary"])
                parts.append(made)
            relaxed = self.relax_maker.make(Candidate(run.label, "", "", structure))
            parts.append(relaxed)
            melted.append(summaries)
            relaxations.append(relaxed.output)
        collected = collect_glasses(batch, melted, relaxations)
        collected.config.on_missing_references = OnMissing.NONE
        return Flow(
            [*parts, collected], output=collected.output, name=f"{self.name} {blueprint.label}"
        )


@job
def collect_glasses(
    batch: Batch,
    melted: list[list[SegmentDoc] | None],
    relaxations: list[RelaxationDoc | None],
) -> list[ModelDoc]:
    """
    Collect the glasses of a composition.

    Parameters
    ----------
    batch
        What was done.
    melted
        Segments of each run.
    relaxations
        Relaxation of each; None where it failed.

    Returns
    -------
    list of ModelDoc
        One for each run that can be used.
    """
    return glasses(batch, melted, relaxations)[0]
