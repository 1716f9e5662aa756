"""The bundled set knows the chemistry that is asked about: electrolytes and coatings."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.support.folders import SCRIPTS
from tests.support.published import TABLE, needs_table
from trona.screening.formulas import canonical, parse
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.windows import window_answer
from trona.stores.energies.references import load_reference

WIDE = TABLE.with_name("formation_energies_wide.csv.gz")
BESIDE_DFT = ("NaNbO3", "NaTaO3", "NaFeO2", "Na2ZrCl6", "Na3AsS4")
COATINGS = (
    "NaAlO2", "NaYO2", "Na3NbO4", "Na3SbO4", "Na2SnO3", "NaBO2", "Na3BO3", "Na2SiO3", "Na4SiO4",
    "Na2Si2O5", "Na2SO4", "Na2CrO4", "NaPO3", "Na4P2O7", "Na3PO4", "NaMnPO4", "NaFePO4",
    "NaTi2(PO4)3", "NaF", "NaMgF3", "NaZnF3", "Na3AlF6", "NaAlF4", "Na3InF6", "Na2TiF6", "Na2SiF6",
    "NaPF6", "NaBF4",
)  # fmt: skip


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


@pytest.fixture(scope="module")
def sources():
    """The set and DFT, as the script that compares them loads them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPTS)
        script = import_module("compare_reference")
        yield script.both("bundled", [WIDE, TABLE])


def ladder(formula, source):
    return window_document(assess_formula(formula, source)).ladder


@pytest.mark.parametrize(
    ("formula", "products"),
    [
        ("NaAlCl4", "Al NaCl"),
        ("Na3InCl6", "NaCl NaIn"),
        ("NaNbCl6", "NaCl Nb"),
        ("Na2ZnCl4", "NaCl NaZn13"),
        ("NaTaOCl4", "NaCl NaTaO3 Ta"),
        ("Na0.5ZrCl4F0.5", "NaCl NaF Zr"),
        ("NaAlCl2.5O0.75", "Al NaAlO2 NaCl"),
    ],
)
def test_a_chloride_becomes_metal_and_salt_at_sodium(bundled, formula, products):
    contact = ladder(formula, bundled)[0]
    found = {canonical(parse(one.formula)) for one in contact.products}
    assert found == {canonical(parse(one)) for one in products.split()}
    assert -1.5 < contact.energy_per_atom < -0.4


def test_the_energy_that_sodium_frees_from_a_chloroaluminate_is_near_the_measured_one(bundled):
    # 0.87 eV/atom: enthalpies of NaAlCl4 and NaCl in the NIST-JANAF tables, 298 K.
    assert -ladder("NaAlCl4", bundled)[0].energy_per_atom == pytest.approx(0.87, abs=0.15)


def test_an_answer_names_the_oxychloride_that_the_set_lacks(bundled):
    answer = window_answer(assess_formula("NaTaOCl4", bundled))
    (said,) = [line for line in answer.caveats if line.startswith("Not in the reference")]
    assert "TaOCl3" in said


@pytest.mark.parametrize(("formula", "limit"), [("Na2B12H12", 3.28), ("NaBH4", 1.97)])
def test_a_hydroborate_oxidises_where_dft_says(bundled, formula, limit):
    found = window_document(assess_formula(formula, bundled))
    assert (found.reduction_limit, found.oxidation_limit) == (0.0, pytest.approx(limit, abs=0.1))


@pytest.mark.long
@needs_table
def test_shares_of_what_dft_finds_stable(sources):
    have = import_module("compare_windows").coverage(sources)
    for found, share in ((have.pairs, 0.95), (have.binaries, 0.9), (have.ternaries, 0.6)):
        assert sum(found.values()) >= share * len(found)


@pytest.mark.long
@needs_table
@pytest.mark.parametrize("formula", BESIDE_DFT)
def test_windows_with_the_same_compounds_are_those_of_dft(sources, formula):
    (pair,) = sources.common().pairs([formula])
    assert all(error < 0.25 for error in pair.errors)
    assert pair.ours.ladder[0].na_exchanged == pytest.approx(pair.dft.ladder[0].na_exchanged)


@pytest.mark.long
@needs_table
def test_coatings_have_the_windows_of_dft(sources):
    pairs = sources.pairs(COATINGS)
    assert len(pairs) == len(COATINGS)
    assert all(error < 0.15 for pair in pairs for error in pair.errors)
