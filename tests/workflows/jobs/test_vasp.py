"""VASP's makers have Materials Project's settings; their results are summarised and screened."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
from atomate2.vasp.jobs.mp import MPGGARelaxMaker
from emmet.core.tasks import TaskDoc
from emmet.core.types.enums import TaskState
from jobflow import Flow, Job
from monty.json import MontyDecoder, MontyEncoder
from pymatgen.core import Lattice, Structure
from pymatgen.io.vasp.sets import MPRelaxSet

from tests.support.vasp_flows import CANDIDATES, CORRECTED, CRASHING, MOCK, NA2S, run
from tests.support.vasp_runs import SODIUM, SULFIDE
from trona.screening.equilibrium.phases import EnergyScale
from trona.stores.assess.screenings import screening_document
from trona.stores.collections.results import Results
from trona.stores.corrections.methods import basis_of
from trona.stores.corrections.schemes import AS_PUBLISHED, compose
from trona.stores.documents.results import RelaxationDoc, ScreeningDoc, StructureDoc
from trona.stores.energies.entries import Rejected, admit
from trona.stores.energies.references import Reference, load_reference
from trona.workflows.candidates.sources import bundled
from trona.workflows.jobs.analysis import analyze
from trona.workflows.jobs.backends import BACKENDS, relaxation_id
from trona.workflows.jobs.failures import Recorded, one_line
from trona.workflows.jobs.flows import ScreeningMaker, relaxation_maker
from trona.workflows.jobs.vasp import FAMILIES, Mocked, VaspRelaxMaker, configured, mock_command
from trona.workflows.local.screening import plan, run_screening

SCHEME = compose("mp2020,sulfide-by-charge-mp2020,hydroborate-as-hydride")


def steps(backend):
    """Makers of single calculations inside a backend's maker, in order."""

    def inside(maker):
        if isinstance(maker, Recorded):
            yield maker.maker
        elif hasattr(maker, "relax_maker"):
            yield from inside(maker.relax_maker)
            yield from inside(maker.static_maker)
        else:
            yield from inside(maker.relax_maker1)
            yield from inside(maker.relax_maker2)

    return list(inside(configured(FAMILIES[backend.family](), backend)))


def tags(maker, structure=SULFIDE):
    return maker.input_set_generator.get_input_set(structure, potcar_spec=True).incar


@pytest.mark.parametrize("name", ["vasp", "vasp-chgnet", "mock"])
def test_energies_are_computed_as_mp2020_wants_them(name):
    makers = steps(BACKENDS[name])
    assert len(makers) == 3
    for maker in makers:
        found = tags(maker)
        assert (found["ENCUT"], found["ISPIN"], found.get("GGA")) == (520, 2, None)
        assert "METAGGA" not in found
        assert "IVDW" not in found
    chromate = next(c for c in bundled() if c.label == "Na3PS4").structure.copy()
    chromate.replace_species({"P": "Cr", "S": "O"})
    assert max(tags(makers[0], chromate)["LDAUU"]) == 3.7
    usual = MPRelaxSet(SULFIDE, force_gamma=True).kpoints
    made = makers[0].input_set_generator.get_input_set(SULFIDE, potcar_spec=True).kpoints
    assert made.kpts == usual.kpts


def test_r2scan_and_dispersion_are_options():
    assert [tags(maker).get("METAGGA") for maker in steps(BACKENDS["vasp-r2scan"])] == [
        None,
        "R2scan",
        "R2scan",
    ]
    assert {tags(maker)["IVDW"] for maker in steps(BACKENDS["vasp-d3"])} == {12}


def test_each_calculation_starts_with_handlers_of_its_own():
    first, second = (steps(MOCK)[0].run_vasp_kwargs["handlers"] for _ in range(2))
    assert not {id(one) for one in first} & {id(one) for one in second}


def test_a_force_field_can_relax_before_vasp():
    flow = relaxation_maker(BACKENDS["vasp-chgnet"]).make(NA2S)
    (first, _), (second, parents), *_ = flow.iterflow()
    assert "Force field" in first.name
    assert second.name == "MP GGA relax 1 Na2S"
    assert parents == [first.uuid]


def test_methods_tell_energies_that_share_no_hull_apart():
    by_method = {}
    for backend in BACKENDS.values():
        by_method.setdefault(backend.method, []).append(backend.name)
    assert by_method["VASP PBE"] == ["vasp", "vasp-chgnet", "vasp-sevennet"]
    assert len(by_method) == len(BACKENDS) - 2
    assert basis_of(MOCK.method) is None


