"""What decides beside sodium metal, and what was seen in moist air, in the answers of a study."""

from __future__ import annotations

import pytest

from trona import Study
from trona.stores.assess.interfaces import interface_document
from trona.stores.energies.references import load_reference


@pytest.fixture(scope="module")
def study():
    return Study("bundled")


@pytest.mark.parametrize("pair", [("Na3PS4", "Na"), ("Na", "Na3PS4")])
def test_a_layer_beside_sodium_metal_has_the_class_of_what_coexists_with_sodium(study, pair):
    found = study.interface(*pair)
    assert found.lasting is not found.strongest
    assert {phase.formula for phase in found.lasting.phases} == {"Na2S", "Na3P"}
    document = interface_document(*pair, load_reference("bundled"))
    at_metal = study.window("Na3PS4").at(0.0)
    assert document.lasting.interphase == at_metal.interphase.kind.value == "mixed-conducting"
    assert "to Na2S and Na3P" in document.answer or "to Na3P and Na2S" in document.answer
    assert "conducts electrons and sodium ions" in document.answer
    (cell,) = study.matrix(["Na3PS4"], ["Na"]).cells[0]
    assert cell.kind.value == "mixed-conducting"


def test_elsewhere_the_strongest_reaction_classifies_a_layer():
    document = interface_document("Na3PS4", "NaCrO2", load_reference("bundled"))
    assert document.lasting is None
    assert "Most energy" not in document.answer


def test_what_was_seen_in_moist_air_stands_beside_the_answer(study):
    (doc,) = study.air("Na3SbS4").docs
    assert doc.caveats[0].startswith("Observed in moist air: Na3SbS4 forms a hydrate")


def test_a_hydrate_that_is_no_phase_says_so_and_is_not_the_most_resistant(study):
    found = study.air(["Na3PS4·9H2O", "NaCl"])
    assert [doc.formula for doc in found.docs] == ["NaCl", "Na3PS4·9H2O"]
    assert found.docs[1].caveats[0].startswith("Na3PS4·9H2O is no phase of the reference")
    assert "no phase of the reference" not in " ".join(found.docs[0].caveats)
