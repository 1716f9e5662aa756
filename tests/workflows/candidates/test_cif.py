"""CIF in its dialects; what contradicts what the file says of itself is refused."""

from __future__ import annotations

import pytest

from trona.screening.errors import StructureInputError
from trona.workflows.candidates.cif import read_cif
from trona.workflows.candidates.cif_text import decode_text

GROUP = "_symmetry_space_group_name_H-M 'I -4 3 m'"
SUM = "_chemical_formula_sum 'Na3 P S4'"
SULFIDE = f"""\
data_x
{SUM}
_cell_formula_units_Z 2
_cell_length_a 7.0(1)
_cell_length_b 7.0
_cell_length_c 7.0
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
{GROUP}
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Na1 Na1+ 0 0.5 0.5 1
P1 P5+ 0 0 0 1
S1 S2- 0.17(1) 0.17 0.17 1.0
"""
LOOP = "loop_\n_symmetry_equiv_pos_as_xyz\n"


def changed(*pairs):
    """Exchange texts of the sulfide's file, each of which must be there."""
    text = SULFIDE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def crystal(cell, group, sites, formula=""):
    """Write a CIF of a cell, a space group and sites with type, coordinates."""
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = ["data_x", formula and f"_chemical_formula_sum '{formula}'", group]
    lines += [f"_cell_{name} {value}" for name, value in zip(names, cell, strict=True)]
    lines += ["loop_", "_atom_site_label", *(f"_atom_site_fract_{axis}" for axis in "xyz"), *sites]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        SULFIDE,
        SULFIDE.replace("\n", "\r\n"),
        SULFIDE.replace("\n", "\r"),
        SULFIDE.upper(),
        "\ufeff" + SULFIDE,
        SULFIDE + "\x1a",
        "# Å µ\n" + SULFIDE,
        "data_global\n_publ_section_title 'x'\n" + SULFIDE,
        SULFIDE + "data_publ\n_publ_section_title 'x'\n",
        changed((GROUP, "_space_group_name_Hall 'I -4 2 3'")),
        changed((GROUP, "_space_group_IT_number 217")),
        changed((GROUP, "_Space_Group_Name_H-M_alt I-43m")),
        changed((GROUP, "_symmetry_space_group_name_H-M I_-4_3_m")),
        changed(("_cell_length_", "_cell.length_"), ("_atom_site_", "_atom_site.")),
        changed((" 1.0\n", " .\n")),
        changed((" 0 0 0 1\n", " 0 0 0 ?\n")),
        changed(("_atom_site_type_symbol\n", ""), (" Na1+", ""), (" P5+", ""), (" S2-", "")),
        changed((SUM, "_chemical_formula_moiety '3(Na 1+), P S4 3-'")),
        "#\\#CIF_2.0\n"
        + changed((SUM, SUM.replace("'", "'''") + "\n_a.b [1 'x y' [2]]\n_a.c {'k':1}")),
    ],
    ids=[
        "plain", "crlf", "cr", "capitals", "bom", "ctrl-z", "not-ascii", "texts-first",
        "texts-last", "hall", "number", "hm-case", "hm-underscores", "dots", "occupancy-dot",
        "occupancy-unknown", "labels-only", "moiety", "cif-2",
    ],
)  # fmt: skip
def test_one_crystal_in_every_dialect(text):
    (found,) = read_cif(decode_text(text.encode()), "'it'")
    assert found.structure.formula == "Na6 P2 S8"
    assert found.structure.volume == pytest.approx(343)
    assert found.notes == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_are_told_apart(encoding):
    assert "Ångström" in decode_text(("# Ångström\n" + SULFIDE).encode(encoding))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed(("I -4 3 m", "I m -3 m")), "says 'Na3 P S4'.* give Na3PS8"),
        (changed((GROUP, "")), "says 'Na3 P S4'.* give NaPS"),
        (changed(("'Na3 P S4'", "'H Na3 P S4'")), "hold no H"),
        (changed(("_Z 2", "_Z 4")), "Z = 4 .*give 2"),
        (changed((GROUP, GROUP + "\n_cell_volume 400")), "volume of 400 Å³.* 343"),
        (changed((GROUP, GROUP + "\n_exptl_crystal_density_diffrn 3.9")), "density of 3.9.* 2.21"),
        (changed((GROUP, GROUP + "\n_space_group_IT_number 225")), "225, which is 'F m -3 m'"),
        (changed(("_length_c 7.0", "_length_c 9.0")), "cell .7 7 9 .*without the symmetry"),
        (changed((GROUP, LOOP + "x,y,z\n-x,-y,z\n-y,x,-z")), "lists 3 symmetry operations"),
        (changed((GROUP, LOOP + "x,y")), "operation 'x,y'"),
        (changed(("I -4 3 m", "Q 7")), "'Q 7', which is not known"),
        (changed((GROUP, "_space_group_IT_number 250")), "'250' as the number"),
        (changed(("'Na3 P S4'", "'Na3 P S4")), "line 2: a quotation mark is not closed"),
        (changed(("'Na3 P S4'", "\n;Na3 P S4")), "line 3: a text block .*not closed"),
        (changed((SUM, "_a\n;x\ndata_y\n_b\n;")), "line|swallows"),
        (changed(("_length_b 7.0", "_length_a 8.0")), "gives _cell_length_a twice"),
        (changed(("S1 S2-", "S1 Zz")), "site 'S1' of unknown species 'Zz'"),
        (changed(("P5+ 0 0 0", "P5+ ? ? ?")), "site 'P1' with the coordinate '[?]'"),
        (changed(("0.17(1)", "0,17")), "site 'S1' with the coordinate '0,17'"),
        (changed((" 0 0 0 1\n", " 0 0 0 1.5\n")), "site 'P1' of occupancy '1.5'"),
        (changed((" 0 0 0 1\n", " 0 0.5 0.5 1\n")), "holds 2 atoms on the position of Na1.P1"),
        (changed(("_cell_length_b 7.0", "_cell_length_b ?")), "gives no _cell_length_b"),
        (changed(("_occupancy", "_attached_hydrogens")), "counts 1 hydrogen atoms at 'Na1'"),
        (changed((SUM, ""), ("S1 S2-", "X1 X")), "dummy atoms .X1. and no formula"),
        (changed(("_fract_", "_Cartn_")), "Cartesian"),
        (SULFIDE.split("loop_", maxsplit=1)[0], "a cell but no atom sites"),
        (SULFIDE[: SULFIDE.index("P1 P5+") + 8], "line 11: the number of values"),
        (SULFIDE.replace("data_x\n", ""), "line 1: no block"),
        ("<html>404</html>", "line 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_one_sentence(text, words):
    with pytest.raises(StructureInputError, match=words) as caught:
        read_cif(text, "'it'")
    assert str(caught.value).startswith("'it'")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", range(0, len(SULFIDE), 7))
def test_a_truncated_file_is_refused_or_the_whole_crystal(length):
    try:
        found = read_cif(SULFIDE[:length], "'it'")
    except StructureInputError:
        return
    assert found[0].structure.formula == "Na6 P2 S8"


def test_the_origin_is_the_one_that_gives_the_formula():
    sites = ["Na1 0.125 0.125 0.125", "Cr1 0.5 0.5 0.5", "S1 0.26 0.26 0.26"]
    group = "_symmetry_space_group_name_H-M 'F d -3 m{}'"
    cell = (10, 10, 10, 90, 90, 90)
    (found,) = read_cif(crystal(cell, group.format(""), sites, "Na Cr2 S4"), "'it'")
    assert found.structure.formula == "Na8 Cr16 S32"
    assert "F d -3 m:2 is taken" in found.notes[0]
    for ending in (":2", " :2", " Z"):
        (named,) = read_cif(crystal(cell, group.format(ending), sites, "Na Cr2 S4"), "'it'")
        assert named.structure.formula == "Na8 Cr16 S32"
        assert named.notes == ()
    with pytest.raises(StructureInputError, match="give "):
        read_cif(crystal(cell, group.format(":1"), sites, "Na Cr2 S4"), "'it'")


@pytest.mark.parametrize(
    "name",
    ["F d -3 m (origin choice 2)", "F d -3 m O2", "F 41/d -3 2/m :2", "Fd-3m:2", "F d -3 m (227)"],
)
def test_symbols_are_read_as_programs_write_them(name):
    sites = ["Na1 0.125 0.125 0.125", "Cr1 0.5 0.5 0.5", "S1 0.26 0.26 0.26"]
    group = f"_symmetry_space_group_name_H-M '{name}'"
    (found,) = read_cif(crystal((10, 10, 10, 90, 90, 90), group, sites, "Na Cr2 S4"), "'it'")
    assert found.structure.formula == "Na8 Cr16 S32"


@pytest.mark.parametrize(
    ("full", "short"),
    [("F 4/m -3 2/m", "F m -3 m"), ("P 63/m 2/m 2/c", "P 63/m m c"),
     ("P 21/n 21/m 21/a", "P n m a"), ("R -3 2/m", "R -3 m")],
)  # fmt: skip
def test_full_symbols_mean_the_short_ones(full, short):
    cell = (5, 5, 5, 90, 90, 90) if full[0] != "P" else (5, 5, 8, 90, 90, 120)
    cell = (5, 6, 7, 90, 90, 90) if full.startswith("P 21") else cell
    cell = (5, 5, 9, 90, 90, 120) if full[0] == "R" else cell
    sites = ["Na1 0 0 0"]
    found = [
        read_cif(crystal(cell, f"_symmetry_space_group_name_H-M '{name}'", sites), "'it'")[0]
        for name in (full, short)
    ]
    assert found[0].structure == found[1].structure


def test_a_hydrate_with_a_comma_in_its_formula_is_read():
    text = changed(("'Na3 P S4'", "'Na3 P S4, 8(H2 O)'"))
    with pytest.raises(StructureInputError, match="hold no H"):
        read_cif(text, "'it'")


@pytest.mark.parametrize("name", ["R -3 m", "R-3m", "R -3 m :R", "R -3 m R"])
def test_rhombohedral_axes_are_seen_in_the_cell(name):
    text = crystal(
        (5.5, 5.5, 5.5, 31.4, 31.4, 31.4),
        f"_symmetry_space_group_name_H-M '{name}'",
        ["Na1 0 0 0", "Cr1 0.5 0.5 0.5", "O1 0.265 0.265 0.265"],
        "Na Cr O2",
    )
    (found,) = read_cif(text, "'it'")
    assert found.structure.formula == "Na1 Cr1 O2"


@pytest.mark.parametrize("third", [("0.33", "0.67"), ("0.333", "0.667"), ("0.33333", "0.66667")])
def test_rounded_thirds_are_special_positions(third):
    text = crystal(
        (5, 5, 6, 90, 90, 120),
        "_symmetry_space_group_name_H-M 'P -3 m 1'",
        ["Na1 0 0 0", "S1 {} {} 0.25".format(*third)],
        "Na S2",
    )
    (found,) = read_cif(text, "'it'")
    assert found.structure.formula == "Na1 S2"


def test_what_is_left_out_or_changed_is_said():
    dummies = changed(("S1 S2-", "X1 X 0.3 0.3 0 1\nNa2 Na 0.2 0.2 0 0\nS1 S2-"))
    (found,) = read_cif(dummies, "'it'")
    assert found.notes == ("dummy atoms left out: X1", "sites of occupancy 0 left out: Na2")
    (heavy,) = read_cif(changed(("S2-", "D"), ("'Na3 P S4'", "'Na3 P D4'")), "'it'")
    assert heavy.structure.formula == "Na6 P2 H8"
    assert heavy.notes == ("deuterium taken as hydrogen",)
    (plain,) = read_cif(changed((GROUP, ""), (SUM, "")), "'it'")
    assert "states no symmetry" in plain.notes[0]
    second = SULFIDE.split("loop_", maxsplit=1)[0].replace("data_x", "data_y")
    (first,) = read_cif(SULFIDE + second, "'it'")
    assert "'y' has a cell but no sites" in first.notes[0]


def test_occupancies_of_thirds_fill_a_site():
    sites = "S1 S2- 0.17 0.17 0.17 0.334\nSe1 Se 0.17 0.17 0.17 0.334\nTe1 Te 0.17 0.17 0.17 0.334"
    text = changed(("S1 S2- 0.17(1) 0.17 0.17 1.0", sites), (SUM, ""))
    (found,) = read_cif(text, "'it'")
    assert found.structure.composition["S"] == pytest.approx(8 / 3)
    assert "add up to 1.002, taken as 1" in found.notes[0]
