"""Answers say what their reference does not cover, and are neither sure nor first where it decides.

The tables are made by hand; energies are of the right size and prove nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from trona import Study
from trona.screening.equilibrium.phases import Phase
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.validation import Case, Contact, validate
from trona.stores.energies.references import load_reference

GAP = """\
formula,id,formation_energy_per_atom
Na2O,na2o,-1.46
NaTa,nata,0.05
NaTaO3,natao3,-2.9
NaCl,nacl,-2.10
NaAlO2,naalo2,-2.97
Al2O3,al2o3,-3.44
NaAl,naal,0.05
TaCl5,tacl5,-1.50
ClO2,clo2,0.4
"""
SAID = "The reference has no phase with Ta and O: such products cannot be predicted."
QUESTIONS = {
    "window": ("window", "NaTaO3"),
    "interface": ("interface", "NaCl", "NaTaO3"),
    "profile": ("profile", "NaTaO3"),
}


@pytest.fixture
def gap(tmp_path):
    path = tmp_path / "gap.csv"
    path.write_text(GAP, encoding="utf-8")
    return f"table:{path}"


def one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_an_answer_names_the_elements_that_nothing_joins(trona, gap, asked):
    done = trona(*asked, "--reference", gap)
    assert SAID in one_line(done.stdout)
    content = json.loads(trona(*asked, "--reference", gap, "--json").stdout)
    document = content[0] if isinstance(content, list) else content
    assert document["open_pairs"] == ["Ta-O"]
    assert SAID in document["caveats"]


def test_an_interface_asks_for_the_pairs_across_it(trona, gap):
    done = trona("interface", "TaCl5", "NaAlO2", "--reference", gap)
    assert "The reference has no phase with Al and Cl: such products" in one_line(done.stdout)


def test_a_matrix_asks_for_the_pairs_across_each_contact(trona, gap):
    asked = ("matrix", "NaCl", "NaTaO3", "--against", "NaAlO2,Na2O", "--reference", gap)
    document = json.loads(trona(*asked, "--json").stdout)
    unknown = {(one["first"], one["second"]) for one in document["cells"] if one["open_pairs"]}
    assert ("NaTaO3", "Na2O") in unknown
    assert ("NaCl", "Na2O") not in unknown
    for one in document["cells"]:
        if one["open_pairs"]:
            assert (one["interphase"], one["uncertainty"]) == ("unknown", None)
    assert "because the reference has no phase with" in one_line(trona(*asked).stdout)


def test_no_reaction_is_not_said_where_products_may_be_missing(trona, gap):
    done = trona("interface", "NaCl", "NaTaO3", "--reference", gap)
    assert "no reaction among the phases of the reference, which lacks products" in one_line(
        done.stdout
    )


def test_an_electrode_is_asked_for_its_own_pairs(trona, gap):
    done = trona("window", "NaCl", "--electrode", "NaTaO3", "--reference", gap)
    assert f"Electrode NaTaO3: {SAID}" in one_line(done.stdout)


def test_the_energy_of_the_candidate_itself_closes_no_gap(tmp_path):
    path = tmp_path / "without.csv"
    path.write_text(GAP.replace("NaTaO3,natao3,-2.9\n", ""), encoding="utf-8")
    reference = load_reference(f"table:{path}")
    own = Phase("relaxed", "NaTaO3", parse("NaTaO3"), energy=-14.0, scale=reference.scale)
    found = assess_formula("NaTaO3", reference, own=own)
    assert found.coverage.open == (("Ta", "O"),)
    assert {one.kind.value for one in found.interphases} == {"unknown"}


def test_no_class_and_no_error_stand_on_a_gap(trona, gap):
    content = json.loads(trona("window", "NaTaO3", "--reference", gap, "--json").stdout)
    assert {rung["interphase"] for rung in content["ladder"]} == {"unknown"}
    assert content["uncertainty"] is None
    assert content["no_uncertainty"] == SAID
    printed = trona("window", "NaTaO3", "--reference", gap, "--sigma", "0.03", "--why").stdout
    assert "±" not in printed.replace("have no ±", "")


def test_no_gap_no_word(trona, gap):
    content = json.loads(trona("window", "NaAlO2", "--reference", gap, "--json").stdout)
    assert content["open_pairs"] == content["doubts"] == []
    assert content["uncertainty"] is not None
    assert content["no_uncertainty"] is None


def test_a_ranking_puts_gaps_apart_and_says_why(trona, gap):
    asked = ("compare", "NaTaO3", "NaAlO2", "--reference", gap)
    ranked = json.loads(trona(*asked, "--json").stdout)["ranking"]
    assert [(one["label"], one["place"]) for one in ranked] == [("NaAlO2", 1), ("NaTaO3", None)]
    assert ranked[1]["apart"][0] == SAID
    assert f"NaTaO3 not ranked: {SAID}" in one_line(trona(*asked).stdout)


def test_screened_candidates_with_gaps_stand_apart(trona, gap, tmp_path):
    store = tmp_path / "s.sqlite"
    done = trona("screen", "NaTaO3", "NaAlO2", "--store", store, "--reference", gap)
    assert f"NaTaO3 not ranked: {SAID}" in one_line(done.stdout)
    found = one_line(trona("query", "--store", store).stdout)
    assert f"NaTaO3 not ranked: {SAID}" in found
    assert found.index("NaAlO2") < found.index("NaTaO3")
    page = tmp_path / "report.html"
    assert trona("report", "--store", store, "--to", page).returncode == 0
    assert SAID in page.read_text(encoding="utf-8")


def test_figures_of_windows_mark_what_is_not_ranked(trona, gap, tmp_path):
    to = tmp_path / "windows.html"
    asked = ("NaTaO3", "NaAlO2", "--to", to, "--electrodes", "")
    done = trona("plot", "windows", *asked, "--reference", gap)
    assert f"NaTaO3: {SAID}" in one_line(done.stderr)
    drawn = to.read_text(encoding="utf-8")
    assert "the reference cannot assess it: not ranked" in drawn


def test_a_published_case_with_a_gap_cannot_be_judged(gap):
    contact = Contact(products=["Na2O", "Ta"], interphase="stable", kind="observed", source="none")
    case = Case(formula="NaTaO3", group="test", contacts=[contact])
    (found,) = validate(load_reference(gap), [case])
    assert found.verdict == "cannot say"
    assert found.reasons == [SAID]


def test_python_says_the_same(gap):
    study = Study(gap)
    window = study.window("NaTaO3")
    assert window.at(0.0).interphase.kind.value == "unknown"
    assert SAID in window.caveats
    ranking = study.rank(["NaTaO3", "NaAlO2"])
    table = ranking.to_frame()
    assert table["candidate"].tolist() == ["NaAlO2", "NaTaO3"]
    assert SAID in table["apart"][1]
    assert SAID in ranking.heading


SUSPECT = """\
formula,id,formation_energy_per_atom
Na2S,na2s,-1.29
P2S5,p2s5,-0.64
Na3P,na3p,-0.34
Na3PS4,na3ps4,-2.5
"""


def test_a_candidate_too_good_to_be_true_is_told_and_not_ranked_first(trona, tmp_path):
    path = tmp_path / "suspect.csv"
    path.write_text(SUSPECT, encoding="utf-8")
    reference = f"table:{path}"
    content = json.loads(trona("window", "Na3PS4", "--reference", reference, "--json").stdout)
    assert [line.split(" of ")[0] for line in content["doubts"]][1:] == [
        "Its oxidation limit",
        "Its window",
    ]
    assert "below the hull of the other phases" in content["doubts"][0]
    assert set(content["doubts"]) <= set(content["caveats"])
    asked = ("compare", "Na3PS4", "Na2S", "--reference", reference, "--json")
    ranked = json.loads(trona(*asked).stdout)["ranking"]
    assert [(one["label"], one["place"]) for one in ranked] == [("Na2S", 1), ("Na3PS4", None)]


LACKS = "Not in the reference: Ta2O5."


@pytest.fixture
def lacking(gap, monkeypatch):
    """The same table, as a reference that knows what it lacks."""
    known = replace(load_reference(gap), missing={"Ta2O5": "not relaxed", "NaTaS3": "too large"})
    monkeypatch.setattr("trona.stores.energies.references.load_reference", lambda *_: known)
    monkeypatch.setattr("trona.workflows.python.energies.load_reference", lambda *_: known)


@pytest.mark.usefixtures("lacking")
@pytest.mark.parametrize(
    "asked",
    [("window", "NaTaO3"), ("interface", "TaCl5", "NaAlO2"), ("profile", "NaTaO3")],
    ids=str,
)
def test_every_answer_names_missing_phases_of_all_its_elements(trona, asked):
    assert LACKS in one_line(trona(*asked).stdout)


@pytest.mark.usefixtures("lacking")
@pytest.mark.parametrize(
    "asked", [("diagram", "Na-Ta-O"), ("interface", "TaCl5", "NaAlO2"), ("profile", "NaTaO3")]
)
def test_figures_are_drawn_with_the_same_words(trona, tmp_path, asked):
    kind, *formulas = asked
    assert LACKS in one_line(trona("plot", kind, *formulas, "--to", tmp_path / "drawn.svg").stderr)


@pytest.mark.usefixtures("lacking")
def test_python_names_missing_phases():
    study = Study("any")
    answers = (
        study.window("NaTaO3"),
        study.interface("TaCl5", "NaAlO2"),
        study.discharge("NaTaO3"),
        study.diagram("NaTaO3"),
    )
    for answer in answers:
        assert LACKS in answer.caveats
        assert LACKS in answer.heading
