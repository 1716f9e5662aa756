#!/usr/bin/env python
"""Compare the bundled set with a table of DFT formation energies: docs/bundled-reference.md.

    python scripts/compare_reference.py TABLE.csv

The table is expected on Materials Project's scale of 2019 and by charge for polysulfides. Before
comparing, the corrections of MP2020, which CHGNet has learnt, are replaced by those of 2019, both
as they ship with pymatgen. Written beside the document: the parity plot, and the deviations of each
class, which ship with trona (stores/energies/deviations_chgnet.yaml).
"""

from __future__ import annotations

import argparse
import gzip
import json
import warnings
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from monty.serialization import loadfn
from pymatgen.analysis import compatibility
from pymatgen.entries.computed_entries import ComputedStructureEntry
from scipy.optimize import minimize

from trona.screening.equilibrium.hull import energies_above_hull
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.figures.paper.style import save_figure
from trona.screening.formulas import canonical, parse
from trona.screening.uncertainty.error_model import CLASSES, anion_class
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.validation import published_cases
from trona.stores.corrections.schemes import SULFIDE_BY_CHARGE_LEGACY, SULFIDE_BY_CHARGE_MP2020
from trona.stores.energies.accuracy import Deviation
from trona.stores.energies.alignment import formation_energy
from trona.stores.energies.bundled import bundled_data, bundled_structures
from trona.stores.energies.references import Reference, load_reference
from trona.workflows.candidates.sources import bundled
from trona.workflows.tables.ladder import window_range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase
    from trona.stores.documents.results import RungDoc, WindowDoc

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "bundled-reference.md"
PLOT = ROOT / "docs" / "bundled-parity.png"
SET = "bundled-chgnet"
DATA = ROOT / "stores" / "energies" / "deviations_chgnet.yaml"
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
EXCHANGED = 1e-6
"""Atoms of sodium per formula unit that count as exchange."""
COLOURS = ("#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#56B4E9")
"""Palette of Okabe & Ito (2008), readable with every colour vision; one for each class."""
SCHEMES = Path(compatibility.__file__).parent
"""Where pymatgen keeps the numbers of both schemes."""

Row = tuple[float, "Phase", float, float]
"""Difference, phase, and both formation energies, eV/atom."""


@cache
def mp2020() -> dict[str, float]:
    """Corrections of MP2020, eV per atom; of a metal in an oxide by "W in O"."""
    content: dict[str, dict[str, Any]] = loadfn(SCHEMES / "MP2020Compatibility.yaml")["Corrections"]
    return content["CompositionCorrections"] | _mixing(content["GGAUMixingCorrections"])


@cache
def legacy() -> dict[str, float]:
    """Corrections of 2019, eV per atom."""
    content: dict[str, dict[str, Any]] = loadfn(SCHEMES / "MPCompatibility.yaml")
    sulfur = {"S": content["SulfideCorrections"]["sulfide"]}
    return content["OxideCorrections"] | sulfur | _mixing(content["Advanced"]["UCorrections"])


def _mixing(corrections: dict[str, dict[str, float]]) -> dict[str, float]:
    return {
        f"{metal} in {anion}": value
        for anion, metals in corrections.items()
        for metal, value in metals.items()
    }


@cache
def fitted_gases() -> dict[str, float]:
    """Elements whose energy was replaced in 2019: what that adds to PBE, eV per atom."""
    with gzip.open(SCHEMES / "calc_compounds.json.gz", "rt", encoding="utf-8") as file:
        computed = json.load(file)
    fitted = loadfn(SCHEMES / "MPCompatibility.yaml")["Advanced"]["CompoundEnergies"]
    return {
        gas[:-1]: energy - computed[gas]["energy"] / sum(computed[gas]["composition"].values())
        for gas, energy in fitted.items()
    }


@cache
def mp2020_parts(identifier: str) -> dict[str, float]:
    """What MP2020 corrects in a bundled compound, told by its structure, to eV/atom."""
    row = next(row for row in bundled_data(SET)["phases"] if row["id"] == identifier)
    structure = bundled_structures(SET)[row["id"]].to_structure()
    scheme = compatibility.MaterialsProject2020Compatibility(check_potcar=False)
    symbols = {element.symbol for element in structure.composition}
    anion = next((symbol for symbol in ("F", "O") if symbol in symbols), "")
    hubbards = {s: u for s, u in scheme.u_settings.get(anion, {}).items() if s in symbols}
    settings = {"run_type": "GGA+U" if hubbards else "GGA", "hubbards": hubbards}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # oxidation states that cannot be guessed
        found = scheme.get_adjustments(ComputedStructureEntry(structure, 0.0, parameters=settings))
    names = [one.name.partition("(")[2].rstrip(")") for one in found]
    return {
        f"{name} in {anion}" if "mixing" in one.name else name: float(one.value) / len(structure)
        for name, one in zip(names, found, strict=True)
    }


