"""Structure files of every kind are read as they are, and labelled by where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymatgen.core import Lattice, Structure

from tests.support.folders import SHARED
from trona.screening.errors import StructureInputError
from trona.workflows.candidates.structure_files import file_name, folder_files, read_structures

SALT = Structure.from_spacegroup(
    "Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
)
CIFS = SHARED / "reference" / "cifs"
FRAME = """\
2
Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:forces:R:3 energy=-7 pbc="T T T"
Na 0 0 0 0 0 0
Cl 2 2 2 0 0 0
"""


def test_all_frames_of_an_extended_xyz_file_are_read(tmp_path):
    path = tmp_path / "run.extxyz"
    path.write_text(FRAME * 2)
    found = read_structures(path)
    assert [one.label for one in found] == ["run-1", "run-2"]
    assert found[0].structure.composition.reduced_formula == "NaCl"
    assert found[0].structure.volume == pytest.approx(64)
    assert not found[0].structure.site_properties


def test_a_molecule_is_no_crystal(tmp_path):
    path = tmp_path / "molecule.xyz"
    path.write_text("2\nno cell\nNa 0 0 0\nCl 2 2 2\n")
    with pytest.raises(StructureInputError, match="not periodic"):
        read_structures(path)


def test_all_blocks_of_a_cif_are_read(tmp_path):
    path = tmp_path / "two.cif"
    text = SALT.to(fmt="cif")
    path.write_text(text + text.replace("data_NaCl", "data_again"))
    assert [one.label for one in read_structures(path)] == ["two-1", "two-2"]


def test_partial_occupancies_of_a_cif_are_kept(tmp_path):
    disordered = SALT.copy()
    disordered.replace_species({"Na": {"Na": 0.75, "Ag": 0.125}})
    disordered.to(str(tmp_path / "x.cif"))
    (found,) = read_structures(tmp_path / "x.cif")
    read = found.structure
    assert read.composition.almost_equals(disordered.composition)
    assert not read.is_ordered


def test_a_folder_lists_its_files_and_those_of_calculations(tmp_path):
    for name in ("b.cif", "a.vasp", "c.xyz", "POSCAR", ".hidden.cif", "notes.txt"):
        (tmp_path / name).write_text("")
    for name in ("run/POSCAR", "run/CONTCAR", "other/POSCAR", "empty/OUTCAR"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = [str(path.relative_to(tmp_path)) for path in folder_files(tmp_path)]
    assert found == ["POSCAR", "a.vasp", "b.cif", "c.xyz", "other/POSCAR", "run/CONTCAR"]


@pytest.mark.parametrize("label", ["Na3SbS4·8H2O", "a/b", "../x", "", " ", "Na2(B12H12)"])
def test_labels_become_file_names(label):
    name = file_name(label)
    assert name
    assert Path(name).name == name
    assert not name.startswith(".")


@pytest.mark.skipif(not CIFS.exists(), reason="reference structures are not beside the project")
def test_real_files_of_several_sources_are_read():
    for path in sorted(CIFS.glob("mp-1*.cif"))[:40]:
        ((label, structure, notes),) = read_structures(path)
        assert label == path.stem
        assert structure.volume > 0
        assert not notes
