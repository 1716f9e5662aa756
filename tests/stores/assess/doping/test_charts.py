"""Dopants of a host: changes against it, linear in the fraction; what is left out is named."""

from __future__ import annotations

import pytest

from trona.screening.errors import InputError
from trona.stores.assess.doping.charts import compare_dopants, dopant_figure
from trona.stores.energies.atmosphere import read_conditions
from trona.stores.energies.references import load_reference

AIR = read_conditions()


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


def changes(doc):
    return {one.element: (one.hydrolysis_change, one.reduction_change) for one in doc.dopants}


@pytest.mark.long
def test_changes_do_not_depend_on_the_fraction_while_products_are_the_same(bundled):
    found = [
        changes(compare_dopants("Na3PS4", ["Si", "Sn", "Ge"], bundled, AIR, fraction))
        for fraction in (0.1, 0.2)
    ]
    for element, pair in found[0].items():
        assert found[1][element] == pytest.approx(pair, abs=0.01)


@pytest.mark.long
def test_energy_saved_is_that_of_the_balanced_reactions(bundled):
    doc = compare_dopants("Na3PS4", ["Sn", "Si", "P", "La"], bundled, AIR)
    sn, si = doc.dopants
    assert (sn.element, si.element) == ("Sn", "Si")  # tin is not hydrolysed, silicon is
    assert sn.doped.hydrolysis == pytest.approx(0.9 * doc.undoped.hydrolysis, abs=1e-6)
    assert sn.hydrolysis_change == pytest.approx(-doc.undoped.hydrolysis, abs=1e-6)
    assert si.compound == "Na4SiS4"
    assert si.compound_first_step.energy_per_water < 0 < sn.compound_first_step.energy_per_water
    assert set(doc.left_out) == {"P", "La"}
    assert "above the hull" in doc.caveats[0]
    figure = dopant_figure(doc)
    assert [one.element for one in figure.points] == ["Sn", "Si"]
    assert "La" in figure.note


@pytest.mark.long
def test_carbon_dioxide_is_taken_up_only_where_it_is_asked_for(bundled):
    alone = compare_dopants("Na3PS4", ["Sn"], bundled, AIR)
    both = compare_dopants("Na3PS4", ["Sn"], bundled, AIR, with_dioxide=True)
    assert (alone.open_to, both.open_to) == (["H2O"], ["H2O", "CO2"])
    assert both.undoped.hydrolysis < alone.undoped.hydrolysis


@pytest.mark.parametrize(
    ("host", "elements", "options", "said"),
    [
        ("NaBH4", ["Si"], {}, "charges"),
        ("Na3PS4", ["La"], {}, "no dopant"),
        ("Na3PS4", ["SiO"], {}, "not an element"),
        ("Na3PS4", ["Si"], {"site": "Cl"}, "no Cl"),
        ("Na3PS4", ["Si"], {"fraction": 2.0}, "fraction"),
        ("Na3LaS3", ["Si"], {}, "La"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(bundled, host, elements, options, said):
    with pytest.raises(InputError, match=said) as error:
        compare_dopants(host, elements, bundled, AIR, **{"fraction": 0.1, **options})
    assert str(error.value).count("\n") == 0
