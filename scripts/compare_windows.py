"""Compare windows from a bundled set with those from DFT, and its coverage of DFT-stable phases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.formulas import canonical, parse
from trona.screening.units import SODIUM
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.validation import published_cases
from trona.workflows.candidates.sources import bundled
from trona.workflows.tables.ladder import window_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trona.stores.documents.results import RungDoc, WindowDoc
    from trona.stores.energies.references import Reference

EXCHANGED = 1e-6
"""Atoms of sodium per formula unit that count as exchange."""
NEAR = 0.15
"""V."""
ON_THE_HULL = 1e-6
ANIONS = frozenset(("O", "S", "Se", "P", "F", "Cl", "Br", "I", "H"))
COATINGS = (
    "NaZr2(PO4)3", "NaTi2(PO4)3", "Na3V2(PO4)3", "Na3Cr2(PO4)3", "Na3Sc(PO4)2", "NaMnPO4",
    "NaFePO4", "NaZnPO4", "NaMgPO4", "NaTiPO5", "NaAlP2O7", "NaCrP2O7", "NaYP2O7", "NaNbP2O8",
    "NaTa2PO8", "NaPO3", "Na4P2O7", "Na3PO4", "Na3Zr2Si2PO12", "Na2TiO3", "Na4TiO4", "Na2Ti3O7",
    "Na2Ti6O13", "Na2MoO4", "Na2WO4", "Na2CrO4", "NaNiO2", "Na2ZrO3", "NaAlO2", "NaGaO2",
    "NaInO2", "NaScO2", "NaYO2", "NaTaO3", "NaNbO3", "Na3NbO4", "NaVO3", "Na3VO4", "NaSbO3",
    "Na3SbO4", "Na2SnO3", "Na2ZnO2", "Na2GeO3", "Na4GeO4", "Na2CO3", "Na2SO4", "NaNO3", "Na2B4O7",
    "NaBO2", "Na3BO3", "NaB3O5", "Na2SiO3", "Na2Si2O5", "Na4SiO4", "NaAlSiO4", "NaAlSi3O8",
    "NaAlSi2O6", "Na2ZrSi2O7", "Na2ZrSiO5", "NaGaSi2O6", "Na2MgSiO4", "NaAl11O17", "Na2O", "NaF",
    "NaMgF3", "NaZnF3", "NaFeF3", "Na3AlF6", "NaAlF4", "Na5Al3F14", "Na3GaF6", "Na3InF6",
    "Na3ScF6", "NaYF4", "Na3TiF6", "Na2TiF6", "Na2ZrF6", "Na3VF6", "Na3FeF6", "NaTaF6", "NaNbF6",
    "Na2TaF7", "NaSbF6", "NaPF6", "NaBF4", "Na2SiF6", "NaLiF2",
)  # fmt: skip
"""Sodium oxides, phosphates and fluorides that coat particles or could."""


@dataclass(frozen=True)
class Pair:
    """A composition with both."""

    formula: str
    ours: WindowDoc
    dft: WindowDoc

    @property
    def errors(self) -> list[float]:
        """Distances of the limits that both have, V."""
        sides = ("reduction_limit", "oxidation_limit")
        limits = [(getattr(self.ours, side), getattr(self.dft, side)) for side in sides]
        return [abs(mine - dft) for mine, dft in limits if None not in (mine, dft)]


@dataclass(frozen=True)
class Sources:
    """Both sources, and what is left of each when only compositions of both are kept."""

    ours: Reference
    dft: Reference

    def common(self) -> Sources:
        """Leave out what the other has not."""
        return Sources(_kept(self.ours, self.dft), _kept(self.dft, self.ours))

    def without_more(self) -> Sources:
        """Leave out of ours what DFT's table has not."""
        return Sources(_kept(self.ours, self.dft), self.dft)

    def pairs(self, formulas: Iterable[str]) -> list[Pair]:
        """Windows of the compositions whose elements both cover."""
        covered = set(self.ours.table.elements) & set(self.dft.table.elements)
        return [
            Pair(formula, *(window_document(assess_formula(formula, one)) for one in self._both))
            for formula in formulas
            if parse(formula).keys() <= covered
        ]

    @property
    def _both(self) -> tuple[Reference, Reference]:
        return self.ours, self.dft


def _kept(one: Reference, other: Reference) -> Reference:
    """Leave out compounds that the other reference does not have."""
    kept = (
        phase
        for phase in one.phases
        if len(phase.amounts) == 1 or other.table.find(phase.amounts) is not None
    )
    return replace(one, phases=tuple(kept))


def compositions() -> list[str]:
    """Bundled candidates and every published composition, once each."""
    formulas: dict[str, str] = {}
    candidates = [one.formula for one in bundled()]
    for formula in [*candidates, *(case.formula for case in published_cases())]:
        formulas.setdefault(canonical(parse(formula)), formula)
    return list(formulas.values())


