"""Stated errors: those of the comparison with DFT, and what a window makes of them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from math import hypot

import numpy as np
import pytest

from tests.stores.energies.test_entries import relaxation
from tests.support.folders import DOCS, SCRIPTS
from tests.support.published import TABLE, needs_table
from trona import Study
from trona.screening.equilibrium.phases import EnergyScale
from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.uncertainty.error_model import CLASSES, anion_class
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.reservations import reservations
from trona.stores.assess.screenings import screening_document
from trona.stores.assess.windows import window_answer
from trona.stores.collections.results import Results
from trona.stores.corrections.methods import METHODS
from trona.stores.energies.accuracy import DFT, accuracy, common_deviation, deviations
from trona.stores.energies.bundled import SETS, bundled_data
from trona.stores.energies.references import load_reference
from trona.workflows.report.page import render

WIDE = TABLE.with_name("formation_energies_wide.csv.gz")
CHGNET = "deviations_chgnet.yaml"


@pytest.fixture(scope="module")
def script():
    """The script that compares the bundled sets with DFT."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPTS)
        yield import_module("compare_reference")


@pytest.fixture(scope="module")
def rows(script):
    """Differences of all compounds that the set of CHGNet energies and DFT have."""
    sources = script.both("bundled-chgnet", [TABLE])
    return script.comparison(script.on_their_scale(sources.ours), sources.dft)


def test_each_scale_has_errors_with_a_source(reference):
    bundled = accuracy(load_reference("bundled").scale)
    assert "docs/bundled-reference.md" in bundled.source
    assert accuracy(reference.scale) is DFT
    assert accuracy(EnergyScale("VASP PBE", "MP2020")) is DFT
    for method in METHODS.values():
        stated = accuracy(EnergyScale(method.name, "as-published"))
        assert stated is None or stated.source
    assert "Phys. Rev. B 85 (2012) 155208" in DFT.source


@pytest.mark.parametrize("method", ["CHGNet MatPES", "CHGNet 0.2.0", "MACE-MP-0", "CHGNet", ""])
def test_what_nobody_knows_has_no_stated_error(method):
    assert accuracy(EnergyScale(method, "as-published")) is None


@pytest.fixture
def unknown(tmp_path):
    """A reference of a potential that nobody knows, and the store that it is read from."""
    path = str(tmp_path / "mine.sqlite")
    results = Results(path)
    formulas = ("Na", "P", "S", "Na2S", "Na3P", "P2S5", "Na3PS4")
    known = load_reference("bundled")
    for index, formula in enumerate(formulas):
        phase = known.table.find_required(parse(formula))
        one = relaxation(formula=phase.formula, formula_start=phase.formula, label=formula)
        units = one.n_sites / sum(phase.amounts.values())
        energy = phase.energy * units
        changed = {"id": f"r{index}", "method": "MACE-MP-0", "energy": energy}
        results.save([one.model_copy(update=changed)])
    return f"store:{path}"


def test_every_answer_says_that_no_error_is_stated(unknown, trona, tmp_path):
    said = "No error is stated for energies of MACE-MP-0"
    found = load_reference(unknown)
    answer = window_answer(assess_formula("Na3PS4", found), why=True)
    assert answer.uncertainty is None
    assert all(one.uncertainty is None for one in answer.dependence)
    assert any(said in line for line in answer.caveats)
    assert window_answer(assess_formula("Na3PS4", found), sigma=0.03).uncertainty.sigma == 0.03
    result = screening_document("Na3PS4", "Na3PS4", "test", found)
    assert any(said in line for line in result.reference.caveats)
    study = Study(unknown)
    assert said in study.window("Na3PS4").heading
    assert said in study.rank(["Na3PS4"]).heading
    assert said in render([result])
    for command in (("window", "Na3PS4"), ("window", "Na3PS4", "--json"), ("compare", "Na3PS4")):
        done = trona(*command, "--reference", unknown)
        printed = " ".join((done.stdout + done.stderr).split())
        assert said in printed, command
        assert not [word for word in printed.split(said)[0].split() if word == "±"], command
    drawn = trona("plot", "ladder", "Na3PS4", "--reference", unknown, "-o", tmp_path / "l.svg")
    assert said in drawn.stderr


