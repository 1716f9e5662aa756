"""Lists of materials on the command line: formulas, labels of screened candidates, and files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from trona.screening.charges import require_sodium
from trona.screening.errors import FormulaError, InputError
from trona.screening.formulas import parse
from trona.stores.delimited import TABLES, none_usable, read_list

from .comparison import stored_named
from .options import LISTS, looks_like_file, no_files, require_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trona.stores.documents.results import ScreeningDoc

__all__ = ["name_electrodes", "name_materials", "require_electrolyte", "usable", "written_names"]

_Answer = TypeVar("_Answer")


def written_names(asked: Iterable[str]) -> dict[str, str]:
    """
    Read the files among some names.

    Parameters
    ----------
    asked
        Names, and paths of text files with one name a line (``#`` begins a comment).

    Returns
    -------
    dict
        Each name once, in order, to its line and file; to an empty text where it was typed.

    Raises
    ------
    InputError
        If a file is not there, is one of structures, cannot be read as text or holds no name.
    """
    found: dict[str, str] = {}
    for name in asked:
        path = Path(name)
        require_file(name)
        if looks_like_file(name) and path.suffix.lower() not in LISTS:
            no_files(name)
        if not path.is_file():
            found[name] = ""
        elif path.suffix.lower() in TABLES:
            for formula, place in _column(path):
                found.setdefault(formula, place)
        else:
            for line, one in read_list(path):
                found.setdefault(one, f"line {line} of {path}")
    return found


def name_materials(names: Mapping[str, str], store: str | None) -> dict[str, str]:
    """
    Find the formulas of materials.

    Parameters
    ----------
    names
        Formulas, or labels of screened candidates, to their places as `written_names` gives them.
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
        If a name that was typed is neither, or all are.
    """

    def formula_of(name: str) -> str:
        known = stored_named(name, store)
        formula = known[0].formula if known else name
        parse(formula)
        return formula

    return usable(names, formula_of)


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


def usable(names: Mapping[str, str], compute: Callable[[str], _Answer]) -> dict[str, _Answer]:
    """
    Compute something for each name, and say what of a file cannot be used.

    Parameters
    ----------
    names
        Name to its place in a file, as `written_names` gives them.
    compute
        What refuses a name that cannot be used.

    Returns
    -------
    dict
        Name to what was computed.

    Raises
    ------
    InputError
        If a name that was typed cannot be used, or none can.
    """
    found: dict[str, _Answer] = {}
    left_out: list[str] = []
    for name, place in names.items():
        try:
            found[name] = compute(name)
        except InputError as error:
            if not place:
                raise
            left_out.append(f"{place}: {error}")
    if left_out and not found:
        files = dict.fromkeys(place.partition(" of ")[2] for place in names.values())
        raise InputError(none_usable(", ".join(files), left_out))
    _tell_left_out(left_out)
    return found


def require_electrolyte(name: str) -> None:
    """
    Refuse what is no formula of a compound of sodium.

    Parameters
    ----------
    name
        As typed, or read from a file.

    Raises
    ------
    InputError
        If it is none; for the label of a screened candidate it says what shows that.
    """
    try:
        amounts = parse(name)
    except FormulaError:
        stored = _stored(name)
        if stored is None:
            raise
        raise InputError(
            f"{name!r} is a screened candidate, not a formula: 'trona show {name}' shows its "
            f"window, 'trona window {stored.formula}' that of its composition."
        ) from None
    require_sodium(amounts, name)


def _stored(name: str) -> ScreeningDoc | None:
    """Find what is no formula in the store of the settings."""
    with suppress(InputError):  # which includes that there is no store
        return stored_named(name, None)[0]
    return None


def _tell_left_out(reasons: Iterable[str]) -> None:
    """Name on standard error what is left out."""
    for reason in reasons:
        typer.echo(f"left out: {reason}", err=True)


def _column(path: Path) -> list[tuple[str, str]]:
    """Read the column of formulas of a table, with their places."""
    from trona.workflows.candidates.sources import from_table  # noqa: PLC0415

    found = from_table(path)
    if not found.candidates:
        raise InputError(none_usable(str(path), found.left_out))
    _tell_left_out(found.left_out)
    return [(candidate.formula, candidate.place) for candidate in found.candidates]
