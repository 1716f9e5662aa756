"""Formulas: what is read, what is refused, and that writing undoes reading."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition

from trona.screening.errors import FormulaError
from trona.screening.formulas import (
    canonical,
    fractions_key,
    glass_parts,
    number,
    parse,
    same_composition,
    usual,
)
from trona.screening.spelling import near

SYMBOLS = ("Na", "P", "S", "Sb", "Cl", "O", "H", "B", "Zr", "Y")

compositions = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(1, 40), min_size=1)
fractional = st.dictionaries(st.sampled_from(SYMBOLS), st.floats(0.01, 50), min_size=1)
formula_like = st.text(alphabet="NaPSbOHClX0123456789.()[]{}·⋅*+-e ^_₀₃²٣,@'\"", max_size=14)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Na", {"Na": 1}),
        ("Na3PS4", {"Na": 3, "P": 1, "S": 4}),
        ("  Na3 P S4 ", {"Na": 3, "P": 1, "S": 4}),
        ("Na₃PS₄", {"Na": 3, "P": 1, "S": 4}),
        ("2Na2S", {"Na": 4, "S": 2}),
        ("Na2.25Y0.25Zr0.75Cl6", {"Na": 2.25, "Y": 0.25, "Zr": 0.75, "Cl": 6}),
        ("Na2(B10H10)0.5(B12H12)0.5", {"Na": 2, "B": 11, "H": 11}),
        ("Na4[B10H10][B12H12]", {"Na": 4, "B": 22, "H": 22}),
        ("Na3Zr2(SiO4)2(PO4)", {"Na": 3, "Zr": 2, "Si": 2, "P": 1, "O": 12}),
        ("Na3SbS4·8H2O", {"Na": 3, "Sb": 1, "S": 4, "H": 16, "O": 8}),
        ("Na3SbS4*8H2O", {"Na": 3, "Sb": 1, "S": 4, "H": 16, "O": 8}),
        ("Na₃SbS₄ ⋅ 8 H₂O", {"Na": 3, "Sb": 1, "S": 4, "H": 16, "O": 8}),
        ("Na3SbS4·0.5H2O", {"Na": 3, "Sb": 1, "S": 4, "H": 1, "O": 0.5}),
        ("NaPO3·Na4P2O7·H2O", {"Na": 5, "P": 3, "O": 11, "H": 2}),
    ],
)
def test_chemists_spellings_are_read(text, amounts):
    assert parse(text) == amounts


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "8",
        "88",
        "·",
        "*",
        "Na3Xx4",
        "X",
        "na3ps4",
        "Na-3",
        "Na3PS4)",
        "(Na3PS4",
        "()",
        "Na0",
        "0Na",
        "Na3PS4·",
        "Na+",
        "Na²",
        "Na3,5P",
        "Na1e400",
        "2.Na",
        "NaCl!",
        "@",
        "Na\x00",
    ],
)
def test_garbage_is_refused_by_name(text):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert repr(text) in str(caught.value)


def test_isotopes_of_one_element_add_up():
    assert parse("HDO") == {"H": 2, "O": 1}


@settings(max_examples=400)
@given(st.one_of(st.text(), formula_like))
def test_any_text_is_a_formula_or_a_formula_error(text):
    try:
        amounts = parse(text)
    except FormulaError:
        return
    assert amounts
    assert all(0 < amount < float("inf") for amount in amounts.values())


@given(compositions)
def test_parsing_undoes_writing(amounts):
    assert same_composition(parse(canonical(amounts)), amounts)


@given(compositions)
def test_canonical_is_its_own_canonical(amounts):
    assert canonical(parse(canonical(amounts))) == canonical(amounts)


@given(fractional)
def test_fractional_amounts_survive_writing(amounts):
    again = parse(canonical(amounts))
    scale = sum(amounts.values()) / sum(again.values())
    assert {s: n * scale for s, n in again.items()} == pytest.approx(amounts, abs=1e-5)


@given(compositions, st.integers(1, 12))
def test_canonical_forgets_multiples(amounts, factor):
    assert canonical({s: n * factor for s, n in amounts.items()}) == canonical(amounts)


@given(compositions, st.sampled_from([2, 3, 7, 0.1, 1 / 3]))
def test_fractions_forget_multiples_and_order(amounts, factor):
    multiple = {symbol: amounts[symbol] * factor for symbol in reversed(amounts)}
    assert fractions_key(multiple) == fractions_key(amounts)
    assert same_composition(multiple, amounts)


@pytest.mark.parametrize("factor", [2, 0.3, 1 / 3])
def test_multiples_of_a_512_atom_cell_are_one_composition(factor):
    cell = {"Na": 1.0, "S": 511.0}
    assert same_composition(cell, {symbol: n * factor for symbol, n in cell.items()})


@given(compositions, compositions)
def test_same_composition_means_same_reduced_formula(first, second):
    by_formula = parse(canonical(first)) == parse(canonical(second))
    assert same_composition(first, second) == by_formula


def test_absent_elements_do_not_count():
    assert same_composition({"Na": 2, "S": 1, "P": 0}, {"Na": 2, "S": 1})


@given(st.floats(1e-6, 1e6))
def test_number_keeps_four_digits_and_needs_no_exponent(value):
    text = number(value)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=5.1e-4)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-1e-13, "0"), (1.0, "1"), (7.99999999, "8"), (0.25, "0.25")]
)
def test_number_drops_what_is_noise(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("na3ps4", "Na3PS4"),
        ("Na3Ps4", "Na3PS4"),
        ("NACL", "NaCl"),
        ("Na3P04", "Na3PO4"),
        ("Na3SbS4·8H20", "Na3SbS4·8H2O"),
        ("Na3SbS4.8H2O", "Na3SbS4·8H2O for the hydrate, or Na3SbS4.8(H2O)"),
        ("Na2S.9H2O", "Na2S·9H2O"),
        ("NaCl.H2O", "NaCl·H2O"),
    ],
)
def test_what_looks_like_a_formula_is_answered_with_the_one_that_is_meant(text, meant):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert repr(text) in str(caught.value)
    assert meant in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "nasicon",
        "Na3Xx",
        "na-3",
        "Na(",
        "na3ps4)",
        "Foo",
        "foo2",
        "Coin",
        "Bin",
        "NMC811",
    ],
)
def test_a_word_is_not_taken_for_a_formula(text):
    assert near(text) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("(Na2S)75(P2S5)25", {"Na2S": 75.0, "P2S5": 25.0}),
        ("(Na₂S)₇₅(P₂S₅)₂₅", {"Na2S": 75.0, "P2S5": 25.0}),
        ("(Na3PS4)3(NaI)2", None),
        ("Na2(B10H10)0.5(B12H12)0.5", None),
        ("(NH4)2SO4", None),
    ],
)
def test_a_glass_may_have_its_amounts_behind_brackets(text, same):
    assert glass_parts(text) == same


@pytest.mark.parametrize("text", ["Na5B5H20", "NaCl0.5H2O", "Na2CO3·10H2O", "Na0.35CoO2·1.3H2O"])
def test_zeros_and_points_that_mean_what_they_say_are_read(text):
    assert parse(text)["Na"] > 0


@pytest.mark.parametrize(
    ("text", "written"),
    [("Al1Na1O2", "NaAlO2"), ("S4Na3P", "Na3PS4"), ("Na2Cr4S8", "NaCr2S4"), ("HNaO", "NaOH"),
     ("B1H4Na1", "NaBH4"), ("Na2O2", "Na2O2"), ("O4S1Na2", "Na2SO4")],
)  # fmt: skip
def test_formulas_are_written_in_the_order_of_chemists(text, written):
    assert usual(parse(text)) == written


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("75Na2S-25P2S5", "Na3PS4"),
        ("70 Na2S – 30 P2S5 (mol%)", "Na7P3S11"),
        ("0.75Na2S-0.25P2S5", "Na3PS4"),
        ("66.7Na2S-33.3P2S5", "Na4P2S7"),
        ("72.5Na2S-27.5P2S5", "Na29P11S42"),
        ("75Na2S·25P2S5", "Na3PS4"),
        ("66.7Na2S·33.3P2S5", "Na4P2S7"),
    ],
)
def test_components_in_mole_percent_are_a_composition_per_smallest_unit(written, same):
    assert parse(written) == pytest.approx(parse(same))


def test_double_salts_are_no_glasses():
    assert parse("3Na2S·1P2S5") == {"Na": 6.0, "S": 8.0, "P": 2.0}


@pytest.mark.parametrize("name", ["NYZC", "nyzc"])
def test_what_papers_call_an_electrolyte_is_answered_with_a_formula(name):
    with pytest.raises(FormulaError, match=r"did you mean Na2\.25Y0\.25Zr0\.75Cl6\?"):
        parse(name)


def test_components_that_do_not_add_up_are_refused():
    with pytest.raises(FormulaError, match="add up to 90: give mol%"):
        parse("60Na2S-30P2S5")


def test_percent_by_weight_is_refused():
    with pytest.raises(FormulaError, match="percent by weight: give mol%"):
        parse("75Na2S-25P2S5 wt%")


bracketed = st.recursive(
    st.tuples(st.sampled_from(SYMBOLS), st.sampled_from(["", "2", "0.5", "3", "12"])).map("".join),
    lambda inner: st.tuples(
        st.sampled_from(["()", "[]", "{}"]),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.sampled_from(["", "2", "0.3"]),
    ).map(lambda given: given[0][0] + given[1] + given[0][1] + given[2]),
    max_leaves=6,
)


@given(st.lists(bracketed, min_size=1, max_size=4).map("".join))
def test_brackets_are_read_as_pymatgen_reads_them(text):
    expected = {str(one): amount for one, amount in Composition(text).items()}
    assert list(parse(text).items()) == list(expected.items())


@given(st.floats(-1e12, 1e12), st.integers(1, 9))
def test_numbers_are_rounded_and_written_without_exponent(value, digits):
    text = f"{float(f'{value:.{digits}g}'):.10f}".rstrip("0").rstrip(".")
    assert number(value, digits) == ("0" if text in {"-0", ""} else text)


@pytest.mark.parametrize("label", ["c000", "c001", "run000"])
def test_labels_with_zeros_get_no_suggestion_that_is_no_formula(label):
    with pytest.raises(FormulaError, match="is not a chemical formula; write it like"):
        parse(label)


def test_all_zeros_for_the_letter_are_corrected():
    with pytest.raises(FormulaError, match="where Na3PO4·8H2O has the letter O"):
        parse("Na3P04·8H20")
