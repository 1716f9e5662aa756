"""Candidates: files and formulas become structures, or one clear sentence."""

from __future__ import annotations

import pytest
from pymatgen.core import Lattice, Structure

from trona.screening.errors import FormulaError, InputError, StructureInputError
from trona.screening.formulas import parse, same_composition
from trona.workflows.candidates.sources import bundled, from_argument, from_file, gather
from trona.workflows.jobs.backends import BACKENDS, relaxation_id

SALT = Structure.from_spacegroup(
    "Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
)


@pytest.mark.parametrize("candidate", bundled(), ids=lambda candidate: candidate.label)
def test_bundled_candidates_are_what_they_say(candidate):
    assert candidate.source
    assert "Na" in parse(candidate.formula)
    if candidate.structure is not None:
        amounts = candidate.structure.composition.get_el_amt_dict()
        assert same_composition(amounts, parse(candidate.formula))
        assert candidate.structure.is_valid(tol=0.7)


def test_the_electrolytes_of_the_first_screening_are_bundled():
    structures = {c.formula for c in bundled() if c.structure is not None}
    mixtures = {c.formula for c in bundled() if c.structure is None}
    assert structures >= {
        "Na3PS4", "Na3SbS4", "Na3PSe4", "Na3PS3O", "Na4SnS4", "Na3PO4", "Na2S", "Na3YCl6",
        "Na2ZrCl6", "NaBH4", "Na2B12H12",
    }  # fmt: skip
    assert mixtures == {
        "Na2.25Y0.25Zr0.75Cl6", "Na3PS3.4O0.6", "Na3PS3.85O0.15", "Na3SbS4·8H2O"
    }  # fmt: skip
    assert sum(candidate.formula == "Na3PS4" for candidate in bundled()) == 2


@pytest.mark.parametrize("name", ["salt.cif", "POSCAR", "salt.vasp"])
def test_a_structure_file_is_read(tmp_path, name):
    path = tmp_path / "run" / name
    path.parent.mkdir()
    SALT.to(str(path), fmt="cif" if name.endswith("cif") else "poscar")
    (found,) = from_file(path)
    assert found.formula == "NaCl"
    assert found.label == ("run" if name == "POSCAR" else "salt")
    assert found.structure.volume == pytest.approx(SALT.volume)


def test_a_formula_is_a_candidate_without_structure():
    (candidate,) = from_argument("Na3SbS4·8H2O").candidates
    assert candidate.structure is None


@pytest.mark.parametrize(
    ("argument", "error"),
    [("nowhere.cif", StructureInputError), ("some/where", StructureInputError),
     ("na3ps4", InputError), ("P2S5", FormulaError), ("Na", FormulaError), ("", InputError)],
)  # fmt: skip
def test_a_bad_argument_is_named(argument, error):
    with pytest.raises(error):
        from_argument(argument)


@pytest.mark.parametrize("content", ["", "data_x\n_cell_length_a 5\n", "garbage", "\x00\x01"])
def test_a_broken_cif_is_one_sentence(tmp_path, content):
    path = tmp_path / "broken.cif"
    path.write_text(content)
    with pytest.raises(StructureInputError, match=r"broken\.cif") as caught:
        from_file(path)
    assert "\n" not in str(caught.value)


def test_structures_that_cannot_be_relaxed_are_refused(tmp_path):
    disordered = Structure(SALT.lattice, [{"Na": 0.5, "K": 0.5}, "Cl"], [[0, 0, 0], [0.5, 0, 0]])
    disordered.to(str(tmp_path / "half.cif"))
    Structure(SALT.lattice, ["K", "Cl"], [[0, 0, 0], [0.5, 0, 0]]).to(str(tmp_path / "k.cif"))
    for name, word in (("half", "candidates make"), ("k", "no sodium")):
        with pytest.raises(StructureInputError, match=word):
            from_file(tmp_path / f"{name}.cif")


def test_a_folder_is_screened_as_far_as_it_can_be_used(tmp_path):
    SALT.to(str(tmp_path / "salt.cif"))
    (tmp_path / "broken.cif").write_text("data_x")
    (tmp_path / "README.txt").write_text("not a structure")
    found = gather([str(tmp_path)])
    assert [candidate.label for candidate in found.candidates] == ["salt"]
    (reason,) = found.left_out
    assert "broken.cif" in reason


def test_a_folder_without_anything_to_screen_is_refused(tmp_path):
    with pytest.raises(StructureInputError, match="no structure"):
        gather([str(tmp_path)])
    (tmp_path / "broken.cif").write_text("data_x")
    with pytest.raises(InputError, match=r"broken\.cif"):
        gather([str(tmp_path)])


def test_a_table_gives_formulas_and_structures_with_their_sources(tmp_path):
    SALT.to(str(tmp_path / "salt.cif"))
    table = tmp_path / "candidates.csv"
    table.write_text(
        "label,formula,source,file\n"
        "rock salt,Na2Cl2,a textbook,salt.cif\n"
        ",Na3PS4,,\n"
        "wrong,NaBr,,salt.cif\n"
        ",Na3Xx,,\n",
        encoding="utf-8",
    )
    for argument in (table, tmp_path):
        found = gather([str(argument)])
        salt, glass = found.candidates
        assert (salt.label, salt.formula, salt.source) == ("rock salt", "Na2Cl2", "a textbook")
        assert len(salt.structure) == 8
        assert (glass.label, glass.structure) == ("Na3PS4", None)
        assert "line 3 of candidates.csv" in glass.source
        assert ["NaBr" in reason or "Na3Xx" in reason for reason in found.left_out] == [True, True]


