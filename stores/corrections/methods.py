"""Known methods by name: what their energies include, which correction they need, and their errors.

One row for each functional or potential. A method that is neither in the table nor registered by
another package has no stated error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.uncertainty.error_model import ErrorModel
from trona.stores.extensions import loadable

from .parts import EnergyBasis

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DFT", "METHODS", "Accuracy", "Method", "basis_of", "method_of"]


@dataclass(frozen=True)
class Accuracy:
    """
    Errors of energies and where they are stated.

    Parameters
    ----------
    model
        The errors, eV.
    source
        Where they come from, in words.
    """

    model: ErrorModel
    source: str


DFT = Accuracy(
    ErrorModel(sigma=0.020),
    "PBE reaction energies of ternary from binary oxides scatter by 24 meV/atom about experiment "
    "(Hautier, Ong, Jain, Moore & Ceder, Phys. Rev. B 85 (2012) 155208), as 20 meV/atom in each of "
    "three compounds make it; taken for other anions too, and without the error of elements "
    "against compounds",
)
"""24 meV/atom over the root of 1 + 1/4 + 1/4: a ternary of two binaries in equal parts."""


@dataclass(frozen=True)
class Method:
    """
    A functional or potential, by what its energies are.

    Parameters
    ----------
    name
        With its version: the method of an energy scale.
    basis
        Corrections that its energies hold; None where unknown.
    correction
        Scheme that its energies get unless another is asked for, as a user writes it; by default
        that of the basis.
    error
        Stated error; None where there is none.
    deviations
        Data file of `trona.stores.energies` with deviations from DFT, which make the stated error;
        empty if none.
    packages
        Distributions whose versions a result must name, beside those of trona itself.
    learnt
        True for a potential that learnt calculations of the Materials Project as they came: what is
        corrected by their settings is corrected as if it had been computed with them.
    """

    name: str
    basis: EnergyBasis | None = None
    correction: str | None = None
    error: Accuracy | None = None
    deviations: str = ""
    packages: tuple[str, ...] = ()
    learnt: bool = False


_SEVENNET = ("sevenn", "e3nn", "torch", "numba")
"""The model stands in the first; trona's evaluation of it rests on the others."""

METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            "CHGNet 0.3.0",
            EnergyBasis.MP2020,
            deviations="deviations_chgnet.yaml",
            packages=("chgnet", "torch"),
        ),
        Method("CHGNet 0.2.0", EnergyBasis.MP2020),
        Method(
            "SevenNet l3i5",
            EnergyBasis.SEVENNET,
            correction="mp2019,sulfide-by-charge-legacy,calibrated",
            deviations="deviations_sevennet.yaml",
            packages=_SEVENNET,
            learnt=True,
        ),
        Method("SevenNet-0", EnergyBasis.PLAIN, packages=_SEVENNET, learnt=True),
        Method("VASP PBE", EnergyBasis.PLAIN, error=DFT),
        Method("VASP PBE+U", EnergyBasis.PLAIN, error=DFT),
        Method("VASP PBE(+U)", EnergyBasis.PLAIN, error=DFT),
        Method("VASP PBE-D3(BJ)", error=DFT),
        Method("VASP r2SCAN", error=DFT),
        Method("PBE and PBE+U, Materials Project", EnergyBasis.MP2020, error=DFT),
        Method("r2SCAN, Materials Project", EnergyBasis.R2SCAN, error=DFT),
    )
}
"""CHGNet was trained on corrected energies (Deng et al., Nat. Mach. Intell. 5 (2023) 1031); its
r2SCAN model was not. SevenNet was trained on the same calculations, on energies as
VASP gave them (Park et al., J. Chem. Theory Comput. 20 (2024) 4857)."""

_TABLE = "table "


def method_of(name: str) -> Method | None:
    """
    Look a method up, in the table and among what other packages register.

    Parameters
    ----------
    name
        Of an energy scale, such as ``"CHGNet 0.3.0"`` or ``"VASP PBE"``.

    Returns
    -------
    Method or None
        None where nobody knows it. A user's table of energies counts as DFT.
    """
    words = name.split(" ")
    known = " ".join(words[:2]) if words[0] == "VASP" else name  # VASP's version may follow
    if known in METHODS:
        return METHODS[known]
    if name.startswith(_TABLE):
        return Method(name, error=DFT)
    stated = (getattr(one, "stated", None) for one in loadable())
    return next((one for one in stated if isinstance(one, Method) and one.name == name), None)


def basis_of(method: str) -> EnergyBasis | None:
    """
    Corrections that the energies of a method hold.

    Parameters
    ----------
    method
        Of an energy scale, such as ``"CHGNet 0.3.0"`` or ``"VASP PBE"``.

    Returns
    -------
    EnergyBasis or None
        None where that is not known.
    """
    found = method_of(method)
    return None if found is None else found.basis
