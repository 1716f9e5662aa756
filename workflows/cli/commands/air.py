"""The commands ``trona air`` and ``trona dopants``, which store nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from trona.workflows.cli.completion import complete_formula
from trona.workflows.cli.energies import load_energies
from trona.workflows.cli.options import (
    AirMethod,
    AsCsv,
    AsJson,
    CarbonDioxide,
    Correction,
    Dopant,
    Exclude,
    Fraction,
    HostFormula,
    Humidity,
    Plot,
    Reference,
    Released,
    Site,
    Temperature,
    comma_list,
    no_files,
)
from trona.workflows.cli.terminal import console, print_csv, print_json, print_parts

__all__ = ["air", "dopants"]


def air(
    formulas: Annotated[
        list[str],
        typer.Argument(
            help="Compositions, such as Na3PS4 Na3SbS4.",
            autocompletion=complete_formula,
            callback=no_files,
        ),
    ],
    temperature: Temperature = "25C",
    humidity: Humidity = "30%",
    h2s: Released = "1ppm",
    co2: CarbonDioxide = None,
    method: AirMethod = "free-energies",
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    plot: Plot = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the reactions of compositions with moist air: H2O, O2 and CO2, alone and together."""
    from trona.screening.formulas import parse  # noqa: PLC0415
    from trona.stores.assess.air import air_documents  # noqa: PLC0415
    from trona.stores.energies.atmosphere import atmosphere, read_conditions  # noqa: PLC0415
    from trona.workflows.moist_answers import beside_published  # noqa: PLC0415
    from trona.workflows.tables import air as tables  # noqa: PLC0415

    asked = comma_list(humidity) or [humidity]
    conditions = [read_conditions(temperature, one, h2s, co2, method) for one in asked]
    energies = load_energies(reference, correction, exclude, *formulas)
    elements = {symbol for formula in formulas for symbol in parse(formula)}
    surroundings = atmosphere(energies, conditions[0], elements, strict=co2 is not None)
    docs = air_documents(formulas, surroundings, [one.water for one in conditions])
    docs = beside_published(docs)
    if plot is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("air", plot, formulas, surroundings)
    if as_json:
        print_json(docs)
    elif as_csv:
        print_csv(tables.air_rows(docs))
    elif len(docs) == 1:
        print_parts(*tables.one_in_air(docs[0], console().width))
    else:
        print_parts(*tables.ranked_in_air(docs, console().width))


def dopants(
    host: HostFormula,
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
    plot: Plot = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Compare dopants of an electrolyte: their effect in moist air and at sodium metal."""
    from trona.workflows.cli.dopants import compared  # noqa: PLC0415
    from trona.workflows.tables import air as tables  # noqa: PLC0415

    energies = (reference, correction, exclude)
    asked = (temperature, humidity, h2s, co2, method)
    found = compared(host, elements or [], fraction, site, asked, energies)
    if plot is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("dopants", plot, found)
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(tables.dopant_rows(found))
    else:
        print_parts(*tables.dopant_table(found, console().width))
