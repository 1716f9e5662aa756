"""A VASP user's own competing phases as a reference; a mock's energies in none; files kept."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from emmet.core.tasks import TaskDoc
from pymatgen.core import Lattice, Structure

from tests.support.vasp_flows import MOCK, NA2S, run
from tests.support.vasp_runs import SODIUM, SULFIDE
from tests.workflows.cli.test_commands import trona
from trona.screening.errors import EnergyScaleError, InputError, StructureInputError
from trona.screening.formulas import parse
from trona.stores.assess.screenings import screening_document
from trona.stores.collections.results import Results
from trona.stores.documents.results import FailureDoc
from trona.stores.energies.completion import completed, covers
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.analysis import analyze
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.jobs.flows import ScreeningMaker, relaxation_maker
from trona.workflows.jobs.kept_files import require_folder
from trona.workflows.jobs.vasp_summary import summarize_tasks
from trona.workflows.local.competing_phases import gather_structures
from trona.workflows.local.screening import plan, run_screening
from trona.workflows.mock_vasp.faults import FAULTS_VARIABLE

VASP = BACKENDS["vasp"]
SULFUR = Structure(Lattice.cubic(3.3), ["S"], [[0, 0, 0]])
PHASES = {"Na": SODIUM, "S": SULFUR, "Na2S": SULFIDE}


@pytest.fixture(scope="module")
def relaxed(tmp_path_factory):
    """Relaxations with the mock; and the same tasks as VASP itself would have left them."""
    mock, real = {}, {}
    for label, start in PHASES.items():
        flow = relaxation_maker(MOCK).make(Candidate(label, label, "test", start))
        ran = run(flow, tmp_path_factory.mktemp(label))
        mock[label] = ran.relaxations[label]
        tasks = [one for one in ran.outputs if isinstance(one, TaskDoc)]
        unmarked = [one.model_copy(update={"vasp_version": "6.4.3"}) for one in tasks]
        names = [str(number) for number in range(len(unmarked))]
        real[label] = summarize_tasks(unmarked, names, start, label, VASP)
    return mock, real


def test_energies_of_a_mock_are_no_reference_alone_named_or_joined(relaxed, save):
    path = save(*relaxed[0].values())
    for name in (f"store:{path}", f"store:{path}#MOCK VASP PBE", f"bundled+store:{path}"):
        with pytest.raises(EnergyScaleError, match="MOCK VASP PBE, which mean nothing"):
            load_reference(name)


def test_a_mock_beside_vasp_in_one_store_is_not_what_the_message_proposes(relaxed, save):
    real = relaxed[1].values()
    path = save(
        *relaxed[0].values(), *(one.model_copy(update={"id": one.id + "r"}) for one in real)
    )
    with pytest.raises(EnergyScaleError, match="#VASP PBE"):
        load_reference(f"store:{path}")
    assert len(load_reference(f"store:{path}#VASP PBE").phases) == 3


def test_relaxations_of_vasp_form_a_hull_with_the_scheme_of_mp2020(relaxed, save):
    path = save(*relaxed[1].values())
    reference = load_reference(f"store:{path}")
    assert reference.correction == "mp2020,sulfide-by-charge-mp2020"
    assert reference.scale.method == "VASP PBE"
    raw = relaxed[1]["Na2S"]
    phase = next(one for one in reference.phases if one.formula == "Na2S")
    assert phase.energy == pytest.approx(raw.energy / raw.n_sites * 3 - 0.503)
    doc = screening_document("Na2S", "Na2S", "test", reference, raw)
    assert (doc.state, doc.window.mixture) == ("completed", False)
    assert doc.window.energy_above_hull == pytest.approx(0.0)
    assert load_reference(reference.name).checksum == reference.checksum


def test_vasp_is_run_for_a_reference_of_vasp_and_shares_no_hull_with_chgnet(
    relaxed, save, tmp_path
):
    path = save(*relaxed[1].values())
    other = Results(str(tmp_path / "results.sqlite"))
    todo = plan([NA2S], other, load_reference(f"store:{path}"), VASP)
    assert [one.label for one in todo.relax] == ["Na2S"]
    with pytest.raises(EnergyScaleError):
        load_reference(f"bundled+store:{path}").table  # noqa: B018


def test_competing_structures_need_no_sodium(tmp_path):
    SULFUR.to_file(str(tmp_path / "S.cif"))
    (phase,) = gather_structures([str(tmp_path)])
    assert (phase.label, phase.formula) == ("S", "S")
    with pytest.raises(InputError, match="called 'S'"):
        gather_structures([str(tmp_path), str(tmp_path / "S.cif")])
    with pytest.raises(StructureInputError, match="no such file"):
        gather_structures(["nowhere.cif"])


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_relaxes_counts_and_keeps_files(tmp_path, as_json):
    for label, structure in PHASES.items():
        structure.to_file(str(tmp_path / f"{label}.cif"))
    store, kept = tmp_path / "mine.sqlite", tmp_path / "kept"
    options = ["--backend", "mock", "--store", store, "--keep-files", kept, "--workers", "1"]
    if as_json:
        refused = trona("reference", "relax", tmp_path / "S.cif")
        assert (refused.returncode, "--store" in refused.stderr) == (2, True)
        refused = trona("screen", "--keep-files", kept, tmp_path / "Na2S.cif")
        assert (refused.returncode, "writes none" in refused.stderr) == (2, True)
        return
    os.environ[FAULTS_VARIABLE] = "crash:always:Na2S"
    try:
        done = trona("reference", "relax", tmp_path, *options)
    finally:
        del os.environ[FAULTS_VARIABLE]
    assert done.returncode == 0, done.stderr
    assert "3 phases: 2 may enter a hull, 1 may not." in done.stdout
    assert "SIGSEGV" in done.stdout
    assert "dry run" in done.stderr
    folders = {path.name.partition("-")[0]: path for path in kept.iterdir()}
    assert folders.keys() == PHASES.keys()
    for label, steps in {"Na": 3, "S": 3, "Na2S": 1}.items():
        written = sorted(folders[label].rglob("*"))
        assert all(path.suffix == ".gz" for path in written if path.is_file())
        assert sum(path.name == "OUTCAR.gz" for path in written) == steps
        assert sum(path.is_dir() for path in written) == steps
    again = trona("reference", "relax", tmp_path, *options, "--json")
    assert {one["label"]: one["cached"] for one in json.loads(again.stdout)} == {
        "Na": True, "S": True, "Na2S": False
    }  # fmt: skip


def test_a_screening_keeps_the_files_that_its_tasks_name(tmp_path):
    results, reference = Results(str(tmp_path / "s.sqlite")), load_reference("bundled")
    kept = require_folder(tmp_path / "kept", MOCK)
    todo = plan([NA2S], results, reference, MOCK)
    (outcome,) = run_screening(todo, results, reference, MOCK, workers=1, files=kept)
    assert outcome.doc.state == "completed"
    (folder,) = Path(kept).iterdir()
    assert folder.name == f"Na2S-{outcome.doc.relaxation_id}"
    for job in folder.iterdir():
        assert "MOCK" in gzip.decompress((job / "vasprun.xml.gz").read_bytes()).decode()


def test_files_are_kept_of_vasp_only_and_where_one_may_write(tmp_path):
    with pytest.raises(InputError, match="'chgnet' writes none"):
        require_folder(tmp_path, BACKENDS["chgnet"])
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot keep files"):
        require_folder(tmp_path / "file", VASP)


def test_a_relaxed_phase_completes_a_reference_that_lacks_it(relaxed, save):
    mock, real = relaxed
    lacking = load_reference(f"store:{save(real['Na'], real['S'])}")
    assert not covers(lacking, parse("Na2S"))
    failure = FailureDoc(step="relax X", reason="it crashed")
    bad = real["Na2S"].model_copy(update={"label": "bad", "converged": False})
    whole = completed(lacking, [real["Na2S"], failure, None, mock["Na2S"], bad])
    assert covers(whole, parse("Na4S2"))
    assert len(whole.phases) == 3
    assert whole.checksum != lacking.checksum
    assert whole.name.endswith("with Na2S")
    assert whole.band_gaps["Na2S"] == real["Na2S"].band_gap > 0
    assert whole.gap_source.endswith("computed with VASP PBE")
    assert [text.partition("(")[2].partition(":")[0] for text in whole.caveats] == [
        "relax X", "number 3", "Na2S", "bad"
    ]  # fmt: skip
    again = completed(whole, [real["Na2S"].model_copy(update={"id": "another"})])
    assert again.phases == whole.phases
    assert completed(lacking, []).checksum == lacking.checksum


def test_a_set_relaxes_what_no_source_covers_once_and_screens_each(tmp_path):
    made_up, foreign = SULFIDE.copy(), SULFIDE.copy()
    made_up.replace_species({"Na": "S", "S": "O"})
    foreign.replace_species({"Na": "K"})
    competing = [
        Candidate("mine", "S2O", "test", made_up),
        NA2S,
        Candidate("foreign", "K2S", "test", foreign),
    ]
    maker = ScreeningMaker(relax_maker=relaxation_maker(MOCK))
    plain = [Candidate(name, name, "test") for name in ("Na2S2O", "Na3PS4")]
    flow = maker.make_set(plain, competing)
    assert [part.name for part in flow.jobs] == [
        "trona relax mine", "trona screen Na2S2O", "trona screen Na3PS4"
    ]  # fmt: skip
    analysis = [job for part in flow.jobs[1:] for job in part.jobs]
    summary = flow.jobs[0].output.uuid
    assert all(set(job.input_uuids) == {summary} for job in analysis)
    ran = run(flow, tmp_path, "crash:always")
    assert {doc.state for doc in ran.screenings.values()} == {"completed"}
    for doc in ran.screenings.values():
        assert any("competing phase is left out" in text for text in doc.reference.caveats)
        assert any("SIGSEGV" in text for text in doc.reference.caveats)


def test_a_competing_phase_of_the_same_scale_changes_the_hull(relaxed, save):
    real = relaxed[1]
    path = save(real["Na"], real["S"])
    without = analyze.original("a", "Na2S", "test", f"store:{path}")
    whole = analyze.original("a", "Na2S", "test", f"store:{path}", competing=[real["Na2S"]])
    assert without.window.mixture
    assert not whole.window.mixture
    assert whole.reference.checksum != without.reference.checksum
