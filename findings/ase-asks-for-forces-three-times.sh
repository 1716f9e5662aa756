#!/usr/bin/env bash
# ase 3.29.0: an optimiser asks its filter for forces three times a step, and FrechetCellFilter computes its
# forces anew each time. The calculator keeps its answer, so a potential is evaluated once a step only if its
# calculator caches, as those that go through Calculator.get_property do. Seen with copper in EMT:
# LBFGS, 15 steps: 16 evaluations, 47 requests; FIRE, 44 steps: 45 evaluations, 134 requests.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ase==3.29.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import ase
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.filters import FrechetCellFilter
from ase.optimize import FIRE, LBFGS


class Counted(EMT):
    evaluations = 0

    def calculate(self, *arguments, **options):
        self.evaluations += 1
        super().calculate(*arguments, **options)


class Asked(FrechetCellFilter):
    requests = 0

    def get_forces(self, *arguments, **options):
        self.requests += 1
        return super().get_forces(*arguments, **options)


for kind in (LBFGS, FIRE):
    atoms = bulk("Cu", "fcc", 3.5, cubic=True)
    atoms.rattle(0.1, seed=1)
    atoms.calc = Counted()
    asked = Asked(atoms)
    run = kind(asked, logfile=None)
    run.run(fmax=0.02, steps=100)
    print(
        f"ase {ase.__version__}, {kind.__name__}, {run.nsteps} steps: "
        f"{atoms.calc.evaluations} evaluations, {asked.requests} requests"
    )
    assert atoms.calc.evaluations == run.nsteps + 1
    assert asked.requests == 3 * run.nsteps + 2
PYTHON
