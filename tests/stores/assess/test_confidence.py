"""A candidate that falls apart, or whose class half of the draws deny, is not shown as stable."""

from __future__ import annotations

import json

import pytest

from trona.screening.units import HELD
from trona.stores.assess.screenings import rank_documents, screening_document
from trona.stores.collections.summaries import rank_summaries, summarize_screening
from trona.stores.documents.migration import read_document
from trona.stores.documents.results import ScreeningDoc
from trona.stores.energies.references import load_reference

OXIDE = -1.454
"""Formation energy of Na2O, eV/atom."""


@pytest.fixture
def energies(tmp_path):
    """Function that makes a table with Na6O so far above the hull (eV/atom), and names it."""

    def make(above):
        path = tmp_path / "oxides.csv"
        on_hull = 3 * OXIDE / 7
        rows = f"Na2O,{OXIDE}\nNa6O,{on_hull + above}\nNaCl,-2.1\nNaO2,-0.9\n"
        path.write_text(f"formula,formation_energy_per_atom\n{rows}", encoding="utf-8")
        return f"table:{path}"

    return make


def screened(formula, name):
    return screening_document(formula, formula, "test", load_reference(name))


def test_what_falls_apart_is_not_stable_and_stands_last(energies):
    reference = energies(0.082)
    found = [screened(formula, reference) for formula in ("Na6O", "NaCl", "NaClO2", "NaO2")]
    oxide = found[0]
    assert oxide.window.ladder[0].interphase == "decomposes"
    assert oxide.contact.interphase == "decomposes"
    assert oxide.window.energy_above_hull == pytest.approx(0.082)
    assert "Na2O" in oxide.contact.products
    still = [r for r in found[2].window.ladder if r.reaction_kind == "none"]
    assert [rung.interphase for rung in still] == ["decomposes"]
    ranked = rank_documents(found)
    assert ranked[-1][1].label == "Na6O"
    assert any("decomposes by itself" in reason for reason in ranked[-1][0].vetoes)
    assert not any(place.vetoes for place, _ in ranked[:-1])


def test_within_the_tolerance_it_holds_together(energies):
    near = screened("Na6O", energies(HELD / 5))
    assert near.contact.interphase == "stable"
    assert not rank_documents([near])[0][0].vetoes


def test_a_class_of_half_of_the_draws_is_shown_with_its_share_and_stands_behind(energies, trona):
    reference = energies(HELD)
    open_, sure = (screened(formula, reference) for formula in ("Na6O", "NaCl"))
    shares = open_.contact.interphase_shares
    assert open_.window.ladder[0].interphase_shares == shares
    assert 0.2 < shares["stable"] < 0.8
    assert shares["stable"] + shares["decomposes"] == pytest.approx(1.0)
    assert [doc.label for _, doc in rank_documents([open_, sure])] == ["NaCl", "Na6O"]
    summary = summarize_screening(open_)
    assert summary.severity == 1.0
    assert summary.interphase_share == shares[open_.contact.interphase]
    assert [one.label for _, one in rank_summaries([summary, summarize_screening(sure)])] == [
        "NaCl",
        "Na6O",
    ]
    printed = trona("compare", "Na6O", "NaCl", "--reference", reference).stdout
    likely = max(shares.values())
    word = "likely" if likely >= 2 / 3 else "uncertain:"
    assert word in printed
    assert f"{100 * likely:.0f} %" in printed
    content = json.loads(trona("window", "Na6O", "--reference", reference, "--json").stdout)
    assert content["ladder"][0]["interphase_shares"] == shares


def test_a_sure_class_stands_without_a_share(energies, trona):
    printed = trona("compare", "NaCl", "--reference", energies(0.1)).stdout
    assert "stable" in printed
    assert "likely" not in printed
    assert "%" not in printed


def test_documents_from_before_the_shares_load_and_count_as_sure(energies):
    content = screened("NaCl", energies(0.1)).model_dump(mode="json")
    del content["contact"]["interphase_shares"]
    for rung in content["window"]["ladder"]:
        del rung["interphase_shares"]
    old = read_document(ScreeningDoc, content)
    summary = summarize_screening(old)
    assert (summary.severity, summary.interphase_share) == (0.0, None)


def test_an_open_side_is_named(energies):
    found = screened("NaClO2", energies(0.1))
    (said,) = [text for text in found.window.caveats if text.startswith("Not known")]
    assert "Na⁺ through" in said
    assert "NaO2" in said
