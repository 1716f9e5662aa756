"""The command ``trona-mock-vasp``, a stand-in for VASP that needs no licence.

It reads the usual input files, moves the atoms on a model energy surface, and writes the outputs
that custodian, pymatgen and emmet read. It computes no electronic structure: its outputs are marked
as a mock's, and `trona.workflows.jobs.vasp` keeps its energies out of hulls.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING

from .bands import NOTE, make_bands
from .faults import MESSAGES, asked_for
from .inputs import InputProblem, Inputs, named_by_potentials, read_inputs
from .model import MODELS
from .outputs import Outputs
from .relax import IonicStep, ionic_steps, is_relaxed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main", "run_mock"]

_MODEL, _SECONDS = "TRONA_MOCK_VASP_MODEL", "TRONA_MOCK_VASP_PAUSE"
_LOG = "MOCK_VASP.log"
"""One line per run in a folder, from which a run knows how often it was tried."""
_SEGMENTATION_FAULT, _WRITE_ERROR = 174, 38
"""Exit codes of Intel's Fortran."""
_MIDDLE = 2
"""Ionic step after which a run breaks off; the last, where there is but one."""


def main() -> None:
    """Run in the current folder, as VASP does; the exit code is VASP's."""
    sys.exit(run_mock(Path.cwd()))


def run_mock(folder: Path) -> int:
    """
    Run mock VASP.

    Parameters
    ----------
    folder
        With the input files; outputs are written there.

    Returns
    -------
    int
        Exit code.
    """
    _say(f" {NOTE}")
    attempt = _attempt(folder)
    try:
        inputs = read_inputs(folder)
        static = inputs.incar.algorithm == -1 or inputs.incar.max_ionic == 0
        faults = asked_for(folder, inputs.crystal, attempt, static=static)
    except (InputProblem, ValueError) as problem:
        _say(f" {problem}")
        return 1
    with (folder / _LOG).open("a", encoding="utf-8") as log:
        log.write(f"attempt {attempt}: {', '.join(sorted(faults)) or 'no fault'}\n")
    if inputs.incar.smearing < -3 and inputs.mesh.n_points < 4:
        faults.add("tet")
    return _calculate(folder, inputs, faults, static=static)


def _say(text: str) -> None:
    """Print to standard output at once, as a monitor expects."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _attempt(folder: Path) -> int:
    """Count the runs in this folder, this one included."""
    log = folder / _LOG
    return 1 + (len(log.read_text(encoding="utf-8").splitlines()) if log.is_file() else 0)


def _calculate(folder: Path, inputs: Inputs, faults: set[str], *, static: bool) -> int:
    """Do all ionic steps and write them, unless a fault prevents it."""
    if "wrong_potcar" in faults:
        inputs = replace(inputs, titles=("PAW_PBE K_sv MOCK", *inputs.titles[1:]))
    crystal = named_by_potentials(inputs.crystal, inputs.titles)
    if crystal.symbols != inputs.crystal.symbols:
        _say(" WARNING: type information on POSCAR and POTCAR are incompatible")
        inputs = replace(inputs, crystal=crystal)
    with Outputs(folder, inputs, make_bands(inputs)) as outputs:
        relaxed = False
        for step, last, relaxed in _steps(folder, inputs, faults, static=static):  # noqa: B007
            outputs.step(step, last=last)
            _pause()
            if last or step.number == _MIDDLE:
                code = _break_off(folder, faults)
                if code is not None:
                    return code
        outputs.end(step, relaxed=relaxed)
    _damage(folder / "vasprun.xml", faults)
    if relaxed:
        _say(" reached required accuracy - stopping structural energy minimisation")
    return 0


def _steps(
    folder: Path, inputs: Inputs, faults: set[str], *, static: bool
) -> Iterator[tuple[IonicStep, bool, bool]]:
    """Give each ionic step, whether it is the last, and whether the structure is relaxed."""
    incar = inputs.incar
    model = MODELS[os.environ.get(_MODEL, "pair")]()
    moves = ionic_steps(inputs.crystal, model, moves_cell=incar.moves_cell)
    most = 1 if static else max(1, incar.max_ionic)
    energy: float | None = None
    for number, (crystal, found) in enumerate(moves, start=1):
        if "expansion" in faults and not static:
            crystal = replace(crystal, lattice=crystal.lattice * 2 ** (1 / 3))  # noqa: PLW2901
        relaxed = not static and "ionic" not in faults and is_relaxed(incar, crystal, found, energy)
        last = relaxed or number >= most or (folder / "STOPCAR").is_file()
        electronic, converged = _electronic(inputs, found.energy, faults)
        change = found.energy if energy is None else found.energy - energy
        step = IonicStep(number, crystal, found, electronic, _entropy(inputs), change)
        _say(f"{number:4d} F= {electronic[-1]:.8E} E0= {electronic[-1]:.8E}  d E ={change:.6E}")
        yield step, last, relaxed and converged
        if last:
            return
        energy = found.energy


def _electronic(inputs: Inputs, energy: float, faults: set[str]) -> tuple[list[float], bool]:
    """Approach the energy from above until EDIFF is reached, or NELM."""
    limit, most = inputs.incar.electronic_limit, inputs.incar.max_electronic
    if "nan" in faults:
        return [float("nan")] * 3, True
    distances = [0.1 * 10 ** (-0.7 * k) * len(inputs.crystal.symbols) for k in range(most)]
    if "electronic" in faults:
        return [energy + 0.1 + distances[0]] * most, False
    needed = next((k for k, distance in enumerate(distances) if distance < limit), most)
    if needed + 1 >= most:
        return [energy + distance for distance in distances], False
    return [*(energy + distance for distance in distances[:needed]), energy], True


def _entropy(inputs: Inputs) -> float:
    """Make up T*S of the smearing, eV: small, growing with its width, none for insulators."""
    if inputs.incar.smearing < 0 or make_bands(inputs).gap:
        return 0.0
    return 0.005 * len(inputs.crystal.symbols) * inputs.incar.number("SIGMA", 0.2) ** 2


def _pause() -> None:
    """Take as long over an ionic step as TRONA_MOCK_VASP_PAUSE says, in seconds."""
    time.sleep(float(os.environ.get(_SECONDS, "0")))


def _break_off(folder: Path, faults: set[str]) -> int | None:
    """End, or hang, in mid-run where a fault asks for it."""
    said = [MESSAGES[name] for name in sorted(faults) if name in MESSAGES]
    if said:
        _say("\n".join(f" {text}" for text in said))
        return 1
    if "crash" in faults:
        sys.stderr.write("forrtl: severe (174): SIGSEGV, segmentation fault occurred\n")
        return _SEGMENTATION_FAULT
    if "disk_full" in faults:
        sys.stderr.write(
            f"forrtl: {os.strerror(ENOSPC)}\nforrtl: severe (38): error during write\n"
        )
        (folder / "CONTCAR").write_text("", encoding="utf-8")
        return _WRITE_ERROR
    if "walltime" in faults:
        os.kill(os.getpid(), signal.SIGKILL)
    while "hang" in faults:
        time.sleep(0.05)
    return None


def _damage(vasprun: Path, faults: set[str]) -> None:
    """Take from vasprun.xml what a fault asks for."""
    if "truncated" in faults:
        content = vasprun.read_bytes()
        vasprun.write_bytes(content[: len(content) * 2 // 3])
    if "no_vasprun" in faults:
        vasprun.unlink()


if __name__ == "__main__":
    main()
