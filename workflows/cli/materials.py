"""Lists of materials on the command line: formulas, labels of screened candidates, and files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.errors import FormulaError, InputError
from trona.screening.formulas import parse

from .comparison import stored_named
from .options import LISTS, looks_like_file, no_files, require_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.stores.documents.results import ScreeningDoc

__all__ = ["name_electrodes", "name_materials", "written_names"]

_TABLES = (".csv", ".tsv")


def written_names(asked: Iterable[str]) -> list[str]:
    """
    Read the files among some names.

    Parameters
    ----------
    asked
        Names, and paths of text files with one name a line (``#`` begins a comment).

    Returns
    -------
    list of str
        Each once, in order.

    Raises
    ------
    InputError
        If a file is not there, is one of structures, cannot be read as text or holds no name.
    """
    found: list[str] = []
    for name in asked:
        path = Path(name)
        require_file(name)
        if looks_like_file(name) and path.suffix.lower() not in LISTS:
            no_files(name)
        if not path.is_file():
            found.append(name)
            continue
        if path.suffix.lower() in _TABLES:
            found += _column(path)
            continue
        lines = _text(path).splitlines()
        some = [line.partition("#")[0].strip() for line in lines]
        if not any(some):
            raise InputError(f"{path} contains no name: write one formula per line.")
        found += [one for one in some if one]
    return list(dict.fromkeys(found))


def name_materials(names: Iterable[str], store: str | None) -> dict[str, str]:
    """
    Find the formulas of materials.

    Parameters
    ----------
    names
        Formulas, or labels of screened candidates.
    store
        Where every name is looked up first; by default only what is no formula, in the store of
        the settings.

    Returns
    -------
    dict
        Name to formula.

    Raises
    ------
    InputError
        If a name is neither.
    """
    found: dict[str, str] = {}
    for name in names:
        known = stored_named(name, store)
        found[name] = known[0].formula if known else name
        parse(found[name])
    return found


def name_electrodes(names: Iterable[str], store: str | None = None) -> list[str]:
    """
    Find the formulas of screened candidates among electrodes and other materials.

    Parameters
    ----------
    names
        Electrodes as `read_electrode` takes them, formulas, or labels of screened candidates.
    store
        Where a label is looked up first, then in the store of the settings.

    Returns
    -------
    list of str
        Labels replaced by their formulas.

    Raises
    ------
    InputError
        If a name is nothing of this.
    """
    from trona.stores.assess.stack.electrode_states import read_electrode  # noqa: PLC0415

    found: list[str] = []
    for name in names:
        try:
            read_electrode(name)
        except FormulaError:
            if ".." in name or "@" in name:
                raise
            found.append(_labelled(name, store).formula)
        else:
            found.append(name)
    return found


def _labelled(name: str, store: str | None) -> ScreeningDoc:
    """Find a screened candidate in a store, else in that of the settings."""
    if store is not None:
        with suppress(InputError):  # which includes that there is no such store yet
            found = stored_named(name, store)
            if found:
                return found[0]
    return stored_named(name, None)[0]


def _column(path: Path) -> list[str]:
    """Read the column of formulas of a table."""
    from trona.workflows.candidates.sources import from_table  # noqa: PLC0415

    found = from_table(path)
    if not found.candidates:
        reasons = " ".join(found.left_out)
        raise InputError(f"{path} holds no composition. {reasons}".strip())
    return [candidate.formula for candidate in found.candidates]


def _text(path: Path) -> str:
    """Read a text file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a list of formulas: {error}.") from None
