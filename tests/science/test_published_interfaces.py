"""Every published interface reaction, from the table of DFT and against pymatgen."""

from __future__ import annotations

import pytest

from tests.support.oracles import mixing_kinks
from tests.support.published import SCIENCE, TABLE, formulas, reference, require, rows
from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.formulas import canonical, parse
from trona.screening.stability.interface import mix

require(SCIENCE, TABLE)


def expanded():
    """Each pair of a printed row with its energy and products; … repeats those before."""
    for row in rows("6"):
        left, right = (
            [name.strip() for name in side.replace("/", ",").split(",")]
            for side in row["pair"].split(" ‖ ")
        )
        pairs = [(first, second) for first in left for second in right]
        energies = [float(x) for x in row["ΔE"].replace("−", "-").split(" / ")]
        products = row["products at the minimum"].split(" / ")
        energies, products = (
            given * len(pairs) if len(given) == 1 else given for given in (energies, products)
        )
        for at, (pair, milli) in enumerate(zip(pairs, energies, strict=True)):
            text = products[at - 1] if products[at] == "…" else products[at]
            yield pytest.param(*pair, milli, text, id=" with ".join(pair))


PAIRS = list(expanded())


def test_every_pair_of_the_text_is_read():
    assert len(PAIRS) == 20


def react(first, second):
    return mix(reference("C").table, parse(first), parse(second), (first, second))


def named(kink):
    return {canonical(phase.amounts) for phase in kink.phases}


@pytest.mark.parametrize(("first", "second", "milli", "products"), PAIRS)
def test_the_strongest_reaction_is_the_published_one(first, second, milli, products):
    found = react(first, second)
    assert found.mixing_energy(found.strongest) * 1000 == pytest.approx(milli, abs=0.51)
    assert found.reacts == (milli < 0)
    if formulas(products):
        assert named(found.strongest) == formulas(products)
    elif products.startswith("borates"):
        made = [parse(formula) for formula in named(found.strongest)]
        assert any({"Na", "B", "O"} <= amounts.keys() for amounts in made)
        assert named(found.strongest) & {"CrB", "CrH"}
    else:
        assert not found.reacts


@pytest.mark.parametrize(("first", "second"), [case.values[:2] for case in PAIRS])
def test_kinks_and_energies_are_those_of_pymatgen(first, second):
    found, symbols = react(first, second), {*parse(first), *parse(second)}
    phases = [p for p in reference("C").table.phases if p.amounts.keys() <= symbols]
    ours = {round(kink.fraction, 6): found.mixing_energy(kink) for kink in found.kinks}
    assert ours == pytest.approx(mixing_kinks(phases, first, second), abs=1e-9)


def test_what_a_metastable_material_releases_by_itself_is_told_apart():
    """NaCr2O4 is half-charged NaCrO2, 28.6 meV/atom above the hull: the text lowers it onto it."""
    found, table = react("Na2B12H12", "Na0.5CrO2"), reference("C").table
    kink = found.strongest
    alone = energy_above_hull(table, table.find(parse("NaCr2O4")))
    assert alone == pytest.approx(0.02856, abs=1e-5)
    released = found.mixing_energy(kink) - kink.fraction * alone
    assert kink.energy_per_atom == pytest.approx(released, abs=1e-12)
    assert kink.energy_per_atom * 1000 == pytest.approx(-315.8, abs=0.1)


def test_excess_sodium_turns_the_phosphide_of_the_strongest_reaction_into_na3p():
    found = react("Na3PS4", "Na")
    richer = [kink for kink in found.kinks if found.strongest.fraction < kink.fraction < 1.0]
    assert {"Na3P", "Na2S"} in [named(kink) for kink in richer]


@pytest.mark.parametrize("second", ["H2O", "S", "NaCrO2"])
def test_without_s8o_na3ps4_reacts_alike(second):
    table = reference("C").without(["S8O"]).table
    found = mix(table, parse("Na3PS4"), parse(second), ("Na3PS4", second))
    assert found.strongest.equation == react("Na3PS4", second).strongest.equation
