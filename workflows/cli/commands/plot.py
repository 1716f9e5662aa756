"""The commands of ``trona plot``: one figure each, of formulas or of screened candidates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trona.workflows.cli.energies import load_energies, tell_caveats
from trona.workflows.cli.groups import Group
from trona.workflows.cli.options import (
    FIGURE,
    AirMethod,
    AtReservoir,
    CarbonDioxide,
    Correction,
    Dopant,
    Exclude,
    FirstMaterial,
    Fraction,
    HostFormula,
    Humidity,
    Reference,
    Released,
    SecondMaterial,
    Site,
    StoreAt,
    Temperature,
    comma_list,
    no_files,
    written_to,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.figures.overview_data import Mark
    from trona.stores.documents.results import ScreeningDoc
    from trona.stores.energies.references import Reference as ReferenceEnergies

__all__ = ["app"]

app = typer.Typer(
    help="Figures: png, pdf and svg for papers, html to explore.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

To = Annotated[
    Path,
    typer.Option(
        "-o",
        "--to",
        help="File to write: png, pdf, svg or html.",
        metavar="FILE",
        callback=written_to(*FIGURE),
    ),
]
Compositions = Annotated[
    list[str] | None,
    typer.Argument(
        help="Compositions; by default all screened candidates, best first.", callback=no_files
    ),
]


def _energies(
    name: str | None,
    correction: str | None,
    exclude: str | None,
    *formulas: str,
    together: bool = False,
    temperature: str = "0",
) -> ReferenceEnergies:
    """Load reference energies, and say what a figure that rests on them does not say itself."""
    found = load_energies(name, correction, exclude, *formulas, temperature=temperature)
    tell_caveats(found, formulas, together=together)
    return found


def _tell_doubts(label: str, doubts: Sequence[str]) -> None:
    """Say why a candidate in a figure is not to be trusted."""
    for why in doubts:
        typer.echo(f"{label}: {why}", err=True)


@app.command()
def windows(
    formulas: Compositions = None,
    *,
    to: To,
    electrodes: Annotated[
        str | None,
        typer.Option(
            help="Electrodes to mark, at their measured potentials; NaCrO2@computed, "
            "NaCrO2@3.1 for another potential; by default Na,Na15Sn4,S,NaCrO2; '' for none.",
            metavar="NAMES",
        ),
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "0",
    store: StoreAt = None,
) -> None:
    """Draw stability windows of candidates as bars, with the potentials of electrodes."""
    from trona.screening.figures.overview_data import WindowBars  # noqa: PLC0415
    from trona.stores.assess import figures  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    energies = _energies(reference, correction, exclude, *(formulas or ()), temperature=temperature)
    docs = _documents(formulas, energies, store)
    marks = _marks(electrodes, energies)
    for doc in docs:
        _tell_doubts(doc.label, () if doc.window is None else doc.window.doubts)
    save_figure_file("windows", to, WindowBars(figures.window_bars(docs), marks))


@app.command()
def interphases(
    formulas: Compositions = None,
    *,
    to: To,
    at: Annotated[
        float, typer.Option("--at", help="Voltage against sodium; 0 V for results.", metavar="V")
    ] = 0.0,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "0",
    store: StoreAt = None,
) -> None:
    """Draw the conducting fraction of interphases against the driving force of the reaction."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.screening.figures.overview_data import InterphaseMap, map_point  # noqa: PLC0415
    from trona.screening.uncertainty.confidence import is_sure  # noqa: PLC0415
    from trona.stores.assess import figures  # noqa: PLC0415
    from trona.stores.assess.assessment import assess_formula  # noqa: PLC0415
    from trona.stores.assess.windows import shares_at  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    if not formulas:
        from trona.stores.thermochemistry.temperatures import parse_temperature  # noqa: PLC0415

        if at != 0.0:
            raise InputError(f"screened results are drawn at 0 V, not {at:g} V: name formulas.")
        save_figure_file(
            "interphases",
            to,
            figures.interphase_map(_screened(store, parse_temperature(temperature))),
        )
        return
    energies = _energies(reference, correction, exclude, *formulas, temperature=temperature)
    found = [assess_formula(formula, energies) for formula in formulas]
    for one in found:
        _tell_doubts(one.stability.formula, one.doubts)
    points = [map_point(one.stability, one.interphases, at) for one in found]
    shown = (
        replace(point, sure=is_sure(point.kind, shares_at(one, at)))
        for point, one in zip(points, found, strict=True)
    )
    save_figure_file("interphases", to, InterphaseMap(tuple(shown), at))


@app.command()
def ladder(
    formula: Annotated[str, typer.Argument(help="Composition, such as Na3PS4.", callback=no_files)],
    to: To,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "0",
) -> None:
    """Draw voltage against sodium content, with the products of each step."""
    from trona.stores.assess.assessment import assess_formula  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    energies = _energies(reference, correction, exclude, formula, temperature=temperature)
    assessment = assess_formula(formula, energies)
    _tell_doubts(formula, assessment.doubts)
    save_figure_file("ladder", to, assessment)


