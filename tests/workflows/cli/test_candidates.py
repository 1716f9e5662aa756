"""The commands about candidates as a user types them; electrostatics only, nothing is relaxed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from pymatgen.core import Lattice, Structure

from tests.workflows.cli.test_commands import succeed, trona

SALT = Structure.from_spacegroup(
    "Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
)
QUICK = ("--relaxed", "0", "--max-atoms", "40")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A series, a doped electrolyte and a hydroborate, made without relaxations."""
    folder = tmp_path_factory.mktemp("made")
    names = ("Na3PS{4-x}O{x}", "Na2.85P0.85W0.15S4", "Na4(B10H10)(B12H12)")
    options = (*QUICK, "--max-atoms", "72", "--store", folder / "s.sqlite", "--to", folder / "set")
    printed = succeed("candidates", "make", *names, "--x", "0,0.5,1", *options)
    return folder / "set", printed


def test_make_writes_structures_a_table_and_provenance(made):
    folder, printed = made
    assert sorted(path.name for path in folder.iterdir()) == [
        "Na2.85P0.85W0.15S4.cif", "Na3PS3.5O0.5.cif", "Na3PS3O.cif", "Na3PS4.cif",
        "Na4(B10H10)(B12H12).cif", "candidates.csv", "provenance.json",
    ]  # fmt: skip
    assert "screen them with" in printed
    assert max(map(len, printed.replace(str(folder), "").splitlines())) <= 80
    content = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert {one["label"]: one["deviation"] for one in content} == pytest.approx(
        {
            "Na3PS4": 0.0,
            "Na3PS3.5O0.5": 0.0,
            "Na3PS3O": 0.0,
            "Na2.85P0.85W0.15S4": 1 / 6 - 0.15,
            "Na4(B10H10)(B12H12)": 0.0,
        }
    )


def test_what_was_made_is_screened_under_its_name_and_source(made, tmp_path):
    folder, _ = made
    table = tmp_path / "energies.csv"
    table.write_text(
        "formula,formation_energy_per_atom\nNa3PS4,-1.2\nNa2S,-1.3\nNa3P,-0.3\nNa3PO4,-2.5\n"
    )
    store = tmp_path / "s.sqlite"
    done = trona("screen", folder, "--reference", f"table:{table}", "--store", store, "--json")
    content = json.loads(done.stdout)
    docs = {doc["label"]: doc for doc in [*content["ranking"], *content["unranked"]]}
    assert docs["Na3PS3.5O0.5"]["formula"] == "Na3PS3.5O0.5"
    assert "0.5 O for S" in docs["Na3PS3.5O0.5"]["source"]
    assert docs["Na4(B10H10)(B12H12)"]["state"] == "failed"  # no boron in this table


def test_check_says_what_cannot_be_screened_and_what_is_there_twice(tmp_path):
    SALT.to(str(tmp_path / "salt.cif"))
    SALT.get_primitive_structure().to(str(tmp_path / "again.cif"))
    (tmp_path / "broken.cif").write_text("data_x")
    done = trona("candidates", "check", tmp_path)
    assert (done.returncode, "Fm-3m" in done.stdout) == (0, True)
    assert "the same structure: again, salt" in done.stderr
    assert "broken.cif" in done.stderr
    table = tmp_path.parent / "energies.csv"
    table.write_text("formula,formation_energy_per_atom\nNaCl,-2.1\n")
    store = tmp_path.parent / "s.sqlite"
    screened = trona("screen", tmp_path, "--reference", f"table:{table}", "--store", store)
    assert "the same structure, each is screened: again, salt" in screened.stderr
    assert "broken.cif" in screened.stderr
    content = json.loads(succeed("candidates", "check", tmp_path, "Na3PS4", "--json"))
    assert [row["label"] for row in content["candidates"]] == ["again", "salt", "Na3PS4"]
    assert content["candidates"][2]["charges"] == "Na+1 P+5 S-2"
    assert content["duplicates"] == [["again", "salt"]]


def test_a_partly_occupied_file_is_ordered(tmp_path):
    half = SALT.copy()
    half.replace_species({"Cl": {"Cl": 0.5, "Br": 0.5}})
    half.to(str(tmp_path / "half.cif"))
    refused = trona("screen", tmp_path / "half.cif")
    assert (refused.returncode, "candidates make" in refused.stderr) == (2, True)
    options = (*QUICK, "--store", tmp_path / "s.sqlite", "--to", tmp_path / "set", "--json")
    content = json.loads(succeed("candidates", "make", tmp_path / "half.cif", *options))
    (model,) = content["models"]
    assert (model["label"], model["formula"]) == ("half", "NaBr0.5Cl0.5")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["make", "Na3PS4"], "--to"),
        (["make", "Na3PS4", "--to", "."], "exists"),
        (["make", "Na3PS{4-x}O{x}", "--to", "new"], "--x"),
        (["make", "nowhere.cif", "--to", "new"], "nowhere.cif"),
        (["make", "Na3PS4", "--parent", "nobody", "--to", "new"], "nobody"),
        (["make", "Na2.85P0.85W0.15S4", "--max-atoms", "9", "--to", "new"], "9 atoms"),
        (["make", "Na3PS4", "--backend", "magic", "--to", "new"], "chgnet"),
        (["check", "Na3.06Sb0.88W0.12S4"], "--unbalanced"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(arguments, word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = trona("candidates", *arguments, TRONA_STORE=str(tmp_path / "s.sqlite"), PYTHONPATH=PATH)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "new").exists()


PATH = ":".join(path for path in sys.path if path)


@pytest.mark.parametrize("arguments", [["candidates", "--help"], ["candidates", "check", "Na2S"]])
def test_light_commands_load_no_heavy_package(arguments):
    code = (
        "import sys\nsys.argv[1:] = " + repr(arguments) + "\n"
        "from trona.workflows.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'atomate2', 'chgnet', 'matplotlib', 'scipy.spatial'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = done.stdout.splitlines()[-1]
    assert "torch" not in loaded
    assert "atomate2" not in loaded
