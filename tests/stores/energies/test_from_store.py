"""A store as reference: sound relaxations of one method, counted, never mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from trona.screening.errors import EnergyScaleError, InputError, ReferenceDataError
from trona.screening.formulas import parse
from trona.stores.assess.screenings import screening_document
from trona.stores.collections.results import Results
from trona.stores.corrections.schemes import AS_PUBLISHED
from trona.stores.documents.results import RelaxationDoc
from trona.stores.energies.from_store import admitted, of_one_method
from trona.stores.energies.references import load_reference
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.local.screening import plan

METHOD = "CHGNet 0.3.0"


def relaxation(formula, energy_per_atom, **changes):
    amounts = parse(formula)
    n_sites = int(sum(amounts.values()))
    values = {
        "id": formula.lower(), "label": f"my {formula}", "formula": formula, "method": METHOD,
        "settings": {}, "converged": True, "energy": energy_per_atom * n_sites, "max_force": 0.01,
        "n_steps": 9, "n_sites": n_sites, "volume_start": 20.0 * n_sites,
        "volume": 21.0 * n_sites, "space_group": "P1",
        "structure": {"lattice": [], "species": [], "coordinates": []}, "versions": {},
    }  # fmt: skip
    return RelaxationDoc(**values | changes)


SOUND = [relaxation("Na", -1.3), relaxation("S", -4.1), relaxation("Na2S", -3.5)]
BAD = relaxation("Na2S2", -3.4, converged=False)


def test_a_store_is_a_reference_of_its_sound_relaxations(save):
    reference = load_reference(f"store:{save(*SOUND, BAD)}")
    assert sorted(phase.formula for phase in reference.phases) == ["Na", "Na2S", "S"]
    assert reference.scale.method == METHOD
    assert reference.correction == "sulfide-by-charge-mp2020"
    assert "3 of 4 relaxations with CHGNet 0.3.0" in reference.origin
    assert "not reached" in reference.missing["Na2S2"]
    doc = screening_document("a", "Na2S", "test", reference)
    assert any("1 relaxations" in caveat for caveat in doc.reference.caveats)
    assert doc.reference.origin == reference.origin


def test_a_rejected_polymorph_of_a_kept_compound_is_not_missing(save):
    again = relaxation("Na2S", -3.0, id="other", converged=None)
    assert load_reference(f"store:{save(*SOUND, again)}").missing == {}


def test_the_gap_of_the_lowest_polymorph_tells_whether_a_competing_phase_conducts(save):
    higher = relaxation("Na2S", -3.4, id="other", band_gap=0.0)
    lowest = relaxation("Na2S", -3.5, band_gap=2.4)
    reference = load_reference(f"store:{save(*SOUND[:2], lowest, higher)}")
    assert reference.band_gaps == {"Na2S": 2.4}
    assert METHOD in reference.gap_source
    assert load_reference(f"store:{save(*SOUND[:2], SOUND[2])}").band_gaps == {}


def test_the_checksum_follows_the_energies(save):
    before = load_reference(f"store:{save(*SOUND)}").checksum
    assert load_reference(f"store:{save(*SOUND)}").checksum == before
    assert load_reference(f"store:{save(relaxation('Na2S', -3.51))}").checksum != before


def test_methods_are_not_mixed_and_one_can_be_named(save):
    other = [one.model_copy(update={"id": f"{one.id}-b", "method": "VASP PBEsol"}) for one in SOUND]
    path = save(*SOUND, *other)
    with pytest.raises(EnergyScaleError, match=f"3 with {METHOD}, 3 with VASP PBEsol"):
        load_reference(f"store:{path}")
    named = load_reference(f"store:{path}#VASP PBEsol")
    assert named.scale.method == "VASP PBEsol"
    assert named.correction == "as-published"
    assert load_reference(named.name).checksum == named.checksum
    with pytest.raises(ReferenceDataError, match="no finished relaxation with r2SCAN"):
        load_reference(f"store:{path}#r2SCAN")


def test_a_store_without_elements_says_how_to_join_them(save):
    path = save(SOUND[2], relaxation("Na2S2", -3.4))
    with pytest.raises(ReferenceDataError, match=r"bundled-chgnet\+store:"):
        load_reference(f"store:{path}")
    joined = load_reference(f"bundled-chgnet+store:{path}")
    assert joined.scale == load_reference("bundled-chgnet").scale
    assert len(joined.phases) == len(load_reference("bundled-chgnet").phases) + 2
    assert joined.checksum != load_reference("bundled-chgnet").checksum
    assert load_reference(joined.name).checksum == joined.checksum
    assert joined.table.polymorphs(parse("Na2S2"))[-1].id == "my Na2S2/na2s2"


def test_nothing_to_use_is_said(save, tmp_path):
    with pytest.raises(ReferenceDataError, match="no store"):
        load_reference(f"store:{tmp_path / 'nowhere.sqlite'}")
    with pytest.raises(ReferenceDataError, match="trona screen"):
        load_reference(f"store:{save()}")
    with pytest.raises(ReferenceDataError, match="not reached"):
        load_reference(f"store:{save(BAD)}")


def test_a_candidate_of_the_store_meets_itself_once(save):
    path = save(*SOUND)
    doc = screening_document("my Na2S", "Na2S", "test", load_reference(f"store:{path}"), SOUND[2])
    assert doc.state == "completed"
    assert doc.window.energy_above_hull == pytest.approx(0.0)


def test_results_are_not_written_into_the_reference(save):
    path = Path(save(*SOUND))
    otherwise = path.parent / ".." / path.parent.name / path.name
    energies = load_reference(f"bundled-chgnet+store:{otherwise}")
    with pytest.raises(InputError, match="--store"):
        plan([], Results(str(path)), energies, BACKENDS["chgnet"])


def test_credentials_of_a_store_are_not_shown(monkeypatch):
    class Fake:
        def __init__(self, location):
            assert "secret" in location

        def relaxations(self):
            return SOUND

        def close(self):
            pass

    monkeypatch.setattr("trona.stores.collections.results.Results", Fake)
    reference = load_reference("store:mongodb://user:secret@host/trona")
    assert reference.name == "store:mongodb://***@host/trona"
    assert reference.given == "store:mongodb://user:secret@host/trona"
    doc = screening_document(
        "a", "Na2S", "test", load_reference("bundled-chgnet+" + reference.given)
    )
    assert "secret" not in doc.model_dump_json()


def test_one_method_is_chosen_without_being_named():
    assert of_one_method(SOUND, None, "s") == SOUND
    assert admitted(SOUND, AS_PUBLISHED, "s").rejected == ()
