"""A backend is the same everywhere, and what it gains leaves what was relaxed before alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ase.calculators.emt import EMT
from monty.json import MontyDecoder, MontyEncoder

from trona.stores.corrections.methods import METHODS, Method
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS, ForceField, relaxation_id
from trona.workflows.jobs.conformance import (
    ConformanceError,
    check_backend,
    rock_salt,
)

CHGNET = BACKENDS["chgnet"]
NAMED = {"@module": "ase.calculators.emt", "@callable": "EMT"}


def test_every_backend_comes_back_from_json_as_it_was():
    for backend in BACKENDS.values():
        text = json.dumps(backend, cls=MontyEncoder)
        assert MontyDecoder().decode(text) == backend
        assert backend.method.startswith("MOCK ") or backend.method in METHODS


def test_the_identity_holds_what_it_always_held():
    assert CHGNET.identity() == {
        "name": "chgnet", "method": "CHGNet 0.3.0", "package": "chgnet", "force_field": "CHGNet",
        "max_force": 0.03, "max_steps": 500,
    }  # fmt: skip
    crystal = rock_salt()
    assert relaxation_id(crystal, CHGNET) == relaxation_id(
        crystal, replace(CHGNET, stated=Method("CHGNet 0.3.0"))
    )
    choices = ({"calculator_kwargs": {"model": "0.2.0"}}, {"prerelaxation": "other"})
    ids = {relaxation_id(crystal, replace(CHGNET, **choice)) for choice in choices}
    assert len(ids | {relaxation_id(crystal, CHGNET)}) == 3


@pytest.mark.parametrize("given", [NAMED, EMT, "ase.calculators.emt.EMT"])
def test_a_calculator_is_a_name_however_it_was_given(given):
    backend = ForceField("emt", "EMT", "ase", force_field=given)
    assert backend.force_field == "ase.calculators.emt.EMT"
    assert backend.calculator == NAMED
    again = MontyDecoder().decode(json.dumps(backend, cls=MontyEncoder))
    assert again.identity() == backend.identity()


def test_a_fast_potential_may_relax_first():
    from trona.workflows.jobs.force_field import RelaxMaker

    slow = replace(CHGNET, name="slow", prerelaxation="chgnet")
    flow = RelaxMaker(backend=slow).make(Candidate("salt", "NaCl", "", rock_salt()))
    first, second, summary = flow.jobs
    assert first.uuid in second.input_uuids
    assert {first.uuid, second.uuid} <= set(summary.input_uuids)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"method": "nobody's"}, "unknown method"),
     ({"calculator_kwargs": {"model": object()}}, "no plain JSON")],
)  # fmt: skip
def test_what_does_not_conform_is_named(changes, words):
    with pytest.raises(ConformanceError, match=words):
        list(check_backend("chgnet", backend=replace(CHGNET, **changes)))
