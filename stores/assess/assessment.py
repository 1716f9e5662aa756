"""Assessment of a composition against a reference, as numbers and as a document; no database.

The thermodynamics is in `trona.screening`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.equilibrium.pressure import MAX_PRESSURE, stabilizing_pressure
from trona.screening.formulas import canonical, fractions_key, glass_parts, number, parse
from trona.screening.reactions import write_reaction
from trona.screening.stability.alarms import alarms
from trona.screening.stability.interphase import Conduction, InterphaseClass
from trona.screening.stability.products import (
    by_harm,
    interphase,
    sodium_use,
    unknown_sides,
    volume_change,
)
from trona.screening.stability.window import Limits, Reaction, Rung, Stability, assess, tolerated
from trona.screening.units import SODIUM
from trona.stores.corrections.parts import EnergyBasis
from trona.stores.corrections.schemes import compose
from trona.stores.documents.results import (
    EnergyScaleDoc,
    ExclusionDoc,
    LimitsDoc,
    ProductDoc,
    RungDoc,
    WindowDoc,
)

from .properties import with_gaps, with_rules
from .reservations import covered, reservations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trona.screening.stability.coverage import Coverage
    from trona.screening.stability.interphase import (
        Interphase,
        PropertyTable,
        Thresholds,
    )
    from trona.stores.energies.references import Reference

__all__ = [
    "Assessment",
    "Exclusion",
    "assess_formula",
    "product_documents",
    "scale_document",
    "window_document",
    "withdrawn",
]

_HIGH_PRESSURE = frozenset(fractions_key(parse(formula)) for formula in ("NaCl3", "NaCl7"))
"""Polychlorides made only above 20 GPa (Zhang et al., Science 342 (2013) 1502)."""
_PRESSED = ("Na", "Cl")
"""Elements of these."""
_METASTABLE = 1e-4
"""Energies above hull below this (eV/atom) are rounding, not metastability."""


@dataclass(frozen=True)
class Exclusion:
    """
    A window computed without phases that rarely form.

    Parameters
    ----------
    formulas
        What was left out.
    window
        Limits without it; None where no range is free of exchange.
    """

    formulas: tuple[str, ...]
    window: Limits | None


@dataclass(frozen=True, eq=False)
class Assessment:
    """
    Thermodynamics and interphases of a composition against a reference.

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
    properties
        Conductor properties by which they were classified.
    thresholds
        Connection thresholds; None for the default.
    exclusion
        The window without high-pressure phases; None where those set no limit.
    coverage
        Pairs of its elements without a common phase in the reference.
    alarms
        What no known compound has, in sentences.
    """

    reference: Reference
    table: PhaseTable
    stability: Stability
    interphases: tuple[Interphase, ...]
    properties: PropertyTable
    thresholds: Thresholds | None
    exclusion: Exclusion | None
    coverage: Coverage
    alarms: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Assessment with {self.reference.name}: {self.stability.heading}>"

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why a ranking must not trust it, in sentences."""
        return (*(self.coverage.sentences[:1] if self.coverage.open else ()), *self.alarms)


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
        others = (phase for phase in reference.phases if phase.id != own.id)
        table = PhaseTable.from_phases((*others, own))
    stability = assess(table, parse(formula), formula, own)
    properties = with_gaps(dict(reference.band_gaps), reference.gap_source)
    if own is not None and own_gap is not None:
        properties = with_gaps({own.formula: own_gap}, own.source, properties)
    inside = {*stability.profile.composition, SODIUM}
    ground = table.system(inside, closed=True).index.tolist()
    properties = with_rules(properties, map(table.phases.__getitem__, ground))
    interphases = tuple(interphase(rung, properties, thresholds) for rung in stability.ladder)
    found = covered([formula], reference)
    return Assessment(
        reference=reference,
        table=table,
        stability=stability,
        interphases=tuple(map(withdrawn, interphases)) if found.open else interphases,
        properties=properties,
        thresholds=thresholds,
        exclusion=_at_ambient_pressure(table, stability),
        coverage=found,
        alarms=alarms(table, stability),
    )


def withdrawn(found: Interphase) -> Interphase:
    """
    Withdraw a class based on products that may not be the ones that form.

    Parameters
    ----------
    found
        As classified.

    Returns
    -------
    Interphase
        The same products, of unknown class.
    """
    nobody = Conduction.UNKNOWN
    return replace(found, kind=InterphaseClass.UNKNOWN, electrons=nobody, ions=nobody)


