"""Stated errors: those of the comparison with DFT, and what a window makes of them."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from math import hypot
from pathlib import Path

import pytest

from trona.screening.errors import InputError
from trona.screening.phases import EnergyScale
from trona.stores.accuracy import CHGNET, DFT, accuracy
from trona.stores.assessment import assess_formula
from trona.stores.references import load
from trona.stores.windows import window_answer

ROOT = Path(__file__).parents[1]
TABLE = ROOT.parent / "shared" / "reference" / "formation_energies.csv"


def test_each_scale_has_errors_with_a_source(reference):
    assert accuracy(load("bundled").scale) is CHGNET
    assert accuracy(reference.scale) is DFT
    assert accuracy(EnergyScale("PBE", "MP2020")) is DFT
    assert "Phys. Rev. B 85 (2012) 155208" in DFT.source
    assert "docs/bundled-reference.md" in CHGNET.source


def test_the_error_of_a_compound_makes_the_published_one_of_a_reaction():
    # A ternary from two binaries in equal parts: 24 meV/atom (Hautier et al. 2012).
    assert DFT.model.sigma * (1 + 0.25 + 0.25) ** 0.5 == pytest.approx(0.024, abs=0.001)


@pytest.mark.skipif(
    not TABLE.exists(), reason="the table of DFT energies is not beside the project"
)
def test_errors_of_chgnet_are_those_of_the_comparison(monkeypatch):
    spec = spec_from_file_location("compare_reference", ROOT / "scripts" / "compare_reference.py")
    script = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "compare_reference", script)
    spec.loader.exec_module(script)
    rows = script.comparison(load("bundled"), load(f"table:{TABLE}"))
    own, common = script.error_parts(rows)
    assert CHGNET.model.sigma == pytest.approx(hypot(own, DFT.model.sigma), abs=0.002)
    assert CHGNET.model.common == pytest.approx(common, abs=0.003)
    written = (ROOT / "docs" / "bundled-reference.md").read_text(encoding="utf-8")
    assert f"of {own * 1000:.0f} meV/atom" in written
    assert f"{common * 1000:.0f} meV per atom of the element" in written


def test_a_window_has_the_stated_errors_unless_others_are_given(reference):
    assessment = assess_formula("Na3PS4", reference)
    stated = window_answer(assessment).uncertainty
    assert (stated.sigma, stated.common, stated.source) == (0.02, 0.0, DFT.source)
    assert stated.reduction.std == pytest.approx(0.15, abs=0.03)
    given = window_answer(assessment, sigma=0.001).uncertainty
    assert (given.sigma, given.common) == (0.001, 0.0)
    assert given.reduction.std < stated.reduction.std / 5
    assert window_answer(assessment, sigma=0.0).uncertainty is None
    with pytest.raises(InputError, match="sigma"):
        window_answer(assessment, sigma=-0.01)


def test_classes_are_drawn_where_the_user_looks(reference):
    assessment = assess_formula("Na3PS4", reference)
    (at,) = window_answer(assessment, at=2.0).uncertainty.interphases
    assert (at.voltage, at.fractions) == (2.0, {"stable": 1.0})
    (cathode,) = window_answer(assessment, against="S").uncertainty.interphases
    assert cathode.voltage == pytest.approx(2.089, abs=0.001)
    (metal,) = window_answer(assessment, against="Na").uncertainty.interphases
    assert (metal.voltage, metal.fractions) == (0.0, {"mixed-conducting": 1.0})


def test_slopes_carry_the_same_errors(reference):
    answer = window_answer(assess_formula("Na3PS4", reference), why=True)
    reduction, _ = answer.dependence
    assert (reduction.sigma, reduction.common) == (0.02, 0.0)
    assert reduction.uncertainty > 0.0
    exact = window_answer(assess_formula("Na3PS4", reference), why=True, sigma=0.0)
    assert exact.dependence[0].uncertainty is None
