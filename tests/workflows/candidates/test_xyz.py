"""Extended XYZ: symbols, labels, isotopes and occupancies mean what they say."""

from __future__ import annotations

import pytest

from trona.screening.errors import StructureInputError
from trona.workflows.candidates.xyz import read_xyz

SALT = """\
2
Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:occupancy:R:1 energy=-7 pbc="T T T"
Na 0 0 0 1.0
Cl 2 2 2 1.0
"""


@pytest.mark.parametrize(
    ("text", "formula", "note"),
    [
        (SALT, "Na1 Cl1", ""),
        (SALT + "\n\n", "Na1 Cl1", ""),
        (SALT.replace("Cl 2", "D 2"), "Na1 H1", "deuterium taken as hydrogen"),
        (SALT.replace("Na 0", "Na0 0").replace("Cl 2", "Cl1 2"), "Na1 Cl1", "labels Na0, Cl1 read"),
        (SALT.replace("2 2 2 1.0", "2 2 2 0.5"), "Na1 Cl0.5", ""),
        (SALT.replace("species:S:1", "Z:I:1").replace("Na", "11").replace("Cl", "17"),
         "Na1 Cl1", ""),
        (SALT.replace("Lattice=", "lattice = "), "Na1 Cl1", ""),
    ],
)  # fmt: skip
def test_a_frame_is_read_and_what_is_changed_is_said(text, formula, note):
    (found,) = read_xyz(text, "'it'")
    assert found.structure.formula == formula
    assert found.structure.volume == pytest.approx(64)
    assert note in "".join(found.notes)
    assert bool(found.notes) == bool(note)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SALT.replace("Cl 2", "Qq 2"), "line 4: 'Qq' is no element"),
        (SALT.replace("Cl 2", "X 2"), "line 4: 'X' is no element"),
        (SALT.replace("2 2 2", "2,1 2 2"), "line 4: 'Cl 2,1"),
        (SALT.replace("2 2 2 1.0", "2 2 2 1.5"), "line 4: the occupancy '1.5'"),
        (SALT.replace("Lattice", "Cell"), "line 2, is not periodic"),
        (SALT.replace("T T T", "T T F"), "line 2, is not periodic"),
        (SALT.replace('"4 0 0', '"0 0'), "line 2: .* is no lattice"),
        (SALT.replace("species:S:1:pos:R:3", "foo"), "line 2: Properties=foo"),
        (SALT.replace("2\n", "3\n", 1), "3 atoms are announced"),
        (SALT.replace("2\n", "1\n", 1), "line 4: 'Cl 2 2 2 1.0'"),
        ("x\n" + SALT, "line 1: 'x'"),
    ],
)
def test_what_is_wrong_with_a_frame_is_named_with_its_line(text, words):
    with pytest.raises(StructureInputError, match=words):
        read_xyz(text, "'it'")
