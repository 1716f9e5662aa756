"""How far the treatment of polysulfides moves published limits: the same questions, other scales.

Variants B and E are no correction of trona's own: they are written as a user's table would be.
"""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest

from tests.support.published import (
    MILLIVOLT,
    SCIENCE,
    TABLE,
    decimals,
    reference,
    require,
    rows,
    section,
    span,
)
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.references import load_reference

require(SCIENCE, TABLE)

LEGACY, MP2020 = 0.66346, 0.503  # eV that a source adds to each S
COLUMNS = {column.split(" (")[0]: column for column in rows("5.1")[0] if column != "step"}
SETS = [row for row in rows("5.3") if not row["data set"].startswith("published")]
DEPTHS = re.findall(r"(\w+) (−\d+\.\d)", section("5.2"))
LIMITS = re.findall(r"([A-E](?: without \w+)?) (\d\.\d+)–(\d\.\d+)?", section("5.4"))


def is_polysulfide(row):
    return "polysulfide_over-corrected" in row["flags"]


def rewritten(path, change):
    """Table with another energy per formula unit, or without the rows that change to None."""
    with TABLE.open(encoding="utf-8") as source, path.open("w", encoding="utf-8") as target:
        given = csv.DictReader(source)
        writer = csv.DictWriter(target, given.fieldnames)
        writer.writeheader()
        for row in given:
            amounts = parse(row["formula"])
            shift = change(row, amounts)
            if shift is not None:
                energy = float(row["formation_energy_per_atom"]) + shift / sum(amounts.values())
                writer.writerow(row | {"formation_energy_per_atom": repr(energy)})
    return f"table:{path}"


def uncorrected_polysulfides(row, amounts):
    if row["formula"] == "P2S7":
        return None
    return LEGACY * amounts["S"] if is_polysulfide(row) else 0.0


def mp2020(_, amounts):
    return (LEGACY - MP2020) * amounts.get("S", 0.0) if len(amounts) > 1 else 0.0


def mp2020_polysulfides_by_charge(row, amounts):
    excess = amounts["S"] - amounts["Na"] / 2 if is_polysulfide(row) else 0.0
    return mp2020(row, amounts) + MP2020 * excess


@pytest.fixture(scope="module")
def variant(tmp_path_factory):
    """References by the letters of the text; E leaves P2S7 as it is, "E by charge" is trona's."""
    folder = tmp_path_factory.mktemp("variants")
    written = {"B": uncorrected_polysulfides, "E": mp2020_polysulfides_by_charge}
    corrected = {
        "D": "sulfide-legacy-to-mp2020",
        "E by charge": "sulfide-legacy-to-mp2020,sulfide-by-charge-mp2020",
    }

    @cache
    def find(name):
        letter, _, excluded = name.partition(" without ")
        if letter in written:
            found = load_reference(
                rewritten(folder / f"{letter}.csv", written[letter]), "as-published"
            )
        elif letter in corrected:
            found = load_reference(f"table:{TABLE}", corrected[letter])
        else:
            found = reference(letter)
        return found.without([excluded] if excluded else [])

    return find


def judge(formula, found):
    return window_document(assess_formula(formula, found))


def test_every_value_of_the_text_is_read():
    assert (len(COLUMNS), len(DEPTHS), len(SETS), len(LIMITS)) == (5, 5, 5, 4)


@pytest.mark.parametrize("letter", [*COLUMNS, "E by charge"])
def test_the_sodium_sulfur_ladder(variant, letter):
    column = COLUMNS[letter.removesuffix(" by charge")]
    printed = sorted({volts for row in rows("5.1") for volts in decimals(row[column])})
    steps = profile(variant(letter).table, parse("S")).breakpoints
    assert steps == pytest.approx(printed, abs=MILLIVOLT)


def test_by_charge_na2s5_is_off_the_hull(variant):
    table = variant("C").table
    assert energy_above_hull(table, table.find(parse("Na2S5"))) > 0.004


@pytest.mark.parametrize(("formula", "printed"), DEPTHS)
def test_depth_below_the_hull_of_the_others(formula, printed):
    published = reference("A")
    phase = published.table.find(parse(formula))
    milli = energy_above_hull(published.without([formula]).table, phase) * 1000
    # Rounded twice as well: −142.851 is printed as −142.8.
    assert milli == pytest.approx(decimals(printed)[0], abs=0.055)


@pytest.mark.parametrize("row", SETS, ids=lambda row: row["data set"])
def test_the_window_of_na3sbs4(variant, row):
    document = judge("Na3SbS4", variant(row["data set"]))
    expected = span(row["window (V)"])
    if expected is None:
        assert document.reduction_limit is None
        (above,) = decimals(row["window (V)"])
        assert document.energy_above_hull * 1000 == pytest.approx(above, abs=0.051)
        (crossing,) = decimals(row["width"])
        assert document.stabilized.reduction_limit == pytest.approx(crossing, abs=MILLIVOLT)
    else:
        found = document.reduction_limit, document.oxidation_limit
        assert found == pytest.approx(expected, abs=MILLIVOLT)
        assert found[1] - found[0] == pytest.approx(decimals(row["width"])[0], abs=2 * MILLIVOLT)


def test_the_published_width_of_na3sbs4_is_that_of_overcorrected_polysulfides(variant):
    (published,) = (row for row in rows("5.3") if row not in SETS)
    expected = span(published["window (V)"])
    document = judge("Na3SbS4", variant("A without Na3SbS3"))
    found = document.reduction_limit, document.oxidation_limit
    assert found[1] - found[0] == pytest.approx(expected[1] - expected[0], abs=0.01)
    for theirs, ours in zip(expected, found, strict=True):
        assert theirs - ours == pytest.approx(0.29, abs=0.01)


@pytest.mark.parametrize(("name", "reduction", "oxidation"), LIMITS, ids=[x[0] for x in LIMITS])
def test_the_limits_of_na3ps4(variant, name, reduction, oxidation):
    document = judge("Na3PS4", variant(name))
    assert document.reduction_limit == pytest.approx(float(reduction), abs=MILLIVOLT)
    if oxidation:
        assert document.oxidation_limit == pytest.approx(float(oxidation), abs=MILLIVOLT)


def test_by_charge_p2s7_no_longer_limits_na3ps4(variant):
    """The text keeps P2S7 in variant E; trona counts its charges too."""
    kept, charged = (judge("Na3PS4", variant(name)) for name in ("E", "E by charge"))
    dropped = judge("Na3PS4", variant("E without P2S7"))
    assert charged.reduction_limit == pytest.approx(kept.reduction_limit, abs=1e-12)
    assert charged.oxidation_limit == pytest.approx(dropped.oxidation_limit, abs=1e-12)
    assert charged.oxidation_limit > kept.oxidation_limit + 0.09


@pytest.mark.parametrize("formula", ["Na3PS4", "Na3SbS4", "Na3PS3O", "Na2S2O3", "P2S5", "S"])
def test_counting_the_charge_of_a_molecule_with_sulfur_bonds_is_as_good_as_dropping_it(formula):
    first, second = (
        profile(found.table, parse(formula)).breakpoints
        for found in (reference("C"), reference("C").without(["P2S7", "S8O"]))
    )
    assert first == pytest.approx(second, abs=1e-12)
