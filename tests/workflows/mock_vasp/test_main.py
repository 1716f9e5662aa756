"""Mock VASP honours what it is given, and what it writes is what the readers of VASP expect."""

from __future__ import annotations

import signal
import subprocess
import sys

import numpy as np
import pytest
from emmet.core.tasks import TaskDoc
from pymatgen.core import Lattice, Structure
from pymatgen.io.vasp import Chgcar, Kpoints, Oszicar, Outcar, Poscar, Potcar, Vasprun
from pymatgen.io.vasp.inputs import UnknownPotcarWarning

from tests.support.folders import SCRIPTS
from tests.support.vasp_runs import SODIUM, SULFIDE, mock_vasp, write_inputs
from trona.workflows.candidates.sources import bundled
from trona.workflows.mock_vasp.elements import valence_electrons
from trona.workflows.mock_vasp.faults import BEHAVIOURS, FAULTS_FILE, MESSAGES, read_faults
from trona.workflows.mock_vasp.inputs import Crystal
from trona.workflows.mock_vasp.model import PairModel, band_gap
from trona.workflows.mock_vasp.relax import ionic_steps

pytestmark = pytest.mark.filterwarnings(
    "ignore:No POTCAR file:UserWarning", "ignore:vasprun:Warning", "ignore:.*unconverged:Warning"
)
OUTPUTS = ("OUTCAR", "OSZICAR", "vasprun.xml", "CONTCAR", "CHGCAR", "WAVECAR")


def crystal(structure):
    symbols = tuple(site.specie.symbol for site in structure)
    return Crystal(structure.lattice.matrix.copy(), symbols, structure.frac_coords.copy())


def vasprun(folder):
    return Vasprun(folder / "vasprun.xml", parse_potcar_file=False)


