#!/usr/bin/env bash
# atomate2 0.1.5: every relaxation by ForceFieldRelaxMaker warns that `task_document_kwargs` is deprecated,
# though nobody gave it: the maker fills it with the name of the force field itself, then warns because it is
# not empty. Where warnings are errors, as in many test suites, every such relaxation fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet atomate2==0.1.5 ase==3.29.0
"$folder/venv/bin/python" - <<'PYTHON'
import os
import tempfile
import warnings
from importlib.metadata import version

from atomate2.forcefields.jobs import ForceFieldRelaxMaker
from pymatgen.core import Lattice, Structure

os.chdir(tempfile.mkdtemp())
places = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
copper = Structure(Lattice.cubic(3.6), ["Cu"] * 4, places)
maker = ForceFieldRelaxMaker(
    force_field_name={"@module": "ase.calculators.emt", "@callable": "EMT"}, steps=3
)
print("atomate2", version("atomate2"), "nobody gave", maker.task_document_kwargs)
assert maker.task_document_kwargs == {"force_field_name": "MLFF.Forcefield"}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    ForceFieldRelaxMaker.make.original(maker, copper)
said = [str(one.message) for one in caught if "task_document_kwargs" in str(one.message)]
print(said)
assert len(said) == 1
PYTHON
