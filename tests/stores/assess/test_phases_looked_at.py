"""An answer looks at the phases of its elements, however many others the reference has."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from trona.stores.assess.screenings import outcome
from trona.stores.energies.references import load_reference


class Counted(tuple):
    """Phases that are counted where they are looked at, and never gone through."""

    __slots__ = ()
    seen: set[int] = set()  # noqa: RUF012 (of the class: a tuple has no room)

    def __getitem__(self, at):
        self.seen.add(at)
        return super().__getitem__(at)

    def __iter__(self):
        pytest.fail("all phases were gone through")


@pytest.mark.parametrize("formula", ["Na3PS4", "NaAlO2", "Na5YSi4O12", "Na3P2S7"])
def test_a_screening_of_a_formula_looks_at_the_phases_of_its_elements(formula):
    whole = load_reference("bundled")
    table = replace(whole.table, phases=Counted(whole.table.phases))
    counted = replace(whole)
    vars(counted)["table"] = table
    expected = outcome(formula, formula, "formula", whole)
    Counted.seen.clear()
    found = outcome(formula, formula, "formula", counted)
    assert found.window == expected.window
    inside = whole.table.within(["Na", "Cl", *found.elements])
    assert 0 < len(Counted.seen) <= len(inside) < len(whole.table) / 5


def test_a_formula_without_brackets_is_read_without_pymatgen():
    code = (
        "import sys; from trona.screening.formulas import parse; parse('Na3SbS4·8H2O');"
        "print(sorted({'pymatgen', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
