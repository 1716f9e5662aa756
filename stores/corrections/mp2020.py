"""The MP2020 corrections, computed by pymatgen; an entry that it drops is an error.

Wang et al., Sci. Rep. 11 (2021) 15496. pymatgen silently drops an entry whose run type,
pseudopotentials or U values are not those of the Materials Project; here that is an error.
pymatgen's compatibility module takes seconds to import, so it is imported when needed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trona.screening.errors import CorrectionError
from trona.screening.formulas import plain, same_composition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymatgen.core import Structure
    from pymatgen.entries.computed_entries import ComputedEntry

__all__ = ["Calculation", "adjustments", "anion_correction", "hydrogen_correction"]

_RUN_TYPES = ("GGA", "GGA+U")
_FAMILY = "PAW_PBE "
"""How the title of each PBE pseudopotential begins; pymatgen compares the second word only."""


@dataclass(frozen=True, eq=False)
class Calculation:
    """
    Details of a calculation on which a correction may depend besides the composition.

    Parameters
    ----------
    structure
        Ordered structure that the energy belongs to.
    run_type
        As Materials Project names it: ``"GGA"`` or ``"GGA+U"`` for PBE without and with U.
    hubbards
        Element symbol to U, eV; elements without U may be left out.
    potcar_titles
        Title of each pseudopotential, such as ``"PAW_PBE Na_pv 19Sep2006"``.
    """

    structure: Structure
    run_type: str | None = None
    hubbards: Mapping[str, float] = field(default_factory=dict)
    potcar_titles: tuple[str, ...] = ()

    @classmethod
    def of_materials_project(cls, structure: Structure) -> Calculation:
        """
        Tell how the Materials Project would compute a structure: in PBE, with U on some metals.

        Parameters
        ----------
        structure
            Ordered structure.

        Returns
        -------
        Calculation
            What a potential that learnt such calculations has learnt for it.
        """
        from pymatgen.io.vasp.sets import MPRelaxSet  # noqa: PLC0415 (slow to import)

        config = MPRelaxSet.CONFIG
        symbols = sorted(structure.composition.get_el_amt_dict())
        anion = max(structure.composition.elements, key=lambda element: element.X).symbol
        known = config["INCAR"]["LDAUU"].get(anion, {}) if len(symbols) > 1 else {}
        hubbards = {symbol: float(known[symbol]) for symbol in symbols if symbol in known}
        titles = tuple(f"{_FAMILY}{config['POTCAR'][symbol]}" for symbol in symbols)
        return cls(structure, "GGA+U" if hubbards else "GGA", hubbards, titles)


def anion_correction(amounts: Mapping[str, float], calculation: Calculation | None) -> float:
    """
    Energy that MP2020 adds to a PBE or PBE+U calculation, told by its structure.

    The structure tells sulfides from sulfates and oxides from peroxides and superoxides. A sulfur
    atom in an S–S bond gets as much as a sulfide ion: counting charges is another correction.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    calculation
        Structure and settings.

    Returns
    -------
    float
        eV per formula unit, GGA/GGA+U mixing included.

    Raises
    ------
    CorrectionError
        If there is no structure, or Materials Project would not have computed it so.
    """
    return sum(adjustments(amounts, calculation, "mp2020").values())


def adjustments(
    amounts: Mapping[str, float], calculation: Calculation | None, label: str
) -> dict[str, float]:
    """
    Corrections of MP2020, one by one.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    calculation
        Structure and settings.
    label
        Of the correction that asks, for messages.

    Returns
    -------
    dict
        What is corrected (an element, a kind of oxide, or a metal as in ``"Fe in O"``) to eV per
        formula unit.

    Raises
    ------
    CorrectionError
        If there is no structure, or Materials Project would not have computed it so.
    """
    formula = plain(amounts)
    if calculation is None:
        raise CorrectionError(
            f"the correction {label!r} needs the structure and settings behind the energy of "
            f"{formula}: use it with relaxations."
        )
    from pymatgen.entries.computed_entries import ComputedStructureEntry  # noqa: PLC0415

    structure = calculation.structure
    if not same_composition(structure.composition.get_el_amt_dict(), amounts):
        raise CorrectionError(
            f"the structure given for {formula} is {structure.composition.reduced_formula}: "
            "give the one that the energy belongs to."
        )
    _check_settings(calculation, formula)
    parameters = {
        "run_type": calculation.run_type,
        "hubbards": dict(calculation.hubbards),
        "potcar_symbols": list(calculation.potcar_titles),
    }
    entry = ComputedStructureEntry(structure, 0.0, parameters=parameters)
    per_cell = sum(amounts.values()) / len(structure)
    return {name: value * per_cell for name, value in _adjustments(entry).items()}


def hydrogen_correction(amounts: Mapping[str, float]) -> float:
    """
    Energy that MP2020 gives to the hydrogen of a compound; it is told by composition alone.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    float
        eV per formula unit: -0.179 for each H where hydrogen counts as the anion, else 0.
    """
    from pymatgen.core import Composition  # noqa: PLC0415 (slow, not always needed)
    from pymatgen.entries.computed_entries import ComputedEntry  # noqa: PLC0415

    composition = Composition(dict(amounts))
    entry = ComputedEntry(composition, 0.0, parameters={"run_type": "GGA"})
    return _adjustments(entry, check_settings=False).get("H", 0.0)


def _check_settings(calculation: Calculation, formula: str) -> None:
    """Refuse what pymatgen would silently drop or misinterpret."""
    if calculation.run_type not in _RUN_TYPES:
        raise CorrectionError(
            f"the correction 'mp2020' was fitted to the run types GGA and GGA+U, and that of "
            f"{formula} is {calculation.run_type!r}: compute it with Materials Project's settings."
        )
    titles = calculation.potcar_titles
    if not titles or not all(title.startswith(_FAMILY) for title in titles):
        raise CorrectionError(
            f"the correction 'mp2020' needs PBE pseudopotentials, and those of {formula} are "
            f"{', '.join(titles) or 'unknown'}: give titles such as 'PAW_PBE Na_pv 19Sep2006'."
        )


def _adjustments(entry: ComputedEntry, *, check_settings: bool = True) -> dict[str, float]:
    """Ask pymatgen: what is corrected (an element, or a kind of oxide) to eV per entry."""
    from pymatgen.entries.compatibility import (  # noqa: PLC0415
        CompatibilityError,
        MaterialsProject2020Compatibility,
    )

    scheme = MaterialsProject2020Compatibility(
        compat_type="Advanced" if check_settings else "GGA",
        strict_anions="require_bound",
        check_potcar=check_settings,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # oxidation states that cannot be guessed
            found = scheme.get_adjustments(entry)
    except CompatibilityError as error:
        reason = str(error).partition(" for {")[0]  # pymatgen appends the whole entry
        raise CorrectionError(
            f"the correction 'mp2020' cannot be applied to {entry.reduced_formula}: {reason}."
        ) from None
    symbols = entry.composition.get_el_amt_dict()
    anion = next((symbol for symbol in ("F", "O") if symbol in symbols), "")
    named = {}
    for one in found:
        name = one.name.partition("(")[2].rstrip(")")
        named[f"{name} in {anion}" if "mixing" in one.name else name] = float(one.value)
    return named
