"""The data dictionary: every field is described, nothing else gets in, the contract holds."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from trona.screening.errors import InputError
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess import inventory as reference_info
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.screenings import screening_document
from trona.stores.assess.windows import window_answer
from trona.stores.documents import bookkeeping as records
from trona.stores.documents import json_output as replies
from trona.stores.documents import results as documents
from trona.stores.documents.results import Document, ScreeningDoc, WindowDoc
from trona.stores.energies import comparison
from trona.stores.energies.references import load_reference
from trona.stores.materials_project import snapshots

MODELS = [
    model
    for module in (comparison, documents, records, reference_info, replies, snapshots)
    for name in module.__all__
    if isinstance(model := getattr(module, name), type) and issubclass(model, BaseModel)
]


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_a_meaning_in_words(model):
    assert issubclass(model, Document)
    assert model.__doc__
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name}"


def test_unknown_fields_are_refused(reference):
    content = window_document(assess_formula("Na3PS4", reference)).model_dump()
    with pytest.raises(ValidationError):
        WindowDoc(**content, extra=1)


def test_a_screening_document_survives_json(reference):
    doc = screening_document("a", "Na3PS4", "test", reference)
    assert ScreeningDoc.model_validate_json(doc.model_dump_json()) == doc


def test_the_window_document_keeps_its_contract(reference):
    content = window_document(assess_formula("Na3PS4", reference)).model_dump(mode="json")
    assert {
        "formula", "reference", "energy_scale", "energy_above_hull", "mixture", "reduction_limit",
        "oxidation_limit", "stabilized", "ladder",
    } <= content.keys()  # fmt: skip
    assert content["stabilized"].keys() == {"reduction_limit", "oxidation_limit"}
    for rung in content["ladder"]:
        assert {
            "voltage_lower", "voltage_upper", "reaction", "na_exchanged", "energy_per_atom",
            "interphase", "products",
        } <= rung.keys()  # fmt: skip
        assert all({"formula", "amount"} <= product.keys() for product in rung["products"])
    lowest, highest = content["ladder"][0], content["ladder"][-1]
    assert (lowest["voltage_lower"], highest["voltage_upper"]) == (0.0, None)


@pytest.mark.parametrize("formula", ["NaCl", "Na2ZrCl6"])
def test_limits_that_rest_on_high_pressure_phases_are_given_without_them_too(reference, formula):
    found = window_document(assess_formula(formula, reference))
    without = reference.without(["NaCl3", "NaCl7"])
    bare = window_document(assess_formula(formula, without))
    assert found.without_high_pressure.formulas == ["NaCl3", "NaCl7"]
    assert found.without_high_pressure.reduction_limit == bare.reduction_limit
    assert found.without_high_pressure.oxidation_limit == bare.oxidation_limit
    assert found.oxidation_limit == pytest.approx(3.76, abs=0.01)
    assert bare.oxidation_limit == pytest.approx(4.21, abs=0.01)
    assert bare.without_high_pressure is None


@pytest.mark.parametrize("formula", ["Na3PS4", "NaCl3", "Na2S"])
def test_other_windows_have_no_second_pair_of_limits(reference, formula):
    assert window_document(assess_formula(formula, reference)).without_high_pressure is None


def test_products_carry_their_type_and_their_place_by_harm(reference):
    for rung in window_document(assess_formula("Na3PS4", reference)).ladder:
        places = sorted(product.place for product in rung.products)
        assert places == list(range(1, len(rung.products) + 1))
    (phosphide, sulfide) = sorted(
        window_document(assess_formula("Na3PS4", reference)).ladder[0].products,
        key=lambda product: product.place,
    )
    assert (phosphide.formula, phosphide.type) == ("Na3P", "mixed-conducting")
    assert (sulfide.formula, sulfide.type) == ("Na2S", "blocking")


def test_documents_of_before_are_read(reference):
    content = screening_document("a", "Na3PS4", "test", reference).model_dump(mode="json")
    window = content["window"]
    del window["without_high_pressure"]
    for rung in window["ladder"]:
        for name in ("ionic_threshold_margin", "sodium_charge_per_um", "sodium_thickness_per_um"):
            del rung[name]
        for product in rung["products"]:
            del product["type"], product["place"]
    assert ScreeningDoc.model_validate(content).window.ladder[0].products[0].place is None


def test_the_answer_holds_what_happens_at_an_electrode():
    bundled = load_reference("bundled")
    answer = window_answer(assess_formula("Na3PS4", bundled), against="Na15Sn4")
    anode = answer.electrode
    assert (anode.basis, anode.takes, anode.gives) == ("measured", 0.1, 0.2)
    assert anode.computed_takes == 0.0
    assert anode.difference == pytest.approx(anode.mean - anode.computed_gives)
    assert anode.at_gives.energy_voltage == anode.gives
    assert anode.at_gives.energy_per_atom > anode.at_takes.energy_per_atom
    assert anode.at_gives.interphase == "mixed-conducting"
    assert [rung.reaction_kind for rung in answer.ladder][-1] == "none"
    assert {product.formula for product in answer.products} == {
        product.formula for rung in answer.ladder[:-1] for product in rung.products
    }
    harm = [InterphaseClass(product.type).severity or 0.0 for product in answer.products]
    assert harm == sorted(harm, reverse=True)
    assert answer.products[-1].type == "unknown" or "unknown" not in {
        product.type for product in answer.products
    }


def test_an_electrode_and_a_voltage_are_one_too_many(reference):
    with pytest.raises(InputError, match="electrode"):
        window_answer(assess_formula("Na3PS4", reference), at=0.1, against="S")
