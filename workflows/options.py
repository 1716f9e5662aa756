"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AsCsv",
    "AsJson",
    "Correction",
    "Exclude",
    "KeepFiles",
    "Plot",
    "Pressure",
    "Reference",
    "StoreAt",
]

Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        help="Reference energies: 'bundled', 'mp' (fetched before), 'table:PATH.csv', "
        "'store:PATH'.",
        metavar="NAME",
    ),
]
Correction = Annotated[
    str | None,
    typer.Option(
        help="Corrections, joined by commas: as-published, mp2020, sulfide-legacy-to-mp2020, "
        "sulfide-by-charge-legacy, sulfide-by-charge-mp2020, hydroborate-as-hydride, "
        "hydroborate-uncorrected; by default the one that fits the reference.",
        metavar="NAMES",
    ),
]
Exclude = Annotated[
    str | None,
    typer.Option(help="Phases to leave out, as in NaCl3,NaCl7.", metavar="FORMULAS"),
]
StoreAt = Annotated[
    str | None, typer.Option("--store", help="Store: a file path or a mongodb:// URI.")
]
KeepFiles = Annotated[
    Path | None,
    typer.Option(
        "--keep-files",
        help="Keep the files of VASP in this folder, compressed; by default they are deleted.",
        metavar="FOLDER",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Pressure = Annotated[
    float,
    typer.Option(help="Enthalpies at this pressure instead of energies.", metavar="GPa"),
]
Plot = Annotated[
    Path | None,
    typer.Option(help="Draw a figure into this file (png, pdf, svg, html).", metavar="FILE"),
]
