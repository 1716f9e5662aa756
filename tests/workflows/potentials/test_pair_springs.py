"""The optimiser that starts from springs: its Hessian, its limits, and how much it asks for."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.filters import FrechetCellFilter
from ase.neighborlist import neighbor_list
from ase.optimize import FIRE, LBFGS

from trona.workflows.potentials import pair_springs
from trona.workflows.potentials.pair_springs import PairSpringBFGS, spring_hessian


class Counted(EMT):
    """Effective-medium theory that counts what it computes."""

    calls = 0

    def calculate(self, *arguments, **options):
        self.calls += 1
        super().calculate(*arguments, **options)


def strained_alloy():
    """Eight atoms away from their places, in a cell that is too large."""
    atoms = bulk("Cu", "fcc", a=3.8, cubic=True) * (2, 1, 1)
    atoms.symbols[0] = "Au"
    atoms.rattle(0.15, seed=2)
    return atoms


def relaxed(optimizer):
    atoms = strained_alloy()
    atoms.calc = Counted()
    run = optimizer(FrechetCellFilter(atoms), logfile=None)
    assert run.run(fmax=0.01, steps=300)
    return atoms.calc.calls, atoms.get_potential_energy() / len(atoms)


def test_it_finds_the_same_minimum_with_half_the_force_calls():
    calls, energy = relaxed(PairSpringBFGS)
    for other in (FIRE, LBFGS):
        asked, expected = relaxed(other)
        assert energy == pytest.approx(expected, abs=1e-3)
        assert calls <= asked / 2, other


def test_atoms_alone_relax_too():
    atoms = strained_alloy()
    atoms.calc = EMT()
    assert PairSpringBFGS(atoms, logfile=None).run(fmax=0.01, steps=100)


@pytest.mark.parametrize("periodic", [True, (True, False, True), False])
@pytest.mark.parametrize("name", ["alloy", "cell"])
def test_neighbours_are_those_that_ase_finds(name, periodic):
    atoms = strained_alloy() if name == "alloy" else bulk("Cu", "fcc", a=3.6)
    atoms.positions += [9.1, -4.2, 0.3]  # some lie outside the cell
    atoms.pbc = periodic
    sides = []
    for found in (pair_springs._neighbors(atoms), neighbor_list("ijdD", atoms, 6.0)):
        rows = np.column_stack(found)
        sides.append(rows[np.lexsort(np.round(rows, 5).T)])
    np.testing.assert_allclose(*sides, atol=1e-8)


def test_the_hessian_has_no_memory_of_where_the_crystal_is():
    atoms = strained_alloy()
    hessian = spring_hessian(atoms, scale=8.0)
    assert np.linalg.eigvalsh(hessian).min() > 0
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-10)
    shift = np.concatenate([np.tile([1.0, 0, 0], len(atoms)), np.zeros(9)])
    assert shift @ hessian @ shift == pytest.approx(len(atoms))  # what is added for every atom
    np.testing.assert_allclose(hessian[-9:] @ shift, 0, atol=1e-9)


def test_a_strain_stretches_every_spring():
    atoms = bulk("NaCl", "rocksalt", a=5.6)
    hessian = spring_hessian(atoms, scale=2.0)
    # All coordinates of a swelling crystal in ASE's filter: the strain, scaled, and nothing else.
    swelling = np.concatenate([np.zeros(6), 2.0 * np.eye(3).ravel()])
    offsets = np.array(np.meshgrid(*[range(-4, 5)] * 3)).reshape(3, -1).T @ atoms.cell[:]
    work = 0.0
    for start in atoms.positions:
        for end in atoms.positions:
            lengths = np.linalg.norm(end - start + offsets, axis=1)
            near = lengths[(lengths > 1e-3) & (lengths < 6.0)]
            work += (np.minimum(15 * np.exp(2.9 * (2.05 - near)), 40) * near**2).sum() / 2
    softest = 3.0 * len(atoms)
    assert swelling @ hessian @ swelling == pytest.approx(work + softest)


def test_a_step_is_short_for_atoms_and_for_the_cell():
    atoms = strained_alloy()
    atoms.calc = EMT()
    run = PairSpringBFGS(FrechetCellFilter(atoms), logfile=None, maxstep=0.1)
    far = np.zeros((len(atoms) + 3, 3))
    far[0, 0] = 5.0
    assert run.determine_step(far.ravel(), None).max() == pytest.approx(0.1)
    far[-1, 0], far[0, 0] = 5.0, 0.0
    assert run.determine_step(far.ravel(), None).max() == pytest.approx(0.06 * len(atoms))


def test_a_step_that_goes_up_shortens_the_next(monkeypatch):
    atoms = strained_alloy()
    atoms.calc = EMT()
    run = PairSpringBFGS(FrechetCellFilter(atoms), logfile=None, maxstep=0.1)
    steep = np.ravel([[1e3, 0, 0], *[[0, 0, 0]] * (len(atoms) + 2)])
    monkeypatch.setattr(run.optimizable, "get_gradient", steep.copy)
    moved = []
    for energy in (0.0, 1.0, 2.0, 1.0, 0.0, -1.0):
        monkeypatch.setattr(run.optimizable, "get_value", lambda energy=energy: energy)
        before = atoms.positions.copy()
        run.step()
        moved.append(np.abs(atoms.positions - before).max())
    assert moved == pytest.approx([0.1, 0.05, 0.025, 0.05, 0.1, 0.1], rel=0.05)


def test_forces_are_computed_once_a_step():
    atoms = strained_alloy()
    atoms.calc = EMT()
    asked = []

    class Asked(FrechetCellFilter):
        def get_forces(self, *arguments, **options):
            asked.append(True)
            return super().get_forces(*arguments, **options)

    run = PairSpringBFGS(Asked(atoms), logfile=None)
    run.run(fmax=0.01, steps=5)
    assert len(asked) == run.nsteps + 1
