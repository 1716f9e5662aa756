"""Answers for notebooks: tables that display and plot themselves."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from trona.screening.tabular import Tabular
from trona.stores.assess.electrodes import withstands
from trona.stores.collections.summaries import summarize_screening

from .python.drawn import Drawn
from .python.windows import class_text

if TYPE_CHECKING:
    from trona.screening.figures.overview_data import WindowBars
    from trona.screening.stability.ranking import Ranked
    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.documents.buffers import BufferDoc, CellDoc
    from trona.stores.documents.results import ScreeningDoc

__all__ = ["Buffers", "Cell", "Ranking"]


@dataclass(frozen=True, eq=False)
class Buffers(Tabular):
    """
    Layers between an electrolyte and an electrode, best first.

    Parameters
    ----------
    document
        All that is known of them.
    """

    document: BufferDoc

    @property
    def heading(self) -> str:
        """Their neighbours, and caveats."""
        one = self.document
        sides = f"{one.electrolyte} and {' to '.join(one.states)}"
        what = f"Layers between {sides}, {one.low:g} to {one.high:g} V."
        return " ".join([one.answer, what, *one.caveats])

    def rows(self) -> list[dict[str, object]]:
        """List the layers, best first."""
        return [
            {
                "formula": one.formula,
                "verdict": one.grade,
                "released at most (eV/atom)": one.worst,
                "reduced below (V)": one.reduction_limit,
                "oxidised above (V)": one.oxidation_limit,
                "electrons": one.electronic,
                "Na+": one.ionic,
                "moist air": "not asked" if one.air is None else one.air.verdict,
                "against it": "; ".join([*one.vetoes, *one.drawbacks]),
                "unknown": "; ".join(one.unknown),
                "open pairs": ", ".join(one.open_pairs),
            }
            for one in self.document.layers
        ]


@dataclass(frozen=True, eq=False)
class Cell(Tabular):
    """
    The contacts of a cell.

    Parameters
    ----------
    document
        All that is known of them.
    """

    document: CellDoc

    @property
    def heading(self) -> str:
        """The cell, its worst contact, and caveats."""
        one = self.document
        names = f"{one.anode} | {one.electrolyte} | {one.cathode}"
        return " ".join([f"{names}.", one.answer, *one.caveats])

    def rows(self) -> list[dict[str, object]]:
        """List what happens at each contact, anode first."""
        return [
            {
                "side": one.side,
                "electrode": one.electrode,
                "released at most (eV/atom)": one.worst,
                "at its lowest potential": one.class_at_low,
                "at its highest potential": one.class_at_high,
                "best layers": ", ".join(layer.formula for layer in one.best),
            }
            for one in self.document.contacts
        ]


@dataclass(frozen=True, eq=False)
class Ranking(Drawn):
    """
    Compositions in order.

    Parameters
    ----------
    places
        Places and results, best first.
    bars
        Their windows, with the electrodes that were asked for.
    electrodes
        The same electrodes, with their potentials and sources.
    """

    places: tuple[tuple[Ranked, ScreeningDoc], ...]
    bars: WindowBars
    electrodes: tuple[ElectrodePotential, ...] = ()

    @property
    def heading(self) -> str:
        """How many there are."""
        said = dict.fromkeys(line for _, doc in self.places for line in doc.reference.caveats)
        apart = [f"{one.label}: {why}" for one, _ in self.places for why in one.apart]
        return " ".join([f"{len(self.places)} candidates, best first", *said, *apart])

    def rows(self) -> list[dict[str, object]]:
        """List the candidates, best first."""
        return [
            {
                **_row(place, doc),
                **{f"at {one.name}": withstands(summary, one) for one in self.electrodes},
            }
            for place, doc in self.places
            for summary in (summarize_screening(doc),)
        ]

    def _drawing(self) -> tuple[str, *tuple[object, ...]]:
        """Choose the windows as bars."""
        return "windows", self.bars


def _row(place: Ranked, doc: ScreeningDoc) -> dict[str, object]:
    """Write a candidate as a row."""
    window, contact = doc.window, doc.contact
    if window is None or contact is None:
        return {"place": None if place.apart else place.place, "candidate": doc.label}
    upper = window.oxidation_limit
    return {
        "place": None if place.apart else place.place,
        "candidate": doc.label,
        "above hull (eV/atom)": window.energy_above_hull,
        "from (V)": window.reduction_limit,
        "to (V)": inf if upper is None and window.reduction_limit is not None else upper,
        "reaction": contact.reaction,
        "interphase": class_text(contact.interphase, contact.interphase_shares),
        "released at 0 V (eV/atom)": contact.driving_force,
        "Na used per formula unit": contact.sodium_consumed,
        "score": place.score,
        "apart": " ".join(place.apart),
    }
