"""Entries of pymatgen in and out: the same hulls, one scale, or one sentence that refuses them."""

from __future__ import annotations

import gzip
import warnings

import pytest
from monty.serialization import dumpfn
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element, Lattice, Structure
from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
from pymatgen.entries.computed_entries import (
    ComputedEntry,
    ComputedStructureEntry,
    ManualEnergyAdjustment,
)

from trona import Study
from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.errors import (
    CorrectionError,
    EnergyScaleError,
    InputError,
    PhaseDataError,
    ReferenceDataError,
)
from trona.stores.energies.references import load_reference, reference_of_entries
from trona.stores.materials_project.snapshots import METHODS

FORMATION = {"Na": 0, "P": 0, "S": 0, "Na2S": -1.294, "Na3P": -0.341, "Na3PS4": -1.214}
"""eV/atom, as in docs/python.md."""
TOTAL = {"Na": -1.3, "S": -4.1, "Na2S": -4.4, "NaS2": -3.9, "NaS": -3.2}
"""eV/atom; of no calculation."""


def corrected_by_mp2020(entry):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # oxidation states that cannot be guessed
        return MaterialsProject2020Compatibility(check_potcar=False).process_entry(entry)


def computed(run_type="GGA", *, corrected=True, energies=TOTAL):
    made = [
        ComputedEntry(
            formula,
            per_atom * Composition(formula).num_atoms,
            parameters={"run_type": run_type, "hubbards": {}},
            entry_id=f"{formula}-{run_type}",
        )
        for formula, per_atom in energies.items()
    ]
    if corrected:
        for entry in made:
            assert corrected_by_mp2020(entry) is not None
    return made


def formation_entries():
    return [
        PDEntry(Composition(formula), energy * Composition(formula).num_atoms)
        for formula, energy in FORMATION.items()
    ]


def above_hull(reference):
    """Energies above hull by composition, lowest polymorph."""
    found = zip(reference.table.phases, energies_above_hull(reference.table), strict=True)
    return {Composition(phase.formula): float(above) for phase, above in found}


def same_hull(reference, entries):
    diagram = PhaseDiagram(entries)
    ours = above_hull(reference)
    assert len(ours) == len(entries)
    for entry in entries:
        theirs = diagram.get_e_above_hull(entry)
        assert ours[Composition(entry.composition.reduced_formula)] == pytest.approx(
            theirs, abs=1e-8
        )


@pytest.mark.parametrize("elements", [("Na", "P", "S"), ("Na", "S", "O", "H"), ("Na", "Zr", "Cl")])
def test_energies_above_hull_are_those_of_pymatgen(elements):
    reference = load_reference("bundled")
    entries = reference.to_entries(elements)
    diagram = PhaseDiagram(entries)
    table = reference.table.within(elements)
    theirs = {entry.entry_id: diagram.get_e_above_hull(entry) for entry in entries}
    ours = energies_above_hull(table)
    assert len(theirs) == len(table)
    for phase, above in zip(table.phases, ours, strict=True):
        assert theirs[phase.id] == pytest.approx(above, abs=1e-8)


@pytest.mark.parametrize("name", ["bundled", "bundled-chgnet"])
def test_entries_of_a_reference_give_the_same_reference(name, tmp_path):
    reference = load_reference(name)
    again = reference_of_entries(reference.to_entries())
    assert again.scale == reference.scale
    assert again.correction == reference.correction
    assert again.basis == reference.basis
    pairs = zip(again.table.phases, reference.table.phases, strict=True)
    assert max(abs(one.energy - other.energy) for one, other in pairs) < 1e-12
    one, other = again.table.phases[7], reference.table.phases[7]
    assert (one.id, one.formula, one.volume, one.space_group, one.source) == (
        other.id, other.formula, other.volume, other.space_group, other.source,
    )  # fmt: skip
    dumpfn(again.to_entries(["Na", "S"]), tmp_path / "entries.json")
    small = load_reference(f"entries:{tmp_path / 'entries.json'}")
    assert len(small.table) == len(reference.table.within(["Na", "S"]))
    assert Study(small.to_entries()).window("Na2S").limits == Study(name).window("Na2S").limits


def test_corrected_entries_are_on_the_scale_of_the_materials_project():
    entries = computed()
    found = reference_of_entries(entries)
    assert found.scale.method == METHODS["GGA_GGA+U"]
    assert found.correction == "sulfide-by-charge-mp2020"
    same_hull(reference_of_entries(entries, correction="as-published"), entries)
    by_charge = {phase.formula: phase for phase in found.phases}
    published = {e.composition.reduced_formula: e.energy_per_atom for e in entries}
    assert by_charge["Na2S"].energy_per_atom == pytest.approx(published["Na2S"])
    assert by_charge["NaS2"].energy_per_atom > published["NaS2"] + 0.1