def test_the_error_of_a_compound_makes_the_published_one_of_a_reaction():
    # A ternary from two binaries in equal parts: 24 meV/atom (Hautier et al. 2012).
    assert DFT.model.sigma * (1 + 0.25 + 0.25) ** 0.5 == pytest.approx(0.024, abs=0.001)


FILES = {name: METHODS[one.method].deviations for name, one in SETS.items()}
of_each_set = pytest.mark.parametrize(("name", "file"), FILES.items())


@of_each_set
def test_errors_of_a_potential_are_those_of_the_comparison_and_of_dft(name, file):
    model = accuracy(load_reference(name).scale).model
    assert model.common == common_deviation(file)
    assert model.by_class.keys() == set(CLASSES)
    for kind, found in deviations(file).items():
        stated = model.by_class.get(kind, model.sigma)
        assert stated == pytest.approx(hypot(found.own, DFT.model.sigma), abs=1e-4)


def test_an_element_outside_the_fit_gets_a_wide_error_and_says_so():
    energies = load_reference("bundled")
    model = accuracy(energies.scale).model
    assert model.own(parse("HfO2")) == model.unseen > 1.5 * model.own(parse("ZrO2"))
    assert model.own({"Hf": 1.0}) == 0.0
    zirconium = [phase for phase in energies.phases if "Zr" in phase.amounts]
    swapped = (
        replace(
            one,
            id=f"Hf for Zr in {one.id}",
            amounts={"Hf" if s == "Zr" else s: n for s, n in one.amounts.items()},
        )
        for one in zirconium
    )
    found = replace(energies, phases=(*energies.phases, *swapped))
    (said,) = [line for line in reservations(["Na2HfO3"], found) if "Hf is in the fit" in line]
    assert f"{1000 * model.unseen:.0f} meV/atom" in said
    assert not any("in the fit" in line for line in reservations(["Na2ZrO3"], found))


@of_each_set
def test_every_bundled_compound_has_a_deviation(name, file):
    found = deviations(file)
    assert found.keys() == {*CLASSES, "all"}
    for row in bundled_data(name)["phases"]:
        amounts = parse(row["formula"])
        assert len(amounts) == 1 or anion_class(amounts) in found


@of_each_set
def test_deviations_are_small_and_of_many_compounds(name, file):
    for kind, found in deviations(file).items():
        assert found.phases >= 7, (name, kind)
        assert 0.003 < found.own < 0.06, (name, kind)
        assert 0.003 < found.sigma < 0.06, (name, kind)
        assert abs(found.mean) <= found.mean_absolute


@pytest.mark.long
@needs_table
def test_the_file_and_the_document_are_what_the_script_finds(script, rows):
    classes, common = script.by_class(rows)
    assert common == pytest.approx(common_deviation(CHGNET), abs=2e-4)
    for name, found in deviations(CHGNET).items():
        assert vars(classes[name]) == pytest.approx(vars(found), abs=2e-4), name
    written = (DOCS / "bundled-chgnet.md").read_text(encoding="utf-8")
    for line in [*script.class_lines(classes), *script.system_lines(script.by_system(rows))]:
        assert line in written
    assert f"{common * 1000:.0f} meV per atom of the element" in written


@pytest.mark.long
@needs_table
def test_the_page_of_the_calibrated_set_is_what_the_script_finds(script):
    tables = [WIDE, TABLE]
    sources = script.both("bundled", tables)
    judged = script.judged_on_folds(sources.ours, tables)
    written = (DOCS / "bundled-reference.md").read_text(encoding="utf-8")
    for lines in (
        script.judged_lines(judged, script.class_groups(judged)),
        script.judged_lines(judged, script.system_groups(judged)),
        script.statistics_lines(),
        script.coverage(sources).lines(),
    ):
        assert "\n".join(lines) in written
    assert script.element_text() in written