def shift(phase: Phase) -> float:
    """Energy to add to a bundled energy, eV/atom, to stand on the table's scale."""
    if len(phase.amounts) == 1:
        return fitted_gases().get(next(iter(phase.amounts)), 0.0)
    total = sum(
        value * (legacy().get(name, 0.0) / mp2020()[name] - 1.0)
        for name, value in mp2020_parts(phase.id).items()
        if name != "S" and value
    )
    total -= mp2020_parts(phase.id).get("S", 0.0)
    per_unit = legacy()["S"] * phase.amounts.get("S", 0.0)  # in 2019 sulfates too
    per_unit += SULFIDE_BY_CHARGE_LEGACY.shift(phase.amounts)
    per_unit -= SULFIDE_BY_CHARGE_MP2020.shift(phase.amounts)
    return total + per_unit / phase.n_atoms


def on_their_scale(phases: Iterable[Phase]) -> PhaseTable:
    """Bundled phases with the shifts of the table's corrections."""
    return PhaseTable.from_phases(
        replace(phase, energy=phase.energy + shift(phase) * phase.n_atoms) for phase in phases
    )


def comparison(ours: Reference, table: Reference) -> list[Row]:
    """Compare the lowest phase of each composition that both have."""
    shifted = on_their_scale(ours.table.phases[at] for at in ours.table.ground)
    rows = []
    for phase in shifted.phases:
        theirs = table.table.find(phase.amounts)
        if theirs is None or len(phase.amounts) == 1:
            continue
        mine = formation_energy(shifted, phase)
        dft = formation_energy(table.table, theirs)
        rows.append((mine - dft, phase, mine, dft))
    return rows


def deviation(differences: list[float], own: float = 0.0) -> Deviation:
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


def by_class(rows: list[Row]) -> tuple[dict[str, Deviation], float]:
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


def by_system(rows: list[Row]) -> dict[str, list[float]]:
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


def worst_lines(rows: list[Row]) -> list[str]:
    lines = [
        "| phase | id | bundled eV/atom | DFT eV/atom | difference meV/atom | started from |",
        "|---|---|---|---|---|---|",
    ]
    for difference, phase, mine, dft in sorted(rows, key=lambda row: -abs(row[0]))[:WORST]:
        lines.append(
            f"| {phase.formula} | {phase.id} | {mine:.3f} | {dft:.3f} | {difference * 1000:+.0f} "
            f"| {phase.source.removesuffix('; relaxed with CHGNet 0.3.0')} |"
        )
    return lines


def error_parts(rows: list[Row], classes: list[str]) -> tuple[dict[str, float], float]:
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


def compositions() -> list[str]:
    """Bundled candidates and every published composition, once each."""
    formulas: dict[str, str] = {}
    candidates = [one.formula for one in bundled()]
    for formula in [*candidates, *(case.formula for case in published_cases())]:
        formulas.setdefault(canonical(parse(formula)), formula)
    return list(formulas.values())


def window_lines(ours: Reference, table: Reference) -> list[str]:
    lines = [
        "| composition | bundled, V | table, V | at 0 V | first reduction | first oxidation |",
        "|---|---|---|---|---|---|",
    ]
    for formula in compositions():
        if not parse(formula).keys() <= set(ours.table.elements) & set(table.table.elements):
            continue
        pair = [window_document(assess_formula(formula, source)) for source in (ours, table)]
        steps = [[products(step) for step in first_steps(document)] for document in pair]
        cells = [
            "same" if mine == dft else f"{mine}; table: {dft}"
            for mine, dft in zip(*steps, strict=True)
        ]
        lines.append(f"| {formula} | {cell(pair[0])} | {cell(pair[1])} | {' | '.join(cells)} |")
    return lines


def first_steps(document: WindowDoc) -> tuple[RungDoc | None, ...]:
    """Return the intervals at 0 V, of the first uptake of sodium and of its first release."""
    uptake = [rung for rung in document.ladder if rung.na_exchanged > EXCHANGED]
    release = [rung for rung in document.ladder if rung.na_exchanged < -EXCHANGED]
    return document.ladder[0], uptake[-1] if uptake else None, release[0] if release else None


def products(rung: RungDoc | None) -> str:
    """Products as a sorted sum without amounts."""
    if rung is None:
        return "–"
    return " + ".join(sorted(canonical(parse(product.formula)) for product in rung.products))


def cell(document: WindowDoc) -> str:
    return window_range(document) + (" mixture" if document.mixture else "")


def missing_lines() -> list[str]:
    """Missing phases, those of one reason together."""
    grouped: dict[str, list[str]] = {}
    for row in bundled_data(SET)["missing"]:
        grouped.setdefault(row["reason"], []).append(row["formula"])
    return [f"- {', '.join(formulas)}: {reason}" for reason, formulas in grouped.items()]


def draw_parity(rows: list[Row]) -> None:
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
    save_figure(figure, PLOT)


