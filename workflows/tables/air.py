"""Tables of compositions in moist air, for the terminal and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from trona.stores.assess.air import ranked_documents
from trona.stores.documents.answers import air_sentence, dopants_sentence

from .layout import NARROW, NONE, fit, framed, in_pieces, list_facts, notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.documents.air import AirDoc, ExposureDoc, FirstStepDoc
    from trona.stores.documents.dopants import DopantDoc, DopantsDoc

    from .csv_rows import Row

__all__ = ["air_rows", "dopant_rows", "dopant_table", "one_in_air", "ranked_in_air"]

_NONE = 1e-6
"""eV; less is no reaction."""
_SATURATED = "> 100"
_FORMULA = 14
"""Columns that a formula takes before it is broken."""


def one_in_air(doc: AirDoc, width: int = NARROW) -> list[RenderableType]:
    """
    Lay out a composition in moist air.

    Parameters
    ----------
    doc
        One composition.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    step = doc.first_step
    facts = [("conditions", f"{doc.conditions.text}, {doc.conditions.method}, {doc.reference}")]
    if step is not None:
        facts.append(("first step", f"{step.reaction}, {step.energy_per_water:+z.2f} eV per H2O"))
        facts.append(("above", _onset(step)))
    if doc.dries_below is not None:
        dry = f"below {_percent(doc.dries_below)} relative humidity"
        facts.append(("loses water", dry if doc.dries_below <= 1.0 else "even in saturated air"))
    table = framed()
    table.add_column("open to", no_wrap=True)
    table.add_column("reaction", overflow="fold")
    for name in ("energy\neV/f.u.", "energy\neV/atom", "energy\neV/H2O", "gas\nmL/g"):
        table.add_column(name, justify="right", no_wrap=True)
    for found in _exposures(doc):
        table.add_row(*_cells(found))
    shown = fit(table, width, ("energy eV/atom", "energy eV/H2O"))
    said = f"[bold]{escape(doc.verdict)}[/]"
    parts: list[RenderableType] = [said, list_facts(facts), shown]
    if doc.interphase:
        parts.append(_interphase(doc, width))
    return [*parts, *notes(doc.caveats)]


def _cells(found: ExposureDoc) -> list[str]:
    """Write a row of the table of exposures."""
    per_water = NONE if found.energy_per_water is None else f"{found.energy_per_water:z.3f}"
    gases = ", ".join(f"{gas.formula} {gas.ml_per_g:.0f}" for gas in found.gases)
    return [
        ",\n".join(found.open_to),
        escape(found.reaction) if found.reacts else "none",
        f"{found.energy_per_formula_unit:z.3f}",
        f"{found.energy_per_atom:z.4f}",
        per_water,
        gases or NONE,
    ]


def _interphase(doc: AirDoc, width: int) -> RenderableType:
    """Lay out the products of the contact with sodium metal beside water."""
    table = framed(title="Products at sodium metal beside water", title_justify="left")
    table.add_column("reaction", overflow="fold")
    table.add_column("energy\neV/f.u.", justify="right", no_wrap=True)
    table.add_column("first step\neV/H2O", justify="right", no_wrap=True)
    for one in doc.interphase:
        step = NONE if one.first_step is None else f"{one.first_step.energy_per_water:+z.2f}"
        reaction = one.reaction if one.energy_per_formula_unit < -_NONE else f"{one.formula}: none"
        table.add_row(escape(reaction), f"{one.energy_per_formula_unit:z.2f}", step)
    return fit(table, width)


def ranked_in_air(docs: Sequence[AirDoc], width: int = NARROW) -> list[RenderableType]:
    """
    Lay out compositions in moist air, the most resistant first.

    Parameters
    ----------
    docs
        At one or several humidities.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order; a table for each humidity.
    """
    parts: list[RenderableType] = []
    by_humidity: dict[str, list[AirDoc]] = {}
    for doc in docs:
        by_humidity.setdefault(doc.conditions.text, []).append(doc)
    for text, alike in by_humidity.items():
        ordered = ranked_documents(alike)
        parts.append(escape(air_sentence(ordered)))
        parts.append(f"[bold]In water vapour at {escape(text)}[/]")
        parts.append(_ranking(ordered, width))
    said = dict.fromkeys(line for doc in docs for line in doc.caveats)
    return [*parts, *notes(said)]


