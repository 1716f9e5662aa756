"""A core of the published rows, from the small table of `tables.py`: it runs on every clone."""

from __future__ import annotations

import pytest

from tests.support.published import MILLIVOLT, POLYCHLORIDES
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.formulas import parse
from trona.screening.stability.interface import mix
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.references import load_reference


@pytest.fixture
def published(table_path):
    """The table with one sulfide correction per S atom, as Materials Project had it in 2019."""
    return load_reference(f"table:{table_path}", "as-published")


def products(rung):
    return {product.formula for product in rung.products}


@pytest.mark.parametrize(
    ("formula", "limits"),
    [
        ("Na2S", (0.0, 1.885)),
        ("NaS", (1.885, 1.906)),
        ("Na3P", (0.0, 0.295)),
        ("Na3PS4", (1.246, 2.429)),
        ("NaCl", (0.0, 3.763)),
        ("Na2ZrCl6", (1.678, 3.763)),
    ],
)
def test_windows_with_polysulfides_by_charge(reference, formula, limits):
    found = window_document(assess_formula(formula, reference))
    assert (found.reduction_limit, found.oxidation_limit) == pytest.approx(limits, abs=MILLIVOLT)


@pytest.mark.parametrize(
    ("formula", "limits"),
    [("Na2S", (0.0, 1.554)), ("NaS", (1.554, 1.575)), ("Na3PS4", (1.246, 2.130))],
)
def test_windows_with_polysulfides_as_published(published, formula, limits):
    found = window_document(assess_formula(formula, published))
    assert (found.reduction_limit, found.oxidation_limit) == pytest.approx(limits, abs=MILLIVOLT)


@pytest.mark.parametrize(("formula", "reduction"), [("NaCl", 0.0), ("Na2ZrCl6", 1.678)])
def test_without_high_pressure_polychlorides_chlorides_last_to_4_21_volt(
    reference, formula, reduction
):
    found = window_document(assess_formula(formula, reference.without(POLYCHLORIDES)))
    assert found.reduction_limit == pytest.approx(reduction, abs=MILLIVOLT)
    assert found.oxidation_limit == pytest.approx(4.21, abs=0.0051)


def test_sodium_and_sulfur_meet_in_three_steps(reference):
    # Ji et al., Energy Environ. Sci. (2024), find three plateaus as well.
    steps = profile(reference.table, parse("S")).breakpoints
    assert steps == pytest.approx([1.885, 1.906, 2.089], abs=MILLIVOLT)


def test_as_published_keeps_the_polysulfide_defect(published):
    steps = profile(published.table, parse("S")).breakpoints
    assert steps == pytest.approx([1.554, 1.575, 1.824, 3.399], abs=MILLIVOLT)


@pytest.mark.parametrize(
    ("formula", "milli"), [("Na2S2", -3.5), ("Na2S4", -13.9), ("Na2S5", -90.0), ("P2S7", -142.8)]
)
def test_depth_below_the_hull_of_the_others_as_published(published, formula, milli):
    phase = published.table.find(parse(formula))
    rest = published.without([formula]).table
    assert energy_above_hull(rest, phase) * 1000 == pytest.approx(milli, abs=0.055)


def test_na2zrcl6_loses_chlorine_step_by_step(reference):
    found = window_document(assess_formula("Na2ZrCl6", reference))
    reductions = [rung for rung in found.ladder if rung.reaction_kind == "reduction"]
    edges = [rung.voltage_upper for rung in reductions]
    assert edges == pytest.approx([1.055, 1.244, 1.605, 1.678], abs=MILLIVOLT)
    zirconium = [products(rung) - {"NaCl"} for rung in reductions]
    assert zirconium == [{"Zr"}, {"ZrCl"}, {"ZrCl2"}, {"ZrCl3"}]
    assert reductions[0].na_exchanged == pytest.approx(4.0, abs=1e-9)
    assert reductions[0].energy_per_atom == pytest.approx(-0.620, abs=MILLIVOLT)


@pytest.mark.parametrize(("second", "milli"), [("Na", -471), ("S", 0), ("NaCl", 0)])
def test_interfaces_of_na3ps4(reference, second, milli):
    found = mix(reference.table, parse("Na3PS4"), parse(second), ("Na3PS4", second))
    assert found.strongest.energy_per_atom * 1000 == pytest.approx(milli, abs=0.51)
    assert found.reacts == (milli < 0)
