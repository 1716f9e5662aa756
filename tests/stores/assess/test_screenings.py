"""One document per candidate: what is admitted is ranked, what is not says why."""

from __future__ import annotations

import pytest

from tests.stores.energies.test_entries import relaxation
from trona.screening.errors import ChemicalSystemError
from trona.screening.units import areal_charge
from trona.stores.assess.screenings import (
    failed_document,
    rank_documents,
    screening_document,
    screening_id,
)
from trona.stores.corrections.schemes import SULFIDE_BY_CHARGE_LEGACY
from trona.stores.energies.references import load_reference


def test_contact_with_sodium_is_the_lowest_interval(reference):
    doc = screening_document("nps", "Na3PS4", "test", reference)
    assert doc.contact.reaction == doc.window.ladder[0].reaction
    assert doc.contact.sodium_consumed == pytest.approx(8.0)
    assert doc.contact.sodium_consumed_per_atom == pytest.approx(1.0)
    assert doc.contact.driving_force == pytest.approx(0.897, abs=0.001)
    assert sorted(doc.contact.products) == ["Na2S", "Na3P"]


def test_a_composition_without_a_phase_is_called_a_mixture(reference):
    doc = screening_document("mix", "Na2ZrCl6", "test", reference)
    assert doc.window.mixture
    assert doc.window.energy_above_hull is None
    assert "energy_above_hull" in rank_documents([doc])[0][0].missing
    assert any("mixture" in caveat for caveat in doc.window.caveats)


def test_an_own_energy_decides_the_energy_above_hull(reference):
    own = relaxation(
        label="nps", formula="Na3PS4", n_sites=16, energy=2 * (8 * -1.21441 + 0.08),
        method=reference.scale.method,
    )  # fmt: skip
    shifted = screening_document("nps", "Na3PS4", "test", _total(reference), own)
    assert shifted.window.energy_above_hull == pytest.approx(0.01)
    assert shifted.volume_change == pytest.approx(0.05)


def _total(reference):
    """Pretend that the reference's energies were total energies of its method."""
    phases = tuple(
        type(p)(p.id, p.formula, p.amounts, p.energy,
                type(p.scale)(p.scale.method, p.scale.correction), p.source)
        for p in reference.phases
    )  # fmt: skip
    return type(reference)(reference.name, phases, reference.checksum, SULFIDE_BY_CHARGE_LEGACY)


def test_a_rejected_relaxation_has_a_reason_and_no_numbers(reference):
    doc = screening_document(
        "bad", "Na3PS4", "test", reference, relaxation(energy=float("nan"), formula="Na3PS4")
    )
    assert (doc.state, doc.window, doc.contact) == ("rejected", None, None)
    assert "finite" in doc.reason
    assert rank_documents([doc]) == []


def test_a_failure_keeps_its_sentence(reference):
    doc = failed_document("bad", "Na3PS4", "test", reference, "ValueError: no")
    assert (doc.state, doc.reason) == ("failed", "ValueError: no")


def test_the_same_work_has_the_same_id_and_other_work_another(reference):
    first = screening_id("a", "Na3PS4", None, reference)
    assert first == screening_id("a", "Na3PS4", None, reference)
    assert first != screening_id("a", "Na3PS4", "relaxed", reference)
    assert first != screening_id("b", "Na3PS4", None, reference)


def test_an_element_outside_the_reference_is_one_clear_error(reference):
    with pytest.raises(ChemicalSystemError, match="W"):
        screening_document("w", "Na2WS4", "test", reference)


def test_what_is_stable_against_sodium_ranks_above_what_is_not(reference):
    docs = [screening_document(f, f, "test", reference) for f in ("Na3PS4", "Na2S", "NaCl")]
    order = [doc.label for _, doc in rank_documents(docs)]
    assert order == ["NaCl", "Na2S", "Na3PS4"]


@pytest.mark.parametrize("formula", ["Na3PS4", "Na6P2S8", "Na2ZrCl6"])
def test_sodium_per_volume_is_that_of_the_window(formula):
    doc = screening_document("c", formula, "test", load_reference("bundled"))
    charge = areal_charge(doc.contact.sodium_consumed_per_volume)
    assert charge == pytest.approx(doc.window.ladder[0].sodium_charge_per_um)