def _at_ambient_pressure(table: PhaseTable, stability: Stability) -> Exclusion | None:
    """Find the window again without high-pressure phases, where one of them sets a limit."""
    own, window = stability.phase, stability.window
    if window is None or (own is not None and _pressed(own)):
        return None
    edges = {window.reduction, window.oxidation}
    deciding = [
        i for i in stability.profile.intervals if edges & {i.voltage_lower, i.voltage_upper}
    ]
    if not any(_pressed(phase) for interval in deciding for phase in interval.phases):
        return None
    near = table.within({*stability.profile.composition, *_PRESSED, SODIUM})
    pressed = {phase.id: phase.formula for phase in near.phases if _pressed(phase)}
    rest = PhaseTable.from_phases(phase for phase in near.phases if phase.id not in pressed)
    found = assess(rest, stability.profile.composition, stability.formula, own)
    return Exclusion(tuple(sorted(set(pressed.values()))), found.window)


def _pressed(phase: Phase) -> bool:
    """Tell whether a phase is made under high pressure only."""
    return phase.key in _HIGH_PRESSURE


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
        RungDoc.model_validate(_rung_content(rung, found, assessment))
        for rung, found in zip(stability.ladder, assessment.interphases, strict=True)
    ]
    window, touching, less = stability.window, stability.stabilized, assessment.exclusion
    return WindowDoc(
        formula=stability.formula,
        reference=assessment.reference.name,
        energy_scale=scale_document(assessment.table.scale),
        energy_above_hull=stability.energy_above_hull,
        mixture=stability.mixture,
        decomposition=_equation(stability),
        reduction_limit=None if window is None else window.reduction,
        oxidation_limit=None if window is None else _bounded(window.oxidation),
        without_high_pressure=None if less is None else _exclusion_document(less),
        tolerance=tolerance,
        tolerated=None if tolerance is None else _limits_document(tolerated(stability, tolerance)),
        stabilized=LimitsDoc(
            reduction_limit=touching.reduction, oxidation_limit=_bounded(touching.oxidation)
        ),
        ladder=rungs,
        open_pairs=["-".join(pair) for pair in assessment.coverage.open],
        doubts=list(assessment.doubts),
        caveats=list(_caveats(assessment, rungs)),
    )


def _equation(stability: Stability) -> str:
    """Write what a composition becomes at fixed composition."""
    products = stability.decomposition
    return write_reaction(
        stability.formula,
        zip([phase.formula for phase in products.phases], products.amounts.tolist(), strict=True),
    )


def _limits_document(limits: Limits | None) -> LimitsDoc | None:
    """Write limits down, if there are any."""
    if limits is None:
        return None
    return LimitsDoc(reduction_limit=limits.reduction, oxidation_limit=_bounded(limits.oxidation))


def _exclusion_document(less: Exclusion) -> ExclusionDoc:
    """Write the window without some phases down."""
    return ExclusionDoc(
        formulas=list(less.formulas),
        reduction_limit=None if less.window is None else less.window.reduction,
        oxidation_limit=None if less.window is None else _bounded(less.window.oxidation),
    )


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


def _rung_content(rung: Rung, found: Interphase, assessment: Assessment) -> dict[str, object]:
    """Write one interval down with its interphase, as `RungDoc` takes it."""
    interval, stability = rung.interval, assessment.stability
    use = sodium_use(assessment.table, stability, rung)
    return {
        "voltage_lower": interval.voltage_lower,
        "voltage_upper": _bounded(interval.voltage_upper),
        "reaction": rung.equation,
        "reaction_kind": rung.kind.value,
        "na_exchanged": interval.sodium_exchanged if rung.kind is not Reaction.NONE else 0.0,
        "energy_per_atom": rung.energy_per_atom,
        "energy_voltage": rung.energy_voltage,
        "interphase": found.kind.value,
        "interphase_shares": {},
        "electrons": found.electrons.value,
        "ions": found.ions.value,
        "fraction_basis": found.fraction_basis,
        "metallic_fraction": found.metallic_fraction,
        "electronic_fraction": found.electronic_fraction,
        "ionic_fraction": found.ionic_fraction,
        "threshold_margin": found.margin,
        "ionic_threshold_margin": found.ionic_margin,
        "volume_change": volume_change(stability, rung),
        "sodium_charge_per_um": use.charge,
        "sodium_thickness_per_um": use.thickness,
        "products": _product_contents(found),
        "tied": [phase.formula for phase in interval.tied],
    }


def product_documents(found: Interphase) -> list[ProductDoc]:
    """
    Write the products of an interphase down.

    Parameters
    ----------
    found
        The interphase.

    Returns
    -------
    list of ProductDoc
        With their places by harm.
    """
    return [ProductDoc.model_validate(one) for one in _product_contents(found)]


