"""What contacts become: classes of their products, volumes, and first-order errors."""

from __future__ import annotations

import pytest

from trona.screening.formulas import parse
from trona.screening.stability.contact import (
    contact_interphase,
    contact_volume_change,
)
from trona.screening.stability.interface import mix
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.properties import load_properties
from trona.stores.energies.references import load_reference


def both(table, first, second, volts=None):
    return mix(table, parse(first), parse(second), (first, second), volts)


@pytest.mark.parametrize("volts", [0.0, 1.0])
def test_at_its_end_an_open_contact_is_what_the_window_says(reference, volts):

    found = interface_document("Na3PS4", "Na", reference, volts).kinks[0]
    alone = assess_formula("Na3PS4", reference)
    rung = alone.stability.rung(volts)
    same = alone.interphases[alone.stability.ladder.index(rung)]
    assert found.interphase == same.kind.value
    assert found.electronic_fraction == pytest.approx(same.electronic_fraction)
    assert found.threshold_margin == pytest.approx(same.margin)


def test_what_does_not_react_is_stable_and_says_on_what_that_rests(reference):
    found = interface_document("Na2S", "NaCl", reference)
    assert not found.reacts
    assert {kink.interphase for kink in found.kinks} == {"stable"}
    assert found.statement.startswith("No reaction: Na2S and NaCl are in equilibrium")
    assert "phases of Cl-Na-S in" in found.statement
    assert all(kink.threshold_margin is None for kink in found.kinks)


def test_a_reservoir_that_takes_all_leaves_no_interphase(reference):
    line = both(reference.table, "Na3PS4", "Na", 0.0)
    assert contact_interphase(line, line.kinks[-1], load_properties()) is None
    assert contact_volume_change(reference.table, line.kinks[-1]) is None
    first = contact_interphase(line, line.kinks[0], load_properties())
    assert first.kind is not InterphaseClass.STABLE


def test_volumes_are_of_products_over_reactants():
    table = load_reference("bundled").table
    kink = both(table, "Na3PS4", "Na").strongest

    def per_atom(formula):
        phase = table.find(parse(formula))
        return phase.volume / phase.n_atoms

    before = (1 - kink.fraction) * per_atom("Na3PS4") + kink.fraction * per_atom("Na")
    after = sum(x * p.volume for p, x in zip(kink.phases, kink.amounts, strict=True))
    assert contact_volume_change(table, kink) == pytest.approx(after / before - 1)
