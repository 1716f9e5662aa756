"""One reader of electrodes: names, states, ranges and potentials, the same for all that ask."""

from __future__ import annotations

import pytest

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.stability.charge import mean_voltage, sodium_between
from trona.screening.stability.electrode import electrode
from trona.stores.assess.electrodes import measured_electrodes
from trona.stores.assess.interfaces import contact_line, interface_document
from trona.stores.assess.stack.buffers import buffer_document
from trona.stores.assess.stack.cells import cell_document
from trona.stores.assess.stack.electrode_states import (
    electrode_states,
    electrode_volts,
    formulas_of,
    read_electrode,
)
from trona.stores.assess.stack.matrices import electrode_columns
from trona.stores.energies.references import load_reference
from trona.workflows.study import Study

CHARGED = "NaCrO2..Na0.5CrO2"


@pytest.fixture(scope="module")
def reference():
    return load_reference("bundled")


def test_an_electrode_has_states_and_a_range(reference):
    table = reference.table
    found = electrode_states(CHARGED, table)
    assert [one.formula for one in found.states] == ["NaCrO2", "Na0.5CrO2"]
    assert (found.low, found.high) == (2.5, 3.6)
    assert "as given" in found.caveats[0]
    known = electrode_states("NaCrO2", table)
    assert [one.formula for one in known.states] == ["NaCrO2", "Na0.5CrO2"]
    assert "charged" in electrode_states("Na2FeS2", table).caveats[0]
    assert electrode_states(f"{CHARGED}@3.1", table).high == 3.1
    assert electrode_states("NaCrO2", table, (0.0, 4.0)).high == 4.0
    tin = electrode_states("Na15Sn4", table)
    assert [one.formula for one in tin.states] == ["Na15Sn4", "Sn"]


def test_known_states_are_found_by_name_and_in_the_right_order():
    assert read_electrode("NVP").states == ("Na3V2(PO4)3", "NaV2(PO4)3")
    assert read_electrode("NVP").formula == "Na3V2(PO4)3"
    assert read_electrode("Na0.5CrO2..NaCrO2@3").states == ("NaCrO2", "Na0.5CrO2")
    assert read_electrode("Na3PS4").pair is None
    assert formulas_of("tin..Sn") == ["Na15Sn4", "Sn"]
    assert formulas_of("NaFe2(CN)6") == ["NaFe2(CN)6", "Na2Fe2(CN)6", "Fe2(CN)6"]
    for one in measured_electrodes():
        if one.discharged is not None:
            assert sodium_between(parse(one.discharged), parse(one.charged), one.charged) > 0
            assert one.states_source


@pytest.mark.parametrize("asked", ["NaCrO2", "Na15Sn4", "NVP", "Na3Sb", "NaCrO2..Na0.7CrO2"])
def test_every_question_reads_the_same_states(asked, reference):
    states = electrode_states(asked, reference.table)
    rich, poor = (one.formula for one in states.states)
    found = interface_document("Na3PS4", asked, reference)
    assert (found.charge.discharged.formula, found.charge.charged.formula) == (rich, poor)
    columns = electrode_columns([asked], reference, at_electrode=True, charged=True)
    assert [(one.formula, one.voltage) for one in columns] == [
        (rich, states.low),
        (poor, states.high),
    ]
    layers = buffer_document("Na3PS4", asked, reference, among=["NaCl"])
    assert (layers.states, layers.low, layers.high) == ([rich, poor], states.low, states.high)
    line = Study().interface("Na3PS4", asked)
    assert (line.second.formula, line.other.second.formula) == (found.second, poor)
    turned = contact_line(asked, "Na3PS4", reference)
    assert (turned.first.formula, turned.other.first.formula) == (found.second, poor)


def test_an_alloy_ranges_to_its_element(reference):
    table = reference.table
    found = electrode_states("Na3Sb", table)
    assert [one.formula for one in found.states] == ["Na3Sb", "Sb"]
    assert found.high == electrode(table, {"Sb": 1.0}, "Sb").takes
    between = mean_voltage(table, parse("Na3Sb"), parse("Sb"), "Na3Sb")
    assert found.low < between < found.high
    assert f"{between:.2f} V" in found.caveats[0]
    contacts = cell_document("Na3Sb", "Na3SbS4", CHARGED, reference, among=["NaCl"]).contacts
    assert [one.second for one in contacts[0].contacts] == ["Na3Sb", "Sb"]


def test_a_potential_in_the_name_opens_a_contact(reference):
    named = interface_document("Na3PS4", "NaCrO2@3.1", reference)
    assert named.strongest == interface_document("Na3PS4", "NaCrO2", reference, 3.1).strongest
    assert named.voltage == 3.1
    assert electrode_volts("NaCrO2@3.1", reference.table, 3.1) == 3.1
    with pytest.raises(InputError, match="two potentials"):
        interface_document("Na3PS4", "NaCrO2@3.1", reference, 2.0)
    (column,) = electrode_columns(["NaCrO2@3.1"], reference, at_electrode=False)
    assert column.voltage == 3.1


def test_the_other_state_is_told_and_has_its_own_line():
    line = Study().interface("Na3SbS4", "Na15Sn4")
    assert "Na3SbS4 | Sn (desodiated): at most" in line.heading
    assert line.other.other is None
    assert Study().interface("Na3PS4", "Na3PO4").other is None


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "..",
        "NaCrO2..",
        "A..B..C",
        "hard carbon",
        "NaCrO2@x",
        "NaCrO2@9",
        "NaCrO2@",
        "NaCrO2..FeO2",
    ],
)
def test_an_electrode_that_is_none_is_refused(asked, reference):
    for ask in (
        lambda: electrode_states(asked, reference.table),
        lambda: interface_document("Na3PS4", asked, reference),
        lambda: electrode_columns([asked], reference, at_electrode=True),
    ):
        with pytest.raises(InputError):
            ask()


def test_what_the_reference_lacks_has_no_column_potential(reference):
    (column,) = electrode_columns(["Na3Bi"], reference, at_electrode=True)
    assert column.voltage is None
