"""Sweeps of a system that is asked often take the path over all of its columns, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from trona.screening.equilibrium import system as systems
from trona.screening.equilibrium.grand import sweep_system
from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.equilibrium.simplex import load_compiled, sweep

SCALE = EnergyScale("synthetic", "none")
SYMBOLS = ("Na", "P", "S", "Cl", "O")


def table(seed, n_phases, step):
    """Random phases; rounded energies make ties."""
    rng = np.random.default_rng(seed)
    found = [Phase(symbol, symbol, {symbol: 1.0}, 0.0, SCALE) for symbol in SYMBOLS]
    for number in range(n_phases):
        chosen = rng.choice(len(SYMBOLS), rng.integers(2, 5), replace=False)
        amounts = {SYMBOLS[at]: float(rng.integers(1, 5)) for at in chosen}
        energy = -round(float(rng.random()) * sum(amounts.values()) / step) * step
        found.append(Phase(str(number), str(number), amounts, energy, SCALE))
    return PhaseTable.from_phases(found)


@pytest.mark.parametrize("room", [65, 4096])
@pytest.mark.parametrize("step", [1e-6, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_paths_before_and_after_the_hull_is_known_are_those_over_all_columns(
    seed, step, room, monkeypatch
):
    monkeypatch.setattr(systems, "_KNOWN", room)  # with room for a path or two, most are forgotten
    load_compiled()
    given = table(seed, 150, step)
    rng = np.random.default_rng(seed)
    system = given.system(SYMBOLS)
    for _ in range(130):
        target = rng.integers(1, 9, 4).astype(float)
        found = sweep_system(given, system, target)
        expected = sweep(
            *(system.amounts, target, system.energies, system.sodium, system.start),
            mu_stop=given.mu_sodium_metal,
        )
        for one, other in zip(vars(found).values(), vars(expected).values(), strict=True):
            assert one.tolist() == other.tolist()
    assert system.layout.near is not None
    assert len(system.layout.near.at) < len(system.index)
    assert 0 < system.layout.near.known.used <= room
