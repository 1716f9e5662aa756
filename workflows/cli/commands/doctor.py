"""The command ``trona doctor``: what this machine lacks for a screening, with remedies.

It checks programs, pseudopotentials, store and API keys, without running, writing or sending
anything and without printing a key.
"""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from trona.workflows.cli.options import AsCsv, AsJson, RelaxedBy, StoreAt, comma_list
from trona.workflows.cli.terminal import print_csv, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trona.workflows.jobs.backends import Backend

__all__ = ["SetupCheck", "doctor", "examine"]

_KEY_LENGTH = 32
_NAMES_BY_VASP = {
    "PBE": "potpaw_PBE",
    "PBE_52": "potpaw_PBE.52",
    "PBE_54": "potpaw_PBE.54",
    "PBE_64": "potpaw_PBE.64",
}
"""Functional to the folder's name as VASP distributes it, which pymatgen does not look for."""


@dataclass(frozen=True)
class SetupCheck:
    """
    One check of the setup.

    Parameters
    ----------
    subject
        What.
    found
        In a few words.
    remedy
        What to do; empty where all is well.
    needed
        False for what only some commands need.
    """

    subject: str
    found: str
    remedy: str = ""
    needed: bool = True


def examine(backend: Backend, elements: list[str], location: str) -> Iterator[SetupCheck]:
    """
    Check everything that a backend needs.

    Parameters
    ----------
    backend
        Source of relaxations.
    elements
        Symbols for which there must be pseudopotentials.
    location
        Of the store.

    Yields
    ------
    Finding
        With its remedy where something is missing.
    """
    from trona.workflows.jobs.backends import Vasp  # noqa: PLC0415

    yield from _packages(backend)
    yield _store(location)
    if isinstance(backend, Vasp) and find_spec(backend.package):
        yield from _commands(backend)
        if backend.is_mock:
            yield SetupCheck("pseudopotentials", "none needed: the mock reads POTCAR.spec")
        else:
            yield from _pseudopotentials(backend, elements)
    yield _key()


def _packages(backend: Backend) -> Iterator[SetupCheck]:
    """Tell versions, and the package that is missing."""
    from trona.stores.provenance import versions  # noqa: PLC0415

    python = ".".join(map(str, sys.version_info[:3]))
    yield SetupCheck("Python", python)
    for name, number in versions().items():
        yield SetupCheck(name, number)
    if find_spec(backend.package) is None:
        remedy = f"pip install 'trona[{backend.extra}]'"
        yield SetupCheck(backend.package, "not installed", remedy)


def _store(location: str) -> SetupCheck:
    """Try to open the store and to read from it."""
    from trona.stores.database.connect import exists, open_store, redacted  # noqa: PLC0415

    shown = redacted(location)
    if not exists(location):
        return SetupCheck("store", f"{shown}: not there yet, made by the first screening")
    try:
        count = open_store(location, "screenings").count()
    except Exception as error:  # noqa: BLE001 (whatever a server or a file answers)
        reason = " ".join(str(error).split())[:120]
        return SetupCheck(
            "store", f"{shown}: {reason}", "check --store or TRONA_STORE, and the server"
        )
    return SetupCheck("store", f"{shown}: {count} results")


def _commands(backend: Backend) -> Iterator[SetupCheck]:
    """Find the programs that atomate2 would start."""
    if backend.is_mock:
        from trona.workflows.jobs.vasp import mock_command  # noqa: PLC0415

        yield SetupCheck("VASP command", f"{mock_command()} (mock)")
        return
    from atomate2 import SETTINGS  # noqa: PLC0415

    for name in ("VASP_CMD", "VASP_GAMMA_CMD"):
        command = os.path.expandvars(getattr(SETTINGS, name))
        words = [word for word in shlex.split(command) if word and not word.startswith("-")]
        programs = [word for word in (words[:1] + words[-1:]) if not word.isdigit()]
        absent = [program for program in programs if which(program) is None]
        if absent or not programs:
            yield SetupCheck(
                name,
                f"{command}: no program {absent[0] if absent else command!r} here",
                f"export ATOMATE2_{name}='srun vasp_std', or set {name} in ~/.atomate2.yaml",
            )
        else:
            yield SetupCheck(name, f"{command}{' (mock)' if 'mock' in command else ''}")


