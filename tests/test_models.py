"""Models made with the real potential: few and tiny, kept, and not made twice."""

from __future__ import annotations

import pytest

from trona.stores.results import Results
from trona.workflows import pool
from trona.workflows.backends import BACKENDS
from trona.workflows.candidates import bundled
from trona.workflows.orderings import Search
from trona.workflows.series import substituted
from trona.workflows.supercells import Bounds
from trona.workflows.trials import draft
from trona.workflows.workbench import finish, relax_trials, waiting

CHGNET = BACKENDS["chgnet"]
SULFIDE = next(candidate for candidate in bundled() if candidate.label == "Na2S")
SEARCH = Search(bounds=Bounds(min_atoms=1, max_atoms=12))


def selenide():
    """Na2S with a quarter of Se: two distinct arrangements in 12 atoms, or one in 6."""
    return draft(substituted("Na2S0.5Se0.5", SULFIDE), SEARCH, 2)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    results = Results(str(tmp_path_factory.mktemp("models") / "s.sqlite"))
    drafts = [selenide()]
    todo = waiting(drafts, results, CHGNET)
    failures = dict(relax_trials(todo, results, CHGNET, workers=1))
    return results, drafts, finish(drafts, results, CHGNET, failures)


def test_a_model_is_the_lowest_of_its_relaxed_trials(made):
    _, drafts, (models, reasons) = made
    (model,) = models
    assert reasons == []
    assert model.method == CHGNET.method
    energies = [trial.energy for trial in model.trials]
    assert len(energies) == len(drafts[0].trials)
    assert energies == sorted(energies)
    assert {"chgnet", "trona"} <= model.versions.keys()


def test_what_is_relaxed_is_not_relaxed_again(made, monkeypatch):
    results, drafts, (models, _) = made
    monkeypatch.setattr(pool, "run_each", None)  # must not be needed
    assert waiting(drafts, results, CHGNET) == []
    (again,), _ = finish(drafts, results, CHGNET, {})
    assert again.structure == models[0].structure
