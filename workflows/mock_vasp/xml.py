"""vasprun.xml of mock VASP, written in the same pieces as VASP writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .bands import NOTE, Bands

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .inputs import Crystal, Inputs, Value
    from .relax import IonicStep

__all__ = ["calculation", "head", "tail"]

_KILOBAR = 1602.1766
"""kB per eV/Å³."""


def head(inputs: Inputs, bands: Bands) -> str:
    """
    Write everything before the first ionic step.

    Parameters
    ----------
    inputs
        What the run was given.
    bands
        Its k-points and electrons.

    Returns
    -------
    str
        XML, still open.
    """
    now = datetime.now(UTC)
    generator = {
        "program": "trona-mock-vasp",
        "version": "6.4.3-MOCK",
        "subversion": NOTE,
        "platform": "none",
        "date": f"{now:%Y %m %d}",
        "time": f"{now:%H:%M:%S}",
    }
    tags = {name: value for name, value in inputs.incar.tags.items() if name != "SYSTEM"}
    return "\n".join(
        [
            '<?xml version="1.0" encoding="ISO-8859-1"?>',
            "<modeling>",
            " <generator>",
            *(f'  <i name="{name}" type="string">{text} </i>' for name, text in generator.items()),
            " </generator>",
            " <incar>",
            *(_tag(name, value) for name, value in tags.items()),
            " </incar>",
            *_mesh(inputs, bands),
            " <parameters>",
            *(_tag(name, value) for name, value in _parameters(inputs, bands).items()),
            " </parameters>",
            *_atoms(inputs),
            *_structure(inputs.crystal, ' name="initialpos"'),
            "",
        ]
    )


def _parameters(inputs: Inputs, bands: Bands) -> dict[str, Value | list[Value]]:
    """Collect the parameters of a run: VASP's defaults, overridden by INCAR."""
    incar = inputs.incar
    defaults: dict[str, Value | list[Value]] = {
        "PREC": "normal", "ENMAX": inputs.cutoff, "ISPIN": 1, "NELM": 60, "NELMIN": 2,
        "EDIFF": 1e-4, "EDIFFG": incar.ionic_limit, "NSW": 0, "IBRION": incar.algorithm, "ISIF": 2,
        "POTIM": 0.5, "ISMEAR": 1, "SIGMA": 0.2, "NELECT": bands.n_electrons,
        "NBANDS": bands.n_bands, "LORBIT": 0, "GGA": "--", "LDAU": False, "LASPH": False,
        "LHFCALC": False, "AEXX": 0.0, "HFSCREEN": 0.0, "LUSE_VDW": False, "IVDW": 0,
        "LWAVE": True, "LCHARG": True, "LREAL": False, "ISYM": 2, "ISTART": 0, "ICHARG": 2,
        "LCHIMAG": False, "LEPSILON": False, "KSPACING": 0.5, "KGAMMA": True,
    }  # fmt: skip
    if incar.spins == 2:
        defaults["MAGMOM"] = [1.0] * len(inputs.crystal.symbols)
    known = (*defaults, "LDAUTYPE", "LDAUL", "LDAUU", "LDAUJ")
    given = {name: value for name, value in incar.tags.items() if name in known}
    return defaults | given | {"NBANDS": bands.n_bands}


def _tag(name: str, value: Value | list[Value]) -> str:
    """Write one tag with its type."""
    if isinstance(value, list):
        whole = all(isinstance(one, int) for one in value)
        kind, words = ' type="int"' if whole else "", " ".join(_typed(one)[1] for one in value)
        return f'  <v{kind} name="{name}">{words}</v>'
    kind, text = _typed(value)
    return f'  <i{kind} name="{name}">{text}</i>'


def _typed(value: Value) -> tuple[str, str]:
    """Give the type attribute of a value, and its text."""
    if isinstance(value, bool):
        return ' type="logical"', "T" if value else "F"
    if isinstance(value, int):
        return ' type="int"', str(value)
    if isinstance(value, float):
        return "", f"{value:.8f}" if abs(value) > 1e-3 or not value else f"{value:.8E}"
    return ' type="string"', value


def _mesh(inputs: Inputs, bands: Bands) -> list[str]:
    """Write the mesh, and the points at which there are eigenvalues."""
    style = inputs.mesh.style
    generation = [] if style == "Reciprocal" else [
        f'  <generation param="{style}">',
        f'   <v type="int" name="divisions">{" ".join(map(str, inputs.mesh.divisions))}</v>',
        '   <v name="usershift">0.0 0.0 0.0</v>',
        "  </generation>",
    ]  # fmt: skip
    weight = 1.0 / len(bands.points)
    return [
        " <kpoints>",
        *generation,
        *_varray("kpointlist", bands.points),
        *_varray("weights", [(weight,)] * len(bands.points)),
        " </kpoints>",
    ]


