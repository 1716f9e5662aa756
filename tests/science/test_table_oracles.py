"""The table of DFT against pymatgen: every compound of it, on the same energies.

Diagrams are shared by chemical system, so that all of it takes seconds.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from pymatgen.core import Composition

from tests.support.lints import each
from tests.support.oracles import element_profile, grand_diagram, phase_diagram, profile_error
from tests.support.published import TABLE, reference, require
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.units import chemical_potential

require(TABLE)

EXACT = 1e-9  # eV, V or formula units: pymatgen's own rounding is three orders below
COMPOUNDS = [phase for phase in reference("C").table.phases if len(phase.amounts) > 1]
SYSTEMS = sorted({tuple(sorted(phase.amounts)) for phase in COMPOUNDS})
OF_SODIUM = [system for system in SYSTEMS if "Na" in system]


def within(system):
    """Phases of a chemical system and of its subsystems."""
    return [p for p in reference("C").table.phases if p.amounts.keys() <= set(system)]


def compounds(system):
    """Compounds with all elements of a system."""
    return [phase for phase in COMPOUNDS if phase.amounts.keys() == set(system)]


@cache
def diagram(system):
    return phase_diagram(within(system))


def test_no_compound_of_the_table_is_left_out():
    assert sum(len(compounds(system)) for system in SYSTEMS) == len(COMPOUNDS) > 1000
    assert len([phase for phase in COMPOUNDS if "Na" in phase.amounts]) > 450


@pytest.mark.long
@each("system", SYSTEMS, ids="-".join)
def test_energies_above_hull_are_those_of_pymatgen(system):
    table = reference("C").table
    entries = {entry.name: entry for entry in diagram(system).all_entries}
    for phase in compounds(system):
        above = diagram(system).get_e_above_hull(entries[phase.id])
        assert energy_above_hull(table, phase) == pytest.approx(above, abs=EXACT), phase.formula


@pytest.mark.long
@each("system", OF_SODIUM, ids="-".join)
def test_profiles_are_those_of_pymatgen(system):
    for phase in compounds(system):
        found = profile(reference("C").table, phase.amounts)
        theirs = element_profile(diagram(system), phase.amounts)
        assert profile_error(found, theirs) < EXACT, phase.formula


@pytest.mark.long
@each("system", OF_SODIUM, ids="-".join)
def test_grand_potentials_are_those_of_pymatgen(system):
    table = reference("C").table
    seed = [ord(letter) for letter in "".join(system)]
    for volts in np.random.default_rng(seed).uniform(0.0, 6.0, 4).tolist():
        opened = grand_diagram(within(system), chemical_potential(volts, table.mu_sodium_metal))
        for phase in compounds(system):
            others = Composition({s: n for s, n in phase.amounts.items() if s != "Na"})
            found = profile(table, phase.amounts).grand_potential(volts)
            expected = opened.get_hull_energy(others)
            assert found == pytest.approx(expected, abs=EXACT), (phase.formula, volts)
