#!/usr/bin/env python
"""Ten tasks of a user's day, with the installed command alone; no test tools, no source tree.

    python tests/support/newcomer.py venv/bin/trona

Each task runs commands in an empty folder and checks the answer. It is an error if a command fails,
an answer is another, or a mistake is not refused with one sentence.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TASKS = []


def task(function):
    """Take a task into the day."""
    TASKS.append(function)
    return function


class Desk:
    """A folder to work in, and the command."""

    def __init__(self, command: str, folder: Path) -> None:
        self.folder = folder
        self._command = command
        places = {"TRONA_STORE": "day.sqlite", "TRONA_REFERENCES": "snapshots", "COLUMNS": "80"}
        kept = {name: value for name, value in os.environ.items() if name != "MP_API_KEY"}
        self._environment = kept | places

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command, whatever comes of it."""
        return subprocess.run(
            [self._command, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=self.folder,
            env=self._environment,
        )

    def ask(self, *arguments: str) -> str:
        """Run a command that must succeed; its output fits the terminal."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"trona {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.ask(*arguments, "--json"))

    def csv(self, *arguments: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.ask(*arguments, "--csv"))))


def near(value: float, wanted: float, within: float) -> None:
    assert abs(value - wanted) <= within, f"{value} instead of {wanted}"


@task
def what_happens_at_sodium_metal(desk: Desk) -> None:
    printed = desk.ask("window", "Na3PS4")
    assert max(map(len, printed.splitlines())) <= 80
    assert "8 Na -> " in printed
    found = desk.json("window", "Na3PS4", "--at", "0")
    near(found["reduction_limit"], 1.23, 0.01)
    near(found["oxidation_limit"], 2.50, 0.01)
    (lowest,) = found["ladder"]
    assert lowest["reaction"] == "Na3PS4 + 8 Na -> Na3P + 4 Na2S"
    assert lowest["interphase"] == "mixed-conducting"
    near(lowest["energy_per_atom"], -0.895, 0.005)


@task
def which_products_form_where(desk: Desk) -> None:
    ranked = [one["formula"] for one in desk.json("window", "Na3PS4", "--products")["products"]]
    assert ranked.index("Na3P") < ranked.index("Na2S")
    at_alloy = desk.json("window", "Na3PS4", "--electrode", "Na15Sn4")["electrode"]
    assert at_alloy["at_gives"]["interphase"] == "mixed-conducting"


@task
def does_it_react_with_the_cathode(desk: Desk) -> None:
    assert "Na3PS4 + 2 NaCrO2 -> 2 NaCrS2 + Na3PO4" in desk.ask("interface", "Na3PS4", "NaCrO2")
    kinks = desk.csv("interface", "Na3PS4", "NaCrO2")
    near(min(float(kink["mixing_energy_per_atom"]) for kink in kinks), -0.153, 0.005)


@task
def how_sulfur_discharges(desk: Desk) -> None:
    (found,) = desk.json("profile", "S")
    near(found["capacity"], 1672, 5)
    assert [p["voltage"] for p in found["plateaus"]] == sorted(
        (p["voltage"] for p in found["plateaus"]), reverse=True
    )


@task
def which_of_some_is_best(desk: Desk) -> None:
    compared = desk.csv("compare", "Na3PS4", "Na3SbS4", "Na2S", "Na3PS3.4O0.6")
    assert [row["label"] for row in compared] == ["Na2S", "Na3PS4", "Na3SbS4", "Na3PS3.4O0.6"]


@task
def screen_and_find_again(desk: Desk) -> None:
    listed = "label,formula\nchloride,Na2ZrCl6\nglass,Na3PS3.4O0.6\n"
    (desk.folder / "candidates.csv").write_text(listed, encoding="utf-8")
    printed = desk.ask("screen", "Na3PS4", "Na2S", "NaBH4", "Na3SbS4·8H2O", "candidates.csv")
    assert "glass" in printed
    again = desk.json("screen", "Na3PS4", "Na2S", "NaBH4", "Na3SbS4·8H2O", "candidates.csv")
    assert len(again["ranking"]) == 6
    stable = desk.csv("query", "--class", "stable", "--elements", "Na", "--without", "B")
    assert [row["label"] for row in stable] == ["Na2S"]
    passivating = desk.json("query", "--where", "class = passivating and elements has Sb")
    assert [row["label"] for row in passivating] == ["Na3SbS4·8H2O"]
    shown = desk.ask("show", "glass")
    assert "mixture" in shown
    assert "candidates.csv" in shown


@task
def make_a_report(desk: Desk) -> None:
    desk.ask("report", "-o", "report.html", "--elements", "S")
    page = (desk.folder / "report.html").read_text(encoding="utf-8")
    assert "Na3PS4" in page
    assert "Na2ZrCl6" not in page


@task
def draw_figures(desk: Desk) -> None:
    desk.ask("plot", "windows", "Na3PS4", "Na3SbS4", "Na2S", "--to", "windows.pdf")
    assert (desk.folder / "windows.pdf").read_bytes().startswith(b"%PDF")
    desk.ask("plot", "ladder", "Na3PS4", "--to", "ladder.png")
    assert (desk.folder / "ladder.png").read_bytes().startswith(b"\x89PNG")
    desk.ask("plot", "interface", "Na3PS4", "NaCrO2", "--to", "interface.html")
    page = (desk.folder / "interface.html").read_text(encoding="utf-8")
    assert "Plotly" in page
    assert "CrS" in page


@task
def hand_results_on(desk: Desk) -> None:
    desk.ask("store", "export", "all.jsonl")
    desk.ask("store", "import", "all.jsonl", "--store", "other.sqlite")
    assert "are consistent" in desk.ask("store", "check", "--store", "other.sqlite")
    assert desk.csv("query", "--store", "other.sqlite") == desk.csv("query")
    rebuilt = desk.ask(
        "store", "rebuild", "--correction", "as-published", "--store", "other.sqlite"
    )
    assert "6 results made" in rebuilt


@task
def know_what_it_rests_on(desk: Desk) -> None:
    assert "SevenNet" in desk.ask("reference", "info", "bundled")
    assert desk.ask("--version").startswith("trona ")
    verdicts = {row["verdict"] for row in desk.csv("validate", "Na3PS4", "Na3PS3.4O0.6")}
    assert verdicts == {"agree", "disagree"}
    (row,) = desk.json("candidates", "check", "Na3PS4")["candidates"]
    assert row["charges"] == "Na+1 P+5 S-2"


@task
def make_mistakes(desk: Desk) -> None:
    for arguments, word in (
        (("window", "Na3XX4"), "Na3XX4"),
        (("window", "Na3PS4", "--reference", "mp"), "trona reference fetch Na-P-S"),
        (("screen", "nowhere.cif"), "nowhere.cif"),
        (("show", "unobtainium"), "trona query"),
        (("plot", "ladder", "Na3PS4", "--to", "ladder.docx"), "docx"),
    ):
        done = desk.run(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert word in done.stderr, done.stderr
    assert desk.run("windows").returncode == 2


def main() -> None:
    """Go through the day."""
    command = str(Path(sys.argv[1]).absolute())
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="trona-day-") as folder:
        desk = Desk(command, Path(folder))
        for one in TASKS:
            start = time.perf_counter()
            one(desk)
            name = one.__name__.replace("_", " ")
            print(f"{name:40s}{time.perf_counter() - start:6.1f} s", flush=True)
    print(f"{len(TASKS)} tasks: passed in {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
