"""References: tables as users write them, one scale, and a checksum that notices every change."""

from __future__ import annotations

import pytest

from trona.screening.errors import EnergyScaleError, ReferenceDataError
from trona.screening.formulas import parse
from trona.screening.grand import profile
from trona.screening.phases import PhaseTable
from trona.stores.references import load


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return f"table:{path}"


def test_elements_that_a_table_leaves_out_are_zero(tmp_path):
    found = load(write(tmp_path / "t.csv", "formula,formation_energy_per_atom\nNa2O,-1.45\n"))
    assert found.table.find({"O": 1.0}).formula == "O2"
    assert found.table.find({"O": 1.0}).energy == 0.0
    assert found.table.mu_sodium_metal == 0.0


def test_optional_columns_are_used(tmp_path):
    text = "id,formula,formation_energy_per_atom,band_gap,volume_per_atom\nx,NaCl,-2.1,5.0,22.5\n"
    found = load(write(tmp_path / "t.csv", text))
    phase = found.table.find({"Na": 1.0, "Cl": 1.0})
    assert (phase.id, phase.volume) == ("x", 45.0)
    assert found.band_gaps == {"NaCl": 5.0}
    assert found.correction == "as-published"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "columns"),
        ("formula,x\nNaCl,1\n", "columns"),
        ("formula,formation_energy_per_atom\n", "columns"),
        ("formula,formation_energy_per_atom\nNaXx,1\n", "line 2"),
        ("formula,formation_energy_per_atom\nNaCl,\n", "line 2"),
        ("formula,formation_energy_per_atom\nNaCl,nan\n", "line 2"),
        ("formula,formation_energy_per_atom,band_gap\nNaCl,-2,wide\n", "band_gap"),
    ],
)
def test_a_bad_table_is_refused_by_the_cell(tmp_path, text, word):
    with pytest.raises(ReferenceDataError, match=word):
        load(write(tmp_path / "t.csv", text))


@pytest.mark.parametrize("name", ["table:", "tables", "mp", "table:nowhere.csv", ""])
def test_an_unknown_reference_is_refused(name):
    with pytest.raises(ReferenceDataError):
        load(name)


def test_an_unknown_scheme_is_refused():
    with pytest.raises(ReferenceDataError, match="sulfide-by-charge-mp2020"):
        load("bundled", "guess")


def test_the_checksum_depends_on_data_and_scheme(tmp_path, table_path):
    first = load(f"table:{table_path}")
    assert first.checksum == load(f"table:{table_path}").checksum
    assert first.checksum != load(f"table:{table_path}", "as-published").checksum
    copy = tmp_path / "copy.csv"
    copy.write_text(table_path.read_text() + "Na2O,na2o,-1.454,1.87,\n")
    assert load(f"table:{copy}").checksum != first.checksum


def test_two_references_do_not_share_a_hull(reference):
    with pytest.raises(EnergyScaleError):
        PhaseTable.from_phases((*reference.phases, *load("bundled").phases))


def test_phases_can_be_left_out_by_name(reference):
    rest = reference.without(["Na2PS3"])
    assert rest.table.find(parse("Na4P2S6")) is None
    assert "Na2PS3" in rest.name
    assert rest.checksum != reference.checksum
    assert reference.without([]).checksum == reference.checksum
    limit = profile(rest.table, parse("Na3PS4")).breakpoints
    assert any(abs(volts - 1.166) < 0.005 for volts in limit)  # as published without it


@pytest.mark.parametrize("formula", ["NaZn13", "S", "Na"])
def test_only_a_compound_that_is_there_can_be_left_out(reference, formula):
    with pytest.raises(ReferenceDataError, match=formula):
        reference.without([formula])
