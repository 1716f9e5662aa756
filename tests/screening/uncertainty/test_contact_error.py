"""The error of a contact against the covariance of its energies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.systems import systems
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.stability.interface import mix
from trona.screening.uncertainty.contact_error import mixing_error
from trona.screening.uncertainty.error_model import ErrorModel


@given(systems(), st.integers(0, 10**6))
def test_the_error_is_the_spread_of_the_reaction_as_it_is_written(system, seed):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    first, second = (dict(phases[(seed + k) % len(phases)].amounts) for k in (0, 7))
    line = mix(table, first, second, ("A", "B"))
    kink = line.strongest
    model = ErrorModel(0.02, common=0.03)
    names = sorted({p.id: p for point in line.kinks for p in point.phases})
    by_id = {p.id: p for point in line.kinks for p in point.phases}
    elements = sorted({s for p in by_id.values() for s in p.amounts})
    weights = np.zeros(len(names))
    for weight, point in (
        (1.0, kink),
        (kink.fraction - 1.0, line.kinks[0]),
        (-kink.fraction, line.kinks[-1]),
    ):
        for phase, amount in zip(point.phases, point.amounts, strict=True):
            weights[names.index(phase.id)] += weight * amount
    compound = np.array([len(by_id[name].amounts) > 1 for name in names])
    atoms = np.array([[by_id[name].amounts.get(s, 0.0) for s in elements] for name in names])
    # Covariance of the energies per formula unit: own errors and errors of the elements.
    covariance = np.diag((0.02 * atoms.sum(axis=1)) ** 2) + 0.03**2 * atoms @ atoms.T
    covariance *= np.outer(compound, compound)
    expected = np.sqrt(max(weights @ covariance @ weights, 0.0))
    assert mixing_error(line, kink, model) == pytest.approx(expected, abs=1e-9)
    assert mixing_error(line, kink, ErrorModel(0.0)) == 0.0
