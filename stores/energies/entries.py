"""Selection of the relaxations that may enter a hull, as phases on a named scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.errors import ChemicalSystemError, CorrectionError
from trona.screening.formulas import parse
from trona.stores.corrections.methods import basis_of, method_of
from trona.stores.corrections.mp2020 import Calculation
from trona.stores.corrections.schemes import Scheme, compose, default_scheme
from trona.stores.documents.bookkeeping import EntryDoc
from trona.stores.documents.results import EnergyScaleDoc
from trona.stores.materials_project.snapshots import METHODS
from trona.stores.provenance import fingerprint, versions
from trona.stores.thermochemistry.free_energies import heat, scale_at, temperature_of

if TYPE_CHECKING:
    from trona.stores.documents.results import RelaxationDoc

__all__ = [
    "MAX_FORCE",
    "MAX_VOLUME_CHANGE",
    "Rejected",
    "admit",
    "admit_to",
    "entry_document",
    "entry_id",
    "entry_phase",
    "is_mock",
    "own_entry",
    "shares_hull",
]

MAX_VOLUME_CHANGE = 0.35
"""Relative change of volume beyond which a relaxation has left its starting phase."""

MAX_FORCE = 0.2
"""eV/Å. Relaxations with Materials Project's settings end by the change of energy, with forces of
some hundredths; more means that atoms were still moving."""

_VASP_PBE = "VASP PBE"


@dataclass(frozen=True)
class Rejected:
    """
    A relaxation that may not enter a hull.

    Parameters
    ----------
    id
        Of the relaxation.
    reason
        One sentence with the offending value.
    """

    id: str
    reason: str


def is_mock(method: str) -> bool:
    """
    Tell whether energies of a method have no physical meaning.

    Parameters
    ----------
    method
        Of a relaxation.

    Examples
    --------
    >>> is_mock("MOCK VASP PBE"), is_mock("VASP PBE")
    (True, False)
    """
    return method.startswith("MOCK ")


def admit(
    relaxation: RelaxationDoc,
    scheme: Scheme,
    max_volume_change: float = MAX_VOLUME_CHANGE,
) -> Phase | Rejected:
    """
    Turn a relaxation into a phase on a named scale, or say why not.

    Parameters
    ----------
    relaxation
        The relaxation. For a scheme that asks for structure and settings, ``settings`` must name
        ``run_type``, ``potcar_titles`` and, with U, ``hubbards``, as `Calculation` has them.
    scheme
        Correction scheme that fits its method.
    max_volume_change
        Largest relative change of volume, in either direction.

    Returns
    -------
    Phase or Rejected
        The phase, per reduced formula unit; or the reason.
    """
    energy = _energy(relaxation, scheme, max_volume_change)
    if isinstance(energy, Rejected):
        return energy
    scale = EnergyScale(relaxation.method, scheme.name)
    return _phase(relaxation, relaxation.id, energy, scale, _volume(relaxation))


def _energy(
    relaxation: RelaxationDoc,
    scheme: Scheme,
    max_volume_change: float,
    temperature: float = 0.0,
) -> float | Rejected:
    """Correct the energy of a relaxation, eV per reduced formula unit, or say why not."""
    reason = _objection(relaxation, scheme, max_volume_change)
    if reason is not None or relaxation.energy is None:
        return Rejected(relaxation.id, reason or "the relaxation reports no energy")
    amounts = parse(relaxation.formula)
    try:
        shift = scheme.shift(amounts, _calculation(relaxation) if scheme.structural else None)
        added = heat(amounts, temperature, _volume(relaxation))
    except (ChemicalSystemError, CorrectionError) as error:
        return Rejected(relaxation.id, str(error))
    return relaxation.energy / _units(relaxation) + shift + (added.energy if added else 0.0)


def _units(relaxation: RelaxationDoc) -> float:
    """Count the formula units in a cell."""
    return relaxation.n_sites / sum(parse(relaxation.formula).values())


def _volume(relaxation: RelaxationDoc) -> float:
    """Volume of a formula unit, Å³."""
    return relaxation.volume / _units(relaxation)


def _phase(
    known: RelaxationDoc | EntryDoc,
    relaxation_id: str,
    energy: float,
    scale: EnergyScale,
    volume: float | None,
) -> Phase:
    """Make a phase of what was relaxed, its corrected energy and its volume per formula unit."""
    return Phase(
        id=f"{known.label}/{relaxation_id}",
        formula=known.formula,
        amounts=parse(known.formula),
        energy=energy,
        scale=scale,
        source=f"relaxed with {known.method}",
        volume=volume,
        space_group=known.space_group,
    )


def shares_hull(method: str, scale: EnergyScale) -> bool:
    """
    Tell whether relaxations can enter the hull of a reference.

    Parameters
    ----------
    method
        Functional or potential of the relaxations.
    scale
        Of the reference.

    Returns
    -------
    bool
        True for the same method; and for what VASP computes in PBE with Materials Project's
        settings and pseudopotentials beside a snapshot. Corrected by MP2020 it has the energy that
        the Materials Project would publish (Wang et al., Sci. Rep. 11 (2021) 15496). The correction
        refuses other settings.
    """
    return method == scale.method or (method == _VASP_PBE and scale.method == METHODS["GGA_GGA+U"])


def admit_to(relaxation: RelaxationDoc, scale: EnergyScale, scheme: Scheme) -> Phase | Rejected:
    """
    Turn a relaxation into a phase on the scale of a reference, if its method allows.

    Parameters
    ----------
    relaxation
        The relaxation.
    scale, scheme
        Of the reference.

    Returns
    -------
    Phase or Rejected
        The phase; on a scale of its own, with the default corrections of its method, where the two
        share no hull.
    """
    corrections, own = _placed(relaxation.method, scale, scheme)
    energy = _energy(relaxation, corrections, MAX_VOLUME_CHANGE, temperature_of(own))
    if isinstance(energy, Rejected):
        return energy
    return _phase(relaxation, relaxation.id, energy, own, _volume(relaxation))


def _placed(method: str, scale: EnergyScale, scheme: Scheme) -> tuple[Scheme, EnergyScale]:
    """Choose the corrections of a method beside a reference, and the scale that they lead to."""
    if method == scale.method:
        own, temperature = EnergyScale(method, scheme.name), temperature_of(scale)
        return scheme, scale_at(own, temperature) if temperature else own
    if shares_hull(method, scale):
        return Scheme((*compose("mp2020").parts, *scheme.parts)), scale
    alone = default_scheme(method)
    return alone, EnergyScale(method, alone.name)


def entry_id(relaxation_id: str, method: str, scale: EnergyScale) -> str:
    """
    Identity of an entry: the same structure, settings and energy scale have the same id everywhere.

    It changes with trona itself, whose limits decide what is admitted.

    Parameters
    ----------
    relaxation_id
        Content hash of starting structure and settings.
    method
        Functional or potential of the relaxation.
    scale
        Of the reference.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    return fingerprint([relaxation_id, method, *vars(scale).values(), versions().get("trona")])


