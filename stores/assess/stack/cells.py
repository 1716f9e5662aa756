"""The contacts of a cell: the reaction at each, the worst one, and the best layers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.stability.buffers import Gates
from trona.screening.stability.interface import Material
from trona.stores.assess.assessment import assess_formula, scale_document
from trona.stores.assess.reservations import covered, reservations
from trona.stores.documents.buffers import CellContactDoc, CellDoc, LayerDoc
from trona.stores.documents.results import SCHEMA_VERSION
from trona.stores.provenance import fingerprint, versions

from .answers import trusted, worst_contact
from .buffers import Stack, candidate_layers
from .electrode_states import electrode_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.assess.assessment import Assessment
    from trona.stores.energies.references import Reference

__all__ = ["cell_document"]

_BEST = 5
"""Layers named for each contact."""


def cell_document(
    anode: str,
    electrolyte: str,
    cathode: str,
    reference: Reference,
    buffer: str | None = None,
    among: Sequence[str] | None = None,
    gates: Gates | None = None,
) -> CellDoc:
    """
    Say what happens at the contacts of a cell.

    Parameters
    ----------
    anode, cathode
        As `electrode_states` takes them.
    electrolyte
        Formula.
    reference
        Energies of competing phases.
    buffer
        Formula of a layer, which is judged at both contacts; by default none.
    among
        Formulas of layers to propose from; all phases of the reference by default.
    gates
        Energies that decide.

    Returns
    -------
    CellDoc
        With the best layers for each contact.

    Raises
    ------
    InputError
        If a formula or an electrode cannot be used with this reference.
    """
    limits = gates or Gates()
    alone = assess_formula(electrolyte, reference)
    given = [] if buffer is None else [buffer]
    contacts, asked, said = [], [electrolyte, *given], []
    for side, electrode in (("anode", anode), ("cathode", cathode)):
        states = electrode_states(electrode, reference.table)
        stack = Stack(reference, Material(electrolyte, parse(electrolyte)), states, limits)
        own = stack.layers(candidate_layers(reference, given), full=True)
        if given and not own:
            raise InputError(
                f"{buffer} is no layer at the {side}: it is sodium, the electrolyte or the "
                "electrode itself; name another."
            )
        layers = stack.layers(candidate_layers(reference, among))
        contacts.append(_contact(side, electrode, stack, alone, own, layers))
        asked += [state.formula for state in states.states]
        said += [states.potential.sentence, *states.caveats]
    worst = max(contacts, key=lambda one: one.worst)
    found = covered(asked, reference)
    key = [anode, electrolyte, cathode, buffer, among, vars(limits), reference.checksum]
    return CellDoc(
        id=fingerprint([SCHEMA_VERSION, "cell", *key, versions().get("trona")]),
        answer=worst_contact(electrolyte, contacts),
        anode=anode,
        electrolyte=electrolyte,
        cathode=cathode,
        buffer=buffer,
        contacts=contacts,
        worst=worst.side,
        reference=reference.name,
        reference_checksum=reference.checksum,
        energy_scale=scale_document(reference.scale),
        caveats=[*said, *reservations(asked, reference, found)],
    )


def _contact(
    side: str,
    electrode: str,
    stack: Stack,
    alone: Assessment,
    own: list[LayerDoc],
    layers: list[LayerDoc],
) -> CellContactDoc:
    """Write a contact down."""
    ends = stack.electrode.low, stack.electrode.high
    stability = alone.stability
    rungs = [stability.rung(volts) for volts in ends]
    kinds = [alone.interphases[stability.ladder.index(rung)].kind.value for rung in rungs]
    released = [abs(stability.reaction_energy(volts)) for volts in ends]
    direct = stack.direct()
    best = trusted(layers)[:_BEST]
    stack.put_in_air([*best, *own])
    return CellContactDoc(
        side=side,
        electrode=electrode,
        low=ends[0],
        high=ends[1],
        at_low=released[0],
        at_high=released[1],
        class_at_low=kinds[0],
        class_at_high=kinds[1],
        reaction_at_low=rungs[0].equation,
        reaction_at_high=rungs[1].equation,
        contacts=direct,
        worst=max(*released, *(one.released for one in direct)),
        given=own[0] if own else None,
        best=best,
    )
