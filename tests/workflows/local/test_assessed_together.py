"""Compositions are assessed without relaxation and saved together; what was assessed is kept."""

from __future__ import annotations

import pytest

from trona.stores.collections.results import Results
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.local import screening
from trona.workflows.local.screening import plan, run_screening

FORMULAS = [f"Na{sodium}PS{sulfur}" for sodium in range(2, 6) for sulfur in range(3, 8)]
CANDIDATES = [Candidate(one, one, "a composition") for one in FORMULAS]


@pytest.fixture
def results(tmp_path):
    """An empty store."""
    found = Results(str(tmp_path / "s.sqlite"))
    yield found
    found.close()


def screened(results):
    """Outcomes of the compositions, one by one."""
    reference, backend = load_reference("bundled"), BACKENDS["sevennet"]
    todo = plan(CANDIDATES, results, reference, backend)
    return run_screening(todo, results, reference, backend, workers=1)


def stored(results):
    return {one.label for one in results.find().summaries}


def test_many_compositions_share_a_transaction(results, monkeypatch):
    monkeypatch.setattr(screening, "_MOMENT", 60.0)
    saved, save = [], results.save
    monkeypatch.setattr(results, "save", lambda docs: (saved.append(len(docs)), save(docs)))
    assert [one.doc.label for one in screened(results)] == FORMULAS
    assert stored(results) == set(FORMULAS)
    assert saved[1:3] == [len(FORMULAS)] * 2  # results, then their summaries
    assert len(saved) == 4


def test_a_result_is_saved_before_it_is_seen(results, monkeypatch):
    monkeypatch.setattr(screening, "_MOMENT", 0.0)
    for number, one in enumerate(screened(results), start=1):
        assert one.doc.label in stored(results)
        if number == 3:
            break
    assert len(stored(results)) >= 3


def test_an_interrupted_screening_keeps_what_was_assessed(results, monkeypatch):
    monkeypatch.setattr(screening, "_MOMENT", 60.0)
    outcome, asked = screening.outcome, []

    def interrupted(label, *arguments):
        asked.append(label)
        if len(asked) == 8:
            raise KeyboardInterrupt
        return outcome(label, *arguments)

    monkeypatch.setattr(screening, "outcome", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(screened(results))
    assert stored(results) == set(FORMULAS[:7])
    monkeypatch.setattr(screening, "outcome", outcome)
    assert sum(not one.cached for one in screened(results)) == len(FORMULAS) - 7
