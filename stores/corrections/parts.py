"""Individual energy corrections: what each adds, and which energies it applies to.

Energies come with the corrections of their source (`EnergyBasis`). Sources: docs/corrections.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .calibration import calibration_shift
from .mp2019 import correction_2019
from .mp2020 import Calculation, anion_correction, hydrogen_correction

__all__ = [
    "MOLECULES_AS_MEASURED",
    "PARTS",
    "WATER_AS_MEASURED",
    "EnergyBasis",
    "Part",
    "is_hydroborate",
    "sulfide_equivalents",
]

_MP2020_SULFUR, _MP2020_HYDROGEN = -0.503, -0.179
"""eV per S and per H (Wang et al., Sci. Rep. 11 (2021) 15496)."""
_LEGACY_SULFUR = -0.66346
"""eV per S in Materials Project's energies before 2021 (pymatgen's MPCompatibility.yaml)."""

_ALKALI = dict.fromkeys(("Li", "Na", "K", "Rb", "Cs"), 1)
_ALKALINE_EARTH = dict.fromkeys(("Mg", "Ca", "Sr", "Ba"), 2)
_HALOGENS = dict.fromkeys(("F", "Cl", "Br", "I"), 1)
_MP2020_PARTNERS = _ALKALI | _ALKALINE_EARTH | {"H": 1, "P": 5}
_LEGACY_PARTNERS = _MP2020_PARTNERS | _HALOGENS | {"O": 2}
"""Valences of what a compound may consist of besides S; with any other element it is left alone,
since its charges cannot be counted."""


class EnergyBasis(StrEnum):
    """
    Corrections that energies hold before a scheme is applied.

    Legacy are Materials Project's energies before 2021.
    """

    PLAIN = "plain PBE(+U)"
    SEVENNET = "plain PBE(+U) as SevenNet l3i5 learnt it"
    SEVENNET_2019 = "of SevenNet l3i5, corrected as in 2019"
    MP2020 = "MP2020-corrected"
    LEGACY = "legacy Materials Project"
    RESCALED = "legacy Materials Project with rescaled sulfides"
    R2SCAN = "r2SCAN"


Shift = Callable[[Mapping[str, float], Calculation | None], float]
"""Amounts per formula unit and the calculation, to eV per formula unit."""


@dataclass(frozen=True)
class Part:
    """
    One correction by its name.

    Parameters
    ----------
    label
        As a user writes it.
    name
        Goes into the energy scale, with its version.
    topic
        What it settles; a scheme settles a thing once.
    on
        What energies must hold before.
    gives
        What they hold after; None where that is the same.
    shift
        The energy to add.
    structural
        True where the shift needs a `Calculation`.
    anchored
        True where the energies themselves say how large the shift is (`anchors`); until then it is
        zero.
    """

    label: str
    name: str
    topic: str
    on: tuple[EnergyBasis, ...]
    gives: EnergyBasis | None
    shift: Shift
    structural: bool = False
    anchored: bool = False


def sulfide_equivalents(amounts: Mapping[str, float], valences: Mapping[str, int]) -> float | None:
    """
    Count the S²⁻ equivalents of a compound.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    valences
        Valence of each element that a partner of sulfur may be.

    Returns
    -------
    float or None
        Half the sum of the partners' valences, at most the S atoms; None where there is no
        partner, no sulfur, or a partner without a stated valence.
    """
    if "S" not in amounts:
        return None
    partners = {symbol: amount for symbol, amount in amounts.items() if symbol != "S"}
    if not partners or not partners.keys() <= valences.keys():
        return None
    charge = sum(valences[symbol] * amount for symbol, amount in partners.items())
    return min(amounts["S"], charge / 2)


def is_hydroborate(amounts: Mapping[str, float]) -> bool:
    """
    Tell a compound with B–H bonds by its composition.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    bool
        True for boron with hydrogen and neither O nor N, to which the hydrogen might be bound
        instead: hydroborates, carborates, and the boranes that they decompose to.
    """
    return {"B", "H"} <= amounts.keys() and not {"O", "N"} & amounts.keys()


def _by_charge(per_sulfur: float, valences: Mapping[str, int]) -> Shift:
    """Take back the correction of each S atom that carries no charge; a shift is never negative."""

    def shift(amounts: Mapping[str, float], _: Calculation | None) -> float:
        equivalents = sulfide_equivalents(amounts, valences)
        return 0.0 if equivalents is None else -per_sulfur * (amounts["S"] - equivalents)

    return shift


def _rescale(amounts: Mapping[str, float], _: Calculation | None) -> float:
    """Replace one number per S atom by the other, in every compound of sulfur."""
    compound = len(amounts) > 1
    return (_MP2020_SULFUR - _LEGACY_SULFUR) * amounts.get("S", 0.0) if compound else 0.0


def _hydroborate(per_hydrogen: float) -> Shift:
    """Give each H of a hydroborate this correction instead of what MP2020 gave it."""

    def shift(amounts: Mapping[str, float], _: Calculation | None) -> float:
        if not is_hydroborate(amounts):
            return 0.0
        return per_hydrogen * amounts["H"] - hydrogen_correction(amounts)

    return shift


def _nothing(_: Mapping[str, float], __: Calculation | None) -> float:
    """Shift nothing."""
    return 0.0


WATER_AS_MEASURED, MOLECULES_AS_MEASURED = "water-as-measured", "molecules-as-measured"
_SULFIDES, _HYDROBORATES = "sulfides by charge", "hydroborates"

PARTS = {
    part.label: part
    for part in (
        Part(
            "mp2020",
            "MP2020/1 (by structure)",
            "MP2020",
            on=(EnergyBasis.PLAIN, EnergyBasis.SEVENNET),
            gives=EnergyBasis.MP2020,
            shift=anion_correction,
            structural=True,
        ),
        Part(
            "mp2019",
            "MP2019/1 (by structure)",
            "MP2020",
            on=(EnergyBasis.SEVENNET,),
            gives=EnergyBasis.SEVENNET_2019,
            shift=correction_2019,
            structural=True,
        ),
        Part(
            "sulfide-legacy-to-mp2020",
            f"sulfide-legacy-to-mp2020/1 ({_LEGACY_SULFUR} to {_MP2020_SULFUR} eV per S)",
            "sulfide scale",
            on=(EnergyBasis.LEGACY,),
            gives=EnergyBasis.RESCALED,
            shift=_rescale,
        ),
        Part(
            "sulfide-by-charge-legacy",
            f"sulfide-by-charge/1 ({_LEGACY_SULFUR} eV per S)",
            _SULFIDES,
            on=(EnergyBasis.LEGACY, EnergyBasis.SEVENNET_2019),
            gives=None,
            shift=_by_charge(_LEGACY_SULFUR, _LEGACY_PARTNERS),
        ),
        Part(
            "sulfide-by-charge-mp2020",
            f"sulfide-by-charge/1 ({_MP2020_SULFUR} eV per S)",
            _SULFIDES,
            on=(EnergyBasis.MP2020, EnergyBasis.RESCALED),
            gives=None,
            shift=_by_charge(_MP2020_SULFUR, _MP2020_PARTNERS),
        ),
        Part(
            "calibrated",
            "calibrated/1 (SevenNet l3i5 on PBE(+U) of 2019)",
            "calibration",
            on=(EnergyBasis.SEVENNET_2019,),
            gives=None,
            shift=calibration_shift,
        ),
        Part(
            "hydroborate-as-hydride",
            f"hydroborate-as-hydride/1 ({_MP2020_HYDROGEN} eV per H)",
            _HYDROBORATES,
            on=(EnergyBasis.MP2020,),
            gives=None,
            shift=_hydroborate(_MP2020_HYDROGEN),
        ),
        Part(
            "hydroborate-uncorrected",
            "hydroborate-uncorrected/1",
            _HYDROBORATES,
            on=(EnergyBasis.MP2020,),
            gives=None,
            shift=_hydroborate(0.0),
        ),
        Part(
            WATER_AS_MEASURED,
            f"{WATER_AS_MEASURED}/1",
            "water",
            on=tuple(EnergyBasis),
            gives=None,
            shift=_nothing,
            anchored=True,
        ),
        Part(
            MOLECULES_AS_MEASURED,
            f"{MOLECULES_AS_MEASURED}/1",
            "molecules",
            on=tuple(EnergyBasis),
            gives=None,
            shift=_nothing,
            anchored=True,
        ),
    )
}
"""Parts by the label that a user writes, in the order in which they are applied."""
