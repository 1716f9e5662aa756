"""Real relaxations through jobflow and atomate2: saved, resumed, and apart from each other."""

from __future__ import annotations

import os
import signal
from multiprocessing import active_children

import pytest
from pymatgen.core import Lattice, Structure

from trona.screening.errors import BackendError
from trona.stores.collections.results import Results
from trona.stores.database.connect import job_store, open_store
from trona.stores.documents.bookkeeping import RunDoc
from trona.stores.documents.migration import read_document
from trona.stores.energies.bundled import default_reference
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS, ForceField, relaxation_id
from trona.workflows.local import pool
from trona.workflows.local.pool import Work
from trona.workflows.local.screening import plan, run_screening

CHGNET = BACKENDS["chgnet"]
SULFIDE = Candidate(
    "Na2S",
    "Na2S",
    "antifluorite",
    Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(6.6), ["Na", "S"], [[0.25, 0.25, 0.25], [0, 0, 0]]
    ).get_primitive_structure(),
)
HOPELESS = Candidate(
    "burst",
    "NaCl",
    "two atoms in one place",
    Structure(Lattice.cubic(4), ["Na", "Cl"], [[0, 0, 0], [0.001, 0, 0]]),
)
FOREIGN = Candidate(
    "foreign",
    "NaCo",
    "an element without reference",
    Structure(Lattice.cubic(4), ["Na", "Co"], [[0, 0, 0], [0.5, 0.5, 0.5]]),
)
MIXTURE = Candidate("mix", "Na3PS3.4O0.6", "a glass")


@pytest.fixture(scope="module")
def screened(tmp_path_factory):
    """One screening with sound, hopeless, foreign and structureless candidates."""
    results = Results(str(tmp_path_factory.mktemp("screen") / "s.sqlite"))
    reference = load_reference("bundled-chgnet")
    todo = plan([SULFIDE, HOPELESS, FOREIGN, MIXTURE], results, reference, CHGNET)
    outcomes = {o.doc.label: o for o in run_screening(todo, results, reference, CHGNET, workers=2)}
    return results, reference, outcomes


def test_relaxations_meet_the_bundled_set_of_their_own_potential(monkeypatch):
    monkeypatch.delenv("TRONA_REFERENCE", raising=False)
    named = {name: default_reference(BACKENDS[name].method) for name in ("chgnet", "sevennet")}
    assert named == {"chgnet": "bundled-chgnet", "sevennet": "bundled"}
    assert default_reference("VASP PBE") == "bundled"
    monkeypatch.setenv("TRONA_REFERENCE", "mp")
    assert default_reference(BACKENDS["chgnet"].method) == "mp"


def test_a_candidate_is_relaxed_and_assessed(screened):
    results, _, outcomes = screened
    doc = outcomes["Na2S"].doc
    assert (doc.state, doc.window.mixture) == ("completed", False)
    assert doc.window.energy_above_hull == pytest.approx(0.0, abs=0.002)
    relaxation = results.relaxation(relaxation_id(SULFIDE.structure, CHGNET))
    assert relaxation.converged
    assert relaxation.max_force < CHGNET.max_force
    assert relaxation.space_group == "Fm-3m"
    assert relaxation.volume < relaxation.volume_start
    assert {"trona", "chgnet", "atomate2"} <= relaxation.versions.keys()


def test_candidates_and_the_run_are_written_down(screened):
    results, reference, _ = screened
    stored = open_store(results.location, "candidates")
    assert sorted(row["label"] for row in stored.query()) == ["Na2S", "burst", "foreign", "mix"]
    (row,) = open_store(results.location, "runs").query()
    found = read_document(RunDoc, row)
    assert (found.backend, found.method) == ("chgnet", CHGNET.method)
    assert found.reference_checksum == reference.checksum
    assert found.candidates == found.completed + found.rejected + found.failed == 4
    assert found.started < found.ended
    assert found.who