def _ranking(docs: Sequence[AirDoc], width: int) -> RenderableType:
    """Lay out one humidity."""
    table = framed()
    table.add_column("", no_wrap=True)
    table.add_column("formula", no_wrap=True)
    for name in (
        "first step\neV/H2O",
        "above\n% RH",
        "dew point\n°C",
        "whole\neV/atom",
        "H2S\nmL/g",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("becomes", overflow="fold")
    for place, doc in enumerate(docs, 1):
        step = doc.first_step
        cells = [NONE] * 3
        if step is not None:
            dew = NONE if step.dew_point is None else f"{step.dew_point:.0f}"
            cells = [f"{step.energy_per_water:+z.2f}", _percent(step.relative_humidity, ""), dew]
        sulfide = sum(gas.ml_per_g for gas in doc.water.gases if gas.formula == "H2S")
        becomes = " + ".join(doc.water.products) if doc.water.reacts else "no reaction"
        table.add_row(
            str(place),
            escape(in_pieces(doc.formula, _FORMULA)),
            *cells,
            f"{doc.water.energy_per_atom:z.3f}",
            f"{sulfide:.0f}" if sulfide else NONE,
            escape(becomes),
        )
    return fit(table, width, ("dew point °C", "H2S mL/g", "whole eV/atom"))


def _onset(step: FirstStepDoc) -> str:
    """Write from which humidity a first step happens."""
    dew = "" if step.dew_point is None else f", dew point {step.dew_point:.0f} °C"
    return f"{_percent(step.relative_humidity)} relative humidity{dew}"


def _percent(humidity: float, unit: str = " %") -> str:
    """Write a relative humidity."""
    return f"{_SATURATED if humidity > 1.0 else f'{100 * humidity:.2g}'}{unit}"


def air_rows(docs: Sequence[AirDoc]) -> list[Row]:
    """
    List compositions in moist air.

    Parameters
    ----------
    docs
        In the order to list them.

    Returns
    -------
    list of dict
        One for each composition, humidity and exposure.
    """
    return [_row(doc, found) for doc in docs for found in _exposures(doc)]


def _row(doc: AirDoc, found: ExposureDoc) -> Row:
    """Write an exposure of a composition as a row."""
    step, conditions = doc.first_step, doc.conditions
    return {
        "formula": doc.formula,
        "temperature": conditions.temperature,
        "relative_humidity": conditions.relative_humidity,
        "dew_point": conditions.dew_point,
        "released": conditions.released,
        "open_to": "+".join(found.open_to),
        "reacts": found.reacts,
        "reaction": found.reaction,
        "energy_per_formula_unit": found.energy_per_formula_unit,
        "energy_per_atom": found.energy_per_atom,
        "energy_per_water": found.energy_per_water,
        "gases": "; ".join(f"{gas.formula} {gas.ml_per_g:.6g}" for gas in found.gases),
        "first_step": None if step is None else step.reaction,
        "first_step_energy": None if step is None else step.energy_per_water,
        "onset_humidity": None if step is None else step.relative_humidity,
        "onset_dew_point": None if step is None else step.dew_point,
        "reference": doc.reference,
    }


def _exposures(doc: AirDoc) -> list[ExposureDoc]:
    """List the exposures of a composition, fewest gases first."""
    found = (doc.water, doc.carbon_dioxide, doc.water_and_carbon_dioxide, doc.oxygen, doc.air)
    return [one for one in found if one is not None]


def dopant_table(doc: DopantsDoc, width: int = NARROW) -> list[RenderableType]:
    """
    Lay out dopants of a host.

    Parameters
    ----------
    doc
        As compared.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    undoped = doc.undoped
    supplied = " and ".join(doc.open_to)
    lead = f"{doc.host} doped, {100 * doc.fraction:g} % of the site, {supplied} at "
    lead += doc.conditions.text
    facts = [
        ("undoped", f"{undoped.hydrolysis_reaction}, {undoped.hydrolysis:.2f} eV"),
        ("", f"{undoped.reduction_reaction} at 0 V, {undoped.reduction:.2f} eV"),
    ]
    table = framed()
    table.add_column("", no_wrap=True)
    table.add_column("on", no_wrap=True)
    table.add_column("formula", overflow="fold")
    for name in (
        "in moist air\neV/dopant",
        "at sodium\neV/dopant",
        "limit\nV",
        "H2S\nmL/g",
        "compound:\nfirst step\neV/H2O",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for one in doc.dopants:
        step = one.compound_first_step
        table.add_row(
            one.element,
            one.site,
            escape(in_pieces(one.doped.formula, _FORMULA)),
            f"{one.hydrolysis_change:+z.2f}",
            f"{one.reduction_change:+z.2f}",
            f"{one.doped.reduction_limit:.2f}",
            f"{one.doped.gas:.0f}" if one.doped.gas else NONE,
            NONE if step is None else f"{step.energy_per_water:+z.2f}",
        )
    said = [
        "Positive: less energy is released than by the undoped host, per dopant atom.",
        *(f"Left out: {symbol}: {why}" for symbol, why in doc.left_out.items()),
        *doc.caveats,
    ]
    return [
        escape(dopants_sentence(doc)),
        f"[bold]{escape(lead)}[/]",
        list_facts(facts),
        fit(table, width, ("H2S mL/g", "compound: first step eV/H2O", "limit V")),
        *notes(said),
    ]


def dopant_rows(doc: DopantsDoc) -> list[Row]:
    """
    List dopants of a host; those that cannot be assessed come last, with the reason.

    Parameters
    ----------
    doc
        As compared.

    Returns
    -------
    list of dict
        One for each element.
    """
    rows: list[Row] = [_dopant_row(doc, one) for one in doc.dopants]
    nothing = dict.fromkeys(rows[0])
    return rows + [
        {**nothing, "host": doc.host, "dopant": symbol, "left_out": why}
        for symbol, why in doc.left_out.items()
    ]


def _dopant_row(doc: DopantsDoc, one: DopantDoc) -> Row:
    """Write a dopant as a row."""
    step, doped = one.compound_first_step, one.doped
    return {
        "host": doc.host,
        "dopant": one.element,
        "site": one.site,
        "charge": one.charge,
        "amount": one.amount,
        "formula": doped.formula,
        "hydrolysis": doped.hydrolysis,
        "hydrolysis_change": one.hydrolysis_change,
        "hydrolysis_reaction": doped.hydrolysis_reaction,
        "gas": doped.gas,
        "reduction": doped.reduction,
        "reduction_change": one.reduction_change,
        "reduction_reaction": doped.reduction_reaction,
        "reduction_limit": doped.reduction_limit,
        "interphase": doped.interphase,
        "compound": one.compound,
        "compound_first_step": None if step is None else step.energy_per_water,
        "temperature": doc.conditions.temperature,
        "relative_humidity": doc.conditions.relative_humidity,
        "released": doc.conditions.released,
        "open_to": "+".join(doc.open_to),
        "left_out": None,
        "reference": doc.reference,
    }
