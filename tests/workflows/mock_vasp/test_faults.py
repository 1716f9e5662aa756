"""What each fault of mock VASP does to a candidate, as docs/mock-vasp.md says."""

from __future__ import annotations

import re

import pytest
from atomate2.vasp.jobs.mp import MPGGARelaxMaker

from tests.support.folders import DOCS
from tests.support.vasp_flows import MOCK, NA2S, run
from trona.workflows.jobs.flows import ScreeningMaker
from trona.workflows.jobs.vasp import VaspRelaxMaker
from trona.workflows.mock_vasp.faults import BEHAVIOURS, MESSAGES

DOCUMENT = DOCS / "mock-vasp.md"
ROWS = re.findall(
    r"^\| `(\w+)` \| .+ \| (.+) \| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE
)
FAULTS = {name: (once, always) for name, once, always in ROWS if name in {*BEHAVIOURS, *MESSAGES}}
CASES = [(name, once) for name, (once, _) in FAULTS.items()]
CASES += [(f"{name}:always", text) for name, (_, text) in FAULTS.items() if text != "the same"]


def test_every_fault_is_documented():
    assert set(FAULTS) == {*BEHAVIOURS, *MESSAGES}


@pytest.mark.parametrize(("fault", "outcome"), CASES, ids=[case[0] for case in CASES])
def test_a_fault_has_the_documented_outcome(fault, outcome, tmp_path):
    patience = 4.0 if fault.startswith("hang") else 600.0
    relax = VaspRelaxMaker(backend=MOCK, vasp_maker=MPGGARelaxMaker(), patience=patience)
    ran = run(ScreeningMaker(relax_maker=relax).make(NA2S), tmp_path, fault)
    state, word = re.fullmatch(r"(\w+) (?:after|with) `(.+)`", outcome).groups()
    doc = ran.screenings["Na2S"]
    assert doc.state == state, doc.reason
    said = [doc.reason] if doc.reason else ran.relaxations["Na2S"].corrections
    assert any(word in text for text in said), said
