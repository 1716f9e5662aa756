"""Formation energies of a bundled set against those of DFT: differences, statistics, figure."""

from __future__ import annotations

from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.figures.paper.style import save_figure
from trona.screening.uncertainty.error_model import CLASSES, anion_class
from trona.stores.energies.accuracy import Deviation
from trona.stores.energies.alignment import formation_energy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase
    from trona.stores.energies.references import Reference

SYSTEMS = (
    "Na-P-S-O", "Na-Sb-S-O-H", "Na-P-Se", "Na-Sn-S", "Na-Y-Zr-Cl", "Na-B-H", "Na-P-Cr-S-O",
    "Na-As-S-Se", "Na-Sb-S-Se", "Na-Si-Ge-S-Se", "Na-P-As-Sb-Sn", "Na-B-S", "Na-Al-In-Ga-Zn-S",
    "Na-P-Sb-W-Mo-S", "Na-Sb-Sn-Ti-Nb-S", "Na-P-Sb-Sn-S-F-Cl-Br-I", "Na-Zr-Si-P-O", "Na-B-Al-O",
    "Na-Y-Zr-Cr-Cl-O",
)  # fmt: skip
CONSPICUOUS = 0.08
"""Differences beyond this (eV/atom) mean a wrong structure or a weakness of the potential."""
WORST = 10
ON_THE_HULL, WELL_ABOVE = 1e-6, 0.02
"""eV/atom."""
ALL = "all"
COLOURS = ("#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#56B4E9")
"""Palette of Okabe & Ito (2008), readable with every colour vision; one for each class."""

Row = tuple[float, "Phase", float, float]
"""Difference, phase, and both formation energies, eV/atom."""


def comparison(ours: Reference, table: Reference) -> list[Row]:
    """Compare the lowest phase of each composition that both have."""
    rows = []
    for phase in (ours.table.phases[at] for at in ours.table.ground):
        theirs = table.table.find(phase.amounts)
        if theirs is None or len(phase.amounts) == 1:
            continue
        mine = formation_energy(ours.table, phase)
        dft = formation_energy(table.table, theirs)
        rows.append((mine - dft, phase, mine, dft))
    return rows


def deviation(differences: Sequence[float], own: float = 0.0) -> Deviation:
    """Summarise differences, eV/atom."""
    middle = median(differences)
    return Deviation(
        phases=len(differences),
        mean=round(fmean(differences), 4),
        mean_absolute=round(fmean(map(abs, differences)), 4),
        std=round(pstdev(differences), 4),
        sigma=round(1.4826 * median(abs(x - middle) for x in differences), 4),
        own=round(own, 4),
    )


def by_class(rows: Sequence[Row]) -> tuple[dict[str, Deviation], float]:
    """Deviations of each class and of all, and the part that compounds of an element share."""
    classes = [str(anion_class(row[1].amounts)) for row in rows]
    own, common = error_parts(rows, classes)
    own |= error_parts(rows, [ALL] * len(rows))[0]
    found = {
        name: deviation([row[0] for row, at in zip(rows, classes, strict=True) if at == name], x)
        for name, x in own.items()
        if name != ALL
    }
    return found | {ALL: deviation([row[0] for row in rows], own[ALL])}, round(common, 4)


def by_system(rows: Sequence[Row]) -> dict[str, list[float]]:
    """Differences in each chemical system."""
    return {
        system: [row[0] for row in rows if row[1].amounts.keys() <= set(system.split("-"))]
        for system in SYSTEMS
    }