def test_a_phase_diagram_is_a_list_of_entries(tmp_path):
    diagram = PhaseDiagram(computed())
    found = reference_of_entries(diagram, correction="as-published")
    same_hull(found, list(diagram.all_entries))
    dumpfn(diagram, tmp_path / "diagram.json")
    again = load_reference(f"entries:{tmp_path / 'diagram.json'}", "as-published")
    assert {p.id: p.energy for p in again.phases} == {p.id: p.energy for p in found.phases}
    grand = GrandPotentialPhaseDiagram(diagram.all_entries, {Element("Na"): -2.0})
    with pytest.raises(ReferenceDataError, match="grand potentials"):
        reference_of_entries(grand.all_entries)


def test_functionals_are_not_mixed():
    mixed = [*computed(corrected=False), *computed("R2SCAN", corrected=False)[2:]]
    with pytest.raises(EnergyScaleError, match="5 with GGA, 3 with R2SCAN"):
        reference_of_entries(mixed)
    with pytest.raises(EnergyScaleError, match="several functionals"):
        reference_of_entries(mixed, scale="mp")
    entries = computed("R2SCAN", corrected=False)
    assert reference_of_entries(entries).scale.method == METHODS["R2SCAN"]
    name = "MP GGA(+U)/r2SCAN mixing adjustment"
    entries[2].energy_adjustments.append(ManualEnergyAdjustment(0.1))
    entries[2].energy_adjustments[-1].name = name
    entries[2].energy_adjustments[-1].cls = {"@class": "MaterialsProjectDFTMixingScheme"}
    with pytest.raises(EnergyScaleError, match="mixture of GGA"):
        reference_of_entries(entries)


def test_corrected_and_uncorrected_entries_are_not_mixed():
    entries = computed()
    entries[2].energy_adjustments = []
    with pytest.raises(EnergyScaleError, match=r"Na2S \(Na2S-GGA\) is not"):
        reference_of_entries(entries)


def test_uncorrected_entries_need_structures_to_be_corrected():
    with pytest.raises(CorrectionError, match="structure"):
        reference_of_entries(computed(corrected=False))
    same_hull(
        reference_of_entries(computed(corrected=False), correction="as-published"),
        computed(corrected=False),
    )


def test_uncorrected_structure_entries_are_corrected():
    cells = {
        "Na": Structure.from_spacegroup("Im-3m", Lattice.cubic(4.2), ["Na"], [[0, 0, 0]]),
        "Cl": Structure(Lattice.cubic(6.0), ["Cl", "Cl"], [[0, 0, 0], [0.33, 0, 0]]),
        "NaCl": Structure.from_spacegroup(
            "Fm-3m", Lattice.cubic(5.6), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
        ),
    }
    titles = {"Na": "PAW_PBE Na_pv 19Sep2006", "Cl": "PAW_PBE Cl 06Sep2000"}
    entries = [
        ComputedStructureEntry(
            cell,
            -3.0 * len(cell) - (name == "NaCl"),
            parameters={
                "run_type": "GGA",
                "hubbards": {},
                "potcar_symbols": [titles[str(symbol)] for symbol in cell.symbol_set],
            },
        )
        for name, cell in cells.items()
    ]
    found = reference_of_entries(entries)
    salt = next(phase for phase in found.phases if phase.formula == "NaCl")
    assert salt.energy == pytest.approx(-25 / 4 - 0.614)  # MP2020: -0.614 eV per Cl
    assert salt.volume == pytest.approx(5.6**3 / 4)
    assert found.scale.method == "VASP PBE"


def test_an_unknown_scale_is_asked_for():
    with pytest.raises(EnergyScaleError, match=r"6 of 6, such as Na, name no run type.*scale='mp'"):
        Study(formation_entries())
    study = Study(formation_entries(), scale="formation")
    assert study.window("Na3PS4").limits.reduction == pytest.approx(1.16, abs=0.005)
    same_hull(study.reference, formation_entries())
    own = Study(formation_entries(), scale="my own functional")
    assert own.reference.scale.method == "my own functional"
    assert any("No error is stated" in line for line in own.window("Na3PS4").caveats)
    old = [ComputedEntry(e.composition, e.energy, correction=-0.1, parameters={"run_type": "GGA"})
           for e in formation_entries()]  # fmt: skip
    with pytest.raises(EnergyScaleError, match="Manual energy adjustment"):
        reference_of_entries(old)


