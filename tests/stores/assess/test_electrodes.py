"""Measured potentials of electrodes: complete data, what is chosen, and what is said beside it."""

from __future__ import annotations

from math import inf

import pytest
import yaml

from tests.support.systems import make_table
from trona.screening.errors import InputError, VoltageError
from trona.screening.figures.overview_data import Mark
from trona.screening.formulas import parse
from trona.screening.stability.electrode import electrode
from trona.stores.assess.electrodes import (
    choose_electrode,
    electrode_notes,
    find_measured,
    measured_electrodes,
    read_electrodes,
    withstands,
)
from trona.stores.assess.screenings import screening_document
from trona.stores.collections.summaries import summarize_screening

ROW = """
- formulas: [NaJ]
  names: []
  low: 1.0
  mean: 1.5
  high: 2.0
  conditions: a cell
  source: somebody
"""
IN_USE = {
    "Na": 0.0,
    "Na15Sn4": 0.1,
    "Sn": 0.1,
    "hard carbon": 0.1,
    "P": 0.4,
    "S": 1.42,
    "FeS2": 1.9,
    "TiS2": 1.7,
    "NaCrO2": 3.0,
    "Na3V2(PO4)3": 3.4,
    "Na3V2(PO4)2F3": 3.9,
    "Prussian white": 3.0,
    "Prussian blue": 3.0,
    "NaNi1/3Fe1/3Mn1/3O2": 2.75,
    "NaNi0.33Fe0.33Mn0.33O2": 2.75,
    "Na2/3[Fe1/2Mn1/2]O2": 2.75,
    "Na0.67Fe0.5Mn0.5O2": 2.75,
}


@pytest.fixture
def table():
    return make_table(Na2S=-1.3, NaS=-1.15, Na3P=-0.34)


@pytest.mark.parametrize(("name", "volts"), IN_USE.items())
def test_electrodes_in_use_have_a_measured_potential_with_its_source(name, volts):
    found = find_measured(name)
    assert found.mean == volts
    assert found.low <= volts <= found.high
    assert found.source
    assert found.conditions


def test_every_electrode_is_found_by_each_of_its_formulas_and_names():
    for one in measured_electrodes():
        for known in (*one.formulas, *one.names):
            assert find_measured(known) is one
        for formula in one.formulas:
            doubled = "".join(f"{symbol}{2 * n:.8g}" for symbol, n in parse(formula).items())
            assert find_measured(doubled) is one


@pytest.mark.parametrize("name", ["CoS2", "Na3PS4", "Na3V2(PO4)2", "nonsense", "Na4Sn"])
def test_what_no_source_states_is_not_known(name):
    assert find_measured(name) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (ROW.replace("  source: somebody\n", ""), "source"),
        (ROW.replace("somebody", '""'), "source"),
        (ROW.replace("low: 1.0", "low: 1.6"), "1.6"),
        (ROW.replace("high: 2.0", "high: 20.0"), "high"),
        (ROW.replace("mean: 1.5", "mean: high"), "mean"),
        (ROW.replace("conditions", "condition"), "condition"),
        (ROW.replace("[NaJ]", "[]"), "name"),
        (ROW, "NaJ"),
        (ROW.replace("NaJ", "NaS") * 2, "nas"),
    ],
)
def test_a_row_that_is_not_complete_is_refused_when_it_is_read(text, word):
    with pytest.raises(InputError, match=word):
        read_electrodes(yaml.safe_load(text))


def test_a_measured_potential_comes_before_the_computed_one(table):
    found = choose_electrode(table, "S")
    computed = electrode(table, parse("S"), "S")
    assert (found.basis, found.mean) == ("measured", 1.42)
    assert found.difference == pytest.approx(1.42 - computed.takes)
    assert found.mark == Mark("S", 1.42, computed.takes)
    assert f"computed {computed.takes:.2f} V" in found.sentence
    assert "Chi et al." in found.sentence


def test_a_user_can_ask_for_the_computed_potential_or_give_one(table):
    computed = choose_electrode(table, "S@computed")
    assert (computed.basis, computed.high) == ("computed", inf)
    assert computed.mark == Mark("S", electrode(table, parse("S"), "S").takes)
    assert "measured 1.42 V" in computed.sentence
    given = choose_electrode(table, "S@2.2")
    assert (given.basis, given.low, given.mean, given.high) == ("given", 2.2, 2.2, 2.2)
    assert "as given" in given.sentence


