"""Of how many reactions of the review's compositions nobody can say whether they go on."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.published import SCIENCE, TABLE, require, rows
from trona.screening.errors import ChemicalSystemError
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.references import load_reference

require(SCIENCE, TABLE)

REFERENCES = ("bundled", f"table:{TABLE}")
SIX = (
    "Na3PS4",
    "Na3SbS4",
    "Na11Sn2PS12",
    "Na2.25Y0.25Zr0.75Cl6",
    "Na3Zr2Si2PO12",
    "Na4(B10H10)(B12H12)",
)
"""Electrolytes of the review, one of each family."""
MOST = 0.1
"""Share of reactions of which the class may stay unknown."""


def reviewed():
    """Every composition of the tables of windows."""
    named = [row["composition"] for number in ("4", "4.1") for row in rows(number)]
    return tuple(dict.fromkeys(named))


def kinds(formulas, energies):
    """Classes of all reactions with an electrode, counted."""
    found = Counter()
    for formula in formulas:
        try:
            assessment = assess_formula(formula, energies)
        except ChemicalSystemError:  # iron and tantalum are not in the part of the table
            continue
        found.update(one.kind for one in assessment.interphases if one.kind.reacts)
    return found


@pytest.mark.parametrize("name", REFERENCES, ids=["sevennet", "table"])
@pytest.mark.parametrize("formulas", [SIX, reviewed()], ids=["six", "all"])
def test_few_reactions_stay_unknown(name, formulas):
    found = kinds(formulas, load_reference(name))
    assert found.total() > 40
    assert found[InterphaseClass.UNKNOWN] <= MOST * found.total()


@pytest.mark.parametrize("name", REFERENCES, ids=["sevennet", "table"])
def test_an_open_class_names_the_side_that_is_missing(name):
    energies = load_reference(name)
    for formula in SIX:
        assessment = assess_formula(formula, energies)
        open_ = [one for one in assessment.interphases if one.kind.reacts and _open(one)]
        said = [text for text in window_document(assessment).caveats if "Not known at" in text]
        assert bool(open_) == bool(said)


def _open(found):
    """Tell whether electrons or sodium ions are open."""
    return "unknown" in {found.electrons.value, found.ions.value}