def entry_document(relaxation: RelaxationDoc, scale: EnergyScale, scheme: Scheme) -> EntryDoc:
    """
    Put a relaxation on the energy scale of a reference, as an entry document.

    Parameters
    ----------
    relaxation, scale, scheme
        As for `admit_to`.

    Returns
    -------
    EntryDoc
        Admitted with its energy, or rejected with the reason.
    """
    corrections, own = _placed(relaxation.method, scale, scheme)
    energy = _energy(relaxation, corrections, MAX_VOLUME_CHANGE, temperature_of(own))
    rejected = energy if isinstance(energy, Rejected) else None
    return EntryDoc(
        id=entry_id(relaxation.id, relaxation.method, scale),
        relaxation_id=relaxation.id,
        label=relaxation.label,
        formula=relaxation.formula,
        state="rejected" if rejected else "admitted",
        reason=rejected.reason if rejected else None,
        method=relaxation.method,
        energy=None if isinstance(energy, Rejected) else energy,
        energy_scale=EnergyScaleDoc(**vars(scale if rejected else own)),
        correction=scheme.label,
        volume=None if rejected else _volume(relaxation),
        volume_change=relaxation.volume_change,
        space_group=relaxation.space_group,
        band_gap=relaxation.band_gap,
        concerns=relaxation.concerns,
        relaxed=relaxation.created,
    )


