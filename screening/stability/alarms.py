"""Results outside the range of known compounds: a sign of missing phases or a wrong energy; no I/O.

The ranges were taken from the 11,756 phases of 45 elements of the Materials Project of 2019 (PBE).
Alkali and alkaline-earth metals other than sodium are excluded, since not all of their compounds
are in that set. Window and oxidation limit come from 794 stable sodium compounds, the depth below
the hull of all other phases from stable compounds of three or more elements. Phases that its
correction of S-S bonds or its lack of binary competitors makes too stable (polysulfides, cocrystals
with S8) are left out, and so are the polychlorides of high pressure. Where calorimetry disagrees
with PBE, the measured value is used: windows of NaF, NaCl, NaBr and NaI, and Na2CO3 below
Na2O + CO2 (formation enthalpies of NIST-JANAF, 4th edition, 1998: 575, 411, 361, 288, 1131, 418 and
394 kJ/mol).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.formulas import same_composition
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.screening.equilibrium.phases import Phase

    from .window import Limits, Stability

__all__ = ["Ceiling", "alarms", "ceiling"]

_VOLTS = 0.5
"""Margin above what is known, V: twice the error of a limit, and phases not computed yet."""
_ENERGY = 0.1
"""The same for an energy, eV/atom."""
_ON_HULL = 1e-6
"""Energies above hull below this (eV/atom) are zero."""


@dataclass(frozen=True)
class Ceiling:
    """
    Upper bounds reached by known compounds of an anion former.

    Parameters
    ----------
    anion
        The element; empty for compounds without any.
    width
        Widest window, V.
    oxidation
        Highest oxidation limit, V.
    depth
        Furthest below the hull of all other phases, eV/atom.
    """

    anion: str
    width: float
    oxidation: float
    depth: float


_KNOWN = tuple(
    Ceiling(*row)
    for row in (
        ("F", 5.96, 7.00, 0.44),  # NaF, NaBF4, Ni(NF7)2
        ("O", 3.70, 6.10, 0.55),  # Na3Y(CO3)3, Na2Sn(S2O7)3, Na2CO3
        ("Cl", 4.26, 4.53, 0.21),  # NaCl, NaAl3NiCl12, NH4Cl
        ("N", 2.08, 2.46, 0.32),  # Na3P6N11, NaP4N7, Y2(CN2)3
        ("Br", 3.74, 3.87, 0.24),  # NaBr, NaFeBr4, NH4Br
        ("I", 2.98, 2.98, 0.07),  # NaI, NaI, Y2GeI2
        ("S", 2.34, 2.52, 0.22),  # NaYS2, NaCr(PS3)2, Ag2TeS3
        ("Se", 2.40, 3.99, 0.14),  # NaB9Se8, NaB9Se8, VCu3Se4
        ("H", 3.28, 3.60, 0.21),  # Na2B12H12, NaSc(BH4)4, NaBH4
        ("Te", 1.38, 1.84, 0.10),  # Na2Te, NaGa3Te5, Nb4SiTe4
        ("As", 0.61, 1.01, 0.08),  # NaZn4As3, NaZn4As3, Na3InAs2
        ("P", 0.71, 1.25, 0.27),  # NaZnP, NaP7, TiCoP
    )
)
_METALLIC = Ceiling("", 2.15, 2.15, 0.31)  # NaAlB14, NaAlB14, TiCoSb


def ceiling(elements: Iterable[str]) -> Ceiling:
    """
    Find the upper bounds of known compounds with these anions.

    Parameters
    ----------
    elements
        Of a compound.

    Returns
    -------
    Ceiling
        Of the anion former with the highest oxidation limit among them.

    Examples
    --------
    >>> ceiling(["Na", "P", "S"]).anion, ceiling(["Na", "P", "S", "O"]).anion
    ('S', 'O')
    """
    present = set(elements)
    found = [row for row in _KNOWN if row.anion in present]
    return max(found, key=lambda row: row.oxidation, default=_METALLIC)


def alarms(table: PhaseTable, stability: Stability) -> tuple[str, ...]:
    """
    List the properties that exceed those of all known compounds.

    Parameters
    ----------
    table
        The phases, with the electrolyte's own.
    stability
        What was found of it.

    Returns
    -------
    tuple of str
        One sentence for each; none where all is as known compounds have it.
    """
    composition = stability.profile.composition
    most = ceiling(composition)
    kind = f"compounds with {most.anion}" if most.anion else "compounds without an anion"
    said = []
    depth = _depth(table, stability)
    if depth > most.depth + _ENERGY:
        said.append(
            f"{stability.formula} lies {depth:.2f} eV/atom below the hull of the other phases, "
            f"where known {kind} reach {most.depth:.2f}: phases are missing or its energy is wrong."
        )
    if stability.window is not None and SODIUM in composition:
        said += _of_window(stability.window, most, kind)
    return tuple(said)


def _of_window(window: Limits, most: Ceiling, kind: str) -> Iterable[str]:
    """Say where a window goes beyond those of known compounds."""
    if window.oxidation == inf:
        yield (
            "No oxidation limit was found, although every sodium compound has one: these "
            "energies cannot assess it."
        )
        return
    if window.oxidation > most.oxidation + _VOLTS:
        yield (
            f"Its oxidation limit of {window.oxidation:.2f} V is above the highest of known "
            f"{kind}, {most.oxidation:.2f} V: these energies cannot assess it."
        )
    if window.width > most.width + _VOLTS:
        yield (
            f"Its window of {window.width:.2f} V is wider than that of all known {kind}, "
            f"{most.width:.2f} V: phases that would end it are missing."
        )


def _depth(table: PhaseTable, stability: Stability) -> float:
    """Energy below the hull of all other compositions, eV/atom; 0 for what is not on the hull."""
    own, above = stability.phase, stability.energy_above_hull
    if own is None or above is None or above > _ON_HULL or len(own.amounts) < 3:
        return 0.0
    return -energy_above_hull(PhaseTable.from_phases(_others(table, own.amounts)), own)


def _others(table: PhaseTable, amounts: Mapping[str, float]) -> list[Phase]:
    """Phases of these elements that have another composition."""
    phases = table.within(amounts).phases
    return [phase for phase in phases if not same_composition(phase.amounts, amounts)]
