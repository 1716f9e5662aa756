"""Every row of the recomputed windows, energies at sodium and ladders, from the table of DFT."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from tests.support.lints import each
from tests.support.oracles import element_profile, phase_diagram, profile_error
from tests.support.published import (
    CENTIVOLT,
    FORMULAS,
    MILLIVOLT,
    NYZC,
    SCIENCE,
    TABLE,
    covered,
    decimals,
    formulas,
    found_change,
    judged,
    printed_change,
    reference,
    require,
    rows,
    section,
    span,
)
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.phases import Phase
from trona.screening.errors import ChemicalSystemError
from trona.screening.formulas import canonical, parse, same_composition
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.validation import charge_imbalance

require(SCIENCE, TABLE)

ZIRCONATE = "Na2ZrO3, which forms at 0 V, is not in the part of the table"
ABSENT = {"Na3Zr2Si2PO12": ZIRCONATE, "Na3.4Zr2Si2.4P0.6O12": ZIRCONATE}

WINDOWS = {row["composition"]: row for row in rows("4") if covered(row["composition"])}
LISTED = {row["composition"]: row for row in rows("4.1") if covered(row["composition"])}
FOREIGN = [row["composition"] for row in rows("4") + rows("4.1") if not covered(row["composition"])]
COLUMNS = {
    "A": "window A (V)",
    "C": "window C (V)",
    "C0": "window C0 (no NaCl3/NaCl7)",
}
STEPS = ("first reduction (C)", "first oxidation (C)", "at 0 V (C)")
AT_SODIUM = [
    (formula, row, "mixture" in row["electrolyte"])
    for row in rows("4.2")
    for formula in row["electrolyte"].removesuffix(" (mixture)").replace("NYZC", NYZC).split(", ")
]


def ladders():
    """Composition to printed steps, voltage and products, and whether all below are printed."""
    for line in re.findall(r"^- (.*)$", section("4.3"), re.MULTILINE):
        formula, steps = line.split(": ")
        parts = re.findall(rf"(\d\.\d{{3}}) (?:→ )?({FORMULAS.pattern})", steps)
        yield formula.replace("NYZC", NYZC), [(float(v), p) for v, p in parts], "Ox" in steps


LADDERS = list(ladders())


@cache
def diagram(symbols, variant):
    phases = reference(variant).table.phases
    return phase_diagram([phase for phase in phases if phase.amounts.keys() <= symbols])


def limits(document):
    if document.reduction_limit is None:
        return None
    return document.reduction_limit, document.oxidation_limit


def step(document, column):
    """Interval next to the window on the side that a column names, or that at 0 V."""
    if "0 V" in column:
        return document.ladder[0]
    kind = column.split()[1]
    rungs = [rung for rung in document.ladder if rung.reaction_kind == kind]
    return rungs[-1 if kind == "reduction" else 0]


def cases(number, table, columns):
    return [
        pytest.param(formula, column, row[column], id=f"{number} {formula} {column}")
        for formula, row in table.items()
        for column in columns
        if row[column] and not (column == "at 0 V (C)" and formula in ABSENT)
    ]


@pytest.fixture(scope="module")
def with_zirconate():
    """The reference with the Na2ZrO3 that the energy of the first row at sodium implies."""
    part, formula = reference("C"), next(iter(ABSENT))
    energy = next(decimals(row["ΔE eV per SE atom"])[0] for f, row, _ in AT_SODIUM if f == formula)
    energy *= sum(parse(formula).values())
    change = {  # printed to four digits, balanced in sevenths
        phase: float(Fraction(printed.expected).limit_denominator(7))
        for phase, printed in printed_change(WINDOWS[formula]["at 0 V (C)"]).items()
    }
    for phase, atoms in change.items():
        if phase != "Na2ZrO3":
            energy -= atoms * part.table.find(parse(phase)).energy_per_atom
    amounts = parse("Na2ZrO3")
    per_atom = energy / change["Na2ZrO3"]
    phase = Phase("implied", "Na2ZrO3", amounts, 6 * per_atom, part.scale)
    return replace(part, phases=(*part.phases, phase))


# Windows and their edges


@pytest.mark.long
@each(
    ("formula", "variant", "printed"),
    [
        pytest.param(formula, variant, row[column], id=f"{number} {formula} {variant}")
        for number, table in (("4", WINDOWS), ("4.1", LISTED))
        for formula, row in table.items()
        for variant, column in COLUMNS.items()
        if row.get(column)
    ],
)
def test_the_window_is_the_recomputed_one(formula, variant, printed):
    found = limits(judged(formula, variant))
    expected = span(printed)
    assert found == (None if expected is None else pytest.approx(expected, abs=CENTIVOLT))


@pytest.mark.parametrize(
    ("formula", "crossing"),
    [(f, float(v)) for f, row in LISTED.items() if (v := row["single crossing (V) if no plateau"])],
)
def test_without_a_window_the_exchange_changes_sign_where_it_was_recomputed(formula, crossing):
    document = judged(formula)
    assert limits(document) is None
    stabilized = document.stabilized
    assert stabilized.reduction_limit == stabilized.oxidation_limit
    assert stabilized.reduction_limit == pytest.approx(crossing, abs=MILLIVOLT)


@pytest.mark.long
@each(
    ("formula", "column", "printed"),
    [*cases("4", WINDOWS, STEPS), *cases("4.1", LISTED, STEPS[2:])],
)
def test_the_reaction_is_the_recomputed_one(formula, column, printed):
    document = judged(formula)
    assert found_change(document, step(document, column)) == printed_change(printed)


@pytest.mark.parametrize(
    "formula",
    [f for f, row in WINDOWS.items() if span(row[COLUMNS["C"]]) and not row[STEPS[0]]],
)
def test_no_printed_reduction_is_stability_against_sodium(formula):
    document = judged(formula)
    rung = document.ladder[0]
    assert document.reduction_limit == 0.0
    assert (rung.reaction_kind, rung.interphase, rung.energy_per_atom) == ("none", "stable", 0.0)


@pytest.mark.parametrize("variant", ["A", "C"])
@each("formula", WINDOWS)
def test_the_energy_above_hull_is_the_recomputed_one(formula, variant):
    row, document = WINDOWS[formula], judged(formula, variant)
    published = dict(zip("AC", decimals(row["E_hull (A / C) meV/atom"]), strict=True))
    assert document.mixture == row["entry in data"].startswith("no")
    if document.mixture:
        assert document.energy_above_hull is None
        assert published[variant] == 0.0
    else:
        milli = document.energy_above_hull * 1000
        assert milli == pytest.approx(published[variant], abs=0.051)


@pytest.mark.long
@pytest.mark.parametrize("variant", ["A", "C"])
@each("formula", WINDOWS | LISTED)
def test_the_profile_is_that_of_pymatgen(formula, variant):
    amounts = parse(formula)
    theirs = element_profile(diagram(frozenset(["Na", *amounts]), variant), amounts)
    assert profile_error(profile(reference(variant).table, amounts), theirs) < 1e-9


@pytest.mark.parametrize(
    ("formula", "variant"),
    [
        (formula, variant)
        for formula, row in LISTED.items()
        for variant, window in (("C", "1.89–1.91"), ("A", "1.55–1.57"))
        if row[COLUMNS[variant]] == window
    ],
)
def test_a_mixture_poor_in_sodium_has_the_range_of_na2s2(formula, variant):
    assert limits(judged(formula, variant)) == pytest.approx(limits(judged("NaS", variant)))


def test_the_window_of_na3ass4_is_that_of_what_stands_in_for_it():
    (still,) = (rung for rung in judged("Na3AsS4").ladder if rung.reaction_kind == "none")
    assert {product.formula for product in still.products} == {"Na3AsS3", "S"}


@each("formula", LISTED)
def test_the_charge_imbalance_is_the_printed_one(formula):
    printed = float(LISTED[formula]["charge imbalance"])
    assert charge_imbalance(formula) == pytest.approx(printed, abs=1e-9)


@pytest.mark.parametrize("formula", dict.fromkeys(FOREIGN))
def test_an_element_outside_the_part_is_refused_by_name(formula):
    (foreign,) = parse(formula).keys() - set(reference("C").table.elements)
    with pytest.raises(ChemicalSystemError, match=rf"no reference phase for {foreign}: [^.]+\.$"):
        judged(formula)
    printed = next((row for row in rows("4.1") if row["composition"] == formula), None)
    if printed is not None:
        assert charge_imbalance(formula) == float(printed["charge imbalance"])


# Contact with sodium


@pytest.mark.parametrize(
    ("formula", "row", "mixture"),
    [pytest.param(*case, id=case[0]) for case in AT_SODIUM],
)
def test_energy_uptake_and_atomic_fractions_at_sodium(formula, row, mixture, with_zirconate):
    given = with_zirconate if formula in ABSENT else reference("C")
    document = window_document(assess_formula(formula, given))
    rung = document.ladder[0]
    energy = float(row["ΔE eV per SE atom"].replace("−", "-"))
    assert document.mixture or not mixture
    assert rung.energy_per_atom == pytest.approx(energy, abs=MILLIVOLT)
    sodium = float(row["Na uptake per f.u."].replace("−", "-"))
    assert rung.na_exchanged == pytest.approx(sodium, abs=MILLIVOLT)
    atoms = {canonical(parse(p.formula)): p.amount * sum(parse(p.formula).values())
             for p in rung.products}  # fmt: skip
    whole = sum(atoms.values())
    parts = dict(re.findall(r"([A-Z]\w*) (\d+\.\d)", row["products (at%)"]))
    expected = {canonical(parse(f)): pytest.approx(float(x), abs=0.051) for f, x in parts.items()}
    if parts:
        assert {phase: 100 * x / whole for phase, x in atoms.items()} == expected
    elif "disproportionation" in row["products (at%)"]:
        assert rung.reaction_kind == "disproportionation"
        assert {*atoms, "Na"} == formulas(row["products (at%)"])
    else:
        assert rung.reaction_kind == "none"
        assert same_composition(parse(rung.products[0].formula), parse(formula))


@pytest.mark.parametrize("formula", ABSENT)
def test_the_absent_zirconate_alone_explains_the_reactions_that_differ(with_zirconate, formula):
    assert reference("C").table.find(parse("Na2ZrO3")) is None
    part, whole = judged(formula), window_document(assess_formula(formula, with_zirconate))
    printed = printed_change(LISTED[formula]["at 0 V (C)"])
    assert found_change(whole, whole.ladder[0]) == printed
    assert found_change(part, part.ladder[0]) != printed
    assert limits(whole) == limits(part)
    assert whole.ladder[0].energy_per_atom < part.ladder[0].energy_per_atom


# Ladders


def test_every_step_of_the_text_is_read():
    assert [len(steps) for _, steps, _ in LADDERS] == [7, 6, 7, 3, 2]


@pytest.mark.parametrize(
    ("formula", "volts", "printed"),
    [(formula, *step) for formula, steps, _ in LADDERS for step in steps],
)
def test_a_step_of_the_ladder_makes_the_products_that_are_named(formula, volts, printed):
    document = judged(formula)
    reduction = volts <= document.reduction_limit + MILLIVOLT
    edges = [r.voltage_upper if reduction else r.voltage_lower for r in document.ladder]
    here = next(i for i, edge in enumerate(edges) if edge == pytest.approx(volts, abs=MILLIVOLT))
    new, old = ({canonical(parse(p.formula)) for p in document.ladder[i].products}
                for i in (here, here + (1 if reduction else -1)))  # fmt: skip
    assert formulas(printed) <= new
    assert not formulas(printed) <= old


@pytest.mark.parametrize(
    ("formula", "steps"), [(formula, steps) for formula, steps, complete in LADDERS if complete]
)
def test_no_reduction_step_is_left_out(formula, steps):
    document = judged(formula)
    found = [r.voltage_upper for r in document.ladder if r.reaction_kind == "reduction"]
    printed = sorted(volts for volts, _ in steps if volts <= document.reduction_limit + MILLIVOLT)
    assert found == pytest.approx(printed, abs=MILLIVOLT)


def test_the_hydrate_passes_through_hydroxide_hydrates_and_hydrogen():
    document = judged("Na3SbS4·8H2O")
    assert document.reduction_limit == pytest.approx(1.651, abs=MILLIVOLT)
    between = [r for r in document.ladder[:-1] if 0.535 < r.voltage_lower < r.voltage_upper < 0.848]
    assert len(between) == 4
    for rung in between:
        made = [parse(product.formula) for product in rung.products]
        assert {"H": 2.0} in made
        assert any(amounts.keys() == {"Na", "H", "O"} for amounts in made)
