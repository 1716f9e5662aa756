"""Reduced formulas and electronegativities against pymatgen."""

from __future__ import annotations

import warnings
from math import inf, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition, Element

from trona.screening.formulas import parse
from trona.screening.simple_formulas import ELECTRONEGATIVITY, read_simple, reduced_formula
from trona.stores.energies.bundled import SETS, bundled_data

whole = st.integers(1, 40).map(float)
amounts = st.dictionaries(
    st.sampled_from(sorted(ELECTRONEGATIVITY)),
    whole | st.sampled_from([0.0, 1e-9, 0.25, 1 / 3, 2.0 + 1e-9, 2.2500000001]),
    min_size=1,
    max_size=6,
).filter(lambda given: any(amount > 0.1 for amount in given.values()))


def by_pymatgen(composition):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # elements without electronegativity
        return Composition(composition).reduced_formula


def test_electronegativities_are_those_of_pymatgen():
    known = {element.symbol: element for element in Element}
    assert known.keys() - {"D", "T"} == ELECTRONEGATIVITY.keys()
    for symbol, value in ELECTRONEGATIVITY.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = known[symbol].X
        assert value == (inf if isnan(expected) else expected)


@pytest.mark.parametrize("name", SETS)
def test_formulas_of_the_bundled_sets_are_those_of_pymatgen(name):
    rows = bundled_data(name)["phases"]
    compositions = [parse(row["formula"]) for row in rows]
    found = [reduced_formula(composition) for composition in compositions]
    assert found == [by_pymatgen(composition) for composition in compositions]


@given(amounts)
def test_any_composition_is_written_as_pymatgen_does(composition):
    assert reduced_formula(composition) == by_pymatgen(composition)


@pytest.mark.parametrize(
    "formula", ["Na2O2", "NaO", "H4O4", "O3", "N", "Na3PS4", "Na6Al2O6H6", "Na4Si2O5", "CsO", "LiO"]
)
def test_peroxides_molecules_and_anions_in_brackets(formula):
    composition = parse(formula)
    assert reduced_formula(composition) == by_pymatgen(composition)


@pytest.mark.parametrize("name", SETS)
def test_formulas_of_the_bundled_sets_are_read_as_they_would_be_from_a_user(name):
    formulas = [row["formula"] for row in bundled_data(name)["phases"]]
    assert [read_simple(one) or parse(one) for one in formulas] == list(map(parse, formulas))
