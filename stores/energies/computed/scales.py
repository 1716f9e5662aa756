"""Energy scale of user entries: inferred from run types and corrections, or stated by the user."""

from __future__ import annotations

import warnings
from collections import Counter
from copy import copy
from typing import TYPE_CHECKING

from trona.screening.errors import EnergyScaleError
from trona.stores.materials_project.snapshots import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymatgen.core.entries import EnergyAdjustment, Entry

__all__ = ["FORMATION", "STATED", "UNCORRECTED", "entries_method", "stated_method"]

FORMATION = "formation"
"""Stated of formation energies, whose zero are the elements."""
UNCORRECTED = "VASP PBE"
"""Method of energies in PBE and PBE+U that hold no correction."""
STATED = {"mp": METHODS["GGA_GGA+U"], "mp-r2scan": METHODS["R2SCAN"]}
"""Methods by the short name by which a user may state them."""
_ONE = "the entry "
"""How the name of a candidate's own entry begins, of which only the entry can state the scale."""

_PBE, _R2SCAN = frozenset({"GGA", "GGA+U"}), frozenset({"R2SCAN"})
_MP2020, _MIXING = "MaterialsProject2020Compatibility", "MaterialsProjectDFTMixingScheme"


def stated_method(stated: str) -> str:
    """
    Read which method a user states.

    Parameters
    ----------
    stated
        A short name, or that of a method.

    Returns
    -------
    str
        Method of the energy scale.
    """
    return STATED.get(stated, stated)


def entries_method(entries: Sequence[Entry], stated: str | None, name: str) -> str:
    """
    Find by which method the energies of entries were computed, or refuse them.

    Parameters
    ----------
    entries
        Of pymatgen.
    stated
        What the user states; None for what the entries say themselves.
    name
        What to call them in messages.

    Returns
    -------
    str
        Method of the energy scale; `FORMATION` for formation energies.

    Raises
    ------
    EnergyScaleError
        If they cannot share a hull, say too little, or say something else than the user.
    """
    _refuse_mixtures(entries, name)
    told = _told(entries, name)
    if stated is None:
        if told is None:
            raise EnergyScaleError(_unknown(entries, name))
        return told
    method = stated_method(stated)
    if told is not None and method != told:
        raise EnergyScaleError(
            f"{name} say themselves that they are energies of {told}, and {stated!r} was stated: "
            "leave the statement out."
        )
    return method


def _run_type(entry: Entry) -> str | None:
    """Read the functional of an entry."""
    found = (getattr(entry, "parameters", None) or {}).get("run_type")
    text = str(found).upper() if found else None
    return {"PBE": "GGA", "PBE+U": "GGA+U", "SCAN": "SCAN"}.get(text or "", text)


def _schemes(entry: Entry) -> set[str]:
    """List the classes of pymatgen that corrected an entry; empty text where that is unknown."""
    return {_source(one) for one in getattr(entry, "energy_adjustments", ()) if one.value}


def _source(adjustment: EnergyAdjustment) -> str:
    """Name the class that made an adjustment; what is read from a file may hold it as an object."""
    found = adjustment.cls
    named = found.get("@class") if isinstance(found, dict) else type(found).__name__
    if named:
        return str(named)
    return _MP2020 if adjustment.name.startswith("MP2020") else ""


def _refuse_mixtures(entries: Sequence[Entry], name: str) -> None:
    """Refuse energies of several functionals in one list."""
    if any(_MIXING in _schemes(entry) for entry in entries):
        raise EnergyScaleError(
            f"{name} hold the Materials Project's mixture of GGA(+U) and r2SCAN, whose corrections "
            "refer to the hull of one chemical system: ask the API for thermo_types=['GGA_GGA+U']."
        )
    counts = Counter(kind for entry in entries if (kind := _run_type(entry)) is not None)
    if len(counts) > 1 and not counts.keys() <= _PBE:
        listed = ", ".join(f"{count} with {kind}" for kind, count in sorted(counts.items()))
        raise EnergyScaleError(
            f"{name} hold energies of several functionals, which cannot share a hull ({listed}): "
            "give those of one."
        )


def _told(entries: Sequence[Entry], name: str) -> str | None:
    """Tell the method by run types and corrections; None where they say too little."""
    kinds = {_run_type(entry) for entry in entries}
    schemes = set().union(*(_schemes(entry) for entry in entries))
    if kinds == _R2SCAN and not schemes:
        return STATED["mp-r2scan"]
    if None in kinds or not kinds <= _PBE or not schemes <= {_MP2020}:
        return None
    if not schemes:
        return UNCORRECTED
    _require_all_corrected(entries, name)
    return STATED["mp"]


def _require_all_corrected(entries: Sequence[Entry], name: str) -> None:
    """Refuse a list of which some entries lack the corrections that the others hold."""
    from pymatgen.entries.compatibility import (  # noqa: PLC0415 (slow to import)
        CompatibilityError,
        MaterialsProject2020Compatibility,
    )

    scheme = MaterialsProject2020Compatibility(check_potcar=False)
    for entry in entries:
        if _schemes(entry) or len(entry.composition.elements) == 1:
            continue
        tried = copy(entry)
        tried.data = dict(getattr(entry, "data", {}))  # type: ignore[attr-defined] # pymatgen writes into it
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                lacking = scheme.get_adjustments(tried)  # type: ignore[arg-type]
        except CompatibilityError:
            continue
        if any(one.value for one in lacking):
            raise EnergyScaleError(
                f"{name} are corrected by MP2020 in part: {entry.composition.reduced_formula} "
                f"({getattr(entry, 'entry_id', None)}) is not: process all of them with pymatgen's "
                f"{_MP2020}."
            )


def _unknown(entries: Sequence[Entry], name: str) -> str:
    """Say that the scale is unknown, why, and how it is stated."""
    without = [entry for entry in entries if _run_type(entry) is None]
    strange = {
        one.name
        for entry in entries
        for one in getattr(entry, "energy_adjustments", ())
        if _source(one) != _MP2020
    }
    kinds = sorted({str(_run_type(entry)) for entry in entries} - _PBE)
    why = f"their run type is {', '.join(kinds)}"
    if without:
        first = without[0].composition.reduced_formula
        why = f"{len(without)} of {len(entries)}, such as {first}, name no run type"
    elif strange:
        why = f"they hold the corrections {', '.join(sorted(strange))}"
    if name.startswith(_ONE):
        return (
            f"the energy scale of {name} is unknown ({why}): state its functional, as "
            "entry.parameters['run_type'] = 'GGA' ('GGA+U', 'R2SCAN'), or give a composition."
        )
    way = "entries:FILE.json#mp" if name.startswith("entries:") else "Study(entries, scale='mp')"
    return (
        f"the energy scale of {name} is unknown ({why}): state it as {way} (PBE(+U) corrected by "
        f"MP2020), or with 'mp-r2scan', {FORMATION!r} (formation energies) or the name of the "
        "method instead of 'mp'."
    )
