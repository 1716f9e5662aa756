"""Random layers between random neighbours release what pymatgen's interfaces release."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.oracles import mixing_kinks, open_mixing_kinks
from trona.screening.formulas import parse
from trona.screening.stability.buffers import Neighbours, react_layers, touch_open
from trona.screening.stability.interface import Material
from trona.screening.units import SODIUM
from trona.stores.energies.references import load_reference

CONTACTS = [
    ("Na3SbS4", ("NaCrO2", "Na0.5CrO2"), 2.5, 3.6),
    ("Na3PS4", ("Na",), 0.0, 0.0),
    ("Na2.25Y0.25Zr0.75Cl6", ("Na15Sn4", "Sn"), 0.1, 0.2),
]
FEW = 5


@pytest.fixture(scope="module")
def table():
    return load_reference("bundled").table


def material(formula):
    return Material(formula, parse(formula))


def by_mixing(kinks):
    """Most that is released beyond what both ends release alone."""
    first, last = kinks[0.0], kinks[1.0]
    return max(0.0, *((1 - x) * first + x * last - energy for x, energy in kinks.items()))


@pytest.mark.parametrize(("electrolyte", "states", "low", "high"), CONTACTS)
def test_contacts_of_random_layers_are_those_of_pymatgen(table, electrolyte, states, low, high):
    sides = Neighbours(material(electrolyte), tuple(map(material, states)), low, high)
    drawn = np.random.default_rng(7).permutation(table.ground)
    compounds = [table.phases[at] for at in drawn if len(table.phases[at].amounts) > 1]
    chosen = [Material(one.formula, one.amounts) for one in compounds[:FEW]]
    layers = react_layers(table, sides, chosen)
    assert len(layers) == FEW
    for layer in layers:
        own = dict(layer.material.composition)
        wider = touch_open(table, sides, layer)
        for one in (wider.electrolyte, *wider.electrode):
            other = parse(one.partner)
            phases = table.within({*own, *other, SODIUM}).phases
            if one.voltage is None:
                kinks = mixing_kinks(phases, own, other)
            else:
                mu = table.mu_sodium_metal - one.voltage
                kinks = open_mixing_kinks(phases, own, other, mu)
            assert one.released == pytest.approx(by_mixing(kinks), abs=1e-6), (own, one.partner)
