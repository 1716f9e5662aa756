"""Answers in one plain sentence: contacts, discharges, air, rankings, validation, references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.formulas import number
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import verdict

from .sentences import class_clause, joined_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .air import AirDoc
    from .bookkeeping import SummaryDoc
    from .contacts import KinkDoc, PlateauDoc
    from .dopants import DopantsDoc
    from .matrices import MatrixCellDoc

__all__ = [
    "air_sentence",
    "case_sentence",
    "comparison_sentence",
    "contact_sentence",
    "discharge_sentence",
    "dopants_sentence",
    "matrix_sentence",
    "ranking_sentence",
    "reference_sentence",
]

_STABLE = InterphaseClass.STABLE
_FEW = 3
"""Names that a sentence can list."""


def contact_sentence(
    pair: tuple[str, str],
    kinks: Sequence[KinkDoc],
    strongest: KinkDoc | None,
    volts: float | None,
    open_pairs: Sequence[str] = (),
    lasting: KinkDoc | None = None,
) -> str:
    """
    Answer what two materials do in contact.

    Parameters
    ----------
    pair
        Formulas of both.
    kinks
        Ends and kinks of the mixing line, the first material first.
    strongest
        That which releases most by mixing; None where mixing releases nothing.
    volts
        Voltage of a sodium reservoir, V; None where no sodium comes or goes.
    open_pairs
        Pairs of elements that no phase of the reference joins.
    lasting
        That which classifies the layer, where it is not the strongest.

    Returns
    -------
    str
        What forms, how much is released, and what the layer does.

    Examples
    --------
    >>> from trona.stores.documents.contacts import KinkDoc
    >>> end = KinkDoc.model_construct(energy_per_atom=0.0, mixing_energy_per_atom=0.0)
    >>> contact_sentence(("Na3PS4", "Na2S"), [end, end], None, None)
    'Na3PS4 and Na2S do not react.'
    """
    both = " and ".join(pair)
    where = "" if volts is None else f" at {number(volts)} V against sodium"
    if open_pairs:
        unjoined = joined_words([one.replace("-", "–") for one in open_pairs])
        head = f"What {both} form{where} cannot be said: no phase of the reference joins {unjoined}"
        if strongest is None:
            return f"{head}."
        return f"{head}. With those it has, they {_reaction(strongest)}."
    alone = [
        f"{name} turns into {joined_words(list(kink.products))}"
        for name, kink in zip(pair, (kinks[0], kinks[-1]), strict=True)
        if kink.energy_per_atom < 0.0 and kink.products
    ]
    if strongest is None and alone:
        return f"{joined_words(alone)}{where} by itself; mixing {both} releases nothing more."
    if strongest is None:
        return f"{both} do not react{where}."
    layer = lasting or strongest
    told = f"{both} {_reaction(strongest, where, layer)}"
    if layer.interphase is not None:
        told += f"; {class_clause(layer.interphase, {})}"
    if lasting is None:
        return f"{told}."
    most = joined_words(list(strongest.products))
    return f"{told}. Most energy is released with less sodium, to {most}."


def _reaction(kink: KinkDoc, where: str = "", layer: KinkDoc | None = None) -> str:
    """Say what forms, and how much energy a contact releases at most."""
    products = list((layer or kink).products)
    error = "" if kink.uncertainty is None else f" ± {1000 * kink.uncertainty:.0f}"
    released = f"{-1000 * kink.mixing_energy_per_atom:.0f}{error} meV/atom"
    made = f" to {joined_words(products)}" if products else ""
    return f"react{where}{made}, releasing up to {released}"


def matrix_sentence(cells: Sequence[MatrixCellDoc]) -> str:
    """
    Answer which of many contacts are stable, and which is worst.

    Parameters
    ----------
    cells
        Pairs.

    Returns
    -------
    str
        Numbers of pairs, and the strongest reaction.
    """
    known = [one for one in cells if not one.open_pairs]
    still = [one for one in known if one.reaction is None]
    parts = [f"{len(still)} of {len(known)} contacts release no energy"]
    if not still:
        every = "both" if len(known) == 2 else f"all {len(known)}"
        parts = [f"{every} contacts release energy"] if len(known) > 1 else []
    if len(still) < len(known):
        worst = min(known, key=lambda one: one.energy_per_atom)
        parts.append(
            f"the strongest reaction is that of {worst.first} with {worst.second} "
            f"({-1000 * worst.energy_per_atom:.0f} meV/atom)"
        )
    if not known:
        parts = []
    if len(known) < len(cells):
        parts.append(f"{len(cells) - len(known)} cannot be judged")
    told = "; ".join(parts)
    return f"{told[:1].upper()}{told[1:]}."


def discharge_sentence(formula: str, plateaus: Sequence[PlateauDoc], capacity: float) -> str:
    """
    Answer how much sodium a composition takes up on discharge, and where.

    Parameters
    ----------
    formula
        The composition.
    plateaus
        Highest voltage first.
    capacity
        Down to 0 V, mAh/g.

    Returns
    -------
    str
        Sodium, voltages and capacity.
    """
    if not plateaus:
        return f"At equilibrium {formula} takes up no sodium down to 0 V."
    first, last = plateaus[0].voltage, plateaus[-1].voltage
    sodium = number(round(sum(one.sodium for one in plateaus), 3))
    steps = f"in {len(plateaus)} steps between {first:.2f} and {last:.2f} V"
    where = f"at {first:.2f} V" if len(plateaus) == 1 else steps
    return (
        f"At equilibrium {formula} takes up {sodium} Na per formula unit {where}: "
        f"{capacity:.0f} mAh/g."
    )


def air_sentence(docs: Sequence[AirDoc]) -> str:
    """
    Answer which of several compositions react with water.

    Parameters
    ----------
    docs
        At the same conditions, most resistant first.

    Returns
    -------
    str
        Numbers of compositions, and the names where they are few.
    """
    reacting = [
        one.formula
        for one in docs
        if one.water.reacts and not one.open_pairs and not one.water.hydrate
    ]
    hydrates = [one.formula for one in docs if one.water.hydrate and not one.open_pairs]
    unknown = [one.formula for one in docs if one.open_pairs]
    parts = [
        f"{len(reacting)} of {len(docs)} {_verb(reacting, 'react')} with water{_few(reacting)}"
    ]
    if hydrates:
        parts.append(f"{len(hydrates)} {_verb(hydrates, 'form')} hydrates{_few(hydrates)}")
    if unknown:
        parts.append(f"{len(unknown)} cannot be judged{_few(unknown)}")
    if len(reacting) < len(docs) and docs[0].formula not in unknown:
        parts.append(f"the most resistant is {docs[0].formula}")
    return f"{'; '.join(parts)}."


def dopants_sentence(doc: DopantsDoc) -> str:
    """
    Answer which dopant lowers the reactions of a host most.

    Parameters
    ----------
    doc
        Dopants, compared.

    Returns
    -------
    str
        The best dopant in moist air, and at sodium metal.
    """
    if not doc.dopants:
        return f"No dopant of {doc.host} can be judged."
    air = max(doc.dopants, key=lambda one: one.hydrolysis_change)
    metal = max(doc.dopants, key=lambda one: one.reduction_change)
    found = ((air.element, air.hydrolysis_change), (metal.element, metal.reduction_change))
    parts = [
        f"{f'{name} lowers' if change > 0.0 else 'no dopant lowers'} the energy that {doc.host} "
        f"releases {where}{f' most (by {change:.2f} eV per atom)' if change > 0.0 else ''}"
        for (name, change), where in zip(found, ("in moist air", "at sodium metal"), strict=True)
    ]
    told = "; ".join(parts)
    return f"{told[0].upper()}{told[1:]}."


def _verb(names: Sequence[str], verb: str) -> str:
    """Write a verb for one or for several."""
    return f"{verb}s" if len(names) == 1 else verb


def _few(names: Sequence[str]) -> str:
    """List names in brackets, where they are few."""
    return f" ({joined_words(names)})" if 0 < len(names) <= _FEW else ""


def ranking_sentence(
    ranked: Sequence[SummaryDoc], apart: Sequence[SummaryDoc], results: int, of: int | None = None
) -> str:
    """
    Answer which candidate is best, and how many are stable at sodium metal.

    Parameters
    ----------
    ranked
        Results that can be ranked, best first.
    apart
        Results that stand apart.
    results
        Number of candidates, those without a result included.
    of
        Number of all results where only some are shown; None where these are all.

    Returns
    -------
    str
        Numbers of candidates, the best, and the stable ones where they are few.
    """
    if results == 1 and of in {None, 1}:
        return _alone([*ranked, *apart], ranked=bool(ranked))
    counted = f"{results} candidate{'' if results == 1 else 's'}"
    whole = of is None or of <= results
    parts, these = [counted], ""
    if not whole:  # what is said is true of those that are shown
        parts, these = [f"{results} of {of:,} candidates"], " of these"
    if ranked:
        parts[0] += f"; best{these}: {ranked[0].label}"
    stable = [one for one in ranked if one.interphase == _STABLE]
    sure = [one.label for one in stable if not verdict(_STABLE, one.interphase_shares)[0]]
    likely = [one.label for one in stable if one.label not in sure]
    if ranked or apart:
        verb = "is" if len(sure) == 1 else "are"
        parts.append(f"{len(sure) or 'none'}{these} {verb} stable at sodium metal{_few(sure)}")
    if likely:
        parts.append(f"{len(likely)} possibly{_few(likely)}")
    if apart:
        parts.append(f"{len(apart)} cannot be ranked")
    if missing := results - len(ranked) - len(apart):
        parts.append(f"{missing} {'has' if missing == 1 else 'have'} no result")
    return f"{'; '.join(parts)}."


def _alone(found: Sequence[SummaryDoc], *, ranked: bool) -> str:
    """Say of a single candidate whether it is stable at sodium metal."""
    if not found:
        return "The candidate has no result."
    (one,) = found
    if not ranked:
        return f"{one.label} cannot be ranked."
    if one.interphase != _STABLE:
        return f"{one.label} is not stable at sodium metal."
    possibly = "possibly " if verdict(_STABLE, one.interphase_shares)[0] else ""
    return f"{one.label} is {possibly}stable at sodium metal."


def case_sentence(formula: str, verdicts: Sequence[str]) -> str:
    """
    Say how many compared quantities of one system agree with published values.

    Parameters
    ----------
    formula
        The system.
    verdicts
        One for each compared quantity.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> case_sentence("Na3PS4", ["agree", "disagree", "cannot say"])
    'Na3PS4: 1 of 2 comparable quantities agree with published values.'
    >>> case_sentence("Na2S", [])
    'Na2S cannot be compared with published values.'
    """
    comparable = [one for one in verdicts if one != "cannot say"]
    if not comparable:
        return f"{formula} cannot be compared with published values."
    share = f"{comparable.count('agree')} of {len(comparable)}"
    return f"{formula}: {share} comparable quantities agree with published values."


def comparison_sentence(verdicts: Iterable[str]) -> str:
    """
    Answer how many predictions agree with what was published.

    Parameters
    ----------
    verdicts
        One for each system: agree, disagree or cannot say.

    Returns
    -------
    str
        Numbers of systems.

    Examples
    --------
    >>> comparison_sentence(["agree", "agree", "disagree", "cannot say"])
    '2 of 3 comparable systems agree in all that was published; 1 cannot be compared.'
    """
    given = list(verdicts)
    open_ones = given.count("cannot say")
    comparable = len(given) - open_ones
    told = (
        f"{given.count('agree')} of {comparable} comparable systems agree in all that was published"
    )
    if not comparable:
        told = "No system can be compared with what was published"
        return f"{told}."
    return f"{told}{f'; {open_ones} cannot be compared' if open_ones else ''}."


def reference_sentence(name: str, method: str, phases: int, elements: int, missing: int) -> str:
    """
    Say what reference energies hold.

    Parameters
    ----------
    name
        Of the reference.
    method
        Functional or potential.
    phases, elements
        Their numbers.
    missing
        Number of compositions that are known to be missing.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> reference_sentence("bundled", "SevenNet l3i5", 2743, 47, 12)
    'bundled holds 2,743 phases of 47 elements by SevenNet l3i5; 12 known phases are missing.'
    """
    lacks = f"{missing:,} known phase{' is' if missing == 1 else 's are'} missing"
    return (
        f"{name} holds {phases:,} phases of {elements} elements by {method}"
        f"{f'; {lacks}' if missing else ''}."
    )