def class_lines(found: dict[str, Deviation]) -> list[str]:
    lines = [
        "| class | phases | mean | mean absolute | std | σ | own |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        lines.append(f"| {name} | {cells(one)} | {1000 * one.own:.0f} |")
    return lines


def system_lines(found: dict[str, list[float]]) -> list[str]:
    lines = ["| system | phases | mean | mean absolute | std | σ |", "|---|---|---|---|---|---|"]
    for name, differences in found.items():
        lines.append(f"| {name} | {cells(deviation(differences))} |")
    return lines


def cells(one: Deviation) -> str:
    numbers = (one.mean_absolute, one.std, one.sigma)
    return f"{one.phases} | {1000 * one.mean:+.0f} | " + " | ".join(
        f"{1000 * x:.0f}" for x in numbers
    )


def worst_lines(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| phase | id | bundled eV/atom | DFT eV/atom | difference meV/atom | started from |",
        "|---|---|---|---|---|---|",
    ]
    for difference, phase, mine, dft in sorted(rows, key=lambda row: -abs(row[0]))[:WORST]:
        lines.append(
            f"| {phase.formula} | {phase.id} | {mine:.3f} | {dft:.3f} | {difference * 1000:+.0f} "
            f"| {phase.source.partition('; relaxed ')[0]} |"
        )
    return lines


def error_parts(rows: Sequence[Row], classes: list[str]) -> tuple[dict[str, float], float]:
    """
    Standard deviations of the two parts of the differences, by maximum likelihood.

    Conspicuous phases are left out. Returned are the part that is independent for each compound,
    by its class (eV/atom), and that which the compounds of an element share (eV per atom of it).
    """
    kept = [at for at, row in enumerate(rows) if abs(row[0]) <= CONSPICUOUS]
    differences = np.array([rows[at][0] for at in kept])
    symbols = sorted({symbol for at in kept for symbol in rows[at][1].amounts})
    fractions = np.array([[rows[at][1].amounts.get(s, 0.0) / rows[at][1].n_atoms for s in symbols]
                          for at in kept])  # fmt: skip
    names = [name for name in (*CLASSES, ALL) if name in classes]
    which = np.array([names.index(classes[at]) for at in kept])

    def surprise(logarithms: NDArray[np.float64]) -> float:
        sizes = np.exp(logarithms)
        covariance = np.diag(sizes[which] ** 2) + sizes[-1] ** 2 * fractions @ fractions.T
        root = np.linalg.cholesky(covariance)
        scaled = np.linalg.solve(root, differences)
        return float(np.log(np.diag(root)).sum() + scaled @ scaled / 2)

    found = np.exp(minimize(surprise, np.full(len(names) + 1, np.log(0.02))).x)
    return dict(zip(names, map(float, found), strict=False)), float(found[-1])


def stable_here_only(ours: Reference, table: Reference) -> list[str]:
    """Phases on the bundled hull that lie well above that of the table."""
    above = dict(
        zip((one.id for one in table.table.phases), energies_above_hull(table.table), strict=True)
    )
    found = []
    for phase, height in zip(ours.table.phases, energies_above_hull(ours.table), strict=True):
        theirs = table.table.find(phase.amounts)
        if theirs is not None and height < ON_THE_HULL and above[theirs.id] > WELL_ABOVE:
            found.append(f"{phase.formula} ({1000 * above[theirs.id]:.0f})")
    return found


def draw_parity(rows: Sequence[Row], path: Path) -> None:
    """Draw bundled against DFT formation energies, and their differences."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(9.4, 4.6), layout="constrained")
    parity, spread = figure.subplots(1, 2)
    for name, colour in zip(CLASSES, COLOURS, strict=True):
        chosen = [row for row in rows if anion_class(row[1].amounts) == name]
        style = {"s": 14, "color": colour, "linewidths": 0, "alpha": 0.8}
        dft = [row[3] for row in chosen]
        parity.scatter(dft, [row[2] for row in chosen], label=name, **style)
        spread.scatter(dft, [1000 * row[0] for row in chosen], **style)
    ends = [min(min(row[2:]) for row in rows), max(max(row[2:]) for row in rows)]
    parity.plot(ends, ends, color="0.6", linewidth=0.8, zorder=0)
    spread.axhline(0.0, color="0.6", linewidth=0.8, zorder=0)
    parity.set_ylabel("bundled formation energy (eV/atom)")
    spread.set_ylabel("bundled minus DFT (meV/atom)")
    for axes in (parity, spread):
        axes.set_xlabel("DFT formation energy (eV/atom)")
    parity.legend(fontsize=8, frameon=False)
    save_figure(figure, path)
