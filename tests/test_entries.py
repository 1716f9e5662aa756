"""Correction schemes count charges; only a sound relaxation enters a hull."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.formulas import parse
from trona.screening.phases import Phase
from trona.stores.documents import RelaxationDoc
from trona.stores.entries import (
    AS_PUBLISHED,
    SULFIDE_BY_CHARGE_LEGACY,
    SULFIDE_BY_CHARGE_MP2020,
    Rejected,
    admit,
    sulfide_equivalents,
)

VALENCES = dict(SULFIDE_BY_CHARGE_LEGACY.valences)


def relaxation(**changes):
    values = {
        "id": "0123456789abcdef", "label": "a", "formula": "Na2S2", "method": "potential 1",
        "settings": {}, "converged": True, "energy": -12.0, "max_force": 0.01, "n_steps": 12,
        "n_sites": 8, "volume_start": 200.0, "volume": 210.0, "space_group": "P1",
        "structure": {"lattice": [], "species": [], "coordinates": []}, "versions": {},
    }  # fmt: skip
    return RelaxationDoc(**values | changes)


@pytest.mark.parametrize(
    ("formula", "equivalents"),
    [("Na2S", 1), ("Na2S2", 1), ("Na2S4", 1), ("Na2S5", 1), ("Na3PS4", 4), ("P2S5", 5),
     ("P2S7", 5), ("P4S3", 3), ("H2S", 1), ("H2S2", 1), ("S8O", 1), ("SO2", 1), ("SCl", 0.5)],
)  # fmt: skip
def test_sulfide_equivalents_balance_the_partners_valences(formula, equivalents):
    assert sulfide_equivalents(parse(formula), VALENCES) == pytest.approx(equivalents)


@pytest.mark.parametrize("formula", ["S", "Na2O", "Sb2S3", "FeS2", "Na3BS3"])
def test_a_charge_that_cannot_be_counted_is_left_alone(formula):
    assert sulfide_equivalents(parse(formula), VALENCES) is None
    assert SULFIDE_BY_CHARGE_LEGACY.shift(parse(formula)) == 0.0


def test_a_polysulfide_loses_the_correction_of_its_uncharged_sulfur():
    assert SULFIDE_BY_CHARGE_MP2020.shift(parse("Na2S5")) == pytest.approx(4 * 0.503)
    assert SULFIDE_BY_CHARGE_LEGACY.shift(parse("NaS2")) == pytest.approx(1.5 * 0.66346)
    assert AS_PUBLISHED.shift(parse("Na2S5")) == 0.0


@given(st.integers(1, 6), st.integers(1, 12))
def test_a_shift_only_ever_raises_and_scales_with_the_formula(sodium, sulfur):
    amounts = {"Na": float(sodium), "S": float(sulfur)}
    twice = {symbol: 2 * amount for symbol, amount in amounts.items()}
    shift = SULFIDE_BY_CHARGE_MP2020.shift(amounts)
    assert shift >= 0.0
    assert SULFIDE_BY_CHARGE_MP2020.shift(twice) == pytest.approx(2 * shift)
    assert (shift == 0.0) == (sulfur <= sodium / 2)


def test_a_sound_relaxation_becomes_a_phase_per_formula_unit():
    phase = admit(relaxation(), SULFIDE_BY_CHARGE_MP2020)
    assert isinstance(phase, Phase)
    assert phase.energy == pytest.approx(-12.0 / 2 + 0.503)
    assert phase.volume == pytest.approx(105.0)
    assert phase.scale.method == "potential 1"
    assert phase.scale.correction == SULFIDE_BY_CHARGE_MP2020.name


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"energy": float("nan")}, "finite"),
        ({"energy": float("inf")}, "finite"),
        ({"energy": None}, "finite"),
        ({"converged": False}, "not reached"),
        ({"converged": None}, "unknown"),
        ({"volume": 400.0}, "volume"),
        ({"volume": 100.0}, "volume"),
    ],
)
def test_an_unsound_relaxation_is_rejected_with_its_reason(changes, word):
    rejected = admit(relaxation(**changes), AS_PUBLISHED)
    assert isinstance(rejected, Rejected)
    assert word in rejected.reason
