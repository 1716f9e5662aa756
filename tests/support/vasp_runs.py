"""Runs of mock VASP as a real program, and the inputs that Materials Project gives VASP."""

from __future__ import annotations

import os
import subprocess
import sys

from pymatgen.core import Lattice, Structure
from pymatgen.io.vasp.sets import MPRelaxSet

SULFIDE = Structure.from_spacegroup(
    "Fm-3m", Lattice.cubic(6.6), ["Na", "S"], [[0.25, 0.25, 0.25], [0, 0, 0]]
).get_primitive_structure()
SODIUM = Structure(Lattice.cubic(4.2), ["Na", "Na"], [[0, 0, 0], [0.5, 0.5, 0.5]])


def write_inputs(folder, structure=SULFIDE, **incar):
    """Write Materials Project's inputs of a relaxation, with some tags changed; None removes."""
    folder.mkdir(parents=True, exist_ok=True)
    MPRelaxSet(structure, user_incar_settings=incar, force_gamma=True).write_input(
        folder, potcar_spec=True
    )
    return folder


def mock_vasp(folder, **environment):
    """Run mock VASP in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "trona.workflows.mock_vasp.main"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
