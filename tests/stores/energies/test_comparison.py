"""References beside each other: what is compared is what each would answer alone."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from tests.support.oracles import phase_diagram
from trona.screening.errors import ChemicalSystemError, EnergyScaleError, ReferenceDataError
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.comparison import compare_references
from trona.stores.energies.references import load_reference
from trona.workflows.cli.main import app

SYSTEM = ("Na", "P", "S")


@pytest.fixture
def bundled():
    """The bundled reference."""
    return load_reference("bundled")


def run(*arguments):
    """Run a command in this process."""
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "80"})
    assert done.exit_code == 0
    return done.stdout


def test_a_reference_does_not_differ_from_itself(reference):
    found = compare_references(reference, reference, SYSTEM)
    assert (found.mean, found.rms) == (0.0, 0.0)
    assert found.stable_in_first == found.stable_in_second == []
    assert all(row.first == row.second for row in found.compounds)


def test_each_side_is_what_its_reference_says_alone(reference, bundled):
    found = compare_references(bundled, reference, SYSTEM)
    inside = [p for p in bundled.phases if p.amounts.keys() <= set(SYSTEM)]
    diagram = phase_diagram(inside)
    by_name = {entry.name: entry for entry in diagram.all_entries}
    for row in found.compounds:
        if row.first is None:
            continue
        entry = by_name[bundled.table.find(parse(row.formula)).id]
        above = diagram.get_e_above_hull(entry)
        assert row.first.above_hull == pytest.approx(above, abs=1e-9)
        formation = diagram.get_form_energy_per_atom(entry)
        assert row.first.formation_energy == pytest.approx(formation, abs=1e-9)
    row = next(row for row in found.compounds if row.formula == "Na3PS4")
    for side, source in ((row.first, bundled), (row.second, reference)):
        alone = window_document(assess_formula("Na3PS4", source))
        assert side.window.reduction_limit == pytest.approx(alone.reduction_limit)
        assert side.window.oxidation_limit == pytest.approx(alone.oxidation_limit)
    assert row.difference == pytest.approx(row.second.formation_energy - row.first.formation_energy)


def test_what_only_one_knows_is_listed_and_not_counted(reference, bundled):
    found = compare_references(bundled, reference, SYSTEM)
    alone = [row for row in found.compounds if None in (row.first, row.second)]
    assert alone
    assert all(row.difference is None for row in alone)
    assert found.n_common == sum(row.difference is not None for row in found.compounds)
    swapped = compare_references(reference, bundled, SYSTEM)
    assert len(swapped.compounds) == len(found.compounds)
    assert swapped.mean == pytest.approx(-found.mean)
    assert swapped.n_stable_in_both == found.n_stable_in_both


def test_without_a_common_compound_there_is_no_summary(tmp_path, bundled):
    path = tmp_path / "t.csv"
    path.write_text("formula,formation_energy_per_atom\nNaS9,-0.1\n")
    found = compare_references(bundled, load_reference(f"table:{path}"), ("Na", "S"))
    assert (found.n_common, found.mean, found.worst) == (0, None, None)
    assert "no compound in common" in run(
        "reference", "compare", "bundled", f"table:{path}", "Na-S"
    )


def test_a_missing_element_is_named(reference, bundled):
    with pytest.raises(ChemicalSystemError, match="Sb"):
        compare_references(bundled, reference, ("Na", "Sb"))


def test_the_command_prints_a_table_csv_or_json(table_path):
    arguments = ("reference", "compare", "bundled", f"table:{table_path}", "Na-P-S")
    printed = run(*arguments)
    assert max(map(len, printed.splitlines())) <= 80
    assert "common compounds" in printed
    content = json.loads(run(*arguments, "--json"))
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--csv"))))
    assert [row["formula"] for row in rows] == [row["formula"] for row in content["compounds"]]
    for row, other in zip(rows, content["compounds"], strict=True):
        assert row["difference"] == (
            "" if other["difference"] is None else str(other["difference"])
        )


def test_aligned_energies_say_so_wherever_they_are_used(table_path):
    name = f"aligned:bundled+table:{table_path}"
    aligned = load_reference(name)
    assert aligned.correction is None
    assert load_reference(aligned.name).checksum == aligned.checksum
    residual = compare_references(
        load_reference("bundled"),
        load_reference(f"table:{table_path}"),
        ["Na", "P", "S", "Cl", "Zr"],
    )
    (caveat,) = aligned.caveats
    assert f"of table:{table_path}" in caveat
    assert "common compounds" in caveat
    assert residual.worst in caveat
    for command in (("window", "Na3PS4"), ("interface", "Na3PS4", "Na"), ("profile", "S")):
        assert "Aligned energies" in run(*command, "--reference", name)
        assert "Aligned energies" in run(*command, "--reference", name, "--json")
    printed = run("reference", "info", name)
    assert "Aligned energies" in printed


@pytest.mark.parametrize(
    ("name", "error", "word"),
    [
        ("bundled+table:{}", EnergyScaleError, "aligned:FIRST"),
        ("aligned:bundled", ReferenceDataError, "aligned:FIRST"),
        ("aligned:bundled+bundled+table:{}", ReferenceDataError, "aligned:FIRST"),
        ("bundled+nothing", ReferenceDataError, "nothing"),
        ("aligned:", ReferenceDataError, "bundled"),
    ],
)
def test_sources_are_never_mixed_without_being_told(table_path, name, error, word):
    with pytest.raises(error, match=word):
        load_reference(name.format(table_path))


def test_a_plus_sign_in_a_path_joins_nothing(tmp_path, table_path):
    path = tmp_path / "a+b.csv"
    path.write_text(table_path.read_text())
    assert load_reference(f"table:{path}").phases