@app.command()
def diagram(
    system: Annotated[
        str,
        typer.Argument(
            help="System, such as Na-P-S-O, or a composition to mark in its own.",
            callback=no_files,
        ),
    ],
    to: To,
    at: Annotated[
        float, typer.Option("--at", help="Voltage against sodium; in html the first.", metavar="V")
    ] = 0.0,
    mark: Annotated[
        str | None, typer.Option(help="Compositions to mark, joined by commas.", metavar="FORMULAS")
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "0",
) -> None:
    """Draw the phases that coexist at a voltage; in html with a slider over all voltages."""
    from trona.screening.formulas import parse  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    marked = comma_list(mark)
    if "-" not in system:
        marked.insert(0, system)
    elements = list(parse(system.replace("-", "")))
    energies = load_energies(
        reference, correction, exclude, "".join(elements), *marked, temperature=temperature
    )
    tell_caveats(energies, [*elements, *marked], together=True)
    save_figure_file("diagram", to, elements, marked, energies, at)


@app.command()
def interface(
    first: FirstMaterial,
    second: SecondMaterial,
    to: To,
    voltage: AtReservoir = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "0",
) -> None:
    """Draw the reaction energy of two materials against their mixing ratio."""
    from trona.stores.assess.stack.electrode_states import formulas_of  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415
    from trona.workflows.cli.materials import name_electrodes  # noqa: PLC0415

    first, second = name_electrodes([first, second])
    named = [formula for one in (first, second) for formula in formulas_of(one)]
    energies = _energies(
        reference, correction, exclude, *named, together=True, temperature=temperature
    )
    save_figure_file("interface", to, first, second, energies, voltage)


@app.command()
def profile(
    formulas: Annotated[
        list[str], typer.Argument(help="Compositions, such as Na3SbS4 and S.", callback=no_files)
    ],
    to: To,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "0",
) -> None:
    """Draw discharges against sodium, with dQ/dV."""
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    energies = _energies(reference, correction, exclude, *formulas, temperature=temperature)
    save_figure_file("profile", to, formulas, energies)


@app.command()
def air(
    formulas: Annotated[
        list[str], typer.Argument(help="Compositions, such as Na3PS4 Na2ZrCl6.", callback=no_files)
    ],
    to: To,
    h2s: Released = "1ppm",
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    temperature: Temperature = "25C",
) -> None:
    """Draw the driving force of the reaction with moist air against its dew point."""
    from trona.stores.energies.atmosphere import atmosphere, read_conditions  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    energies = _energies(reference, correction, exclude, *formulas)
    conditions = read_conditions(temperature, released=h2s)
    save_figure_file("air", to, formulas, atmosphere(energies, conditions))


@app.command()
def dopants(
    host: HostFormula,
    to: To,
    elements: Dopant = None,
    fraction: Fraction = 0.1,
    site: Site = None,
    temperature: Temperature = "25C",
    humidity: Humidity = "30%",
    h2s: Released = "1ppm",
    co2: CarbonDioxide = None,
    method: AirMethod = "free-energies",
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
) -> None:
    """Draw the effect of dopants in moist air against that at sodium metal."""
    from trona.workflows.cli.dopants import compared  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    energies = (reference, correction, exclude)
    asked = (temperature, humidity, h2s, co2, method)
    found = compared(host, elements or [], fraction, site, asked, energies)
    save_figure_file("dopants", to, found)
    for symbol, why in found.left_out.items():
        typer.echo(f"left out: {symbol}: {why}", err=True)
    for line in found.caveats:
        typer.echo(line, err=True)


@app.command()
def validation(to: To, reference: Reference = None, correction: Correction = None) -> None:
    """Draw predicted limits against published ones."""
    from trona.stores.assess.validation import published_cases, validate  # noqa: PLC0415
    from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

    save_figure_file(
        "validation", to, validate(_energies(reference, correction, None), published_cases())
    )


def _marks(electrodes: str | None, energies: ReferenceEnergies) -> tuple[Mark, ...]:
    """Find where the electrodes named work, or the default ones."""
    from trona.screening.figures.overview_data import ELECTRODES  # noqa: PLC0415
    from trona.stores.assess.electrodes import choose_electrode  # noqa: PLC0415

    names = ELECTRODES if electrodes is None else comma_list(electrodes)
    return tuple(choose_electrode(energies.table, name).mark for name in names)


def _documents(
    formulas: Sequence[str] | None, energies: ReferenceEnergies, store: str | None
) -> list[ScreeningDoc]:
    """Assess compositions in their order, or find what was screened."""
    from trona.stores.assess.screenings import screening_document  # noqa: PLC0415

    if not formulas:
        return _screened(store, energies.temperature)
    return [screening_document(formula, formula, "formula", energies) for formula in formulas]


def _screened(location: str | None, temperature: float) -> list[ScreeningDoc]:
    """Find completed results of one temperature in a store, best first."""
    from trona.screening.errors import StoreError  # noqa: PLC0415
    from trona.stores.assess.screenings import rank_documents  # noqa: PLC0415
    from trona.stores.collections.filters import Filters  # noqa: PLC0415
    from trona.stores.thermochemistry.temperatures import temperature_of_name  # noqa: PLC0415
    from trona.workflows.cli.store_filters import open_results  # noqa: PLC0415

    completed = open_results(location).screenings(Filters(state="completed"))
    if not completed:
        raise StoreError("every candidate in the store failed: name formulas instead.")
    alike = [doc for doc in completed if temperature_of_name(doc.reference.name) == temperature]
    if not alike:
        raise StoreError(f"no candidate in the store was screened at {temperature:g} K.")
    found = rank_documents(alike)
    return [doc for _, doc in found]
