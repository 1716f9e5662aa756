"""POSCAR of every version of VASP; what is missing is named with its line."""

from __future__ import annotations

import pytest

from trona.screening.errors import StructureInputError
from trona.workflows.candidates.poscar import read_poscar
from trona.workflows.candidates.structure_files import read_structures

SALT = """\
rock salt
1.0
5.64 0 0
0 5.64 0
0 0 5.64
Na Cl
4 4
Direct
0 0 0
.5 .5 0
.5 0 .5
0 .5 .5
.5 0 0
0 .5 0
0 0 .5
.5 .5 .5
"""
VASP4 = SALT.replace("Na Cl\n", "")
HEAD, PLACES = VASP4.split("Direct\n")
ENDINGS = (
    HEAD
    + "Direct\n"
    + "\n".join(f"{line} {'Na' if at < 4 else 'Cl'}" for at, line in enumerate(PLACES.splitlines()))
)


@pytest.mark.parametrize(
    "text",
    [
        SALT,
        SALT.replace("1.0\n5.64", "-179.406144\n5.64"),
        SALT.replace("1.0\n", "5.64 5.64 5.64\n").replace("5.64 0 0\n0 5.64 0\n0 0 5.64",
                                                          "1 0 0\n0 1 0\n0 0 1"),
        SALT.replace("1.0\n", "1.0D0 ! scale\n"),
        SALT.replace("Na Cl", "NA CL"),
        SALT.replace("Na Cl", "Na_pv Cl"),
        SALT.replace("Na Cl", "Na/1a2b3c Cl/ff00"),
        SALT.replace("Direct", "Selective dynamics\nDirect").replace("0 0 0\n", "0 0 0 T T F\n"),
        SALT.replace("Direct", "Cartesian").replace(".5 ", "2.82 ").replace(".5\n", "2.82\n"),
        ENDINGS,
    ],
)  # fmt: skip
def test_versions_of_the_format_are_one_crystal(text):
    found = read_poscar(text, "'it'", [])
    assert found.structure.formula == "Na4 Cl4"
    assert found.structure.volume == pytest.approx(5.64**3)
    assert found.notes == ()


@pytest.mark.parametrize("comment", ["Na4Cl4", "NaCl", "Na Cl", "NaCl rock salt"])
def test_elements_may_stand_in_the_comment(comment):
    found = read_poscar(VASP4.replace("rock salt", comment), "'it'", [])
    assert found.structure.formula == "Na4 Cl4"
    assert comment in found.notes[0]


def test_elements_may_stand_in_a_potcar_beside(tmp_path):
    (tmp_path / "POSCAR").write_text(VASP4)
    (tmp_path / "POTCAR").write_text("   VRHFIN =Na: s1p0\n   VRHFIN =Cl: s2p5\n")
    (found,) = read_structures(tmp_path / "POSCAR")
    assert found.structure.formula == "Na4 Cl4"
    assert "POTCAR" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (VASP4, "names no elements.* before line 6 .4 4."),
        (VASP4.replace("rock salt", "K3Cl"), "names no elements"),
        (SALT.replace("Na Cl", "Na Zz"), "line 6: 'Zz' is no element"),
        (SALT.replace("Na Cl", "Na Cl K"), "3 elements and 2 numbers"),
        (SALT.replace("4 4", "4 0"), "line 7: '4 0'"),
        (SALT.replace("4 4", "4 x"), "line 7: '4 x'"),
        (SALT.replace("1.0\n", "a\n"), "line 2: 'a' is no scaling factor"),
        (SALT.replace("1.0\n", "1 1\n"), "line 2: '1 1'"),
        (SALT.replace("Direct\n", ""), "line 8: 'Direct' or 'Cartesian'"),
        (SALT[:-12], "line 1[56]"),
        (SALT.replace(".5 .5 .5", "nan 0 0"), "line 16: 'nan 0 0'"),
        (SALT.replace("0 0 5.64", "0 0 0"), "do not span a cell"),
        (SALT.replace(".5 .5 .5", "0 0 0"), "2 atoms on the position"),
        (SALT.replace(".5 .5 .5", "1e999 0 0"), "line 16: '1e999 0 0'"),
        ("Na\n1\n", "truncated"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_with_its_line(text, words):
    with pytest.raises(StructureInputError, match=words):
        read_poscar(text, "'it'", [])