def test_each_relaxation_has_its_entry_and_no_result_is_stored_twice(screened):
    results, _, outcomes = screened
    (entry,) = open_store(results.location, "entries").query({"label": "Na2S"})
    assert entry["relaxation_id"] == outcomes["Na2S"].doc.relaxation_id
    with job_store(results.location) as jobs:
        assert jobs.count({"output.@class": "ScreeningDoc"}) == 0


def test_one_failing_candidate_stops_no_other(screened):
    _, _, outcomes = screened
    assert outcomes["burst"].doc.state in {"failed", "rejected"}
    assert outcomes["burst"].doc.reason
    assert outcomes["foreign"].doc.state == "failed"
    assert "Co" in outcomes["foreign"].doc.reason
    assert outcomes["mix"].doc.window.mixture


def test_the_job_store_holds_the_task_and_its_large_objects(screened):
    results, _, _ = screened
    store = job_store(results.location)
    store.connect()
    tasks = list(store.query({"name": {"$regex": "Force field relax Na2S"}}))
    assert len(tasks) == 1
    assert store.additional_stores["data"].count() >= 1


def test_finished_work_is_not_done_again(screened, monkeypatch):
    results, reference, outcomes = screened
    again = plan([SULFIDE, MIXTURE], Results(results.location), reference, CHGNET)
    assert (again.relax, again.assess, len(again.done)) == ((), (), 2)
    monkeypatch.setattr(pool, "run_each", None)  # must not be needed
    repeated = {o.doc.label: o for o in run_screening(again, results, reference, CHGNET, workers=1)}
    assert repeated["Na2S"].cached
    assert repeated["Na2S"].doc == outcomes["Na2S"].doc


def test_a_relaxation_serves_another_reference_setting_without_computing(screened):
    results, _, _ = screened
    plain = load_reference("bundled-chgnet", "as-published")
    todo = plan([SULFIDE], results, plain, CHGNET)
    assert [candidate.label for candidate, _ in todo.assess] == ["Na2S"]
    (outcome,) = run_screening(todo, results, plain, CHGNET, workers=1)
    assert outcome.doc.window.energy_scale.correction == "as-published"


def test_a_reference_on_another_scale_is_never_mixed_with_relaxations(screened, reference):
    results, _, _ = screened
    todo = plan([SULFIDE], results, reference, CHGNET)
    assert todo.assess == ((SULFIDE, None),)
    assert todo.relax == ()


def test_workers_that_die_cost_no_candidate_its_result(tmp_path):
    candidates = [
        Candidate(f"strained-{percent}", "Na2S", "test", strained(percent)) for percent in range(4)
    ]
    done = pool.run_flows(candidates, Work(CHGNET), str(tmp_path / "s.sqlite"), workers=2)
    finished = [next(done)]
    for process in active_children():
        os.kill(process.pid, signal.SIGKILL)
    finished += list(done)
    assert sorted(candidate.label for candidate, _ in finished) == [c.label for c in candidates]
    assert [outputs for _, outputs in finished if isinstance(outputs, str)] == []


def strained(percent):
    """Na2S with a larger cell."""
    structure = SULFIDE.structure.copy()
    structure.apply_strain(percent / 100)
    return structure


def test_failures_are_tried_again(screened):
    results, reference, _ = screened
    todo = plan([HOPELESS], results, reference, CHGNET)
    assert len(todo.relax) + len(todo.done) == 1


def test_a_backend_that_is_not_installed_is_named(screened, tmp_path):
    _, reference, _ = screened
    ghost = ForceField("ghost", CHGNET.method, "no_such_package_of_trona", "CHGNet")
    results = Results(str(tmp_path / "s.sqlite"))
    todo = plan([SULFIDE], results, reference, ghost)
    with pytest.raises(BackendError, match="no_such_package_of_trona"):
        list(run_screening(todo, results, reference, ghost, workers=1))


def test_the_method_names_the_model_that_is_loaded():
    from chgnet.model import CHGNet

    assert CHGNET.method == f"CHGNet {CHGNet.load(verbose=False).version}"
