"""Known answers about layers, with the bundled energies; what may be asked, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trona.screening.errors import InputError, VoltageError
from trona.stores.assess.stack.buffers import buffer_document, candidate_layers, read_formulas
from trona.stores.energies.references import load_reference

OXIDES = ["Na3PO4", "NaAlO2", "Na2SiO3", "Na2ZrO3", "NaAl11O17"]
CHALCOGENIDES = ["Na3PS4", "Na3PSe4", "Na2S"]
CHARGED = "NaCrO2..Na0.5CrO2"


@pytest.fixture(scope="module")
def reference():
    return load_reference("bundled")


@pytest.fixture(scope="module")
def ask(reference):
    def asked(electrolyte, electrode, among, voltage=None):
        found = buffer_document(electrolyte, electrode, reference, voltage, among)
        return {one.formula: one for one in found.layers}

    return asked


def test_oxides_coat_a_cathode_and_chalcogenides_do_not(ask):
    """Lacivita, Wang, Bo & Ceder, J. Mater. Chem. A 7 (2019) 8144."""
    found = ask("Na3SbS4", CHARGED, OXIDES + CHALCOGENIDES, (2.5, 3.2))
    assert {found[one].grade for one in OXIDES} <= {"fits", "reacts weakly"}
    assert {found[one].grade for one in CHALCOGENIDES} == {"vetoed"}
    assert found["NaAl11O17"].place == 1  # the only one of them that conducts Na⁺
    assert found["NaAl11O17"].ionic == "conductor"


def test_the_end_of_charge_parts_the_oxides(ask):
    """At 3.6 V the most basic oxides lose sodium: phosphate holds longer than zirconate."""
    found = ask("Na3SbS4", CHARGED, OXIDES)
    assert found["NaAl11O17"].grade == "fits"
    assert found["Na3PO4"].grade == "reacts weakly"
    assert 0.02 < found["Na3PO4"].at_high < 0.06
    assert found["Na2ZrO3"].grade == "vetoed"
    assert found["Na2ZrO3"].oxidation_limit == pytest.approx(2.9, abs=0.15)


def test_layers_towards_an_anode(ask):
    """What holds at 0.1 V: hydroborates; thiophosphate and chlorides change."""
    names = ["NaBH4", "Na2B12H12", "Na3PS4", "NaTaCl6"]
    found = ask("Na2.25Y0.25Zr0.75Cl6", "Na15Sn4", names)
    assert {found[one].grade for one in names[:2]} == {"fits"}
    assert found["Na3PS4"].class_at_low == "mixed-conducting"
    assert found["NaTaCl6"].class_at_low == "electronic-conductor"
    assert {found[one].grade for one in names[2:]} == {"vetoed"}


def test_na3ps4_leaves_na3sbs4_be_but_not_the_anode(ask):
    """Why Na3PS4 works as an interlayer and where it ends: less driving force, no stability."""
    found = ask("Na3SbS4", "Na15Sn4", ["Na3PS4", "Na2.25Y0.25Zr0.75Cl6"])
    own, chloride = found["Na3PS4"], found["Na2.25Y0.25Zr0.75Cl6"]
    assert own.contacts[0].released < 0.001
    assert 0.5 < own.at_low < 0.96  # Na3SbS4 itself: 0.96 eV/atom
    assert chloride.at_low < own.at_low
    assert chloride.contacts[0].released > 0.05  # chlorides and thioantimonates must not touch
    assert "NaCl" in chloride.contacts[0].products


def test_na3ps4_between_chlorides_and_an_anode_is_the_lesser_harm(ask):
    """The cell of Wu et al., Nat. Commun. 12 (2021) 1256: NYZC, Na3PS4, Na-Sn."""
    for chloride, exchange in (("Na2.25Y0.25Zr0.75Cl6", 0.058), ("NaTaCl6", 0.110)):
        layer = ask(chloride, "Na15Sn4", ["Na3PS4"])["Na3PS4"]
        assert layer.contacts[0].released == pytest.approx(exchange, abs=0.005)
        assert "NaCl" in layer.contacts[0].products
        assert layer.gates["electrolyte"] == ("weak" if exchange < 0.1 else "vetoed")
        assert layer.gates["window"] == "vetoed"
        assert layer.class_at_low == "mixed-conducting"
        bare = ask("Na3SbS4", "Na15Sn4", [chloride])[chloride]
        assert bare.class_at_low == "electronic-conductor"


def test_chlorides_exchange_with_thiophosphates_and_oxides(ask):
    found = ask("Na3PS4", CHARGED, ["Na2ZrCl6", "Na3YCl6", "NaCl"])
    assert found["Na2ZrCl6"].contacts[0].released > 0.04
    assert "NaCl" in found["Na2ZrCl6"].contacts[0].products
    assert found["Na2ZrCl6"].contacts[1].released > 0.1  # NaCrO2
    assert [one.reaction for one in found["NaCl"].contacts[:3]] == [None] * 3
    assert found["NaCl"].grade == "fits"


def test_layers_that_cannot_be_judged_stand_apart_behind_all_that_pass(reference):
    found = buffer_document("Na3PS4", "Na", reference)
    passing = [one for one in found.layers if one.grade != "vetoed"]
    apart = [bool(one.open_pairs or one.alarms) for one in passing]
    assert apart == sorted(apart)
    assert [one.place for one in found.layers] == list(range(1, len(found.layers) + 1))
    assert any(apart)
    assert found.counts["apart"] == sum(apart)
    assert sum(found.counts.values()) == len(found.layers)
    assert all(one.vetoes for one in found.layers[len(passing) :])
    assert not any(one.electronic in {"metal", "narrow-gap"} for one in passing)


def test_a_range_the_wrong_way_round_is_refused(reference):
    with pytest.raises(VoltageError, match="lower one first"):
        buffer_document("Na3PS4", "NaCrO2", reference, (3.0, 2.0), ["NaCl"])


def test_one_material_on_both_sides_and_no_layer_at_all_are_refused(reference):
    with pytest.raises(InputError, match="both sides"):
        buffer_document("Na3PS4", "Na3PS4", reference, among=["NaCl"])
    with pytest.raises(InputError, match="no layer is left"):
        buffer_document("Na3PS4", "Na", reference, among=["Na", "Na3PS4"])


def test_a_file_of_formulas_is_read_and_an_empty_one_refused(tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text("formula,note\nNaCl,salt\n\nNa3PO4 # phosphate\nNaCl\n", encoding="utf-8")
    assert read_formulas(path) == ["NaCl", "Na3PO4"]
    path.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no formula"):
        read_formulas(path)
    with pytest.raises(InputError, match="cannot read"):
        read_formulas(tmp_path / "none.txt")


def test_layers_in_moist_air_react_hold_or_cannot_be_judged(reference, ask):
    """Na2S makes H2S and Na2CO3, NaCl holds; without H in the reference nobody can say."""
    found = ask("Na3SbS4", CHARGED, ["Na2S", "NaCl", "Na2SiO3", "NaAl11O17"])
    assert found["Na2S"].air.verdict == "reacts"
    assert "H2S" in found["Na2S"].air.reaction
    assert found["Na2SiO3"].air.verdict == "reacts"  # carbonates
    assert found["NaCl"].air.verdict == found["NaAl11O17"].air.verdict == "no reaction"
    assert found["NaCl"].gates["air"] == "passes"
    dry = replace(
        reference, phases=tuple(p for p in reference.phases if "H" not in p.amounts), name="dry"
    )
    document = buffer_document("Na3SbS4", "NaCrO2", dry, None, ["NaCl"])
    (salt,) = document.layers
    assert document.air is None
    assert salt.air.verdict == salt.gates["air"] == "unknown"
    assert "no phase of H" in salt.air.reason


def test_air_is_no_veto_and_is_asked_of_the_best_only(reference):
    document = buffer_document("Na2.25Y0.25Zr0.75Cl6", "Na15Sn4", reference)
    asked = [one for one in document.layers if one.air is not None]
    assert asked == document.layers[:50]
    borohydride = next(one for one in asked if one.formula == "NaBH4")
    assert borohydride.air.verdict == "reacts"
    assert borohydride.grade == "fits"
    assert "30 % relative humidity" in document.air


def test_every_gate_says_what_became_of_a_layer(ask):
    found = ask("Na3SbS4", CHARGED, [*OXIDES, *CHALCOGENIDES, "TiS2"])
    for one in found.values():
        assert list(one.gates) == [
            "phase stability", "window", "electrolyte", "electrode", "electrons", "Na+", "air",
        ]  # fmt: skip
        assert ("vetoed" in one.gates.values()) == (one.grade == "vetoed")
        assert one.tolerated_reduction_limit is None or (
            one.tolerated_reduction_limit <= one.reduction_limit
        )
        partners = {touch.second for touch in one.contacts}
        assert partners >= {"Na3SbS4", "NaCrO2", "Na0.5CrO2"}
    assert found["Na2S"].gates["window"] == "vetoed"
    assert found["Na3PS4"].gates["electrode"] == "vetoed"
    assert found["TiS2"].gates["electrons"] == "vetoed"
    assert found["NaAl11O17"].gates["Na+"] == "passes"


def test_the_answer_names_the_best_layer_and_why(reference):
    found = buffer_document("Na3SbS4", CHARGED, reference, None, OXIDES)
    assert found.answer.startswith("Best between Na3SbS4 and NaCrO2 to Na0.5CrO2: NaAl11O17, ")
    assert "blocks electrons and conducts Na⁺" in found.answer
    none = buffer_document("Na3SbS4", CHARGED, reference, None, ["Na2S", "Na3PS4"])
    assert none.answer.startswith("No layer between")
    assert "nearest is" in none.answer


def test_elements_and_molecules_are_no_layers(reference):
    formulas = {one.formula for one in candidate_layers(reference, None)}
    assert not formulas & {"Na", "S", "Sn", "C", "H2O", "CO2", "HCl"}
    assert {"NaCl", "Na3PS4"} <= formulas


def test_another_alkali_metal_speaks_against_a_layer(ask):
    found = ask("Na3PS4", "Na", ["K2NaScF6", "NaYS2", "NaYSe2"])
    assert any("contains K" in one for one in found["K2NaScF6"].drawbacks)
    assert found["K2NaScF6"].place == 3
    assert found["K2NaScF6"].worst <= found["NaYSe2"].worst
