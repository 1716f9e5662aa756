#!/usr/bin/env python
"""Make doped and oxysulfide models with the ML potential and compare them with published values.

    python scripts/compare_candidates.py        writes docs/candidates.md and docs/oxysulfides.png

Relaxations are saved in --cache: an interrupted run resumes where it stopped, and a completed run
rewrites the documents in seconds. From scratch it takes about an hour on two cores.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from trona.screening import assess
from trona.screening.equilibrium.phases import Phase, PhaseTable
from trona.screening.formulas import number, parse
from trona.screening.stability.interphase import Interphase, classify
from trona.stores.assess.properties import with_gaps
from trona.stores.collections.results import Results
from trona.stores.energies.references import load_reference
from trona.stores.provenance import versions
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.ordering.arrangements import Search
from trona.workflows.ordering.local_models import Workbench
from trona.workflows.ordering.requests import read_parent
from trona.workflows.ordering.substitution import expand, substituted
from trona.workflows.ordering.supercells import Bounds
from trona.workflows.ordering.trials import Draft, draft

if TYPE_CHECKING:
    from trona.screening.stability.window import Stability
    from trona.stores.documents.made_structures import ModelDoc

DOCS = Path(__file__).parent.parent / "docs"
BACKEND = BACKENDS["chgnet"]
REFERENCE = load_reference("bundled")
SEARCH = Search(bounds=Bounds(min_atoms=32, max_atoms=144))
OXYGEN = (0.0, 0.25, 0.5, 0.75, 1.0)
OXYSULFIDES_RELAXED, DOPED_RELAXED = 12, 2
DOPED = {
    "Na3.0625P0.9375Si0.0625S4": ("Si, 0.0625", 13),
    "Na3.125P0.875Si0.125S4": ("Si, 0.125", 30),
    "Na3.0625P0.9375Ge0.0625S4": ("Ge, 0.0625", 13),
    "Na3.0625P0.9375Sn0.0625S4": ("Sn, 0.0625", 15),
}
"""Decomposition energy in DFT, meV/atom: Zhu, Chu, Deng & Ong, Chem. Mater. 27 (2015) 8318."""
COMPETING = [
    (f"Na{sodium}{centre}{count}S{sulfur}", parent)
    for centre in ("Si", "Ge")
    for sodium, count, sulfur, parent in (
        (4, "", 4, "Na4SnS4"), (6, 2, 7, "na6sn2s7"), (2, "", 3, "na2sns3"),
    )
]  # fmt: skip
"""Thiosilicates and thiogermanates in the structures of the thiostannates."""


@dataclass
class Row:
    model: ModelDoc
    stability: Stability
    contact: Interphase


def cubic_supercell(vectors: np.ndarray, edge: float) -> np.ndarray:
    """Find three lattice vectors of one length at right angles."""
    steps = np.array(list(product(range(-4, 5), repeat=3)))
    lengths = np.linalg.norm(steps @ vectors, axis=1)
    found = steps[np.abs(lengths - edge) < 1e-3 * edge]
    for three in combinations(found, 3):
        matrix = np.array(three)
        if np.abs(np.triu((matrix @ vectors) @ (matrix @ vectors).T, 1)).max() < 1e-3 * edge:
            return matrix if np.linalg.det(matrix) > 0 else -matrix
    raise ValueError("no cubic supercell")


def drafts() -> tuple[list[Draft], list[Draft], list[Draft]]:
    """Structures to relax: doped cells, oxysulfides, and phases that compete with the doped."""
    cubic, tetragonal = read_parent("Na3PS4-cubic"), read_parent("Na3PS4")
    doped = []
    for formula in DOPED:
        blueprint = substituted(formula, cubic)
        edge = 2 * (2 * blueprint.structure.volume) ** (1 / 3)  # 2 x 2 x 2 body-centred cells
        matrix = cubic_supercell(blueprint.structure.lattice.matrix, edge)
        doped.append(draft(blueprint, SEARCH, DOPED_RELAXED, matrix))
    oxysulfides = [
        draft(substituted(formula, tetragonal), SEARCH, OXYSULFIDES_RELAXED)
        for formula in expand("Na3PS{4-x}O{x}", OXYGEN)
    ]
    competing = [
        draft(substituted(formula, read_parent(parent)), SEARCH, 1) for formula, parent in COMPETING
    ]
    return doped, oxysulfides, competing


def phase_of(model: ModelDoc) -> Phase:
    """The energy of a model on the scale of the reference."""
    amounts = parse(model.formula)
    atoms = sum(amounts.values())
    energy = model.trials[0].energy * atoms + REFERENCE.scheme.shift(amounts)
    return Phase(
        id=f"made/{model.label}",
        formula=model.formula,
        amounts=amounts,
        energy=energy,
        scale=REFERENCE.scale,
        source=f"relaxed with {model.method}",
        volume=model.trials[0].volume * atoms,
    )


def assessed(model: ModelDoc, phases: list[Phase]) -> Row:
    """A model against the reference and further phases."""
    own = phase_of(model)
    table = PhaseTable.from_phases([*phases, own])
    stability = assess(table, parse(model.formula), model.formula, own)
    interval = stability.rung(0.0).interval
    properties = with_gaps(dict(REFERENCE.band_gaps), REFERENCE.gap_source)
    amounts = [float(x) for x in interval.amounts]
    return Row(model, stability, classify(interval.phases, amounts, properties, None))


def tried(model: ModelDoc) -> str:
    """How many of the arrangements were relaxed."""
    if model.distinct is None:
        return f"{len(model.trials)} of {model.possible:,} not reduced by symmetry"
    return f"{len(model.trials)} of {model.distinct}"


def doped_table(rows: list[Row]) -> str:
    lines = [
        "| dopant, per P | atoms | relaxed | CHGNet, meV/atom | DFT, meV/atom | decomposes into |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        name, published = DOPED[row.model.label]
        products = row.stability.decomposition
        written = " + ".join(
            f"{number(float(x), 3)} {phase.formula}"
            for x, phase in zip(products.amounts, products.phases, strict=True)
            if phase.formula != row.model.formula
        )
        above = row.stability.energy_above_hull * 1000
        atoms = len(row.model.structure.species)
        written = written or "nothing"
        cells = [name, str(atoms), tried(row.model), f"{above:.0f}", str(published), written]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def volts(limits: object) -> str:
    return "–" if limits is None else f"{limits.reduction:.2f}–{limits.oxidation:.2f}"


def oxysulfide_table(rows: list[Row]) -> str:
    titles = [
        "x", "relaxed", "spread, meV/atom", "above hull, meV/atom", "window, V", "stabilised, V",
        "at 0 V", "Na taken up", "conducting volume",
    ]  # fmt: skip
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for x, row in zip(OXYGEN, rows, strict=True):
        rung = row.stability.rung(0.0)
        cells = [
            f"{x:g}",
            tried(row.model),
            f"{row.model.spread * 1000:.0f}",
            f"{row.stability.energy_above_hull * 1000:.0f}",
            volts(row.stability.window),
            volts(row.stability.stabilized),
            rung.equation.partition("-> ")[2],
            number(rung.interval.sodium_exchanged, 4),
            f"{row.contact.electronic_fraction:.3f} ({row.contact.kind.value})",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(rows: list[Row], path: Path) -> None:
    figure = Figure(figsize=(5.2, 5.6), layout="tight")
    top, bottom = figure.subplots(2, 1, sharex=True)
    for x, row in zip(OXYGEN, rows, strict=True):
        best = row.model.trials[0].energy
        base = row.stability.energy_above_hull
        energies = [
            (trial.energy - best + base) * 1000
            for trial in row.model.trials
            if trial.objection is None
        ]
        top.plot([x] * len(energies), energies, "_", color="0.6", markersize=12)
        top.plot(x, base * 1000, "o", color="tab:blue")
    top.set_ylabel("energy above hull (meV/atom)")
    top.set_ylim(bottom=0)
    bottom.plot(OXYGEN, [r.contact.electronic_fraction for r in rows], "s-", color="tab:red")
    bottom.axhline(0.16, color="0.6", linestyle="--", linewidth=1)
    bottom.annotate("taken as connected from here", (0.0, 0.163), color="0.4", fontsize=8)
    bottom.set_ylabel("conducting volume fraction\nof the products at 0 V")
    bottom.set_ylim(0, 0.3)
    bottom.set_xlabel(r"x in Na$_3$PS$_{4-x}$O$_x$")
    figure.savefig(path, dpi=120)


PAGE = """\
# Models of doped and oxysulfide Na3PS4 compared with published values
Written by `scripts/compare_candidates.py` with CHGNet 0.3.0 (chgnet {chgnet}); do not edit by
hand.

