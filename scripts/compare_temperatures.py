#!/usr/bin/env python
"""Print the tables of docs/temperature.md: errors of the descriptor, windows, measured energies.

    python scripts/compare_temperatures.py [REFERENCE ...]

By default the two sets that ship with trona.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.uncertainty.error_model import anion_class
from trona.stores.energies.bundled import SETS
from trona.stores.thermochemistry.descriptor import estimated_increment
from trona.stores.thermochemistry.elements import elements_increment
from trona.stores.thermochemistry.free_energies import heat
from trona.stores.thermochemistry.measured import measured_energy
from trona.stores.thermochemistry.temperatures import ROOM_TEMPERATURE
from trona.workflows.study import Study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trona.screening.equilibrium.phases import Phase, PhaseTable

TEMPERATURES = (0.0, ROOM_TEMPERATURE, 333.15, 353.15)
COMPOSITIONS = (
    "Na3PS4 Na3SbS4 Na3PSe4 Na4SnS4 Na11Sn2PS12 Na4SiS4 Na3BS3 Na3PS3O Na3PO4 Na3YCl6 Na2ZrCl6 "
    "NaTaCl6 Na2.25Y0.25Zr0.75Cl6 NaBH4 Na2B12H12 Na3Zr2Si2PO12 NaAlO2 Na2S NaCl"
)


def measured_solids(table: PhaseTable) -> Iterator[tuple[Phase, float]]:
    """Find the solids that have a table, and their measured free energy at 298.15 K, eV."""
    for phase in (table.phases[at] for at in table.ground):
        found = measured_energy(phase.amounts, ROOM_TEMPERATURE)
        if found is not None and found.state != "gas":
            yield phase, found.energy


def formation(table: PhaseTable, phase: Phase) -> float:
    """Energy of formation, eV per formula unit."""
    zero = sum(n * table.find_required({e: 1.0}).energy_per_atom for e, n in phase.amounts.items())
    return phase.energy - zero


def descriptor(table: PhaseTable) -> None:
    """Print the differences of the descriptor from the tables, meV/atom, by class."""
    found = defaultdict(list)
    for phase, _ in measured_solids(table):
        for temperature in (ROOM_TEMPERATURE, 353.0, 500.0):
            known = heat(phase.amounts, temperature)
            if known is None or phase.volume is None:
                continue
            estimate = estimated_increment(phase.amounts, temperature, phase.volume / phase.n_atoms)
            zero = elements_increment(phase.amounts, temperature)
            difference = estimate - (zero + known.energy) / phase.n_atoms
            for name in (anion_class(phase.amounts), "all"):
                found[name, temperature].append(1000 * difference)
    for (name, temperature), values in sorted(found.items(), key=str):
        rms = np.sqrt(np.mean(np.square(values)))
        print(f"| {name}, {temperature:g} K | {len(values)} | {np.mean(values):+.1f} | {rms:.1f} |")


def windows(studies: list[Study]) -> None:
    """Print the windows of compositions at all temperatures."""
    for formula in COMPOSITIONS.split():
        limits = (study.window(formula).limits for study in studies)
        cells = (
            "none" if one is None else f"{one.reduction:.2f}–{one.oxidation:.2f}" for one in limits
        )
        print(f"| {formula} | {' | '.join(cells)} |")


def measured(cold: PhaseTable, warm: PhaseTable) -> None:
    """Print how far energies of formation are from measured free energies at 298.15 K."""
    per_atom, volts = [], {}
    for phase, energy in measured_solids(cold):
        both = (formation(cold, phase), formation(warm, warm.find_required(phase.amounts)))
        per_atom.append([(one - energy) / phase.n_atoms for one in both])
        if "Na" in phase.amounts and len(phase.amounts) == 2:
            volts[phase.formula] = [-one / phase.amounts["Na"] for one in (energy, *both)]
    for formula, row in volts.items():
        print(f"| {formula} | {' | '.join(f'{one:.2f}' for one in row)} |")
    errors = np.abs(per_atom).mean(axis=0)
    print(
        f"mean absolute difference of {len(per_atom)}, 0 and 298.15 K, eV/atom: {errors.round(3)}"
    )
    rows = np.array(list(volts.values()))
    off = np.abs(rows[:, 1:] - rows[:, :1]).mean(axis=0)
    print(f"of {len(rows)} binary sodium compounds, V: {off.round(3)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references", nargs="*", default=list(SETS))
    for name in parser.parse_args().references:
        print(f"\n## {name}")
        studies = [Study(name, temperature=temperature) for temperature in TEMPERATURES]
        cold, warm = (study.reference.table for study in studies[:2])
        descriptor(cold)
        windows(studies)
        measured(cold, warm)


if __name__ == "__main__":
    main()