@pytest.mark.parametrize("content", ["", "label\nx\n", "formula\n", "formula,label\n,x\n", "\xff"])
def test_a_table_that_is_none_is_one_sentence(tmp_path, content):
    table = tmp_path / "table.csv"
    table.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"table\.csv"):
        gather([str(table)])


def test_charged_formulas_are_refused_unless_asked_for():
    with pytest.raises(InputError, match=r"\+0\.18.*Na2\.88Sb0\.88W0\.12S4.*--unbalanced"):
        gather(["Na3.06Sb0.88W0.12S4"])
    assert gather(["Na3.06Sb0.88W0.12S4"], unbalanced=True).candidates


def test_two_candidates_of_one_label_are_refused(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        SALT.to(str(tmp_path / folder / "salt.cif"))
    with pytest.raises(InputError, match="salt"):
        gather([str(tmp_path / "a" / "salt.cif"), str(tmp_path / "b" / "salt.cif")])


def test_a_relaxation_is_identified_by_structure_and_settings():
    backend = BACKENDS["chgnet"]
    first = relaxation_id(SALT, backend)
    shuffled = Structure.from_sites(list(SALT)[::-1])
    shifted = SALT.copy()
    shifted.translate_sites(0, [1, 0, 0], to_unit_cell=False)
    assert relaxation_id(shuffled, backend) == first
    assert relaxation_id(shifted, backend) == first
    strained = SALT.copy()
    strained.apply_strain(0.01)
    assert relaxation_id(strained, backend) != first
    assert relaxation_id(SALT, type(backend)(**{**vars(backend), "max_force": 0.1})) != first


def written(tmp_path, text, name="table.csv"):
    """Write a table and give its name."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_line_that_cannot_be_used_is_named_with_its_table(tmp_path):
    table = written(tmp_path, "label,formula\na,Na3PS4\nb,\nc,Na3XX4\nd,P2S5\ne,Na2PS4\n")
    found = gather([table])
    assert [one.label for one in found.candidates] == ["a"]
    words = ["has no formula", "'Na3XX4' names 'X', which is not an element", "sodium", "neutral"]
    for line, word, reason in zip((3, 4, 5, 6), words, sorted(found.left_out), strict=True):
        assert reason.startswith(f"line {line} of {table}: ")
        assert word in reason


def test_all_reasons_are_given_where_no_line_can_be_used(tmp_path):
    table = written(tmp_path, "formula\n" + "Na3XX4\n" * 3 + "P2S5\n" * 20)
    with pytest.raises(InputError, match=r"23 reasons:\n  line 2 .*\n  line 3 (.|\n)*and 13 more"):
        gather([table])


def test_a_composition_that_is_given_again_is_one_candidate(tmp_path):
    table = written(tmp_path, "formula\nNa3PS4\nNa2S\nNa3PS4\n")
    found = gather([table, "Na2S"])
    assert [one.label for one in found.candidates] == ["Na3PS4", "Na2S"]
    assert any(f"line 2 of {table}, line 4 of {table}" in note for note in found.notes)
    assert len(found.notes) == 2


def test_different_candidates_of_one_label_are_refused_with_lines_and_remedy(tmp_path):
    table = written(tmp_path, "label,formula\na,Na3PS4\na,Na2S\n")
    with pytest.raises(InputError, match=r"'a', line 2 of .* and line 3 of .*column 'label'"):
        gather([table])
    SALT.to(str(tmp_path / "NaCl.cif"))
    with pytest.raises(InputError, match=r"NaCl\.cif and NaCl as typed: rename one of the files"):
        gather([str(tmp_path / "NaCl.cif"), "NaCl"])


@pytest.mark.parametrize("text", ["label,file\nmine,salt.cif\n", "formula,file\n,salt.cif\n"])
def test_a_file_needs_no_formula(tmp_path, text):
    SALT.to(str(tmp_path / "salt.cif"))
    (found,) = gather([written(tmp_path, text)]).candidates
    assert found.formula == "NaCl"
    assert found.label == ("mine" if "mine" in text else "salt")


def test_a_list_of_formulas_is_read_as_a_table(tmp_path):
    found = gather([written(tmp_path, "Na3PS4  # known\n\nfoo\nNa2S\n", "list.txt")])
    assert [one.formula for one in found.candidates] == ["Na3PS4", "Na2S"]
    assert "line 3 of" in found.left_out[0]


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_argument_is_not_the_current_folder(text):
    with pytest.raises(InputError, match="empty"):
        gather([text])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,Comp\na,Na3PS4\n", "has the header 'name, Comp', and no column 'formula'"),
        ("No,name\n1,Na3PS4\n", "has the header 'No, name'"),
        ("Na3PS4\nNa2S\n", "has no header: its first line holds 'Na3PS4'"),
        ("formula\n", "one line only"),
    ],
)
def test_what_is_wrong_with_a_header_is_said_as_it_is_written(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        gather([written(tmp_path, text)])
