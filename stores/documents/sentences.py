"""The answer in one plain sentence, for each document that answers a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trona.screening.formulas import number
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .results import RungDoc, ScreeningDoc, WindowDoc

__all__ = ["class_clause", "joined_words", "window_sentence", "with_answer"]

_CLAUSES = {
    InterphaseClass.STABLE: "no layer forms",
    InterphaseClass.PASSIVATING: (
        "the layer conducts sodium ions and blocks electrons, so it stops growing"
    ),
    InterphaseClass.GROWTH_STOPS: (
        "the layer blocks electrons, so it stops growing; whether it conducts sodium ions is "
        "unknown"
    ),
    InterphaseClass.BLOCKING: (
        "the layer blocks electrons and sodium ions, so it stops growing but adds resistance"
    ),
    InterphaseClass.MIXED_CONDUCTING: (
        "the layer conducts electrons and sodium ions, so it keeps growing"
    ),
    InterphaseClass.GROWTH_GOES_ON: (
        "the layer conducts electrons, so it keeps growing; whether it conducts sodium ions is "
        "unknown"
    ),
    InterphaseClass.ELECTRONIC_CONDUCTOR: (
        "the layer conducts electrons but not sodium ions, so it keeps growing and its resistance "
        "rises sharply"
    ),
    InterphaseClass.DECOMPOSES: "other phases take its place",
    InterphaseClass.UNKNOWN: (
        "whether the layer conducts electrons is unknown, so nothing can be said about its growth"
    ),
}


_APART = (InterphaseClass.STABLE, InterphaseClass.DECOMPOSES)
"""Classes without a layer: what becomes of the composition says it all."""


def joined_words(words: Sequence[str], last: str = "and") -> str:
    """
    Join words as a sentence does.

    Parameters
    ----------
    words
        At least one.
    last
        Word before the last one.

    Returns
    -------
    str
        For example ``"a, b and c"``.

    Examples
    --------
    >>> joined_words(["Na3P", "Na2S"]), joined_words(["Na"])
    ('Na3P and Na2S', 'Na')
    """
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def class_clause(interphase: str, shares: Mapping[str, float]) -> str:
    """
    State the meaning of an interphase class with its confidence.

    Parameters
    ----------
    interphase
        Class by the energies as they are.
    shares
        Class to share of the draws of energies; empty where none were drawn.

    Returns
    -------
    str
        A main clause without a full stop.

    Examples
    --------
    >>> class_clause("passivating", {"passivating": 0.7, "blocking": 0.3})
    'probably the layer conducts sodium ions and blocks electrons, so it stops growing (in 70 % of the draws)'
    """  # noqa: E501 (what it prints is one line)
    word, named = verdict(interphase, shares)
    if word == "uncertain":
        listed = joined_words(
            [f"{kind.short} in {100 * x:.0f} %" for kind, x in named.items()], "or"
        )
        return f"the class of the layer is uncertain: {listed} of the draws"
    kind, share = next(iter(named.items()))
    if not word:
        return _CLAUSES[kind]
    return f"probably {_CLAUSES[kind]} (in {share * 100:.0f} % of the draws)"


def with_answer(doc: ScreeningDoc) -> dict[str, Any]:
    """
    Write a result as JSON holds it, with its answer in a sentence first.

    Parameters
    ----------
    doc
        The result.

    Returns
    -------
    dict
        All of it; ``answer`` is the reason if the candidate was not assessed.
    """
    told = doc.reason if doc.window is None else window_sentence(doc.window)
    return {"answer": told or "", **doc.model_dump(mode="json")}


def window_sentence(document: WindowDoc, at: float | None = None) -> str:
    """
    State the products of a composition at sodium metal, or at a voltage, in a sentence or two.

    Parameters
    ----------
    document
        The window; the first interval of its ladder is the one that is asked about.
    at
        Voltage that was asked for, V against Na/Na⁺; None for sodium metal.

    Returns
    -------
    str
        What forms, what the layer does, and the range in which no sodium is exchanged.
    """
    rung = document.ladder[0]
    where = "at sodium metal" if not at else f"at {number(at)} V"
    if document.open_pairs:
        pairs = joined_words([pair.replace("-", "–") for pair in document.open_pairs])
        return (
            f"What {document.formula} becomes {where} cannot be said: the reference has no phase "
            f"with {pairs}. Among the phases it has, {_becomes(document, rung, where)}."
        )
    told = _becomes(document, rung, where)
    upper = document.oxidation_limit
    if not at and upper is not None and rung.interphase == InterphaseClass.STABLE:
        return f"{told} and exchanges no sodium up to {upper:.2f} V."
    if rung.interphase not in _APART:
        told = f"{told}; {class_clause(rung.interphase, rung.interphase_shares)}"
    return f"{told[0].upper()}{told[1:]}.{_range(document)}"


def _becomes(document: WindowDoc, rung: RungDoc, where: str) -> str:
    """Say what forms at a voltage."""
    name, made = document.formula, joined_words([one.formula for one in rung.products])
    if rung.reaction_kind == "disproportionation":
        released = number(abs(rung.na_exchanged))
        return f"{name} decomposes by itself into {made}, releasing {released} Na per formula unit"
    if rung.reaction_kind != "none":
        verb = "taking up" if rung.na_exchanged > 0 else "releasing"
        amount = number(abs(rung.na_exchanged))
        return f"{where} {name} turns into {made}, {verb} {amount} Na per formula unit"
    if rung.interphase == InterphaseClass.DECOMPOSES:
        return f"{where} {name} exchanges no sodium but decomposes into {made}"
    word, named = verdict(rung.interphase, rung.interphase_shares)
    share = named.get(InterphaseClass.STABLE, 0.0)
    if not word:
        return f"{name} is stable {where}"
    sure = "probably" if word == "likely" and share else "possibly"
    return f"{name} is {sure} stable {where} (in {share * 100:.0f} % of the draws)"


def _range(document: WindowDoc) -> str:
    """Say where no sodium is exchanged."""
    lower, upper = document.reduction_limit, document.oxidation_limit
    subject = "As a mixture of stable phases it" if document.mixture else "It"
    if lower is None:
        crossing = document.stabilized.reduction_limit or 0.0
        return (
            f" It exchanges sodium at every voltage: it takes it up below {crossing:.2f} V and "
            "releases it above."
        )
    if upper is None:
        return f" {subject} exchanges no sodium above {lower:.2f} V."
    return f" {subject} exchanges no sodium between {lower:.2f} and {upper:.2f} V."
