"""Input files of mock VASP: INCAR, POSCAR, KPOINTS or KSPACING, POTCAR or POTCAR.spec; read only.

Imports nothing heavier than numpy: the program starts hundreds of times in a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, gcd, pi
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .elements import valence_electrons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Crystal",
    "Incar",
    "InputProblem",
    "Inputs",
    "Mesh",
    "named_by_potentials",
    "read_inputs",
]

_TRUE = (".TRUE.", ".T.", "TRUE", "T")
_FALSE = (".FALSE.", ".F.", "FALSE", "F")
_ALGORITHMS = (-1, 1, 2, 3)
"""IBRION: a static calculation, or a relaxation by any algorithm."""
_DEFAULT_CUTOFF = 400.0
"""eV, where neither INCAR nor POTCAR names one."""

Value = bool | int | float | str
Floats = NDArray[np.float64]


class InputProblem(Exception):  # noqa: N818 (it becomes VASP's own words, not an exception)
    """Input on which VASP would stop."""


@dataclass(frozen=True, eq=False)
class Crystal:
    """
    A periodic structure.

    Parameters
    ----------
    lattice
        Rows are the cell's vectors, shape (3, 3), Å.
    symbols
        Element of each atom.
    positions
        Fractional coordinates, shape (n_atoms, 3).
    """

    lattice: Floats
    symbols: tuple[str, ...]
    positions: Floats

    @property
    def volume(self) -> float:
        """Volume of the cell, Å³."""
        return float(abs(np.linalg.det(self.lattice)))

    @property
    def species(self) -> list[tuple[str, int]]:
        """Runs of equal elements with their lengths, as POSCAR and POTCAR have them."""
        runs: list[tuple[str, int]] = []
        for symbol in self.symbols:
            if runs and runs[-1][0] == symbol:
                runs[-1] = (symbol, runs[-1][1] + 1)
            else:
                runs.append((symbol, 1))
        return runs

    @property
    def reduced(self) -> dict[str, int]:
        """Atoms per reduced formula unit."""
        counts = {symbol: self.symbols.count(symbol) for symbol in self.symbols}
        divisor = gcd(*counts.values())
        return {symbol: count // divisor for symbol, count in counts.items()}

    def poscar(self, comment: str) -> str:
        """Write the structure in POSCAR format with that first line."""
        rows = [comment, "1.0"]
        rows += ["".join(f" {x:21.16f}" for x in row) for row in self.lattice]
        rows += [" ".join(symbol for symbol, _ in self.species)]
        rows += [" ".join(str(count) for _, count in self.species), "Direct"]
        rows += ["".join(f" {x:19.16f}" for x in row) for row in self.positions]
        return "\n".join(rows) + "\n"


@dataclass(frozen=True)
class Incar:
    """
    Tags of an INCAR, with VASP's defaults for those that mock VASP honours.

    Parameters
    ----------
    tags
        Tag in capitals to its value, a list for tags with several.
    """

    tags: Mapping[str, Value | list[Value]]

    def number(self, tag: str, default: float) -> float:
        """Give the number of a tag."""
        value = self.tags.get(tag, default)
        return float(value) if isinstance(value, (int, float)) else default

    def flag(self, tag: str, *, default: bool) -> bool:
        """Give the logical value of a tag."""
        value = self.tags.get(tag, default)
        return value if isinstance(value, bool) else default

    @property
    def max_ionic(self) -> int:
        """NSW."""
        return int(self.number("NSW", 0))

    @property
    def algorithm(self) -> int:
        """IBRION: -1 where nothing moves."""
        return int(self.number("IBRION", -1 if self.max_ionic <= 0 else 0))

    @property
    def moves_cell(self) -> bool:
        """True for ISIF 3 and above."""
        return self.number("ISIF", 2) >= 3

    @property
    def max_electronic(self) -> int:
        """NELM."""
        return int(self.number("NELM", 60))

    @property
    def electronic_limit(self) -> float:
        """EDIFF, eV."""
        return self.number("EDIFF", 1e-4)

    @property
    def ionic_limit(self) -> float:
        """EDIFFG: eV where positive, minus eV/Å where negative."""
        return self.number("EDIFFG", 10 * self.electronic_limit)

    @property
    def spins(self) -> int:
        """ISPIN."""
        return int(self.number("ISPIN", 1))

    @property
    def smearing(self) -> int:
        """ISMEAR."""
        return int(self.number("ISMEAR", 1))


@dataclass(frozen=True)
class Mesh:
    """
    Mesh of k-points.

    Parameters
    ----------
    divisions
        Along each reciprocal vector.
    style
        ``"Gamma"``, ``"Monkhorst-Pack"``, or ``"Reciprocal"`` for a list.
    """

    divisions: tuple[int, int, int]
    style: str = "Gamma"

    @property
    def n_points(self) -> int:
        """Points before symmetry."""
        return self.divisions[0] * self.divisions[1] * self.divisions[2]


@dataclass(frozen=True, eq=False)
class Inputs:
    """
    All that a run is given.

    Parameters
    ----------
    crystal
        From POSCAR, with the elements of POTCAR.
    incar
        Tags.
    mesh
        k-points.
    titles
        Title of each pseudopotential.
    valences
        Valence electrons of each pseudopotential.
    cutoff
        Plane-wave cutoff, eV.
    """

    crystal: Crystal
    incar: Incar
    mesh: Mesh
    titles: tuple[str, ...]
    valences: tuple[float, ...]
    cutoff: float = field(default=_DEFAULT_CUTOFF)

    @property
    def n_electrons(self) -> float:
        """NELECT, from INCAR or the pseudopotentials."""
        runs = zip(self.crystal.species, self.valences, strict=True)
        return self.incar.number("NELECT", sum(count * valence for (_, count), valence in runs))


def read_inputs(folder: Path) -> Inputs:
    """
    Read a run's input files.

    Parameters
    ----------
    folder
        Where they are.

    Returns
    -------
    Inputs
        With VASP's defaults.

    Raises
    ------
    InputProblem
        If a file is missing or does not fit the others.
    """
    incar = _read_incar(_text(folder, "INCAR"))
    if incar.algorithm not in _ALGORITHMS:
        raise InputProblem(f"ERROR: mock VASP knows no IBRION = {incar.algorithm}")
    crystal = _read_poscar(_text(folder, "POSCAR"))
    titles, valences, maximum = _read_pseudopotentials(folder)
    if len(titles) != len(crystal.species):
        raise InputProblem(
            f"ERROR: number of potentials on File POTCAR incompatible with number of species: "
            f"{len(titles)} on POTCAR, {len(crystal.species)} on POSCAR"
        )
    mesh = _read_mesh(folder, incar, crystal)
    return Inputs(crystal, incar, mesh, titles, valences, incar.number("ENCUT", maximum))


def named_by_potentials(crystal: Crystal, titles: Sequence[str]) -> Crystal:
    """
    Name the atoms of a structure as its pseudopotentials do; VASP believes POTCAR, not POSCAR.

    Parameters
    ----------
    crystal
        From POSCAR.
    titles
        One for each run of equal elements.

    Returns
    -------
    Crystal
        With the elements of the titles.
    """
    symbols: list[str] = []
    for (_, count), title in zip(crystal.species, titles, strict=True):
        symbols += [title.split()[1].partition("_")[0]] * count
    return Crystal(crystal.lattice, tuple(symbols), crystal.positions)


def _text(folder: Path, name: str) -> str:
    """Read an input file that must be there."""
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError:
        raise InputProblem(f"ERROR: no {name} found, STOPPING") from None


def _value(word: str) -> Value:
    """Read one value as VASP's vasprun.xml types it."""
    if word.upper() in _TRUE or word.upper() in _FALSE:
        return word.upper() in _TRUE
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _read_incar(text: str) -> Incar:
    """Read the tags of an INCAR."""
    tags: dict[str, Value | list[Value]] = {}
    for row in text.splitlines():
        name, equals, right = row.partition("#")[0].partition("!")[0].partition("=")
        if not equals:
            continue
        values: list[Value] = []
        for word in right.split():
            times, star, repeated = word.partition("*")
            values += [_value(repeated)] * int(times) if star else [_value(word)]
        several = len(values) > 1 or name.strip().upper() in {"LDAUU", "LDAUJ", "LDAUL", "MAGMOM"}
        if values:
            tags[name.strip().upper()] = values if several else values[0]
    return Incar(tags)


