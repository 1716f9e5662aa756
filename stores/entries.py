"""Which relaxations may enter a hull, and as what: a phase on a named scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.errors import CorrectionError
from trona.screening.formulas import parse
from trona.screening.phases import EnergyScale, Phase

from .corrections import basis_of
from .documents import EnergyScaleDoc
from .mp2020 import Calculation
from .provenance import fingerprint, versions
from .records import EntryDoc

if TYPE_CHECKING:
    from .documents import RelaxationDoc
    from .schemes import Scheme

__all__ = [
    "MAX_FORCE",
    "MAX_VOLUME_CHANGE",
    "Rejected",
    "admit",
    "entry_document",
    "entry_id",
    "entry_phase",
]

MAX_VOLUME_CHANGE = 0.35
"""Relative change of volume beyond which a relaxation has left its starting phase."""

MAX_FORCE = 0.2
"""eV/Å. Relaxations with Materials Project's settings end by the change of energy, with forces of
some hundredths; more means that atoms were still moving."""


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
    reason = _objection(relaxation, scheme, max_volume_change)
    if reason is not None or relaxation.energy is None:
        return Rejected(relaxation.id, reason or "the relaxation reports no energy")
    amounts = parse(relaxation.formula)
    try:
        shift = scheme.shift(amounts, _calculation(relaxation) if scheme.structural else None)
    except CorrectionError as error:
        return Rejected(relaxation.id, str(error))
    units = relaxation.n_sites / sum(amounts.values())
    return _phase(
        relaxation.id,
        relaxation.label,
        relaxation.formula,
        relaxation.energy / units + shift,
        EnergyScale(relaxation.method, scheme.name),
        relaxation.volume / units,
        relaxation.space_group,
    )


def entry_id(relaxation_id: str, method: str, scheme: Scheme) -> str:
    """
    Identity of an entry: the same structure, settings and energy scale have the same id everywhere.

    It changes with trona itself, whose limits decide what is admitted.

    Parameters
    ----------
    relaxation_id
        Content hash of starting structure and settings.
    method
        Functional or potential.
    scheme
        Correction scheme.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    return fingerprint([relaxation_id, method, scheme.name, versions().get("trona")])


def entry_document(relaxation: RelaxationDoc, scheme: Scheme) -> EntryDoc:
    """
    Put a relaxation on an energy scale and write down what came of it.

    Parameters
    ----------
    relaxation
        As for `admit`.
    scheme
        Correction scheme.

    Returns
    -------
    EntryDoc
        Admitted with its energy, or rejected with the reason.
    """
    found = admit(relaxation, scheme)
    phase = found if isinstance(found, Phase) else None
    change = None
    if relaxation.volume_start > 0:
        change = relaxation.volume / relaxation.volume_start - 1.0
    return EntryDoc(
        id=entry_id(relaxation.id, relaxation.method, scheme),
        relaxation_id=relaxation.id,
        label=relaxation.label,
        formula=relaxation.formula,
        state="rejected" if phase is None else "admitted",
        reason=found.reason if isinstance(found, Rejected) else None,
        energy=None if phase is None else phase.energy,
        energy_scale=EnergyScaleDoc(method=relaxation.method, correction=scheme.name, zero="total"),
        correction=scheme.label,
        volume=None if phase is None else phase.volume,
        volume_change=change,
        space_group=relaxation.space_group,
        band_gap=relaxation.band_gap,
        concerns=relaxation.concerns,
        relaxed=relaxation.created,
    )


def entry_phase(entry: EntryDoc) -> Phase | None:
    """
    Make the phase that an entry was written down from.

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
    scale = entry.energy_scale
    return _phase(
        entry.relaxation_id,
        entry.label,
        entry.formula,
        entry.energy,
        EnergyScale(scale.method, scale.correction),
        entry.volume,
        entry.space_group,
    )


def _phase(
    relaxation_id: str,
    label: str,
    formula: str,
    energy: float,
    scale: EnergyScale,
    volume: float | None,
    space_group: str,
) -> Phase:
    """Describe a relaxed crystal per formula unit."""
    return Phase(
        id=f"{label}/{relaxation_id}",
        formula=formula,
        amounts=parse(formula),
        energy=energy,
        scale=scale,
        source=f"relaxed with {scale.method}",
        volume=volume,
        space_group=space_group,
    )


def _calculation(relaxation: RelaxationDoc) -> Calculation:
    """Collect what a structural scheme asks for; what the settings lack stays unknown."""
    settings = relaxation.settings
    return Calculation(
        structure=relaxation.structure.to_structure(),
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
    change = relaxation.volume / relaxation.volume_start - 1.0
    if not isfinite(change) or abs(change) > max_volume_change:
        return f"its volume changed by {change:+.0%}, more than the {max_volume_change:.0%} allowed"
    return None


def _unmixable(relaxation: RelaxationDoc, scheme: Scheme) -> str | None:
    """Say why an energy with U may not meet energies without."""
    with_u = str(relaxation.settings.get("run_type", "")).endswith("+U")
    if with_u and not scheme.structural:
        return "energies with U share no hull with others unless corrected: use 'mp2020'"
    return None
