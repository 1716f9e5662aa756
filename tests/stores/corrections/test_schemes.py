"""Schemes: parts in one order, and none that contradicts another or the energies."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from tests.support.calculations import bundled_structure, calculated
from tests.support.folders import DOCS
from trona.screening.errors import CorrectionError
from trona.screening.formulas import parse
from trona.stores.corrections.parts import PARTS, EnergyBasis
from trona.stores.corrections.schemes import (
    AS_PUBLISHED,
    LABELS,
    SULFIDE_BY_CHARGE_LEGACY,
    SULFIDE_BY_CHARGE_MP2020,
    compose,
)

FULL = "mp2020,sulfide-by-charge-mp2020,hydroborate-as-hydride"


@pytest.mark.parametrize("label", LABELS)
def test_a_single_label_comes_back(label):
    assert compose(label).label == label


def test_the_names_of_the_first_schemes_have_not_changed():
    # They stand in stored results and in checksums.
    assert AS_PUBLISHED.name == "as-published"
    assert SULFIDE_BY_CHARGE_MP2020.name == "sulfide-by-charge/1 (-0.503 eV per S)"
    assert SULFIDE_BY_CHARGE_LEGACY.name == "sulfide-by-charge/1 (-0.66346 eV per S)"


def test_the_order_in_which_parts_are_written_does_not_matter():
    written = {compose(", ".join(labels)) for labels in permutations(FULL.split(","))}
    assert written == {compose(FULL)}
    assert compose(FULL).label == FULL
    assert compose("as-published,mp2020") == compose("mp2020,mp2020") == compose("mp2020")


def test_every_part_has_a_name_of_its_own_with_a_version():
    names = [part.name for part in PARTS.values()]
    assert len(set(names)) == len(names)
    assert all("/1" in name for name in names)


def test_the_documentation_lists_every_correction():
    text = (DOCS / "corrections.md").read_text(encoding="utf-8")
    assert all(f"\n| `{label}` |" in text for label in LABELS)


@pytest.mark.parametrize("formula", ["Na2S5", "NaBH4", "Na2SO4", "NaCl"])
def test_a_scheme_adds_up_its_parts(formula):
    amounts, given = parse(formula), calculated(bundled_structure(formula))
    parts = sum(PARTS[label].shift(amounts, given) for label in FULL.split(","))
    assert compose(FULL).shift(amounts, given) == pytest.approx(parts)
    assert AS_PUBLISHED.shift(amounts) == 0.0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("guess", "'guess'"),
        ("", "''"),
        ("mp2020,,", "''"),
        ("mp2020,sulfide-by-charge-legacy", "legacy Materials Project"),
        ("sulfide-by-charge-legacy,sulfide-by-charge-mp2020", "same compounds"),
        ("hydroborate-as-hydride,hydroborate-uncorrected", "same compounds"),
        ("sulfide-legacy-to-mp2020,hydroborate-uncorrected", "MP2020-corrected"),
        ("sulfide-legacy-to-mp2020,sulfide-by-charge-legacy", "rescaled"),
        ("mp2020,sulfide-legacy-to-mp2020", "legacy Materials Project"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused(text, word):
    with pytest.raises(CorrectionError, match=word):
        compose(text)


@pytest.mark.parametrize(("first", "second"), [*combinations(PARTS, 2)])
def test_two_parts_that_combine_find_energies_to_be_applied_to(first, second):
    try:
        scheme = compose(f"{first},{second}")
    except CorrectionError:
        return
    assert any(scheme.objection(basis) is None for basis in EnergyBasis)


@pytest.mark.parametrize(
    ("text", "basis", "fits"),
    [
        ("mp2020", EnergyBasis.PLAIN, True),
        ("mp2020", EnergyBasis.MP2020, False),
        ("mp2020", EnergyBasis.LEGACY, False),
        ("mp2020", None, True),
        ("sulfide-by-charge-mp2020", EnergyBasis.PLAIN, False),
        ("sulfide-by-charge-mp2020", EnergyBasis.LEGACY, False),
        ("sulfide-by-charge-mp2020,hydroborate-uncorrected", EnergyBasis.MP2020, True),
        (FULL, EnergyBasis.PLAIN, True),
        (FULL, EnergyBasis.MP2020, False),
        ("sulfide-legacy-to-mp2020,sulfide-by-charge-mp2020", EnergyBasis.LEGACY, True),
        ("as-published", EnergyBasis.PLAIN, True),
    ],
)
def test_energies_are_corrected_once(text, basis, fits):
    scheme = compose(text)
    assert (scheme.objection(basis) is None) == fits
    if not fits:
        with pytest.raises(CorrectionError, match=r"somewhere.*choose from as-published"):
            scheme.require(basis, "somewhere")


def test_a_scheme_knows_what_it_leaves():
    assert compose(FULL).result(EnergyBasis.PLAIN) is EnergyBasis.MP2020
    assert AS_PUBLISHED.result(EnergyBasis.LEGACY) is EnergyBasis.LEGACY
    assert compose("sulfide-legacy-to-mp2020").result(EnergyBasis.LEGACY) is EnergyBasis.RESCALED
    assert SULFIDE_BY_CHARGE_MP2020.result(None) is None
