"""The data file is what its script makes of the packages that it reads."""

from __future__ import annotations

import gzip
import json
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from tests.support.folders import ROOT


@pytest.mark.long
def test_the_data_file_is_what_the_script_writes(tmp_path, monkeypatch, capsys):
    path = ROOT / "scripts" / "extract_thermochemistry.py"
    spec = spec_from_file_location("extract_thermochemistry", path)
    script = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "extract_thermochemistry", script)
    spec.loader.exec_module(script)
    kept = script.OUTPUT.read_bytes()
    monkeypatch.setattr(script, "OUTPUT", tmp_path / "measured.json.gz")
    script.main()
    made = (tmp_path / "measured.json.gz").read_bytes()
    assert json.loads(gzip.decompress(made)) == json.loads(gzip.decompress(kept))
    assert "without a table:\n" in capsys.readouterr().out
