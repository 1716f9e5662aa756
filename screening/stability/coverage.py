"""Pairs of elements without a common phase in the reference, and which affect an answer; no I/O.

A window, a class or an interface is only as good as the set of competing phases. If two elements
that form compounds are both present and no phase of the reference contains both, products that
would form are missing, and the result looks too stable.

A metal or metalloid and an anion former nearly always form a compound: of the 396 pairs of 33
elements with 12 anion formers, 369 have a binary compound of negative formation energy in PBE, and
with O, S, F and Cl all 132 (Materials Project, 2019). The remaining pairs are not reported, nor are
those of their heavier neighbours. Two metals often form none, so they are not checked, except for
the elements that alloy with sodium.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from trona.screening.formulas import fractions_key
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trona.screening.equilibrium.phases import PhaseTable

__all__ = ["Coverage", "coverage"]

Pair = tuple[str, str]

_ANION_FORMERS = ("F", "O", "Cl", "N", "Br", "I", "S", "Se", "H", "Te", "As", "P")
"""By falling electronegativity: of two, the first is the anion."""

_NO_COMPOUND: Mapping[str, str] = {
    "H": "Ag-Au-Bi-Cd-Co-Cr-Cu-Fe-Ga-Ge-Hg-In-Ir-Mn-Mo-Os-Pb-Pt-Re-Rh-Ru-Sb-Sn-Tc-Tl-W-Zn",
    "N": "Ag-Au-Bi-C-Cd-Cu-Hg-Ir-Os-Pb-Pd-Pt-Rh-Ru-Sb-Sn-Tl",
    "P": "Bi-C-Ge-Hg-Pb-Sb-Tl",
    "As": "Ag-Au-Bi-C-Cu-Hg-Pb-Tl",
    "Te": "B-C-Si",
    "Se": "C",
    "Br": "C",
    "I": "C",
}
"""Elements without a stable binary compound with an anion former, or with one that is barely so."""

_NOBLE = frozenset({"He", "Ne", "Ar", "Kr", "Xe", "Rn"})

_CENTRES: Mapping[str, str] = {
    "O": "P-As-S-Se-Te-N-H",
    "S": "P-As",
    "Se": "P-As",
    "N": "H",
}
"""Anion formers that are the centre of common anions of others (phosphate, sulfate, water …)."""

_ALLOYS = frozenset({"Au", "Bi", "Ga", "Ge", "Hg", "In", "Pb", "Sb", "Sn", "Tl"})
"""Metals that sodium makes stable compounds with: they form at low voltage."""


@dataclass(frozen=True)
class Coverage:
    """
    Pairs of elements that the phases do not cover.

    Parameters
    ----------
    open
        Pairs without a common phase that nearly always form compounds: these decide.
    minor
        Pairs of two anion formers without a common phase: their compounds rarely decide.
    """

    open: tuple[Pair, ...]
    minor: tuple[Pair, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader must know: one sentence for each kind of pair, none where all is joined."""
        said = []
        if self.open:
            said.append(
                f"The reference has no phase with {_listed(self.open)}: such products cannot be "
                "predicted."
            )
        if self.minor:
            said.append(
                f"It also has no phase with {_listed(self.minor)}; such products are rarely "
                "decisive."
                if self.open
                else f"The reference has no phase with {_listed(self.minor)}; such products are "
                "rarely decisive."
            )
        return tuple(said)


def coverage(
    table: PhaseTable,
    elements: Iterable[str],
    asked: Sequence[Mapping[str, float]] = (),
) -> Coverage:
    """
    Find the pairs of elements without a common phase.

    Parameters
    ----------
    table
        Phases of the reference.
    elements
        Of the question: one material, or both of an interface. Sodium is always among them; what
        the table does not have at all is left out.
    asked
        Compositions that are asked about. A phase of three elements or more that is one of them
        joins nothing: it cannot be its own product.

    Returns
    -------
    Coverage
        Pairs in alphabetical order, the anion former second.
    """
    symbols = sorted(({*elements, SODIUM} & set(table.elements)) - _NOBLE)
    own = [
        ({symbol for symbol, n in one.items() if n > 0}, table.n_polymorphs(one))
        for one in {fractions_key(one): one for one in asked if len(one) > 2}.values()
    ]
    place = table.elements.index
    gaps = []
    for pair in combinations(symbols, 2):
        joined = table.index.joined(*map(place, pair))
        if joined == sum(alike for inside, alike in own if inside.issuperset(pair)):
            gaps.append(_ordered(pair))
    return Coverage(
        tuple(sorted(pair for pair in gaps if _decides(pair))),
        tuple(sorted(pair for pair in gaps if _rarely_decides(pair))),
    )


def _ordered(pair: Pair) -> Pair:
    """Put the anion former second; of two, the more electronegative one."""
    first, second = sorted(pair, key=lambda symbol: (-_rank(symbol), symbol))
    return first, second


def _rank(symbol: str) -> int:
    """Place among the anion formers; behind them for all other elements."""
    formers = _ANION_FORMERS
    return formers.index(symbol) if symbol in formers else len(formers)


def _decides(pair: Pair) -> bool:
    """Tell whether the elements nearly always form a compound."""
    first, anion = pair
    if anion not in _ANION_FORMERS:
        return SODIUM in pair and bool(_ALLOYS & set(pair))
    if first in _ANION_FORMERS:
        return first in _CENTRES.get(anion, "").split("-")
    return first not in _NO_COMPOUND.get(anion, "").split("-")


def _rarely_decides(pair: Pair) -> bool:
    """Tell whether these are two anion formers, none the centre of a common anion."""
    return set(pair) <= set(_ANION_FORMERS) and not _decides(pair)


def _listed(pairs: Sequence[Pair]) -> str:
    """Write pairs in words."""
    return ", ".join(f"{first} and {second}" for first, second in pairs)
