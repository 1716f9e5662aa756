"""Tables of ranked screening results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from trona.screening.formulas import number
from trona.screening.reactions import terms
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import is_sure, verdict
from trona.stores.documents.answers import ranking_sentence
from trona.stores.documents.sentences import window_sentence

from .classes import legend, said
from .ladder import heading, ladder_table, range_or_crossing
from .layout import (
    NARROW,
    NONE,
    WIDE,
    counted,
    fit,
    framed,
    in_pieces,
    list_facts,
    material_link,
    notes,
    observed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from trona.screening.stability.ranking import Ranked
    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.documents.bookkeeping import SummaryDoc
    from trona.stores.documents.results import ScreeningDoc

__all__ = [
    "beside_electrode",
    "best_sentence",
    "counts",
    "first_page",
    "first_step_text",
    "outcomes",
    "ranking",
    "screening_details",
    "seen",
    "tally",
    "unranked_lines",
    "vetoes",
]


_LINES = 10
"""Reasons, and candidates that stand apart, that are shown at most."""
_NAMED = 5
"""Candidates that are named for one reason."""


def _milli(value: float | None) -> str:
    """Write an energy in meV/atom."""
    return "?" if value is None else f"{value * 1000:.0f}"


def ranking(ranked: Sequence[tuple[Ranked, SummaryDoc]], width: int) -> RenderableType:
    """
    Lay out the ranking of candidates.

    Parameters
    ----------
    ranked
        Best first.
    width
        Columns of the terminal: the score is shown where there is room, and beside moist air the
        sodium used.

    Returns
    -------
    rich.console.RenderableType
        One row per candidate.
    """
    wide = width >= WIDE
    mixtures = any(one.mixture for _, one in ranked)
    table = framed(
        caption="* mixture of phases: it has no energy of its own" if mixtures else None,
        caption_justify="left",
    )
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("candidate", overflow="fold", min_width=20 if wide else 13)
    table.add_column("above\nhull\nmeV/atom", justify="right", no_wrap=True)
    table.add_column("window\nV", no_wrap=True)
    table.add_column("products at 0 V", overflow="fold", min_width=14)
    table.add_column("interphase\nat 0 V", no_wrap=True)
    table.add_column("released\neV/atom", justify="right", no_wrap=True)
    table.add_column("Na\nused", justify="right", no_wrap=True)
    letters = _air_letters(one for _, one in ranked)
    if letters:
        table.add_column("in air\neV/H2O", justify="right", no_wrap=True)
    if wide:
        table.add_column("score", justify="right", no_wrap=True)
    separate = False
    for place, one in ranked:
        if place.apart and not separate:
            table.add_section()
            separate = True
        if one.interphase is None or one.driving_force is None or one.sodium_consumed is None:
            continue
        row = [
            NONE if place.apart else str(place.place),
            _named(one, 20 if wide else 13),
            _milli(one.energy_above_hull),
            range_or_crossing(
                one.reduction_limit, one.oxidation_limit, one.stabilized_reduction_limit
            ),
            "none"
            if one.interphase == InterphaseClass.STABLE
            else terms(zip(one.products, one.product_amounts, strict=True)),
            said(one.interphase, one.interphase_shares, between="\n"),
            f"{one.driving_force:.3f}",
            number(one.sodium_consumed),
            *([first_step_text(one) + letters.get(one.air_conditions, "")] if letters else []),
        ]
        table.add_row(*row, *([f"{place.score:.2f}{'!' if place.vetoes else ''}"] if wide else []))
    return fit(table, width, ("Na used", "released eV/atom", "above hull meV/atom"))


def _named(one: SummaryDoc, width: int) -> str:
    """Write a label, with the formula below it where that is another text."""
    mark = "*" if one.mixture else ""
    label = escape(in_pieces(f"{one.label}{mark}", width))
    return (
        label if one.label == one.formula else f"{label}\n[dim]{in_pieces(one.formula, width)}[/]"
    )


def _air_letters(found: Iterable[SummaryDoc]) -> dict[str | None, str]:
    """Tell the conditions in moist air apart by letters, where there are several."""
    texts = sorted({one.air_conditions for one in found if one.air_conditions})
    return {text: f" {chr(97 + at)}" if len(texts) > 1 else "" for at, text in enumerate(texts)}


def first_step_text(one: SummaryDoc) -> str:
    """
    Write the first step of the reaction with water.

    Parameters
    ----------
    one
        Result.

    Returns
    -------
    str
        eV per H2O, negative where it happens; a question mark where it cannot be said.
    """
    if one.air_conditions is None:
        return NONE
    if one.air_reacts is None:
        return "?"
    return "none" if one.air_first_step is None else f"{one.air_first_step:+.2f}"


def _air_notes(found: Iterable[SummaryDoc]) -> list[str]:
    """Say what the column of moist air holds for."""
    return [
        f"in air{letter}: first step with water at {escape(str(text))}, negative where it occurs"
        for text, letter in _air_letters(found).items()
    ]


def first_page(
    ranked: Sequence[tuple[Ranked, SummaryDoc]], size: int
) -> list[tuple[Ranked, SummaryDoc]]:
    """
    Choose what a table shows: the best, and behind them some of those that are not ranked.

    Parameters
    ----------
    ranked
        Best first.
    size
        How many of the best.

    Returns
    -------
    list
        In the same order.
    """
    placed = [place for place, _ in ranked if not place.apart][:size]
    apart = [place for place, _ in ranked if place.apart][:_LINES]
    chosen = {id(place) for place in (*placed, *apart)}
    return [one for one in ranked if id(one[0]) in chosen]


def _together(told: Iterable[tuple[str, str]], write: Callable[[str, str], str]) -> list[str]:
    """Write a line for each sentence, with the first of the candidates that it holds for."""
    labels: dict[str, list[str]] = {}
    for label, sentence in told:
        labels.setdefault(sentence, []).append(label)
    return [
        escape(write(_first(names), sentence))
        for sentence, names in sorted(labels.items(), key=lambda one: -len(one[1]))
    ]


def _few(lines: Sequence[str]) -> list[str]:
    """Keep the first of some lines, and say how many more there are."""
    if len(lines) <= _LINES:
        return list(lines)
    return [
        *lines[:_LINES],
        f"… and {len(lines) - _LINES} more reasons: --csv and --json have all.",
    ]


def _first(labels: Sequence[str]) -> str:
    """Name the first of some candidates, and how many more there are."""
    if len(labels) <= _NAMED:
        return ", ".join(labels)
    return f"{', '.join(labels[:_NAMED])} and {len(labels) - _NAMED} more"


def vetoes(ranked: Sequence[tuple[Ranked, SummaryDoc]]) -> list[str]:
    """
    Name the bounds that candidates violate, and why some are not ranked.

    Parameters
    ----------
    ranked
        Best first.

    Returns
    -------
    list of str
        One sentence in rich markup for each reason, most frequent first.
    """
    broken = ((doc.label, why) for place, doc in ranked for why in place.vetoes)
    apart = ((doc.label, why) for place, doc in ranked for why in place.apart)
    return [
        *_few(_together(broken, lambda names, why: f"! {names}: {why}")),
        *_few(_together(apart, lambda names, why: f"– {names} not ranked: {why}")),
    ]


def unranked_lines(docs: Sequence[ScreeningDoc | SummaryDoc]) -> list[str]:
    """
    Name the candidates that have no result, with the reason.

    Parameters
    ----------
    docs
        All results.

    Returns
    -------
    list of str
        One sentence in rich markup for each reason of those that were rejected or failed.
    """
    told = ((one.label, f"{one.state}: {one.reason}") for one in docs if one.state != "completed")
    return _few(_together(told, lambda names, why: f"{names} {why}"))


def counts(docs: Sequence[ScreeningDoc | SummaryDoc], before: int = 0) -> str:
    """
    Count the candidates by outcome.

    Parameters
    ----------
    docs
        One per candidate.
    before
        How many of those that were assessed the store held already.

    Returns
    -------
    str
        One line.
    """
    kinds = [doc.state for doc in docs]
    assessed = kinds.count("completed")
    parts = [f"{assessed} assessed"]
    if before:
        share = "all" if before == assessed else str(before)
        parts[0] += f" ({share} of them already in the store)"
    parts += [f"{kinds.count(kind)} {kind}" for kind in ("rejected", "failed") if kind in kinds]
    return f"{counted(len(docs), 'candidate')}: {', '.join(parts)}."


def outcomes(
    ranked: Sequence[tuple[Ranked, SummaryDoc]],
    docs: Sequence[SummaryDoc],
    width: int,
    every: Sequence[tuple[Ranked, SummaryDoc]] = (),
    before: int = 0,
) -> list[RenderableType]:
    """
    Lay out ranked results, and the outcome of the others.

    Parameters
    ----------
    ranked
        Those to show, best first.
    docs
        All results, ranked or not.
    width
        Columns of the terminal.
    every
        All that are ranked or stand apart, where only some are shown.
    before
        How many results the store held already.

    Returns
    -------
    list
        Parts to print in order.
    """
    parts: list[RenderableType] = [ranking(ranked, width)] if ranked else []
    parts += legend(
        kind
        for _, one in ranked
        for kind in (
            one.interphase,
            *verdict(one.interphase or "unknown", one.interphase_shares)[1],
        )
    )
    parts += _air_notes(one for _, one in ranked)
    known = {id(place) for place, _ in ranked}
    hidden = [one for one in every if one[0].apart and id(one[0]) not in known]
    parts += [*unranked_lines(docs), *vetoes([*ranked, *hidden])]
    return [*parts, counts(docs, before)] if before or len(ranked) < len(docs) else parts


def best_sentence(
    ranked: Sequence[tuple[Ranked, SummaryDoc]], docs: Sequence[SummaryDoc], of: int | None = None
) -> str:
    """
    Say which candidate is best, and how many are stable at sodium metal.

    Parameters
    ----------
    ranked
        In any order.
    docs
        All results shown, ranked or not.
    of
        Number of all results where only some are shown.

    Returns
    -------
    str
        One sentence.
    """
    placed = sorted((one for one in ranked if not one[0].apart), key=lambda one: one[0].place)
    apart = [one for place, one in ranked if place.apart]
    return ranking_sentence([one for _, one in placed], apart, len(docs), of)


def beside_electrode(
    found: Iterable[SummaryDoc], electrode: ElectrodePotential | None
) -> list[RenderableType]:
    """
    Say which candidates are stable where an electrode works.

    Parameters
    ----------
    found
        Completed results.
    electrode
        The electrode; None where none was asked for.

    Returns
    -------
    list
        Parts to print in order.
    """
    if electrode is None:
        return []
    from trona.stores.assess.electrodes import withstands  # noqa: PLC0415 (seldom needed)

    table = framed()
    table.add_column("candidate", overflow="fold")
    table.add_column(f"at {escape(electrode.name)}, {electrode.potential}", overflow="fold")
    for one in found:
        table.add_row(escape(one.label), withstands(one, electrode))
    return [escape(electrode.sentence), table]


def seen(docs: Iterable[ScreeningDoc]) -> list[str]:
    """
    List the classes and limits of candidates known from experiments, and whether trona agrees.

    Parameters
    ----------
    docs
        Results.

    Returns
    -------
    list of str
        One line in rich markup for each sentence; products stand with the single candidate.
    """
    told = (
        (doc.label, one.sentence)
        for doc in docs
        if doc.window is not None
        for one in doc.window.observed
        if one.quantity != "products"
    )
    return _together(told, lambda names, sentence: f"{names}: {sentence}")


def tally(counted: Mapping[tuple[str, ...], int], by: Sequence[str]) -> Table:
    """
    Lay out how many results share the values of some fields.

    Parameters
    ----------
    counted
        Values to number.
    by
        Names of the fields.

    Returns
    -------
    rich.table.Table
        One row per combination, in alphabetical order.
    """
    table = framed()
    for name in by:
        table.add_column(escape(name))
    table.add_column("results", justify="right")
    for values, number_of in sorted(counted.items()):
        table.add_row(*map(escape, values), str(number_of))
    return table


def _above_hull(doc: ScreeningDoc) -> str | None:
    """Write the energy above hull, or why there is none."""
    if doc.window is None:
        return None
    above = doc.window.energy_above_hull
    return "unknown: a mixture of phases" if above is None else f"{above * 1000:.1f} meV/atom"


def screening_details(doc: ScreeningDoc, width: int = NARROW) -> list[RenderableType]:
    """
    Lay out everything known about a candidate.

    Parameters
    ----------
    doc
        Its result.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    name = doc.label if doc.label == doc.formula else f"{doc.label}  {doc.formula}"
    parts: list[RenderableType] = [f"[bold]{escape(name)}[/] ({doc.state})"]
    if doc.reason:
        parts.append(f"[red]{escape(doc.reason)}[/]")
    if doc.window is not None:
        parts.insert(0, escape(window_sentence(doc.window)))
        parts += [heading(doc.window), *observed(doc.window.observed)]
        metal = doc.window.ladder[0]
        if not is_sure(metal.interphase, metal.interphase_shares):
            parts.append(f"at 0 V {said(metal.interphase, metal.interphase_shares)}")
        parts.append(ladder_table(doc.window.formula, doc.window.ladder, width))
        parts += legend(rung.interphase for rung in doc.window.ladder)
        if doc.air is not None:
            parts.append(escape(doc.air.verdict))
        parts += notes(doc.window.caveats)
    change = None if doc.volume_change is None else f"{doc.volume_change:+z.1%}"
    versions = ", ".join(f"{name} {number}" for name, number in doc.versions.items())
    by = f" by {doc.who}" if doc.who else ""
    scale = None if doc.window is None else doc.window.energy_scale
    facts = (
        ("formula", doc.formula),
        ("energy above hull", _above_hull(doc)),
        ("space group", doc.space_group or "unknown: no structure was given"),
        ("source", doc.source),
        ("Materials Project", material_link(f"{doc.label} {doc.source}")),
        ("volume change in relaxation", change),
        ("relaxation", doc.relaxation_id),
        ("reference", f"{doc.reference.name} ({doc.reference.checksum})"),
        ("its origin", doc.reference.origin),
        ("its energies", None if scale is None else f"{scale.method}, {scale.correction}"),
        ("computed", f"{doc.created:%Y-%m-%d %H:%M} UTC{by} with {versions}"),
        ("id", doc.id),
    )
    return [*parts, list_facts(facts)]
