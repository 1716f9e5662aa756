"""Options shared by several commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from trona.workflows.cli.completion import (
    complete_backend,
    complete_correction,
    complete_formula,
    complete_material,
    complete_reference,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "FIGURE",
    "LISTS",
    "PAGE",
    "AirMethod",
    "AsCsv",
    "AsJson",
    "AtElectrode",
    "AtReservoir",
    "CarbonDioxide",
    "Correction",
    "Device",
    "Dopant",
    "Exclude",
    "FirstMaterial",
    "Fraction",
    "HostFormula",
    "Humidity",
    "KeepFiles",
    "KeptIn",
    "Plot",
    "Pressure",
    "Reference",
    "RelaxedBy",
    "Released",
    "SecondMaterial",
    "Site",
    "StoreAt",
    "StoreInto",
    "Temperature",
    "ToScreen",
    "Unbalanced",
    "Workers",
    "comma_list",
    "looks_like_file",
    "no_files",
    "require_file",
    "written_to",
]


def _one_form(context: typer.Context, wanted: bool) -> bool:
    """Refuse to print in two forms at once."""
    if wanted and (context.params.get("as_json") or context.params.get("as_csv")):
        raise typer.BadParameter("give --json or --csv, not both.")
    return wanted


def _usable(context: typer.Context, location: str | None) -> str | None:
    """Refuse a store that cannot be written before anything is computed for it."""
    if location is not None and not context.resilient_parsing:
        from trona.stores.database.connect import require_writable  # noqa: PLC0415

        require_writable(location)
    return location


def _usable_or_default(context: typer.Context, location: str | None) -> str | None:
    """Refuse the same of the store of the settings where none is named."""
    from trona.stores.settings import Settings  # noqa: PLC0415

    _usable(context, Settings().store if location is None else location)
    return location


def no_files(names: _Typed) -> _Typed:
    """
    Refuse names of files where formulas are wanted.

    Parameters
    ----------
    names
        One or several, as typed.

    Returns
    -------
    str, list of str or None
        The same.

    Raises
    ------
    InputError
        If one is the name of a file, whether there is such a file or not.
    """
    for name in [names] if isinstance(names, str) else names or []:
        require_file(name)
        if looks_like_file(name):
            from trona.screening.errors import InputError  # noqa: PLC0415

            raise InputError(
                f"{name!r} is a file, and a formula is needed, such as Na3PS4; 'trona screen' "
                "takes files of structures."
            )
    return names


def looks_like_file(name: str) -> bool:
    """
    Tell a file of structures, entries or names from a formula.

    Parameters
    ----------
    name
        As typed.

    Returns
    -------
    bool
        By its ending, or because VASP calls its files so.
    """
    path = Path(name)
    return path.suffix.lower() in _STRUCTURES | LISTS or path.name in _OF_VASP


def require_file(name: str) -> None:
    """
    Refuse the name of a file that does not exist.

    Parameters
    ----------
    name
        A formula, a label or a file.

    Raises
    ------
    InputError
        If it can only be a file, and there is none.
    """
    if looks_like_file(name) and not Path(name).exists():
        from trona.screening.errors import InputError  # noqa: PLC0415

        raise InputError(f"there is no file {name!r}: name one, or formulas themselves.")


def written_to(*endings: str) -> Callable[[Path | None], Path | None]:
    """
    Refuse a file that cannot be written before anything is computed for it.

    Parameters
    ----------
    *endings
        That its name may have; the command's help names them.

    Returns
    -------
    callable
        Callback of an option.
    """

    def checked(path: Path | None) -> Path | None:
        if path is None:
            return None
        from trona.screening.errors import InputError  # noqa: PLC0415

        if path.suffix.lower() not in endings:
            shown = ", ".join(endings)
            raise InputError(f"cannot write {str(path)!r}: a name that ends in {shown} is needed.")
        if path.is_dir():
            raise InputError(f"cannot write {str(path)!r}: it is a folder; name a file.")
        if not path.parent.is_dir():
            raise InputError(
                f"cannot write {str(path)!r}: there is no folder {str(path.parent)!r}; make it, "
                "or name another."
            )
        return path

    return checked


_STRUCTURES = frozenset({".cif", ".json", ".gz", ".vasp", ".poscar", ".xyz", ".extxyz"})
"""Endings of files that hold structures or entries."""
_Typed = TypeVar("_Typed", str, list[str], str | None, list[str] | None)
LISTS = frozenset({".txt", ".csv", ".tsv"})
"""Endings of files that hold formulas."""
_OF_VASP = frozenset({"POSCAR", "CONTCAR"})
PAGE = (".html", ".htm")
"""Endings of pages."""
FIGURE = (".png", ".pdf", ".svg", *PAGE, ".eps", ".jpg", ".jpeg", ".tif", ".tiff")
"""Endings of figures."""

Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        help="Reference energies: 'bundled', 'mp' (once fetched), 'table:FILE.csv', 'store:PATH', "
        "'entries:FILE.json' (entries of pymatgen).",
        metavar="NAME",
        autocompletion=complete_reference,
    ),
]
Correction = Annotated[
    str | None,
    typer.Option(
        help="Corrections, joined by commas: as-published, mp2020, mp2019, "
        "sulfide-legacy-to-mp2020, sulfide-by-charge-legacy, sulfide-by-charge-mp2020, calibrated, "
        "hydroborate-as-hydride, hydroborate-uncorrected, water-as-measured, "
        "molecules-as-measured; by default those that fit the reference.",
        metavar="NAMES",
        autocompletion=complete_correction,
    ),
]
Exclude = Annotated[
    str | None,
    typer.Option(help="Phases to leave out, such as NaCl3,NaCl7.", metavar="FORMULAS"),
]
KeptIn = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Keep the result in this store: a path or a mongodb:// URI.",
        callback=_usable,
    ),
]
_STORE = "Store: a file path or a mongodb:// URI."
StoreAt = Annotated[str | None, typer.Option("--store", help=_STORE)]
StoreInto = Annotated[str | None, typer.Option("--store", help=_STORE, callback=_usable_or_default)]
KeepFiles = Annotated[
    Path | None,
    typer.Option(
        "--keep-files",
        help="Keep the VASP files in this folder, compressed; by default they are deleted.",
        metavar="FOLDER",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.", callback=_one_form)]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the table as CSV.", callback=_one_form)]
RelaxedBy = Annotated[
    str, typer.Option(help="Backend for relaxations.", autocompletion=complete_backend)
]


def _compute_on(context: typer.Context, name: str | None) -> str | None:
    """Let potentials compute on a device as long as the command runs."""
    if name is not None:
        from trona.workflows.potentials.device import choose_device  # noqa: PLC0415

        context.call_on_close(choose_device(name))
    return name


Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        help="Where potentials compute: cpu, or cuda for a graphics card; by default as "
        "TRONA_DEVICE says, else cpu.",
        metavar="NAME",
        callback=_compute_on,
    ),
]
Workers = Annotated[int, typer.Option(min=1, help="Number of relaxation processes.")]
Unbalanced = Annotated[
    bool, typer.Option("--unbalanced", help="Accept formulas whose charges do not balance.")
]
FirstMaterial = Annotated[
    str,
    typer.Argument(
        help="Electrolyte, such as Na3PS4.", autocompletion=complete_material, callback=no_files
    ),
]
SecondMaterial = Annotated[
    str,
    typer.Argument(
        help="Electrode, coating or electrolyte, such as NaCrO2.",
        autocompletion=complete_material,
        callback=no_files,
    ),
]
AtReservoir = Annotated[
    float | None,
    typer.Option(help="Open to a sodium reservoir at this voltage.", metavar="V"),
]
AtElectrode = Annotated[
    str | None,
    typer.Option(
        "--electrode",
        help="Also the reactions at the measured potentials of this electrode; "
        "NaCrO2@computed or NaCrO2@3.1 for another potential.",
        metavar="NAME",
    ),
]
Pressure = Annotated[
    float,
    typer.Option(help="Use enthalpies at this pressure instead of energies.", metavar="GPa"),
]
Temperature = Annotated[
    str,
    typer.Option(
        help="Use free energies at this temperature, such as 298.15 or 25C.",
        metavar="K",
    ),
]
Humidity = Annotated[
    str,
    typer.Option(
        help="Relative humidity (30%), dew point (-40C) or amount of water (1000ppm); for `air` "
        "also several, joined by commas.",
        metavar="HUMIDITY",
    ),
]
Released = Annotated[
    str,
    typer.Option("--h2s", help="Pressure of H2S and every other evolved gas.", metavar="PRESSURE"),
]
CarbonDioxide = Annotated[
    str | None,
    typer.Option("--co2", help="Pressure of CO2; 420ppm by default.", metavar="PRESSURE"),
]
AirMethod = Annotated[
    str,
    typer.Option(
        help="free-energies; or zhu-mo: enthalpies of solids, entropy of gases only.",
        metavar="NAME",
    ),
]
HostFormula = Annotated[
    str,
    typer.Argument(
        help="Electrolyte to dope, such as Na3PS4.",
        autocompletion=complete_formula,
        callback=no_files,
    ),
]
Dopant = Annotated[
    list[str] | None,
    typer.Argument(help="Elements, such as Si Sn W; thirty common ones by default."),
]
Fraction = Annotated[
    float, typer.Option(help="Fraction of the site that is replaced.", metavar="FRACTION")
]
Site = Annotated[
    str | None,
    typer.Option(
        help="Element that is replaced; by default the anion, sodium or the central atom, "
        "depending on the dopant.",
        metavar="ELEMENT",
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        help="Draw a figure into this file (png, pdf, svg, html).",
        metavar="FILE",
        callback=written_to(*FIGURE),
    ),
]
ToScreen = Annotated[
    list[str] | None,
    typer.Argument(
        help="Structure files, folders of them, tables (CSV), materials such as mp-28782, or "
        "formulas; the bundled electrolytes by default."
    ),
]


def comma_list(text: str | None) -> list[str]:
    """
    Parse a comma-separated list.

    Parameters
    ----------
    text
        Joined by commas; None where it is not given.

    Returns
    -------
    list of str
        Without what is empty.
    """
    return [part.strip() for part in (text or "").split(",") if part.strip()]
