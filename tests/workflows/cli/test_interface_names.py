"""Names of screened candidates in `trona interface`."""

from __future__ import annotations

from trona.stores.assess.screenings import screening_document
from trona.stores.collections.results import Results
from trona.stores.energies.references import load_reference


def test_a_candidate_is_found_in_the_store_that_keeps_the_interface(trona, tmp_path):
    store = tmp_path / "s.sqlite"
    doc = screening_document("mine", "Na3PS4", "a test", load_reference("bundled"))
    results = Results(str(store))
    results.save_screening(doc)
    results.close()
    done = trona("interface", "mine", "NaCrO2", "--store", store)
    assert done.stdout.startswith("Na3PS4 and NaCrO2")
    assert len(Results(str(store)).interfaces()) == 1


def test_a_name_that_is_nowhere_is_no_formula(trona, tmp_path):
    for store in (tmp_path / "none.sqlite", None):
        kept = [] if store is None else ["--store", store]
        done = trona("interface", "nonsense9x", "NaCrO2", *kept)
        assert done.returncode == 2
        assert "is not a chemical formula" in done.stderr
    assert not (tmp_path / "none.sqlite").exists()
