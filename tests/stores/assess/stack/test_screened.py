"""Screened candidates as layers: their own energies, at their own distance from the hull."""

from __future__ import annotations

import pytest

from trona.screening.equilibrium.hull import decompose
from trona.screening.formulas import parse
from trona.stores.assess.screenings import screening_document
from trona.stores.assess.stack.buffers import buffer_document
from trona.stores.assess.stack.screened import with_candidates
from trona.stores.collections.results import Results
from trona.stores.documents.results import RelaxationDoc
from trona.stores.energies.bundled import bundled_structures
from trona.stores.energies.entries import admit_to
from trona.stores.energies.references import load_reference
from trona.workflows.cli.layers import read_among

SIDES = ("Na3SbS4", "NaCrO2")
FORMULA = "Na4P2O7"
"""Left out of the reference, to be screened again."""


@pytest.fixture(scope="module")
def whole():
    return load_reference("bundled")


@pytest.fixture(scope="module")
def reference(whole):
    return whole.without([FORMULA])


@pytest.fixture(scope="module")
def relaxed(whole, reference):
    """A candidate at some height above the hull, eV/atom."""
    composition = parse(FORMULA)
    structure = bundled_structures()[whole.table.find(composition).id]
    n_sites = len(structure.to_structure())

    def relaxation(above, **changes):
        values = {
            "id": f"{above:016}", "label": "mine", "formula": FORMULA, "energy": 0.0,
            "method": reference.scale.method, "settings": {}, "converged": True,
            "max_force": 0.01, "n_steps": 12, "n_sites": n_sites, "volume_start": 12.0 * n_sites,
            "volume": 12.0 * n_sites, "space_group": "P1", "versions": {}, "band_gap": 4.5,
            "structure": structure,
        }  # fmt: skip
        shift = admit_to(RelaxationDoc(**values), reference.scale, reference.scheme).energy
        units = n_sites / sum(composition.values())
        target = decompose(reference.table, composition).energy + above * n_sites / units
        return RelaxationDoc(**values | {"energy": units * (target - shift)} | changes)

    return relaxation


def judged(reference, *relaxations, formula=FORMULA):
    extended, notes = with_candidates(reference, relaxations)
    (layer,) = buffer_document(*SIDES, extended, None, [formula]).layers
    return layer, notes


@pytest.mark.parametrize("above", [0.012, 0.04])
def test_a_candidate_stands_at_its_own_distance_from_the_hull(reference, relaxed, above):
    alone, _ = judged(reference)
    assert alone.energy_above_hull is None
    assert alone.gates["phase stability"] == "unknown"
    layer, notes = judged(reference, relaxed(above))
    assert notes == []
    assert layer.energy_above_hull == pytest.approx(above, abs=1e-6)
    assert layer.gates["phase stability"] == ("passes" if above < 0.025 else "vetoed")
    assert not any("its energy" in one for one in layer.unknown)
    for one, other in zip(layer.contacts[:2], alone.contacts[:2], strict=True):
        assert one.released == pytest.approx(other.released, abs=1e-9)


def test_energy_above_the_hull_is_not_what_air_releases(reference, relaxed):
    layer, _ = judged(reference, relaxed(0.04))
    assert layer.air.verdict == "no reaction"
    assert layer.air.released == pytest.approx(0.0, abs=1e-3)


def test_a_candidate_below_the_hull_reacts_less(reference, relaxed):
    alone, _ = judged(reference)
    layer, _ = judged(reference, relaxed(-0.02))
    assert layer.energy_above_hull == pytest.approx(0.0, abs=1e-9)
    pairs = zip(layer.contacts[:2], alone.contacts[:2], strict=True)
    assert all(one.released <= other.released + 1e-9 for one, other in pairs)


def test_what_is_not_on_the_scale_or_unsound_is_judged_by_its_composition(reference, relaxed):
    other = relaxed(0.01, method="another potential")
    _, notes = judged(reference, other, relaxed(0.02, converged=False))
    assert len(notes) == 2
    assert "not on the scale" in notes[0]
    assert "not reached" in notes[1]


def test_candidates_of_a_store_are_layers_with_their_energies(reference, relaxed, tmp_path):
    store = Results(str(tmp_path / "s.sqlite"))
    own = relaxed(0.015)
    store.save([own, screening_document("mine", FORMULA, "test", reference, own)])
    store.save([screening_document("salt", "NaCl", "test", reference)])
    chosen = read_among(f"store:{store.location}")
    extended, formulas, notes = chosen.beside(reference)
    assert (sorted(formulas), notes) == ([FORMULA, "NaCl"], [])
    assert extended.checksum != reference.checksum
    assert "1 screened candidate" in extended.name
    found = buffer_document(*SIDES, extended, None, formulas, source=chosen.source)
    heights = {one.formula: one.energy_above_hull for one in found.layers}
    assert heights == pytest.approx({FORMULA: 0.015, "NaCl": 0.0}, abs=1e-6)
    assert "2 screened compositions" in found.among
