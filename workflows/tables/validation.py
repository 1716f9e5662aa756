"""Tables of predictions and published values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from trona.screening.stability.interphase import InterphaseClass
from trona.stores.documents.answers import case_sentence, comparison_sentence

from .layout import NARROW, NONE, framed, in_pieces, notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.assess.validation import Comparison, ValidatedCase

__all__ = ["overview", "sources", "verdicts"]

_STYLES = {"agree": "green", "disagree": "red", "cannot say": "magenta"}
_LIMITS = ("reduction limit", "oxidation limit")
_OTHERS = ("products", "interphase", "moist air")


def overview(findings: Sequence[ValidatedCase], width: int) -> list[RenderableType]:
    """
    Lay out the systems that can be compared, one line each.

    Parameters
    ----------
    findings
        One for each published system.
    width
        Columns of the terminal.

    Returns
    -------
    list
        A sentence and a table.
    """
    table = framed()
    table.add_column("system", no_wrap=True)
    for limit in _LIMITS:
        table.add_column(f"{limit.partition(' ')[0]}\nV (publ.)", justify="right", no_wrap=True)
    short = (
        {"products": "pro-\nducts", "interphase": "layer", "moist air": "air"}
        if width < NARROW
        else {}
    )
    for quantity in _OTHERS:
        table.add_column(short.get(quantity, quantity), no_wrap=True)
    for finding in findings:
        if finding.verdict == "cannot say":
            continue
        made = finding.comparisons
        table.add_row(
            escape(in_pieces(finding.case.formula, 10 if short else 20)),
            *(_limit([one for one in made if one.quantity == limit]) for limit in _LIMITS),
            *(
                _counted([one for one in made if one.quantity == quantity], narrow=bool(short))
                for quantity in _OTHERS
            ),
        )
    return [comparison_sentence(one.verdict for one in findings), table]


def _limit(found: Sequence[Comparison]) -> str:
    """Write a predicted limit with those that were published."""
    if not found:
        return NONE
    published = ", ".join(dict.fromkeys(one.published.removesuffix(" V") for one in found))
    colour = _STYLES[_worst(found)]
    return f"[{colour}]{escape(found[0].predicted.removesuffix(' V') or '?')} ({published})[/]"


def _counted(found: Sequence[Comparison], *, narrow: bool) -> str:
    """Write how many of some comparisons agree."""
    if not found:
        return NONE
    verdicts = [one.verdict for one in found]
    if len(set(verdicts)) == 1:
        words = {"agree": "yes", "disagree": "no", "cannot say": "?"} if narrow else {}
        return _styled(verdicts[0], words.get(verdicts[0], verdicts[0]))
    counted = f"{verdicts.count('agree')} of {len(verdicts)}{'' if narrow else ' agree'}"
    return _styled(_worst(found), counted)


def _worst(found: Sequence[Comparison]) -> str:
    """Find the verdict that counts among several."""
    verdicts = {one.verdict for one in found}
    return next(one for one in ("disagree", "agree", "cannot say") if one in verdicts)


def verdicts(findings: Sequence[ValidatedCase], width: int) -> list[RenderableType]:
    """
    Lay out predictions and published values, one line for each compared quantity.

    Parameters
    ----------
    findings
        One for each published system.
    width
        Columns of the terminal.

    Returns
    -------
    list
        A sentence and a table; then the systems that cannot be compared, with the reason.
    """
    table = framed()
    narrow = width < NARROW
    table.add_column("system", no_wrap=True)
    table.add_column("quantity", no_wrap=not narrow)
    table.add_column("predicted", overflow="fold")
    table.add_column("published", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for finding in findings:
        name = escape(in_pieces(finding.case.formula, 12 if narrow else 20))
        for compared in finding.comparisons:
            values = (compared.predicted, compared.published)
            if compared.quantity == "interphase":
                values = (_plain(compared.predicted), _plain(compared.published))
            cells = (compared.quantity, *values)
            table.add_row(name, *map(escape, cells), _styled(compared.verdict))
            name = ""
    parts: list[RenderableType] = [_counts(findings)]
    return [*parts, *([table] if table.row_count else []), *_without(findings)]


def _counts(findings: Sequence[ValidatedCase]) -> str:
    """Say how many systems agree; of a single system how many quantities."""
    if len(findings) != 1:
        return comparison_sentence(one.verdict for one in findings)
    (found,) = findings
    return escape(case_sentence(found.case.formula, [one.verdict for one in found.comparisons]))


def _without(findings: Sequence[ValidatedCase]) -> list[str]:
    """Name the systems of which nothing is compared, by reason."""
    by_reason: dict[str, list[str]] = {}
    for finding in findings:
        if not finding.comparisons:
            by_reason.setdefault(" ".join(finding.reasons), []).append(finding.case.formula)
    return notes(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())


def sources(findings: Sequence[ValidatedCase]) -> list[str]:
    """
    Name the sources of published values and the reasons of verdicts.

    Parameters
    ----------
    findings
        One for each published system.

    Returns
    -------
    list of str
        One line for each compared quantity.
    """
    return notes(
        f"{finding.case.formula}, {compared.quantity} ({compared.kind}): "
        f"{compared.source}. {compared.reason or ''}"
        for finding in findings
        for compared in finding.comparisons
    )


def _plain(kind: str) -> str:
    """Write a class in words; what is none stays as it is."""
    return InterphaseClass(kind).short if kind in set(InterphaseClass) else kind


def _styled(verdict: str, text: str = "") -> str:
    """Colour a verdict."""
    return f"[{_STYLES[verdict]}]{text or verdict}[/]"
