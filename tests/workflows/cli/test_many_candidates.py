"""A screening of many formulas: what is said of those in the store, of failures and of Ctrl-C."""

from __future__ import annotations

import csv
import json

import pytest

from trona.workflows.local import screening

STORED = ("--store", "s.sqlite")
FORMULAS = ["Na3PS4", "Na2S", "NaCl", "Na3SbS4", "NaPF6", "NaF", "Na3PO4"]


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """A table of formulas, in the folder that the commands run in."""
    monkeypatch.chdir(tmp_path)
    rows = [f"{formula},c{number}" for number, formula in enumerate(FORMULAS)]
    (tmp_path / "list.csv").write_text("\n".join(["formula,label", *rows, ""]))
    return "list.csv"


def test_a_repeat_says_what_was_there_already(trona, listed):
    assert "already in the store" not in trona("screen", listed, *STORED).stdout
    again = trona("screen", listed, *STORED).stdout
    assert "7 candidates: 7 assessed (all of them already in the store)." in again


def test_what_is_not_ranked_is_shown_behind_the_best(trona, listed, monkeypatch):
    monkeypatch.setattr("trona.workflows.cli.commands.screen.PAGE", 2)
    done = trona("screen", listed, *STORED)
    assert "– c4 not ranked: Its oxidation limit of" in done.stdout
    assert "NaPF6" in done.stdout
    assert "The 2 best of 6 are shown: " in done.stderr


def test_rows_tell_place_and_score_behind_all_other_columns(trona, listed):
    rows = list(csv.DictReader(trona("screen", listed, "--csv", *STORED).stdout.splitlines()))
    assert list(rows[0])[-2:] == ["place", "score"]
    assert [row["place"] for row in rows] == ["1", "2", "3", "4", "5", "6", ""]
    assert all(row["score"] for row in rows)


def test_a_reference_without_sodium_is_refused_before_anything_starts(trona, listed, tmp_path):
    (tmp_path / "bare.csv").write_text("formula,formation_energy_per_atom\nP2S5,-0.4\nKCl,-2.2\n")
    done = trona("screen", listed, "--reference", "table:bare.csv", *STORED)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("trona: no reference phase for Na:")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "s.sqlite").exists()


def test_failures_of_one_kind_are_one_line(trona, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "few.csv").write_text("formula,formation_energy_per_atom\nNa2S,-1.2\nNaCl,-2.1\n")
    strange = [f"Na{n}SbS{(n + 5) / 2:g}" for n in range(1, 20)]
    asked = ("screen", "Na2S", *strange, "--reference", "table:few.csv")
    done = trona(*asked)
    lines = [line for line in done.stdout.splitlines() if "failed: no reference phase" in line]
    assert len(lines) == 1
    assert "and 14 more failed: no reference phase for Sb" in lines[0]
    everything = json.loads(trona(*asked, "--json").stdout)
    assert len(everything["unranked"]) == 19


def test_an_interrupt_counts_what_was_saved(trona, listed, monkeypatch):
    monkeypatch.setattr(screening, "_MOMENT", 60.0)
    outcome, asked = screening.outcome, []

    def interrupted(label, *arguments):
        asked.append(label)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return outcome(label, *arguments)

    monkeypatch.setattr(screening, "outcome", interrupted)
    done = trona("screen", listed, *STORED)
    assert done.returncode == 130
    assert "stopped: 4 of 7 candidates are finished and kept" in done.stderr
    monkeypatch.setattr(screening, "outcome", outcome)
    assert "(4 of them already in the store)" in trona("screen", listed, *STORED).stdout


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("trona.workflows.candidates.sources.gather", "trona: stopped."),
        ("trona.workflows.tables.ranking.outcomes", "all are kept"),
    ],
)
def test_an_interrupt_before_or_after_the_run_is_told_in_a_line(
    trona, listed, monkeypatch, step, said
):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(step, interrupted)
    done = trona("screen", listed, *STORED)
    assert done.returncode == 130
    assert said in done.stderr.splitlines()[-1]


def test_one_candidate_is_spoken_of_as_one(trona, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert trona("screen", "Na3PS4").stdout.startswith("Na3PS4 is not stable at sodium metal.\n")
    assert trona("screen", "NaCl").stdout.startswith("NaCl is stable at sodium metal.\n")
