"""Answers to questions, written down: windows, electrodes, interfaces, discharges, dependences.

There is no arithmetic of its own here: `trona.screening` computes.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from trona.screening.capacity import Plateau, discharge
from trona.screening.contact import rank_products
from trona.screening.electrode import AtPotential, at_potential, electrode, passed
from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.grand import profile
from trona.screening.interface import Kink, MixingLine, mix
from trona.screening.reactions import terms
from trona.screening.sensitivity import dependence

from .assessment import Assessment, scale_document, window_document
from .documents import (
    DependenceDoc,
    DischargeDoc,
    ElectrodeDoc,
    InterfaceDoc,
    KinkDoc,
    LimitDependenceDoc,
    PlateauDoc,
    RankedProductDoc,
    RungDoc,
    WindowAnswerDoc,
    WindowDoc,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.window import Rung

    from .references import Reference

__all__ = ["dependence_documents", "discharge_document", "interface_document", "window_answer"]


def window_answer(
    assessment: Assessment,
    *,
    tolerance: float | None = None,
    at: float | None = None,
    against: str | None = None,
    why: bool = False,
    sigma: float | None = None,
) -> WindowAnswerDoc:
    """
    Write an assessment down with what else a user wants to know.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    tolerance
        Tolerated driving force, eV per electrolyte atom.
    at
        Voltage, V: the ladder then holds the reaction there only.
    against
        Formula of an electrode: the ladder then holds the intervals between the window and the
        potentials of the electrode.
    why
        True to say what the limits depend on.
    sigma
        Error to assume for each energy, eV/atom.

    Returns
    -------
    WindowAnswerDoc
        What `trona window --json` prints.

    Raises
    ------
    InputError
        If the electrode cannot be used with this reference, a number is impossible, or both a
        voltage and an electrode are given.
    """
    if at is not None and against is not None:
        raise InputError("an electrode has its own potentials: give a voltage or an electrode.")
    stability = assessment.stability
    document = window_document(assessment, tolerance)
    content = document.model_dump()
    shown: Sequence[Rung] = stability.ladder
    if at is not None:
        point = AtPotential(at, stability.rung(at), stability.reaction_energy(at))
        shown = [point.rung]
        content["ladder"] = [_rung_at(document, assessment, point).model_dump()]
    if against is not None:
        found, shown = _electrode(document, assessment, against)
        content["electrode"] = found.model_dump()
        content["ladder"] = [_written(document, assessment, rung).model_dump() for rung in shown]
    content["products"] = _products(assessment, shown)
    if why:
        content["dependence"] = [d.model_dump() for d in dependence_documents(assessment, sigma)]
    return WindowAnswerDoc.model_validate(content)


def _products(assessment: Assessment, rungs: Sequence[Rung]) -> list[RankedProductDoc]:
    """Write down the products of some intervals, ranked by type."""
    ladder = assessment.stability.ladder
    interphases = [assessment.interphases[ladder.index(rung)] for rung in rungs]
    return [
        RankedProductDoc(
            formula=one.share.phase.formula,
            id=one.share.phase.id,
            type=one.share.properties.kind.value,
            electronic=one.share.properties.electronic.value,
            ionic=one.share.properties.ionic.value,
            fraction=one.share.fraction,
            fraction_basis=one.fraction_basis,
            voltages=[_range(rung) for rung in one.rungs],
        )
        for one in rank_products(rungs, interphases)
    ]


def _range(rung: Rung) -> tuple[float, float | None]:
    """Write a range of voltage; none where unbounded."""
    upper = rung.interval.voltage_upper
    return rung.interval.voltage_lower, upper if upper < inf else None


def _written(document: WindowDoc, assessment: Assessment, rung: Rung) -> RungDoc:
    """Find an interval among those that were written down."""
    return document.ladder[assessment.stability.ladder.index(rung)]


def _rung_at(document: WindowDoc, assessment: Assessment, point: AtPotential) -> RungDoc:
    """Write an interval down with its energy at a potential."""
    return _written(document, assessment, point.rung).model_copy(
        update={"energy_per_atom": point.energy_per_atom, "energy_voltage": point.voltage}
    )


def _electrode(
    document: WindowDoc, assessment: Assessment, formula: str
) -> tuple[ElectrodeDoc, Sequence[Rung]]:
    """Write down what happens at an electrode; with the intervals from the window to it."""
    stability = assessment.stability
    found = electrode(assessment.table, parse(formula), formula)
    takes = at_potential(stability, found.takes, gives=False)
    gives = at_potential(stability, found.gives, gives=True) if found.gives < inf else None
    alone = found.stability
    written = ElectrodeDoc(
        formula=formula,
        mixture=alone is not None and alone.mixture,
        energy_above_hull=0.0 if alone is None else alone.energy_above_hull,
        takes=found.takes,
        gives=None if gives is None else found.gives,
        at_takes=_rung_at(document, assessment, takes),
        at_gives=None if gives is None else _rung_at(document, assessment, gives),
    )
    return written, passed(stability, [takes] if gives is None else [takes, gives])


def interface_document(
    first: str, second: str, reference: Reference, volts: float | None = None
) -> InterfaceDoc:
    """
    React two materials and write the result down.

    Parameters
    ----------
    first, second
        Formulas as the user writes them.
    reference
        Energies of competing phases.
    volts
        Voltage of a sodium reservoir, V; by default no sodium comes or goes.

    Returns
    -------
    InterfaceDoc
        All kinks, with units.

    Raises
    ------
    InputError
        If a formula or the voltage cannot be used with this reference.
    """
    line = mix(reference.table, parse(first), parse(second), (first, second), volts)
    return InterfaceDoc(
        first=first,
        second=second,
        voltage=volts,
        reference=reference.name,
        energy_scale=scale_document(reference.scale),
        mixtures=[side.formula for side in (line.first, line.second) if side.mixture],
        reacts=line.reacts,
        strongest=_kink_document(line, line.strongest),
        kinks=[_kink_document(line, kink) for kink in line.kinks],
    )


def _kink_document(line: MixingLine, kink: Kink) -> KinkDoc:
    """Write a point of a mixing line down."""
    per_unit = line.energy_per_formula_unit(kink)
    return KinkDoc(
        fraction=kink.fraction,
        reaction=kink.equation,
        energy_per_atom=kink.energy_per_atom,
        mixing_energy_per_atom=line.mixing_energy(kink),
        energy_per_formula_unit=None if per_unit == -inf else per_unit,
        na_exchanged=kink.sodium_exchanged,
        products={
            phase.formula: float(x) for phase, x in zip(kink.phases, kink.amounts, strict=True)
        },
    )


def discharge_document(formula: str, reference: Reference) -> DischargeDoc:
    """
    Discharge a composition to sodium metal and write the plateaus down.

    Parameters
    ----------
    formula
        As the user writes it; sodium may be absent.
    reference
        Energies of competing phases.

    Returns
    -------
    DischargeDoc
        Plateaus with reactions and capacities.

    Raises
    ------
    InputError
        If the formula cannot be used with this reference.
    """
    found = discharge(profile(reference.table, parse(formula)))
    return DischargeDoc(
        formula=formula,
        reference=reference.name,
        energy_scale=scale_document(reference.scale),
        molar_mass=found.molar_mass,
        capacity=found.capacity,
        plateaus=[_plateau_document(plateau) for plateau in found.plateaus],
    )


def _plateau_document(plateau: Plateau) -> PlateauDoc:
    """Write a plateau down."""
    before, after = (
        [(p.formula, float(x)) for p, x in zip(side.phases, side.amounts, strict=True)]
        for side in (plateau.before, plateau.after)
    )
    return PlateauDoc(
        voltage=plateau.voltage,
        reaction=f"{terms([*before, ('Na', plateau.sodium)])} -> {terms(after)}",
        sodium=plateau.sodium,
        capacity=plateau.capacity,
        total=plateau.total,
    )


def dependence_documents(
    assessment: Assessment, sigma: float | None = None
) -> list[LimitDependenceDoc]:
    """
    Say what the limits of a window depend on.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    sigma
        Error to assume for each energy, eV/atom; no uncertainty is given without one.

    Returns
    -------
    list of LimitDependenceDoc
        For the limits that are reactions.

    Raises
    ------
    InputError
        If sigma is negative or not finite.
    """
    found = zip(
        ("reduction", "oxidation"),
        dependence(assessment.table, assessment.stability),
        strict=True,
    )
    return [
        LimitDependenceDoc(
            limit=name,
            voltage=limit.voltage,
            sigma=sigma,
            uncertainty=None if sigma is None else limit.uncertainty(sigma),
            phases=[
                DependenceDoc(
                    formula=one.phase.formula,
                    id=one.phase.id,
                    slope=one.slope,
                    removed=one.removed,
                )
                for one in limit.phases
            ],
        )
        for name, limit in found
        if limit is not None
    ]
