"""A candidate's own energy, given by the user as a pymatgen entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.screening.equilibrium.computed_entries import entry_note, noted_phase
from trona.screening.errors import EnergyScaleError
from trona.stores.corrections.anchors import shifted
from trona.stores.corrections.schemes import Scheme, compose

from .loading import Reading, entries_reference, entry_phases
from .scales import STATED, UNCORRECTED, entries_method

if TYPE_CHECKING:
    from pymatgen.core.entries import Entry

    from trona.screening.equilibrium.phases import Phase
    from trona.stores.energies.sources import Reference

__all__ = ["own_phase"]


def own_phase(entry: Entry, reference: Reference, stated: str | None = None) -> Phase:
    """
    Put the energy of an entry onto the scale of a reference.

    Parameters
    ----------
    entry
        Of pymatgen.
    reference
        Energies of competing phases.
    stated
        Scale that the user states for entries; None for what the entry tells.

    Returns
    -------
    Phase
        Corrected like the phases of the reference.

    Raises
    ------
    EnergyScaleError
        If its energy is of another method, or the reference is under other conditions.
    CorrectionError
        If the corrections of the reference need what the entry lacks.
    """
    formula = entry.composition.reduced_formula
    if entry_note(entry) is not None:
        return _noted(entry, formula, reference)
    name = f"the entry {formula}"
    method = entries_method([entry], stated, name)
    scheme = reference.scheme.plain
    if method == UNCORRECTED and reference.scale.method == STATED["mp"]:
        scheme = Scheme((*compose("mp2020").parts, *scheme.parts))
    else:
        scale = Reading(name, method, scheme).scale
        if (scale.method, scale.zero) != (reference.scale.method, reference.scale.zero):
            raise EnergyScaleError(_refusal(formula, str(scale), reference))
    (phase,), _ = entry_phases([entry], stated, scheme, name)
    (placed,) = shifted([replace(phase, scale=reference.scale)], reference.scheme)
    return replace(placed, scale=reference.scale)


def _noted(entry: Entry, formula: str, reference: Reference) -> Phase:
    """Put an entry that trona wrote beside the phases of a reference, as joining them would."""
    found = noted_phase(entry)
    if found.scale == reference.scale:
        return found
    of = (found.scale.method, found.scale.zero)
    if of == (reference.scale.method, reference.scale.zero):
        read = entries_reference([entry], name=f"the entry {formula}")
        if read.scheme.plain.name == reference.scheme.plain.name:
            phase = replace(read.phases[0], scale=reference.scale)
            (placed,) = shifted([phase], reference.scheme)
            return replace(placed, scale=reference.scale)
    raise EnergyScaleError(_refusal(formula, str(found.scale), reference))


def _refusal(formula: str, method: str, reference: Reference) -> str:
    """Say why an energy cannot enter a hull."""
    return (
        f"the energy of {formula} ({method}) shares no hull with {reference.name} "
        f"({reference.scale}): give its composition only, or a reference of the same method."
    )
