"""Answers as a notebook wants them: tables that show and draw themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from trona.screening.tabular import Tabular
from trona.screening.uncertainty.confidence import verdict
from trona.stores.assess.assessment import window_document
from trona.stores.assess.electrodes import withstands
from trona.stores.assess.reservations import reservations
from trona.stores.assess.validation import observations
from trona.stores.assess.windows import shares_at
from trona.stores.collections.summaries import summarize_screening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from plotly.graph_objects import Figure as Page

    from trona.screening.figures.overview_data import WindowBars
    from trona.screening.stability.interphase import Interphase
    from trona.screening.stability.ranking import Ranked
    from trona.screening.stability.window import Limits, Rung
    from trona.stores.assess.assessment import Assessment
    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.documents.buffers import BufferDoc, CellDoc
    from trona.stores.documents.results import ObservationDoc, ScreeningDoc

__all__ = ["AtVoltage", "Buffers", "Cell", "Ranking", "Window"]


@dataclass(frozen=True, eq=False)
class AtVoltage(Tabular):
    """
    What a composition does at one voltage.

    Parameters
    ----------
    voltage
        V against Na/Na+.
    rung
        The reaction, in the interval that holds the voltage.
    interphase
        Class of its products, and what is known of each.
    energy_per_atom
        Reaction energy at the voltage, eV per electrolyte atom; negative is downhill.
    shares
        Class to share of the draws of energies in which it holds, most frequent first; empty where
        no error is stated.
    """

    voltage: float
    rung: Rung
    interphase: Interphase
    energy_per_atom: float
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def reaction(self) -> str:
        """Balanced reaction per formula unit."""
        return self.rung.equation

    @property
    def heading(self) -> str:
        """Voltage, reaction and class."""
        return (
            f"at {self.voltage:g} V: {self.reaction}, {-self.energy_per_atom:.3f} eV/atom "
            f"released, {_class(self.interphase.kind.value, self.shares)}"
        )

    def rows(self) -> list[dict[str, object]]:
        """List the products with what is known of them."""
        return self.interphase.rows()


@dataclass(frozen=True, eq=False)
class Window(Tabular):
    """
    Stability of a composition at every voltage.

    Parameters
    ----------
    assessment
        Everything that was computed.
    """

    assessment: Assessment

    @property
    def formula(self) -> str:
        """As it was asked for."""
        return self.assessment.stability.formula

    @property
    def limits(self) -> Limits | None:
        """Range of voltage without exchange of sodium, V; None where there is none."""
        return self.assessment.stability.window

    @property
    def energy_above_hull(self) -> float | None:
        """EV per atom; None for a mixture, whose own energy nobody has computed."""
        return self.assessment.stability.energy_above_hull

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must not be overlooked, in sentences."""
        found = self.assessment
        return (*reservations([self.formula], found.reference, found.coverage), *found.alarms)

    @property
    def observed(self) -> tuple[ObservationDoc, ...]:
        """What experiments say of this composition, and whether trona agrees."""
        document = window_document(self.assessment)
        return tuple(observations(document, self.assessment.reference))

    @property
    def heading(self) -> str:
        """The composition, its window, its distance from the hull, and what is observed."""
        above = self.energy_above_hull
        hull = "mixture of phases" if above is None else f"{1000 * above:.0f} meV/atom above hull"
        return " ".join(
            [
                f"{self.assessment.stability.heading} ({hull})",
                *(one.sentence for one in self.observed),
                *self.caveats,
            ]
        )

    def rows(self) -> list[dict[str, object]]:
        """List the intervals of the ladder with their interphases, lowest voltage first."""
        pairs = zip(self.assessment.stability.rows(), self.assessment.interphases, strict=True)
        return [
            {
                **row,
                "interphase": found.kind.value,
                f"conducting (by {found.fraction_basis})": found.electronic_fraction,
            }
            for row, found in pairs
        ]

    def at(self, voltage: float) -> AtVoltage:
        """
        Reaction and products at a voltage; at a breakpoint those of the lower side.

        Parameters
        ----------
        voltage
            V against Na/Na+; not negative.

        Returns
        -------
        AtVoltage
            With the class of the interphase.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        stability = self.assessment.stability
        rung = stability.rung(voltage)
        found = self.assessment.interphases[stability.ladder.index(rung)]
        shares = shares_at(self.assessment, voltage)
        return AtVoltage(voltage, rung, found, stability.reaction_energy(voltage), shares)

    def plot(self) -> Figure:
        """
        Draw the ladder.

        Returns
        -------
        matplotlib.figure.Figure
            For a paper.
        """
        from .drawings import draw  # noqa: PLC0415

        drawn: Figure = draw("ladder", self.assessment)
        return drawn

    def show(self) -> Page:
        """
        Show the ladder.

        Returns
        -------
        plotly.graph_objects.Figure
            To look at.
        """
        from .drawings import show  # noqa: PLC0415

        return show("ladder", self.assessment)


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
        """What they are between, and what to bear in mind."""
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
        """The cell, its worst contact, and what to bear in mind."""
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
class Ranking(Tabular):
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

    def plot(self) -> Figure:
        """
        Draw the windows.

        Returns
        -------
        matplotlib.figure.Figure
            For a paper.
        """
        from .drawings import draw  # noqa: PLC0415

        drawn: Figure = draw("windows", self.bars)
        return drawn

    def show(self) -> Page:
        """
        Show the windows.

        Returns
        -------
        plotly.graph_objects.Figure
            To look at.
        """
        from .drawings import show  # noqa: PLC0415

        return show("windows", self.bars)


def _class(kind: str, shares: Mapping[str, float]) -> str:
    """Write a class as sure as it is."""
    word, named = verdict(kind, shares)
    if not word:
        return kind
    listed = ", ".join(f"{one.value} {share:.0%}" for one, share in named.items())
    return f"{word}: {listed}" if word == "uncertain" else f"{word} {listed}"


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
        "interphase": _class(contact.interphase, contact.interphase_shares),
        "released at 0 V (eV/atom)": contact.driving_force,
        "Na used per formula unit": contact.sodium_consumed,
        "score": place.score,
        "apart": " ".join(place.apart),
    }
