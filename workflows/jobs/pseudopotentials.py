"""Pseudopotentials required by a family of VASP settings, and where pymatgen looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymatgen.core import SETTINGS, Element
from pymatgen.io.vasp.inputs import PotcarSingle
from pymatgen.io.vasp.sets import MP24RelaxSet, MPRelaxSet

from trona.screening.errors import InputError

from .backends import Vasp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .backends import Backend

__all__ = ["wanted"]

_SETTINGS: dict[str, dict[str, Any]] = {"mp-gga": MPRelaxSet.CONFIG, "mp24": MP24RelaxSet.CONFIG}


def wanted(backend: Backend, elements: Sequence[str]) -> tuple[str, str, dict[str, str]]:
    """
    Tell which pseudopotentials a backend wants.

    Parameters
    ----------
    backend
        VASP.
    elements
        Symbols.

    Returns
    -------
    tuple
        Functional, name of the folder that pymatgen looks for, and element to pseudopotential.

    Raises
    ------
    InputError
        If a symbol is no element, or Materials Project has no pseudopotential for it.
    """
    if not isinstance(backend, Vasp):
        raise TypeError(backend.name)
    config = _SETTINGS[backend.family]
    functional = config["POTCAR_FUNCTIONAL"]
    for symbol in elements:
        if not Element.is_valid_symbol(symbol):
            raise InputError(f"{symbol!r} is not an element: write symbols like Na,P,S.")
        if symbol not in config["POTCAR"]:
            raise InputError(
                f"Materials Project's settings have no pseudopotential of {symbol}: leave it out."
            )
    folders = SETTINGS.get("PMG_VASP_PSP_SUB_DIRS") or {}
    folder = folders.get(functional, PotcarSingle.functional_dir[functional])
    return functional, folder, {symbol: config["POTCAR"][symbol] for symbol in elements}
