"""The command ``trona matrix``: electrolytes against electrodes, or every pair of a list."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import Annotated

import typer

from trona.workflows.cli.completion import complete_material
from trona.workflows.cli.energies import load_energies
from trona.workflows.cli.groups import Command
from trona.workflows.cli.options import (
    FIGURE,
    AsCsv,
    AsJson,
    Correction,
    Exclude,
    Pressure,
    Reference,
    StoreAt,
    Temperature,
    written_to,
)
from trona.workflows.cli.terminal import console, print_csv, print_json, print_parts

__all__ = ["MatrixCommand", "matrix"]


class MatrixCommand(Command):
    """A command whose ``--against`` takes all names that follow it."""

    def parse_args(
        self,
        ctx: typer.Context,  # type: ignore[override]  # typer keeps the class of its context
        args: list[str],
    ) -> list[str]:
        """Repeat the option for each of its names; a list joined by commas is complete."""
        given: list[str] = []
        taking = False
        for one in args:
            if taking and not one.startswith("-") and given[-1] != _AGAINST:
                given.append(_AGAINST)
            taking = one == _AGAINST or (taking and not one.startswith("-") and "," not in one)
            given.append(one)
        return super().parse_args(ctx, given)


_AGAINST = "--against"


def matrix(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Formulas, labels of screened candidates, and files with one of them a line "
            "(or tables, CSV).",
            autocompletion=complete_material,
        ),
    ],
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Electrodes and other materials, one after another or joined by commas: "
            "formulas, names as NVP, NaCrO2@3.1 for a potential, NaCrO2..Na0.5CrO2 for two states, "
            "or a file; by default every material with every other.",
            metavar="NAMES",
        ),
    ] = None,
    at_electrode: Annotated[
        bool,
        typer.Option(
            "--at-electrode", help="Open to sodium at the potential of each electrode, not closed."
        ),
    ] = False,
    charged: Annotated[
        bool,
        typer.Option(
            "--charged", help="Also electrodes in their charged state, where it is known."
        ),
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--to",
            help="Draw a heat map (png, pdf, svg, html).",
            metavar="FILE",
            callback=written_to(*FIGURE),
        ),
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    store: StoreAt = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the strongest reactions of many materials with each other or with electrodes."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.assess.stack.electrode_states import formulas_of  # noqa: PLC0415
    from trona.stores.assess.stack.matrices import (  # noqa: PLC0415
        compute_matrix,
        electrode_columns,
        matrix_document,
    )
    from trona.workflows.cli.materials import (  # noqa: PLC0415
        name_electrodes,
        name_materials,
        usable,
        written_names,
    )
    from trona.workflows.cli.options import comma_list  # noqa: PLC0415

    if against is None and (at_electrode or charged):
        raise InputError("--at-electrode and --charged need electrodes: name them with --against.")
    rows = name_materials(written_names(names), store)
    listed = written_names(part for text in against or [] for part in comma_list(text))
    if against is not None and not listed:
        raise InputError("--against names nothing: give electrodes, such as Na,NaCrO2.")
    asked = list(usable(listed, lambda name: name_electrodes([name], store)[0]).values())
    needed = [formula for one in asked for formula in formulas_of(one)]
    energies = load_energies(
        reference,
        correction,
        exclude,
        *rows.values(),
        *needed,
        pressure=pressure,
        temperature=temperature,
    )
    columns = None
    if against is not None:
        columns = electrode_columns(asked, energies, at_electrode=at_electrode, charged=charged)
    found, left_out = compute_matrix(rows, columns, energies)
    if to is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("matrix", to, found)
    document = matrix_document(found, energies, left_out)
    if as_json:
        print_json(document)
        return
    if as_csv:
        from trona.workflows.tables.csv_rows import matrix_rows  # noqa: PLC0415

        print_csv(matrix_rows(document))
        for line in (*document.left_out, *document.caveats):
            typer.echo(line, err=True)
        return
    from trona.workflows.tables import contacts  # noqa: PLC0415

    print_parts(*contacts.matrix(document, console().width))
