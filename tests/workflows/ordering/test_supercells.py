"""Whole atoms in bounded cells: the asked composition, or how far off it is."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from trona.screening.errors import StructureInputError
from trona.workflows.ordering.supercells import (
    Bounds,
    compact_supercell,
    fill,
    formula_units,
    sublattices,
)

LATTICES = {
    "fcc": Lattice(np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) * 2.8),
    "bcc": Lattice(np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1]]) * 3.5),
    "tetragonal": Lattice.tetragonal(7.0, 5.0),
    "triclinic": Lattice.from_parameters(4.0, 6.0, 9.0, 80, 95, 105),
}
CHARGES = {"Na": 1.0, "P": 5.0, "W": 6.0, "S": -2.0}


def thiophosphate(tungsten):
    """One formula unit of cubic Na3PS4 with tungsten, sodium vacancies in balance."""
    sites = [{"Na": 1 - tungsten / 3}] * 3 + [{"P": 1 - tungsten, "W": tungsten}] + ["S"] * 4
    return Structure(LATTICES["bcc"], sites, np.linspace(0, 0.9, 24).reshape(8, 3))


def filled(tungsten, **bounds):
    parts = sublattices(thiophosphate(tungsten))
    return parts, fill(parts, formula_units(parts), CHARGES, Bounds(**bounds))


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 8, 12, 16])
@pytest.mark.parametrize("name", LATTICES)
def test_a_supercell_has_its_size_and_is_right_handed(name, cells):
    assert np.linalg.det(compact_supercell(LATTICES[name], cells)) == pytest.approx(cells)


@pytest.mark.parametrize(("name", "cells", "shortest"), [
    ("fcc", 4, 5.6), ("fcc", 8, 2 * 5.6 / 2**0.5), ("bcc", 4, 7 * 2**0.5), ("bcc", 2, 7.0),
    ("tetragonal", 4, 50**0.5 * 7 / 50**0.5 * 2**0.5),
])  # fmt: skip
def test_images_are_as_far_apart_as_in_the_known_compact_cells(name, cells, shortest):
    vectors = compact_supercell(LATTICES[name], cells) @ LATTICES[name].matrix
    assert np.linalg.norm(vectors, axis=1).min() >= shortest - 1e-6


def test_no_other_supercell_has_images_farther_apart():
    lattice, cells = LATTICES["triclinic"], 4
    best = np.linalg.norm(compact_supercell(lattice, cells) @ lattice.matrix, axis=1).min()
    random = np.random.default_rng(0)
    for _ in range(400):
        matrix = random.integers(-2, 3, size=(3, 3))
        if round(abs(np.linalg.det(matrix))) == cells:
            reduced = Lattice(matrix @ lattice.matrix).get_niggli_reduced_lattice()
            assert min(reduced.abc) <= best + 1e-6


def test_occupancies_are_gathered_into_sublattices():
    parts = sublattices(thiophosphate(0.25))
    assert [len(part.sites) for part in parts] == [3, 1, 4]
    assert [part.disordered for part in parts] == [True, True, False]
    assert dict(parts[0].occupancies) == pytest.approx({"Na": 1 - 0.25 / 3, "": 0.25 / 3})


def test_the_smallest_exact_cell_is_taken():
    _, filling = filled(0.25)
    assert (filling.cells, filling.deviation) == (4, 0.0)
    assert filling.counts == ({"Na": 11, "": 1}, {"P": 3, "W": 1}, {"S": 16})


def test_a_cell_too_large_to_be_exact_is_rounded_and_says_so():
    _, filling = filled(0.15)  # 3 of 20 would take 160 atoms
    assert filling.cells == 7
    assert filling.counts[1] == {"P": 6, "W": 1}
    assert filling.deviation == pytest.approx(abs(1 / 7 - 0.15))
    _, exact = filled(0.15, max_atoms=160)
    assert (exact.cells, exact.deviation) == (20, 0.0)


@pytest.mark.parametrize("tungsten", np.linspace(0.01, 0.99, 23))
def test_fillings_are_neutral_bounded_and_as_near_as_they_say(tungsten):
    parts, filling = filled(tungsten, max_atoms=100)
    atoms = {}
    for counts, part in zip(filling.counts, parts, strict=True):
        assert sum(counts.values()) == filling.cells * len(part.sites)
        for name, n in counts.items():
            if name:
                atoms[name] = atoms.get(name, 0) + n
    assert sum(CHARGES[name] * n for name, n in atoms.items()) == 0
    assert 24 <= sum(atoms.values()) <= 100
    away = max(
        abs(atoms.get("W", 0) / filling.cells - tungsten),
        abs(atoms["Na"] / filling.cells - (3 - tungsten)),
    )
    assert filling.deviation == pytest.approx(away, abs=1e-9)


def test_no_species_is_rounded_away():
    _, filling = filled(0.01, max_atoms=60)
    assert filling.counts[1]["W"] == 1
    assert filling.deviation == pytest.approx(1 / 7 - 0.01)


def test_a_composition_that_no_allowed_cell_can_hold_is_refused():
    charged = Structure(Lattice.cubic(4), [{"Na": 0.5}, "Cl"], [[0, 0, 0], [0.5] * 3])
    parts = sublattices(charged)
    with pytest.raises(StructureInputError, match="144 atoms"):
        fill(parts, 1, {"Na": 1, "Cl": -1}, Bounds())