def test_ids_of_relaxations_made_before_vasp_was_there_stay():
    sulfide = next(c for c in bundled() if c.label == "Na3PS4").structure
    assert relaxation_id(sulfide, BACKENDS["chgnet"]) == "6de395e3a44d8563"
    assert len({relaxation_id(sulfide, backend) for backend in BACKENDS.values()}) == len(BACKENDS)


def test_every_candidate_has_a_document_whatever_became_of_it(screened):
    assert set(screened.screenings) == {candidate.label for candidate in CANDIDATES}
    states = {label: doc.state for label, doc in screened.screenings.items()}
    assert states.pop(CRASHING) == "failed"
    assert set(states.values()) == {"completed"}


def test_a_failure_names_the_calculation_and_the_reason(screened):
    reason = screened.screenings[CRASHING].reason
    assert "MP GGA static" in reason
    assert "SIGSEGV" in reason
    assert [failure.step for failure in screened.failures] == [f"MP GGA static {CRASHING}"]


def test_what_custodian_changed_is_recorded(screened):
    corrections = screened.relaxations[CORRECTED].corrections
    assert len(corrections) == 2  # in both relaxations
    assert all("zbrent" in text for text in corrections)
    assert screened.relaxations["Na2S"].corrections == []


def test_a_summary_holds_the_last_calculation_and_what_corrections_ask_for(screened):
    tasks = [doc for doc in screened.outputs if isinstance(doc, TaskDoc)]
    static = next(t for t in tasks if t.structure.composition.reduced_formula == "Na2S"
                  and str(t.task_type) == "Static")  # fmt: skip
    doc = screened.relaxations["Na2S"]
    assert doc.energy == static.output.energy
    assert doc.band_gap == static.output.bandgap
    assert doc.converged
    assert doc.n_steps > 1
    assert doc.settings["run_type"] == "GGA"
    assert doc.settings["potcar_titles"] == ["PAW_PBE Na_pv MOCK", "PAW_PBE S MOCK"]
    assert doc.space_group == "Fm-3m"
    start = next(c.structure for c in CANDIDATES if c.label == "Na2S")
    assert doc.id == relaxation_id(start, MOCK)


def test_later_jobs_depend_on_small_outputs_only():
    maker = ScreeningMaker(relax_maker=relaxation_maker(MOCK))
    relax, analysis = maker.make(NA2S).jobs  # before a run, which puts values for references
    assert set(analysis.input_uuids) == {relax.output.uuid}
    summary = relax.jobs[-1]
    assert relax.output.uuid == summary.uuid
    tasks = {job.uuid for part in relax.jobs[:-1] for job in part.jobs if isinstance(job, Job)}
    assert not tasks & set(analysis.input_uuids)


def test_a_calculation_that_did_not_converge_is_not_called_converged(screened):
    from trona.workflows.jobs.vasp_summary import summarize_tasks

    task = next(doc for doc in screened.outputs if isinstance(doc, TaskDoc))
    lost = task.model_copy(update={"state": TaskState.FAILED})
    for tasks, converged in (([task, task], True), ([lost, task], False), ([task, lost], False)):
        doc = summarize_tasks(tasks, ["a", "b"], task.structure, "a", MOCK)
        assert doc.converged is converged


def test_what_was_kept_rejected_and_failed_is_counted(screened, vasp_reference):
    from trona.workflows.tables.ranking import counts, unranked_lines

    doc = as_if_real(screened.relaxations["Na2S"], converged=False)
    rejected = screening_document("bad", "Na2S", "test", vasp_reference, doc)
    docs = [*screened.screenings.values(), rejected]
    assert (
        counts(docs) == f"{len(docs)} candidates: {len(docs) - 2} assessed, 1 rejected, 1 failed."
    )
    assert unranked_lines(docs)


def test_a_mock_is_called_a_mock_and_enters_no_hull(screened):
    for doc in screened.relaxations.values():
        assert doc.method == "MOCK VASP PBE"
    window = screened.screenings["Na2S"].window
    assert window.energy_scale.method.startswith("SevenNet")
    assert any("assessed by composition" in text for text in window.caveats)


def test_a_mock_is_called_a_mock_where_real_vasp_was_asked_for(screened):
    from trona.workflows.jobs.vasp_summary import summarize_tasks

    task = next(doc for doc in screened.outputs if isinstance(doc, TaskDoc))
    doc = summarize_tasks([task], ["relax"], task.structure, "a", BACKENDS["vasp"])
    assert doc.method == "MOCK VASP PBE"


