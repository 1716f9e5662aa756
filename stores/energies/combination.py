"""Two references in one: of one scale, or the second put onto the scale of the first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.screening.errors import ReferenceDataError
from trona.screening.formulas import fractions_key, parse
from trona.stores.provenance import fingerprint

from . import alignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.equilibrium.phases import Phase

    from .references import Reference

__all__ = ["ALIGNED", "joined", "put_on_one_scale"]

ALIGNED = "aligned:"
"""What the name of two references begins with that are on scales of their own."""


def joined(first: Reference, second: Reference) -> Reference:
    """
    Join two references of one scale.

    Parameters
    ----------
    first, second
        What the first knows has precedence.

    Returns
    -------
    Reference
        Of both.

    Raises
    ------
    EnergyScaleError
        If their scales differ.
    """
    phases = alignment.join(first.phases, second.phases)
    return _combined(first, second, phases, "")


def put_on_one_scale(parts: Sequence[Reference], name: str) -> Reference:
    """
    Put a second reference onto the scale of a first one, and say how far they disagree.

    Parameters
    ----------
    parts
        The two.
    name
        As the user wrote it.

    Returns
    -------
    Reference
        Of both.

    Raises
    ------
    ReferenceDataError
        If there are not two.
    """
    if len(parts) != 2:
        raise ReferenceDataError(
            f"{name!r} does not name two references: write aligned:FIRST+SECOND, as in "
            "aligned:bundled+table:mine.csv."
        )
    first, second = parts
    found = alignment.align(first.table, second.table)
    caveat = (
        f"Aligned energies: {found.n_added} of {len(found.phases)} phases are of {second.name}, "
        f"put on the scale of {first.name} through the elements. {found.residual}."
    )
    whole = _combined(first, second, found.phases, ALIGNED)
    return replace(whole, caveats=(*whole.caveats, caveat))


def _combined(
    first: Reference, second: Reference, phases: tuple[Phase, ...], prefix: str
) -> Reference:
    """Describe two references in one; what the first knows has precedence."""
    present = {fractions_key(phase.amounts) for phase in phases}
    missing = {**second.missing, **first.missing}
    parts = (first, second)
    return replace(
        first,
        name=f"{prefix}{first.name}+{second.name}",
        given=f"{prefix}{first.given or first.name}+{second.given or second.name}",
        phases=phases,
        checksum=fingerprint([prefix, first.checksum, second.checksum]),
        band_gaps={**second.band_gaps, **first.band_gaps},
        gap_source="; ".join(part.gap_source for part in parts if part.gap_source),
        missing={f: why for f, why in missing.items() if fractions_key(parse(f)) not in present},
        origin="; ".join(f"{part.name}: {part.origin}" for part in parts if part.origin),
        caveats=first.caveats + second.caveats,
        mixed=first.mixed or second.mixed or first.scheme != second.scheme,
        stores=first.stores + second.stores,
    )