def _atoms(inputs: Inputs) -> list[str]:
    """Write the atoms and their types."""
    species = inputs.crystal.species
    rows = [" <atominfo>", f"  <atoms>{len(inputs.crystal.symbols)}</atoms>",
            f"  <types>{len(species)}</types>", '  <array name="atoms">',
            '   <field type="string">element</field>', '   <field type="int">atomtype</field>',
            "   <set>"]  # fmt: skip
    for kind, (symbol, count) in enumerate(species, start=1):
        rows += [f"    <rc><c>{symbol:2s}</c><c>{kind}</c></rc>"] * count
    rows += ["   </set>", "  </array>", '  <array name="atomtypes">']
    fields = ("atomspertype", "element", "mass", "valence", "pseudopotential")
    rows += [f'   <field type="string">{name}</field>' for name in fields]
    rows += ["   <set>"]
    for (symbol, count), valence, title in zip(
        species, inputs.valences, inputs.titles, strict=True
    ):
        rows.append(
            f"    <rc><c>{count}</c><c>{symbol:2s}</c><c>1.0</c><c>{valence}</c><c>{title}</c></rc>"
        )
    return [*rows, "   </set>", "  </array>", " </atominfo>"]


def _varray(name: str, rows: Iterable[Sequence[float]]) -> list[str]:
    """Write an array of vectors."""
    lines = ["   <v>" + "".join(f" {value:16.10f}" for value in row) + "</v>" for row in rows]
    return [f'  <varray name="{name}">', *lines, "  </varray>"]


def _structure(crystal: Crystal, name: str = "") -> list[str]:
    """Write a structure."""
    return [
        f" <structure{name}>",
        "  <crystal>",
        *_varray("basis", crystal.lattice.tolist()),
        f'   <i name="volume">{crystal.volume:.8f}</i>',
        "  </crystal>",
        *_varray("positions", crystal.positions.tolist()),
        " </structure>",
    ]


def _energies(energies: tuple[float, float, float]) -> str:
    """Write free energy, energy without entropy, and energy for smearing to zero."""
    names = ("e_fr_energy", "e_wo_entrp", "e_0_energy")
    parts = (f'<i name="{n}">{e:.8f}</i>' for n, e in zip(names, energies, strict=True))
    return f"   <energy>{''.join(parts)}</energy>"


def calculation(step: IonicStep, bands: Bands | None) -> str:
    """
    Write an ionic step.

    Parameters
    ----------
    step
        The step.
    bands
        Eigenvalues, which VASP writes at the last step; None at others.

    Returns
    -------
    str
        XML.
    """
    free, without, zero = step.energies
    rows = [" <calculation>"]
    for energy in step.electronic:
        shifted = (energy + free - zero, energy + without - zero, energy)
        rows += ["  <scstep>", _energies(shifted), "  </scstep>"]
    rows += _structure(step.crystal)
    rows += _varray("forces", step.found.forces.tolist())
    rows += _varray("stress", (-step.found.stress * _KILOBAR).tolist())
    rows += [_energies(step.energies)]
    if bands is not None:
        rows += _eigenvalues(bands)
    return "\n".join([*rows, " </calculation>", ""])


def _eigenvalues(bands: Bands) -> list[str]:
    """Write eigenvalues, occupations and the Fermi level."""
    rows = ["  <eigenvalues>", "   <array>", "    <field>eigene</field>", "    <field>occ</field>",
            "    <set>"]  # fmt: skip
    for spin, (values, filled) in enumerate(
        zip(bands.eigenvalues, bands.occupations, strict=True), start=1
    ):
        rows.append(f'     <set comment="spin {spin}">')
        for point, (row, occupied) in enumerate(zip(values, filled, strict=True), start=1):
            rows.append(f'      <set comment="kpoint {point}">')
            rows += [
                f"       <r>{e:10.4f} {f:9.6f}</r>" for e, f in zip(row, occupied, strict=True)
            ]
            rows.append("      </set>")
        rows.append("     </set>")
    rows += ["    </set>", "   </array>", "  </eigenvalues>"]
    return [*rows, *_density_of_states(bands)]


def _density_of_states(bands: Bands) -> list[str]:
    """Write the Fermi level, in a density of states that is coarse."""
    low, high = float(bands.eigenvalues.min()), float(bands.eigenvalues.max())
    grid = [low + (high - low) * i / 9 for i in range(10)]
    rows = ["  <dos>", f'   <i name="efermi">{bands.fermi:.8f}</i>', "   <total>", "    <array>",
            "     <set>"]  # fmt: skip
    for spin in range(1, bands.eigenvalues.shape[0] + 1):
        rows.append(f'      <set comment="spin {spin}">')
        rows += [f"       <r>{energy:10.4f} {0.0:10.4f} {0.0:10.4f}</r>" for energy in grid]
        rows.append("      </set>")
    return [*rows, "     </set>", "    </array>", "   </total>", "  </dos>"]


def tail(crystal: Crystal) -> str:
    """
    Write the end.

    Parameters
    ----------
    crystal
        The last structure.

    Returns
    -------
    str
        XML, closed.
    """
    return "\n".join([*_structure(crystal, ' name="finalpos"'), "</modeling>", ""])
