"""Stored interfaces for the report: curves and reactions as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trona.stores.documents.contacts import ChargeDoc, InterfaceDoc, KinkDoc

__all__ = ["interface_view"]

_WIDTH, _HEIGHT, _EDGE = 480.0, 160.0, 14.0
"""Size of a curve and the space around it, in pixels."""


def interface_view(document: InterfaceDoc) -> dict[str, Any]:
    """
    Write an interface as plain values.

    Parameters
    ----------
    document
        Two materials in contact.

    Returns
    -------
    dict
        Its curve of energy against mixing ratio, reactions, and both states of an electrode.
    """
    sodium = "closed" if document.voltage is None else f"open to sodium at {document.voltage:g} V"
    reacts = any(kink.energy_per_atom < 0.0 for kink in document.kinks)
    strongest = document.strongest
    error = "" if strongest.uncertainty is None else f" ± {1000 * strongest.uncertainty:.0f}"
    return {
        "title": f"{document.first} | {document.second}, {sodium}",
        "answer": document.statement,
        "released": f"{-1000 * strongest.mixing_energy_per_atom:z.0f}{error} meV/atom by mixing",
        "kind": (document.lasting or strongest).interphase or "unknown",
        "reacts": document.reacts,
        "second": document.second,
        "points": _points(document.kinks) if reacts else [],
        "reactions": [_reaction(kink) for kink in document.kinks] if reacts else [],
        "states": [] if document.charge is None else _states(document.charge),
        "reference": document.reference,
        "caveats": document.caveats,
    }


def _points(kinks: list[KinkDoc]) -> list[dict[str, str]]:
    """Place the kinks of a curve in the picture."""
    depth = max(-kink.energy_per_atom for kink in kinks)
    return [
        {
            "x": f"{_EDGE + (_WIDTH - 2 * _EDGE) * kink.fraction:.1f}",
            "y": f"{_EDGE + (_HEIGHT - 2 * _EDGE) * -kink.energy_per_atom / depth:z.1f}",
            "kind": kink.interphase or "unknown",
            "reaction": f"{kink.reaction} ({1000 * kink.energy_per_atom:z.0f} meV/atom)",
        }
        for kink in kinks
    ]


def _reaction(kink: KinkDoc) -> dict[str, str]:
    """Write a reaction as a row."""
    return {
        "fraction": f"{kink.fraction:.3f}",
        "reaction": kink.reaction,
        "energy": f"{1000 * kink.energy_per_atom:z.0f}",
        "mixing": f"{1000 * kink.mixing_energy_per_atom:z.0f}",
        "kind": kink.interphase or "unknown",
        "volume": "–" if kink.volume_change is None else f"{100 * kink.volume_change:+z.0f}",
    }


def _states(charge: ChargeDoc) -> list[str]:
    """Write what an electrode does with more and with less sodium."""
    between = f"{charge.voltage:.2f} V between both states on average, computed"
    return [
        *(one.statement for one in (charge.discharged, charge.charged)),
        f"{between} ({charge.source}).",
    ]
