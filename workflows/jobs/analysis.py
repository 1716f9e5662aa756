"""Jobs that turn relaxations into screening documents; each calls one pure function."""

from __future__ import annotations

from jobflow import JobConfig, OnMissing, job

from trona.stores.assess.screenings import outcome
from trona.stores.documents.results import FailureDoc, RelaxationDoc, ScreeningDoc
from trona.stores.energies.completion import completed
from trona.stores.energies.kept import load_once

__all__ = ["analyze"]


@job(output_schema=ScreeningDoc, config=JobConfig(on_missing_references=OnMissing.NONE))
def analyze(
    label: str,
    formula: str,
    source: str,
    reference: str,
    correction: str | None = None,
    relaxation: RelaxationDoc | FailureDoc | None = None,
    *,
    relaxed: bool = False,
    competing: list[RelaxationDoc | FailureDoc | None] | None = None,
) -> ScreeningDoc:
    """
    Screen one candidate against a reference.

    Parameters
    ----------
    label, formula, source
        The candidate.
    reference, correction
        Names of reference energies and of their correction scheme.
    relaxation
        Its relaxation, or why it failed; None for a bare composition.
    relaxed
        True where there must be a relaxation: without one, the candidate failed.
    competing
        Relaxations of competing phases that the reference lacks, or why they failed.

    Returns
    -------
    ScreeningDoc
        Completed, rejected or failed, the latter two with the reason.
    """
    energies = completed(load_once(reference, correction), competing or [])
    missing = "its relaxation was not summarised: see the job's record" if relaxed else None
    return outcome(label, formula, source, energies, relaxation or missing)