@pytest.mark.long
@needs_table
@pytest.mark.usefixtures("script")
def test_the_likelihood_finds_the_errors_that_differences_were_drawn_with(rows):
    # The same compounds with drawn differences: both parts come back.
    rng = np.random.default_rng(7)
    classes = [anion_class(row[1].amounts) for row in rows]
    sizes = {"sulfide": 0.010, "halide": 0.025}
    symbols = sorted({symbol for row in rows for symbol in row[1].amounts})
    shared = dict(zip(symbols, 0.02 * rng.standard_normal(len(symbols)), strict=True))
    drawn = []
    for (_, phase, *energies), name in zip(rows, classes, strict=True):
        own = sizes.get(name, 0.015) * rng.standard_normal()
        common = sum(shared[s] * x for s, x in phase.amounts.items()) / phase.n_atoms
        drawn.append((own + common, phase, *energies))
    own, common = import_module("parity").error_parts(drawn, classes)
    assert common == pytest.approx(0.02, rel=0.35)
    assert own["sulfide"] == pytest.approx(0.010, rel=0.3)
    assert own["halide"] == pytest.approx(0.025, rel=0.4)


@needs_table
@pytest.mark.usefixtures("script")
def test_shifts_between_the_scales_are_those_of_the_published_corrections():
    ours = load_reference("bundled-chgnet")
    shifts = {
        # NaCl: MP2020 adds -0.614 eV per Cl; 2019 had fitted the energy of Cl2 instead.
        "NaCl": 0.614 / 2,
        "Cl2": 1.84853666 - 1.25385097674,
        "Na2S": (0.503 - 0.66346) / 3,
        "Na2Se": 0.472 / 3,
        "Na3Sb": 0.192 / 4,
        "Na3P": 0.0,
        "Na2O": (0.687 - 0.70229) / 3,
        "Na2SO4": (4 * (0.687 - 0.70229) - 0.66346) / 7,
        "NaCrO2": (2 * (0.687 - 0.70229) + 1.999 - 2.013) / 4,
        "Na2S4": (0.503 - 0.66346) / 6,  # one sulfide ion in six atoms
    }
    for formula, expected in shifts.items():
        phase = ours.table.find_required(parse(formula))
        assert import_module("legacy_scale").shift(phase) == pytest.approx(expected, abs=1e-5), (
            formula
        )


def test_a_window_has_the_stated_errors_unless_others_are_given(reference):
    assessment = assess_formula("Na3PS4", reference)
    stated = window_answer(assessment).uncertainty
    assert (stated.sigma, stated.common, stated.source) == (0.02, 0.0, DFT.source)
    assert stated.reduction.std == pytest.approx(0.15, abs=0.03)
    given = window_answer(assessment, sigma=0.001).uncertainty
    assert (given.sigma, given.common) == (0.001, 0.0)
    assert given.reduction.std < stated.reduction.std / 5
    assert window_answer(assessment, sigma=0.0).uncertainty is None
    with pytest.raises(InputError, match="sigma"):
        window_answer(assessment, sigma=-0.01)


def test_classes_are_drawn_where_the_user_looks(reference):
    assessment = assess_formula("Na3PS4", reference)
    (at,) = window_answer(assessment, at=2.0).uncertainty.interphases
    assert (at.voltage, at.fractions) == (2.0, {"stable": 1.0})
    (cathode,) = window_answer(assessment, against="S@computed").uncertainty.interphases
    assert cathode.voltage == pytest.approx(2.089, abs=0.001)
    (metal,) = window_answer(assessment, against="Na").uncertainty.interphases
    assert (metal.voltage, metal.fractions) == (0.0, {"mixed-conducting": 1.0})


def test_slopes_carry_the_same_errors(reference):
    answer = window_answer(assess_formula("Na3PS4", reference), why=True)
    reduction, _ = answer.dependence
    assert (reduction.sigma, reduction.common) == (0.02, 0.0)
    assert reduction.uncertainty > 0.0
    exact = window_answer(assess_formula("Na3PS4", reference), why=True, sigma=0.0)
    assert exact.dependence[0].uncertainty is None
