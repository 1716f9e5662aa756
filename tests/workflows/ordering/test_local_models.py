"""Models made with the real potential: few and tiny, kept, and not made twice."""

from __future__ import annotations

import pytest

from trona.stores.collections.results import Results
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.workflows.candidates.sources import bundled
from trona.workflows.jobs.backends import BACKENDS, relaxation_id
from trona.workflows.jobs.relaxation_passes import settled
from trona.workflows.local import pool
from trona.workflows.ordering.arrangements import Search
from trona.workflows.ordering.local_models import Workbench
from trona.workflows.ordering.substitution import substituted
from trona.workflows.ordering.supercells import Bounds
from trona.workflows.ordering.trials import draft

CHGNET = BACKENDS["chgnet"]
SULFIDE = next(candidate for candidate in bundled() if candidate.label == "Na2S")
SEARCH = Search(bounds=Bounds(min_atoms=1, max_atoms=12))


def selenide():
    """Na2S with a quarter of Se: two distinct arrangements in 12 atoms, or one in 6."""
    return draft(substituted("Na2S0.5Se0.5", SULFIDE), SEARCH, 2)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    results = Results(str(tmp_path_factory.mktemp("models") / "s.sqlite"))
    bench = Workbench([selenide()], results, CHGNET)
    waiting = [trial.label for trial in bench.waiting()]
    assert sorted(bench.work(workers=2)) == sorted(waiting)
    return results, bench.models()


def test_a_model_is_the_lowest_of_its_relaxed_trials(made):
    _, ((model,), reasons) = made
    assert reasons == []
    assert model.method == CHGNET.method
    energies = [trial.energy for trial in model.trials]
    assert len(energies) == len(selenide().trials)
    assert energies == sorted(energies)
    assert {"chgnet", "trona"} <= model.versions.keys()


def test_what_is_relaxed_is_not_relaxed_again(made, monkeypatch):
    results, (models, _) = made
    monkeypatch.setattr(pool, "run_each", None)  # must not be needed
    bench = Workbench([selenide()], results, CHGNET)
    assert bench.waiting() == []
    assert list(bench.work(workers=1)) == []
    assert bench.models()[0][0].structure == models[0].structure


def test_a_relaxation_that_had_one_pass_and_did_not_settle_is_made_again(tmp_path):
    results = Results(str(tmp_path / "s.sqlite"))
    start = SULFIDE.structure
    assert settled(start, results, CHGNET) is None
    moved = start.copy()
    moved.apply_strain(0.1)
    first = unsettled(start, moved)
    results.save([first])
    assert settled(start, results, CHGNET) is None
    both = first.model_copy(update={"settings": {"passes": 2}})
    results.save([both])
    assert settled(start, results, CHGNET) == both


def test_the_second_pass_that_an_older_store_holds_is_found(tmp_path):
    results = Results(str(tmp_path / "s.sqlite"))
    first = unsettled(SULFIDE.structure, SULFIDE.structure.copy().apply_strain(0.1))
    second = unsettled(first.structure.to_structure(), SULFIDE.structure)
    results.save([first, second])
    assert settled(SULFIDE.structure, results, CHGNET) == second


def unsettled(start, end):
    """A relaxation from one structure to another that did not converge."""
    return RelaxationDoc(
        id=relaxation_id(start, CHGNET),
        label="x",
        formula="Na2S",
        method="m",
        settings={},
        converged=False,
        energy=-1.0,
        max_force=0.04,
        n_steps=7,
        n_sites=len(start),
        volume_start=start.volume,
        volume=end.volume,
        space_group="P1",
        structure=StructureDoc.from_structure(end),
        versions={},
    )