def as_if_real(doc, **changes):
    """A relaxation as VASP itself would give it, near the bundled energy of its composition."""
    phase = next(p for p in load_reference("bundled").phases if p.formula == doc.formula)
    uncorrected = phase.energy / phase.n_atoms - SCHEME_SHIFT[doc.formula]
    values = {"method": "VASP PBE", "energy": uncorrected * doc.n_sites}
    return doc.model_copy(update=values | changes)


SCHEME_SHIFT = {"Na2S": -0.503 / 3}
"""What the scheme adds, eV/atom."""


@pytest.fixture(scope="module")
def vasp_reference():
    """The bundled energies, taken for VASP's on the scheme's scale."""
    base = load_reference("bundled")
    scale = EnergyScale("VASP PBE", SCHEME.name)
    phases = tuple(replace(phase, scale=scale) for phase in base.phases)
    return Reference("vasp", phases, "0" * 16, SCHEME, basis=basis_of("VASP PBE"))


def test_energies_of_vasp_enter_a_hull_of_vasp(screened, vasp_reference):
    doc = as_if_real(screened.relaxations["Na2S"])
    done = screening_document("Na2S", "Na2S", "test", vasp_reference, doc)
    assert done.state == "completed"
    assert done.window.energy_scale.method == "VASP PBE"
    assert done.window.energy_above_hull == pytest.approx(0.0, abs=1e-3)
    assert not done.window.mixture
    assert done.window.caveats == [
        text for text in done.window.caveats if "composition" not in text
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"energy": float("nan")}, "finite"),
        ({"converged": False}, "not reached"),
        ({"max_force": 0.5}, "0.50 eV/Å"),
        ({"max_force": float("nan")}, "force"),
        ({"volume_start": 30.0}, "volume"),
        ({"formula_start": "K2S"}, "K2S was asked for"),
        ({"settings": {"run_type": "PBE", "potcar_titles": ["PAW_PBE Na_pv", "PAW_PBE S"]}},
         "'PBE'"),
        ({"settings": {"run_type": "GGA+D3(BJ)", "potcar_titles": ["PAW_PBE S"]}}, "D3"),
        ({"settings": {"run_type": "GGA", "potcar_titles": ["PAW_PBE Na", "PAW_PBE S"]}}, "Na"),
        ({"settings": {"run_type": "GGA", "potcar_titles": ["PAW Na_pv", "PAW S"]}}, "PBE"),
    ],
)  # fmt: skip
def test_the_gate_rejects_what_is_not_sound_with_the_reason(
    screened, vasp_reference, changes, words
):
    doc = as_if_real(screened.relaxations["Na2S"], **changes)
    done = screening_document("Na2S", "Na2S", "test", vasp_reference, doc)
    assert done.state == "rejected"
    assert words in done.reason


def test_energies_with_u_need_the_mixing_of_mp2020(screened):
    doc = as_if_real(screened.relaxations["Na2S"])
    doc.settings["run_type"] = "GGA+U"
    rejected = admit(doc, AS_PUBLISHED)
    assert isinstance(rejected, Rejected)
    assert "'mp2020'" in rejected.reason


def test_a_band_gap_tells_whether_a_new_phase_conducts(screened, vasp_reference):
    structure = Structure(
        Lattice.cubic(4.6), ["Na", "Na", "Na", "S"],
        [[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5], [0, 0, 0]],
    )  # fmt: skip
    doc = as_if_real(
        screened.relaxations["Na2S"], formula="Na3S", formula_start="Na3S", energy=-30.0, n_sites=4,
        structure=StructureDoc.from_structure(structure), volume=97.0, volume_start=97.0,
    )  # fmt: skip

    def electrons(gap):
        given = doc.model_copy(update={"band_gap": gap})
        done = screening_document("Na3S", "Na3S", "test", vasp_reference, given)
        own = [p for rung in done.window.ladder for p in rung.products if p.formula == "Na3S"]
        return {product.electronic for product in own}

    assert electrons(3.0) == {"insulator"}
    assert electrons(0.0) == {"metal"}
    assert electrons(None) == {"unknown"}


