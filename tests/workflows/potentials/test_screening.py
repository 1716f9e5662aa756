"""A crystal is screened with SevenNet, against competing phases that SevenNet relaxed."""

from __future__ import annotations

import json

import pytest
from pymatgen.core import Lattice, Structure

from trona.stores.energies.bundled import SETS, bundled_data, bundled_structures
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.local.pool import Work, relaxed, run_flows

SEVENNET = BACKENDS["sevennet"]
OF_SEVENNET = [one.name for one in SETS.values() if one.method == SEVENNET.method]
TOLERANCE = 1e-3  # eV/atom
LARGEST = 12  # atoms


def write_crystals(folder):
    """Write sodium, tellurium and sodium telluride: one to three atoms each."""
    hexagonal, places = Lattice.hexagonal(4.46, 5.93), [[0.25] * 3, [0.0] * 3]
    tellurium = Structure.from_spacegroup("P3_121", hexagonal, ["Te"], [[0.269, 0, 1 / 3]])
    sodium = Structure.from_spacegroup("Im-3m", Lattice.cubic(4.19), ["Na"], [[0, 0, 0]])
    both = Structure.from_spacegroup("Fm-3m", Lattice.cubic(7.33), ["Na", "Te"], places)
    for name, crystal in (("Na", sodium), ("Te", tellurium), ("Na2Te", both)):
        crystal.get_primitive_structure().to(str(folder / f"{name}.cif"))


def test_one_crystal_goes_all_the_way(trona, tmp_path):
    write_crystals(tmp_path)
    phases, results = tmp_path / "phases.sqlite", tmp_path / "results.sqlite"
    how = ("--backend", "sevennet", "--workers", "1")
    elements = tmp_path / "Na.cif", tmp_path / "Te.cif"
    made = trona("reference", "relax", *elements, "--store", phases, *how)
    assert "2 phases: 2 may enter a hull" in made.stdout, made.stderr
    asked = ("--reference", f"store:{phases}", "--store", results, "--json")
    done = trona("screen", tmp_path / "Na2Te.cif", *asked, *how)
    (found,) = json.loads(done.stdout)["ranking"]
    assert found["method"] == "SevenNet l3i5"
    assert found["reference"]["correction"] == "mp2019,sulfide-by-charge-legacy,calibrated"
    assert found["window"]["reduction_limit"] == 0.0
    assert found["window"]["oxidation_limit"] == pytest.approx(1.41, abs=0.02)  # as in DFT


@pytest.mark.skipif(not OF_SEVENNET, reason="no bundled set was computed with SevenNet l3i5 yet")
def test_ten_bundled_phases_are_computed_anew(tmp_path):
    rows = [row for row in bundled_data(OF_SEVENNET[0])["phases"] if row["n_sites"] <= LARGEST]
    structures = bundled_structures(OF_SEVENNET[0])
    chosen = {row["id"]: row for row in rows[:: max(1, len(rows) // 10)][:10]}
    todo = [
        Candidate(row["id"], row["formula"], "", structures[row["id"]].to_structure())
        for row in chosen.values()
    ]
    found = {}
    for candidate, outputs in run_flows(todo, Work(SEVENNET), str(tmp_path / "s.sqlite"), 1):
        relaxation = relaxed(outputs)
        assert not isinstance(relaxation, str), relaxation
        found[candidate.label] = relaxation.energy / relaxation.n_sites
    for label, row in chosen.items():
        expected = pytest.approx(row["energy_per_atom"], abs=TOLERANCE)
        assert found[label] == expected, row["formula"]
