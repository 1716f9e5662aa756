"""Phase equilibrium open to molecules: oracles of pymatgen, conservation of atoms, dry limits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PhaseDiagram
from pymatgen.core import Composition, Element
from pymatgen.entries.computed_entries import ComputedEntry

from tests.support.systems import make_phase
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.equilibrium.reservoirs import Reservoir, equilibrate, equilibrate_along
from trona.screening.errors import ChemicalSystemError, FormulaError

MU_WATER, MU_OXYGEN, MU_CARBON_DIOXIDE = -2.5, -0.6, -4.4
WATER = Reservoir("H2O", MU_WATER)
AIR = (WATER, Reservoir("CO2", MU_CARBON_DIOXIDE), Reservoir("O2", MU_OXYGEN))
SYMBOLS = ("Na", "P", "S", "H", "O", "C")


def random_table(seed, n_compounds=40, symbols=SYMBOLS):
    """Elements, water and H2S, and random compounds of which many are on the hull."""
    rng = np.random.default_rng(seed)
    phases = [make_phase(symbol, 0.0, f"ref-{symbol}") for symbol in symbols]
    phases.append(make_phase("H2S", -0.1))
    for number in range(n_compounds):
        chosen = rng.choice(symbols[:3], size=rng.integers(1, 4), replace=False)
        more = rng.choice(symbols[3:], size=rng.integers(0, 3), replace=False)
        count = rng.integers(1, 6, size=len(chosen) + len(more))
        if len(count) < 2:
            continue
        formula = "".join(f"{s}{n}" for s, n in zip([*chosen, *more], count, strict=True))
        phases.append(make_phase(formula, float(-rng.uniform(0.2, 1.4)), f"{number}-{formula}"))
    return PhaseTable.from_phases(phases)


def entries(table):
    return [ComputedEntry(Composition(p.amounts), p.energy, entry_id=p.id) for p in table.phases]


def grand(found, reservoirs):
    """Grand potential of products, counted from the molecules taken up."""
    mus = {one.formula: one.mu for one in reservoirs}
    return found.energy - sum(n * mus[formula] for formula, n in found.taken.items())


COMPOSITIONS = ({"Na": 3.0, "P": 1.0, "S": 4.0}, {"Na": 2.0, "S": 1.0}, {"P": 2.0, "O": 1.0})


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_open_to_all_is_the_grand_potential_diagram_of_pymatgen(seed, composition):
    table = random_table(seed)
    mu_o = MU_OXYGEN / 2
    mus = {"O": mu_o, "H": (MU_WATER - mu_o) / 2, "C": MU_CARBON_DIOXIDE - 2 * mu_o}
    diagram = GrandPotentialPhaseDiagram(
        entries(table), {Element(symbol): mu for symbol, mu in mus.items()}
    )
    found = equilibrate(table, composition, AIR)
    kept = Composition({s: n for s, n in composition.items() if s not in mus})
    oracle = diagram.get_hull_energy_per_atom(kept) * kept.num_atoms
    inside = sum(composition.get(symbol, 0.0) * mu for symbol, mu in mus.items())
    assert grand(found, AIR) == pytest.approx(oracle + inside, abs=1e-8)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_open_to_water_is_a_closed_system_with_water_in_excess(seed, composition):
    table = random_table(seed)
    found = equilibrate(table, composition, [WATER])
    excess = 200.0
    water = ComputedEntry(Composition("H2O"), MU_WATER, entry_id="water")
    diagram = PhaseDiagram([*entries(table), water])
    whole = Composition(composition) + Composition({"H": 2 * excess, "O": excess})
    oracle = diagram.get_hull_energy(whole) - excess * MU_WATER
    assert grand(found, [WATER]) == pytest.approx(oracle, abs=1e-6)


@pytest.mark.parametrize("reservoirs", [AIR[:1], AIR[1:2], AIR[2:], AIR[:2], AIR])
@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_atoms_are_conserved(reservoirs, composition):
    found = equilibrate(random_table(3), composition, reservoirs)
    balance = dict.fromkeys(SYMBOLS, 0.0)
    for one in reservoirs:
        for symbol, amount in one.amounts.items():
            balance[symbol] -= amount * found.taken[one.formula]
    for phase, amount in zip(found.phases, found.amounts, strict=True):
        for symbol, n in phase.amounts.items():
            balance[symbol] += n * amount
    assert {s: n for s, n in balance.items() if abs(n) > 1e-8} == pytest.approx(composition)


@pytest.mark.parametrize("seed", range(8))
def test_every_range_is_what_a_single_equilibrium_finds_inside_it(seed):
    table, composition = random_table(seed), COMPOSITIONS[0]
    ranges = equilibrate_along(table, composition, [WATER], -6.0)
    assert (ranges[0].mu_lower, ranges[-1].mu_upper) == (-6.0, MU_WATER)
    for before, after in pairwise(ranges):
        assert before.mu_upper == after.mu_lower
        assert before.found.taken["H2O"] < after.found.taken["H2O"]  # grand potential is concave
    for one in ranges:
        middle = Reservoir("H2O", (one.mu_lower + one.mu_upper) / 2)
        found = equilibrate(table, composition, [middle])
        assert grand(found, [middle]) == pytest.approx(grand(one.found, [middle]), abs=1e-8)


def test_a_hydride_releases_hydrogen_and_takes_oxygen_from_water():
    table = PhaseTable.from_phases(
        make_phase(formula, energy, formula)
        for formula, energy in {
            "Na": 0.0, "H": 0.0, "O": 0.0, "NaH": -0.2, "NaOH": -1.4, "H2O": -0.9,
        }.items()
    )  # fmt: skip
    found = equilibrate(table, {"Na": 1.0, "H": 1.0}, [WATER])
    products = {p.formula: float(x) for p, x in zip(found.phases, found.amounts, strict=True)}
    assert products == pytest.approx({"NaOH": 1.0, "H": 2.0})
    assert found.taken == pytest.approx({"H2O": 1.0})


def test_what_cannot_be_exposed_is_refused():
    table = random_table(0)
    with pytest.raises(FormulaError, match="consists of what the air supplies"):
        equilibrate(table, {"C": 1.0, "O": 2.0}, AIR)
    with pytest.raises(FormulaError, match="nothing to expose"):
        equilibrate(table, {}, AIR)
    with pytest.raises(ChemicalSystemError, match="no reference phase for N"):
        equilibrate(table, {"Na": 1.0}, [Reservoir("N2", 0.0)])
