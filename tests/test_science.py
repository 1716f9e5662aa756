"""Published thermodynamics, reproduced: from a table of DFT energies and from the bundled set.

The DFT table lies beside the project, not in it; where it is absent those tests are skipped and
the core rows still run on the small table of `tables.py`. Its numbers are variant C of the
literature comparison: Materials Project 2019, polysulfides corrected by charge.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trona.screening.formulas import parse
from trona.screening.grand import profile
from trona.stores.assessment import assess_formula, window_document
from trona.stores.references import load

TABLE = Path(__file__).parents[2] / "shared" / "reference" / "formation_energies.csv"
HYDRATE = "Na3SbS4·8H2O"
NYZC = "Na2.25Y0.25Zr0.75Cl6"

needs_table = pytest.mark.skipif(
    not TABLE.exists(), reason="the table of DFT formation energies is not beside the project"
)

AT_SODIUM = {
    "Na3PS4": (8.0, {"Na3P": 1, "Na2S": 4}),
    "Na3SbS4": (8.0, {"Na3Sb": 1, "Na2S": 4}),
    NYZC: (3.75, {"NaCl": 6, "Y": 0.25, "Zr": 0.75}),
    "Na3YCl6": (3.0, {"NaCl": 6, "Y": 1}),
    "Na2ZrCl6": (4.0, {"NaCl": 6, "Zr": 1}),
    "Na3PS3.4O0.6": (6.8, {"Na3P": 0.85, "Na3PO4": 0.15, "Na2S": 3.4}),
    HYDRATE: (40.0, {"Na3Sb": 1, "Na2S": 4, "NaH": 16, "Na2O": 8}),
}
STABLE_AGAINST_SODIUM = ("NaBH4", "Na2B12H12", "Na3PO4", "NaCl", "Na2S", "Na2O", "NaH", "Na3P")


@pytest.fixture(scope="module")
def dft():
    return load(f"table:{TABLE}")


@pytest.fixture(scope="module")
def bundled():
    return load("bundled")


def judged(formula, reference):
    return window_document(assess_formula(formula, reference))


def contact(formula, reference):
    rung = judged(formula, reference).ladder[0]
    return rung.na_exchanged, {product.formula: product.amount for product in rung.products}


@needs_table
@pytest.mark.parametrize("formula", AT_SODIUM)
def test_dft_products_at_sodium_are_exact(dft, formula):
    sodium, products = AT_SODIUM[formula]
    found = contact(formula, dft)
    assert found[0] == pytest.approx(sodium, abs=1e-9)
    assert found[1] == pytest.approx(products, abs=1e-9)


@needs_table
@pytest.mark.parametrize("formula", STABLE_AGAINST_SODIUM)
def test_dft_finds_no_reaction_with_sodium(dft, formula):
    rung = judged(formula, dft).ladder[0]
    assert (rung.reaction_kind, rung.interphase, rung.energy_per_atom) == ("none", "stable", 0.0)


@needs_table
@pytest.mark.parametrize(
    ("formula", "reduction", "oxidation"),
    [
        ("Na3PS4", 1.246, 2.429),
        ("Na3SbS4", 1.613, 2.348),
        ("Na2ZrCl6", 1.678, 3.763),
        (NYZC, 1.678, 3.763),
        ("Na2S", 0.0, 1.885),
        ("Na3YCl6", 0.593, 3.777),
        ("NaBH4", 0.0, 1.968),
        ("Na2B12H12", 0.0, 3.278),
        ("NaCrO2", 0.0, 2.559),
        (HYDRATE, 1.651, 2.136),
    ],
)
def test_dft_windows_to_five_millivolt(dft, formula, reduction, oxidation):
    document = judged(formula, dft)
    assert document.reduction_limit == pytest.approx(reduction, abs=0.005)
    assert document.oxidation_limit == pytest.approx(oxidation, abs=0.005)


@needs_table
@pytest.mark.parametrize(
    ("formula", "steps"),
    [
        ("Na2S", [1.885, 1.906, 2.089]),
        ("Na3PS4", [0.295, 0.639, 0.999, 1.146, 1.246, 2.429, 2.631]),
        ("Na3SbS4", [0.547, 0.657, 1.184, 1.613, 2.348, 2.432]),
        (NYZC, [0.534, 0.593, 1.055, 1.244, 1.605, 1.678, 3.763]),
        ("Na15Sn4", [0.104, 0.132, 0.437, 0.450]),
    ],
)
def test_dft_ladders_to_five_millivolt(dft, formula, steps):
    found = profile(dft.table, parse(formula)).breakpoints[: len(steps)]
    assert found == pytest.approx(steps, abs=0.005)


@needs_table
def test_dft_as_published_leaves_na3sbs4_without_a_window():
    document = judged("Na3SbS4", load(f"table:{TABLE}", "as-published"))
    assert document.energy_above_hull == pytest.approx(0.0066, abs=0.0002)
    assert document.reduction_limit is None
    assert document.stabilized.reduction_limit == pytest.approx(1.664, abs=0.005)


@needs_table
def test_mp2020_by_charge_on_the_dft_table_is_variant_e():
    mended = load(f"table:{TABLE}", "sulfide-legacy-to-mp2020,sulfide-by-charge-mp2020")
    window = judged("Na3SbS4", mended)
    assert window.reduction_limit == pytest.approx(1.613, abs=0.005)
    assert window.oxidation_limit == pytest.approx(2.187, abs=0.005)


@needs_table
def test_na2b10h10_is_not_called_reduced_by_sodium(dft):
    document = judged("Na2B10H10", dft)
    assert document.energy_above_hull == pytest.approx(0.0766, abs=0.0002)
    assert document.ladder[0].reaction_kind == "disproportionation"


@needs_table
@pytest.mark.parametrize(
    ("formula", "energy"),
    [("Na3PS4", -0.897), ("Na3SbS4", -1.066), ("Na3YCl6", -0.169), ("Na2ZrCl6", -0.620),
     (NYZC, -0.498), (HYDRATE, -0.582), ("Na3PS3.4O0.6", -0.748)],
)  # fmt: skip
def test_dft_energies_at_sodium(dft, formula, energy):
    assert judged(formula, dft).ladder[0].energy_per_atom == pytest.approx(energy, abs=0.001)


@pytest.mark.parametrize("formula", AT_SODIUM)
def test_bundled_products_at_sodium_are_exact(bundled, formula):
    sodium, products = AT_SODIUM[formula]
    found = contact(formula, bundled)
    assert found[0] == pytest.approx(sodium, abs=1e-9)
    assert found[1] == pytest.approx(products, abs=1e-9)


@pytest.mark.parametrize("formula", ["NaBH4", "Na2B12H12"])
def test_bundled_hydroborates_do_not_react_with_sodium(bundled, formula):
    rung = judged(formula, bundled).ladder[0]
    assert rung.na_exchanged <= 0.0
    assert rung.interphase == "stable"


@pytest.mark.parametrize("formula", ["NaBH4", "Na2B12H12"])
def test_bundled_hydroborates_say_how_their_hydrogen_is_corrected(bundled, formula):
    said = [text for text in judged(formula, bundled).caveats if "hydroborate-uncorrected" in text]
    assert len(said) == 1
    for policy in ("as-hydride", "uncorrected"):
        explicit = load("bundled", f"{bundled.correction},hydroborate-{policy}")
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