def _product_contents(found: Interphase) -> list[dict[str, object]]:
    """Write the products of an interphase down, as `ProductDoc` takes them."""
    places = {share.phase.id: place for place, share in enumerate(by_harm(found.shares), start=1)}
    return [
        {
            "formula": share.phase.formula,
            "amount": share.amount,
            "id": share.phase.id,
            "fraction": share.fraction,
            "type": share.properties.kind.value,
            "place": places[share.phase.id],
            "electronic": share.properties.electronic.value,
            "electronic_source": share.properties.electronic_source,
            "ionic": share.properties.ionic.value,
            "ionic_source": share.properties.ionic_source,
        }
        for share in found.shares
    ]


def _unknown_sides(interphases: Sequence[Interphase]) -> Iterable[str]:
    """Say of which products it is not known what they let pass: at 0 V, then at other voltages."""
    for where, some in (("at 0 V", interphases[:1]), ("at other voltages", interphases[1:])):
        sides = unknown_sides(some)
        if sides:
            listed = "; ".join(f"{side} through {', '.join(x)}" for side, x in sides.items())
            yield f"Not known {where}: {listed}."


def _remedy(assessment: Assessment) -> str:
    """Say from which pressure a metastable electrolyte is stable, where volumes are known."""
    own = assessment.stability.phase
    if own is None or any(phase.volume is None for phase in assessment.table.phases):
        return ""
    near = assessment.table.within(own.amounts)  # no other phase can be among its rivals
    pressure = stabilizing_pressure(near, own)
    if pressure is None:
        return f", at any pressure up to {MAX_PRESSURE:g} GPa"
    return f", stable from {number(pressure, 2)} GPa"


def _caveats(assessment: Assessment, rungs: Sequence[RungDoc]) -> Iterable[str]:
    """Say what a reader must not overlook."""
    stability, reference = assessment.stability, assessment.reference
    yield from _glass_note(stability.formula)
    above = stability.energy_above_hull
    if stability.mixture:
        names = " + ".join(phase.formula for phase in stability.decomposition.phases)
        yield (
            f"{stability.formula} has no phase of its own here: the window is that of the "
            f"mixture {names}, and its energy above hull is unknown."
        )
    elif above is not None and above > _METASTABLE:
        yield f"Metastable: {above * 1000:.1f} meV/atom above hull{_remedy(assessment)}."
    if stability.window is None:
        volts = number(stability.stabilized.reduction)
        yield f"Sodium is exchanged at every voltage: the exchange changes sign at {volts} V."
    if rungs[0].reaction_kind == Reaction.DISPROPORTIONATION:
        yield "It decomposes by itself and releases sodium at 0 V: not a reduction by sodium."
    elif not stability.mixture and stability.decomposes:
        yield f"It decomposes where no sodium is exchanged: {_equation(stability)}."
    after = [rung for rung in stability.ladder if rung.kind is Reaction.OXIDATION]
    pressed = [p.formula for rung in after[:1] for p in rung.interval.phases if _pressed(p)]
    if pressed:
        yield f"The oxidation limit depends on the high-pressure phase {', '.join(pressed)}."
    if any(rung.tied for rung in rungs):
        yield "Some products could be replaced by others at no cost (see 'tied')."
    if not assessment.coverage.open:
        yield from _unknown_sides(assessment.interphases)
    yield from reservations([stability.formula], reference, assessment.coverage)
    yield from assessment.alarms
    if assessment.coverage.open:
        yield "So every class here is unknown, and the limits have no ±."
    yield from _hydride_note(assessment)


def _glass_note(formula: str) -> Iterable[str]:
    """Say which formula unit is meant where components are given in mol%."""
    if glass_parts(formula) is not None:
        unit = canonical(parse(formula))
        yield (
            f"{formula} is assessed as crystalline {unit}, per formula unit of that: a glass lies "
            "higher in energy, so its window is narrower ('trona candidates glass' makes models)."
        )


def _hydride_note(assessment: Assessment) -> Iterable[str]:
    """Say that hydroborates carry a correction which was fitted to none of them."""
    reference = assessment.reference
    inside = assessment.stability.profile.composition.keys() | {"Na"}
    by_hydride = reference.scheme.result(reference.basis) is EnergyBasis.MP2020
    if {"B", "H"} <= inside and by_hydride and not reference.scheme.settles("hydroborates"):
        without = compose(f"{reference.correction},hydroborate-uncorrected").label
        yield (
            "Hydroborates include MP2020's correction for hydrides, which was fitted to none of "
            f"them: compare with --correction {without}."
        )
