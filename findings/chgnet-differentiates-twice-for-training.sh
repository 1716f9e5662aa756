#!/usr/bin/env bash
# chgnet 0.4.2: predict_structure differentiates the energy twice, once by the positions for the forces and once by
# the strain for the stress, and asks for create_graph both times, although its result is detached and cannot be
# trained on. One call without create_graph that differentiates by both gives the same to rounding in less than
# half of the time. Seen with torch 2.13.0 (CPU), one thread, a distorted cell of 32 atoms of Na3P: 2 calls of
# autograd.grad, create_graph in both; one call instead differs by at most 1e-5 (eV/Å and eV) and takes 0.37 of
# the time of the two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 chgnet==0.4.2 pymatgen==2026.10.24 "setuptools<81"
"$folder/venv/bin/python" - <<'PYTHON' 2> "$folder/err" || { cat "$folder/err"; exit 1; }
import time
import warnings
from importlib.metadata import version

import numpy as np
import torch

warnings.simplefilter("ignore")
from chgnet.model import CHGNet
from pymatgen.core import Lattice, Structure

torch.set_num_threads(1)
sites = [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75], [0, 0, 0.25], [0, 0, 0.75]]
sites += [[1 / 3, 2 / 3, 0.58], [2 / 3, 1 / 3, 0.42], [2 / 3, 1 / 3, 0.08], [1 / 3, 2 / 3, 0.92]]
cell = Structure(Lattice.hexagonal(4.98, 8.8), ["P", "P"] + ["Na"] * 6, sites)
cell = cell.make_supercell([2, 2, 1], in_place=False)
for at, shift in enumerate(np.random.default_rng(1).normal(0.0, 0.03, (len(cell), 3))):
    cell.translate_sites([at], shift, frac_coords=False)

model = CHGNet.load(verbose=False, use_device="cpu")
grad, seen, spent = torch.autograd.grad, [], []


def watched(energy, wanted, **options):
    start = time.perf_counter()
    found = grad(energy, wanted, **options)
    spent.append(time.perf_counter() - start)
    seen.append((energy, wanted, bool(options.get("create_graph")), found[0].detach()))
    return found


torch.autograd.grad = watched
usual, together = [], []
for _ in range(5):
    seen.clear(), spent.clear()
    model.predict_structure(cell, task="efs")
    usual.append(sum(spent))
(energy, positions, first, forces), (_, strain, second, stress) = seen
kept = []
for _ in range(5):  # the graph of the last prediction is still there
    start = time.perf_counter()
    kept = grad(energy, [*positions, *strain], retain_graph=True)
    together.append(time.perf_counter() - start)
print(f"chgnet {version('chgnet')}, {len(cell)} atoms, {len(seen)} calls, create_graph: {first} and {second}")
difference = max(float((kept[0] - forces).abs().max()), float((kept[1] - stress).abs().max()))
print(f"one call instead: differs by at most {difference:.0e}, takes {min(together) / min(usual):.2f} of the time")
assert len(seen) == 2 and first and second
assert difference < 1e-3
assert min(together) < 0.8 * min(usual)
PYTHON
