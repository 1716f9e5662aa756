"""What both references must agree on: exact products at sodium, and classes of interphases.

Every number of the table of DFT that lies beside the project is in the `test_published` modules;
the bundled set is held to stoichiometry, classes and orders here, since it is another potential.
"""

from __future__ import annotations

import pytest

from tests.support.published import MILLIVOLT, NYZC, TABLE, needs_table, reference
from trona.screening.equilibrium.grand import profile
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.references import load_reference

HYDRATE = "Na3SbS4·8H2O"

AT_SODIUM = {
    "Na3PS4": (8.0, {"Na3P": 1, "Na2S": 4}),
    "Na3SbS4": (8.0, {"Na3Sb": 1, "Na2S": 4}),
    NYZC: (3.75, {"NaCl": 6, "Y": 0.25, "Zr": 0.75}),
    "Na3YCl6": (3.0, {"NaCl": 6, "Y": 1}),
    "Na2ZrCl6": (4.0, {"NaCl": 6, "Zr": 1}),
    "Na3PS3.4O0.6": (6.8, {"Na3P": 0.85, "Na3PO4": 0.15, "Na2S": 3.4}),
    HYDRATE: (40.0, {"Na3Sb": 1, "Na2S": 4, "NaH": 16, "Na2O": 8}),
}


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


def judged(formula, reference):
    return window_document(assess_formula(formula, reference))


@pytest.mark.parametrize(
    "source", ["bundled", pytest.param(f"table:{TABLE}", marks=needs_table, id="table")]
)
@pytest.mark.parametrize("formula", AT_SODIUM)
def test_products_at_sodium_are_exact(formula, source):
    sodium, products = AT_SODIUM[formula]
    rung = judged(formula, load_reference(source)).ladder[0]
    assert rung.na_exchanged == pytest.approx(sodium, abs=1e-9)
    found = {product.formula: product.amount for product in rung.products}
    assert found == pytest.approx(products, abs=1e-9)


@needs_table
def test_sodium_and_tin_meet_in_four_steps():
    steps = profile(reference("C").table, parse("Sn")).breakpoints
    assert steps == pytest.approx([0.104, 0.132, 0.437, 0.450], abs=MILLIVOLT)


@needs_table
def test_mp2020_by_charge_on_the_dft_table_is_variant_e():
    mended = load_reference(f"table:{TABLE}", "sulfide-legacy-to-mp2020,sulfide-by-charge-mp2020")
    window = judged("Na3SbS4", mended)
    assert window.reduction_limit == pytest.approx(1.613, abs=MILLIVOLT)
    assert window.oxidation_limit == pytest.approx(2.187, abs=MILLIVOLT)


@pytest.mark.parametrize("formula", ["NaBH4", "Na2B12H12"])
def test_bundled_hydroborates_do_not_react_with_sodium(bundled, formula):
    rung = judged(formula, bundled).ladder[0]
    assert rung.na_exchanged <= 0.0
    assert rung.interphase == "stable"


@pytest.mark.parametrize("formula", ["NaBH4", "Na2B12H12"])
def test_hydroborates_say_how_mp2020_corrects_their_hydrogen(formula):
    bundled = load_reference("bundled-chgnet")
    said = [text for text in judged(formula, bundled).caveats if "hydroborate-uncorrected" in text]
    assert len(said) == 1
    for policy in ("as-hydride", "uncorrected"):
        explicit = load_reference("bundled-chgnet", f"{bundled.correction},hydroborate-{policy}")
        assert not any("hydroborate" in text for text in judged(formula, explicit).caveats)


@pytest.mark.parametrize(
    ("formula", "interphase"),
    [
        ("Na3PS4", "mixed-conducting"),
        ("Na3SbS4", "mixed-conducting"),
        ("Na3YCl6", "electronic-conductor"),
        ("Na2ZrCl6", "electronic-conductor"),
        (NYZC, "electronic-conductor"),
        (HYDRATE, "passivating"),
        ("Na4SnS4", "mixed-conducting"),
    ],
)
def test_bundled_interphase_classes_are_the_published_ones(bundled, formula, interphase):
    rung = judged(formula, bundled).ladder[0]
    assert rung.fraction_basis == "volume"
    assert rung.interphase == interphase


def test_no_sodium_sulfur_step_above_2_4_volt_in_the_bundled_set(bundled):
    assert max(profile(bundled.table, parse("Na2S")).breakpoints) < 2.4


def test_na3sbs4_is_reduced_at_a_higher_voltage_than_na3ps4(bundled):
    assert judged("Na3SbS4", bundled).stabilized.reduction_limit > (
        judged("Na3PS4", bundled).stabilized.reduction_limit
    )