def _read_poscar(text: str) -> Crystal:
    """Read a POSCAR with element symbols."""
    rows = text.splitlines()
    try:
        lattice = np.array([row.split()[:3] for row in rows[2:5]], float) * float(rows[1])
        counts = [int(word) for word in rows[6].split()]
        symbols = tuple(
            symbol
            for word, count in zip(rows[5].split(), counts, strict=True)
            for symbol in [word.partition("_")[0]] * count
        )
        first = 9 if rows[7].strip().lower().startswith("s") else 8
        positions = np.array([row.split()[:3] for row in rows[first : first + len(symbols)]], float)
        positions = positions.reshape(len(symbols), 3)
    except (ValueError, IndexError):
        raise InputProblem("ERROR: there must be 1 or 3 items on line 2 of POSCAR") from None
    if rows[first - 1].strip().lower()[:1] in {"c", "k"}:
        positions = positions @ np.linalg.inv(lattice)
    return Crystal(lattice, symbols, positions)


def _read_pseudopotentials(folder: Path) -> tuple[tuple[str, ...], tuple[float, ...], float]:
    """Read titles, valence electrons and the highest recommended cutoff."""
    if (folder / "POTCAR").is_file():
        rows = _text(folder, "POTCAR").splitlines()
        titles = tuple(row.partition("=")[2].strip() for row in rows if "TITEL" in row)
        valences = [row.rpartition("ZVAL")[2].replace("=", " ").split()[0] for row in rows
                    if "ZVAL" in row and "POMASS" in row]  # fmt: skip
        cutoffs = [row.partition("ENMAX")[2].replace("=", " ").split()[0].strip(";") for row in rows
                   if "ENMAX" in row]  # fmt: skip
        maximum = max(map(float, cutoffs), default=_DEFAULT_CUTOFF)
        return titles, tuple(map(float, valences)), maximum
    if not (folder / "POTCAR.spec").is_file():
        raise InputProblem("ERROR: no POTCAR found, STOPPING")
    symbols = _text(folder, "POTCAR.spec").split()
    titles = tuple(f"PAW_PBE {symbol} MOCK" for symbol in symbols)
    return titles, tuple(valence_electrons(symbol) for symbol in symbols), _DEFAULT_CUTOFF


def _read_mesh(folder: Path, incar: Incar, crystal: Crystal) -> Mesh:
    """Read KPOINTS, or make the mesh of KSPACING."""
    if not (folder / "KPOINTS").is_file():
        spacing = incar.number("KSPACING", 0.5)
        reciprocal = 2 * pi * np.linalg.inv(crystal.lattice).T
        lengths: Sequence[float] = np.linalg.norm(reciprocal, axis=1).tolist()
        first, second, third = (max(1, ceil(length / spacing)) for length in lengths)
        return Mesh((first, second, third))
    rows = _text(folder, "KPOINTS").splitlines()
    try:
        listed = int(rows[1].split()[0])
        if listed > 0:
            return Mesh((listed, 1, 1), "Reciprocal")
        first, second, third = (int(float(word)) for word in rows[3].split()[:3])
    except (ValueError, IndexError):
        raise InputProblem("ERROR: Error reading KPOINTS file") from None
    gamma = rows[2].strip().lower().startswith("g")
    return Mesh((first, second, third), "Gamma" if gamma else "Monkhorst-Pack")
