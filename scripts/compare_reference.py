#!/usr/bin/env python
"""Compare the bundled set with a table of DFT formation energies: docs/bundled-reference.md.

    python scripts/compare_reference.py TABLE.csv

The table is expected on Materials Project's scale of 2019 and by charge for polysulfides. Before
comparing, the corrections of MP2020, which CHGNet has learnt, are replaced by those of 2019, both
as they ship with pymatgen. Written beside the document: the parity plot, and the deviations of each
class, which ship with trona (stores/deviations.yaml).
"""

from __future__ import annotations

import argparse
import gzip
import json
import warnings
from dataclasses import asdict
from functools import cache
from pathlib import Path
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

import numpy as np
import yaml
from monty.serialization import loadfn
from pymatgen.analysis import compatibility
from pymatgen.entries.computed_entries import ComputedStructureEntry
from scipy.optimize import minimize

from trona.screening.formulas import canonical, fractions_key, parse
from trona.screening.plots import save
from trona.stores.assessment import assess_formula, window_document
from trona.stores.deviations import CLASSES, Deviation, anion_class
from trona.stores.documents import StructureDoc
from trona.stores.references import Reference, bundled_data, load
from trona.stores.schemes import SULFIDE_BY_CHARGE_LEGACY, SULFIDE_BY_CHARGE_MP2020
from trona.stores.validation import load as published_cases
from trona.workflows.candidates import bundled
from trona.workflows.ladders import window_range

if TYPE_CHECKING:
    from trona.screening.phases import Phase
    from trona.stores.documents import RungDoc, WindowDoc

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "bundled-reference.md"
PLOT = ROOT / "docs" / "bundled-parity.png"
DATA = ROOT / "stores" / "deviations.yaml"
SYSTEMS = (
    "Na-P-S-O", "Na-Sb-S-O-H", "Na-P-Se", "Na-Sn-S", "Na-Y-Zr-Cl", "Na-B-H", "Na-P-Cr-S-O",
    "Na-As-S-Se", "Na-Sb-S-Se", "Na-Si-Ge-S-Se", "Na-P-As-Sb-Sn", "Na-B-S", "Na-Al-In-Ga-Zn-S",
    "Na-P-Sb-W-Mo-S", "Na-Sb-Sn-Ti-Nb-S", "Na-P-Sb-Sn-S-F-Cl-Br-I", "Na-Zr-Si-P-O", "Na-B-Al-O",
    "Na-Y-Zr-Cr-Cl-O",
)  # fmt: skip
CONSPICUOUS = 0.08
"""Differences beyond this (eV/atom) mean a wrong structure or a weakness of the potential."""
WORST = 10
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
    content = loadfn(SCHEMES / "MP2020Compatibility.yaml")["Corrections"]
    return content["CompositionCorrections"] | _mixing(content["GGAUMixingCorrections"])


@cache
def legacy() -> dict[str, float]:
    """Corrections of 2019, eV per atom."""
    content = loadfn(SCHEMES / "MPCompatibility.yaml")
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
    row = next(row for row in bundled_data()["phases"] if row["id"] == identifier)
    structure = StructureDoc(**row["structure"]).to_structure()
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


def formation(reference: Reference, phase: Phase, *, shifted: bool = False) -> float:
    """Formation energy, eV/atom."""
    zero = 0.0
    for symbol, amount in phase.amounts.items():
        element = reference.table.find_required({symbol: 1.0})
        zero += amount * (element.energy_per_atom + (shift(element) if shifted else 0.0))
    return (phase.energy - zero) / phase.n_atoms + (shift(phase) if shifted else 0.0)


def comparison(ours: Reference, table: Reference) -> list[Row]:
    """Compare the lowest phase of each composition that both have."""
    rows = []
    seen = set()
    for phase in ours.table.phases:  # the lowest polymorph of a composition comes first
        key = fractions_key(phase.amounts)
        theirs = table.table.find(phase.amounts)
        if key in seen or theirs is None or len(phase.amounts) == 1:
            continue
        seen.add(key)
        mine = formation(ours, phase, shifted=True)
        dft = formation(table, theirs)
        rows.append((mine - dft, phase, mine, dft))
    return rows


def deviation(differences: list[float]) -> Deviation:
    """Summarise differences, eV/atom."""
    middle = median(differences)
    return Deviation(
        phases=len(differences),
        mean=round(fmean(differences), 4),
        mean_absolute=round(fmean(map(abs, differences)), 4),
        std=round(pstdev(differences), 4),
        sigma=round(1.4826 * median(abs(x - middle) for x in differences), 4),
    )


def by_class(rows: list[Row]) -> dict[str, Deviation]:
    """Deviations of each class and of all compounds."""
    found = {}
    for name in CLASSES:
        found[name] = deviation([row[0] for row in rows if anion_class(row[1].amounts) == name])
    return found | {"all": deviation([row[0] for row in rows])}


