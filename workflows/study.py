"""The common path in Python, for a notebook: a reference, and everything that can be asked of it.

Every answer is a table (`to_frame`), shows itself in Jupyter, and draws itself: `plot` for a paper
(matplotlib), `show` to explore (plotly). What is computed, and how, is in `trona.screening`.

Examples
--------
>>> study = Study("bundled")
>>> window = study.window("Na3PS4")
>>> print(f"{window.limits.reduction:.1f} to {window.limits.oxidation:.1f} V")
1.2 to 2.5 V
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

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.screening.equilibrium.diagram import grand_diagram
from trona.screening.equilibrium.grand import profile
from trona.screening.figures.overview_data import WindowBars
from trona.screening.formulas import parse
from trona.screening.stability.discharge import discharge
from trona.stores.assess import figures
from trona.stores.assess.air import air_documents, ranked_documents
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.doping.charts import compare_dopants
from trona.stores.assess.electrodes import choose_electrode
from trona.stores.assess.interfaces import contact_line
from trona.stores.assess.reservations import reservations
from trona.stores.assess.screenings import rank_documents, screening_document
from trona.stores.assess.stack.buffers import buffer_document
from trona.stores.assess.stack.cells import cell_document
from trona.stores.assess.stack.matrices import compute_matrix, electrode_columns
from trona.stores.assess.validation import pair_observations
from trona.stores.defaults import REFERENCE
from trona.stores.energies.atmosphere import atmosphere, read_conditions
from trona.stores.energies.conditions import under_conditions
from trona.stores.energies.references import load_reference

from .moist_answers import Dopants, InMoistAir
from .notebook import AtVoltage, Buffers, Cell, Ranking, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trona.screening.equilibrium.diagram import GrandDiagram
    from trona.screening.stability.discharge import Discharge
    from trona.screening.stability.interface import MixingLine
    from trona.screening.stability.matrix import Matrix
    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.documents.results import ObservationDoc
    from trona.stores.energies.references import Reference
    from trona.workflows.proposals import Proposals

__all__ = [
    "AtVoltage",
    "Buffers",
    "Cell",
    "Dopants",
    "InMoistAir",
    "Ranking",
    "Study",
    "Window",
]


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
    temperature
        K, or text such as ``"25C"``; free energies at this temperature instead of energies.

    Raises
    ------
    InputError
        If there are no such energies, or an option does not fit them.
    """

    def __init__(
        self,
        reference: str = REFERENCE,
        correction: str | None = None,
        exclude: Sequence[str] = (),
        pressure: float = 0.0,
        temperature: float | str = 0.0,
    ) -> None:
        self._cold = load_reference(reference, correction).without(exclude)
        self.reference: Reference = under_conditions(self._cold, pressure, temperature)

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
            Formulas; electrodes as in `buffers`, with their potential as in ``"NaCrO2@3.1"``.
        voltage
            Of a sodium reservoir, V; by default no sodium comes or goes.

        Returns
        -------
        MixingLine
            Of the electrode as named; `MixingLine.other` is that of its other state. Drawn by
            `draw_mixing` in `trona.screening.figures.paper.curves` and by `show_mixing` in
            `trona.screening.figures.browser.curves`.

        Raises
        ------
        InputError
            If a formula or the voltage cannot be used with this reference.
        """
        return contact_line(first, second, self.reference, voltage)

    def matrix(
        self,
        materials: Sequence[str],
        against: Sequence[str] | None = None,
        *,
        at_electrode: bool = False,
        charged: bool = False,
    ) -> Matrix:
        """
        React many materials with many electrodes, or all with each other.

        Parameters
        ----------
        materials
            Formulas: the rows.
        against
            Electrodes, as `electrode` takes them, or formulas: the columns; by default the rows.
        at_electrode
            True to open each contact to sodium at the potential of its electrode.
        charged
            True to add the charged state of electrodes where it is known.

        Returns
        -------
        Matrix
            Strongest reaction and class of every pair.

        Raises
        ------
        InputError
            If a formula or a name cannot be used, or there are fewer than two materials.
        """
        columns = None
        if against is not None:
            columns = electrode_columns(
                against, self.reference, at_electrode=at_electrode, charged=charged
            )
        rows = {formula: formula for formula in materials}
        found, left_out = compute_matrix(rows, columns, self.reference)
        return replace(found, caveats=(*left_out, *found.caveats))

    def observed(self, first: str, second: str) -> list[ObservationDoc]:
        """
        Find what experiments say of two materials in contact; `Window.observed` has one alone.

        Parameters
        ----------
        first, second
            Formulas, of which one is an electrode.

        Returns
        -------
        list of ObservationDoc
            With sources, and whether trona agrees; empty where no experiment is known.

        Raises
        ------
        InputError
            If a formula cannot be used with this reference.
        """
        return pair_observations(first, second, self.reference)

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
        found = discharge(profile(self.reference.table, parse(formula)))
        return replace(found, caveats=tuple(reservations([formula], self.reference)))

    def air(
        self,
        formulas: Iterable[str],
        temperature: str = "25C",
        humidity: str = "30%",
        h2s: str = "1ppm",
        co2: str | None = None,
        method: str = "free-energies",
    ) -> InMoistAir:
        """
        Expose compositions to moist air: H2O, O2 and CO2, apart and together.

        Parameters
        ----------
        formulas
            Compositions.
        temperature
            Of the air, such as ``"25C"``; it may differ from that of the study.
        humidity
            Relative humidity ``"30%"``, dew point ``"-40C"`` or ``"1000ppm"`` of water.
        h2s
            Pressure of H2S and of every other gas that is given off.
        co2
            Pressure of CO2; 420 ppm by default, where the reference has carbon.
        method
            ``"free-energies"`` or ``"zhu-mo"``.

        Returns
        -------
        InMoistAir
            The most resistant to water first.

        Raises
        ------
        InputError
            If a condition or a formula cannot be used with this reference.
        """
        conditions = read_conditions(temperature, humidity, h2s, co2, method)
        surroundings = atmosphere(self._cold, conditions, strict=co2 is not None)
        docs = ranked_documents(air_documents(list(formulas), surroundings))
        return InMoistAir(tuple(docs), surroundings)

    def dopants(
        self,
        host: str,
        elements: Sequence[str] = (),
        fraction: float = 0.1,
        site: str | None = None,
        temperature: str = "25C",
        humidity: str = "30%",
        h2s: str = "1ppm",
        co2: str | None = None,
        method: str = "free-energies",
    ) -> Dopants:
        """
        Compare dopants of a host in moist air and at sodium metal.

        Parameters
        ----------
        host
            Formula, such as ``"Na3PS4"``.
        elements
            Dopants; by default those of `trona.screening.dopants.DOPANTS`.
        fraction
            Of the atoms on the site that are replaced.
        site
            Element that is replaced; by default that which fits the dopant.
        temperature
            Of air and solids, such as ``"25C"``; it may differ from that of the study.
        humidity
            Relative humidity ``"30%"``, dew point ``"-40C"`` or ``"1000ppm"`` of water.
        h2s
            Pressure of H2S and of every other gas that is given off.
        co2
            Pressure of CO2, which is taken up too where it is given.
        method
            ``"free-energies"`` or ``"zhu-mo"``.

        Returns
        -------
        Dopants
            The least hydrolysed first.

        Raises
        ------
        InputError
            If the host or a condition cannot be used with this reference.
        """
        conditions = read_conditions(temperature, humidity, h2s, co2, method)
        found = compare_dopants(
            host, elements, self._cold, conditions, fraction, site, with_dioxide=co2 is not None
        )
        return Dopants(found)

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
            Drawn by `trona.screening.figures.paper.diagram` and `figures.browser.curves`.

        Raises
        ------
        InputError
            If a formula or the system cannot be used with this reference.
        """
        marked = {formula: parse(formula) for formula in formulas}
        elements = {symbol for amounts in marked.values() for symbol in amounts}
        found = grand_diagram(self.reference.table, elements, marked)
        return replace(found, caveats=tuple(reservations(formulas, self.reference)))

    def electrode(self, name: str) -> ElectrodePotential:
        """
        Potential at which an electrode works: measured where a source states it.

        Parameters
        ----------
        name
            Such as ``"NaCrO2"`` or ``"hard carbon"``; ``"NaCrO2@3.1"`` gives the potential,
            ``"NaCrO2@computed"`` asks for the computed one.

        Returns
        -------
        ElectrodePotential
            With its source, and the computed potential beside it.

        Raises
        ------
        InputError
            If there is neither a measured nor a computed potential.
        """
        return choose_electrode(self.reference.table, name)

    def buffers(
        self,
        electrolyte: str,
        electrode: str,
        voltage: tuple[float, float] | None = None,
        among: Sequence[str] | None = None,
    ) -> Buffers:
        """
        Rank layers to put between an electrolyte and an electrode.

        Parameters
        ----------
        electrolyte
            Formula.
        electrode
            As `electrode` takes it; ``"NaCrO2..Na0.5CrO2"`` gives both states, where they are not
            known.
        voltage
            Range of its potential, V; by default where it was measured to work.
        among
            Formulas of layers; all phases of the reference by default.

        Returns
        -------
        Buffers
            Best first, with reasons.

        Raises
        ------
        InputError
            If a formula or the electrode cannot be used with this reference.
        """
        found = buffer_document(electrolyte, electrode, self.reference, voltage, among)
        return Buffers(found)

    def cell(
        self,
        anode: str,
        electrolyte: str,
        cathode: str,
        buffer: str | None = None,
        among: Sequence[str] | None = None,
    ) -> Cell:
        """
        Find what happens at both contacts of a cell, and the best layers for each.

        Parameters
        ----------
        anode, cathode
            As `buffers` takes them.
        electrolyte
            Formula.
        buffer
            Formula of a layer, judged at both contacts.
        among
            Formulas of layers to propose; all phases of the reference by default.

        Returns
        -------
        Cell
            Anode first.

        Raises
        ------
        InputError
            If a formula or an electrode cannot be used with this reference.
        """
        return Cell(cell_document(anode, electrolyte, cathode, self.reference, buffer, among))

    def rank(self, formulas: Iterable[str], electrodes: Sequence[str] = ("Na",)) -> Ranking:
        """
        Rank compositions by the default criteria.

        Parameters
        ----------
        formulas
            Compositions.
        electrodes
            Electrodes, as `electrode` takes them: marked in the figure, and a column each.

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
        chosen = tuple(self.electrode(one) for one in electrodes)
        marks = tuple(one.mark for one in chosen)
        bars = WindowBars(figures.window_bars(doc for _, doc in places), marks)
        return Ranking(places, bars, chosen)

    def next(self, results: str, budget: int = 20) -> Proposals:
        """
        Propose candidates of a screening with a potential whose own energy DFT should compute.

        Parameters
        ----------
        results
            Store of the screening: a file path or a mongodb:// URI.
        budget
            How many to propose.

        Returns
        -------
        Proposals
            First those of which their own energy would tell most of class and place.
        """
        from .proposals import propose_from  # noqa: PLC0415 (its jobs are not needed elsewhere)

        return propose_from(results, self.reference, budget)
