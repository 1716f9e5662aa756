"""SevenNet's energies are the library's, however its convolutions are computed."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from trona.stores.energies.bundled import bundled_data, bundled_structures
from trona.workflows.jobs.backends import BACKENDS, ForceField
from trona.workflows.jobs.conformance import check_backend, rock_salt
from trona.workflows.jobs.force_field import force_field_maker
from trona.workflows.potentials import fused_convolution, sevennet

L3I5, ZERO = "7net-l3i5", "7net-0"


def bundled_crystals():
    """The first bundled phase of each size: ionic, metallic and molecular crystals."""
    sizes = {}
    for row in bundled_data()["phases"]:
        sizes.setdefault(row["n_sites"], row)
    for size in (1, 2, 4, 8, 16):
        yield bundled_structures()[sizes[size]["id"]].to_structure()


def far_apart():
    """One pair of neighbours: the rest of the crystal is beyond the cutoff."""
    return Structure(Lattice.cubic(9.0), ["Na", "Cl"], [[0.0] * 3, [0.3, 0.0, 0.0]])


@pytest.mark.parametrize("model", [L3I5, ZERO])
def test_energies_forces_and_stresses_are_those_of_the_library(model):
    library = sevennet.calculator(model=model, fused=False)
    ours = sevennet.calculator(model=model, fused=True)
    kinds = {type(layer).__name__ for layer in ours.model.children()}
    assert "FusedConvolution" in kinds
    assert "IrrepsConvolution" not in kinds
    for crystal in (*bundled_crystals(), far_apart()):
        atoms = crystal.to_ase_atoms()
        atoms.rattle(0.05, seed=1)
        for one in (library, ours):
            one.calculate(atoms)
        assert ours.results["energy"] / len(atoms) == pytest.approx(
            library.results["energy"] / len(atoms), abs=1e-6
        ), crystal.formula
        for name, tolerance in (("forces", 1e-4), ("stress", 1e-5), ("energies", 1e-5)):
            np.testing.assert_allclose(
                ours.results[name], library.results[name], rtol=0, atol=tolerance
            )


def test_a_model_is_loaded_once_in_a_process():
    backend = BACKENDS["sevennet"]
    made = [force_field_maker(backend)._get_calculator() for _ in range(2)]
    assert made[0] is made[1]
    assert made[0] is not force_field_maker(BACKENDS["sevennet-0"])._get_calculator()


@pytest.mark.parametrize(
    ("fuse", "words"),
    [
        (lambda model, _: model.no_such_layer, "AttributeError"),
        (lambda model, _: model._modules["0_convolution"].denominator.data.mul_(2), "differ by"),
    ],
)
def test_what_does_not_fit_another_version_is_not_used(monkeypatch, caplog, fuse, words):
    monkeypatch.setattr(fused_convolution, "fuse", fuse)
    monkeypatch.setattr(sevennet, "_made", sevennet._made.__wrapped__)
    # jobflow-remote's logging, set up by other tests, disables the loggers that there are.
    monkeypatch.setattr(logging.getLogger(sevennet.__name__), "disabled", False)
    with caplog.at_level(logging.WARNING):
        used = sevennet.calculator(model=ZERO)
    assert words in caplog.text
    assert "the library's own is used" in caplog.text
    assert type(used.model._modules["0_convolution"]).__name__ == "IrrepsConvolution"


def test_a_setting_leaves_the_library_alone(monkeypatch):
    monkeypatch.setenv("TRONA_FUSED", "false")
    used = sevennet.calculator(model=ZERO)
    assert used is sevennet.calculator(model=ZERO, fused=False)


def test_without_a_folder_to_cache_in_the_kernels_are_compiled_all_the_same():
    code = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from trona.workflows.potentials.pair_kernels import convolve\n"
        "print(len(convolve.signatures))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == ("1\n", 0), ran.stderr


def test_it_ends_at_the_force_limit_of_the_bundled_phases_and_gets_there_sooner():
    backend = BACKENDS["sevennet"]
    assert isinstance(backend, ForceField)
    maker = force_field_maker(backend)
    assert maker.optimizer_kwargs == {"optimizer": "PairSpringBFGS"}
    assert maker.relax_kwargs == {"fmax": 0.02}
    assert maker.steps == 250


def test_an_optimizer_that_was_chosen_is_used():
    chosen = replace(BACKENDS["sevennet"], quick_optimizer="")
    maker = force_field_maker(chosen)
    assert maker.optimizer_kwargs == {"optimizer": "LBFGS"}
    assert maker.relax_kwargs == {"fmax": 0.02, "maxstep": 0.1}
    assert force_field_maker(replace(BACKENDS["chgnet"], quick_optimizer="")).optimizer_kwargs == {}
    assert chosen.identity() == BACKENDS["sevennet"].identity()


def test_it_conforms():
    assert len(list(check_backend("sevennet", rock_salt()))) == 5