def by_system(rows: list[Row]) -> dict[str, Deviation]:
    """Deviations of each chemical system."""
    found = {}
    for system in SYSTEMS:
        inside = set(system.split("-"))
        found[system] = deviation([row[0] for row in rows if row[1].amounts.keys() <= inside])
    return found


def deviation_lines(found: dict[str, Deviation], what: str) -> list[str]:
    lines = [
        f"| {what} | phases | mean | mean absolute | std | σ |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        cells = [f"{1000 * x:.0f}" for x in (one.mean_absolute, one.std, one.sigma)]
        lines.append(f"| {name} | {one.phases} | {1000 * one.mean:+.0f} | {' | '.join(cells)} |")
    return lines


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


def error_parts(rows: list[Row]) -> tuple[float, float]:
    """
    Standard deviations of the two parts of the differences, by maximum likelihood.

    Conspicuous phases are left out. Returned are the part that is independent for each compound
    (eV/atom) and that which the compounds of an element share (eV per atom of the element).
    """
    kept = [row for row in rows if abs(row[0]) <= CONSPICUOUS]
    differences = np.array([row[0] for row in kept])
    symbols = sorted({symbol for row in kept for symbol in row[1].amounts})
    fractions = np.array([[row[1].amounts.get(s, 0.0) / row[1].n_atoms for s in symbols]
                          for row in kept])  # fmt: skip

    def surprise(logarithms: np.ndarray) -> float:
        own, common = np.exp(logarithms)
        covariance = own**2 * np.eye(len(kept)) + common**2 * fractions @ fractions.T
        root = np.linalg.cholesky(covariance)
        scaled = np.linalg.solve(root, differences)
        return float(np.log(np.diag(root)).sum() + scaled @ scaled / 2)

    own, common = np.exp(minimize(surprise, np.log([0.02, 0.02])).x)
    return float(own), float(common)


def compositions() -> list[str]:
    """Bundled candidates and every published composition, once each."""
    formulas: dict[str, str] = {}
    for written in [*bundled(), *published_cases()]:
        formulas.setdefault(canonical(parse(written.formula)), written.formula)
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
    return document.ladder[0], (uptake or [None])[-1], (release or [None])[0]


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
    for row in bundled_data()["missing"]:
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
    save(figure, PLOT)


def write_data(classes: dict[str, Deviation]) -> None:
    """Write the deviations that ship with trona."""
    data = bundled_data()
    content = {
        "method": data["method"],
        "versions": data["versions"],
        "compared_with": "PBE and PBE+U formation energies of the Materials Project of 2019, "
        "CC BY 4.0, polysulfides by charge; corrections of MP2020 replaced by those of 2019",
        "unit": "eV/atom, bundled minus DFT",
        "written_by": "scripts/compare_reference.py",
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    options = parser.parse_args()
    ours, table = load("bundled"), load(f"table:{options.table}")
    rows = comparison(ours, table)
    classes = by_class(rows)
    data = bundled_data()
    own, common = error_parts(rows)
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
Bundled minus DFT. σ is 1.4826 times the median distance from the median; trona ships these numbers
(`stores/deviations.yaml`).

{chr(10).join(deviation_lines(classes, "class"))}

## Errors by chemical system, meV/atom
{chr(10).join(deviation_lines(by_system(rows), "system"))}

## The worst ten
{chr(10).join(worst_lines(rows))}

{sum(abs(row[0]) > CONSPICUOUS for row in rows)} compounds are more than {CONSPICUOUS * 1000:.0f}
meV/atom apart. A constructed structure that is too high may be the wrong one; an element or a
molecule is a weakness of the potential.

## Errors of the energies
Without the conspicuous phases the differences have a part that is independent for each compound,
of {own * 1000:.0f} meV/atom, and a part that all compounds of an element share, of
{common * 1000:.0f} meV per atom of the element (standard deviations by maximum likelihood).
`stores/accuracy.py` builds on them.

## Windows and products
A voltage in brackets is where the exchange of sodium changes sign, for compositions without a range
that is free of exchange. Products are those of both, or the bundled ones and then those of the
table; it has no entry of Na3AsS4, Na4SiS4, Na4GeS4, Na2ZrCl6 and others that are bundled.

{chr(10).join(window_lines(ours, table))}

## Missing, with the reason
{chr(10).join(missing_lines())}
"""
    DOCUMENT.write_text(text, encoding="utf-8")
    draw_parity(rows)
    write_data(classes)
    print(f"{len(rows)} phases compared -> {DOCUMENT}, {PLOT}, {DATA}")


if __name__ == "__main__":
    main()
