"""Jobs that turn relaxations into screening documents; each calls one pure function."""

from __future__ import annotations

from jobflow import JobConfig, OnMissing, job

from trona.screening.errors import InputError
from trona.stores.assess.screenings import failed_document, screening_document
from trona.stores.documents.results import FailureDoc, RelaxationDoc, ScreeningDoc
from trona.stores.energies.completion import completed
from trona.stores.energies.references import load_reference

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
    energies = completed(load_reference(reference, correction), competing or [])
    known = (label, formula, source, energies)
    if isinstance(relaxation, FailureDoc):
        return failed_document(*known, f"{relaxation.step}: {relaxation.reason}")
    if relaxed and relaxation is None:
        return failed_document(*known, "its relaxation was not summarised: see the job's record")
    try:
        return screening_document(*known, relaxation)
    except InputError as error:
        return failed_document(*known, str(error))
