"""Outcome of each gate for a ranking of layers, and its summary in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.stability.buffers import Grade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.stability.buffers import Gates
    from trona.stores.documents.buffers import CellContactDoc, LayerDoc

__all__ = ["best_layer", "gate_outcomes", "trusted", "worst_contact"]

_NOTHING = 5e-4
"""eV/atom."""
_NEXT = 2
"""Layers named after the best one."""


def trusted(layers: Sequence[LayerDoc]) -> list[LayerDoc]:
    """
    Keep the layers that pass and can be trusted.

    Parameters
    ----------
    layers
        Best first.

    Returns
    -------
    list of LayerDoc
        In the same order.
    """
    return [
        one for one in layers if one.grade != Grade.VETOED and not one.open_pairs and not one.alarms
    ]


def gate_outcomes(layer: LayerDoc, gates: Gates) -> dict[str, str]:
    """
    State the outcome of each gate for a layer.

    Parameters
    ----------
    layer
        With its contacts.
    gates
        Energies that decide.

    Returns
    -------
    dict
        Gate to outcome, in the order of the gates.
    """
    above, first, *others = layer.energy_above_hull, *layer.contacts
    stability = "unknown"
    if above is not None:
        stability = "vetoed" if above > gates.tolerated else "passes"
    electrons = {"insulator": "passes", "unknown": "unknown"}.get(layer.electronic, "vetoed")
    ions = {"conductor": "passes", "unknown": "unknown"}.get(layer.ionic, "weak")
    air = "not asked"
    if layer.air is not None:
        known = {"no reaction": "passes", "unknown": "unknown"}
        air = known.get(layer.air.verdict, "weak")
    return {
        "phase stability": stability,
        "window": _outcome(max(layer.at_low, layer.at_high), gates),
        "electrolyte": _outcome(first.released, gates),
        "electrode": _outcome(max(one.released for one in others), gates),
        "electrons": electrons,
        "Na+": ions,
        "air": air,
    }


def _outcome(released: float, gates: Gates) -> str:
    """Judge an energy, eV/atom."""
    if released > gates.veto:
        return "vetoed"
    return "weak" if released > gates.tolerated else "passes"


def best_layer(electrolyte: str, states: Sequence[str], layers: Sequence[LayerDoc]) -> str:
    """
    Say which layer is best, and why.

    Parameters
    ----------
    electrolyte
        On one side.
    states
        Of the electrode on the other.
    layers
        Best first.

    Returns
    -------
    str
        One sentence, with the reasons and what is unknown.
    """
    between = f"{electrolyte} and {' to '.join(states)}"
    good = trusted(layers)
    if not good:
        nearest = next((one for one in layers if one.grade == Grade.VETOED), layers[0])
        why = "; ".join([*nearest.vetoes, *nearest.drawbacks]) or "it cannot be judged"
        return f"No layer between {between} passes all gates; nearest is {nearest.formula}: {why}."
    best, *others = good
    parts = [f"Best between {between}: {best.formula}, because {_because(best)}"]
    if best.grade != Grade.FITS:
        parts[0] = f"None passes all gates for certain. {parts[0]}"
    if others:
        parts.append(f"next: {', '.join(one.formula for one in others[:_NEXT])}")
    conductor = next((one for one in good if one.ionic == "conductor"), best)
    if conductor is not best:
        worst = f"{1000 * conductor.worst:.0f} meV/atom"
        parts.append(f"best that conducts Na⁺: {conductor.formula} ({conductor.grade}, {worst})")
    return "; ".join(parts) + "."


def _because(one: LayerDoc) -> str:
    """Give the reasons for a layer, and what speaks against it."""
    energy = "it releases nothing at either side"
    if one.worst >= _NOTHING:
        energy = f"it releases at most {1000 * one.worst:.0f} meV/atom"
    reasons = [energy]
    if one.electronic == "insulator":
        reasons.append("blocks electrons")
    if one.ionic == "conductor":
        reasons.append("conducts Na⁺")
    against = [] if one.ionic != "insulator" else ["hardly conducts Na⁺, so only as a thin film"]
    unknown = {"electrons": one.electronic, "Na⁺": one.ionic}
    asked = [what for what, known in unknown.items() if known == "unknown"]
    if asked:
        against.append(f"whether it conducts {' or '.join(asked)} is unknown")
    if one.air is not None and one.air.verdict in {"reacts", "hydrate"}:
        against.append("it reacts with moist air")
    said = f"{', '.join(reasons[:-1])} and {reasons[-1]}" if reasons[1:] else reasons[0]
    return f"{said}, but {' and '.join(against)}" if against else said


def worst_contact(electrolyte: str, contacts: Sequence[CellContactDoc]) -> str:
    """
    Say which contact of a cell is worst, and which layers are best.

    Parameters
    ----------
    electrolyte
        Of the cell.
    contacts
        Anode first.

    Returns
    -------
    str
        One sentence.
    """
    worst = max(contacts, key=lambda one: one.worst)
    ends = [(worst.at_low, worst.class_at_low), (worst.at_high, worst.class_at_high)]
    released, kind = max(ends, key=lambda end: end[0])
    what = f"{electrolyte} becomes {kind}"
    if released + _NOTHING < worst.worst:
        touch = max(worst.contacts, key=lambda one: one.released)
        what = f"{electrolyte} reacts with {touch.second}"
    layers = " and ".join(
        f"{one.best[0].formula if one.best else 'none that passes'} at the {one.side}"
        for one in contacts
    )
    return (
        f"Worst contact: the {worst.side} {worst.electrode}, where {what} and up to "
        f"{1000 * worst.worst:.0f} meV/atom are released; best layer: {layers}."
    )
