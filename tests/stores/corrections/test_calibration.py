"""The calibration holds fitted numbers with their spread and moves compounds only."""

from __future__ import annotations

import pytest

from trona.screening.errors import CorrectionError
from trona.screening.formulas import parse
from trona.stores.corrections.calibration import calibration, calibration_shift, kinds
from trona.stores.corrections.parts import EnergyBasis
from trona.stores.corrections.schemes import compose, default_scheme


def test_metals_with_u_are_told_apart_in_oxides_and_fluorides_only():
    assert kinds(parse("NaFeO2")) == {"Na": 1, "Fe+U": 1, "O": 2}
    assert kinds(parse("FeF3")) == {"Fe+U": 1, "F": 3}
    assert kinds(parse("FeS2")) == {"Fe": 1, "S": 2}
    assert kinds(parse("Na2ZrO3")) == {"Na": 2, "Zr": 1, "O": 3}


def test_elements_stay_where_they_are_and_a_shift_grows_with_the_formula():
    assert calibration_shift({"Na": 2.0}, None) == 0.0
    once, twice = (calibration_shift(parse(f), None) for f in ("Na3PS4", "Na6P2S8"))
    assert twice == pytest.approx(2 * once)
    assert once != 0.0


def test_each_shift_says_on_how_many_compounds_it_rests_and_how_far_folds_scatter():
    rows = calibration()["shifts"]
    assert len({kind.removesuffix("+U") for kind in rows}) >= 45
    for kind, row in rows.items():
        assert row["compounds"] >= 1, kind
        assert 0.0 <= row["spread"] < 0.05, kind
        assert abs(row["shift"]) < 0.25, kind


def test_systems_that_the_fit_has_not_seen_come_out_nearly_as_well_as_those_that_it_has():
    content = calibration()
    assert content["cross_validated"]["median"] < 1.25 * content["after"]["median"]
    assert content["cross_validated"]["mean_absolute"] < content["before"]["mean_absolute"]


def test_it_is_the_default_of_sevennet_and_refused_for_any_other_energies():
    scheme = default_scheme("SevenNet l3i5")
    assert scheme.label == "mp2019,sulfide-by-charge-legacy,calibrated"
    for basis in (EnergyBasis.PLAIN, EnergyBasis.MP2020, EnergyBasis.LEGACY):
        with pytest.raises(CorrectionError):
            compose("calibrated").require(basis, "others")
