"""Faults that mock VASP shows on request.

They are requested in the environment variable TRONA_MOCK_VASP_FAULTS or in a file MOCK_VASP_FAULTS
in the folder of the run: one or more, separated by commas or lines, each written
``NAME[:always][:static|relax][:FORMULA]``. Without ``always`` only the first attempt in a folder
has the fault; with a step or a formula only such runs have it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .inputs import Crystal

__all__ = [
    "BEHAVIOURS",
    "FAULTS_FILE",
    "FAULTS_VARIABLE",
    "MESSAGES",
    "Fault",
    "asked_for",
    "read_faults",
]

FAULTS_VARIABLE = "TRONA_MOCK_VASP_FAULTS"
FAULTS_FILE = "MOCK_VASP_FAULTS"

BEHAVIOURS = {
    "electronic": "no electronic convergence within NELM",
    "ionic": "no ionic convergence within NSW",
    "crash": "ends with a segmentation fault in mid-run",
    "walltime": "is killed in mid-run",
    "hang": "writes nothing more and never ends",
    "truncated": "vasprun.xml breaks off, all else is well",
    "no_vasprun": "writes no vasprun.xml",
    "nan": "energies are NaN",
    "wrong_potcar": "works with the pseudopotential of another element",
    "disk_full": "a write fails in mid-run",
    "expansion": "the cell grows to twice its volume",
}
"""Name of a fault to what it looks like."""

MESSAGES = {
    "zbrent": "ZBRENT: fatal error in bracketing",
    "too_few_bands": "WARNING: TOO FEW BANDS!!",
    "brmix": "BRMIX: very serious problems the old and the new charge density differ",
    "edddav": "Error EDDDAV: Call to ZHEGV failed. Returncode =  12 1  8",
    "eddrmm": "WARNING in EDDRMM: call to ZHEGV failed, returncode =   6  3      9",
    "zpotrf": "LAPACK: Routine ZPOTRF failed!",
    "subspacematrix": "WARNING: Sub-Space-Matrix is not hermitian in DAV",
    "posmap": "POSMAP internal error: symmetry equivalent atom not found",
    "tet": "Tetrahedron method fails (number of k-points < 4)",
    "read_error": "Error reading item 'IMIX' from file INCAR.",
}
"""Name of a fault to VASP's words on standard output, after which the run stops."""


@dataclass(frozen=True)
class Fault:
    """
    A fault that is asked for.

    Parameters
    ----------
    name
        Key of `BEHAVIOURS` or `MESSAGES`.
    always
        At every attempt, instead of the first in a folder.
    step
        ``"relax"`` or ``"static"``; any if None.
    formula
        Atoms per reduced formula unit; any if None.
    """

    name: str
    always: bool = False
    step: str | None = None
    formula: tuple[tuple[str, int], ...] | None = None


def read_faults(text: str) -> list[Fault]:
    """
    Read what is asked for.

    Parameters
    ----------
    text
        As the module describes it.

    Returns
    -------
    list of Fault
        In the order given.

    Raises
    ------
    ValueError
        If a name is unknown.

    Examples
    --------
    >>> read_faults("zbrent, crash:always:static:NaCl")[1].formula
    (('Cl', 1), ('Na', 1))
    """
    faults = []
    for entry in re.split(r"[,\s]+", text.strip()):
        name, *words = entry.split(":")
        if not name:
            continue
        if name not in BEHAVIOURS and name not in MESSAGES:
            known = ", ".join((*BEHAVIOURS, *MESSAGES))
            raise ValueError(f"mock VASP has no fault {name!r}: choose from {known}.")
        step = next((word for word in words if word in {"relax", "static"}), None)
        rest = [word for word in words if word not in {"once", "always", "relax", "static"}]
        formula = _reduced(rest[0]) if rest else None
        faults.append(Fault(name, "always" in words, step, formula))
    return faults


def asked_for(folder: Path, crystal: Crystal, attempt: int, *, static: bool) -> set[str]:
    """
    Tell which faults a run has.

    Parameters
    ----------
    folder
        Of the run.
    crystal
        Its structure.
    attempt
        How often VASP was run in this folder, this time included.
    static
        True where nothing moves.

    Returns
    -------
    set of str
        Names.
    """
    text = os.environ.get(FAULTS_VARIABLE, "")
    if (folder / FAULTS_FILE).is_file():
        text += "\n" + (folder / FAULTS_FILE).read_text(encoding="utf-8")
    formula = tuple(sorted(crystal.reduced.items()))
    step = "static" if static else "relax"
    return {
        fault.name
        for fault in read_faults(text)
        if (fault.always or attempt == 1)
        and fault.step in {None, step}
        and fault.formula in {None, formula}
    }


def _reduced(formula: str) -> tuple[tuple[str, int], ...]:
    """Read a formula of whole numbers without brackets."""
    counts: dict[str, int] = {}
    for symbol, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    divisor = gcd(*counts.values())
    return tuple(sorted((symbol, count // divisor) for symbol, count in counts.items()))
