"""The bundled set covers the systems of the literature, and forms at sodium what DFT forms."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from tests.support.folders import SCRIPTS
from tests.support.lints import each
from tests.support.published import needs_table, reference
from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.errors import ChemicalSystemError
from trona.screening.formulas import canonical, parse, same_composition
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.validation import published_cases
from trona.stores.energies.bundled import bundled_data
from trona.stores.energies.references import load_reference

BUILD = SCRIPTS / "build_reference.py"
FORMULAS = [case.formula for case in published_cases()]
REVIEWED = [case.formula for case in published_cases() if case.group.startswith("review table")]
ON_THE_HULL = 1e-4  # eV/atom

DIFFERENT = {
    "Na3InS3": "Na2In lies 13 meV/atom above NaIn + Na: NaIn instead",
    "Na2.8Zn0.8Ga1.2S4": "Na7Ga13 has a cell of more than 64 atoms and is missing: NaGa4 instead",
}
"""Compositions whose products at sodium are not those of the table, and why."""


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


def at_sodium(formula, source):
    """Amounts of the products at 0 V."""
    rung = window_document(assess_formula(formula, source)).ladder[0]
    return {canonical(parse(product.formula)): product.amount for product in rung.products}


@pytest.mark.parametrize("symbol", sorted({s for f in REVIEWED for s in parse(f)}))
def test_every_element_of_the_reviews_electrolytes_has_its_reference(bundled, symbol):
    assert bundled.table.find({symbol: 1.0}) is not None


@each("formula", REVIEWED)
def test_every_electrolyte_of_the_review_can_be_assessed(bundled, formula):
    assert window_document(assess_formula(formula, bundled)).ladder


@each("formula", FORMULAS)
def test_what_cannot_be_assessed_is_refused_for_an_element_that_is_named(bundled, formula):
    absent = parse(formula).keys() - set(bundled.table.elements)
    if absent:
        with pytest.raises(ChemicalSystemError, match=f"{', '.join(sorted(absent))}.*\\.$"):
            assess_formula(formula, bundled)
    else:
        assert assess_formula(formula, bundled)


@needs_table
@each("formula", REVIEWED)
def test_products_at_sodium_are_those_of_dft_or_the_reason_is_known(bundled, formula):
    mine, dft = at_sodium(formula, bundled), at_sodium(formula, reference("C"))
    if formula in DIFFERENT:
        assert mine.keys() != dft.keys(), "no longer different"
    else:
        assert mine == pytest.approx(dft, abs=1e-6)


@needs_table
def test_every_phase_on_the_dft_hull_is_there_or_named_as_missing(monkeypatch, bundled):
    spec = spec_from_file_location("build_reference", BUILD)
    script = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "build_reference", script)
    spec.loader.exec_module(script)
    missing = [parse(row["formula"]) for row in bundled_data()["missing"]]
    table = reference("C").table
    for phase, above in zip(table.phases, energies_above_hull(table), strict=True):
        if above > ON_THE_HULL or not script.wanted(set(phase.amounts)):
            continue
        held = bundled.table.find(phase.amounts) is not None
        named = any(same_composition(phase.amounts, amounts) for amounts in missing)
        assert held != named, phase.formula
