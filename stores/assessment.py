"""A composition against a reference, and the same written down as a document; no database.

There is no arithmetic of its own here: `trona.screening` computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from trona.screening.formulas import number, parse
from trona.screening.interphase import (
    Interphase,
    InterphaseClass,
    Thresholds,
    classify,
)
from trona.screening.phases import EnergyScale, Phase, PhaseTable
from trona.screening.reactions import write
from trona.screening.window import Limits, Reaction, Rung, Stability, assess, tolerated

from .corrections import Basis
from .documents import (
    EnergyScaleDoc,
    LimitsDoc,
    ProductDoc,
    RungDoc,
    WindowDoc,
)
from .properties import with_gaps
from .schemes import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .references import Reference

__all__ = [
    "Assessment",
    "assess_formula",
    "scale_document",
    "window_document",
]

_HIGH_PRESSURE = frozenset({"NaCl3", "NaCl7"})
"""Polychlorides made only above 20 GPa (Zhang et al., Science 342 (2013) 1502)."""
_METASTABLE = 1e-4
"""Energies above hull below this (eV/atom) are rounding, not metastability."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """
    A composition against a reference: thermodynamics and interphases, before they are written.

    Parameters
    ----------
    reference
        Energies of competing phases.
    table
        Its phases, with the electrolyte's own where that was computed.
    stability
        Window and ladder.
    interphases
        One for each interval of the ladder.
    """

    reference: Reference
    table: PhaseTable
    stability: Stability
    interphases: tuple[Interphase, ...]


def assess_formula(
    formula: str,
    reference: Reference,
    thresholds: Thresholds | None = None,
    own: Phase | None = None,
    own_gap: float | None = None,
) -> Assessment:
    """
    Window, ladder and interphases of a composition.

    Parameters
    ----------
    formula
        As the user writes it.
    reference
        Energies of competing phases.
    thresholds
        Connection thresholds of the interphase classes.
    own
        The electrolyte's own phase on the reference's scale, where it was computed; by default
        the reference's phase of that composition, and a mixture where there is none.
    own_gap
        Band gap of that phase, eV, where it was computed.

    Returns
    -------
    Assessment
        Results as typed objects, to be drawn or written down.

    Raises
    ------
    InputError
        If the formula cannot be used with this reference.
    """
    table = reference.table
    if own is not None:
        table = PhaseTable.from_phases((*reference.phases, own))
    stability = assess(table, parse(formula), formula, own)
    properties = with_gaps(dict(reference.band_gaps), reference.gap_source)
    if own is not None and own_gap is not None:
        properties = with_gaps({own.formula: own_gap}, own.source, properties)
    interphases = tuple(
        classify(
            rung.interval.phases,
            [float(amount) for amount in rung.interval.amounts],
            properties,
            thresholds,
            reacts=rung.kind in {Reaction.REDUCTION, Reaction.OXIDATION},
        )
        for rung in stability.ladder
    )
    return Assessment(reference, table, stability, interphases)


def window_document(assessment: Assessment, tolerance: float | None = None) -> WindowDoc:
    """
    Write an assessment down.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    tolerance
        Tolerated driving force, eV per electrolyte atom, for a second pair of limits.

    Returns
    -------
    WindowDoc
        Everything with units, sources and caveats.
    """
    stability = assessment.stability
    rungs = [
        _rung_document(rung, interphase, stability)
        for rung, interphase in zip(stability.ladder, assessment.interphases, strict=True)
    ]
    products = stability.decomposition
    window, touching = stability.window, stability.stabilized
    return WindowDoc(
        formula=stability.formula,
        reference=assessment.reference.name,
        energy_scale=scale_document(assessment.table.scale),
        energy_above_hull=stability.energy_above_hull,
        mixture=stability.mixture,
        decomposition=write(
            stability.formula,
            ((p.formula, x) for p, x in zip(products.phases, products.amounts, strict=True)),
        ),
        reduction_limit=None if window is None else window.reduction,
        oxidation_limit=None if window is None else _bounded(window.oxidation),
        tolerance=tolerance,
        tolerated=None if tolerance is None else _limits_document(tolerated(stability, tolerance)),
        stabilized=LimitsDoc(
            reduction_limit=touching.reduction, oxidation_limit=_bounded(touching.oxidation)
        ),
        ladder=rungs,
        caveats=list(_caveats(stability, rungs, assessment.reference)),
    )


def _limits_document(limits: Limits | None) -> LimitsDoc | None:
    """Write limits down, if there are any."""
    if limits is None:
        return None
    return LimitsDoc(reduction_limit=limits.reduction, oxidation_limit=_bounded(limits.oxidation))


def scale_document(scale: EnergyScale) -> EnergyScaleDoc:
    """
    Write an energy scale down.

    Parameters
    ----------
    scale
        Of some energies.

    Returns
    -------
    EnergyScaleDoc
        The same in words.
    """
    return EnergyScaleDoc(method=scale.method, correction=scale.correction, zero=scale.zero)


def _bounded(volts: float) -> float | None:
    """Write an infinite voltage as none."""
    return None if volts == inf else volts


def _rung_document(rung: Rung, found: Interphase, stability: Stability) -> RungDoc:
    """Write one interval down with its interphase."""
    interval = rung.interval
    return RungDoc(
        voltage_lower=interval.voltage_lower,
        voltage_upper=_bounded(interval.voltage_upper),
        reaction=rung.equation,
        reaction_kind=rung.kind.value,
        na_exchanged=interval.sodium_exchanged if rung.kind is not Reaction.NONE else 0.0,
        energy_per_atom=rung.energy_per_atom,
        energy_voltage=rung.energy_voltage,
        interphase=found.kind.value,
        electrons=found.electrons.value,
        ions=found.ions.value,
        fraction_basis=found.fraction_basis,
        metallic_fraction=found.metallic_fraction,
        electronic_fraction=found.electronic_fraction,
        ionic_fraction=found.ionic_fraction,
        threshold_margin=found.margin,
        volume_change=_volume_change(found, stability),
        products=_product_documents(found),
        tied=[phase.formula for phase in interval.tied],
    )


def _product_documents(found: Interphase) -> list[ProductDoc]:
    """Write the products of an interphase down."""
    return [
        ProductDoc(
            formula=share.phase.formula,
            amount=share.amount,
            id=share.phase.id,
            fraction=share.fraction,
            electronic=share.properties.electronic.value,
            electronic_source=share.properties.electronic_source,
            ionic=share.properties.ionic.value,
            ionic_source=share.properties.ionic_source,
        )
        for share in found.shares
    ]


def _electrolyte_volume(stability: Stability) -> float | None:
    """Volume of a formula unit, Å³: of the own phase, or of the mixture; None where unknown."""
    if stability.phase is not None:
        own = stability.phase.volume
        return None if own is None else own * stability.n_atoms / stability.phase.n_atoms
    volumes = [phase.volume for phase in stability.decomposition.phases]
    if any(volume is None for volume in volumes):
        return None
    return sum(
        float(x) * (v or 0.0) for x, v in zip(stability.decomposition.amounts, volumes, strict=True)
    )


def _volume_change(found: Interphase, stability: Stability) -> float | None:
    """Volume of the products over that of the electrolyte, minus 1."""
    before = _electrolyte_volume(stability)
    if before is None or found.fraction_basis != "volume":
        return None
    after = sum(share.amount * (share.phase.volume or 0.0) for share in found.shares)
    return after / before - 1.0


def _caveats(stability: Stability, rungs: Sequence[RungDoc], reference: Reference) -> Iterable[str]:
    """Say what a reader must not overlook."""
    above = stability.energy_above_hull
    if stability.mixture:
        names = " + ".join(phase.formula for phase in stability.decomposition.phases)
        yield (
            f"{stability.formula} has no phase of its own here: the window is that of the "
            f"mixture {names}, and its energy above hull is unknown."
        )
    elif above is not None and above > _METASTABLE:
        yield f"Metastable: {above * 1000:.1f} meV/atom above the hull."
    if stability.window is None:
        volts = number(stability.stabilized.reduction)
        yield f"No range of voltage is free of exchange: it changes sign at {volts} V."
    if rungs[0].reaction_kind == Reaction.DISPROPORTIONATION:
        yield "It decomposes by itself and releases sodium at 0 V: not a reduction by sodium."
    after = [r for r in rungs if r.reaction_kind == Reaction.OXIDATION]
    if after and (pressed := _HIGH_PRESSURE & {p.formula for p in after[0].products}):
        yield f"The oxidation limit rests on the high-pressure phase {', '.join(sorted(pressed))}."
    if any(rung.tied for rung in rungs):
        yield "Some products could be exchanged for others at no cost (see 'tied')."
    unknown = sorted({p.formula for p in rungs[0].products if "unknown" in {p.electronic, p.ionic}})
    if rungs[0].interphase == InterphaseClass.UNKNOWN:
        yield f"Class at 0 V unknown: conductor properties missing of {', '.join(unknown)}."
    inside = stability.profile.composition.keys() | {"Na"}
    by_hydride = reference.scheme.result(reference.basis) is Basis.MP2020
    if {"B", "H"} <= inside and by_hydride and not reference.scheme.settles("hydroborates"):
        without = compose(f"{reference.correction},hydroborate-uncorrected").label
        yield (
            "Hydroborates carry MP2020's correction of hydrides, which was fitted to none of them: "
            f"compare with --correction {without}."
        )
    gone = [formula for formula in reference.missing if parse(formula).keys() <= inside]
    if gone:
        yield f"Not in the reference: {', '.join(gone)}."
