"""Answers beside the window, written down: interfaces, discharges, what a limit depends on.

There is no arithmetic of its own here: `trona.screening` computes.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from trona.screening.equilibrium.grand import profile
from trona.screening.formulas import parse
from trona.screening.stability.discharge import Plateau, discharge
from trona.screening.stability.interface import Kink, MixingLine, mix
from trona.screening.uncertainty.sensitivity import dependence
from trona.stores.documents.contacts import DischargeDoc, InterfaceDoc, KinkDoc, PlateauDoc
from trona.stores.documents.results import SCHEMA_VERSION, DependenceDoc, LimitDependenceDoc
from trona.stores.provenance import fingerprint, versions

from .assessment import Assessment, scale_document
from .electrodes import electrode_notes
from .reservations import covered, reservations
from .validation import pair_observations

if TYPE_CHECKING:
    from trona.stores.documents.json_output import UncertaintyDoc
    from trona.stores.energies.references import Reference

__all__ = ["dependence_documents", "discharge_document", "interface_document"]


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
    found = covered([first, second], reference)
    asked = [first, second, volts, reference.checksum, versions().get("trona")]
    return InterfaceDoc(
        id=fingerprint([SCHEMA_VERSION, *asked]),
        first=first,
        second=second,
        voltage=volts,
        reference=reference.name,
        reference_checksum=reference.checksum,
        energy_scale=scale_document(reference.scale),
        mixtures=[side.formula for side in (line.first, line.second) if side.mixture],
        reacts=line.reacts,
        strongest=_kink_document(line, line.strongest),
        kinks=[_kink_document(line, kink) for kink in line.kinks],
        open_pairs=["-".join(pair) for pair in found.open],
        observed=pair_observations(first, second, reference),
        caveats=[
            *electrode_notes([first, second], reference.table),
            *reservations([first, second], reference, found),
        ],
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
    coverage = covered([formula], reference)
    return DischargeDoc(
        formula=formula,
        reference=reference.name,
        energy_scale=scale_document(reference.scale),
        molar_mass=found.molar_mass,
        capacity=found.capacity,
        plateaus=[_plateau_document(plateau) for plateau in found.plateaus],
        open_pairs=["-".join(pair) for pair in coverage.open],
        caveats=reservations([formula], reference, coverage),
    )


def _plateau_document(plateau: Plateau) -> PlateauDoc:
    """Write a plateau down."""
    return PlateauDoc(
        voltage=plateau.voltage,
        reaction=plateau.equation,
        sodium=plateau.sodium,
        capacity=plateau.capacity,
        total=plateau.total,
    )


def dependence_documents(
    assessment: Assessment, errors: UncertaintyDoc | None = None
) -> list[LimitDependenceDoc]:
    """
    Say what the limits of a window depend on.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    errors
        What errors of the energies make of the limits; no uncertainty is given without. One limit
        has one error, that of the draws: to first order it would be too large wherever other
        products take over within it.

    Returns
    -------
    list of LimitDependenceDoc
        For the limits that are reactions.
    """
    found = zip(
        ("reduction", "oxidation"),
        dependence(assessment.table, assessment.stability),
        (None, None) if errors is None else (errors.reduction, errors.oxidation),
        strict=True,
    )
    return [
        LimitDependenceDoc(
            limit=name,
            voltage=limit.voltage,
            sigma=None if errors is None else errors.sigma,
            sigma_by_class={} if errors is None else errors.sigma_by_class,
            common=None if errors is None else errors.common,
            uncertainty=None if spread is None else spread.std,
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
        for name, limit, spread in found
        if limit is not None
    ]
