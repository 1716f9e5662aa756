"""CHGNet's numbers are the library's, with one backward pass; relaxing asks for few of them."""

from __future__ import annotations

import numpy as np
import pytest
from chgnet.model.dynamics import CHGNetCalculator

from trona.screening.errors import BackendError
from trona.workflows.candidates.sources import bundled
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.jobs.force_field import Continued, force_field_maker, summarize_task
from trona.workflows.potentials import sevennet
from trona.workflows.potentials.chgnet import chgnet_calculator
from trona.workflows.potentials.device import choose_device, chosen_device

CRYSTALS = {one.label: one.structure for one in bundled() if one.structure is not None}
MOST_CALLS = {
    "chgnet": {"Na3PS4": 10, "Na3PSe4": 5, "Na2S": 4, "Na3PO4": 6},
    "sevennet": {"Na3PS4": 6, "Na3PSe4": 5, "Na2S": 4, "Na3PO4": 8},
}
"""A little more than they take: another processor rounds otherwise."""


@pytest.mark.filterwarnings("ignore:Converting a tensor:UserWarning")  # of the library
@pytest.mark.parametrize("label", ["Na2S", "Na3PS4", "NaBH4"])
def test_energies_forces_stresses_and_moments_are_those_of_the_library(label):
    library, ours = CHGNetCalculator(use_device="cpu"), chgnet_calculator(use_device="cpu")
    atoms = CRYSTALS[label].to_ase_atoms()
    atoms.rattle(0.05, seed=1)
    for one in (library, ours):
        one.calculate(atoms.copy())
    assert ours.results["energy"] == pytest.approx(library.results["energy"], abs=1e-5)
    for name, tolerance in (("forces", 5e-5), ("stress", 1e-6), ("magmoms", 1e-5)):
        np.testing.assert_allclose(
            ours.results[name], library.results[name], rtol=0, atol=tolerance
        )


def test_a_model_is_loaded_once_in_a_process():
    made = [force_field_maker(BACKENDS["chgnet"])._get_calculator() for _ in range(2)]
    assert made[0] is made[1]


@pytest.mark.parametrize("name", ["no-such-device", "meta:9:9"])
def test_a_device_that_is_not_there_is_named(monkeypatch, name):
    monkeypatch.setenv("TRONA_DEVICE", name)
    for made in (chgnet_calculator, sevennet.calculator):
        with pytest.raises(BackendError, match=f"no device '{name}' here: set TRONA_DEVICE"):
            made()


def test_a_device_chosen_for_a_while_is_put_back(monkeypatch):
    monkeypatch.setenv("TRONA_DEVICE", "cpu")
    put_back = choose_device("meta")
    assert chosen_device() == "meta"
    put_back()
    assert chosen_device() == "cpu"
    with pytest.raises(BackendError, match="no device 'none' here"):
        choose_device("none")
    assert chosen_device() == "cpu"


@pytest.mark.parametrize("name", MOST_CALLS)
def test_relaxing_takes_few_force_calls_and_the_document_says_how(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    backend = BACKENDS[name]
    maker = force_field_maker(backend)
    used = type(maker._get_calculator())
    calls, original = [0], used.calculate

    def calculate(*arguments, **options):
        calls[0] += 1
        return original(*arguments, **options)

    monkeypatch.setattr(used, "calculate", calculate)
    for label, most in MOST_CALLS[name].items():
        calls[0] = 0
        task = Continued(maker).carried_out(maker, CRYSTALS[label])
        doc = summarize_task(task, CRYSTALS[label], label, backend)
        assert doc.converged
        assert 0 < calls[0] <= most, label
        assert doc.settings["optimizer"] == "PairSpringBFGS"
        assert doc.n_steps in {calls[0], calls[0] + 1}