def test_a_statement_that_is_wrong_is_refused():
    with pytest.raises(EnergyScaleError, match="leave the statement out"):
        reference_of_entries(computed(), scale="mp-r2scan")
    with pytest.raises(EnergyScaleError, match="leave the statement out"):
        reference_of_entries(load_reference("bundled").to_entries(["Na", "S"]), scale="mp")
    with pytest.raises(CorrectionError, match="already"):
        reference_of_entries(load_reference("bundled").to_entries(["Na", "S"]), correction="mp2020")
    with pytest.raises(ReferenceDataError, match="state the scale of total"):
        reference_of_entries(
            [ComputedEntry("Na", -1.3), ComputedEntry("Na2S", -30.0)], scale="formation"
        )


def test_energies_under_conditions_are_written_and_not_read_back():
    warm = load_reference("bundled").at_temperature(298.15).to_entries(["Na", "S"])
    assert PhaseDiagram(warm).el_refs
    with pytest.raises(EnergyScaleError, match="at 0 K"):
        reference_of_entries(warm)


def test_what_is_no_entry_is_refused():
    for given, said in (
        ([], "no entry"),
        (["Na2S"], "'Na2S' is no entry"),
        (3, "int is no source"),
        ([Structure(Lattice.cubic(4), ["Na"], [[0, 0, 0]])], "is no entry"),
    ):
        with pytest.raises(ReferenceDataError, match=said):
            reference_of_entries(given)
    with pytest.raises(InputError, match="Na"):
        _ = reference_of_entries(
            [ComputedEntry("Na2S", -10, parameters={"run_type": "GGA"})], correction="as-published"
        ).table
    with pytest.raises((PhaseDataError, ReferenceDataError), match="nan"):
        reference_of_entries([PDEntry(Composition("Na"), float("nan"))], scale="formation")


def test_an_entry_that_stands_twice_counts_once():
    entries = computed()
    assert len(reference_of_entries([*entries, *computed()]).phases) == len(entries)
    other = ComputedEntry("Na2S", -13.0, parameters={"run_type": "GGA"}, entry_id="Na2S-GGA")
    corrected_by_mp2020(other)
    ids = {phase.id for phase in reference_of_entries([*entries, other]).phases}
    assert {"Na2S-GGA#3", "Na2S-GGA#6"} < ids


def test_oxidation_states_and_fractions_are_compositions():
    entries = [
        PDEntry(Composition("Na"), 0.0),
        PDEntry(Composition("Cl2"), 0.0),
        PDEntry(Composition({"Na+": 4, "Cl-": 4}), -16.0),
        PDEntry(Composition({"Na": 0.9, "Cl": 1.0}), -3.0),
    ]
    found = reference_of_entries(entries, scale="formation")
    assert {phase.formula for phase in found.phases} >= {"NaCl", "Na", "Cl2"}
    assert next(p for p in found.phases if p.formula == "NaCl").energy == pytest.approx(-4.0)


def test_files_are_read_or_refused_in_one_sentence(tmp_path):
    dumpfn(formation_entries(), tmp_path / "mine.json")
    found = load_reference(f"entries:{tmp_path / 'mine.json'}#formation")
    assert len(found.phases) == len(FORMATION)
    assert found.name.endswith("mine.json#formation")
    assert load_reference(found.name).checksum == found.checksum
    packed = tmp_path / "mine.json.gz"
    packed.write_bytes(gzip.compress((tmp_path / "mine.json").read_bytes()))
    assert load_reference(f"entries:{packed}#formation").checksum == found.checksum
    for text, said in (
        ("{", "no JSON"),
        ("[]", "no list of entries"),
        ('{"a": 1}', "no list of entries"),
        ("[3]", "entry 1 .* is no entry"),
        ('[{"@module": "os", "@class": "system"}]', "names the module 'os'"),
        ('[{"@module": "pymatgen.core", "@class": "Lattice"}]', "entry 1 .* is no entry"),
        ('[{"@module": "pymatgen.core.entries", "@class": "ComputedEntry"}]', "cannot be read"),
    ):
        (tmp_path / "odd.json").write_text(text)
        with pytest.raises(ReferenceDataError, match=said):
            load_reference(f"entries:{tmp_path / 'odd.json'}")
    with pytest.raises(ReferenceDataError, match="No such file"):
        load_reference(f"entries:{tmp_path / 'absent.json'}")
    with pytest.raises(ReferenceDataError, match="name a JSON file"):
        load_reference("entries:mine.txt")
    with pytest.raises(ReferenceDataError, match=r"did you mean 'entries:mine\.json'"):
        load_reference("mine.json")
