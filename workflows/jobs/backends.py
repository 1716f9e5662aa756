"""Backends by name, and the identity of a relaxation; light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from monty.json import MSONable

from trona.screening.errors import BackendError
from trona.stores.corrections.methods import Method, method_of
from trona.stores.extensions import GROUP, load_extension, registered
from trona.stores.provenance import fingerprint

if TYPE_CHECKING:
    from pymatgen.core import Structure

__all__ = [
    "BACKENDS",
    "Backend",
    "ForceField",
    "Vasp",
    "find_backend",
    "find_force_field",
    "names",
    "relaxation_id",
    "require_installed",
]


_NO_CHOICE = ("stated", "quick_optimizer")
"""Fields that results do not depend on."""


@dataclass(frozen=True)
class Backend(MSONable):
    """
    A source of relaxations, by the choices that its results depend on.

    Parameters
    ----------
    name
        As the user writes it.
    method
        Functional or potential with its version: part of the energy scale.
    package
        Package that must be installed.
    stated
        What its energies are, for a method that `trona.stores.corrections.methods` does not know.
        It is no choice: neither the identity of a relaxation nor a stored job holds it.
    """

    name: str
    method: str
    package: str
    stated: Method | None = field(default=None, kw_only=True, compare=False, repr=False)

    extra: ClassVar[str] = "all"
    """Extra of trona that installs the package."""

    def identity(self) -> dict[str, Any]:
        """
        List the choices that results depend on.

        Returns
        -------
        dict
            Plain content. A choice that an older trona did not have is there only where it is
            made, so that what was relaxed before keeps its identity.
        """
        content = {}
        for item in fields(self):
            value, later = getattr(self, item.name), item.metadata.get("later", False)
            if item.name not in _NO_CHOICE and not (later and not value):
                content[item.name] = dict(value) if isinstance(value, Mapping) else value
        return content

    def as_dict(self) -> dict[str, Any]:
        """
        Write the choices down, as a stored job holds them.

        Returns
        -------
        dict
            For `monty.json`.
        """
        kind = type(self)
        return {"@module": kind.__module__, "@class": kind.__name__, **self.identity()}

    @property
    def energies(self) -> Method | None:
        """Its energies: basis, corrections, stated error; None if not specified."""
        return self.stated or method_of(self.method)

    @property
    def packages(self) -> tuple[str, ...]:
        """Distributions whose versions a result names."""
        return () if self.energies is None else self.energies.packages

    @property
    def is_mock(self) -> bool:
        """True if energies have no physical meaning and only the workflow is tested."""
        return False


@dataclass(frozen=True)
class ForceField(Backend):
    """
    A force field, and the accuracy of its relaxations.

    Parameters
    ----------
    name, method, package
        As for every backend.
    force_field
        Name of the force field in atomate2, or its calculator: ``"package.module.Calculator"``, or
        atomate2's ``{"@module": "package.module", "@callable": "Calculator"}``.
    max_force
        Forces below this end the relaxation, eV/Å.
    max_steps
        Ionic steps at most.
    calculator_kwargs
        What the calculator takes, such as its model; plain content.
    prerelaxation
        Force-field backend that relaxes first, so that a slow one takes fewer steps; empty if none.
    optimizer
        Optimiser of ASE that atomate2 knows; its default, FIRE, if empty.
    longest_step
        Å that an atom moves at most in a step; the optimiser's own limit if zero.
    quick_optimizer
        Optimiser that takes the place of these two, with FIRE to fall back on; none if empty. It
        ends at the same limit in the same minimum, so it is no choice: no identity holds it, but
        the settings of each relaxation do.
    """

    force_field: str
    max_force: float = 0.03
    max_steps: int = 500
    calculator_kwargs: Mapping[str, Any] = field(
        default_factory=dict, hash=False, metadata={"later": True}
    )
    prerelaxation: str = field(default="", metadata={"later": True})
    optimizer: str = field(default="", metadata={"later": True})
    longest_step: float = field(default=0.0, metadata={"later": True})
    quick_optimizer: str = field(default="", kw_only=True, compare=False, repr=False)

    def __post_init__(self) -> None:
        # A dict with a callable becomes the callable itself where monty reads it: keep a name.
        given: Any = self.force_field
        if isinstance(given, Mapping):
            given = f"{given['@module']}.{given['@callable']}"
        elif callable(given):
            given = f"{given.__module__}.{given.__name__}"
        object.__setattr__(self, "force_field", given)

    @property
    def calculator(self) -> str | dict[str, str]:
        """
        The force field as atomate2 takes it.

        Where trona evaluates one of atomate2's itself, this is its way of doing so: it gives the
        same numbers, so it is no choice and no identity holds it.
        """
        name = _OWN_EVALUATION.get(self.force_field, self.force_field)
        module, dot, function = name.rpartition(".")
        return {"@module": module, "@callable": function} if dot else name

    extra: ClassVar[str] = "ml"


@dataclass(frozen=True)
class Vasp(Backend):
    """
    VASP with one of Materials Project's families of settings.

    Parameters
    ----------
    name, method, package
        As for every backend.
    family
        Key of `trona.workflows.jobs.vasp.FAMILIES`.
    dispersion
        Value of IVDW; 0 for no dispersion correction.
    prerelaxation
        Force-field backend that relaxes first, so that VASP takes fewer ionic steps; empty if none.
    mock
        True for the mock executable, without pseudopotentials.
    """

    family: str
    dispersion: int = 0
    prerelaxation: str = ""
    mock: bool = False

    extra: ClassVar[str] = "vasp"

    @property
    def is_mock(self) -> bool:
        """True for the mock executable."""
        return self.mock


_OWN_EVALUATION = {
    "CHGNet": "trona.workflows.potentials.chgnet.chgnet_calculator",
    "SevenNet": "trona.workflows.potentials.sevennet.calculator",
}
"""Names of atomate2, and what computes the same energies for trona."""

_QUICK = "PairSpringBFGS"
"""Of `trona.workflows.potentials.pair_springs`."""

_D3 = 12
"""IVDW of D3 with Becke–Johnson damping (Grimme et al., J. Comput. Chem. 32 (2011) 1456)."""


def _sevennet(name: str, method: str, model: str) -> ForceField:
    """Relax with a model of SevenNet as the bundled phases were relaxed."""
    return ForceField(
        name,
        method,
        "sevenn",
        force_field="SevenNet",
        max_force=0.02,
        max_steps=250,
        calculator_kwargs={"model": model},
        optimizer="LBFGS",
        longest_step=0.1,
        quick_optimizer=_QUICK,
    )


BACKENDS: dict[str, Backend] = {
    backend.name: backend
    for backend in (
        ForceField(
            "chgnet", "CHGNet 0.3.0", "chgnet", force_field="CHGNet", quick_optimizer=_QUICK
        ),
        _sevennet("sevennet", "SevenNet l3i5", "7net-l3i5"),
        _sevennet("sevennet-0", "SevenNet-0", "7net-0"),
        Vasp("vasp", "VASP PBE", "atomate2", "mp-gga"),
        Vasp("vasp-chgnet", "VASP PBE", "atomate2", "mp-gga", prerelaxation="chgnet"),
        Vasp("vasp-sevennet", "VASP PBE", "atomate2", "mp-gga", prerelaxation="sevennet"),
        Vasp("vasp-d3", "VASP PBE-D3(BJ)", "atomate2", "mp-gga", dispersion=_D3),
        Vasp("vasp-r2scan", "VASP r2SCAN", "atomate2", "mp24"),
        Vasp("mock", "MOCK VASP PBE", "atomate2", "mp-gga", mock=True),
    )
}
"""Deng et al., Nat. Mach. Intell. 5 (2023) 1031, for CHGNet. Park et al., J. Chem.
Theory Comput. 20 (2024) 4857, for SevenNet; 7net-0 is its model of 11 July 2024. Jain et al., Phys.
Rev. B 84 (2011) 045115, and Kingsbury et al., Phys. Rev. Mater. 6 (2022) 013801, for settings of
VASP."""


def names() -> tuple[str, ...]:
    """
    List the backends, those of other packages last; nothing is imported.

    Returns
    -------
    tuple of str
        As a user writes them.
    """
    return tuple(dict.fromkeys((*BACKENDS, *sorted(registered()))))


def find_backend(name: str) -> Backend:
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
        If there is none of that name, or what another package registers cannot be used.
    """
    if name in BACKENDS:
        return BACKENDS[name]
    if name not in registered():
        raise BackendError(f"no backend {name!r}: choose from {', '.join(names())}.")
    found = load_extension(name)
    if not isinstance(found, Backend) or found.name != name:
        raise BackendError(
            f"the entry point {name!r} of {GROUP} names {found!r:.80}: let it name a ForceField or "
            f"Vasp of {__name__} whose name is {name!r}."
        )
    return found


def find_force_field(name: str) -> ForceField:
    """
    Look a force field up.

    Parameters
    ----------
    name
        As the user writes it.

    Returns
    -------
    ForceField
        Its choices.

    Raises
    ------
    BackendError
        If there is no backend of that name, or it is no force field.
    """
    backend = find_backend(name)
    if not isinstance(backend, ForceField):
        known = ", ".join(one.name for one in BACKENDS.values() if isinstance(one, ForceField))
        raise BackendError(f"the backend {name!r} is no force field: choose from {known}.")
    return backend


def require_installed(backend: Backend) -> None:
    """
    Make sure that a backend's package is installed.

    Parameters
    ----------
    backend
        Source of relaxations.

    Raises
    ------
    BackendError
        If it is not; the message names the extra that installs it.
    """
    if find_spec(backend.package) is None:
        raise BackendError(
            f"the backend {backend.name!r} needs the package {backend.package!r}: "
            f"install trona with its {backend.extra} extra."
        )


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
    return fingerprint([lattice, sites, backend.identity()])
