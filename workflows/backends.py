"""Backends by name and the identity of a relaxation; light enough to look things up with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from monty.json import MSONable

from trona.screening.errors import BackendError
from trona.stores.provenance import fingerprint

if TYPE_CHECKING:
    from pymatgen.core import Structure

__all__ = ["BACKENDS", "Backend", "find", "relaxation_id"]


@dataclass(frozen=True)
class Backend(MSONable):
    """
    A source of relaxations: which force field, and to what accuracy.

    Parameters
    ----------
    name
        As the user writes it.
    method
        Functional or potential with its version: part of the energy scale.
    force_field
        Name of the force field in atomate2.
    package
        Distribution that must be installed.
    max_force
        Forces below this end the relaxation, eV/Å.
    max_steps
        Ionic steps at most.
    """

    name: str
    method: str
    force_field: str
    package: str
    max_force: float = 0.03
    max_steps: int = 500


BACKENDS = {
    backend.name: backend
    for backend in (Backend("chgnet", "CHGNet 0.3.0", force_field="CHGNet", package="chgnet"),)
}
"""Deng et al., Nat. Mach. Intell. 5 (2023) 1031, for CHGNet."""


def find(name: str) -> Backend:
    """
    Look a backend up.

    Parameters
    ----------
    name
        As the user writes it.

    Returns
    -------
    Backend
        Its choices.

    Raises
    ------
    BackendError
        If there is none of that name.
    """
    if name not in BACKENDS:
        raise BackendError(f"no backend {name!r}: choose from {', '.join(BACKENDS)}.")
    return BACKENDS[name]


def relaxation_id(structure: Structure, backend: Backend) -> str:
    """
    Identity of a relaxation: the same structure and settings have the same id everywhere.

    Parameters
    ----------
    structure
        Starting structure; order of atoms and lattice images do not matter.
    backend
        Where and how it is relaxed.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    lattice = [[round(float(x), 4) + 0.0 for x in row] for row in structure.lattice.matrix]
    sites = sorted(
        [site.species_string, *(round(float(x) % 1.0, 4) % 1.0 for x in site.frac_coords)]
        for site in structure
    )
    return fingerprint([lattice, sites, asdict(backend)])
