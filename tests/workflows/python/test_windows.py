"""Windows in Python say what the command says, one by one or many at once, within one screen."""

from __future__ import annotations

import json

import pytest
from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core import Composition, Lattice, Structure
from typer.testing import CliRunner

from trona import Study
from trona.screening.equilibrium import phases
from trona.screening.equilibrium.phases import Phase, PhaseTable
from trona.screening.errors import EnergyScaleError, FormulaError, InputError
from trona.stores.documents.printable import printable
from trona.workflows.cli.main import app
from trona.workflows.python.materials import formula_of

SCREEN = 24 * 80
"""Characters on a terminal."""
MANY = [
    "Na3PS4", "Na2ZrCl6", "Na3SbS4", "Na3PS3.4O0.6", "Na3PO4", "NaCl", "Na2S", "Na3SbS3.5Se0.5",
    "Na2.25Y0.25Zr0.75Cl6", "Na3P", "Na15Sn4", "Na4P2S6",
]  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return Study("bundled")


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        ({}, []),
        ({"tolerance": 0.05}, ["--tolerance", "0.05"]),
        ({"electrode": "NaCrO2"}, ["--electrode", "NaCrO2"]),
        ({"sigma": 0.05}, ["--sigma", "0.05"]),
        ({"sigma": 0.0}, ["--sigma", "0"]),
    ],
)
def test_a_window_is_that_of_the_command(study, asked, options):
    window = study.window("Na3PS4", **asked)
    printed = CliRunner().invoke(app, ["window", "Na3PS4", "--json", *options])
    assert json.loads(printed.stdout) == printable(window.document)
    attrs = printable(window.to_frame().attrs)
    for name in ("answer", "caveats", "uncertainty", "tolerated", "electrode", "observed"):
        assert attrs[name] == json.loads(printed.stdout)[name]
    assert window.heading.startswith(window.answer)
    for said in (*window.caveats, *(one.sentence for one in window.observed)):
        assert said in window.heading


def test_an_electrode_stands_where_it_works(study):
    window = study.window("Na3PS4", electrode="NaCrO2")
    assert window.answer.startswith("At sodium metal Na3PS4 turns into Na3P and Na2S")
    assert window.electrode.at_gives.reaction == "Na3PS4 -> 0.5 P2S5 + 1.5 S + 3 Na"
    assert [x for x in window.to_frame()["at NaCrO2"] if x] == ["accepts Na", "releases Na"]
    assert "NaCrO2 operates at 3.00 V" in window.heading


def test_what_the_command_refuses_is_refused(study):
    for formula in ("P2S5", "Na", "nonsense"):
        printed = CliRunner().invoke(app, ["window", formula])
        for ask in (study.window, lambda one: study.windows(["Na3PS4", one])):
            with pytest.raises(FormulaError) as refused:
                ask(formula)
            assert str(refused.value) == str(printed.exception)
    with pytest.raises(InputError, match="no composition"):
        study.windows([])
    with pytest.raises(FormulaError, match="'3' has no composition"):
        study.window(3)


def test_many_windows_are_the_same_as_one_by_one(study):
    found = study.windows(MANY, sigma=None)
    assert len(found) == len(MANY)
    for one in found:
        assert one.document == study.window(one.formula).document
    frame = study.windows(MANY, tolerance=0.02, electrode="NaCrO2").to_frame()
    assert frame["formula"].tolist() == MANY
    assert frame["from (V)"].isna().sum() == sum(one.limits is None for one in found)
    assert (frame["tolerated from (V)"] <= frame["from (V)"] + 1e-9).sum() > 5
    assert "from ± (V)" not in frame
    assert {"from ± (V)", "share of the class"} <= set(found.to_frame().columns)
    assert found["Na3PS4"].formula == "Na3PS4"
    with pytest.raises(KeyError):
        found["Na3P7"]
    assert found.plot().axes
    assert found.show().data


def test_many_windows_lay_each_system_out_once(monkeypatch):
    monkeypatch.setattr(phases, "_MAX_SYSTEMS", 64)
    entries = Study("bundled").reference.to_entries()
    salts = [e.composition for e in entries if "Na" in e.composition and len(e.composition) == 3]
    systems = list({one.chemical_system: one.reduced_formula for one in salts}.values())[:70]
    doubled = [formula.replace("Na", "Na1.5", 1) for formula in systems]
    laid_out = []
    build = PhaseTable._build_system
    monkeypatch.setattr(
        PhaseTable,
        "_build_system",
        lambda self, rows, *, closed: (
            laid_out.append((self, rows, closed)) or build(self, rows, closed=closed)
        ),
    )
    study = Study(entries)

    def count(ask):
        laid_out.clear()
        ask([*systems, *doubled])
        table = study.reference.table
        found = [rows for of, rows, closed in laid_out if of is table and not closed]
        found = [rows for rows in found if len(rows) == 2]
        return len(found), len(set(found))

    made, needed = count(study.windows)
    assert made == needed
    one_by_one, _ = count(lambda names: [study.window(one) for one in names])
    assert one_by_one > 1.5 * made


