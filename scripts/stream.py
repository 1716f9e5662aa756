#!/usr/bin/env python
"""Stream candidates through one table of phases: ladders per second, and memory.

    python scripts/stream.py ELEMENTS PHASES CANDIDATES

Phases and candidates are synthetic and reproducible for given numbers.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from time import process_time

import numpy as np

from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable

ELEMENTS = ("Na", "P", "S", "Cl", "O", "Sb", "Zr", "Y")
SCALE = EnergyScale("synthetic", "none")


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


def peak_memory() -> float:
    """Largest memory of this process, MB; without what a parent held before it started."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: ru_maxrss counts the parent's memory too
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    from trona.screening.equilibrium.simplex import load_compiled  # noqa: PLC0415 (not in all builds)

    n_elements, n_phases, n_candidates = map(int, sys.argv[1:])
    table = PhaseTable.from_phases(phases(n_elements, n_phases))
    load_compiled()
    profile(table, composition(n_elements))
    candidates = [composition(n_elements, seed) for seed in range(n_candidates)]
    start = process_time()
    for candidate in candidates:
        profile(table, candidate)
    rate = n_candidates / (process_time() - start)
    print(
        f"{n_candidates} candidates streamed, {n_elements} elements, {n_phases} phases: "
        f"{rate:.0f} ladders/s on one core ({1e3 / rate:.2f} ms each), "
        f"{peak_memory():.0f} MB at most"
    )


if __name__ == "__main__":
    main()