def write_data(classes: dict[str, Deviation], common: float) -> None:
    """Write the deviations that ship with trona."""
    data = bundled_data(SET)
    content = {
        "method": data["method"],
        "versions": data["versions"],
        "compared_with": "PBE and PBE+U formation energies of the Materials Project of 2019, "
        "CC BY 4.0, polysulfides by charge; corrections of MP2020 replaced by those of 2019",
        "unit": "eV/atom, bundled minus DFT",
        "written_by": "scripts/compare_reference.py",
        "common": common,
        "classes": {name: asdict(one) for name, one in classes.items()},
    }
    head = "# Deviations of bundled formation energies from DFT; docs/bundled-reference.md.\n"
    DATA.write_text(head + yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def correction_text() -> str:
    """Name the numbers by which the scales differ."""
    names = ("oxide", "F", "Cl", "Br", "I", "S", "Se", "Sb", "Si", "H")
    anions = [f"{name} {legacy().get(name, 0.0) - mp2020()[name]:+.3f}" for name in names]
    gases = [f"{name}2 {value:+.3f}" for name, value in fitted_gases().items() if name != "N"]
    return f"{', '.join(anions)} eV per anion; {', '.join(gases)} eV per atom of the element"


def both(table: Path) -> tuple[Reference, Reference]:
    """Load the bundled set and the table; water and molecules as computed, not as measured."""
    ours = load_reference(SET, SULFIDE_BY_CHARGE_MP2020.label)
    return ours, load_reference(f"table:{table}", SULFIDE_BY_CHARGE_LEGACY.label)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    options = parser.parse_args()
    ours, table = both(options.table)
    rows = comparison(ours, table)
    classes, common = by_class(rows)
    data = bundled_data(SET)
    text = f"""# The bundled reference set against DFT
Written by `scripts/compare_reference.py`; do not edit by hand.

{len(data["phases"])} phases relaxed with {data["method"]} on {data["created"]} (chgnet
{data["versions"]["chgnet"]}, atomate2 {data["versions"]["atomate2"]}); forces below
{data["settings"]["max_force"]} eV/Å. The DFT numbers are those of the Materials Project of 2019
(PBE, PBE+U), polysulfides corrected by charge. Before comparing, the corrections of MP2020, which
CHGNet has learnt, are replaced by those of 2019, both as they ship with pymatgen. 2019 minus
MP2020: {correction_text()}; sulfur in
sulfates counts in 2019 only. The energies of H2, F2 and Cl2 cancel: those of CHGNet are shifted as
PBE's were in 2019, and their own error is in the differences.

![Bundled against DFT formation energies](bundled-parity.png)

## Errors by class, meV/atom
Bundled minus DFT. σ is 1.4826 times the median distance from the median: the standard deviation of
the bulk. "Own" is the standard deviation of what is left of a difference without the part that all
compounds of an element share, {common * 1000:.0f} meV per atom of the element; both by maximum
likelihood, without the compounds that are more than {CONSPICUOUS * 1000:.0f} meV/atom apart. trona
ships these numbers (`stores/energies/deviations_chgnet.yaml`) and takes the own and the shared
part, with the error of DFT added in squares, as the errors of bundled energies
(`stores/energies/accuracy.py`).

{chr(10).join(class_lines(classes))}

## Errors by chemical system, meV/atom
{chr(10).join(system_lines(by_system(rows)))}

## The worst ten
{chr(10).join(worst_lines(rows))}

{sum(abs(row[0]) > CONSPICUOUS for row in rows)} compounds are more than {CONSPICUOUS * 1000:.0f}
meV/atom apart. A constructed structure that is too high may be the wrong one; a molecule is a
weakness of the potential. Those that are too low are compounds of transition metals, silicon and
boron, in geometries of the Materials Project as in constructed ones: the potential binds them too
strongly. None of them forms at sodium from an electrolyte of the review where DFT forms another.
Where a constructed packing came out too low and displaced a product, it was left out and stands at
the end.

Stable here, though more than {WELL_ABOVE * 1000:.0f} meV/atom above the hull in DFT (meV/atom):
{", ".join(stable_here_only(ours, table))}.

## Windows and products
A voltage in brackets is where the exchange of sodium changes sign, for compositions without a range
that is free of exchange. Products are those of both, or the bundled ones and then those of the
table. It has no entry of Na3AsS4, Na4SiS4, Na4GeS4, Na2ZrCl6, Na2ZrO3, Na3BO3 and others that are
bundled, and no oxide of aluminium at all.

{chr(10).join(window_lines(ours, table))}

## Missing, with the reason
{chr(10).join(missing_lines())}
"""
    DOCUMENT.write_text(text, encoding="utf-8")
    draw_parity(rows)
    write_data(classes, common)
    print(f"{len(rows)} phases compared -> {DOCUMENT}, {PLOT}, {DATA}")


if __name__ == "__main__":
    main()
