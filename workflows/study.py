"""The common path in Python, for a notebook: a reference, and everything that can be asked of it.

Every answer is a table (`to_frame`), shows itself in Jupyter, and draws itself: `plot` for a paper
(matplotlib), `show` for looking (plotly). What is computed, and how, is in `trona.screening`.

Examples
--------
>>> study = Study("bundled")
>>> window = study.window("Na3PS4")
>>> print(f"{window.limits.reduction:.1f} to {window.limits.oxidation:.1f} V")
1.1 to 2.4 V
>>> window.at(0.0).reaction
'Na3PS4 + 8 Na -> Na3P + 4 Na2S'
>>> window.at(0.0).interphase.kind.value
'mixed-conducting'
>>> study.interface("Na3PS4", "NaCrO2").strongest.equation
'Na3PS4 + 2 NaCrO2 -> 2 NaCrS2 + Na3PO4'
>>> study.rank(["Na3PS4", "Na3SbS4", "Na2S"]).to_frame()["candidate"].tolist()
['Na2S', 'Na3PS4', 'Na3SbS4']
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from trona.screening.capacity import discharge
from trona.screening.diagram import grand_diagram
from trona.screening.figures import WindowBars, electrode_mark
from trona.screening.formulas import parse
from trona.screening.frames import Tabular
from trona.screening.grand import profile
from trona.screening.interface import mix
from trona.screening.ladder import ladder_figure
from trona.stores import figures
from trona.stores.assessment import assess_formula
from trona.stores.references import load
from trona.stores.screenings import rank_documents, screening_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.figure import Figure
    from plotly.graph_objects import Figure as Page

    from trona.screening.capacity import Discharge
    from trona.screening.diagram import GrandDiagram
    from trona.screening.interface import MixingLine
    from trona.screening.interphase import Interphase
    from trona.screening.ranking import Ranked
    from trona.screening.window import Limits, Rung
    from trona.stores.assessment import Assessment
    from trona.stores.documents import ScreeningDoc
    from trona.stores.references import Reference

__all__ = ["AtVoltage", "Ranking", "Study", "Window"]


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
    """

    voltage: float
    rung: Rung
    interphase: Interphase
    energy_per_atom: float

    @property
    def reaction(self) -> str:
        """Balanced reaction per formula unit."""
        return self.rung.equation

    @property
    def heading(self) -> str:
        """Voltage, reaction and class."""
        return (
            f"at {self.voltage:g} V: {self.reaction}, {-self.energy_per_atom:.3f} eV/atom "
            f"released, {self.interphase.kind.value}"
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
    def heading(self) -> str:
        """The composition, its window and its distance from the hull."""
        above = self.energy_above_hull
        hull = "mixture of phases" if above is None else f"{1000 * above:.0f} meV/atom above hull"
        return f"{self.assessment.stability.heading} ({hull})"

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
        return AtVoltage(voltage, rung, found, stability.reaction_energy(voltage))

    def plot(self) -> Figure:
        """
        Draw the ladder.

        Returns
        -------
        matplotlib.figure.Figure
            For a paper.
        """
        from trona.screening.plots import draw_ladder  # noqa: PLC0415

        return draw_ladder(ladder_figure(self.assessment.stability, self.assessment.interphases))

    def show(self) -> Page:
        """
        Show the ladder.

        Returns
        -------
        plotly.graph_objects.Figure
            To look at.
        """
        from trona.screening.interactive import show_ladder  # noqa: PLC0415

        return show_ladder(ladder_figure(self.assessment.stability, self.assessment.interphases))


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
    """

    places: tuple[tuple[Ranked, ScreeningDoc], ...]
    bars: WindowBars

    @property
    def heading(self) -> str:
        """How many there are."""
        return f"{len(self.places)} candidates, best first"

    def rows(self) -> list[dict[str, object]]:
        """List the candidates, best first."""
        return [_row(place, doc) for place, doc in self.places]

    def plot(self) -> Figure:
        """
        Draw the windows.

        Returns
        -------
        matplotlib.figure.Figure
            For a paper.
        """
        from trona.screening.overviews import draw_bars  # noqa: PLC0415

        return draw_bars(self.bars)

    def show(self) -> Page:
        """
        Show the windows.

        Returns
        -------
        plotly.graph_objects.Figure
            To look at.
        """
        from trona.screening.interactive import show_bars  # noqa: PLC0415

        return show_bars(self.bars)


def _row(place: Ranked, doc: ScreeningDoc) -> dict[str, object]:
    """Write a candidate as a row."""
    window, contact = doc.window, doc.contact
    if window is None or contact is None:
        return {"place": place.place, "candidate": doc.label}
    upper = window.oxidation_limit
    return {
        "place": place.place,
        "candidate": doc.label,
        "above hull (eV/atom)": window.energy_above_hull,
        "from (V)": window.reduction_limit,
        "to (V)": inf if upper is None and window.reduction_limit is not None else upper,
        "reaction": contact.reaction,
        "interphase": contact.interphase,
        "released at 0 V (eV/atom)": contact.driving_force,
        "Na used per formula unit": contact.sodium_consumed,
        "score": place.score,
    }


class Study:
    """
    Reference energies, and everything that can be asked of them.

    Parameters
    ----------
    reference
        Name of the energies, such as ``"bundled"``, ``"mp:Na-P-S"`` or ``"table:mine.csv"``.
    correction
        Names of corrections, joined by commas; by default those that fit.
    exclude
        Formulas of phases to leave out.
    pressure
        GPa; enthalpies at this pressure instead of energies.

    Raises
    ------
    InputError
        If there are no such energies, or an option does not fit them.
    """

    def __init__(
        self,
        reference: str = "bundled",
        correction: str | None = None,
        exclude: Sequence[str] = (),
        pressure: float = 0.0,
    ) -> None:
        self.reference: Reference = load(reference, correction).without(exclude).under(pressure)

    def __repr__(self) -> str:
        return f"<Study on {self.reference.name}: {self.reference.table.heading}>"

    def window(self, formula: str) -> Window:
        """
        Stability window, ladder and interphases of a composition.

        Parameters
        ----------
        formula
            Such as ``"Na3PS4"`` or ``"Na3PS3.4O0.6"``.

        Returns
        -------
        Window
            At every voltage.

        Raises
        ------
        InputError
            If the formula cannot be used with this reference.
        """
        return Window(assess_formula(formula, self.reference))

    def interface(self, first: str, second: str, voltage: float | None = None) -> MixingLine:
        """
        React two materials in every proportion.

        Parameters
        ----------
        first, second
            Formulas.
        voltage
            Of a sodium reservoir, V; by default no sodium comes or goes.

        Returns
        -------
        MixingLine
            Drawn by `trona.screening.curves.draw_mixing` and `explorers.show_mixing`.

        Raises
        ------
        InputError
            If a formula or the voltage cannot be used with this reference.
        """
        return mix(self.reference.table, parse(first), parse(second), (first, second), voltage)

    def discharge(self, formula: str) -> Discharge:
        """
        Discharge a composition to sodium metal at equilibrium.

        Parameters
        ----------
        formula
            Sodium may be absent.

        Returns
        -------
        Discharge
            Plateaus with reactions, V and mAh/g.

        Raises
        ------
        InputError
            If the formula cannot be used with this reference.
        """
        return discharge(profile(self.reference.table, parse(formula)))

    def diagram(self, *formulas: str) -> GrandDiagram:
        """
        Phase diagram open to sodium of all elements of some compositions, which are marked.

        Parameters
        ----------
        *formulas
            With two or three elements beside sodium among them.

        Returns
        -------
        GrandDiagram
            Drawn by `trona.screening.sections.draw_diagram` and `explorers.show_diagram`.

        Raises
        ------
        InputError
            If a formula or the system cannot be used with this reference.
        """
        marked = {formula: parse(formula) for formula in formulas}
        elements = {symbol for amounts in marked.values() for symbol in amounts}
        return grand_diagram(self.reference.table, elements, marked)

    def rank(self, formulas: Iterable[str], electrodes: Sequence[str] = ("Na",)) -> Ranking:
        """
        Rank compositions by the default criteria.

        Parameters
        ----------
        formulas
            Compositions.
        electrodes
            Formulas whose potentials are marked in the figure.

        Returns
        -------
        Ranking
            Best first.

        Raises
        ------
        InputError
            If there is no formula, or one cannot be used with this reference.
        """
        docs = [screening_document(one, one, "formula", self.reference) for one in formulas]
        places = tuple(rank_documents(docs))
        marks = tuple(electrode_mark(self.reference.table, one) for one in electrodes)
        bars = WindowBars(figures.bars(doc for _, doc in places), marks)
        return Ranking(places, bars)
