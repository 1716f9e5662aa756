"""The error of a contact against the covariance of its energies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.systems import systems
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.stability.interface import mix
from trona.screening.stability.matrix import contact_energy
from trona.screening.uncertainty.contact_error import contact_error, mixing_error
from trona.screening.uncertainty.error_model import ErrorModel


@given(systems(), st.integers(0, 10**6))
def test_the_error_is_the_spread_of_the_reaction_as_it_is_written(system, seed):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    first, second = (dict(phases[(seed + k) % len(phases)].amounts) for k in (0, 7))
    line = mix(table, first, second, ("A", "B"))
    kink = line.strongest
    model = ErrorModel(0.02, common=0.03)
    ends = [(kink.fraction - 1.0, line.kinks[0]), (-kink.fraction, line.kinks[-1])]
    terms = [
        (phase, weight * amount)
        for weight, point in [(1.0, kink), *ends]
        for phase, amount in zip(point.phases, point.amounts, strict=True)
    ]
    expected = spread(terms, 0.02, 0.03)
    assert mixing_error(line, kink, model) == pytest.approx(expected, abs=1e-9)
    assert contact_error(line, kink, model) == mixing_error(line, kink, model)
    assert mixing_error(line, kink, ErrorModel(0.0)) == 0.0


@given(systems(), st.integers(0, 10**6), st.floats(0.0, 3.0))
def test_open_the_first_material_itself_counts_in_place_of_its_products(system, seed, volts):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    first, second = (phases[(seed + k) % len(phases)] for k in (0, 7))
    own = table.find(first.amounts)
    assume(own is not None and {*first.amounts} != {"Na"} and {*second.amounts} != {"Na"})
    line = mix(table, dict(first.amounts), dict(second.amounts), ("A", "B"), volts)
    kink = min(line.kinks, key=lambda one: contact_energy(line, one))
    assume(own.id not in {phase.id for point in line.kinks for phase in point.phases})
    terms = [(own, (kink.fraction - 1.0) / own.n_atoms)]
    terms += [
        (phase, weight * amount)
        for weight, point in [(1.0, kink), (-kink.fraction, line.kinks[-1])]
        for phase, amount in zip(point.phases, point.amounts, strict=True)
    ]
    found = contact_error(line, kink, ErrorModel(0.02, common=0.03))
    assert found == pytest.approx(spread(terms, 0.02, 0.03), abs=1e-9)


def spread(terms, sigma, common):
    """Standard deviation of a sum of energies, from the covariance of its phases."""
    by_id = {phase.id: phase for phase, _ in terms}
    names = sorted(by_id)
    elements = sorted({symbol for phase in by_id.values() for symbol in phase.amounts})
    weights = np.zeros(len(names))
    for phase, weight in terms:
        weights[names.index(phase.id)] += weight
    compound = np.array([len(by_id[name].amounts) > 1 for name in names])
    atoms = np.array([[by_id[name].amounts.get(s, 0.0) for s in elements] for name in names])
    # Covariance of the energies per formula unit: own errors and errors of the elements.
    covariance = np.diag((sigma * atoms.sum(axis=1)) ** 2) + common**2 * atoms @ atoms.T
    covariance *= np.outer(compound, compound)
    return np.sqrt(max(weights @ covariance @ weights, 0.0))
