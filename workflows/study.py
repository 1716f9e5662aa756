"""The main Python interface: a reference, and every question that can be asked of it.

Every answer converts to a table (`to_frame`), displays itself in Jupyter, and plots itself: `plot`
for a paper (matplotlib), `show` to explore (plotly). The thermodynamics is in `trona.screening`.

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
from trona.screening.errors import InputError
from trona.screening.figures.overview_data import WindowBars
from trona.screening.formulas import parse
from trona.stores.assess import figures
from trona.stores.assess.air import air_documents, ranked_documents
from trona.stores.assess.doping.charts import compare_dopants
from trona.stores.assess.electrodes import choose_electrode
from trona.stores.assess.interfaces import contact_line
from trona.stores.assess.reservations import reservations
from trona.stores.assess.screenings import rank_documents, screening_document
from trona.stores.assess.stack.buffers import buffer_document
from trona.stores.assess.stack.cells import cell_document
from trona.stores.assess.stack.matrices import compute_matrix, electrode_columns
from trona.stores.assess.validation import pair_observations
from trona.stores.energies.atmosphere import atmosphere, read_conditions

from .moist_answers import Dopants, InMoistAir, beside_published
from .notebook import Buffers, Cell, Ranking
from .python.asking import plainly_asked
from .python.compositions import AboutCompositions
from .python.many_windows import Windows
from .python.materials import formula_of, formulas_given, listed
from .python.windows import AtVoltage, Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.diagram import GrandDiagram
    from trona.screening.stability.interface import MixingLine
    from trona.screening.stability.matrix import Matrix
    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.documents.results import ObservationDoc
    from trona.workflows.proposals import Proposals

    from .python.materials import Material

__all__ = [
    "AtVoltage",
    "Buffers",
    "Cell",
    "Dopants",
    "InMoistAir",
    "Ranking",
    "Study",
    "Window",
    "Windows",
]


@plainly_asked
class Study(AboutCompositions):
    """
    Reference energies, and everything that can be asked of them.

    A material is a formula, or an object of pymatgen: a Composition, a Structure, or an entry.

    Parameters
    ----------
    reference
        Name of the energies, such as ``"bundled"``, ``"mp"``, ``"mp:Na-P-S"``,
        ``"table:mine.csv"`` or ``"entries:mine.json"``; or entries of pymatgen
        (ComputedEntry, ComputedStructureEntry, PDEntry), or its PhaseDiagram.
    correction
        Names of corrections, joined by commas; by default those that fit.
    exclude
        Formulas of phases to leave out, or one.
    pressure
        GPa; enthalpies at this pressure instead of energies.
    temperature
        K, or text such as ``"25C"``; free energies at this temperature instead of energies.
    scale
        Energy scale of entries that do not tell it: ``"mp"`` (PBE and PBE+U corrected by MP2020),
        ``"mp-r2scan"``, ``"formation"`` (formation energies) or the name of a method.

    Raises
    ------
    InputError
        If there are no such energies, or an option does not fit them.
    """

    def interface(
        self, first: Material, second: Material, voltage: float | None = None
    ) -> MixingLine:
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
        one, other = formula_of(first), formula_of(second)
        return contact_line(one, other, self.energies(one, other), voltage)

    def matrix(
        self,
        materials: Iterable[Material] | Material,
        against: Iterable[Material] | Material | None = None,
        *,
        at_electrode: bool = False,
        charged: bool = False,
    ) -> Matrix:
        """
        React many materials with many electrodes, or all with each other.

        Parameters
        ----------
        materials
            Formulas: the rows; one that is given twice is one row.
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
        rows = {formula: formula for formula in formulas_given(materials)}
        others = None if against is None else formulas_given(against, "material to react with")
        energies = self.energies(*rows, *(others or ()))
        columns = None
        if others is not None:
            columns = electrode_columns(
                others, energies, at_electrode=at_electrode, charged=charged
            )
        found, left_out = compute_matrix(rows, columns, energies)
        return replace(found, caveats=(*left_out, *found.caveats))

    def observed(self, first: Material, second: Material) -> list[ObservationDoc]:
        """
        Find experiments on two materials in contact; `Window.observed` is for one material.

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
        one, other = formula_of(first), formula_of(second)
        return pair_observations(one, other, self.energies(one, other))

    def air(
        self,
        materials: Iterable[Material] | Material,
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
        materials
            Compositions; one that is given twice is answered once.
        temperature
            Of the air, such as ``"25C"``; it may differ from that of the study.
        humidity
            Relative humidity ``"30%"``, dew point ``"-40C"`` or ``"1000ppm"`` of water.
        h2s
            Pressure of H2S and of every other evolved gas.
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
        formulas = formulas_given(materials)
        surroundings = atmosphere(self.cold(*formulas), conditions, strict=co2 is not None)
        docs = beside_published(ranked_documents(air_documents(formulas, surroundings)))
        return InMoistAir(tuple(docs), surroundings)

    def dopants(
        self,
        host: Material,
        elements: str | Iterable[str] = (),
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
            Such as ``"Na3PS4"``.
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
            Pressure of H2S and of every other evolved gas.
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
        formula = formula_of(host)
        dopants = [elements] if isinstance(elements, str) else list(elements)
        cold = self.cold(formula, *dopants)
        found = compare_dopants(
            formula, dopants, cold, conditions, fraction, site, with_dioxide=co2 is not None
        )
        return Dopants(found)

    def diagram(self, *materials: Material) -> GrandDiagram:
        """
        Phase diagram open to sodium of all elements of some compositions, which are marked.

        Parameters
        ----------
        *materials
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
        formulas = list(map(formula_of, materials))
        energies = self.energies(*formulas)
        marked = {formula: parse(formula) for formula in formulas}
        elements = {symbol for amounts in marked.values() for symbol in amounts}
        found = grand_diagram(energies.table, elements, marked)
        return replace(found, caveats=tuple(reservations(formulas, energies)))

    def electrode(self, name: Material) -> ElectrodePotential:
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
        asked = formula_of(name)
        return choose_electrode(self.energies(asked).table, asked)

    def buffers(
        self,
        electrolyte: Material,
        electrode: Material,
        voltage: tuple[float, float] | None = None,
        among: Iterable[Material] | Material | None = None,
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
        one, other = formula_of(electrolyte), formula_of(electrode)
        layers = None if among is None else formulas_given(among, "layer")
        energies = self.energies(one, other, *(layers or ()))
        if voltage is not None and not _is_range(voltage):
            raise InputError(f"{voltage!r} is no range of voltage: give two, as (2.5, 3.6).")
        return Buffers(buffer_document(one, other, energies, voltage, layers))

    def cell(
        self,
        anode: Material,
        electrolyte: Material,
        cathode: Material,
        buffer: Material | None = None,
        among: Iterable[Material] | Material | None = None,
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
        one, middle, other = map(formula_of, (anode, electrolyte, cathode))
        layer = None if buffer is None else formula_of(buffer)
        layers = None if among is None else formulas_given(among, "layer")
        energies = self.energies(one, middle, other, layer or "", *(layers or ()))
        return Cell(cell_document(one, middle, other, energies, layer, layers))

    def rank(
        self,
        materials: Iterable[Material] | Material,
        electrodes: Iterable[Material] | Material = ("Na",),
    ) -> Ranking:
        """
        Rank compositions by the default criteria.

        Parameters
        ----------
        materials
            Compositions; one that is given twice counts once.
        electrodes
            One or several, as `electrode` takes them: marked in the figure, and a column each.

        Returns
        -------
        Ranking
            Best first.

        Raises
        ------
        InputError
            If there is no formula, or one cannot be used with this reference.
        """
        formulas = formulas_given(materials)
        names = [formula_of(one) for one in listed(electrodes)]
        energies = self.energies(*formulas, *names)
        docs = [screening_document(one, one, "formula", energies) for one in formulas]
        places = tuple(rank_documents(docs))
        chosen = tuple(choose_electrode(energies.table, one) for one in names)
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

        return propose_from(results, self.energies, budget)


def _is_range(given: object) -> bool:
    """Tell two numbers."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        return False
    return all(isinstance(one, int | float) for one in given)
