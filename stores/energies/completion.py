"""Competing phases that a reference lacks, and their addition from relaxations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.screening.formulas import canonical, fractions_key, parse
from trona.stores.documents.results import RelaxationDoc
from trona.stores.provenance import fingerprint

from .entries import Rejected, admit_to
from .from_store import lowest_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.stores.documents.results import FailureDoc

    from .references import Reference

__all__ = ["completed", "covers"]


def covers(reference: Reference, amounts: Mapping[str, float]) -> bool:
    """
    Tell whether a reference has a phase of a composition.

    Parameters
    ----------
    reference
        Energies of competing phases.
    amounts
        Element symbol to amount.
    """
    return reference.table.find(amounts) is not None


def completed(
    reference: Reference, relaxations: Sequence[RelaxationDoc | FailureDoc | None]
) -> Reference:
    """
    Add relaxed competing phases to a reference that has none of their composition.

    Parameters
    ----------
    reference
        Energies of competing phases.
    relaxations
        Outcomes of relaxations; None where one left nothing.

    Returns
    -------
    Reference
        Under a name and a checksum of its own. What failed, may not enter a hull, or is of another
        method is left out, and a caveat says so.
    """
    phases, gaps, left_out = [], [], []
    for number, one in enumerate(relaxations, start=1):
        if not isinstance(one, RelaxationDoc):
            left_out.append(f"{one.step}: {one.reason}" if one else f"number {number}: no summary")
        elif not covers(reference, parse(one.formula)):
            outcome = admit_to(one, reference.scale, reference.scheme)
            if isinstance(outcome, Rejected):
                left_out.append(f"{one.label}: {outcome.reason}")
            elif outcome.scale != reference.scale:
                left_out.append(f"{one.label}: {one.method} shares no hull with {reference.name}")
            else:
                phases.append(outcome)
                gaps.append(one.band_gap)
    caveats = tuple(f"A competing phase is left out ({reason})." for reason in left_out)
    if not phases:
        return replace(reference, caveats=reference.caveats + caveats)
    rows = sorted((phase.id, phase.energy) for phase in phases)
    present = {fractions_key(phase.amounts) for phase in phases}
    computed = lowest_gaps(phases, gaps)
    sources = [reference.gap_source, f"computed with {reference.scale.method}" if computed else ""]
    added = ", ".join(sorted({canonical(phase.amounts) for phase in phases}))
    return replace(
        reference,
        name=f"{reference.name} with {added}",
        phases=(*reference.phases, *phases),
        checksum=fingerprint([reference.checksum, rows]),
        band_gaps={**computed, **reference.band_gaps},
        gap_source="; ".join(filter(None, sources)),
        missing={f: why for f, why in reference.missing.items()
                 if fractions_key(parse(f)) not in present},
        caveats=reference.caveats + caveats,
    )  # fmt: skip
