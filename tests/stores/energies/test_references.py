"""References: tables as users write them, one scale, and a checksum that notices every change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import (
    CorrectionError,
    EnergyScaleError,
    PhaseDataError,
    ReferenceDataError,
)
from trona.screening.formulas import parse
from trona.screening.stability.window import assess
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.kept import load_once
from trona.stores.energies.references import load_reference


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return f"table:{path}"


def test_elements_that_a_table_leaves_out_are_zero(tmp_path):
    found = load_reference(
        write(tmp_path / "t.csv", "formula,formation_energy_per_atom\nNa2O,-1.45\n")
    )
    assert found.table.find({"O": 1.0}).formula == "O2"
    assert found.table.find({"O": 1.0}).energy == 0.0
    assert found.table.mu_sodium_metal == 0.0


def test_optional_columns_are_used(tmp_path):
    text = "id,formula,formation_energy_per_atom,band_gap,volume_per_atom\nx,NaCl,-2.1,5.0,22.5\n"
    found = load_reference(write(tmp_path / "t.csv", text))
    phase = found.table.find({"Na": 1.0, "Cl": 1.0})
    assert (phase.id, phase.volume) == ("x", 45.0)
    assert found.band_gaps == {"NaCl": 5.0}
    assert found.correction == "as-published"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
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
        load_reference(write(tmp_path / "t.csv", text))


@pytest.mark.parametrize("name", ["table:", "tables", "mp", "table:nowhere.csv", ""])
def test_an_unknown_reference_is_refused(name):
    with pytest.raises(ReferenceDataError):
        load_reference(name)


@pytest.mark.parametrize("correction", ["guess", "sulfide-legacy-to-mp2020"])
def test_a_scheme_that_does_not_fit_is_refused_with_those_that_do(correction):
    with pytest.raises(CorrectionError, match="mp2019"):
        load_reference("bundled", correction)


def test_a_table_that_says_it_is_legacy_takes_no_number_of_mp2020(table_path):
    with pytest.raises(CorrectionError, match="sulfide-legacy-to-mp2020"):
        load_reference(f"table:{table_path}", "sulfide-by-charge-mp2020")
    with pytest.raises(CorrectionError, match="plain PBE"):
        load_reference(f"table:{table_path}", "mp2020")


def test_a_table_without_structures_cannot_be_corrected_by_structure(tmp_path):
    name = write(tmp_path / "t.csv", "formula,formation_energy_per_atom\nNa2S,-1.2\n")
    with pytest.raises(CorrectionError, match="structure"):
        load_reference(name, "mp2020")


def test_mp2020_on_a_legacy_table_keeps_or_mends_the_polysulfide_defect(table_path):
    # Variants D and E of the literature comparison; in E of Na3PS4 the molecule P2S7 stays as in D.
    kept = load_reference(f"table:{table_path}", "sulfide-legacy-to-mp2020")
    mended = load_reference(
        f"table:{table_path}", "sulfide-legacy-to-mp2020,sulfide-by-charge-mp2020"
    )
    steps = profile(kept.table, parse("Na2S")).breakpoints
    assert steps == pytest.approx([1.554, 1.575, 1.824, 2.998], abs=0.005)
    steps = profile(mended.table, parse("Na2S")).breakpoints
    assert steps == pytest.approx([1.805, 1.826, 2.009], abs=0.005)
    molecule = replace(kept.table.find(parse("P2S7")), scale=mended.scale)
    rest = [phase for phase in mended.phases if phase.formula != "P2S7"]
    for phases, oxidation in ((mended.phases, 2.349), ((*rest, molecule), 2.256)):
        window = assess(PhaseTable.from_phases(phases), parse("Na3PS4"), "Na3PS4").window
        assert window.reduction == pytest.approx(1.246, abs=0.005)
        assert window.oxidation == pytest.approx(oxidation, abs=0.005)


def test_the_checksum_depends_on_data_and_scheme(tmp_path, table_path):
    first = load_reference(f"table:{table_path}")
    assert first.checksum == load_reference(f"table:{table_path}").checksum
    assert first.checksum != load_reference(f"table:{table_path}", "as-published").checksum
    copy = tmp_path / "copy.csv"
    copy.write_text(table_path.read_text() + "Na2O,na2o,-1.454,1.87,\n")
    assert load_reference(f"table:{copy}").checksum != first.checksum


def test_two_references_do_not_share_a_hull(reference):
    with pytest.raises(EnergyScaleError):
        PhaseTable.from_phases((*reference.phases, *load_reference("bundled").phases))


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


def test_a_reference_under_pressure_is_another_one_with_the_enthalpies_of_its_volumes():
    energies = load_reference("bundled")
    pressed = energies.under(2.0)
    assert energies.under(0.0) is energies
    assert pressed.name == "bundled at 2 GPa"
    assert pressed.checksum != energies.checksum
    by_id = {phase.id: phase for phase in energies.phases}
    for phase in pressed.phases:
        work = phase.energy - by_id[phase.id].energy
        assert work == pytest.approx(2.0 * phase.volume / 160.21766, rel=1e-6)


def test_pressure_without_volumes_is_refused(table_path):
    with pytest.raises(PhaseDataError, match="has no volume"):
        load_reference(f"table:{table_path}").under(1.0)


def test_a_metastable_phase_says_whether_pressure_helps():
    bundled = load_reference("bundled-chgnet")
    said = " ".join(window_document(assess_formula("Na3PS3O", bundled)).caveats)
    assert "above hull, at any pressure up to 20 GPa" in said
    polysulfide = next(p for p in bundled.phases if p.formula == "Na2S4")
    loose = replace(polysulfide, energy=polysulfide.energy + 0.06, volume=polysulfide.volume * 0.9)
    others = tuple(p for p in bundled.phases if p.formula != "Na2S4")
    denser = replace(bundled, phases=(*others, loose))
    said = " ".join(window_document(assess_formula("Na2S4", denser)).caveats)
    assert "above hull, stable from " in said
    assert "stable from" not in " ".join(window_document(assess_formula("Na2S", denser)).caveats)


def test_a_table_that_is_edited_is_read_again_and_one_that_is_not_is_kept(tmp_path, table_path):
    copy = tmp_path / "energies.csv"
    copy.write_bytes(table_path.read_bytes())
    first = load_once(f"table:{copy}")
    assert load_once(f"table:{copy}") is first
    copy.write_bytes(table_path.read_bytes() + b"\n")
    assert load_once(f"table:{copy}").checksum != first.checksum
