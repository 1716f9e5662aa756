"""Errors by class: every compound has one class, elements no error, impossible ones are refused."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.uncertainty.error_model import CLASSES, ErrorModel, anion_class


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("Na3PS4", "sulfide"),
        ("Na3PS3O", "oxide or oxysulfide"),
        ("Na2SO4", "oxide or oxysulfide"),
        ("NaOH", "oxide or oxysulfide"),
        ("H2S", "sulfide"),
        ("Na3YCl6", "halide"),
        ("SbSBr", "halide"),
        ("Na4SnSe4", "selenide"),
        ("NaBH4", "hydride or hydroborate"),
        ("NaH", "hydride or hydroborate"),
        ("Na3P", "intermetallic or pnictide"),
        ("Na15Sn4", "intermetallic or pnictide"),
        ("S8", None),
    ],
)
def test_the_class_of_a_compound_is_that_of_its_anion(formula, name):
    assert anion_class(parse(formula)) == name


def test_a_class_without_an_error_of_its_own_has_that_of_all():
    model = ErrorModel(0.02, by_class={"sulfide": 0.03})
    assert model.own(parse("Na2S")) == 0.03
    assert model.own(parse("NaCl")) == 0.02
    assert model.own(parse("S")) == 0.0
    assert ErrorModel(0.02, 0.01) == ErrorModel(0.02, 0.01, {})


def test_errors_of_many_compounds_are_those_of_each():
    model = ErrorModel(
        0.02, 0.01, {CLASSES[0]: 0.03, "sulfide": 0.01}, frozenset({"Na", "P", "S", "O"}), 0.05
    )
    symbols = ["Cl", "H", "Na", "O", "P", "S"]
    formulas = ["Na", "S8", "Na2S", "Na3PS4", "Na2SO4", "NaCl", "NaH", "Na3P", "NaOH", "PSCl3"]
    amounts = np.array([[parse(one).get(symbol, 0.0) for symbol in symbols] for one in formulas])
    expected = [model.own(parse(one)) for one in formulas]
    assert model.own_of_each(amounts, symbols).tolist() == expected


@pytest.mark.parametrize("name", ["sigma", "common"])
@pytest.mark.parametrize("value", [-0.01, nan, inf])
def test_impossible_errors_are_refused(name, value):
    with pytest.raises(InputError, match=name):
        ErrorModel(**{"sigma": 0.0, name: value})


def test_impossible_errors_of_a_class_are_refused():
    with pytest.raises(InputError, match="selenide is -1"):
        ErrorModel(0.0, by_class={"selenide": -1.0})
    with pytest.raises(InputError, match=f"telluride.*{CLASSES[0]}"):
        ErrorModel(0.0, by_class={"telluride": 0.02})
