"""Every answer of a study displays itself in a notebook, and no name in it becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from pymatgen.entries.computed_entries import ComputedEntry

from trona import Study
from trona.screening.tabular import Tabular

HOSTILE = "<script>alert(1)</script>&<img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Collects the tags of a text, and whether each is closed."""

    def __init__(self):
        super().__init__()
        self.seen, self.open = set(), []

    def handle_starttag(self, tag, _):
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags(text):
    found = Tags()
    found.feed(text)
    assert found.open == []
    return found.seen


@pytest.fixture(scope="module")
def study():
    return Study("bundled")


ANSWERS = {
    "window": lambda one: one.window("Na3PS4", tolerance=0.05, electrode="NaCrO2"),
    "at": lambda one: one.window("Na3PS4").at(0.0),
    "windows": lambda one: one.windows(["Na3PS4", "NaCl", "Na3PS3.4O0.6"], tolerance=0.05),
    "rank": lambda one: one.rank(["Na3PS4", "NaCl"], electrodes="NaCrO2"),
    "interface": lambda one: one.interface("Na3PS4", "NVP"),
    "matrix": lambda one: one.matrix(["Na3PS4", "NaCl"], ["NaCrO2"]),
    "air": lambda one: one.air(["Na3PS4", "Na3SbS4"]),
    "air of one": lambda one: one.air("Na3SbS4"),
    "dopants": lambda one: one.dopants("Na3PS4", ["As", "Sb"]),
    "diagram": lambda one: one.diagram("Na3PS4"),
    "buffers": lambda one: one.buffers("Na3PS4", "NaCrO2", among=["NaCl", "Na2S"]),
    "cell": lambda one: one.cell("Na", "Na3PS4", "NaCrO2", among=["NaCl", "Na2S"]),
    "discharge": lambda one: one.discharge("S"),
    "chemical potentials": lambda one: one.chemical_potentials("Na3PS4"),
    "table": lambda one: one.reference.table,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_displays_itself(study, name):
    answer = ANSWERS[name](study)
    assert isinstance(answer, Tabular)
    shown = answer._repr_html_()
    assert {"p", "table"} <= tags(shown) <= {
        "p", "b", "sub", "sup", "table", "thead", "tbody", "tr", "th", "td", "div", "style",
    }  # fmt: skip
    assert len(shown) < 100_000
    assert "None" not in shown
    assert len(repr(answer)) < 24 * 80


class Named(Tabular):
    """A table in which everything has a hostile name."""

    heading = HOSTILE

    def rows(self):
        return [dict.fromkeys(("formula", "reaction", "candidate", HOSTILE), HOSTILE)]


def test_names_never_become_markup(study):
    assert not {"script", "img"} & tags(Named()._repr_html_())
    phase = study.reference.table.find({"Na": 3, "P": 1, "S": 4})
    entries = study.reference.to_entries(["Na", "P", "S"])
    mine = ComputedEntry("Na3PS4", entries[0].energy, entry_id=HOSTILE)
    mine.data = next(one for one in entries if one.entry_id == phase.id).data
    window = study.window(mine)
    assert not {"script", "img"} & tags(window._repr_html_())
    assert not {"script", "img"} & tags(window.at(0.0)._repr_html_())
    renamed = study.buffers("Na3PS4", "NaCrO2", among=["NaCl"])
    renamed = replace(renamed, document=renamed.document.model_copy(update={"answer": HOSTILE}))
    assert not {"script", "img"} & tags(renamed._repr_html_())


def test_the_air_says_what_other_gases_do(study):
    found = study.air("Na3SbS4")
    assert "With H2O and CO2 together and with O2 a reaction releases energy" in found.heading
    assert found.to_frame()["answer"].tolist() == [found.docs[0].verdict]
    both = study.air(["Na3PS4", "Na3SbS4"])
    assert "1 of 2 reacts with water (Na3PS4)" in both.heading
    assert "a reaction releases" not in study.air("Na3PS4").heading


def test_both_states_of_an_electrode_are_said(study):
    found = study.interface("Na3PS4", "NVP")
    assert found.heading.startswith("Na3PS4 | Na3V2(PO4)3 (discharged): at most ")
    assert ". Na3PS4 | NaV2(PO4)3 (charged): at most " in found.heading
    assert study.interface("Na3PS4", "NaCl").state == ""