def own_entry(relaxation: RelaxationDoc) -> EntryDoc:
    """
    Write the entry document of a relaxation on the scale of its own method.

    Parameters
    ----------
    relaxation
        Corrected by the default scheme of its method.

    Returns
    -------
    EntryDoc
        Admitted with its energy, or rejected with the reason.
    """
    scheme = default_scheme(relaxation.method)
    return entry_document(relaxation, EnergyScale(relaxation.method, scheme.name), scheme)


def entry_phase(entry: EntryDoc) -> Phase | None:
    """
    Convert an entry to a phase.

    Parameters
    ----------
    entry
        Admitted or rejected.

    Returns
    -------
    Phase or None
        None where it was rejected.
    """
    if entry.energy is None:
        return None
    scale = EnergyScale(**entry.energy_scale.model_dump())
    return _phase(entry, entry.relaxation_id, entry.energy, scale, entry.volume)


def _calculation(relaxation: RelaxationDoc) -> Calculation:
    """Collect what a structural scheme asks for; what the settings lack stays unknown."""
    settings, structure = relaxation.settings, relaxation.structure.to_structure()
    method = method_of(relaxation.method)
    if method is not None and method.learnt:
        return Calculation.of_materials_project(structure)
    return Calculation(
        structure=structure,
        run_type=settings.get("run_type"),
        hubbards=settings.get("hubbards") or {},
        potcar_titles=tuple(settings.get("potcar_titles") or ()),
    )


def _objection(relaxation: RelaxationDoc, scheme: Scheme, max_volume_change: float) -> str | None:
    """Name the first thing that keeps a relaxation out of a hull."""
    if relaxation.energy is None or not isfinite(relaxation.energy):
        return f"its energy is {relaxation.energy}, not a finite number"
    if not relaxation.converged:
        state = "is unknown" if relaxation.converged is None else "was not reached"
        force = "" if relaxation.max_force is None else f" (force {relaxation.max_force:.3f} eV/Å)"
        return f"convergence {state} after {relaxation.n_steps} steps{force}"
    return (
        _lost(relaxation, max_volume_change)
        or _unmixable(relaxation, scheme)
        or scheme.objection(basis_of(relaxation.method))
    )


def _lost(relaxation: RelaxationDoc, max_volume_change: float) -> str | None:
    """Say how a relaxation left what it started from, or did not arrive anywhere."""
    if relaxation.formula_start not in {None, relaxation.formula}:
        return f"it is of {relaxation.formula}, and {relaxation.formula_start} was asked for"
    force = relaxation.max_force
    if force is not None and not force <= MAX_FORCE:
        return f"a force of {force:.2f} eV/Å is left, more than the {MAX_FORCE} allowed"
    change = relaxation.volume_change
    if change is None:
        return (
            f"its volume went from {relaxation.volume_start:g} to {relaxation.volume:g} Å³: by how "
            "much it changed is unknown"
        )
    if abs(change) > max_volume_change:
        return f"its volume changed by {change:+.0%}, more than the {max_volume_change:.0%} allowed"
    return None


def _unmixable(relaxation: RelaxationDoc, scheme: Scheme) -> str | None:
    """Say why an energy with U may not meet energies without."""
    with_u = str(relaxation.settings.get("run_type", "")).endswith("+U")
    if with_u and not scheme.structural:
        return "energies with U share no hull with others unless corrected: use 'mp2020'"
    return None
