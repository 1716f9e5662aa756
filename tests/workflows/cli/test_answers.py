"""Every answer begins with a sentence, and fits a narrow terminal without losing its reactions."""

from __future__ import annotations

import json
import re

import pytest
from rich.cells import cell_len

from trona.stores.documents.contacts import InterfaceDoc
from trona.stores.documents.migration import read_document

WIDTH = 60
LONG = "Na2.25Y0.25Zr0.75Cl6"
COMMANDS = {
    "window": (["window", "Na3PS4", "--products", "--why", "--electrode", "Na15Sn4"], "8 Na ->"),
    "interface": (["interface", "Na3PS4", "NaCrO2"], "2 NaCrO2"),
    "matrix": (["matrix", "Na3PS4", LONG, "--against", "NaCrO2", "Na"], "Zr0.75Cl6"),
    "profile": (["profile", "Na3SbS4"], "-> Na3SbS4"),
    "air": (["air", "Na3PS4"], "4 H2O"),
    "air of several": (["air", "Na3PS4", LONG], "H2S + Na3PO4"),
    "compare": (["compare", "Na3PS4", LONG], "Na3P + 4 Na2S"),
    "buffer": (["buffer", "Na3PS4", "NaCrO2", "--top", "5"], "passes all gates"),
    "cell": (
        ["cell", "--anode", "Na", "--electrolyte", "Na3PS4", "--cathode", "NaCrO2"],
        "passes all gates",
    ),
    "validate": (["validate"], "1.23 (1.39)"),
    "validate one": (["validate", "Na3PS4"], "Na3P + Na2S"),
    "query": (["query"], "Na3P + 4 Na2S"),
    "show": (["show", "Na3PS4"], "8 Na ->"),
    "reference info": (["reference", "info", "bundled"], "SevenNet"),
}
LISTS = {
    "interfaces": (["query", "--interfaces"], "2 NaCrO2"),
    "reference list": (["reference", "list"], "bundled-chgnet"),
    "reference compare": (["reference", "compare", "bundled", "bundled-chgnet", "Na-P"], "NaP7"),
    "candidates": (["candidates", "check", LONG], "Zr0.75Cl6"),
}


@pytest.fixture
def printed(trona, tmp_path, monkeypatch):
    """What a command prints on a narrow terminal, beside a store with a few results."""
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "s.sqlite"))

    def run(*arguments):
        if arguments[0] in {"query", "show"}:
            assert trona("screen", "Na3PS4", LONG).returncode == 0
            kept = trona("interface", "Na3PS4", "NaCrO2", "--store", str(tmp_path / "s.sqlite"))
            assert kept.returncode == 0
        done = trona(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("name", [*COMMANDS, *LISTS])
def test_a_narrow_terminal_has_whole_lines_and_the_reactions(name, printed):
    arguments, reaction = (COMMANDS | LISTS)[name]
    text = printed(*arguments)
    lines = text.splitlines()
    assert [line for line in lines if cell_len(line.rstrip()) > WIDTH] == []
    assert reaction in text
    assert "…" not in text
    thin = [re.fullmatch(r"\s*\S{1,2}\s*", line) is not None for line in lines]
    assert not any(all(thin[at : at + 3]) for at in range(len(thin) - 2)), "a letter on each line"


@pytest.mark.parametrize("name", COMMANDS)
def test_an_answer_begins_with_a_sentence(name, printed):
    lines = printed(*COMMANDS[name][0]).splitlines()
    head = " ".join(line.strip() for line in lines[:8])
    assert re.match(r"(bundled|[A-Z0-9])[^─]{20,400}?\w\W?\.(\s|$)", head), head
    assert not head.startswith("bundled:")


def test_what_is_left_out_is_said(printed, monkeypatch):
    assert "Left out at 60 columns: energy eV/f.u." in printed("interface", "Na3PS4", "NaCrO2")
    monkeypatch.setenv("COLUMNS", "120")
    assert "Left out" not in printed("interface", "Na3PS4", "NaCrO2")


def test_documents_hold_the_sentence(printed):
    answer = json.loads(printed("interface", "Na3PS4", "NaCrO2", "--json"))["answer"]
    assert answer == (
        "Na3PS4 and NaCrO2 (discharged) react to NaCrS2 and Na3PO4, releasing up to 153 ± 23 "
        "meV/atom; the layer blocks electrons, so it stops growing; whether it conducts sodium "
        "ions is unknown. Na3PS4 and Na0.5CrO2 (charged) react to Na(CrS2)2, NaCrS2, Na4P2O7 and "
        "Na2SO4, releasing up to 215 ± 20 meV/atom; whether the layer conducts electrons is "
        "unknown, so nothing can be said about its growth."
    )
    assert json.loads(printed("interface", "Na3PS4", "NaCl", "--json"))["answer"] == (
        "Na3PS4 and NaCl do not react."
    )
    told = json.loads(printed("interface", "Na3PS4", "Na", "--voltage", "0", "--json"))["answer"]
    assert told == (
        "Na3PS4 turns into Na3P and Na2S at 0 V against sodium by itself; mixing Na3PS4 and Na "
        "releases nothing more."
    )
    told = json.loads(printed("interface", "Na2S", "Na", "--voltage", "1", "--json"))["answer"]
    assert told.startswith("Na and Na2S (discharged) do not react at 1 V against sodium. S (char")
    matrix = json.loads(printed("matrix", "Na3PS4", "Na2S", "--against", "NaCrO2", "--json"))
    assert matrix["answer"] == (
        "1 of 2 contacts release no energy; the strongest reaction is that of Na3PS4 with NaCrO2 "
        "(153 meV/atom)."
    )
    (discharge,) = json.loads(printed("profile", "S", "--json"))
    assert discharge["answer"] == (
        "At equilibrium S takes up 2 Na per formula unit in 4 steps between 2.11 and 1.87 V: 1672 "
        "mAh/g."
    )
    ranking = json.loads(printed("compare", "Na3PS4", "Na2S", "--json"))
    assert ranking["answer"] == ("2 candidates; best: Na2S; 1 is stable at sodium metal (Na2S).")
    held = json.loads(printed("reference", "info", "bundled", "--json"))["answer"]
    assert re.fullmatch(r"bundled holds [\d,]+ phases of \d+ elements by .*", held)


def test_an_interface_without_a_sentence_is_read(printed):
    content = json.loads(printed("interface", "Na3PS4", "Na2S", "--json"))
    del content["answer"]
    assert read_document(InterfaceDoc, content).answer == ""


def test_validate_counts_what_can_be_compared(printed):
    text = " ".join(printed("validate").split())
    assert re.match(
        r"\d+ of \d+ comparable systems agree in all that was published; \d+ cannot", text
    )
    assert "Na3TaCl6" not in text
    assert "Na3TaCl6" in printed("validate", "--all")
