"""Doped compositions: neutral, on the right site, refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.charges import charge_sum, oxidation_states
from trona.screening.dopants import DOPANTS, host_of, site_of, substitute
from trona.screening.errors import FormulaError
from trona.screening.formulas import parse

HOSTS = ("Na3PS4", "Na3SbS4", "Na4SnS4", "Na3YCl6", "Na3PS3.4O0.6")


@given(
    st.sampled_from(HOSTS),
    st.sampled_from(DOPANTS),
    st.sampled_from([0.01, 0.1, 0.25, 0.5]),
)
def test_a_doped_composition_is_neutral_and_keeps_what_it_does_not_replace(host, element, fraction):
    base = host_of(host)
    if element in base.amounts:
        return
    if fraction == 0.5 and site_of(base, element) == "Na":  # takes all sodium, or more
        return
    found = substitute(base, element, fraction)
    amounts = parse(found.formula)
    charges = {**base.charges, element: found.charge}
    assert charge_sum(amounts, charges) == pytest.approx(0.0, abs=2e-3)
    assert amounts[element] == pytest.approx(fraction * base.amounts[found.site], abs=1e-3)
    for symbol in base.amounts.keys() - {"Na", found.site}:
        assert amounts[symbol] == pytest.approx(base.amounts[symbol])


@pytest.mark.parametrize(
    ("element", "site"), [("Si", "P"), ("W", "P"), ("O", "S"), ("Cl", "S"), ("Ca", "Na")]
)
def test_each_dopant_goes_where_its_kind_stands(element, site):
    assert site_of(host_of("Na3PS4"), element) == site


@pytest.mark.parametrize(
    ("host", "element", "options", "said"),
    [
        ("Na3PS4", "P", {}, "P already"),
        ("Na3PS4", "Hg", {}, "no usual charge"),
        ("Na3PS4", "Si", {"site": "Cl"}, "no Cl to replace"),
        ("Na3PS4", "Si", {"site": "S"}, r"Si \(\+4\) cannot stand in for S \(-2\)"),
        ("Na3PS4", "O", {"site": "P"}, r"O \(-2\) cannot stand in for P \(\+5\)"),
        ("Na3PS4", "Cl", {"fraction": 1.0}, "too little sodium"),
        ("Na3PS4", "Si", {"fraction": 0.0}, "above 0"),
        ("Na3PS4", "Si", {"fraction": float("nan")}, "above 0"),
    ],
)
def test_what_cannot_be_doped_is_refused_in_a_sentence(host, element, options, said):
    with pytest.raises(FormulaError, match=said):
        substitute(host_of(host), element, **{"fraction": 0.1, **options})


@pytest.mark.parametrize("host", ["NaBH4", "K3PS4", "Na2S", "Na", "Na15Sn4"])
def test_a_host_is_a_neutral_salt_of_sodium(host):
    with pytest.raises(FormulaError):
        host_of(host)


def test_the_charges_of_a_host_are_those_of_its_salt():
    assert host_of("Na3SbS3").charges == oxidation_states(parse("Na3SbS3"))