def test_a_window_gives_the_phase_diagram_that_it_rests_on(study):
    window = study.window("Na3SbS4")
    diagram = window.to_phase_diagram()
    assert isinstance(diagram, PhaseDiagram)
    own = window.assessment.stability.phase.id
    (entry,) = [one for one in diagram.all_entries if one.entry_id == own]
    assert diagram.get_e_above_hull(entry) == pytest.approx(window.energy_above_hull, abs=1e-8)
    products, _ = diagram.get_decomp_and_e_above_hull(entry)
    assert {one.composition.reduced_formula for one in products} == {
        Composition(p.formula).reduced_formula
        for p in window.assessment.stability.decomposition.phases
    }


def test_the_phase_diagram_of_a_window_is_a_reference(study):
    window = study.window("Na3PS4")
    again = Study(window.to_phase_diagram()).window("Na3PS4")
    assert again.limits == pytest.approx(window.limits, abs=1e-6)


@pytest.mark.parametrize(
    "asked", [{"electrode": "foo"}, {"electrode": "NVPP"}, {"tolerance": -1.0}, {"electrode": ""}]
)
def test_what_cannot_be_used_is_refused_at_the_call(study, asked):
    with pytest.raises(InputError):
        study.window("Na3PS4", **asked)
    with pytest.raises(InputError):
        study.windows(["Na3PS4", "Na3SbS4"], **asked)


def test_materials_of_pymatgen_are_materials(study):
    salt = Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(5.6), ["Na+", "Cl-"], [[0, 0, 0], [0.5, 0.5, 0.5]]
    )
    assert formula_of(salt) == "NaCl"
    assert study.window(salt).limits == study.window("NaCl").limits
    mixed = Composition({"Na": 3, "P": 1, "S": 3.4, "O": 0.6})
    assert study.window(mixed).limits == study.window("Na3PS3.4O0.6").limits
    thio = Composition("Na6P2S8")
    line = study.interface(thio, Composition("NaCrO2"))
    assert line.strongest.equation == study.interface("Na3PS4", "NaCrO2").strongest.equation
    assert study.discharge(Composition("S")).capacity == study.discharge("S").capacity
    assert study.rank([thio, salt]).to_frame()["candidate"].tolist() == ["NaCl", "Na3PS4"]
    assert len(study.windows(thio)) == 1
    assert study.matrix([thio, "NaCl"]).cells
    assert study.diagram(thio).elements == study.diagram("Na3PS4").elements
    assert study.chemical_potentials(thio).phase.formula == "Na3PS4"
    assert study.air(thio).to_frame()["formula"].tolist() == ["Na3PS4"]


def test_an_entry_brings_its_own_energy(study):
    (entry,) = [e for e in study.reference.to_entries(["Na", "P", "S"]) if e.entry_id
                == study.reference.table.find({"Na": 3, "P": 1, "S": 4}).id]  # fmt: skip
    same = study.window(entry)
    assert same.energy_above_hull == study.window("Na3PS4").energy_above_hull
    worse = entry.copy()
    worse._energy = entry.energy + 0.1 * 8
    worse.entry_id = "mine"
    found = study.window(worse)
    assert found.energy_above_hull == pytest.approx(0.1)
    assert found.assessment.stability.phase.id == "mine"
    worse.data = {}
    with pytest.raises(EnergyScaleError, match="name no run type"):
        study.window(worse)
    worse.parameters = {"run_type": "GGA"}
    with pytest.raises(EnergyScaleError, match="shares no hull with bundled"):
        study.window(worse)
    with pytest.raises(EnergyScaleError, match="shares no hull"):
        Study("bundled-chgnet").window(entry)


def test_everything_is_written_within_a_screen(study):
    window = study.window("Na3PS4", tolerance=0.05, electrode="NaCrO2")
    answers = [
        study, study.reference, study.reference.table, window, window.assessment, window.limits,
        window.document, window.at(0.0), window.observed[0], window.assessment.stability,
        window.assessment.stability.profile, window.assessment.stability.ladder[0],
        window.assessment.interphases[0], study.interface("Na3PS4", "NaCrO2"),
        study.matrix(["Na3PS4", "NaCl"]), study.discharge("S"), study.diagram("Na3PS4"),
        study.electrode("NaCrO2"), study.rank(["Na3PS4"]), study.windows(MANY),
        study.air(["Na3PS4"]), study.air(["Na3PS4"]).surroundings,
        study.chemical_potentials("Na3PS4"), *study.reference.phases[:3],
        study.buffers("Na3SbS4", "NaCrO2", among=["Na3PO4"]),
        study.buffers("Na3SbS4", "NaCrO2", among=["Na3PO4"]).document,
    ]  # fmt: skip
    lengths = {type(one).__name__: len(repr(one)) for one in answers}
    assert not {name: length for name, length in lengths.items() if length > SCREEN}
    assert Phase.__name__ in lengths
    shown = study.reference.table._repr_mimebundle_()
    assert len(shown["text/plain"].splitlines()) < 30
    assert shown["text/html"].count("<tr>") < 70
