"""A rebuilt store holds what screening from scratch gives, and only what changed is done again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stores.energies.test_entries import relaxation
from trona.screening.equilibrium.phases import EnergyScale
from trona.screening.errors import StoreError
from trona.stores.assess.builders import rebuild
from trona.stores.assess.screenings import screening_document
from trona.stores.collections.results import Filters, Results
from trona.stores.corrections.schemes import AS_PUBLISHED
from trona.stores.database.connect import open_store
from trona.stores.documents.bookkeeping import EntryDoc, RunDoc
from trona.stores.documents.migration import read_document
from trona.stores.energies.entries import admit, entry_document, entry_phase
from trona.stores.energies.references import load_reference

METHOD, NAME = "CHGNet 0.3.0", "bundled-chgnet"
ENERGIES = {"NaCl": -3.668, "Na3PS4": -3.9, "Na2S": -3.2}
"""eV/atom, roughly: what matters here is that each is computed in two ways."""


def relaxed(formula, energy=None, **changes):
    n_sites = {"NaCl": 2, "Na3PS4": 8, "Na2S": 3}[formula]
    return relaxation(
        id=f"relaxed-{formula}", label=formula, formula=formula, method=METHOD, n_sites=n_sites,
        energy=n_sites * (ENERGIES[formula] if energy is None else energy), **changes,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path, reference):
    """Results of another reference, by composition; relaxations that nothing was made of yet."""
    location = str(tmp_path / "s.sqlite")
    results = Results(location)
    for label, formula in (("mixed", "Na3PS3.4O0.6"), ("NaCl", "NaCl"), ("heavy", "Na2OsS4")):
        results.save([screening_document("x", "NaCl", "test", reference).model_copy(
            update={"id": f"old-{label}", "label": label, "formula": formula})])  # fmt: skip
    own = screening_document(
        "Na3PS4", "Na6P2S8", "mine.cif", load_reference(NAME), relaxed("Na3PS4")
    )
    results.save([own.model_copy(update={"id": "old-own"})])
    results.save([relaxed(formula) for formula in ENERGIES])
    return location


def content(docs):
    """What results say, without when and by whom it was written."""
    return {doc.label: doc.model_dump(exclude={"created", "who", "source"}) for doc in docs}


def current(location, name=NAME):
    return Results(location).screenings(Filters(reference=name))


def from_scratch(correction=None, **energies):
    bundled = load_reference(NAME, correction)
    known = {formula: relaxed(formula, energies.get(formula)) for formula in ENERGIES}
    return [
        screening_document("mixed", "Na3PS3.4O0.6", "", bundled),
        screening_document("NaCl", "NaCl", "", bundled),
        screening_document("Na3PS4", "Na6P2S8", "", bundled, known["Na3PS4"]),
        screening_document("Na2S", "Na2S", "", bundled, known["Na2S"]),
    ]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_rebuilt_store_holds_what_screening_from_scratch_gives(store, processes):
    assert rebuild(store, NAME, processes=processes) == (3, 5)
    found = {doc.label: doc for doc in current(store)}
    failed = found.pop("heavy")
    assert (failed.state, "Os" in failed.reason) == ("failed", True)
    assert content(found.values()) == content(from_scratch())
    assert found["Na3PS4"].source == "mine.cif"


def test_a_rebuild_writes_down_what_became_of_the_candidates(store):
    rebuild(store, NAME)
    (row,) = open_store(store, "runs").query()
    run = read_document(RunDoc, row)
    assert (run.backend, run.candidates) == ("store", 5)
    states = Counter(doc.state for doc in current(store))
    assert {"completed": run.completed, "rejected": run.rejected, "failed": run.failed} == {
        state: states[state] for state in ("completed", "rejected", "failed")
    }


def test_what_has_not_changed_is_not_done_again(store):
    rebuild(store, NAME)
    before = current(store)
    entries, results = rebuild(store, NAME)
    assert (entries, results) == (0, 1)  # the failure is tried again
    assert [doc for doc in current(store) if doc.state == "completed"] == [
        doc for doc in before if doc.state == "completed"
    ]


def test_a_newer_relaxation_is_assessed_again_and_nothing_else(store):
    rebuild(store, NAME)
    before = {doc.label: doc.created for doc in current(store)}
    later = relaxed("Na3PS4", -3.8, created=max(before.values()) + timedelta(seconds=1))
    Results(store).save([later])
    assert rebuild(store, NAME) == (1, 2)
    after = {doc.label: doc for doc in current(store)}
    assert content(doc for doc in after.values() if doc.state == "completed") == content(
        from_scratch(Na3PS4=-3.8)
    )
    assert {label for label, doc in after.items() if doc.created != before[label]} == {
        "Na3PS4", "heavy",
    }  # fmt: skip


def test_another_correction_makes_all_results_anew(store):
    rebuild(store, NAME)
    assert rebuild(store, NAME, "as-published") == (3, 5)
    found = [doc for doc in current(store) if doc.state == "completed"]
    assert content(found) == content(from_scratch("as-published"))
    assert open_store(store, "entries").count() == 6


def test_one_unreadable_relaxation_fails_alone(store):
    relaxations = open_store(store, "relaxations")
    row = next(relaxations.query({"id": "relaxed-Na3PS4"}))
    relaxations.update({**row, "volume": "large"})
    rebuild(store, NAME)
    states = {doc.label: doc.state for doc in current(store)}
    assert states == {"mixed": "completed", "NaCl": "completed", "Na2S": "completed",
                      "Na3PS4": "failed", "heavy": "failed"}  # fmt: skip


def test_the_runner_of_maggma_builds_the_same(store, tmp_path):
    (tmp_path / "again.py").write_text(
        "from trona.stores.assess.builders import builders\n"
        f"__builders__ = builders('s.sqlite', '{NAME}')\n",
        encoding="utf-8",
    )
    mrun = Path(sys.executable).with_name("mrun")
    done = subprocess.run([mrun, "-n", "2", "--no_bars", "again.py"], cwd=tmp_path, check=False,
                          capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [doc for doc in current(store) if doc.state == "completed"]
    assert content(found) == content(from_scratch())


def test_a_reference_made_of_the_same_store_is_refused(store):
    with pytest.raises(StoreError, match="copy"):
        rebuild(store, f"{NAME}+store:{store}")


def test_an_entry_gives_the_phase_that_it_was_made_from():
    sound = relaxed("NaCl")
    scale = EnergyScale(METHOD, AS_PUBLISHED.name)
    entry = entry_document(sound, scale, AS_PUBLISHED)
    phase, again = admit(sound, AS_PUBLISHED), entry_phase(entry)
    assert vars(again) == vars(phase)
    assert EntryDoc.model_validate_json(entry.model_dump_json()) == entry
    bad = entry_document(relaxed("NaCl", converged=False), scale, AS_PUBLISHED)
    assert (bad.state, entry_phase(bad), bad.id) == ("rejected", None, entry.id)
    assert "not reached" in bad.reason