@pytest.fixture(scope="module")
def relaxed(tmp_path_factory):
    """One relaxation of Na2S."""
    folder = write_inputs(tmp_path_factory.mktemp("relax"), EDIFFG=-0.01)
    done = mock_vasp(folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_forces_and_stress_are_derivatives_of_the_energy():
    model, start = PairModel(), bundled()[0].structure.copy()
    start.perturb(0.05, seed=1)
    here, step = crystal(start), 1e-5
    found = model.evaluate(here)
    for atom, axis in ((0, 0), (3, 1), (9, 2)):
        shift = np.zeros_like(here.positions)
        shift[atom, axis] = step
        shift = shift @ np.linalg.inv(here.lattice)
        energies = [
            model.evaluate(
                Crystal(here.lattice, here.symbols, here.positions + sign * shift)
            ).energy
            for sign in (1, -1)
        ]
        slope = (energies[0] - energies[1]) / (2 * step)
        assert found.forces[atom, axis] == pytest.approx(-slope, abs=1e-5)
    for row, column in ((0, 0), (1, 2)):
        strain = np.zeros((3, 3))
        strain[row, column] = step
        energies = [
            model.evaluate(
                Crystal(here.lattice @ (np.eye(3) + sign * strain).T, here.symbols, here.positions)
            ).energy
            for sign in (1, -1)
        ]
        slope = (energies[0] - energies[1]) / (2 * step) / here.volume
        assert found.stress[row, column] == pytest.approx(slope, abs=1e-6)


def test_the_energy_is_extensive_and_indifferent_to_the_choice_of_cell():
    model, structure = PairModel(), bundled()[0].structure
    one = model.evaluate(crystal(structure)).energy
    assert model.evaluate(crystal(structure * (2, 1, 1))).energy == pytest.approx(2 * one)
    moved = structure.copy()
    moved.translate_sites(range(len(moved)), [0.3, 0.7, 0.9])
    assert model.evaluate(crystal(moved)).energy == pytest.approx(one)


@pytest.mark.parametrize("candidate", [c for c in bundled() if c.structure], ids=lambda c: c.label)
def test_every_candidate_relaxes_near_where_it_starts(candidate):
    start = crystal(candidate.structure)
    found, energies = [], [0.0]
    for relaxed, said in ionic_steps(start, PairModel(), moves_cell=True):
        found.append((relaxed, said))
        energies.append(said.energy)
        if abs(energies[-1] - energies[-2]) < 5e-4 * len(start.symbols):
            break
    assert len(found) < 99
    assert np.linalg.norm(found[-1][1].forces, axis=1).max() < 0.2
    assert found[-1][1].energy < found[0][1].energy < 0.0
    assert abs(found[-1][0].volume / start.volume - 1) < 0.3


def test_the_readers_of_vasp_accept_the_outputs(relaxed):
    folder, _ = relaxed
    run, task = vasprun(folder), TaskDoc.from_directory(folder)
    steps = Oszicar(folder / "OSZICAR").ionic_steps
    assert run.converged
    assert len(run.ionic_steps) == len(steps) > 1
    assert steps[-1]["E0"] == pytest.approx(run.final_energy, abs=1e-6)
    assert Outcar(folder / "OUTCAR").final_energy == pytest.approx(run.final_energy, abs=1e-6)
    assert np.allclose(Poscar.from_file(folder / "CONTCAR").structure.lattice.matrix,
                       run.final_structure.lattice.matrix, atol=1e-6)  # fmt: skip
    assert Chgcar.from_file(folder / "CHGCAR").dim == (2, 2, 2)
    assert (task.state, task.run_type, str(task.task_type)) == (
        "successful", "GGA", "Structure Optimization")  # fmt: skip
    assert task.output.bandgap == pytest.approx(band_gap(("Na", "S")))
    assert task.calcs_reversed[0].input.hubbards == {}
    assert [spec.titel for spec in task.calcs_reversed[0].input.potcar_spec] == [
        "PAW_PBE Na_pv MOCK",
        "PAW_PBE S MOCK",
    ]


def test_the_outputs_hold_what_the_model_says(relaxed):
    folder, _ = relaxed
    run = vasprun(folder)
    said = PairModel().evaluate(crystal(run.final_structure))
    assert run.final_energy == pytest.approx(said.energy, abs=1e-5)
    assert np.allclose(run.ionic_steps[-1]["forces"], said.forces, atol=1e-4)
    assert np.allclose(run.ionic_steps[-1]["stress"], -1602.1766 * said.stress, atol=1e-2)
    assert np.linalg.norm(said.forces, axis=1).max() < 0.01


def test_everything_says_that_it_is_a_mock(relaxed):
    folder, done = relaxed
    assert "MOCK" in done.stdout
    assert "mock" in vasprun(folder).vasp_version.lower()
    written = {name: (folder / name).read_text(encoding="utf-8") for name in OUTPUTS}
    assert [name for name, text in written.items() if text and "MOCK" not in text] == []


def test_the_same_inputs_give_the_same_outputs(relaxed, tmp_path):
    folder, _ = relaxed
    again = write_inputs(tmp_path, EDIFFG=-0.01)
    mock_vasp(again)
    for name in ("OSZICAR", "CONTCAR"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("tags", "check"),
    [
        ({"NSW": 2}, lambda run: len(run.ionic_steps) == 2 and not run.converged_ionic),
        ({"NSW": 0}, lambda run: len(run.ionic_steps) == 1 and run.converged),
        ({"IBRION": -1}, lambda run: len(run.ionic_steps) == 1),
        ({"NELM": 4, "EDIFF": 1e-8}, lambda run: not run.converged_electronic),
        ({"NELM": 60, "EDIFF": 1e-8}, lambda run: run.converged_electronic),
        ({"ISIF": 2}, lambda run: run.final_structure.volume == run.initial_structure.volume),
        ({"ISIF": 3}, lambda run: run.final_structure.volume != run.initial_structure.volume),
        ({"IBRION": 1}, lambda run: run.converged and len(run.ionic_steps) > 1),
        ({"IBRION": 3}, lambda run: run.converged and len(run.ionic_steps) > 1),
        ({"NELECT": 18}, lambda run: run.parameters["NELECT"] == 18),
        ({"ISMEAR": 0, "SIGMA": 0.03}, lambda run: run.parameters["SIGMA"] == 0.03),
        ({"ISPIN": 1}, lambda run: not run.is_spin and len(run.eigenvalues) == 1),
        ({"ISPIN": 2}, lambda run: run.is_spin and len(run.eigenvalues) == 2),
        ({"ENCUT": 700}, lambda run: run.parameters["ENMAX"] == 700),
        ({"NBANDS": 40}, lambda run: next(iter(run.eigenvalues.values())).shape[1] == 40),
        ({"GGA": "PE"}, lambda run: run.run_type == "PBE"),
        ({"IVDW": 12}, lambda run: run.run_type == "GGA+vdW-DFT-D3-BJ"),
        ({"METAGGA": "R2SCAN"}, lambda run: run.run_type == "R2SCAN"),
        ({}, lambda run: run.run_type == "GGA"),
    ],
)
def test_tags_are_honoured(tags, check, tmp_path):
    assert mock_vasp(write_inputs(tmp_path, **tags)).returncode == 0
    assert check(vasprun(tmp_path))


def test_a_higher_cutoff_needs_more_plane_waves_and_the_files_asked_for_are_written(tmp_path):
    sizes = {}
    for cutoff in (400, 520):
        folder = write_inputs(tmp_path / str(cutoff), ENCUT=cutoff, LWAVE=cutoff == 520)
        mock_vasp(folder)
        sizes[cutoff] = Outcar(folder / "OUTCAR").data["nplwv"][0][0]
        assert ((folder / "WAVECAR").stat().st_size > 0) is (cutoff == 520)
    assert sizes[520] > sizes[400]


def test_a_tighter_limit_takes_more_steps_and_a_wider_smearing_more_entropy(tmp_path):
    steps, forces, entropies = {}, {}, {}
    for limit in (-0.2, -0.005):
        folder = write_inputs(tmp_path / f"f{limit}", EDIFFG=limit)
        mock_vasp(folder)
        run = vasprun(folder)
        steps[limit] = len(run.ionic_steps)
        forces[limit] = np.linalg.norm(run.ionic_steps[-1]["forces"], axis=1).max()
    assert steps[-0.005] > steps[-0.2]
    assert all(force < -limit for limit, force in forces.items())
    for width in (0.05, 0.2):
        folder = write_inputs(tmp_path / f"s{width}", SODIUM, ISMEAR=1, SIGMA=width, NSW=0)
        mock_vasp(folder)
        last = vasprun(folder).ionic_steps[-1]["electronic_steps"][-1]
        entropies[width] = last["e_wo_entrp"] - last["e_fr_energy"]
    assert entropies[0.2] > entropies[0.05] > 0


def test_densities_are_written_where_asked_for_and_a_stop_is_obeyed(tmp_path):
    for wanted in (True, False):
        folder = write_inputs(tmp_path / str(wanted), LCHARG=wanted)
        (folder / "STOPCAR").write_text("LSTOP = .TRUE.", encoding="utf-8")
        mock_vasp(folder)
        assert ((folder / "CHGCAR").stat().st_size > 0) is wanted
        assert len(vasprun(folder).ionic_steps) == 1


def test_hubbard_u_is_reported(tmp_path):
    chromate = Structure(Lattice.cubic(4.1), ["Na", "Cr", "O", "O"],
                         [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])  # fmt: skip
    mock_vasp(write_inputs(tmp_path, chromate))
    task = TaskDoc.from_directory(tmp_path)
    assert task.run_type == "GGA+U"
    assert task.calcs_reversed[0].input.hubbards["Cr"] == pytest.approx(3.7)


def test_a_metal_has_no_gap_and_part_of_its_states_half_filled(tmp_path):
    assert mock_vasp(write_inputs(tmp_path, SODIUM, ISMEAR=1, SIGMA=0.2)).returncode == 0
    run = vasprun(tmp_path)
    assert run.eigenvalue_band_properties[0] == 0.0
    assert TaskDoc.from_directory(tmp_path).output.bandgap == 0.0
    occupations = next(iter(run.eigenvalues.values()))[:, :, 1]
    assert ((occupations > 1e-8) & (occupations < 1 - 1e-8)).any()


def test_the_tetrahedron_method_fails_with_few_points_as_in_vasp(tmp_path):
    folder = write_inputs(tmp_path, ISMEAR=-5)
    Kpoints.gamma_automatic((1, 1, 1)).write_file(folder / "KPOINTS")
    assert MESSAGES["tet"] in mock_vasp(folder).stdout


@pytest.mark.parametrize("name", ["INCAR", "POSCAR", "POTCAR.spec"])
def test_a_missing_input_is_named(name, tmp_path):
    write_inputs(tmp_path)
    (tmp_path / name).unlink()
    done = mock_vasp(tmp_path)
    assert done.returncode == 1
    assert name.partition(".")[0] in done.stdout


def test_a_mesh_comes_from_kspacing_where_there_is_no_kpoints(tmp_path):
    write_inputs(tmp_path, KSPACING=0.3)
    (tmp_path / "KPOINTS").unlink(missing_ok=True)
    mock_vasp(tmp_path)
    assert np.prod(vasprun(tmp_path).kpoints.kpts[0]) > 8


def test_molecular_dynamics_is_refused(tmp_path):
    done = mock_vasp(write_inputs(tmp_path, IBRION=0))
    assert done.returncode == 1
    assert "IBRION = 0" in done.stdout


def test_a_library_of_headers_is_read_as_potcar(tmp_path):
    script = SCRIPTS / "mock_potcars.py"
    subprocess.run(
        [sys.executable, script, tmp_path, "Na_pv", "S"], check=True, capture_output=True
    )
    folder = write_inputs(tmp_path / "run")
    (folder / "POTCAR.spec").unlink()
    with pytest.warns(UnknownPotcarWarning):
        potcar = Potcar.from_str("\n".join(
            (tmp_path / "POT_GGA_PAW_PBE" / name / "POTCAR").read_text(encoding="utf-8").rstrip()
            for name in ("Na_pv", "S")) + "\n")  # fmt: skip
    assert [single.nelectrons for single in potcar] == [7.0, 6.0]
    assert {valence_electrons(name) for name in ("Na_pv", "P", "S")} == {7.0, 5.0, 6.0}
    potcar.write_file(folder / "POTCAR")
    assert mock_vasp(folder).returncode == 0
    run = vasprun(folder)
    assert run.parameters["NELECT"] == 20.0
    assert run.potcar_symbols == [single.TITEL for single in potcar]


def test_the_potential_decides_which_element_it_is(tmp_path):
    write_inputs(tmp_path)
    (tmp_path / "POTCAR.spec").write_text("K_sv\nS", encoding="utf-8")
    assert "incompatible" in mock_vasp(tmp_path).stdout
    assert vasprun(tmp_path).final_structure.composition.reduced_formula == "K2S"


@pytest.mark.parametrize(
    ("fault", "code", "left"),
    [
        ("crash", 174, "scstep"),
        ("disk_full", 38, "scstep"),
        ("walltime", -signal.SIGKILL, "scstep"),
        ("truncated", 0, "scstep"),
        ("zbrent", 1, "scstep"),
    ],
)
def test_a_run_that_breaks_off_leaves_what_vasp_leaves(fault, code, left, tmp_path):
    done = mock_vasp(write_inputs(tmp_path), TRONA_MOCK_VASP_FAULTS=fault)
    assert done.returncode == code
    text = (tmp_path / "vasprun.xml").read_text(encoding="utf-8")
    assert left in text
    assert "</modeling>" not in text


def test_a_fault_is_shown_once_or_always_and_only_where_asked_for(tmp_path):
    folder = write_inputs(tmp_path)
    (folder / FAULTS_FILE).write_text("brmix, crash:always:NaCl\ncrash:always:static", "utf-8")
    assert MESSAGES["brmix"] in mock_vasp(folder).stdout
    assert mock_vasp(folder).returncode == 0
    (folder / FAULTS_FILE).write_text("crash:always:relax:Na4S2", encoding="utf-8")
    assert [mock_vasp(folder).returncode for _ in range(2)] == [174, 174]


def test_an_unknown_fault_is_refused_with_the_choice():
    with pytest.raises(ValueError, match="'zbrant'") as refusal:
        read_faults("zbrant")
    assert all(name in str(refusal.value) for name in (*BEHAVIOURS, *MESSAGES))


def test_sulfide_is_what_the_tests_take_it_for():
    assert SULFIDE.composition.formula == "Na2 S1"
