"""Materials as Python objects: formulas, compositions, structures, pymatgen entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from trona.screening.charges import exact_formula, require_sodium
from trona.screening.errors import FormulaError, InputError
from trona.screening.formulas import canonical, parse

if TYPE_CHECKING:
    from pymatgen.core import Composition, Structure
    from pymatgen.core.entries import Entry

__all__ = [
    "Material",
    "elements_of",
    "formula_of",
    "formulas_given",
    "is_entry",
    "listed",
    "sodium_formula",
]

Material: TypeAlias = "str | Composition | Structure | Entry"
"""A formula, or an object of pymatgen that has a composition."""


def is_entry(material: Material) -> TypeGuard[Entry]:
    """
    Tell an entry, which has an energy of its own, from other materials.

    Parameters
    ----------
    material
        A formula, or an object of pymatgen.
    """
    return hasattr(material, "composition") and hasattr(material, "energy_per_atom")


def formula_of(material: Material) -> str:
    """
    Write the formula of a material.

    Parameters
    ----------
    material
        A formula, a Composition, a Structure, or an entry of pymatgen.

    Returns
    -------
    str
        A text as it is; of an object the reduced formula, oxidation states passed over.

    Raises
    ------
    FormulaError
        If it has no composition.

    Examples
    --------
    >>> from pymatgen.core import Composition
    >>> formula_of("Na3PS4"), formula_of(Composition({"Na+": 6, "P5+": 2, "S2-": 8}))
    ('Na3PS4', 'Na3PS4')
    """
    if isinstance(material, str):
        return material
    found = getattr(material, "composition", material)
    read = getattr(found, "get_el_amt_dict", None)
    amounts = {str(symbol): float(x) for symbol, x in read().items()} if callable(read) else {}
    if not amounts:
        raise FormulaError(
            f"{str(material)[:40]!r} has no composition: give a formula, or a Composition, "
            "Structure or entry of pymatgen."
        )
    whole = all(abs(x - round(x)) < 1e-6 for x in amounts.values())
    return canonical(amounts) if whole else exact_formula(amounts, amounts)


def sodium_formula(material: Material) -> str:
    """
    Write the formula of a compound of sodium.

    Parameters
    ----------
    material
        As for `formula_of`.

    Returns
    -------
    str
        As of `formula_of`.

    Raises
    ------
    FormulaError
        If there is no sodium in it, or nothing else.
    """
    formula = formula_of(material)
    require_sodium(parse(formula), formula)
    return formula


def listed(materials: Iterable[Material] | Material) -> list[Material]:
    """
    List materials; one alone is a list of one.

    Parameters
    ----------
    materials
        Several, or one.

    Returns
    -------
    list
        In order.

    Raises
    ------
    InputError
        If it is neither.
    """
    alone = (
        isinstance(materials, str)
        or hasattr(materials, "composition")
        or hasattr(materials, "get_el_amt_dict")
    )
    if not alone and not isinstance(materials, Iterable):
        raise InputError(
            f"{materials!r} is no list of materials: give formulas or objects of pymatgen."
        )
    return [materials] if alone else list(materials)  # type: ignore[list-item, arg-type]


def formulas_given(
    materials: Iterable[Material] | Material, what: str = "composition"
) -> list[str]:
    """
    Write the formulas of some materials, at least one.

    Parameters
    ----------
    materials
        Several, or one.
    what
        What to call them in a message.

    Returns
    -------
    list of str
        As of `formula_of`, in order.

    Raises
    ------
    InputError
        If there is none, or one has no composition.
    """
    found = [formula_of(one) for one in listed(materials)]
    if not found:
        raise InputError(f"there is no {what}: give at least one.")
    return found


def elements_of(names: Iterable[str]) -> frozenset[str]:
    """
    Find the elements that a question is about.

    Parameters
    ----------
    names
        Formulas, and electrodes as `Study.electrode` takes them; what is no formula is passed over.

    Returns
    -------
    frozenset of str
        Symbols.

    Examples
    --------
    >>> sorted(elements_of(["Na3PS4", "NaCrO2..Na0.5CrO2@3.1", "hard carbon"]))
    ['Cr', 'Na', 'O', 'P', 'S']
    """
    found: set[str] = set()
    for name in names:
        for part in name.partition("@")[0].split(".."):
            try:
                found |= parse(part).keys()
            except FormulaError:
                continue
    return frozenset(found)
