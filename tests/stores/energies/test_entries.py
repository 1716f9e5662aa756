"""Only a sound relaxation enters a hull, on the scale of a scheme that fits its method."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.calculations import bundled_structure, calculated
from trona.screening.equilibrium.phases import Phase
from trona.screening.formulas import parse
from trona.stores.assess.screenings import screening_document
from trona.stores.corrections.parts import EnergyBasis
from trona.stores.corrections.schemes import AS_PUBLISHED, SULFIDE_BY_CHARGE_MP2020, compose
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.stores.energies.entries import Rejected, admit, admit_to, entry_id, own_entry
from trona.stores.energies.references import Reference, load_reference
from trona.stores.materials_project.snapshots import Snapshot, SnapshotPhase, phases
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import find_backend
from trona.workflows.local.screening import unrelaxed

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
        ({"volume": float("nan")}, "volume"),
        ({"volume_start": 0.0}, "volume"),
        ({"volume_start": float("nan")}, "volume"),
    ],
)
def test_an_unsound_relaxation_is_rejected_with_its_reason(changes, word):
    rejected = admit(relaxation(**changes), AS_PUBLISHED)
    assert isinstance(rejected, Rejected)
    assert word in rejected.reason


@pytest.mark.parametrize("start", [0.0, -1.0, float("nan")])
def test_a_change_from_no_volume_is_unknown_and_stops_nothing(start):
    given = relaxation(volume_start=start)
    assert given.volume_change is None
    entry = own_entry(given)
    assert (entry.state, entry.volume_change) == ("rejected", None)
    assert relaxation().volume_change == pytest.approx(0.05)


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


PUBLISHED = {"Na": 0.0, "S": 0.0, "Na2S": -0.503, "Na2S4": 4 * -0.503}
"""What MP2020 adds to the energies that the Materials Project publishes, eV per formula unit."""


def materials_project():
    """A reference of the Materials Project with -4 eV for each atom before corrections."""
    rows = []
    for formula, correction in PUBLISHED.items():
        n_atoms = sum(parse(formula).values())
        rows.append(
            SnapshotPhase(
                material_id=f"mp-{formula}", formula=formula,
                energy_per_atom=-4.0 + correction / n_atoms, uncorrected_energy_per_atom=-4.0,
                run_type="GGA", volume_per_atom=20.0, space_group=None, band_gap=None,
            )
        )  # fmt: skip
    snapshot = Snapshot(
        elements=["Na", "S"], thermo_type="GGA_GGA+U", database_version="2025.09.25",
        endpoint="test", fetched=datetime(2026, 1, 1, tzinfo=UTC), client="test", phases=rows,
    )  # fmt: skip
    scheme = SULFIDE_BY_CHARGE_MP2020
    return Reference("mp", phases(snapshot, scheme), "0" * 16, scheme, basis=EnergyBasis.MP2020)


@pytest.mark.parametrize("formula", ["Na2S", "Na2S4"])
def test_vasp_with_materials_projects_settings_gives_the_energy_that_it_publishes(formula):
    reference = materials_project()
    phase = admit_to(by_vasp(formula), reference.scale, reference.scheme)
    published = reference.table.find_required(parse(formula))
    assert phase.scale == reference.scale
    assert phase.energy / phase.n_atoms == pytest.approx(published.energy / published.n_atoms)


def test_what_vasp_computed_enters_the_hull_of_the_materials_project():
    doc = screening_document("a", "Na2S", "test", materials_project(), by_vasp("Na2S"))
    assert doc.state == "completed"
    assert doc.window.energy_above_hull == pytest.approx(0.0, abs=1e-12)
    assert not any("shares no hull" in caveat for caveat in doc.window.caveats)


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"settings": {}}, "run type"), ({"converged": False}, "not reached")],
)
def test_what_the_materials_project_would_not_compute_so_enters_no_hull(changes, word):
    doc = screening_document("a", "Na2S", "test", materials_project(), by_vasp("Na2S", **changes))
    assert doc.state == "rejected"
    assert word in doc.reason


@pytest.mark.parametrize("method", ["CHGNet 0.3.0", "VASP r2SCAN", "VASP PBE-D3(BJ)"])
def test_energies_of_other_methods_are_assessed_by_composition_with_a_caveat(method):
    other = by_vasp("Na2S", method=method)
    doc = screening_document("a", "Na2S", "test", materials_project(), other)
    assert doc.state == "completed"
    assert any(f"({method}) shares no hull with mp" in caveat for caveat in doc.window.caveats)


def test_vasp_is_run_for_a_snapshot_and_chgnet_is_not():
    candidates = [Candidate("a", "Na2S", "test", bundled_structure("Na2S"))]
    assert unrelaxed(candidates, materials_project(), find_backend("vasp")) is None
    assert unrelaxed(candidates, materials_project(), find_backend("vasp-chgnet")) is None
    for name in ("chgnet", "vasp-d3", "vasp-r2scan"):
        assert "by composition" in unrelaxed(candidates, materials_project(), find_backend(name))


def test_a_relaxation_meets_a_reference_at_a_temperature():
    from trona.stores.thermochemistry.free_energies import heat

    cold = load_reference("bundled-chgnet")
    warm = cold.at_temperature(333.15)
    relaxed = relaxation(method=cold.scale.method, formula="Na3PS4", n_sites=16)
    before, after = (admit_to(relaxed, one.scale, AS_PUBLISHED) for one in (cold, warm))
    assert after.scale.zero == warm.scale.zero
    added = heat(parse("Na3PS4"), 333.15, relaxed.volume / 2)
    assert after.energy - before.energy == pytest.approx(added.energy)
    assert entry_id("a", "b", cold.scale) != entry_id("a", "b", warm.scale)


def test_a_candidate_at_a_temperature_is_on_the_scale_of_its_reference():
    warm = load_reference("bundled-chgnet").at_temperature(333.15)
    phase = admit_to(relaxation(method=warm.scale.method), warm.scale, warm.scheme)
    assert phase.scale == warm.scale
