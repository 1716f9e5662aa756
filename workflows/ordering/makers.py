"""The maker of candidate models: arrange, relax the best few, keep the lowest, in one flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobflow import Flow, Maker, OnMissing, Response, job

from trona.stores.documents.made_structures import ModelDoc
from trona.workflows.jobs.force_field import RelaxMaker

from .arrangements import Search
from .trials import MAX_RELAXED, Draft, choose, draft

if TYPE_CHECKING:
    from jobflow import Job

    from trona.stores.documents.results import RelaxationDoc

    from .blueprints import Blueprint

__all__ = ["ModelMaker", "choose_model", "draft_and_relax"]


@dataclass
class ModelMaker(Maker):
    """
    Make an ordered model of a partly occupied, substituted, doped or hydroborate structure.

    Parameters
    ----------
    name
        Name of the job.
    search
        Limits of the search for arrangements.
    max_relaxed
        Arrangements that are relaxed; 0 to take the lowest electrostatic energy.
    relax_maker
        Makes the relaxation of each.
    """

    name: str = "trona model"
    search: Search = field(default_factory=Search)
    max_relaxed: int = MAX_RELAXED
    relax_maker: RelaxMaker = field(default_factory=RelaxMaker)

    def make(self, blueprint: Blueprint) -> Job:
        """
        Make the job that arranges, and is replaced by relaxations and a choice.

        Parameters
        ----------
        blueprint
            What is to be made.

        Returns
        -------
        jobflow.Job
            Its output is a `ModelDoc`.
        """
        made = draft_and_relax(blueprint, self.search, self.max_relaxed, self.relax_maker)
        made.append_name(f" {blueprint.label}")
        return made


@job
def draft_and_relax(
    blueprint: Blueprint, search: Search, max_relaxed: int, relax_maker: RelaxMaker
) -> Response[ModelDoc] | ModelDoc:
    """
    Arrange a blueprint and relax the best arrangements.

    Parameters
    ----------
    blueprint
        What is to be made.
    search
        Limits of the search.
    max_relaxed
        Arrangements to relax.
    relax_maker
        Makes the relaxation of each.

    Returns
    -------
    jobflow.Response or ModelDoc
        A flow in place of this job, or the model where nothing is to be relaxed.
    """
    drafted = draft(blueprint, search, max_relaxed)
    if max_relaxed == 0:
        return choose(drafted, [None])
    relaxations = [relax_maker.make(trial) for trial in drafted.trials]
    chosen = choose_model(drafted, [one.output for one in relaxations])
    chosen.config.on_missing_references = OnMissing.NONE
    return Response(replace=Flow([*relaxations, chosen], output=chosen.output))


@job(output_schema=ModelDoc)
def choose_model(drafted: Draft, relaxations: list[RelaxationDoc | None]) -> ModelDoc:
    """
    Choose the model among relaxed trials.

    Parameters
    ----------
    drafted
        Structures that were tried.
    relaxations
        What became of each; None where it failed.

    Returns
    -------
    ModelDoc
        The lowest in energy, with all trials.
    """
    return choose(drafted, relaxations)
