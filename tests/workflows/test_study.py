"""The common path in Python reads well, and its examples are true."""

from __future__ import annotations

import doctest

import pytest

from trona.screening.errors import FormulaError, InputError, VoltageError
from trona.workflows import study as module
from trona.workflows.study import Study


@pytest.fixture(scope="module")
def study():
    return Study("bundled")


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(module).failed == 0


def test_a_window_names_its_interphase_in_every_row(study):
    window = study.window("Na3PS4")
    frame = window.to_frame()
    assert frame["interphase"].tolist() == [i.kind.value for i in window.assessment.interphases]
    assert "above hull" in window.heading
    assert "Na<sub>3</sub>PS<sub>4</sub>" in window._repr_html_()
    assert study.window("Na3PS3.4O0.6").energy_above_hull is None


def test_products_at_a_voltage_carry_their_sources(study):
    found = study.window("Na3PS4").at(0.1)
    frame = found.to_frame()
    assert set(frame["formula"]) == {"Na3P", "Na2S"}
    assert frame["source of electrons"].str.len().min() > 0
    assert found.energy_per_atom < 0
    assert found.reaction in found.heading
    with pytest.raises(VoltageError):
        study.window("Na3PS4").at(-1)


def test_a_ranking_is_a_frame_best_first(study):
    frame = study.rank(["Na3PS4", "Na2S", "Na3PS3.4O0.6"]).to_frame()
    assert frame["place"].is_monotonic_increasing
    assert frame["score"].is_monotonic_decreasing
    assert frame["above hull (eV/atom)"].isna().sum() == 1  # the mixture


def test_answers_draw_themselves_in_both_forms(study):
    for answer in (study.window("Na3PS4"), study.rank(["Na3PS4"], electrodes=("Na", "S"))):
        assert answer.plot().axes
        assert answer.show().data


def test_electrodes_are_where_they_were_measured(study):
    cathode = study.electrode("NaCrO2")
    assert (cathode.low, cathode.mean, cathode.high) == (2.5, 3.0, 3.6)
    assert cathode.difference == pytest.approx(3.0 - study.electrode("NaCrO2@computed").mean)
    ranking = study.rank(["Na3PS4"], electrodes=("NaCrO2",))
    assert "oxidised above" in ranking.to_frame()["at NaCrO2"].item()
    (mark,) = ranking.bars.marks
    assert mark.voltage == 3.0
    assert mark.computed == cathode.computed.mark


def test_a_window_says_what_is_observed(study):
    window = study.window("Na3Zr2Si2PO12")
    (seen,) = [one for one in window.observed if one.quantity == "interphase"]
    assert (seen.observed, seen.verdict) == ("stable", "disagree")
    assert seen.sentence in window.heading
    assert {one.electrode for one in study.observed("Na3SbS4", "Na15Sn4")} == {"Na-Sn alloy"}
    assert study.observed("Na3PS4", "NaCrO2") == []


def test_options_choose_the_energies(study):
    less = Study("bundled", exclude=["Na3PS4"])
    assert less.window("Na3PS4").energy_above_hull is None
    assert "without Na3PS4" in repr(less)
    assert len(study.diagram("Na3PS4").elements) == 2


def test_what_cannot_be_asked_is_refused(study):
    with pytest.raises(InputError, match="at least one"):
        study.rank([])
    with pytest.raises(FormulaError, match="nonsense"):
        study.window("nonsense")
    with pytest.raises(InputError, match="nothing"):
        Study("nothing")


def test_layers_and_cells_are_tables(study):
    among = ["NaAl11O17", "Na3PO4", "Na3PS4"]
    found = study.buffers("Na3SbS4", "NaCrO2..Na0.5CrO2", among=among)
    assert found.to_frame()["verdict"].tolist() == ["fits", "reacts weakly", "vetoed"]
    assert found.heading.startswith("Best between Na3SbS4 and NaCrO2 to Na0.5CrO2: ")
    cell = study.cell("Na15Sn4", "Na3SbS4", "NaCrO2", among=among)
    assert cell.to_frame()["side"].tolist() == ["anode", "cathode"]
    assert "Worst contact: the anode" in cell.heading
