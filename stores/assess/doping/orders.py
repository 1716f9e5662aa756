"""Published results on moist air, and published orders of dopants compared with predicted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trona.screening.dopants import host_of, substitute
from trona.screening.formulas import parse
from trona.screening.stability.coverage import coverage
from trona.stores.documents.results import Document

if TYPE_CHECKING:
    from trona.stores.energies.atmosphere import Atmosphere

__all__ = ["MoistAir", "PublishedOrder", "judge_order", "predicted_steps"]

_CHANCE = 0.01
"""An order that chance gives more often than this says nothing."""


class MoistAir(Document):
    """What was published about moist air at room temperature."""

    outcome: Literal["gas", "hydrate", "none"] = Field(
        description="Evolves a gas, forms a hydrate, or does not react."
    )
    gas: str = Field(default="", description="The evolved gas, if any.")
    kind: Literal["calculated", "observed"] = Field(
        description="Calculated, or observed in an experiment."
    )
    source: str = Field(description="Where it was published.")


class PublishedOrder(Document):
    """A published order of elements on the centre of a host, by their resistance to water."""

    groups: list[list[str]] = Field(
        description="Best first; elements of a group are not distinguished."
    )
    kind: Literal["calculated", "observed"] = Field(
        description="Calculated, or observed in an experiment."
    )
    source: str = Field(description="Where it was published.")


def predicted_steps(host: str, elements: list[str], air: Atmosphere) -> dict[str, float]:
    """
    Find the first step with water of the compounds that elements make in the place of a centre.

    Parameters
    ----------
    host
        Formula, such as ``"Na3PS4"``.
    elements
        That of the host itself may be among them.
    air
        What they are exposed to.

    Returns
    -------
    dict
        Element to eV per H2O, best first; those without a first step, or that the reference
        does not cover, are left out.
    """
    from trona.stores.assess.air import first_step, follow_in_air  # noqa: PLC0415 (slow)

    base, found = host_of(host), {}
    for element in elements:
        if element not in air.table.elements:
            continue
        own = element in base.amounts
        formula = host if own else substitute(base, element, 1.0).formula
        if coverage(air.reference.table, {*parse(formula), "O"}, [parse(formula)]).open:
            continue
        step = first_step(follow_in_air(formula, air), air)
        if step is not None:
            found[element] = step.energy_per_water
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def judge_order(
    host: str, published: PublishedOrder, air: Atmosphere
) -> tuple[str, Literal["agree", "disagree", "cannot say"], str]:
    """
    Compare a published order with the predicted one by its rank correlation.

    Parameters
    ----------
    host
        Formula.
    published
        The order.
    air
        What the compounds are exposed to.

    Returns
    -------
    tuple
        Predicted order, verdict and reason. It says nothing where chance gives as good an order in
        more than one of a hundred draws.
    """
    from scipy.stats import kendalltau, rankdata  # noqa: PLC0415 (slow to load)

    places = {one: at for at, group in enumerate(published.groups) for one in group}
    steps = predicted_steps(host, list(places), air)
    if len(steps) < 5:
        return "", "cannot say", "The reference has fewer than five of these elements."
    stated, found = [-places[one] for one in steps], [round(step, 4) for step in steps.values()]
    tau, chance = kendalltau(stated, found)
    away = abs(rankdata(stated) - rankdata(found)).tolist()
    farthest = list(steps)[away.index(max(away))]
    verdict: Literal["agree", "disagree", "cannot say"] = "cannot say"
    if chance < _CHANCE:
        verdict = "agree" if tau > 0.0 else "disagree"
    absent = [one for one in places if one not in steps]
    left = f" Left out: {', '.join(absent)}." if absent else ""
    reason = (
        f"First steps with water of the compounds of {len(steps)} elements: Kendall's rank "
        f"correlation is {tau:.2f} (by chance in {100 * chance:.1g} %). Farthest from its place: "
        f"{farthest}.{left}"
    )
    return " > ".join(steps), verdict, reason