def test_metals_smearing_on_an_insulator_is_a_concern_and_a_caveat(vasp_reference, screened):
    from trona.workflows.jobs.vasp_summary import _concerns

    change = [("MP GGA relax 1", ["IncorrectSmearing"], {"ISMEAR": 2, "SIGMA": 0.2})]
    (text,) = _concerns(change, gap=2.4)
    assert "ISMEAR = 2" in text
    assert list(_concerns(change, gap=0.0)) == []
    assert len(list(_concerns([("a", ["tet"], {"KPOINTS": "_set"})], gap=0.0))) == 1
    assert list(_concerns([("a", ["zbrent"], {"EDIFF": 1e-6})], gap=1.0)) == []
    doc = as_if_real(screened.relaxations["Na2S"], concerns=[text])
    done = screening_document("Na2S", "Na2S", "test", vasp_reference, doc)
    assert text in done.window.caveats


def test_a_metal_is_run_again_with_smearing_by_the_real_handler(tmp_path):
    from trona.workflows.candidates.sources import Candidate

    ran = run(relaxation_maker(MOCK).make(Candidate("Na", "Na", "bcc", SODIUM)), tmp_path)
    doc = ran.relaxations["Na"]
    assert doc.band_gap == 0.0
    assert any("IncorrectSmearing" in text for text in doc.corrections)
    assert doc.concerns == []


def test_a_missing_relaxation_is_a_failure_and_not_a_bare_composition():
    doc = analyze.original("a", "Na2S", "test", "bundled", None, None, relaxed=True)
    assert doc.state == "failed"
    assert analyze.original("a", "Na2S", "test", "bundled").state == "completed"


def test_an_error_is_one_line_without_addresses():
    error = RuntimeError("handler: <a.b.Handler object at 0x7f00>\n  fails")
    assert one_line(error) == "RuntimeError: handler: Handler fails"


def test_a_screening_with_the_mock_goes_the_whole_way_and_is_resumed(tmp_path):
    results, reference = Results(str(tmp_path / "s.sqlite")), load_reference("bundled")
    todo = plan([NA2S], results, reference, MOCK)
    assert [candidate.label for candidate in todo.relax] == ["Na2S"]
    (outcome,) = run_screening(todo, results, reference, MOCK, workers=1)
    assert outcome.doc.state == "completed", outcome.doc.reason
    assert results.relaxation(relaxation_id(SULFIDE, MOCK)).method == "MOCK VASP PBE"
    again = plan([NA2S], results, reference, MOCK)
    assert (again.relax, len(again.done)) == ((), 1)


def test_real_vasp_is_not_run_for_a_reference_it_could_not_meet(tmp_path):
    todo = plan(
        [NA2S], Results(str(tmp_path / "s.sqlite")), load_reference("bundled"), BACKENDS["vasp"]
    )
    assert todo.relax == ()


def test_documents_survive_their_store(screened):
    for kind in (ScreeningDoc, RelaxationDoc):
        for doc in screened.of(kind).values():
            assert kind.model_validate(doc.model_dump(mode="json")) == doc


def test_the_mock_can_be_called_everywhere():
    assert mock_command().split()[-1] in {"trona-mock-vasp", "trona.workflows.mock_vasp.main"}


def test_the_mock_is_looked_for_where_the_job_runs(monkeypatch):
    flow = relaxation_maker(MOCK).make(NA2S)
    assert "mock-vasp" not in MontyEncoder().encode(flow)
    assert sys.executable not in MontyEncoder().encode(flow)
    monkeypatch.setattr("trona.workflows.jobs.vasp.mock_command", lambda: "there")
    maker = Mocked(MPGGARelaxMaker()).prepared()
    assert {maker.run_vasp_kwargs[name] for name in ("vasp_cmd", "vasp_gamma_cmd")} == {"there"}


def test_a_flow_of_screenings_is_one_flow_per_candidate():
    flow = ScreeningMaker(relax_maker=relaxation_maker(MOCK)).make(NA2S)
    assert isinstance(flow, Flow)
    assert [part.name for part in flow.jobs] == ["trona relax Na2S", "analyze Na2S"]


def test_a_flow_that_was_written_as_json_runs_and_still_records_its_failure(tmp_path):
    relax = VaspRelaxMaker(backend=MOCK, vasp_maker=MPGGARelaxMaker())
    text = json.dumps(ScreeningMaker(relax_maker=relax).make(NA2S), cls=MontyEncoder)
    ran = run(MontyDecoder().decode(text), tmp_path, "crash")
    assert ran.screenings["Na2S"].state == "failed"
    assert "SIGSEGV" in ran.screenings["Na2S"].reason
