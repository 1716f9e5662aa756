"""Screened candidates with their own energies, added to the phases of a reference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.stores.energies.entries import Rejected, admit_to
from trona.stores.provenance import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.phases import Phase
    from trona.stores.documents.results import RelaxationDoc
    from trona.stores.energies.references import Reference

__all__ = ["with_candidates"]


def with_candidates(
    reference: Reference, relaxations: Iterable[RelaxationDoc]
) -> tuple[Reference, list[str]]:
    """
    Add screened candidates to a reference, as the phases that they are.

    Parameters
    ----------
    reference
        Energies of competing phases.
    relaxations
        Of the candidates.

    Returns
    -------
    reference : Reference
        With a phase for each candidate whose energy is on its scale, under a name and a checksum
        of its own; the same where there is none.
    notes : list of str
        Which candidates have no such energy, and why, in sentences.
    """
    phases: list[Phase] = []
    gaps, notes = {}, []
    for one in relaxations:
        found = admit_to(one, reference.scale, reference.scheme)
        if isinstance(found, Rejected):
            notes.append(f"{one.label} is assessed by its composition: {found.reason}.")
        elif found.scale != reference.scale:
            notes.append(
                f"{one.label} is assessed by its composition: its energy, with {one.method}, is "
                f"not on the scale of {reference.name}."
            )
        else:
            phases.append(found)
            if one.band_gap is not None:
                gaps[found.formula] = one.band_gap
    if not phases:
        return reference, notes
    count = f"{len(phases)} screened candidate{'s' if len(phases) > 1 else ''}"
    extended = replace(
        reference,
        name=f"{reference.name} with {count}",
        phases=(*reference.phases, *phases),
        checksum=fingerprint([reference.checksum, sorted(phase.id for phase in phases)]),
        band_gaps={**gaps, **reference.band_gaps},
        gap_source=f"{reference.gap_source}; of screened candidates their relaxation",
    )
    return extended, notes
