"""Only a sound relaxation enters a hull, on the scale of a scheme that fits its method."""

from __future__ import annotations

import pytest

from trona.screening.phases import Phase
from trona.stores.documents import RelaxationDoc, StructureDoc
from trona.stores.entries import Rejected, admit
from trona.stores.schemes import AS_PUBLISHED, SULFIDE_BY_CHARGE_MP2020, compose

from .calculations import bundled_structure, calculated

VASP = "mp2020,sulfide-by-charge-mp2020,hydroborate-as-hydride"


def relaxation(**changes):
    values = {
        "id": "0123456789abcdef", "label": "a", "formula": "Na2S2", "method": "potential 1",
        "settings": {}, "converged": True, "energy": -12.0, "max_force": 0.01, "n_steps": 12,
        "n_sites": 8, "volume_start": 200.0, "volume": 210.0, "space_group": "P1",
        "structure": {"lattice": [], "species": [], "coordinates": []}, "versions": {},
    }  # fmt: skip
    return RelaxationDoc(**values | changes)


def test_a_sound_relaxation_becomes_a_phase_per_formula_unit():
    phase = admit(relaxation(), SULFIDE_BY_CHARGE_MP2020)
    assert isinstance(phase, Phase)
    assert phase.energy == pytest.approx(-12.0 / 2 + 0.503)
    assert phase.volume == pytest.approx(105.0)
    assert phase.scale.method == "potential 1"
    assert phase.scale.correction == SULFIDE_BY_CHARGE_MP2020.name


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"energy": float("nan")}, "finite"),
        ({"energy": float("inf")}, "finite"),
        ({"energy": None}, "finite"),
        ({"converged": False}, "not reached"),
        ({"converged": None}, "unknown"),
        ({"volume": 400.0}, "volume"),
        ({"volume": 100.0}, "volume"),
    ],
)
def test_an_unsound_relaxation_is_rejected_with_its_reason(changes, word):
    rejected = admit(relaxation(**changes), AS_PUBLISHED)
    assert isinstance(rejected, Rejected)
    assert word in rejected.reason


def by_vasp(formula, **changes):
    """A relaxation with Materials Project's settings, of a cell of two formula units."""
    structure = bundled_structure(formula)
    structure = structure * (2, 1, 1)
    given = calculated(structure)
    settings = {
        "run_type": given.run_type,
        "hubbards": given.hubbards,
        "potcar_titles": list(given.potcar_titles),
    }
    values = {
        "method": "VASP PBE",
        "formula": structure.composition.reduced_formula,
        "structure": StructureDoc.from_structure(structure),
        "n_sites": len(structure),
        "settings": settings,
        "energy": -4.0 * len(structure),
    }
    return relaxation(**values | changes)


@pytest.mark.parametrize(
    ("formula", "atoms", "correction"),
    [
        ("Na2S", 3, -0.503),
        ("Na2S4", 3, -0.503 / 2),  # per NaS2: one sulfide ion for two sodium
        ("Na2SO4", 7, 4 * -0.687),
        ("Na2O2", 4, 2 * -0.465),
        ("NaBH4", 6, 4 * -0.179),
        ("NaCrO2", 4, 2 * -0.687 - 1.999),
        ("Na3P", 4, 0.0),
    ],
)
def test_a_calculation_by_vasp_is_corrected_by_its_structure(formula, atoms, correction):
    phase = admit(by_vasp(formula), compose(VASP))
    assert isinstance(phase, Phase), phase
    assert phase.n_atoms == atoms
    assert phase.energy == pytest.approx(-4.0 * atoms + correction)
    assert phase.scale.correction == compose(VASP).name


@pytest.mark.parametrize(
    ("changes", "scheme", "word"),
    [
        ({"method": "CHGNet 0.3.0"}, VASP, "MP2020-corrected"),
        ({}, "sulfide-by-charge-mp2020", "plain PBE"),
        ({"settings": {}}, VASP, "run type"),
        ({"settings": {"run_type": "PBE"}}, VASP, "'PBE'"),
        ({"settings": {"run_type": "GGA"}}, VASP, "unknown"),
        ({"method": "VASP PBEsol", "settings": {"run_type": "PBEsol"}}, VASP, "'PBEsol'"),
    ],
)
def test_energies_that_do_not_fit_a_scheme_are_rejected_with_the_reason(changes, scheme, word):
    rejected = admit(by_vasp("Na2S", **changes), compose(scheme))
    assert isinstance(rejected, Rejected)
    assert word in rejected.reason
