"""Crystals relaxed together end where each would end alone, after as many calls."""

from __future__ import annotations

import logging
import sys
from contextlib import redirect_stdout
from functools import partial
from io import StringIO

import numpy as np
import pytest
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.optimize import BFGS
from pymatgen.core import Lattice, Structure
from scipy.linalg import logm

from trona.workflows.jobs import force_field
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.jobs.force_field import Continued, force_field_maker, relax_ahead
from trona.workflows.potentials import sevennet
from trona.workflows.potentials.lockstep import answered_together, in_lockstep
from trona.workflows.potentials.pair_springs import _logarithm

SEVENNET = BACKENDS["sevennet"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Leave the files of relaxations in a folder that goes."""
    monkeypatch.chdir(tmp_path)


def rock_salt(edge, anion="Cl", repeated=1):
    cell = Lattice(edge / 2 * (np.ones((3, 3)) - np.eye(3)))
    return Structure(cell, ["Na", anion], [[0.5] * 3, [0.0] * 3]) * (repeated, 1, 1)


def alone(structure):
    maker = force_field_maker(SEVENNET)
    return Continued(maker).carried_out(maker, structure)


def each_by_itself(calculator, crystals):
    """Answer for EMT; a crystal of nickel is refused, alone or with others."""
    found = []
    for crystal in crystals:
        if "Ni" in crystal.symbols:
            raise ValueError("no nickel")
        calculator.calculate(crystal)
        found.append(dict(calculator.results))
    return found


def relaxed(symbol, calculator, answers=each_by_itself):
    """Relax a distorted metal, with a log on standard output."""
    atoms = bulk(symbol, cubic=True)
    atoms.rattle(0.1, seed=1)
    atoms.calc = answered_together(calculator, answers)
    with BFGS(atoms) as optimizer:
        optimizer.run(fmax=0.01)
    return atoms.get_potential_energy(), optimizer.nsteps


def test_together_they_end_where_each_ends_alone_after_as_many_steps(monkeypatch):
    crystals = [
        rock_salt(5.5),
        rock_salt(5.9, repeated=2),
        rock_salt(5.0, "H"),
        rock_salt(6.2, "Br"),
    ]
    crystals[1].perturb(0.1)
    graphs, single = [], sevennet._in_one_graph

    def counted(made, several):
        graphs.append(len(several))
        return single(made, several)

    expected = [alone(one) for one in crystals]
    assert sevennet._takes_graphs(sevennet.calculator(model="7net-l3i5"))
    monkeypatch.setattr(sevennet, "_in_one_graph", counted)
    relax_ahead(crystals, SEVENNET)
    monkeypatch.setattr(sevennet, "calculator", None)  # must not be needed any more
    found = [alone(one) for one in crystals]
    assert force_field._AHEAD == {}
    steps = [one.output.n_steps for one in expected]
    assert [one.output.n_steps for one in found] == steps
    assert len(set(steps)) > 1  # some leave before others
    assert graphs[0] == len(crystals) > graphs[-1] > 1
    for one, other in zip(found, expected, strict=True):
        n = len(one.structure)
        assert one.is_force_converged
        assert one.output.energy / n == pytest.approx(other.output.energy / n, abs=2e-6)
        np.testing.assert_allclose(
            one.structure.lattice.matrix, other.structure.lattice.matrix, rtol=0, atol=1e-5
        )
        np.testing.assert_allclose(one.output.forces, other.output.forces, rtol=0, atol=1e-4)


def test_one_that_fails_fails_alone_and_its_job_says_why():
    good, bad = rock_salt(5.6), rock_salt(6.5, "Po")
    expected = alone(good)
    relax_ahead([bad, good], SEVENNET)
    with pytest.raises(ValueError, match="atomic number: 84"):
        alone(bad)
    assert alone(good).output.energy == pytest.approx(expected.output.energy, abs=1e-5)


def test_what_cannot_be_computed_together_is_computed_one_by_one():
    metals = ["Cu", "Ni", "Al"]
    expected = [relaxed(symbol, EMT()) for symbol in ("Cu", "Al")]
    cu, ni, al = in_lockstep([partial(relaxed, one, EMT()) for one in metals])
    np.testing.assert_allclose([cu, al], expected, rtol=0, atol=1e-8)
    assert isinstance(ni, ValueError)
    shared = EMT()
    cu, ni, al = in_lockstep([partial(relaxed, one, shared) for one in metals])
    np.testing.assert_allclose([cu, al], expected, rtol=0, atol=1e-8)
    assert str(ni) == "no nickel"


def test_outside_nothing_changes():
    calculator = EMT()
    assert answered_together(calculator, each_by_itself) is calculator
    assert in_lockstep([]) == []


def test_output_that_a_task_redirects_is_its_own(capsys):

    def quiet(symbol, calculator):
        with redirect_stdout(StringIO()) as log:
            found = relaxed(symbol, calculator)
        return found[1], len(log.getvalue().splitlines())

    before, shared = sys.stdout, EMT()
    found = in_lockstep([partial(quiet, one, shared) for one in ("Cu", "Al", "Ag")])
    assert sys.stdout is before
    assert capsys.readouterr().out == ""
    assert all(lines == steps + 2 for steps, lines in found)


def test_a_version_that_takes_no_graphs_is_asked_one_by_one(monkeypatch, caplog):
    made = sevennet.calculator(model="7net-l3i5")
    crystals = [rock_salt(5.5).to_ase_atoms(), rock_salt(5.9).to_ase_atoms()]
    right = sevennet._several(made, crystals)
    fault, first = sevennet._in_one_graph, lambda found: [found[0]] * len(found)
    monkeypatch.setattr(sevennet, "_in_one_graph", lambda *asked: first(fault(*asked)))
    monkeypatch.setattr(sevennet, "_takes_graphs", sevennet._takes_graphs.__wrapped__)
    monkeypatch.setattr(logging.getLogger(sevennet.__name__), "disabled", False)
    with caplog.at_level(logging.WARNING):
        found = sevennet._several(made, crystals)
    assert "several crystals in one graph do not fit it" in caplog.text
    for one, other in zip(found, right, strict=True):
        assert one["energy"] == pytest.approx(other["energy"], abs=1e-5)


@pytest.mark.parametrize("strain", [0.0, 0.01, 0.2, 1.0])
def test_the_logarithm_of_a_deformation_is_that_of_scipy(strain):
    random = np.random.default_rng(1)
    for _ in range(20):
        deformation = np.eye(3) + strain * random.uniform(-0.5, 0.5, (3, 3))
        np.testing.assert_allclose(_logarithm(deformation), logm(deformation), rtol=0, atol=1e-14)
