"""What is asked wrongly in Python is refused in one sentence that names the value and a remedy."""

from __future__ import annotations

import inspect

import pytest
from pymatgen.entries.computed_entries import ComputedEntry

from trona import Study
from trona.screening.equilibrium.computed_entries import NOTE
from trona.screening.errors import EnergyScaleError, InputError, VoltageError


@pytest.fixture(scope="module")
def study():
    return Study("bundled")


def exported(study, **changes):
    """Make an entry of Na3PS4 as an export of a screening writes it: no molecules are measured."""
    scale, plain = study.reference.scale, study.reference.scheme.plain
    note = {**vars(scale), "correction": plain.name, "formula": "Na3PS4", "scheme": plain.label}
    energy = study.reference.table.find({"Na": 3, "P": 1, "S": 4}).energy
    data = {NOTE: {**note, "as_measured": 0.0, **changes}}
    return ComputedEntry("Na3PS4", energy + 0.8, data=data, entry_id="mine")


def test_entries_of_a_screening_are_taken_as_a_reference_takes_them(study):
    found = study.window(exported(study))
    assert found.energy_above_hull == pytest.approx(0.1)
    assert found.assessment.stability.phase.scale == study.reference.scale
    for changes in ({"method": "CHGNet"}, {"zero": "elements"}, {"scheme": "as-published"}):
        with pytest.raises(EnergyScaleError, match="shares no hull with bundled"):
            study.window(exported(study, **changes))


def test_many_windows_take_the_energies_of_entries_too(study):
    mine = exported(study)
    found = study.windows([mine, "Na3PS4"])
    assert [one.energy_above_hull for one in found] == pytest.approx([0.1, 0.0])


@pytest.mark.parametrize("voltage", ["0", None, [0.0], True])
def test_a_voltage_that_is_none_is_refused(study, voltage):
    window = study.window("Na3PS4")
    with pytest.raises(VoltageError, match="is no voltage: give volts"):
        window.at(voltage)
    if voltage is not None:
        with pytest.raises(InputError, match=r"voltage: .* is no number"):
            study.interface("Na3PS4", "NaCrO2", voltage=voltage)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda one: one.window("Na3PS4", temperature=300), r"Study\(\.\.\., temperature=300\)"),
        (lambda one: one.windows(["Na3PS4"], exclude="NaCl"), r"exclude='NaCl'\)\.windows"),
        (lambda one: one.rank(["Na2S"], electrode="Na"), "it takes materials, electrodes"),
        (lambda one: one.energies("Na", "S", sigma=1), r"Study\.energies takes no 'sigma'"),
        (
            lambda one: one.window(),
            r"Study\.window: missing a required argument: 'material'; it takes material, ",
        ),
        (lambda one: one.window("Na2S", 0.1, "Na", 0.1, 5), "too many"),
        (lambda _: Study("bundled", temp=300), "Study takes no 'temp': it takes reference,"),
    ],
)
def test_unknown_arguments_are_named_with_what_is_taken(study, ask, said):
    with pytest.raises(TypeError, match=said) as caught:
        ask(study)
    assert "AboutCompositions" not in str(caught.value)
    assert "Energies." not in str(caught.value)


def test_questions_keep_their_signatures():
    assert list(inspect.signature(Study).parameters)[:2] == ["reference", "correction"]
    assert "tolerance" in inspect.signature(Study.window).parameters
    assert inspect.getdoc(Study.window).startswith("Stability window")


def test_one_formula_is_one_formula_wherever_several_are_taken(study):
    assert Study("bundled", exclude="Na4P2S6").reference.name == "bundled without Na4P2S6"
    assert study.reference.without("Na4P2S6").name == "bundled without Na4P2S6"
    ranked = study.rank("Na3PS4", electrodes="NaCrO2").to_frame()
    assert [name for name in ranked if name.startswith("at ")] == ["at NaCrO2"]
    assert study.dopants("Na3PS4", "As").to_frame()["dopant"].tolist() == ["As"]
    assert len(study.reference.to_entries("Na")) == len(study.reference.to_entries(["Na"]))
    assert study.matrix(["Na3PS4", "Na2S"], "NaCrO2").cells
    assert len(study.windows("Na3PS4")) == 1
    assert study.air("Na3PS4").docs[0].formula == "Na3PS4"


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.windows([]),
        lambda one: one.rank([]),
        lambda one: one.air([]),
        lambda one: one.matrix([]),
        lambda one: one.matrix(["Na3PS4"], []),
        lambda one: one.matrix([], ["NaCrO2"]),
        lambda one: one.buffers("Na3PS4", "Na", among=[]),
        lambda one: one.cell("Na", "Na3PS4", "NaCrO2", among=[]),
    ],
)
def test_an_empty_list_is_refused(study, ask):
    with pytest.raises(InputError, match=r"^there is no .*: give at least one"):
        ask(study)


def test_what_is_no_list_is_refused(study):
    for ask in (study.windows, study.rank, study.air, study.matrix):
        with pytest.raises(InputError, match="5 is no list of materials"):
            ask(5)


def test_each_composition_is_answered_in_order(study):
    found = study.windows(["Na3PS4", "NaCl", "Na3PS4"])
    assert found.to_frame()["formula"].tolist() == ["Na3PS4", "NaCl", "Na3PS4"]
    assert found.heading.startswith("Windows of 3 compositions.")
    assert found["Na3PS4"].limits == found.windows[2].limits


def test_a_scale_is_asked_for_as_python_states_it(study):
    alone = ComputedEntry("Na3PS4", -33.0)
    with pytest.raises(EnergyScaleError, match=r"Study\(entries, scale='mp'\)") as caught:
        Study([alone])
    assert "FILE" not in str(caught.value)
    with pytest.raises(EnergyScaleError, match=r"entry\.parameters\['run_type'\] = 'GGA'") as told:
        study.window(alone)
    assert "scale=" not in str(told.value)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda one: one.buffers("Na3PS4", "NaCrO2", voltage=3.0), "3.0 is no range of voltage"),
        (lambda one: one.buffers("Na3PS4", "NaCrO2", voltage="3"), "'3' is no range of voltage"),
        (lambda one: one.window("Na3PS4", tolerance="0.1"), "'0.1' is no number"),
        (lambda one: one.window("Na3PS4", sigma="0.1"), "'0.1' is no number"),
        (lambda one: one.dopants("Na3PS4", "As", fraction="0.1"), "'0.1' is no number"),
        (lambda _: Study("bundled", pressure="5"), "'5' is no number"),
        (lambda _: Study("bundled", temperature=[3]), r"\[3\] is no temperature"),
        (lambda one: one.air("Na3PS4", temperature=300), "300 is no text"),
        (lambda one: one.air("Na3PS4", humidity=0.3), "0.3 is no text"),
    ],
)
def test_values_of_another_kind_are_named(study, ask, said):
    with pytest.raises(InputError, match=said):
        ask(study)
