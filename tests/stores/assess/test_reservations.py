"""Caveats about missing phases: all of a system's, in the order of the reference."""

from __future__ import annotations

import pytest

from trona.screening.formulas import parse
from trona.stores.assess.reservations import reservations
from trona.stores.energies.references import load_reference


@pytest.mark.parametrize(
    "formulas", [["Na3PS4"], ["NaAlO2", "Na3SbS4"], ["NaCl"], ["Na3Zr2Si2PO12"]]
)
def test_the_missing_phases_of_a_system_are_named_in_their_order(formulas):
    reference = load_reference("bundled")
    system = {"Na"}.union(*map(parse, formulas))
    gone = [one for one in reference.missing if parse(one).keys() <= system]
    said = [one for one in reservations(formulas, reference) if one.startswith("Not in the")]
    assert said == ([f"Not in the reference: {', '.join(gone)}."] if gone else [])