def _pseudopotentials(backend: Backend, elements: list[str]) -> Iterator[SetupCheck]:
    """Find the pseudopotential of each element, as pymatgen would."""
    from pymatgen.core import SETTINGS  # noqa: PLC0415

    from trona.workflows.jobs.pseudopotentials import wanted  # noqa: PLC0415

    root = SETTINGS.get("PMG_VASP_PSP_DIR")
    functional, folder, symbols = wanted(backend, elements)
    if not root or not Path(root).expanduser().is_dir():
        yield SetupCheck(
            "pseudopotentials",
            f"PMG_VASP_PSP_DIR is {root or 'not set'}",
            "pmg config --add PMG_VASP_PSP_DIR /folder/that/holds/" + folder,
        )
        return
    library = Path(root).expanduser() / folder
    if not library.is_dir():
        yield SetupCheck(
            f"POTCAR {functional}", f"no folder {library}", _renaming(library, functional)
        )
        return
    for element, symbol in symbols.items():
        subject = f"POTCAR {symbol}"
        files = (f"{symbol}/POTCAR", f"POTCAR.{symbol}")
        there = [
            n for n in files if any((library / f"{n}{z}").is_file() for z in ("", ".gz", ".Z"))
        ]
        if there:
            yield SetupCheck(subject, f"{functional}: {library / there[0]}")
        else:
            remedy = f"unpack {symbol} of {_NAMES_BY_VASP[functional]} for {element} into {library}"
            yield SetupCheck(subject, f"not in {library}", remedy)


def _renaming(library: Path, functional: str) -> str:
    """Tell how VASP's own folder becomes the one that pymatgen looks for."""
    by_vasp = library.parent / _NAMES_BY_VASP[functional]
    if by_vasp.is_dir():
        return f"ln -s {by_vasp.name} {library}"
    return f"unpack VASP's {by_vasp.name} there under that name: pmg config -p {by_vasp.name} ..."


def _key() -> SetupCheck:
    """Tell whether there is a key of Materials Project, and whether it looks like one."""
    from trona.stores.materials_project.client import find_key  # noqa: PLC0415

    key, remedy = find_key(), "get one at https://materialsproject.org/api and export MP_API_KEY"
    if key is None:
        return SetupCheck("Materials Project key", "not set", remedy, needed=False)
    length = len(key.get_secret_value().strip())
    if length != _KEY_LENGTH:
        return SetupCheck("Materials Project key", f"it has {length} characters, a key has 32",
                       remedy, needed=False)  # fmt: skip
    if find_spec("mp_api") is None:
        remedy = "pip install 'trona[mp]'"
        return SetupCheck(
            "Materials Project key", "set, but mp-api is missing", remedy, needed=False
        )
    return SetupCheck("Materials Project key", "set")


def doctor(
    elements: Annotated[
        str, typer.Option(help="Elements that need pseudopotentials, such as Na,P,S.")
    ] = "Na,P,S",
    backend: RelaxedBy = "vasp",
    store: StoreAt = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Report what this machine lacks for a backend, and how to fix it."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415

    symbols = comma_list(elements)
    findings = list(examine(find_backend(backend), symbols, store or Settings().store))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    elif as_csv:
        print_csv([asdict(finding) for finding in findings])
    else:
        _print(findings)
    missing = [finding.subject for finding in findings if finding.remedy and finding.needed]
    if missing:
        raise InputError(
            f"the backend {backend!r} cannot run here: {', '.join(missing)} missing; "
            "see the remedies above."
        )


def _print(findings: Sequence[SetupCheck]) -> None:
    """Print a line for each finding, with its remedy below; lines are not broken, to be copied."""
    for finding in findings:
        mark = "ok " if not finding.remedy else "-- " if not finding.needed else "no "
        typer.echo(f"{mark} {finding.subject}: {finding.found}")
        if finding.remedy:
            typer.echo(f"      {finding.remedy}")
