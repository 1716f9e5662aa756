"""A composition that carries a charge is answered, with a note, by every kind of answer."""

from __future__ import annotations

import pytest

from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.interfaces import discharge_document, interface_document
from trona.stores.energies.references import load_reference


@pytest.mark.parametrize("formula", ["Na3PS", "Na2PS4"])
def test_every_answer_notes_a_charge(formula):
    reference = load_reference("bundled")
    window = window_document(assess_formula(formula, reference))
    documents = [
        window,
        interface_document("Na2S", formula, reference),
        discharge_document(formula, reference),
    ]
    for document in documents:
        assert any(f"'{formula}' is not neutral" in text for text in document.caveats)


@pytest.mark.parametrize("formula", ["Na3PS4", "P2S5", "Na2S"])
def test_what_is_neutral_carries_no_note(formula):
    document = discharge_document(formula, load_reference("bundled"))
    assert not any("neutral" in text for text in document.caveats)
