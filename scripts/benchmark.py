#!/usr/bin/env python
"""Time trona's thermodynamics beside pymatgen's, on the same phases in the same run.

    python scripts/benchmark.py            all sizes
    python scripts/benchmark.py --quick    a few sizes, within 45 s

Each row is one question put to both; the ratio is pymatgen's time over trona's. Answers are
compared before times are printed. Phases are synthetic: random compounds of two to four elements.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core on both sides

import argparse
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.testing import assert_allclose
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element

from trona.screening.grand import profile
from trona.screening.hull import energy_above_hull
from trona.screening.interface import mix
from trona.screening.phases import EnergyScale, Phase, PhaseTable

if TYPE_CHECKING:
    from collections.abc import Callable

ELEMENTS = ("Na", "P", "S", "Cl", "O", "Sb", "Zr", "Y")
SCALE = EnergyScale("synthetic", "none")
SODIUM = Element("Na")


def phases(n_elements: int, n_phases: int) -> list[Phase]:
    rng = np.random.default_rng(n_phases)
    symbols = ELEMENTS[:n_elements]
    found = [Phase(symbol, symbol, {symbol: 1.0}, 0.0, SCALE) for symbol in symbols]
    for number in range(n_phases - n_elements):
        count = rng.integers(2, min(4, n_elements) + 1)
        chosen = rng.choice(n_elements, count, replace=False)
        amounts = {symbols[i]: float(rng.integers(1, 6)) for i in chosen}
        share = np.array(list(amounts.values())) / sum(amounts.values())
        energy = -2 * rng.random() * (1 - (share**2).sum()) * sum(amounts.values())
        found.append(Phase(str(number), str(number), amounts, float(energy), SCALE))
    return found


def composition(n_elements: int, seed: int = 0) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    return {symbol: float(rng.integers(1, 9)) for symbol in ELEMENTS[:n_elements]}


def best(function: Callable[[], object], repeats: int) -> float:
    """Shortest time of some runs, s."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


def report(question: str, ours: float, theirs: float) -> None:
    print(f"{question:<58}{ours * 1e3:>10.2f} ms{theirs * 1e3:>12.1f} ms{theirs / ours:>9.0f}x")


def ladder(n_elements: int, n_phases: int) -> None:
    given, target = phases(n_elements, n_phases), composition(n_elements)
    entries = [PDEntry(Composition(dict(p.amounts)), p.energy) for p in given]
    whole = Composition(target)

    def theirs() -> list[dict[str, object]]:
        return PhaseDiagram(entries).get_element_profile(SODIUM, whole)

    steps = sorted({round(-float(row["chempot"]), 6) for row in theirs()})
    found = profile(PhaseTable.from_phases(given), target)
    assert_allclose([i.voltage_lower for i in found.intervals], steps, atol=1e-6)
    ours = best(lambda: profile(PhaseTable.from_phases(given), target), 5)
    size = f"{n_elements} elements, {n_phases} phases"
    report(f"one ladder from entries, {size}", ours, best(theirs, 1))


def grid(n_elements: int, n_phases: int, n_points: int) -> None:
    given, target = phases(n_elements, n_phases), composition(n_elements)
    entries = [PDEntry(Composition(dict(p.amounts)), p.energy) for p in given]

    def theirs() -> None:
        for mu in np.linspace(-4, 0, n_points):
            GrandPotentialPhaseDiagram(entries, {SODIUM: mu})

    ours = best(lambda: profile(PhaseTable.from_phases(given), target), 5)
    scaled = best(theirs, 1) * 100 / n_points
    size = f"{n_elements} elements, {n_phases} phases"
    report(f"the same from 100 grand-potential diagrams, {size}", ours, scaled)


def interface(n_elements: int, n_phases: int) -> None:
    given = phases(n_elements, n_phases)
    table = PhaseTable.from_phases(given)
    diagram = PhaseDiagram([PDEntry(Composition(dict(p.amounts)), p.energy) for p in given])
    first, second = composition(n_elements, 1), composition(n_elements, 2)

    def theirs() -> InterfacialReactivity:
        return InterfacialReactivity(
            Composition(second), Composition(first), diagram, norm=True, use_hull_energy=True
        )

    found = mix(table, first, second, ("A", "B"))
    lowest = min(kink[2] for kink in theirs().get_kinks())
    assert_allclose(min(kink.energy_per_atom for kink in found.kinks), lowest)
    ours = best(lambda: mix(table, first, second, ("A", "B")), 5)
    size = f"{n_elements} elements, {n_phases} phases"
    report(f"all kinks of an interface, {size}", ours, best(lambda: theirs().get_kinks(), 2))


def hull(n_elements: int, n_phases: int, n_asked: int) -> None:
    given = phases(n_elements, n_phases)
    entries = [PDEntry(Composition(dict(p.amounts)), p.energy) for p in given]

    def ours() -> list[float]:
        table = PhaseTable.from_phases(given)
        return [energy_above_hull(table, phase) for phase in given[:n_asked]]

    def theirs() -> list[float]:
        diagram = PhaseDiagram(entries)
        return [diagram.get_e_above_hull(entry) for entry in entries[:n_asked]]

    assert_allclose(ours(), theirs(), atol=1e-8)
    size = f"{n_asked} of {n_phases} phases, {n_elements} elements"
    report(f"energy above hull of {size}", best(ours, 1), best(theirs, 1))


def throughput(n_elements: int, n_phases: int, n_candidates: int) -> None:
    table = PhaseTable.from_phases(phases(n_elements, n_phases))
    targets = [composition(n_elements, seed) for seed in range(n_candidates)]
    taken = best(lambda: [profile(table, target) for target in targets], 1)
    size = f"{n_elements} elements, {n_phases} phases"
    print(f"many candidates, {size}: {n_candidates / taken:.0f} ladders/s on one core")


def growth(n_elements: int) -> None:
    sizes = np.array([250, 500, 1000, 2000, 4000])
    target = composition(n_elements)
    tables = [PhaseTable.from_phases(phases(n_elements, int(size))) for size in sizes]
    times = [best(lambda t=table: profile(t, target), 5) for table in tables]
    exponent = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    print(f"one ladder, {n_elements} elements, 250 to 4000 phases: time ~ phases^{exponent:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few sizes, within 45 s")
    quick = parser.parse_args().quick
    print(f"{'question':<58}{'trona':>13}{'pymatgen':>15}{'ratio':>10}")
    sizes = [(4, 1000), (5, 1000), (6, 1000)]
    for size in sizes if quick else [(3, 500), *sizes, (6, 5000)]:
        ladder(*size)
    for size in sizes[:1] if quick else sizes:
        grid(*size, n_points=10)
    for size in [(4, 500)] if quick else [(4, 500), (5, 1000), (6, 1000)]:
        interface(*size)
    for size in [(5, 500, 200)] if quick else [(5, 1000, 1000), (6, 5000, 500)]:
        hull(*size)
    throughput(5, 1000, 200 if quick else 2000)
    throughput(8, 1000, 50 if quick else 500)
    growth(5)


if __name__ == "__main__":
    main()
