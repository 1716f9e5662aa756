"""The data dictionary: every field is described, nothing else gets in, the contract holds."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from trona.stores import comparison, documents, reference_info, snapshots
from trona.stores.assessment import assess_formula, window_document
from trona.stores.documents import Document, ScreeningDoc, WindowDoc
from trona.stores.screenings import screening_document

MODELS = [
    model
    for module in (comparison, documents, reference_info, snapshots)
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
