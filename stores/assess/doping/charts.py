"""Effect of a dopant on a host in moist air and at sodium metal, as documents.

A doped composition has no phase of its own, so it is represented by the stable phases that it
decomposes to, and so is the host: the comparison is between the energies that these release. If a
doped phase lies e above the hull, it releases e more on both axes.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from trona.screening.dopants import DOPANTS, Host, host_of, substitute
from trona.screening.errors import ChemicalSystemError, FormulaError, InputError
from trona.screening.figures.dopant_data import DopantFigure, DopantPoint
from trona.screening.formulas import parse
from trona.screening.stability.coverage import coverage
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.units import SODIUM
from trona.stores.assess.air import (
    KINETICS,
    LOW_SALTS,
    conditions_document,
    first_step,
    follow_in_air,
    given_off,
)
from trona.stores.assess.assessment import assess_formula, scale_document
from trona.stores.assess.reservations import reservations
from trona.stores.documents.dopants import DopantDoc, DopantsDoc, DopedDoc
from trona.stores.energies.atmosphere import atmosphere
from trona.stores.energies.conditions import under_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.dopants import Substitution
    from trona.stores.energies.atmosphere import Atmosphere, Conditions
    from trona.stores.energies.references import Reference

__all__ = ["compare_dopants", "dopant_figure", "doped_formulas"]

_HULL = (
    "Doped compositions and the host are taken as the stable phases that they decompose to: the "
    "energy of a doped phase is not known. By each eV that it lies above the hull, it releases an "
    "eV more in both reactions."
)
_SITES = (
    "Charges are the usual ones, and sodium makes up for them; that a dopant goes to its site is "
    "assumed. Changes do not depend on the fraction while the products are the same."
)


def doped_formulas(
    host: str, elements: Sequence[str] = (), fraction: float = 0.1, site: str | None = None
) -> list[str]:
    """
    Write the compositions that a chart of dopants needs energies for.

    Parameters
    ----------
    host
        Formula.
    elements
        Dopants; by default `DOPANTS`.
    fraction
        Of the atoms on the site.
    site
        Element that is replaced; by default that which fits the dopant.

    Returns
    -------
    list of str
        The host and each doped composition that can be written.

    Raises
    ------
    InputError
        If the host or the fraction cannot be used.
    """
    base = host_of(host)
    found, _ = _substitutions(base, elements, fraction, site)
    return [host, *(one.formula for one in found)]


def _substitutions(
    host: Host, elements: Sequence[str], fraction: float, site: str | None
) -> tuple[list[Substitution], dict[str, str]]:
    """Write the doped compositions, and why others cannot be written."""
    if site is not None and site not in host.amounts:
        raise FormulaError(f"{host.formula} has no {site} to replace: name one of its elements.")
    if not 0.0 < fraction <= 1.0:
        raise FormulaError(f"the fraction {fraction:g} cannot be used: give one above 0, up to 1.")
    asked = list(dict.fromkeys(elements)) or [one for one in DOPANTS if one not in host.amounts]
    found: list[Substitution] = []
    left_out: dict[str, str] = {}
    for element in asked:
        if len(parse(element)) != 1 or element not in parse(element):
            raise FormulaError(f"{element!r} is not an element: name dopants by their symbols.")
        try:
            found.append(substitute(host, element, fraction, site))
        except FormulaError as error:
            left_out[element] = str(error)
    return found, left_out


def compare_dopants(
    host: str,
    elements: Sequence[str],
    reference: Reference,
    conditions: Conditions,
    fraction: float = 0.1,
    site: str | None = None,
    *,
    with_dioxide: bool = False,
) -> DopantsDoc:
    """
    Compare dopants of a host in moist air and at sodium metal, at one temperature.

    Parameters
    ----------
    host
        Formula.
    elements
        Dopants; by default `trona.screening.dopants.DOPANTS`.
    reference
        Energies at 0 K.
    conditions
        Of the air.
    fraction
        Of the atoms on the site.
    site
        Element that is replaced; by default that which fits the dopant.
    with_dioxide
        True to supply CO2 beside H2O.

    Returns
    -------
    DopantsDoc
        The least hydrolysed first; elements that nothing can be said of are named.

    Raises
    ------
    InputError
        If the host cannot be used, or nothing is left to compare.
    """
    base = host_of(host)
    found, left_out = _substitutions(base, elements, fraction, site)
    if gaps := _gaps(host, reference):
        raise ChemicalSystemError(f"nothing can be said about {host}: {gaps}")
    for one in found:
        if gaps := _gaps(one.formula, reference):
            left_out[one.element] = gaps
    judged = [one for one in found if one.element not in left_out]
    if not judged:
        raise InputError(f"no dopant of {host} can be assessed: {' '.join(left_out.values())}")
    inside = {*base.amounts, *(one.element for one in judged)}
    air = atmosphere(reference, conditions, inside, strict=with_dioxide)
    warm = reference
    if conditions.method == "free-energies":
        warm = under_conditions(reference, temperature=conditions.temperature)
    undoped = _doped(host, air, warm, with_dioxide)
    dopants = [
        _dopant(one, base, _doped(one.formula, air, warm, with_dioxide), undoped, air)
        for one in judged
    ]
    return DopantsDoc(
        host=host,
        fraction=fraction,
        reference=warm.name,
        energy_scale=scale_document(air.table.scale),
        conditions=conditions_document(conditions),
        open_to=["H2O", "CO2"] if with_dioxide else ["H2O"],
        undoped=undoped,
        dopants=sorted(dopants, key=_order),
        left_out=left_out,
        caveats=[_HULL, _SITES, *reservations([host], warm), *air.notes, LOW_SALTS, KINETICS],
    )


def _order(one: DopantDoc) -> tuple[float, float, str]:
    """Put the least hydrolysed first; where none is, by the first step of their compounds."""
    step = one.compound_first_step
    return (
        -round(one.hydrolysis_change, 3),
        -inf if step is None else -step.energy_per_water,
        one.element,
    )


def _gaps(formula: str, reference: Reference) -> str:
    """Say what the reference lacks to judge a composition; empty where it lacks nothing."""
    inside = parse(formula).keys()
    if absent := sorted(inside - set(reference.table.elements)):
        return f"{reference.name} has no phase of {', '.join(absent)}."
    found = coverage(reference.table, {*inside, "O"}, [parse(formula)])
    return found.sentences[0] if found.open else ""


def _doped(formula: str, air: Atmosphere, at_sodium: Reference, with_dioxide: bool) -> DopedDoc:
    """Judge a composition, taken as its stable phases."""
    course = follow_in_air(formula, air, with_carbon_dioxide=with_dioxide)
    exposure = course.at(air.water.mu)
    above = course.exposed.energy - course.exposed.stable
    found = assess_formula(formula, at_sodium)
    stability = found.stability
    metastable = max(stability.energy_above_hull or 0.0, 0.0)
    released = (stability.reaction_energy(0.0) + metastable) * stability.n_atoms
    return DopedDoc(
        formula=formula,
        hydrolysis=min(exposure.energy + above, 0.0) + 0.0,
        hydrolysis_reaction=exposure.equation,
        gas=sum(gas.ml_per_g for gas in given_off(exposure) if gas.formula == "H2S"),
        reduction=min(released, 0.0) + 0.0,
        reduction_reaction=stability.rung(0.0).equation,
        reduction_limit=stability.stabilized.reduction,
        interphase=found.interphases[0].kind.value,
    )


def _dopant(
    one: Substitution, host: Host, doped: DopedDoc, undoped: DopedDoc, air: Atmosphere
) -> DopantDoc:
    """Set a doped composition beside the host."""
    compound = step = None
    if one.site != SODIUM and host.charges[one.site] > 0:
        try:
            compound = substitute(host, one.element, 1.0, one.site).formula
        except FormulaError:
            compound = None
    if compound is not None:
        course = follow_in_air(compound, air)
        step = first_step(course, air)
    return DopantDoc(
        element=one.element,
        site=one.site,
        charge=one.charge,
        amount=one.amount,
        doped=doped,
        hydrolysis_change=(doped.hydrolysis - undoped.hydrolysis) / one.amount,
        reduction_change=(doped.reduction - undoped.reduction) / one.amount,
        compound=compound,
        compound_first_step=step,
    )


def dopant_figure(doc: DopantsDoc) -> DopantFigure:
    """
    Show dopants on two axes.

    Parameters
    ----------
    doc
        As compared.

    Returns
    -------
    DopantFigure
        The same numbers; what was left out is named.
    """
    points = tuple(
        DopantPoint(
            element=one.element,
            formula=one.doped.formula,
            hydrolysis=one.hydrolysis_change,
            reduction=one.reduction_change,
            kind=InterphaseClass(one.doped.interphase),
        )
        for one in doc.dopants
    )
    out = ", ".join(doc.left_out)
    return DopantFigure(
        host=doc.host,
        points=points,
        title=f"{100 * doc.fraction:g} % of the site replaced, {' and '.join(doc.open_to)} at",
        conditions=doc.conditions.text,
        note=f"not assessed: {out}" if out else "",
    )
