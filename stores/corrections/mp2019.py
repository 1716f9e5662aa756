"""The Materials Project corrections of 2019, for energies of a potential trained on PBE.

Which atoms are corrected is decided by pymatgen's MP2020 scheme (an oxide from a peroxide, by the
structure), by how much by the 2019 values that ship with pymatgen. This puts energies on the scale
of published tables of that time, to which `calibration` is fitted.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .mp2020 import adjustments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .mp2020 import Calculation

__all__ = ["correction_2019"]


def correction_2019(amounts: Mapping[str, float], calculation: Calculation | None) -> float:
    """
    Energy that the scheme of 2019 adds to a PBE or PBE+U energy.

    Jain et al., Phys. Rev. B 84 (2011) 045115, for elements with U; Wang, Maxisch & Ceder, Phys.
    Rev. B 73 (2006) 195107, for oxides. Every S counts as a sulfide, in sulfates too: counting by
    charge is another correction. H2, N2, O2, F2 and Cl2 take fitted energies.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    calculation
        Structure and settings.

    Returns
    -------
    float
        eV per formula unit.

    Raises
    ------
    CorrectionError
        If there is no structure, or Materials Project would not have computed it so.
    """
    if len(amounts) == 1:
        ((symbol, amount),) = amounts.items()
        return amount * _gases().get(symbol, 0.0)
    found = adjustments(amounts, calculation, "mp2019")
    then, now = _scheme_2019(), _scheme_2020()
    total = sum(
        value * then.get(name, 0.0) / now[name]
        for name, value in found.items()
        if name != "S" and value
    )
    return total + then["S"] * amounts.get("S", 0.0)


@cache
def _files() -> Path:
    from pymatgen.analysis import compatibility  # noqa: PLC0415 (takes seconds)

    return Path(compatibility.__file__).parent


def _content(name: str) -> Any:  # noqa: ANN401 (a file of pymatgen)
    from monty.serialization import loadfn  # noqa: PLC0415

    return loadfn(_files() / name)


def _by_metal(corrections: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {
        f"{metal} in {anion}": value
        for anion, metals in corrections.items()
        for metal, value in metals.items()
    }


@cache
def _scheme_2020() -> dict[str, float]:
    """List what is corrected in 2020, eV per atom."""
    content = _content("MP2020Compatibility.yaml")["Corrections"]
    return {**content["CompositionCorrections"], **_by_metal(content["GGAUMixingCorrections"])}


@cache
def _scheme_2019() -> dict[str, float]:
    """List what is corrected in 2019, eV per atom."""
    content = _content("MPCompatibility.yaml")
    sulfur = {"S": float(content["SulfideCorrections"]["sulfide"])}
    metals = _by_metal(content["Advanced"]["UCorrections"])
    return {**content["OxideCorrections"], **sulfur, **metals}


@cache
def _gases() -> dict[str, float]:
    """Tell what the fitted energies of some elements add to PBE's, eV per atom."""
    with gzip.open(_files() / "calc_compounds.json.gz", "rt", encoding="utf-8") as file:
        computed = json.load(file)
    fitted = _content("MPCompatibility.yaml")["Advanced"]["CompoundEnergies"]
    return {
        gas[:-1]: float(energy)
        - computed[gas]["energy"] / sum(computed[gas]["composition"].values())
        for gas, energy in fitted.items()
    }
