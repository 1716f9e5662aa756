"""Documents of interfaces, discharges, and the sensitivity of a limit.

The thermodynamics is in `trona.screening`.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from trona.screening.equilibrium.grand import profile
from trona.screening.formulas import parse
from trona.screening.stability.charge import mean_voltage
from trona.screening.stability.contact import (
    contact_interphase,
    contact_volume_change,
)
from trona.screening.stability.discharge import Plateau, discharge
from trona.screening.stability.interface import Kink, MixingLine, mix
from trona.screening.stability.products import unknown_sides
from trona.screening.uncertainty.contact_error import mixing_error
from trona.screening.uncertainty.sensitivity import dependence
from trona.screening.units import SODIUM
from trona.stores.documents.answers import contact_sentence, discharge_sentence
from trona.stores.documents.contacts import (
    ChargeDoc,
    DischargeDoc,
    InterfaceDoc,
    KinkDoc,
    PlateauDoc,
    StateContactDoc,
)
from trona.stores.documents.results import SCHEMA_VERSION, DependenceDoc, LimitDependenceDoc
from trona.stores.energies.accuracy import accuracy
from trona.stores.provenance import fingerprint, versions

from .assessment import Assessment, product_documents, scale_document, withdrawn
from .electrodes import electrode_notes
from .properties import with_gaps, with_rules
from .reservations import covered, reservations
from .stack.electrode_states import electrode_volts, read_electrode
from .validation import pair_observations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.phases import Phase
    from trona.screening.stability.coverage import Coverage
    from trona.screening.stability.interphase import Interphase
    from trona.stores.documents.json_output import UncertaintyDoc
    from trona.stores.energies.accuracy import Accuracy
    from trona.stores.energies.references import Reference

__all__ = [
    "contact_line",
    "dependence_documents",
    "discharge_document",
    "interface_document",
    "state_words",
]

_ANODE = 1.0
"""Below this mean voltage (V) an electrode is an anode, which is charged where it is full."""


def interface_document(
    first: str, second: str, reference: Reference, volts: float | None = None
) -> InterfaceDoc:
    """
    React two materials and write the result down.

    Parameters
    ----------
    first, second
        Formulas as the user writes them, or electrodes as `read_electrode` takes them.
    reference
        Energies of competing phases.
    volts
        Voltage of a sodium reservoir, V; by default that in the name of an electrode, or no
        sodium comes or goes.

    Returns
    -------
    InterfaceDoc
        All kinks, with units.

    Raises
    ------
    InputError
        If a formula or the voltage cannot be used with this reference.
    """
    first, second, volts, states, other = _read_pair(first, second, reference, volts)
    line = mix(reference.table, parse(first), parse(second), (first, second), volts)
    found = covered([first, second], reference)
    contacts, kinks = _written_kinks(line, found, reference)
    strongest = kinks[line.kinks.index(line.strongest)]
    pairs = ["-".join(pair) for pair in found.open]
    charge = None if states is None else _charge_document(other, states, volts, reference)
    lasting = None if line.lasting is line.strongest else kinks[line.kinks.index(line.lasting)]
    if charge is None:
        told = strongest if line.reacts else None
        answer = contact_sentence((first, second), kinks, told, volts, pairs, lasting)
    else:
        answer = f"{charge.discharged.answer} {charge.charged.answer}"
    asked = [first, second, states, volts, reference.checksum, versions().get("trona")]
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
        strongest=strongest,
        lasting=lasting,
        kinks=kinks,
        statement=_statement(line, found, reference),
        answer=answer,
        open_pairs=pairs,
        charge=charge,
        observed=pair_observations(first, second, reference),
        caveats=[
            *([] if found.open else _unknown_properties(contacts)),
            *electrode_notes([first, second], reference.table),
            *reservations([first, second], reference, found),
        ],
    )


def contact_line(
    first: str, second: str, reference: Reference, volts: float | None = None
) -> MixingLine:
    """
    React two materials, an electrode also in its other state.

    Parameters
    ----------
    first, second
        As `interface_document` takes them.
    reference
        Energies of competing phases.
    volts
        Voltage of a sodium reservoir, V; as there.

    Returns
    -------
    MixingLine
        With classes and caveats.

    Raises
    ------
    InputError
        If a formula or the voltage cannot be used with this reference.
    """
    first, second, volts, states, other = _read_pair(first, second, reference, volts)
    line = _classified_line(first, second, reference, volts)
    if states is None:
        return line
    asked = first if other == second else second
    state = states[0] if asked == states[1] else states[1]
    pair = (state, second) if other == second else (first, state)
    table = reference.table
    if not parse(state).keys() <= set(table.elements):
        return line
    full, empty, _ = states
    words = state_words(mean_voltage(table, parse(full), parse(empty), f"{full}..{empty}"))
    word, of_other = words[::-1] if asked == empty else words
    found = replace(_classified_line(*pair, reference, volts), state=of_other)
    return replace(line, state=word, other=found)


def _read_pair(
    first: str, second: str, reference: Reference, volts: float | None
) -> tuple[str, str, float | None, tuple[str, str, str] | None, str]:
    """Read two materials: formulas, voltage, states of the one that has two, and the other one."""
    of_first, of_second = read_electrode(first), read_electrode(second)
    for asked in (first, second):
        volts = electrode_volts(asked, reference.table, volts)
    other = of_first if of_second.pair else of_second
    states = of_second.pair or of_first.pair
    return of_first.formula, of_second.formula, volts, states, other.formula


def _classified_line(
    first: str, second: str, reference: Reference, volts: float | None
) -> MixingLine:
    """React two formulas, with classes and caveats."""
    line = mix(reference.table, parse(first), parse(second), (first, second), volts)
    found = covered([first, second], reference)
    return replace(
        line,
        caveats=tuple(reservations([first, second], reference, found)),
        contacts=tuple(_classified(line, found, reference)),
    )


def _written_kinks(
    line: MixingLine, found: Coverage, reference: Reference
) -> tuple[list[Interphase | None], list[KinkDoc]]:
    """Classify the products at all kinks, and write them down."""
    contacts = _classified(line, found, reference)
    errors = None if found.open else accuracy(reference.scale)
    kinks = [
        _kink_document(line, kink, contact, errors, reference)
        for kink, contact in zip(line.kinks, contacts, strict=True)
    ]
    return contacts, kinks


def _classified(line: MixingLine, found: Coverage, reference: Reference) -> list[Interphase | None]:
    """Classify the products at all kinks; unknown where a pair of elements is open."""
    inside = _phases_between(line, reference)
    known = with_rules(with_gaps(dict(reference.band_gaps), reference.gap_source), inside)
    classes = [contact_interphase(line, kink, known) for kink in line.kinks]
    return [withdrawn(one) if one is not None and found.open else one for one in classes]


def _charge_document(
    other: str, states: tuple[str, str, str], volts: float | None, reference: Reference
) -> ChargeDoc | None:
    """Answer a contact for both states of an electrode; None where an element is not covered."""
    discharged, charged, source = states
    full, empty = parse(discharged), parse(charged)
    if not {*full, *empty} <= set(reference.table.elements):
        return None
    between = mean_voltage(reference.table, full, empty, f"{discharged}..{charged}")
    full_word, empty_word = state_words(between)
    return ChargeDoc(
        source=source,
        voltage=between,
        mixtures=[one for one in (discharged, charged) if not reference.table.find(parse(one))],
        discharged=_state_document(other, discharged, full_word, volts, reference),
        charged=_state_document(other, charged, empty_word, volts, reference),
    )


def state_words(volts: float) -> tuple[str, str]:
    """
    Name the states of an electrode with more and with less sodium.

    Parameters
    ----------
    volts
        Mean voltage between them.

    Returns
    -------
    tuple of str
        An anode is charged where it is full, and is named by its sodium.
    """
    return ("sodiated", "desodiated") if volts < _ANODE else ("discharged", "charged")


def _state_document(
    other: str, state: str, word: str, volts: float | None, reference: Reference
) -> StateContactDoc:
    """React one state of an electrode with the other material."""
    line = mix(reference.table, parse(other), parse(state), (other, state), volts)
    found = covered([other, state], reference)
    _, kinks = _written_kinks(line, found, reference)
    strongest = kinks[line.kinks.index(line.strongest)]
    pairs = ["-".join(pair) for pair in found.open]
    return StateContactDoc(
        formula=state,
        reacts=line.reacts,
        statement=_statement(line, found, reference),
        answer=contact_sentence(
            (other, f"{state} ({word})"), kinks, strongest if line.reacts else None, volts, pairs
        ),
        strongest=strongest,
    )


def _elements_between(line: MixingLine) -> set[str]:
    """Find the elements that may take part: of both materials, and of the reservoir."""
    reservoir = set() if line.voltage is None else {SODIUM}
    return {*line.first.composition, *line.second.composition} | reservoir


def _phases_between(line: MixingLine, reference: Reference) -> list[Phase]:
    """Find the phases that may form of two materials."""
    elements = _elements_between(line)
    return [phase for phase in reference.phases if phase.amounts.keys() <= elements]


def _statement(line: MixingLine, found: Coverage, reference: Reference) -> str:
    """Say in a sentence whether two materials react, and on which phases that rests."""
    pair = f"{line.first.formula} and {line.second.formula}"
    state = "" if line.voltage is None else f" open to sodium at {line.voltage:g} V"
    elements = "-".join(sorted(_elements_between(line)))
    basis = f"the {len(_phases_between(line, reference))} phases of {elements} in {reference.name}"
    if found.open:
        pairs = ", ".join("-".join(pair) for pair in found.open)
        basis += f", none of which contains both elements of {pairs}: products may be missing"
    elif found.minor:
        pairs = ", ".join("-".join(pair) for pair in found.minor)
        basis += f", which include every pair of these elements except {pairs}"
    else:
        basis += ", which include every pair of these elements"
    if line.reacts:
        released = -1000.0 * line.mixing_energy(line.strongest)
        return f"{pair} release at most {released:.0f} meV/atom by mixing{state}, among {basis}."
    if any(kink.energy_per_atom < 0.0 for kink in line.kinks):
        return f"Mixing {pair} releases no more{state} than each does by itself, among {basis}."
    return f"No reaction: {pair} are in equilibrium{state} in every proportion, among {basis}."


def _kink_document(
    line: MixingLine,
    kink: Kink,
    contact: Interphase | None,
    errors: Accuracy | None,
    reference: Reference,
) -> KinkDoc:
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
        volume_change=contact_volume_change(reference.table, kink),
        uncertainty=None if errors is None else mixing_error(line, kink, errors.model),
        **({} if contact is None else _class_fields(contact)),
    )


def _class_fields(contact: Interphase) -> dict[str, Any]:
    """Write the class of a contact down, with what it rests on."""
    return {
        "interphase": contact.kind.value,
        "electrons": contact.electrons.value,
        "ions": contact.ions.value,
        "fraction_basis": contact.fraction_basis,
        "metallic_fraction": contact.metallic_fraction,
        "electronic_fraction": contact.electronic_fraction,
        "ionic_fraction": contact.ionic_fraction,
        "threshold_margin": contact.margin,
        "ionic_threshold_margin": contact.ionic_margin,
        "shares": product_documents(contact),
    }


def _unknown_properties(contacts: Iterable[Interphase | None]) -> list[str]:
    """Say of which products it is not known what they let pass, where a class is open for it."""
    sides = unknown_sides(one for one in contacts if one is not None)
    listed = "; ".join(f"{side} through {', '.join(some)}" for side, some in sides.items())
    return [f"Not known: {listed}."] if listed else []


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
    plateaus = [_plateau_document(plateau) for plateau in found.plateaus]
    return DischargeDoc(
        formula=formula,
        answer=discharge_sentence(formula, plateaus, found.capacity),
        reference=reference.name,
        energy_scale=scale_document(reference.scale),
        molar_mass=found.molar_mass,
        capacity=found.capacity,
        plateaus=plateaus,
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
