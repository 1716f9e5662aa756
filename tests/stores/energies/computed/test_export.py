"""Relaxed structures leave a store as CIF and as entries, and come back as what they were."""

from __future__ import annotations

import json

import pytest
from monty.serialization import loadfn
from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core import Lattice, Structure
from pymatgen.io.cif import CifParser

from tests.stores.energies.test_from_store import METHOD, relaxation
from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.errors import EnergyScaleError
from trona.stores.documents.results import StructureDoc
from trona.stores.energies.references import load_reference, reference_of_entries
from trona.workflows.candidates.sources import from_file

CELLS = {
    "Na": Structure.from_spacegroup("Im-3m", Lattice.cubic(4.2), ["Na"], [[0, 0, 0]]),
    "S": Structure(Lattice.cubic(5.0), ["S", "S"], [[0, 0, 0], [0.4, 0.1, 0]]),
    "Na2S": Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(6.5), ["Na", "S"], [[0.25, 0.25, 0.25], [0, 0, 0]]
    ),
    "Na2S2": Structure(
        Lattice.cubic(5.5), ["Na", "Na", "S", "S"],
        [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.3], [0.5, 0, 0.7]],
    ),
}  # fmt: skip
ENERGIES = {"Na": -1.3, "S": -4.1, "Na2S": -3.5, "Na2S2": -3.4}


def relaxed(formula, **changes):
    cell = CELLS[formula]
    sizes = {"n_sites": len(cell), "volume": cell.volume, "volume_start": cell.volume}
    found = {
        "energy": ENERGIES[formula] * len(cell),
        "structure": StructureDoc.from_structure(cell),
    }
    return relaxation(formula, 0.0, **{**sizes, **found, **changes})


def test_structures_are_written_as_cif(save, tmp_path, trona):
    left_out = relaxed("Na2S2", converged=False)
    store = save(relaxed("Na"), relaxed("S"), relaxed("Na2S", label="my Na₂S/1"), left_out)
    file = tmp_path / "relaxed.cif"
    assert "3 structures" in trona("store", "export", str(file), "--store", store).stdout
    parser = CifParser(file, check_cif=False)  # the check compares every block with the first
    found = parser.parse_structures(primitive=False)
    assert {one.composition.reduced_formula for one in found} == {"Na", "S", "Na2S"}
    (sulfide,) = [one for one in found if one.composition.reduced_formula == "Na2S"]
    assert sulfide.volume == pytest.approx(6.5**3, rel=1e-6)
    names = [line for line in file.read_text().splitlines() if line.startswith("data_")]
    assert names == ["data_my_Na", "data_my_Na_S_1", "data_my_S"]


def test_structures_that_were_written_are_candidates(save, tmp_path, trona):
    salts = save(relaxed("Na2S"), relaxed("Na2S2"))
    trona("store", "export", str(tmp_path / "salts.cif"), "--store", salts)
    again = from_file(tmp_path / "salts.cif")
    assert [one.structure.composition.reduced_formula for one in again] == ["Na2S", "NaS"]


def test_entries_of_a_store_are_its_reference(save, tmp_path, trona):
    store = save(*map(relaxed, CELLS))
    file = tmp_path / "entries.json"
    assert "4 entries" in trona("store", "export", str(file), "--store", store).stdout
    direct, through = load_reference(f"store:{store}"), load_reference(f"entries:{file}")
    assert through.scale == direct.scale
    assert through.correction == direct.correction
    energies = {phase.formula: phase.energy for phase in direct.phases}
    assert {p.formula: p.energy for p in through.phases} == pytest.approx(energies)
    volumes = {phase.formula: phase.volume for phase in direct.phases}
    assert {p.formula: p.volume for p in through.phases} == pytest.approx(volumes)
    entries = loadfn(file)
    assert entries[0].structure.volume > 0
    diagram = PhaseDiagram(entries)
    theirs = sorted(diagram.get_e_above_hull(entry) for entry in entries)
    assert sorted(energies_above_hull(direct.table)) == pytest.approx(theirs, abs=1e-9)


def test_entries_of_several_methods_share_no_hull(save, tmp_path, trona):
    store = save(*map(relaxed, CELLS), relaxed("Na2S", id="other", method="SevenNet-0"))
    file = tmp_path / "entries.json"
    trona("store", "export", str(file), "--store", store)
    with pytest.raises(EnergyScaleError, match=f"{METHOD}, SevenNet-0, which cannot share"):
        load_reference(f"entries:{file}")


def test_a_note_that_does_not_fit_the_entry_is_refused(save, tmp_path, trona):
    store = save(*map(relaxed, CELLS))
    file = tmp_path / "entries.json"
    trona("store", "export", str(file), "--store", store)
    rows = json.loads(file.read_text())
    rows[0]["data"]["trona"]["formula"] = "NaCl"
    file.write_text(json.dumps(rows))
    with pytest.raises(Exception, match="its note says NaCl"):
        load_reference(f"entries:{file}")
    entries = load_reference("bundled").to_entries(["Na", "S"])
    del entries[0].data["trona"]["method"]
    with pytest.raises(Exception, match="without 'method'"):
        reference_of_entries(entries)
