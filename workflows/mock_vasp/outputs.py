"""Output files of mock VASP: OUTCAR, OSZICAR, vasprun.xml, CONTCAR, CHGCAR, WAVECAR.

Every file is marked as a mock's. Files grow as VASP's do, so that a killed run leaves what a killed
VASP leaves.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Self

from . import xml
from .bands import NOTE, Bands

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import TextIO

    from .inputs import Crystal, Inputs
    from .relax import IonicStep

__all__ = ["Outputs"]

_KILOBAR = 1602.1766
"""kB per eV/Å³."""


class Outputs:
    """
    Output files of a run, open while it lasts.

    Parameters
    ----------
    folder
        Where they are written.
    inputs
        What the run was given.
    bands
        Its bands.
    """

    def __init__(self, folder: Path, inputs: Inputs, bands: Bands) -> None:
        self._folder, self._inputs, self._bands = folder, inputs, bands
        self._open: list[TextIO] = []

    def __enter__(self) -> Self:
        self._outcar, self._oszicar, self._vasprun = (
            self._file(name) for name in ("OUTCAR", "OSZICAR", "vasprun.xml")
        )
        self._outcar.write(_outcar_head(self._inputs, self._bands))
        self._vasprun.write(xml.head(self._inputs, self._bands))
        self.flush()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._open:
            file.close()

    def _file(self, name: str) -> TextIO:
        """Open an output file."""
        file = (self._folder / name).open("w", encoding="utf-8")
        self._open.append(file)
        return file

    def flush(self) -> None:
        """Let others read what was written."""
        for file in self._open:
            file.flush()

    def step(self, step: IonicStep, *, last: bool) -> None:
        """
        Write an ionic step.

        Parameters
        ----------
        step
            The step.
        last
            True where eigenvalues follow and nothing else.
        """
        self._oszicar.write(_oszicar(step, self._bands.moment, self._inputs.incar.spins))
        self._outcar.write(_outcar_step(step, self._bands))
        self._vasprun.write(xml.calculation(step, self._bands if last else None))
        self.flush()

    def end(self, step: IonicStep, *, relaxed: bool) -> None:
        """
        Write what VASP writes at its end.

        Parameters
        ----------
        step
            The last step.
        relaxed
            True where the relaxation converged, which OUTCAR says.
        """
        incar = self._inputs.incar
        contcar = step.crystal.poscar(f"{NOTE}: relaxed")
        (self._folder / "CONTCAR").write_text(contcar, encoding="utf-8")
        density = _density(step.crystal, self._inputs) if incar.flag("LCHARG", default=True) else ""
        (self._folder / "CHGCAR").write_text(density, encoding="utf-8")
        waves = f"{NOTE}: no wave functions\n" if incar.flag("LWAVE", default=True) else ""
        (self._folder / "WAVECAR").write_text(waves, encoding="utf-8")
        self._outcar.write(_outcar_tail(step, self._bands, relaxed=relaxed))
        self._vasprun.write(xml.tail(step.crystal))
        self.flush()


def _oszicar(step: IonicStep, moment: float, spins: int) -> str:
    """Write an ionic step as OSZICAR does."""
    rows = ["       N       E                     dE             d eps       ncg     rms  MOCK"]
    last = inf
    for number, energy in enumerate(step.electronic, start=1):
        change = energy if last == inf else energy - last
        rows.append(
            f"DAV: {number:3d}    {energy:19.12E}   {change:12.5E}   {change:12.5E} "
            f"{100:5d}   {abs(change):9.3E}"
        )
        last = energy
    free, _, zero = step.energies
    magnetic = f"  mag= {moment:10.4f}" if spins == 2 else ""
    rows.append(f"{step.number:4d} F= {free:.8E} E0= {zero:.8E}  d E ={step.change:.6E}{magnetic}")
    return "\n".join(rows) + "\n"


def _outcar_head(inputs: Inputs, bands: Bands) -> str:
    """Write the beginning of OUTCAR."""
    incar = inputs.incar
    rows = [f" {NOTE}", " running on    1 total cores", " executed on             MOCK", ""]
    rows += [f" POTCAR:    {title}" for title in inputs.titles]
    rows += [
        "",
        f"   k-points           NKPTS = {len(bands.points):6d}",
        f"   number of bands    NBANDS= {bands.n_bands:6d}",
        f"   number of ions     NIONS = {len(inputs.crystal.symbols):6d}",
        f"   total plane-waves  NPLWV = {_plane_waves(inputs):6d}",
        "",
        f"   ENCUT  = {inputs.cutoff:8.1f} eV",
        f"   ISPIN  = {incar.spins:6d}    spin polarized calculation?",
        f"   NELM   = {incar.max_electronic:6d};   NELMIN=  2; NELMDL= -5     # of ELM steps",
        f"   EDIFF  = {incar.electronic_limit:.1E}   stopping-criterion for ELM",
        f"   EDIFFG = {incar.ionic_limit:.1E}   stopping-criterion for IOM",
        f"   NSW    = {incar.max_ionic:6d}    number of steps for IOM",
        f"   IBRION = {incar.algorithm:6d}    ionic relax: 0-MD 1-quasi-New 2-CG",
        f"   ISIF   = {int(incar.number('ISIF', 2)):6d}    stress and relaxation",
        f"   NELECT = {bands.n_electrons:12.4f}    total number of electrons",
        f"   ISMEAR = {incar.smearing:6d};   SIGMA  = {incar.number('SIGMA', 0.2):6.2f}",
        "",
    ]
    return "\n".join(rows) + "\n"


def _plane_waves(inputs: Inputs) -> int:
    """Count plane waves below the cutoff as their density in k-space says."""
    wave_number = (inputs.cutoff / 3.81) ** 0.5  # 1/Å
    return max(1, round(float(inputs.crystal.volume * wave_number**3 / 59.2)))


def _outcar_step(step: IonicStep, bands: Bands) -> str:
    """Write an ionic step as OUTCAR does."""
    free, without, zero = step.energies
    rows = []
    for number, _ in enumerate(step.electronic, start=1):
        rows += [
            f"--------------------------------------- Iteration {step.number:6d}({number:4d})  ---",
            f"  entropy T*S    EENTRO =  {-step.entropy:18.8f}",
        ]
    rows += ["------------------------ aborting loop because EDIFF is reached ----", ""]
    rows += [f" number of electron {bands.n_electrons:14.7f} magnetization {bands.moment:14.7f}"]
    rows += [f" E-fermi : {bands.fermi:9.4f}     XC(G=0):  -0.0000     alpha+bet : -0.0000", ""]
    pressures = -step.found.stress * _KILOBAR
    voigt = [pressures[i][j] for i, j in ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0))]
    rows += [f"  in kB  {''.join(f'{value:12.5f}' for value in voigt)}"]
    rows += [f"  external pressure = {sum(voigt[:3]) / 3:12.2f} kB  Pullay stress =  0.00 kB", ""]
    rows += [
        " POSITION                                       TOTAL-FORCE (eV/Angst)",
        " " + "-" * 83,
    ]
    places = step.crystal.positions @ step.crystal.lattice
    for place, force in zip(places, step.found.forces, strict=True):
        rows.append("".join(f"{value:13.5f}" for value in (*place, *force)))
    drift = step.found.forces.sum(axis=0)
    rows += [
        " " + "-" * 83,
        f"    total drift:  {''.join(f'{value:15.6f}' for value in drift)}",
        "",
    ]
    rows += [
        "  FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)",
        f"  free  energy   TOTEN  = {free:18.8f} eV",
        f"  energy  without entropy= {without:17.8f}  energy(sigma->0) = {zero:17.8f}",
        "",
        f"     LOOP+:  cpu time    {0.01:9.4f}: real time    {0.01:9.4f}",
    ]
    return "\n".join(rows) + "\n"


def _outcar_tail(step: IonicStep, bands: Bands, *, relaxed: bool) -> str:
    """Write the end of OUTCAR."""
    count, moment = bands.n_electrons, bands.moment
    rows = []
    if relaxed:
        rows += [" reached required accuracy - stopping structural energy minimisation", ""]
    n_atoms = len(step.crystal.symbols)
    for title, total in (("total charge", count), ("magnetization (x)", moment)):
        if title.startswith("mag") and not moment:
            continue
        share = total / n_atoms
        rows += [f" {title}", " ", "# of ion       s       p       d       tot", "-" * 42]
        rows += [f"{i:5d}   {share:12.3f}{0:8.3f}{0:8.3f}{share:12.3f}"
                 for i in range(1, n_atoms + 1)]  # fmt: skip
        rows += ["-" * 42, f"tot     {total:12.3f}{0:8.3f}{0:8.3f}{total:12.3f}", ""]
    rows += [
        " General timing and accounting of this job:",
        "                  Total CPU time used (sec):        0.010",
        "                            User time (sec):        0.010",
        "                          System time (sec):        0.000",
        "                         Elapsed time (sec):        0.010",
        "                   Maximum memory used (kb):        1000.",
        "                   Average memory used (kb):           0.",
        f" {NOTE}",
    ]
    return "\n".join(rows) + "\n"


def _density(crystal: Crystal, inputs: Inputs) -> str:
    """Write a CHGCAR of evenly spread electrons."""
    value = f" {inputs.n_electrons:.11E}"
    return crystal.poscar(NOTE) + "\n    2    2    2\n" + value * 5 + "\n" + value * 3 + "\n"