## Doped cubic Na3PS4
Si, Ge or Sn on a P site with one additional Na in a void, in the 2 × 2 × 2 cell of cubic Na3PS4 (16
formula units). Arrangements are ranked by the Ewald energy of formal charges; the best {relaxed}
are relaxed, and the lowest is used. "Relaxed" gives their number, of all symmetry-distinct ones.
Energies are those above the hull of the bundled reference set and of Na4MS4, Na6M2S7 and Na2MS3
(M = Si, Ge) in the structures of the thiostannates. The true phases lie no higher than these, so
the true hull may be lower; a wider search may in turn lower the doped cells.

{doped}

DFT: Zhu, Chu, Deng & Ong, Chem. Mater. (2015), who find tetragonal Na3PS4 + Na6Ge2S7 + Na2S for
Ge and tetragonal Na3PS4 + Na4SnS4 for Sn. Cubic Na3PS4 itself lies {cubic:.0f} meV/atom above the
tetragonal form with CHGNet, 5 meV/atom in that work. Where a doped cell lies lower than that, its
atoms have left the cubic arrangement: the dopant breaks the symmetry that constrains the
tetrahedra. CHGNet does not reproduce these numbers: it predicts all of them to be nearly stable,
and does not distinguish the dopants. Do not choose dopants by its energies above hull; use VASP.

