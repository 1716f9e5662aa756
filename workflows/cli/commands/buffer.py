"""The commands ``trona buffer`` and ``trona cell``: buffer layers, and the contacts of a cell."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import TYPE_CHECKING, Annotated

import typer

from trona.workflows.cli.energies import load_energies
from trona.workflows.cli.options import (
    PAGE,
    AsCsv,
    AsJson,
    Correction,
    Exclude,
    KeptIn,
    Pressure,
    Reference,
    Temperature,
    no_files,
    written_to,
)
from trona.workflows.cli.terminal import console, print_csv, print_json, print_parts

if TYPE_CHECKING:
    from trona.screening.stability.buffers import Gates

__all__ = ["buffer", "cell"]

Among = Annotated[
    str,
    typer.Option(
        help="Layers to try: 'reference' for all its compounds, 'store' (or store:PATH) for what "
        "was screened, with its own energies, a file with one formula a line, or the compounds of "
        "another source, such as table:FILE or mp.",
        metavar="FILE|store|reference",
    ),
]
Tolerated = Annotated[
    float,
    typer.Option(help="Reactions that release no more than this are tolerated.", metavar="eV/atom"),
]
Veto = Annotated[
    float, typer.Option(help="A layer that releases more than this is vetoed.", metavar="eV/atom")
]


def buffer(
    electrolyte: Annotated[
        str, typer.Argument(help="Electrolyte, such as Na3SbS4.", callback=no_files)
    ],
    electrode: Annotated[
        str,
        typer.Argument(
            help="Electrode, such as Na15Sn4; NaCrO2..Na0.5CrO2 with its charged state.",
            callback=no_files,
        ),
    ],
    voltage: Annotated[
        str | None,
        typer.Option(
            help="Range of its potential; by default the measured operating range.",
            metavar="V..V",
        ),
    ] = None,
    among: Among = "reference",
    tolerated: Tolerated = 0.025,
    veto: Veto = 0.1,
    top: Annotated[int, typer.Option(min=1, help="Number of layers to show.")] = 20,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    store: KeptIn = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Rank layers between an electrolyte and an electrode, with reasons."""
    from trona.stores.assess.stack.buffers import buffer_document, kept_layers  # noqa: PLC0415
    from trona.stores.assess.stack.electrode_states import formulas_of  # noqa: PLC0415
    from trona.workflows.cli.layers import read_among  # noqa: PLC0415

    _require_electrolyte(electrolyte)
    gates, limits = _gates(tolerated, veto), _range(voltage)
    chosen = read_among(among)
    asked = [electrolyte, *formulas_of(electrode), *chosen.asked]
    energies, formulas, said = chosen.beside(
        load_energies(
            reference, correction, exclude, *asked, pressure=pressure, temperature=temperature
        )
    )
    document = buffer_document(
        electrolyte, electrode, energies, limits, formulas, gates, source=chosen.source
    )
    document.caveats += said
    if store is not None:
        from trona.stores.collections.results import Results  # noqa: PLC0415

        Results(store).save([kept_layers(document)])
    if as_json:
        print_json(document)
        return
    from trona.workflows.tables import buffers as tables  # noqa: PLC0415

    if as_csv:
        print_csv(tables.layer_rows(document), tables.LAYER)
        return
    print_parts(*tables.buffers(document, top, console().width))


def cell(
    anode: Annotated[
        str, typer.Option("--anode", help="Such as Na15Sn4 or Na.", callback=no_files)
    ],
    electrolyte: Annotated[
        str, typer.Option("--electrolyte", help="Such as Na3SbS4.", callback=no_files)
    ],
    cathode: Annotated[
        str,
        typer.Option("--cathode", help="Such as NaCrO2, or NaCrO2..Na0.5CrO2.", callback=no_files),
    ],
    layer: Annotated[
        str | None,
        typer.Option("--buffer", help="A layer to assess at both contacts.", metavar="FORMULA"),
    ] = None,
    among: Among = "reference",
    tolerated: Tolerated = 0.025,
    veto: Veto = 0.1,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    store: KeptIn = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "--report",
            help="Draw the stack into this page (HTML).",
            metavar="FILE",
            callback=written_to(*PAGE),
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the reactions at the contacts of a cell, the worst one, and the best layers for each."""
    from trona.stores.assess.stack.cells import cell_document  # noqa: PLC0415
    from trona.stores.assess.stack.electrode_states import formulas_of  # noqa: PLC0415
    from trona.workflows.cli.layers import read_among  # noqa: PLC0415

    _require_electrolyte(electrolyte)
    gates, chosen = _gates(tolerated, veto), read_among(among)
    given = [] if layer is None else [layer]
    asked = [electrolyte, *formulas_of(anode), *formulas_of(cathode), *given, *chosen.asked]
    energies, formulas, said = chosen.beside(
        load_energies(
            reference, correction, exclude, *asked, pressure=pressure, temperature=temperature
        )
    )
    document = cell_document(anode, electrolyte, cathode, energies, layer, formulas, gates)
    document.caveats += said
    if store is not None:
        from trona.stores.collections.results import Results  # noqa: PLC0415

        Results(store).save([document])
    if page is not None:
        from trona.workflows.report.page import write_page  # noqa: PLC0415
        from trona.workflows.report.stack import render_cell  # noqa: PLC0415

        write_page(render_cell(document), page)
        typer.echo(f"report: {page}", err=True)
    if as_json:
        print_json(document)
        return
    from trona.workflows.tables import buffers as tables  # noqa: PLC0415

    if as_csv:
        print_csv(tables.cell_rows(document), tables.CELL)
        return
    print_parts(*tables.cell(document, console().width))


def _require_electrolyte(formula: str) -> None:
    """Refuse an electrolyte without sodium, and sodium itself."""
    from trona.screening.charges import require_sodium  # noqa: PLC0415
    from trona.screening.formulas import parse  # noqa: PLC0415

    require_sodium(parse(formula), formula)


def _gates(tolerated: float, veto: float) -> Gates:
    """Read the energies that decide."""
    from trona.screening.stability.buffers import Gates  # noqa: PLC0415

    return Gates(tolerated, veto)


def _range(text: str | None) -> tuple[float, float] | None:
    """Read a range of potential."""
    from trona.screening.errors import VoltageError  # noqa: PLC0415

    if text is None:
        return None
    parts = text.split("..")
    try:
        volts = [float(part) for part in parts]
    except ValueError:
        volts = []
    if len(volts) not in {1, 2}:
        raise VoltageError(f"no range of potential {text!r}: write it like 2.5..3.6, or 3.")
    return volts[0], volts[-1]
