"""Predictions compared with published values, each with a verdict and its reason; no fitting."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trona.screening.errors import ChemicalSystemError, InputError
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.data_files import data_content
from trona.stores.documents.results import Document, ObservationDoc, WindowDoc

from .assessment import assess_formula, window_document
from .doping.orders import MoistAir, PublishedOrder, judge_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trona.stores.documents.air import AirDoc
    from trona.stores.energies.atmosphere import Atmosphere
    from trona.stores.energies.references import Reference

__all__ = [
    "TOLERANCE",
    "Case",
    "Comparison",
    "Conductivity",
    "Contact",
    "PublishedWindow",
    "ValidatedCase",
    "charge_imbalance",
    "observations",
    "pair_observations",
    "published_cases",
    "validate",
]

TOLERANCE = 0.3
"""Limits agree within this (V), by which DFT sources scatter: the oxidation limit of Na3PS4 is 2.13
or 2.43 V with one correction of polysulfides or another."""
_BALANCED = 0.005  # charges below this per formula unit are rounding of a printed composition
_CHARGES = (
    {"H": 1, "Na": 1, "Zn": 2, "Mo": 6, "W": 6}
    | dict.fromkeys(("B", "Al", "In", "Ga", "Y"), 3)
    | dict.fromkeys(("Si", "Ge", "Sn", "Ti", "Zr"), 4)
    | dict.fromkeys(("P", "As", "Sb", "Ta", "Nb"), 5)
    | dict.fromkeys(("O", "S", "Se", "Te"), -2)
    | dict.fromkeys(("F", "Cl", "Br", "I"), -1)
)
"""Charges of the ions that sodium electrolytes are made of."""
_TOUCHED = {"sodium metal": {"Na"}, "Na-Sn alloy": {"Na", "Sn"}}
"""Elements of the electrodes that contacts name."""
_STOPS = (InterphaseClass.PASSIVATING, InterphaseClass.BLOCKING)
_GOES_ON = (InterphaseClass.MIXED_CONDUCTING, InterphaseClass.ELECTRONIC_CONDUCTOR)
_OPEN: dict[str, tuple[str, ...]] = {
    InterphaseClass.GROWTH_STOPS: _STOPS,
    InterphaseClass.GROWTH_GOES_ON: _GOES_ON,
    InterphaseClass.UNKNOWN: (*_STOPS, *_GOES_ON),
}
"""Classes that an interphase may have where a property is missing."""
_MIXTURE = "It is not a phase of the reference:"

Kind = Literal["calculated", "observed"]
Quantity = Literal[
    "reduction limit", "oxidation limit", "products", "interphase", "moist air", "dopants in water"
]
Verdict = Literal["agree", "disagree", "cannot say"]
Judged = tuple[Verdict, str]


class PublishedWindow(Document):
    """A published window; null where a limit is not stated."""

    reduction: float | None = Field(default=None, description="Lower end, V.")
    oxidation: float | None = Field(default=None, description="Upper end, V.")
    kind: Kind = Field(description="Calculated, or observed in an experiment.")
    source: str = Field(description="Where it was published.")


class Contact(Document):
    """What was published about contact with an electrode; null where a thing is not stated."""

    products: list[str] | None = Field(default=None, description="Formulas.")
    complete: bool = Field(default=True, description="False where only some are named.")
    interphase: str | None = Field(default=None, description="Class, as trona names it.")
    electrode: str = Field(default="sodium metal", description="Material in contact with it.")
    kind: Kind = Field(description="Calculated, or observed in an experiment.")
    source: str = Field(description="Where it was published.")


class Conductivity(Document):
    """A published sodium-ion conductivity; trona predicts none."""

    value: float = Field(description="In the unit beside it.")
    unit: str = Field(description="Unit of the value.")
    source: str = Field(description="Where it was published.")


class Case(Document):
    """A composition and what was published about it."""

    formula: str = Field(description="As printed.")
    group: str = Field(description="Family, or the table that lists it.")
    window: PublishedWindow | None = Field(default=None, description="Null where unpublished.")
    contacts: list[Contact] = Field(default=[], description="Several where sources differ.")
    air: list[MoistAir] = Field(default=[], description="Of moist air.")
    dopants: list[PublishedOrder] = Field(default=[], description="Orders by water.")
    conductivity: Conductivity | None = Field(default=None, description="Null where unpublished.")
    source: str | None = Field(default=None, description="Where only the composition is named.")
    note: str = Field(default="", description="Caveats; may be empty.")


class Comparison(Document):
    """One published quantity beside its prediction."""

    quantity: Quantity = Field(description="What is compared.")
    predicted: str = Field(description="By trona; empty if there is none.")
    published: str = Field(description="As the source has it.")
    kind: Kind = Field(description="Calculated, or observed in an experiment.")
    source: str = Field(description="Where it was published.")
    electrode: str | None = Field(description="Material in contact with it; null for a limit.")
    verdict: Verdict = Field(description="agree, disagree or cannot say.")
    reason: str = Field(description="Why.")


class ValidatedCase(Document):
    """A case with its prediction and comparisons."""

    case: Case = Field(description="What was published.")
    prediction: WindowDoc | None = Field(description="Null if the reference lacks an element.")
    products: list[str] = Field(description="Predicted at 0 V; empty where nothing reacts.")
    interphase: str | None = Field(description="Class at 0 V; null without a prediction.")
    charge_imbalance: float | None = Field(description="Of the printed formula; null: unknown.")
    comparisons: list[Comparison] = Field(description="One for each published quantity.")
    verdict: Verdict = Field(description="disagree if one does, else agree if one does.")
    reasons: list[str] = Field(description="Of all comparisons, or why there are none.")


@cache
def published_cases() -> tuple[Case, ...]:
    """Read the published values that ship with trona, in the order of their file."""
    rows = data_content("trona.stores.assess", "validation.yaml")
    return tuple(map(Case.model_validate, rows))


def charge_imbalance(formula: str) -> float | None:
    """
    Excess charge of a composition with every ion in its usual charge.

    Parameters
    ----------
    formula
        Composition as printed; polysulfides have unusual charges.

    Returns
    -------
    float or None
        Charges per formula unit; None in hydrides, phosphides, alloys: no usual charge.

    Examples
    --------
    >>> charge_imbalance("Na3PS4"), charge_imbalance("Na3.06Sb0.88W0.12S4")
    (0.0, 0.18)
    """
    amounts = parse(formula)
    anions = {symbol for symbol in amounts if _CHARGES.get(symbol, 0) < 0}
    ionic = amounts.keys() <= _CHARGES.keys() and anions and amounts.keys() - anions
    if not ionic or ("H" in amounts and "O" not in amounts):
        return None
    return round(sum(_CHARGES[symbol] * amount for symbol, amount in amounts.items()), 6) + 0.0


def validate(reference: Reference, cases: Sequence[Case] | None = None) -> list[ValidatedCase]:
    """
    Compare predictions with published values.

    Parameters
    ----------
    reference
        Energies of competing phases.
    cases
        What was published; by default all that ships with trona.

    Returns
    -------
    list
        A finding for each case, in order; one whose elements the reference lacks stays unjudged.
    """
    return [_find(case, reference) for case in (published_cases() if cases is None else cases)]


def _find(case: Case, reference: Reference) -> ValidatedCase:
    """Predict and compare one case; an obstacle leaves all its quantities unjudged."""
    prediction, obstacle = None, ""
    try:
        prediction = window_document(assess_formula(case.formula, reference))
    except ChemicalSystemError:
        absent = sorted(set(parse(case.formula)) - set(reference.table.elements))
        obstacle = f"The reference does not cover {', '.join(absent)}."
    if prediction is not None and prediction.open_pairs:
        obstacle = prediction.doubts[0]
    obstacle = " ".join(filter(None, (_misprint(case), obstacle)))
    comparisons = list(_compare(case, prediction, obstacle, reference))
    comparisons += [_compare_air(case.formula, one, obstacle, reference) for one in case.air]
    comparisons += [_compare_order(case.formula, one, obstacle, reference) for one in case.dopants]
    verdicts = {comparison.verdict for comparison in comparisons}
    agrees: Verdict = "agree" if "agree" in verdicts else "cannot say"
    nothing = obstacle or "No window, products or interphase was published to compare with."
    return ValidatedCase(
        case=case,
        prediction=prediction,
        products=[] if prediction is None else _products(prediction),
        interphase=None if prediction is None else prediction.ladder[0].interphase,
        charge_imbalance=charge_imbalance(case.formula),
        comparisons=comparisons,
        verdict="disagree" if "disagree" in verdicts else agrees,
        reasons=list(dict.fromkeys(c.reason for c in comparisons)) or [nothing],
    )


def _misprint(case: Case) -> str:
    """Say that the printed charges do not add up; empty where they do."""
    excess = charge_imbalance(case.formula)
    if excess is None or abs(excess) <= _BALANCED:
        return ""
    return f"The printed charges add up to {excess:+.3g} per formula unit. {case.note}".strip()


def observations(found: WindowDoc, reference: Reference) -> list[ObservationDoc]:
    """
    Compare a prediction with experiments on the same composition.

    Parameters
    ----------
    found
        The prediction; its formula may be any multiple of the published one.
    reference
        Energies that it rests on.

    Returns
    -------
    list of ObservationDoc
        Classes first; empty where no experiment is known.
    """
    seen = [
        ObservationDoc(
            quantity=one.quantity,
            observed=one.published,
            electrode=one.electrode,
            source=one.source,
            predicted=one.predicted,
            verdict=one.verdict,
            reason=one.reason,
        )
        for case in _cases_of(found.formula)
        for one in _compare(case, found, _misprint(case), reference)
        if one.kind == "observed"
    ]
    return sorted(seen, key=lambda one: one.quantity != "interphase")


def pair_observations(first: str, second: str, reference: Reference) -> list[ObservationDoc]:
    """
    Compare the prediction for two materials with experiments on their contact.

    Parameters
    ----------
    first, second
        Formulas, of which one is an electrode.
    reference
        Energies of competing phases.

    Returns
    -------
    list of ObservationDoc
        Empty where no experiment with this pair is known.
    """
    found: list[ObservationDoc] = []
    for electrolyte, other in ((first, second), (second, first)):
        electrodes = {name for name, inside in _TOUCHED.items() if parse(other).keys() == inside}
        if any(c.electrode in electrodes for k in _cases_of(electrolyte) for c in k.contacts):
            predicted = window_document(assess_formula(electrolyte, reference))
            seen = observations(predicted, reference)
            found += [one for one in seen if one.electrode in electrodes]
    return found


def _cases_of(formula: str) -> tuple[Case, ...]:
    """Find what was published of a composition, in any multiple."""
    return _by_composition().get(fractions_key(parse(formula)), ())


@cache
def _by_composition() -> dict[tuple[tuple[str, float], ...], tuple[Case, ...]]:
    """Sort published cases by composition."""
    found: dict[tuple[tuple[str, float], ...], tuple[Case, ...]] = {}
    for case in published_cases():
        key = fractions_key(parse(case.formula))
        found[key] = (*found.get(key, ()), case)
    return found


def _products(found: WindowDoc) -> list[str]:
    """List the products at 0 V: none where no sodium is exchanged."""
    rung = found.ladder[0]
    return [] if rung.reaction_kind == "none" else [product.formula for product in rung.products]


def _compare(
    case: Case, found: WindowDoc | None, obstacle: str, reference: Reference
) -> Iterator[Comparison]:
    """Set every published quantity beside its prediction."""
    for quantity, published, stated in _claims(case):
        judged: Judged = ("cannot say", obstacle)
        if found is not None and not obstacle:
            judged = _judge(quantity, stated, found, reference)
        verdict, reason = judged
        if verdict == "disagree" and stated.kind == "observed":
            reason += " It was observed; the prediction is equilibrium, not kinetics."
        if isinstance(stated, Contact) and stated.electrode != "sodium metal":
            elsewhere = f"Published for {stated.electrode}, predicted for sodium at 0 V."
            reason = f"{reason} {elsewhere}".lstrip()
        yield Comparison(
            quantity=quantity,
            predicted="" if found is None else _written(quantity, found),
            published=published,
            kind=stated.kind,
            source=stated.source,
            electrode=stated.electrode if isinstance(stated, Contact) else None,
            verdict=verdict,
            reason=reason,
        )


def _compare_air(formula: str, stated: MoistAir, obstacle: str, reference: Reference) -> Comparison:
    """Set what moist air was seen to do beside its prediction."""
    doc = None
    if not obstacle:
        from .air import air_documents  # noqa: PLC0415 (what a window says needs no air)

        try:
            (doc,) = air_documents([formula], _air(reference), interphase=False)
        except InputError as error:
            obstacle = str(error)
    verdict, reason = ("cannot say", obstacle) if doc is None else _judge_air(stated, doc)
    predicted = "" if doc is None else "no reaction"
    if doc is not None and doc.water.reacts:
        predicted = " + ".join(doc.water.products)
    outcomes = {"gas": f"evolves {stated.gas}", "hydrate": "hydrate", "none": "no reaction"}
    return Comparison(
        quantity="moist air",
        predicted=predicted,
        published=outcomes[stated.outcome],
        kind=stated.kind,
        source=stated.source,
        electrode=None,
        verdict=verdict,
        reason=reason,
    )


def _compare_order(
    host: str, stated: PublishedOrder, obstacle: str, reference: Reference
) -> Comparison:
    """Set a published order of dopants beside the predicted one."""
    predicted, verdict, reason = "", "cannot say", obstacle
    if not obstacle:
        try:
            predicted, verdict, reason = judge_order(host, stated, _air(reference))
        except InputError as error:
            reason = str(error)
    return Comparison(
        quantity="dopants in water",
        predicted=predicted,
        published=" > ".join(", ".join(group) for group in stated.groups),
        kind=stated.kind,
        source=stated.source,
        electrode=None,
        verdict=verdict,
        reason=reason,
    )


@lru_cache(maxsize=2)
def _air(reference: Reference) -> Atmosphere:
    """Put a reference into the air that observations are compared with."""
    from trona.stores.energies import atmosphere as energies  # noqa: PLC0415 (as above)

    method = "free-energies" if all(phase.volume for phase in reference.phases) else "zhu-mo"
    return energies.atmosphere(reference, energies.read_conditions(method=method))


def _judge_air(stated: MoistAir, doc: AirDoc) -> Judged:
    """Compare what moist air does; the conditions are those of `read_conditions`."""
    at = f"Predicted at {doc.conditions.text}: {_per_water(doc)}."
    if stated.outcome == "hydrate" and not doc.water.hydrate:
        if doc.water.reacts:
            return "disagree", at
        return "cannot say", f"{at} The reference contains no stable hydrate of it."
    if doc.open_pairs:
        return "cannot say", f"The reference has no phase with {', '.join(doc.open_pairs)}."
    gases = {gas.formula for gas in doc.water.gases}
    alike = {
        "gas": stated.gas in gases,
        "hydrate": doc.water.hydrate,
        "none": not doc.water.reacts,
    }
    return "agree" if alike[stated.outcome] else "disagree", at


def _per_water(doc: AirDoc) -> str:
    """Write the energy of the first step."""
    step = doc.first_step
    return "no reaction with water" if step is None else f"{step.energy_per_water:+.2f} eV per H2O"


def _claims(case: Case) -> Iterator[tuple[Quantity, str, PublishedWindow | Contact]]:
    """List the published quantities that can be compared, as they are written."""
    if (window := case.window) and window.reduction is not None:
        yield "reduction limit", f"{window.reduction:.2f} V", window
    if window and window.oxidation is not None:
        yield "oxidation limit", f"{window.oxidation:.2f} V", window
    for contact in case.contacts:
        if contact.products is not None:
            formulas = contact.products if contact.complete else [*contact.products, "others"]
            yield "products", " + ".join(formulas) or "none", contact
        if contact.interphase is not None:
            yield "interphase", contact.interphase, contact


def _written(quantity: Quantity, found: WindowDoc) -> str:
    """Write a predicted quantity."""
    if quantity == "products":
        return " + ".join(_products(found)) or "none"
    if quantity == "interphase":
        return found.ladder[0].interphase
    volts = found.reduction_limit if quantity == "reduction limit" else found.oxidation_limit
    return "none" if volts is None else f"{volts:.2f} V"


def _judge(
    quantity: Quantity, stated: PublishedWindow | Contact, found: WindowDoc, reference: Reference
) -> Judged:
    """Compare one quantity."""
    if isinstance(stated, PublishedWindow):
        if quantity == "reduction limit":
            return _judge_limit(stated.reduction, found.reduction_limit, -1, found, reference)
        return _judge_limit(stated.oxidation, found.oxidation_limit, 1, found, reference)
    if quantity == "products":
        return _judge_products(stated, found, reference)
    return _judge_interphase(stated.interphase, found)


def _judge_limit(
    published: float | None, volts: float | None, side: int, found: WindowDoc, reference: Reference
) -> Judged:
    """Compare a limit; a phase that is missing can only have made the window too wide."""
    if found.mixture:
        return "cannot say", f"{_MIXTURE} the window is that of other phases together."
    if published is None or volts is None:
        return "disagree", "No such limit is predicted."
    excess = (volts - published) * side
    apart = f"The {'oxidation' if side > 0 else 'reduction'} limits are {abs(excess):.2f} V apart"
    if abs(excess) <= TOLERANCE:
        pressed = [text for text in found.caveats if side > 0 and "high-pressure" in text]
        return "agree", " ".join([f"{apart}.", *pressed])
    gone = [f for f in reference.missing if parse(f).keys() <= {"Na", *parse(found.formula)}]
    if excess > 0 and gone:
        return "cannot say", f"{apart}, but the reference lacks {', '.join(gone)}."
    return "disagree", f"{apart}, more than {TOLERANCE} V."


def _judge_products(stated: Contact, found: WindowDoc, reference: Reference) -> Judged:
    """Compare sets of products by composition."""
    named = {fractions_key(parse(formula)): formula for formula in stated.products or []}
    formed = {fractions_key(parse(formula)) for formula in _products(found)}
    if named.keys() == formed or (named.keys() <= formed and not stated.complete):
        return "agree", "The products are the same." if stated.complete else "Those named do form."
    absent = [formula for key, formula in named.items() if key not in formed]
    gone = [formula for formula in absent if reference.table.find(parse(formula)) is None]
    lacking = f"The reference lacks {', '.join(gone)}."
    return ("cannot say", lacking) if gone else ("disagree", "Other products are predicted.")


def _judge_interphase(published: str | None, found: WindowDoc) -> Judged:
    """Compare classes; whether a phase without an energy withstands sodium is not known."""
    rung = found.ladder[0]
    if rung.interphase == published:
        return "agree", "The class is the same."
    if published == "stable" and found.mixture:
        return "cannot say", f"{_MIXTURE} a phase might withstand sodium."
    if published in _OPEN.get(rung.interphase, ()):
        unknown = [text for text in found.caveats if "Not known at 0 V" in text]
        return "cannot say", " ".join(found.doubts[:1] if found.open_pairs else unknown)
    if published == "stable":
        alone = rung.interphase == InterphaseClass.DECOMPOSES
        return "disagree", "It decomposes by itself." if alone else "Sodium reacts."
    return "disagree", "Another class is predicted."
