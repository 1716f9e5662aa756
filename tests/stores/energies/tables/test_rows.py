"""A table of energies in another unit, spelling or dialect is read as meant, or refused."""

from __future__ import annotations

import pytest

from trona.screening.errors import ReferenceDataError
from trona.stores.energies.references import load_reference

HEAD = "formula,formation_energy_per_atom\n"


def load(tmp_path, text, name="energies.csv"):
    """Load a table of this text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_reference(f"table:{path}")


@pytest.mark.parametrize("energy", ["-203.1", "-1294", "411.2"])
def test_energies_in_kj_per_mol_are_refused_with_the_remedy(tmp_path, energy):
    with pytest.raises(ReferenceDataError, match=r"line 3.*eV per atom .*96\.485"):
        load(tmp_path, f"{HEAD}Na2S,-1.29\nNaCl,{energy}\n")


@pytest.mark.parametrize(
    "text",
    [
        "formula;formation_energy_per_atom\nNaCl;-2,105\n",
        "Formula,Formation_Energy_per_Atom\nNaCl,-2.105\n",
        "pretty_formula\tformation energy per atom\nNaCl\t−2.105\n",
        "\ufeff# mine\nformula,formation_energy (eV/atom)\nNaCl,-2.105\n",
    ],
)
def test_dialects_are_one_table(tmp_path, text):
    phase = load(tmp_path, text).table.find({"Na": 1.0, "Cl": 1.0})
    assert phase.energy == pytest.approx(-4.21)


def test_missing_columns_are_refused_with_those_that_were_found(tmp_path):
    with pytest.raises(ReferenceDataError, match="first line has Formula, Energy"):
        load(tmp_path, "Formula;Energy\nNaCl;-2\n")


def test_formulas_are_printed_as_chemists_write_them(tmp_path):
    found = load(tmp_path, f"{HEAD}Al1Na1O2,-2.9\nNa2(SO4),-2.0\nCl1Na1,-2.1\n")
    assert {"NaAlO2", "Na2(SO4)", "NaCl"} <= {phase.formula for phase in found.phases}


@pytest.mark.parametrize(("name", "kind"), [("energies.csv", "table"), ("my.sqlite", "store")])
def test_a_bare_file_name_suggests_the_kind(name, kind):
    with pytest.raises(ReferenceDataError, match=f"did you mean '{kind}:{name}'"):
        load_reference(name)


@pytest.mark.parametrize("row", ["Na,-1.3", "S,-0.002"])
def test_an_element_below_zero_is_refused(tmp_path, row):
    words = rf"line 3 .*of {row.split(',')[0]} is {row.split(',')[1]} eV/atom.*formation energies"
    with pytest.raises(ReferenceDataError, match=words):
        load(tmp_path, f"{HEAD}Na2S,-1.29\n{row}\n")


@pytest.mark.parametrize("rows", ["", "Na,0\n", "Na,0.3\n", "Na,-1e-8\n", "Na,0.3\nNa,0\n"])
def test_the_stable_element_has_energy_zero(tmp_path, rows):
    table = load(tmp_path, f"{HEAD}Na2S,-1.29\n{rows}").table
    assert table.find({"Na": 1.0}).energy == pytest.approx(0.0, abs=1e-6)


def test_elements_of_no_row_are_not_covered(tmp_path):
    assert set(load(tmp_path, f"{HEAD}Na2S,-1.29\n").table.elements) == {"Na", "S"}
