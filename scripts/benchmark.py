#!/usr/bin/env python
"""Time trona's thermodynamics against pymatgen's, on the same phases in the same run.

    python scripts/benchmark.py            all sizes
    python scripts/benchmark.py --quick    a few sizes, within a minute
    python scripts/benchmark.py --against PATH_OR_COMMIT    large tables against another build
    python scripts/benchmark.py --against COMMIT --relax    relaxations too, which take minutes

Each row is one question put to both; the ratio is pymatgen's time over trona's. Answers are
compared before times are printed. Phases are synthetic, random compounds of two to four elements,
or those of the bundled reference. Compiled code is loaded before the clock starts: this takes half
a second once per process, and a few seconds once after an installation, which is printed too.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core on both sides

import argparse
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import benchmark_start
import benchmark_stores
import benchmark_tables
import numpy as np
import stream
from numpy.testing import assert_allclose
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element
from stream import composition, phases

from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.equilibrium.simplex import load_compiled
from trona.screening.formulas import parse
from trona.screening.stability.interface import mix
from trona.stores.energies.references import load_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from trona.screening.equilibrium.phases import Phase

SODIUM = Element("Na")


def best(function: Callable[[], object], repeats: int) -> float:
    """Shortest time of some runs, s."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


def report(question: str, ours: float, theirs: float) -> None:
    print(f"{question:<70}{ours * 1e3:>9.2f} ms{theirs * 1e3:>11.1f} ms{theirs / ours:>8.0f}x")


def ladder(given: list[Phase], target: dict[str, float], size: str) -> None:
    entries = [PDEntry(Composition(dict(p.amounts)), p.energy) for p in given]
    whole = Composition(target)

    def theirs() -> list[dict[str, object]]:
        return PhaseDiagram(entries).get_element_profile(SODIUM, whole)

    metal = PhaseTable.from_phases(given).mu_sodium_metal
    steps = sorted({round(metal - float(row["chempot"]), 6) for row in theirs()})
    found = profile(PhaseTable.from_phases(given), target)
    assert_allclose([i.voltage_lower for i in found.intervals], steps, atol=1e-6)
    ours = best(lambda: profile(PhaseTable.from_phases(given), target), 7)
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
    entries = [PDEntry(Composition(dict(p.amounts)), p.energy, name=p.id) for p in given]
    asked = entries[:: n_phases // n_asked]

    def ours() -> dict[str, float]:
        table = PhaseTable.from_phases(given)
        values = energies_above_hull(table).tolist()
        return {phase.id: value for phase, value in zip(table.phases, values, strict=True)}

    start = perf_counter()
    diagram = PhaseDiagram(entries)
    built = perf_counter() - start
    theirs = {entry.name: diagram.get_e_above_hull(entry) for entry in asked}
    taken = built + (perf_counter() - start - built) * n_phases / len(asked)
    found = ours()
    assert_allclose([found[key] for key in theirs], list(theirs.values()), atol=1e-8)
    size = f"{n_phases} phases, {n_elements} elements"
    report(f"energy above hull of {size} (theirs from {len(asked)})", best(ours, 3), taken)


def throughput(n_elements: int, n_phases: int, n_candidates: int) -> None:
    numbers = [str(number) for number in (n_elements, n_phases, n_candidates)]
    subprocess.run([sys.executable, stream.__file__, *numbers], check=True)  # noqa: S603


def exponent(sizes: list[int], times: list[float]) -> float:
    """Slope of time against size, both logarithmic."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def growth(n_elements: int) -> None:
    target = composition(n_elements)
    sizes = [250, 500, 1000, 2000, 4000]
    given = [phases(n_elements, size) for size in sizes]
    tables = [PhaseTable.from_phases(one) for one in given]
    sweep = [best(lambda t=table: profile(t, target), 7) for table in tables]
    whole = [best(lambda g=g: profile(PhaseTable.from_phases(g), target), 5) for g in given]
    numbers = [50, 100, 200, 400]
    series = [
        best(lambda n=n: [profile(tables[2], composition(n_elements, i)) for i in range(n)], 2)
        for n in numbers
    ]
    print(f"one ladder, {n_elements} elements, 250 to 4000 phases: time ~ phases^", end="")
    print(f"{exponent(sizes, sweep):.2f} in a table, ^{exponent(sizes, whole):.2f} from entries")
    print(f"50 to 400 candidates: time ~ candidates^{exponent(numbers, series):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few sizes, within a minute")
    parser.add_argument("--against", help="another build, for large tables and starts alone")
    parser.add_argument("--relax", action="store_true", help="relaxations too, beside a commit")
    options = parser.parse_args()
    quick = options.quick
    if options.relax and not options.against:
        parser.error("--relax compares with a commit: name it with --against")
    if options.against:
        benchmark_tables.run(options.against, quick=quick)
        if options.relax:
            script = str(Path(__file__).with_name("benchmark_relax.py"))
            subprocess.run([sys.executable, script, "--against", options.against], check=True)  # noqa: S603
        return
    start = perf_counter()
    load_compiled()
    print(f"compiled code ready after {perf_counter() - start:.2f} s")
    print(f"{'question':<70}{'trona':>12}{'pymatgen':>14}{'ratio':>9}")
    sizes = [(4, 1000), (5, 1000), (6, 1000)]
    for size in sizes if quick else [(3, 100), (3, 500), *sizes, (6, 5000)]:
        named = f"{size[0]} elements, {size[1]} phases"
        ladder(phases(*size), composition(size[0]), named)
    target = parse("Na11Sn2PS12")
    bundled = [
        phase for phase in load_reference("bundled").phases if phase.amounts.keys() <= target.keys()
    ]
    ladder(bundled, target, f"Na11Sn2PS12, {len(bundled)} bundled phases")
    for size in sizes[:1] if quick else sizes:
        grid(*size, n_points=10)
    for size in [(4, 500)] if quick else [(4, 500), (5, 1000), (6, 1000)]:
        interface(*size)
    for size in [(6, 5000, 250)] if quick else [(4, 1000, 1000), (5, 1000, 1000), (6, 5000, 1000)]:
        hull(*size)
    throughput(5, 1000, 3000 if quick else 100_000)
    throughput(8, 1000, 500 if quick else 10_000)
    growth(5)
    benchmark_stores.run(quick=quick)
    benchmark_start.run(quick=quick)


if __name__ == "__main__":
    main()