def test_an_unknown_electrode_is_computed_and_that_is_said(table):
    found = choose_electrode(table, "Na3PS4")
    assert found.basis == "computed"
    assert "no measured potential is known" in found.sentence
    assert "Na3PS4@3.4" in found.sentence


def test_what_the_reference_lacks_still_works_where_it_was_measured(table):
    found = choose_electrode(table, "Prussian white")
    assert found.computed is None
    assert found.difference is None
    assert "lacks C, Fe, N" in found.sentence
    assert choose_electrode(table, "hard carbon").mark == Mark("hard carbon", 0.1)
    assert choose_electrode(table, "a cathode of mine@3.3").mean == 3.3


@pytest.mark.parametrize(
    ("asked", "error", "word"),
    [
        ("CoS2", InputError, "CoS2@3.4"),
        ("Qq", InputError, "Qq"),
        ("NVP@9", VoltageError, "NVP@9"),
        ("NVP@-1", VoltageError, "computed"),
        ("NVP@nan", VoltageError, "computed"),
        ("NVP@", InputError, "NVP@"),
        ("", InputError, "no electrode"),
        ("hard carbon@computed", InputError, "no formula"),
    ],
)
def test_what_cannot_be_an_electrode_is_refused_with_the_remedy(asked, error, word, table):
    with pytest.raises(error, match=word):
        choose_electrode(table, asked)


def test_a_computed_potential_that_is_the_same_is_not_marked_twice(table):
    assert choose_electrode(table, "Na").mark == Mark("Na", 0.0)
    assert choose_electrode(table, "Na").mark.potential == "0.00 V"
    assert choose_electrode(table, "S").mark.potential.startswith("1.42 V\n(computed ")


def test_sodium_metal_is_the_zero(table):
    found = choose_electrode(table, "Na")
    assert (found.low, found.high, found.difference) == (0.0, 0.0, 0.0)
    assert electrode_notes(["Na", "Na3PS4"], table) == []


def test_an_interface_says_where_its_electrode_works(table):
    (note,) = electrode_notes(["Na3PS4", "NaCrO2"], table)
    assert note.startswith("NaCrO2 operates at 3.00 V (2.50–3.60 V)")


@pytest.mark.parametrize(
    ("limits", "asked", "said"),
    [
        ((1.1, 2.4), "NVP", "oxidised above 2.40 V"),
        ((1.1, 3.5), "NVP", "stable, 0.10 V to spare"),
        ((0.0, 2.0), "Na", "stable, 2.00 V to spare"),
        ((0.0, None), "Na", "stable"),
        ((0.5, None), "Na", "reduced below 0.50 V"),
        ((1.3, 2.2), "S", "reduced below 1.30 V; oxidised above 2.20 V"),
        ((1.3, 2.2), "NVP@2.0", "stable, 0.20 V to spare"),
        ((None, None), "NVP", "no window"),
    ],
)
def test_a_candidate_is_stable_only_within_its_window(limits, asked, said, reference):
    summary = summarize_screening(screening_document("x", "Na3PS4", "formula", reference))
    lower, upper = limits
    changed = summary.model_copy(update={"reduction_limit": lower, "oxidation_limit": upper})
    assert withstands(changed, choose_electrode(None, asked)) == said


def test_without_energies_only_the_measured_potential_is_known():
    assert choose_electrode(None, "NaCrO2").computed is None
    with pytest.raises(InputError, match="NaCrO2@"):
        choose_electrode(None, "NaCrO2@computed")


@pytest.mark.parametrize(("name", "meant"), [("NVPP", "NVP"), ("NPV", "NVP")])
def test_a_mistyped_abbreviation_is_no_composition(name, meant):
    with pytest.raises(InputError, match=f"did you mean {meant}"):
        find_measured(name)
    assert find_measured("N1V1P2") is None


@pytest.mark.parametrize("name", ["KOH", "KCN", "VN", "NaVPO4F", "NVP"])
def test_a_formula_in_capitals_stays_one(name):
    assert (find_measured(name) is None) is (name != "NVP")