def window_lines(pairs: Iterable[Pair]) -> list[str]:
    lines = [
        "| composition | bundled, V | table, V | at 0 V | first reduction | first oxidation |",
        "|---|---|---|---|---|---|",
    ]
    for pair in pairs:
        both = (pair.ours, pair.dft)
        steps = [[products(step) for step in first_steps(document)] for document in both]
        cells = [
            "same" if mine == dft else f"{mine}; table: {dft}"
            for mine, dft in zip(*steps, strict=True)
        ]
        windows = f"{cell(pair.ours)} | {cell(pair.dft)}"
        lines.append(f"| {pair.formula} | {windows} | {' | '.join(cells)} |")
    return lines


def coating_lines(pairs: Sequence[Pair], common: Sequence[Pair]) -> list[str]:
    lines = [
        "| composition | bundled, V | table, V | common phases: bundled, V | table, V |",
        "|---|---|---|---|---|",
    ]
    for pair, same in zip(pairs, common, strict=True):
        windows = (pair.ours, pair.dft, same.ours, same.dft)
        lines.append(f"| {pair.formula} | {' | '.join(map(cell, windows))} |")
    return lines


def limit_lines(groups: dict[str, Iterable[str]], sources: Sources) -> list[str]:
    """Shares of limits near those of DFT: as packed, and with less of each source."""
    lines = [
        "| compositions | phases | limits | within 0.15 V | mean, V | median, V |",
        "|---|---|---|---|---|---|",
    ]
    ways = {
        "as packed": sources,
        "bundled without those that the table lacks": sources.without_more(),
        "those of both only": sources.common(),
    }
    for group, formulas in groups.items():
        for way, chosen in ways.items():
            errors = np.array([e for pair in chosen.pairs(formulas) for e in pair.errors])
            share = 100 * float((errors <= NEAR).mean())
            lines.append(
                f"| {group} | {way} | {len(errors)} | {share:.0f} % | {errors.mean():.2f} "
                f"| {np.median(errors):.2f} |"
            )
    return lines


def first_steps(document: WindowDoc) -> tuple[RungDoc | None, ...]:
    """Return the intervals at 0 V, of the first uptake of sodium and of its first release."""
    uptake = [rung for rung in document.ladder if rung.na_exchanged > EXCHANGED]
    release = [rung for rung in document.ladder if rung.na_exchanged < -EXCHANGED]
    return document.ladder[0], uptake[-1] if uptake else None, release[0] if release else None


def products(rung: RungDoc | None) -> str:
    """Products as a sorted sum without amounts."""
    if rung is None:
        return "–"
    return " + ".join(sorted(canonical(parse(product.formula)) for product in rung.products))


def cell(document: WindowDoc) -> str:
    return window_range(document) + (" mixture" if document.mixture else "")


@dataclass(frozen=True)
class Coverage:
    """What is stable in DFT, and whether it is here."""

    pairs: dict[str, bool]
    binaries: dict[str, bool]
    ternaries: dict[str, bool]

    def lines(self) -> list[str]:
        lines = ["| stable in DFT | number | here | share |", "|---|---|---|---|"]
        for name, found in (
            ("pairs of elements that a binary joins", self.pairs),
            ("binaries with O, S, Se, P, F, Cl, Br, I or H", self.binaries),
            ("ternaries of sodium", self.ternaries),
        ):
            here = sum(found.values())
            lines.append(f"| {name} | {len(found)} | {here} | {100 * here / len(found):.0f} % |")
        return lines


def coverage(sources: Sources) -> Coverage:
    """Look the stable compounds of DFT up, as far as their elements are covered."""
    elements = set(sources.ours.table.elements)
    joined = {pair(one.amounts) for one in sources.ours.phases if len(one.amounts) == 2}
    above = energies_above_hull(sources.dft.table)
    stable = [
        phase
        for phase, height in zip(sources.dft.table.phases, above, strict=True)
        if height < ON_THE_HULL and len(phase.amounts) > 1 and phase.amounts.keys() <= elements
    ]
    here = {one.formula: sources.ours.table.find(one.amounts) is not None for one in stable}
    return Coverage(
        pairs={
            pair(one.amounts): pair(one.amounts) in joined
            for one in stable
            if len(one.amounts) == 2
        },
        binaries={
            one.formula: here[one.formula]
            for one in stable
            if len(one.amounts) == 2 and not ANIONS.isdisjoint(one.amounts)
        },
        ternaries={
            one.formula: here[one.formula]
            for one in stable
            if len(one.amounts) == 3 and SODIUM in one.amounts
        },
    )


def pair(amounts: Iterable[str]) -> str:
    """Elements of a binary compound, in order."""
    return "-".join(sorted(amounts))