## Oxysulfides Na3PS4−xOx
O replaces S in cells of 32 atoms of tetragonal Na3PS4. Charges do not distinguish the arrangements,
since those of O²⁻ and S²⁻ are equal: up to {oxysulfides} of the distinct ones, drawn at random
with a fixed seed, are relaxed. The hull includes crystals of Na3PS3O, Na3PS2O2, Na3PSO3 and Na3PO4.
These are crystal models; the electrolytes of the literature are glasses (`trona candidates glass`).

{series}

![Energies above hull and conducting volume fraction of the oxysulfides](oxysulfides.png)

In the upper panel, dots are the models and dashes all relaxed arrangements. The conducting volume
is that of Na3P among the products at 0 V, from volumes of the bundled set. Chi et al., Nat. Commun.
(2022) find that the glass Na3PS3.4O0.6 is passivating against sodium; equilibrium products do not
explain this, and trona does not claim it.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", default="reference-cache.sqlite", help="store of relaxations")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()

    doped, oxysulfides, competing = drafts()
    everything = [*competing, *oxysulfides, *doped]
    results = Results(options.cache)
    bench = Workbench(everything, results, BACKEND)
    total = len(bench.waiting())
    print(f"{total} structures to relax", file=sys.stderr)
    for count, label in enumerate(bench.work(options.workers), start=1):
        print(f"{count}/{total} {label}", file=sys.stderr)
    models, reasons = bench.models()
    if reasons:
        raise SystemExit("\n".join(reasons))
    by_label = {model.label: model for model in models}
    known = [*REFERENCE.phases, *(phase_of(by_label[made.blueprint.label]) for made in competing)]
    rows = {
        label: assessed(by_label[label], known)
        for label in (made.blueprint.label for made in (*doped, *oxysulfides))
    }
    series = [rows[made.blueprint.label] for made in oxysulfides]
    energies = {p.id: p.energy_per_atom for p in REFERENCE.phases}
    text = PAGE.format(
        chgnet=versions()["chgnet"],
        relaxed=doped[0].settings["max_relaxed"],
        oxysulfides=OXYSULFIDES_RELAXED,
        doped=doped_table([rows[made.blueprint.label] for made in doped]),
        series=oxysulfide_table(series),
        cubic=1000 * (energies["Na3PS4-cubic"] - energies["Na3PS4"]),
    )
    (DOCS / "candidates.md").write_text(text, encoding="utf-8")
    draw(series, DOCS / "oxysulfides.png")
    print(text)


if __name__ == "__main__":
    main()
