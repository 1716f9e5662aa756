"""Jobs that turn relaxations into screening documents; each calls one pure function."""

from __future__ import annotations

from jobflow import job

from trona.stores.documents import RelaxationDoc, ScreeningDoc
from trona.stores.references import load
from trona.stores.screenings import screening_document

__all__ = ["analyze"]


@job(output_schema=ScreeningDoc)
def analyze(
    label: str,
    formula: str,
    source: str,
    reference: str,
    correction: str | None = None,
    relaxation: RelaxationDoc | None = None,
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
        Its relaxation; None for a bare composition.

    Returns
    -------
    ScreeningDoc
        Completed or rejected.
    """
    energies = load(reference, correction)
    return screening_document(label, formula, source, energies, relaxation)
