"""Chemical potentials at which a compound is stable: exact corners, as pymatgen finds them."""

from __future__ import annotations

import numpy as np
import pytest

from trona import Study
from trona.screening.equilibrium.chemical_potentials import chemical_potentials
from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import ChemicalSystemError, InputError
from trona.screening.formulas import parse

COMPOUNDS = ["Na3PS4", "Na3SbS4", "Na2S", "NaCl", "Na3PO4", "Na2ZrCl6", "Na3SbS3", "NaAlO2"]


@pytest.fixture(scope="module")
def study():
    return Study("bundled")


def ordered(corners):
    rounded = np.round(np.asarray(corners), 6) + 0.0
    return rounded[np.lexsort(rounded.T)]


@pytest.mark.parametrize("formula", COMPOUNDS)
def test_corners_are_those_of_pymatgen(study, formula):
    found = study.chemical_potentials(formula)
    theirs = found.to_pymatgen()
    columns = [[str(one) for one in theirs.elements].index(one) for one in found.elements]
    name = next(n for n in theirs.domains if parse(n) == parse(found.phase.formula))
    corners = ordered(theirs.domains[name][:, columns])
    assert ordered(found.corners) == pytest.approx(corners, abs=2e-6)


@pytest.mark.parametrize("formula", COMPOUNDS)
def test_the_range_of_sodium_is_the_window(study, formula):
    low, high = study.chemical_potentials(formula).ranges["Na"]
    limits = study.window(formula).limits
    assert -high == pytest.approx(limits.reduction, abs=1e-8)
    assert -low == pytest.approx(limits.oxidation, abs=1e-8)


@pytest.mark.parametrize("formula", COMPOUNDS)
def test_corners_touch_the_phases_that_they_name_and_no_other_lies_below(study, formula):
    found = study.chemical_potentials(formula)
    zero = {
        one: study.reference.table.find_required({one: 1.0}).energy_per_atom
        for one in found.elements
    }

    def slack(phase, corner):
        mu = dict(zip(found.elements, corner, strict=True))
        total = sum(n * (mu[one] + zero[one]) for one, n in phase.amounts.items())
        return (phase.energy - total) / phase.n_atoms

    for corner, others in zip(found.corners, found.coexisting, strict=True):
        assert slack(found.phase, corner) == pytest.approx(0.0, abs=1e-10)
        assert len(others) >= len(found.elements) - 1
        for phase in found.phases:
            assert slack(phase, corner) > -1e-8
        for phase in others:
            assert slack(phase, corner) == pytest.approx(0.0, abs=1e-8)
    frame = found.to_frame()
    assert frame["V against Na/Na+"].is_monotonic_increasing
    assert frame["coexists with"].str.len().min() > 0


def test_what_is_stable_nowhere_is_refused(study):
    with pytest.raises(ChemicalSystemError, match="no compound"):
        study.chemical_potentials("Na3PS3.4O0.6")
    with pytest.raises(ChemicalSystemError, match="no compound"):
        study.chemical_potentials("Na")
    with pytest.raises(ChemicalSystemError, match="meV/atom above hull"):
        study.chemical_potentials("NaAl11O17")
    with pytest.raises(InputError, match="Es"):
        study.chemical_potentials("NaEs")


def test_a_compound_on_the_line_between_others_is_stable_in_no_range():
    scale = EnergyScale("test", "none")
    energies = {"Na": 0.0, "S": 0.0, "P": 0.0, "Na2S": -3.0, "Na3P": -1.0, "Na5PS": -4.0}
    table = PhaseTable.from_phases(
        Phase(one, one, parse(one), energy, scale) for one, energy in energies.items()
    )
    with pytest.raises(ChemicalSystemError, match="not in a range"):
        chemical_potentials(table, parse("Na5PS"))
