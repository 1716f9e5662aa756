#!/usr/bin/env bash
# janaf 1.4.0 (the NIST-JANAF tables, 4th edition of 1998, as text): of the crystals NaAlCl4, Hg2F2 and KH the printed
# free energy of formation is not what the printed enthalpy of formation and the entropies of compound and elements
# make; log Kf repeats the printed one. Seen at 298.15 K, kJ/mol, printed and made from enthalpy and entropies:
# NaAlCl4 -996.454 and -1041.574, Hg2F2 -468.629 and -427.450, KH -53.010 and -34.027; NaCl, for comparison, -384.024
# both. The free energy of NaAlCl4 read from its column is 0.47 eV per formula unit too high.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps janaf==1.4.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import distribution
from math import log
from pathlib import Path

T, R = 298.15, 8.314462618e-3
folder = Path(str(distribution("janaf").locate_file("janaf/data")))
tables = {}
for path in folder.glob("*.txt"):
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    tables[head.split("\t")[1]] = [row for row in rows if row[0] == str(T)]


def row(formula):
    (found,) = tables[formula][:1]
    return [float(cell) for cell in found[1:8]]


elements = {"Na": "Na1(ref)", "Al": "Al1(ref)", "Cl": "Cl2(ref)", "Hg": "Hg1(ref)", "F": "F2(ref)",
            "K": "K1(ref)", "H": "H2(ref)"}
seen = {}
atoms = {"Cl": 2, "F": 2, "H": 2}
for formula, amounts in {
    "Al1Cl4Na1(cr)": {"Na": 1, "Al": 1, "Cl": 4},
    "F2Hg2(cr)": {"Hg": 2, "F": 2},
    "H1K1(cr)": {"K": 1, "H": 1},
    "Cl1Na1(cr)": {"Na": 1, "Cl": 1},
}.items():
    _, entropy, _, _, enthalpy, printed, log_k = row(formula)
    of_elements = sum(n * row(elements[s])[1] / atoms.get(s, 1) for s, n in amounts.items())
    made = enthalpy - T * (entropy - of_elements) / 1000
    from_k = -log_k * R * T * log(10)
    seen[formula] = round(printed - made, 1)
    print(f"{formula:14} printed {printed:9.3f}, from log Kf {from_k:9.3f}, from H and S {made:9.3f}")
assert seen == {"Al1Cl4Na1(cr)": 45.1, "F2Hg2(cr)": -41.2, "H1K1(cr)": -19.0, "Cl1Na1(cr)": 0.0}, seen
PYTHON
