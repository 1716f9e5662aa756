"""Matrices of contacts against pymatgen on random subsets of phases; what holds for any."""

from __future__ import annotations

import pytest

from tests.support.oracles import mixing_kinks, open_mixing_kinks
from tests.support.systems import make_table, random_composition, random_phases
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.formulas import parse
from trona.screening.stability.interface import mix
from trona.screening.stability.matrix import MatrixEntry, contact_energy, contact_matrix
from trona.stores.assess.properties import load_properties
from trona.stores.energies.references import load_reference


def material(name, composition, volts=None):
    return MatrixEntry(name, composition, name, volts)


def lists(seed, n_elements):
    """Four compositions, two for each side."""
    return [random_composition(seed + 100 * k, n_elements) for k in range(4)]


@pytest.mark.parametrize(("n_elements", "n_phases"), [(3, 40), (4, 80), (5, 60)])
def test_closed_cells_agree_with_pymatgen(n_elements, n_phases):
    phases = random_phases(n_phases, n_elements, n_phases)
    table = PhaseTable.from_phases(phases)
    a, b, c, d = lists(n_phases, n_elements)
    firsts, seconds = [material("a", a), material("b", b)], [material("c", c), material("d", d)]
    found = contact_matrix(table, firsts, seconds, load_properties())
    for row, first in zip(found.cells, (a, b), strict=True):
        for cell, second in zip(row, (c, d), strict=True):
            lowest = min(mixing_kinks(phases, first, second).values())
            assert cell.energy_per_atom == pytest.approx(min(lowest, 0.0), abs=1e-8)


@pytest.mark.parametrize(("n_elements", "n_phases"), [(3, 40), (4, 80)])
@pytest.mark.parametrize("volts", [0.2, 1.5])
def test_open_cells_agree_with_pymatgen(n_elements, n_phases, volts):
    phases = random_phases(n_phases + 1, n_elements, n_phases)
    table = PhaseTable.from_phases(phases)
    a, b, c, d = lists(n_phases + 1, n_elements)
    firsts = [material("a", a), material("b", b)]
    seconds = [material("c", c, volts), material("d", d, volts)]
    found = contact_matrix(table, firsts, seconds, load_properties())
    mu = table.mu_sodium_metal - volts
    for row, first in zip(found.cells, (a, b), strict=True):
        for cell, second in zip(row, (c, d), strict=True):
            theirs = open_mixing_kinks(phases, first, second, mu)
            lowest = min(energy - x * theirs[1.0] for x, energy in theirs.items())
            assert cell.energy_per_atom == pytest.approx(min(lowest, 0.0), abs=1e-7)


def test_open_mixing_lines_agree_with_pymatgen():
    phases = random_phases(5, 4, 80)
    table = PhaseTable.from_phases(phases)
    first, second, *_ = lists(5, 4)
    line = mix(table, first, second, ("A", "B"), 0.7)
    ours = {round(kink.fraction, 6): kink.energy_per_atom for kink in line.kinks}
    theirs = open_mixing_kinks(phases, first, second, table.mu_sodium_metal - 0.7)
    assert ours == pytest.approx(theirs, abs=1e-7)


def test_a_symmetric_matrix_has_each_pair_once_and_both_orders():
    table = load_reference("bundled").table
    names = ("Na3PS4", "Na2S", "NaCrO2", "Na3PO4")
    listed = [material(name, parse(name)) for name in names]
    found = contact_matrix(table, listed, None, load_properties())
    assert len(found.pairs) == 6
    assert [[cell.energy_per_atom for cell in row] for row in found.cells] == [
        [found.cells[j][i].energy_per_atom for j in range(4)] for i in range(4)
    ]
    assert all(found.cells[i][i].kink is None for i in range(4))
    alone = contact_matrix(table, listed[:1], listed[2:3], load_properties()).cells[0][0]
    assert alone.energy_per_atom == pytest.approx(found.cells[0][2].energy_per_atom)
    assert alone.kind is found.cells[0][2].kind


def test_at_sodium_metal_the_electrolyte_alone_counts(reference):
    sodium = material("Na", {"Na": 1.0}, 0.0)
    first = material("Na3PS4", parse("Na3PS4"))
    cell = contact_matrix(reference.table, [first], [sodium], load_properties()).cells[0][0]
    assert cell.kink.equation == "Na3PS4 + 8 Na -> Na3P + 4 Na2S"
    line = mix(reference.table, first.composition, {"Na": 1.0}, ("Na3PS4", "Na"), 0.0)
    assert cell.energy_per_atom == line.kinks[0].energy_per_atom
    assert contact_energy(line, line.kinks[-1]) == 0.0


def test_an_open_pair_makes_a_cell_unknown():
    table = make_table(Na2S=-1.0, TaCl5=-3.0, Na2O=-2.0, NaCl=-2.0, SO2=-1.0)
    firsts = [material("Na2O", parse("Na2O"))]
    seconds = [material("TaCl5", parse("TaCl5")), material("Na2S", parse("Na2S"))]
    blind, seen = contact_matrix(table, firsts, seconds, load_properties()).cells[0]
    assert ("Ta", "O") in blind.open_pairs
    assert blind.kind.value == "unknown"
    assert not seen.open_pairs
    assert seen.kind.value == "stable"
