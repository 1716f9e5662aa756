#!/usr/bin/env python
"""Compare the bundled set with a table of DFT formation energies: docs/bundled-reference.md.

    python scripts/compare_reference.py TABLE.csv

The table is expected on Materials Project's scale of 2019 and by charge for polysulfides. Before
comparing, known differences between its anion corrections and those CHGNet was trained on (MP2020)
are taken out; the numbers stand below.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from trona.screening.formulas import fractions_key
from trona.stores.assessment import assess_formula, window_document
from trona.stores.corrections import sulfide_equivalents
from trona.stores.references import Reference, bundled_data, load
from trona.workflows.candidates import bundled
from trona.workflows.ladders import window_range

if TYPE_CHECKING:
    from trona.screening.phases import Phase
    from trona.stores.documents import WindowDoc

DOCUMENT = Path(__file__).parent.parent / "docs" / "bundled-reference.md"
SYSTEMS = ("Na-P-S-O", "Na-Sb-S-O-H", "Na-P-Se", "Na-Sn-S", "Na-Y-Zr-Cl", "Na-B-H", "Na-P-Cr-S-O")
CONSPICUOUS = 0.08
"""Differences beyond this (eV/atom) mean a wrong structure or a weakness of the potential."""

LEGACY_MINUS_MP2020 = {"O": -0.70229 + 0.687, "S": -0.66346 + 0.503, "Se": 0.472}
"""Anion corrections, eV per atom, of the 2019 data minus those of MP2020 (pymatgen's sources)."""
SULFUR_2019 = -0.66346
VALENCES = {"Na": 1, "H": 1, "P": 5, "Sb": 5, "Sn": 4, "Cr": 3, "B": 3, "Y": 3, "Zr": 4}


def shift(phase: Phase) -> float:
    """Energy to add to a CHGNet formation energy, eV/atom, to stand on the table's scale."""
    amounts = phase.amounts
    if len(amounts) == 1:
        return 0.0
    oxygen = 2 * amounts.get("O", 0.0)
    others = sum(VALENCES.get(symbol, 0) * amount for symbol, amount in amounts.items())
    total = LEGACY_MINUS_MP2020["O"] * amounts.get("O", 0.0)
    total += LEGACY_MINUS_MP2020["Se"] * amounts.get("Se", 0.0)
    if "S" in amounts and oxygen > others:  # sulfur is a cation: MP2020 leaves it alone
        total += SULFUR_2019 * amounts["S"]
    elif "S" in amounts:
        equivalents = sulfide_equivalents(amounts, {"Na": 1, "H": 1, "P": 5, "O": 2})
        total += LEGACY_MINUS_MP2020["S"] * (equivalents or amounts["S"])
    return total / phase.n_atoms


def formation(reference: Reference, phase: Phase) -> float:
    zero = sum(
        amount * reference.table.find_required({symbol: 1.0}).energy_per_atom
        for symbol, amount in phase.amounts.items()
    )
    return (phase.energy - zero) / phase.n_atoms


def comparison(ours: Reference, table: Reference) -> list[tuple[float, Phase, float, float]]:
    rows = []
    seen = set()
    for phase in ours.table.phases:  # the lowest polymorph of a composition comes first
        key = fractions_key(phase.amounts)
        theirs = table.table.find(phase.amounts)
        if key in seen or theirs is None or len(phase.amounts) == 1:
            continue
        seen.add(key)
        mine = formation(ours, phase) + shift(phase)
        dft = formation(table, theirs)
        rows.append((mine - dft, phase, mine, dft))
    return rows


def inside(phase: Phase, system: str) -> bool:
    return phase.amounts.keys() <= set(system.split("-"))


def system_lines(rows: list[tuple[float, Phase, float, float]]) -> list[str]:
    lines = [
        "| system | phases compared | mean | mean absolute | largest |",
        "|---|---|---|---|---|",
    ]
    for system in SYSTEMS:
        found = [difference for difference, phase, _, _ in rows if inside(phase, system)]
        mean = sum(found) / len(found) * 1000
        absolute = sum(map(abs, found)) / len(found) * 1000
        worst = max(found, key=abs) * 1000
        lines.append(f"| {system} | {len(found)} | {mean:+.0f} | {absolute:.0f} | {worst:+.0f} |")
    return lines


def conspicuous_lines(rows: list[tuple[float, Phase, float, float]]) -> list[str]:
    lines = ["| phase | id | bundled eV/atom | DFT eV/atom | difference meV/atom |",
             "|---|---|---|---|---|"]  # fmt: skip
    for difference, phase, mine, dft in sorted(rows, key=lambda row: -abs(row[0])):
        if abs(difference) > CONSPICUOUS:
            lines.append(
                f"| {phase.formula} | {phase.id} | {mine:.3f} | {dft:.3f} "
                f"| {difference * 1000:+.0f} |"
            )
    return lines


def error_parts(rows: list[tuple[float, Phase, float, float]]) -> tuple[float, float]:
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


def window_lines(ours: Reference, table: Reference) -> list[str]:
    lines = [
        "| composition | bundled window, V | table window, V | bundled at 0 V | table at 0 V |",
        "|---|---|---|---|---|",
    ]
    for formula in dict.fromkeys(candidate.formula for candidate in bundled()):
        documents = [window_document(assess_formula(formula, source)) for source in (ours, table)]
        cells = [cell(document) for document in documents]
        products = [document.ladder[0].reaction.partition("-> ")[2] for document in documents]
        lines.append(f"| {formula} | {' | '.join(cells)} | {' | '.join(products)} |")
    return lines


def cell(document: WindowDoc) -> str:
    return window_range(document) + (" mixture" if document.mixture else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    options = parser.parse_args()
    ours, table = load("bundled"), load(f"table:{options.table}")
    rows = comparison(ours, table)
    data = bundled_data()
    own, common = error_parts(rows)
    missing = [f"- {row['formula']}: {row['reason']}" for row in data["missing"]]
    text = f"""# The bundled reference set against DFT
Written by `scripts/compare_reference.py`; do not edit by hand.

{len(data["phases"])} phases relaxed with {data["method"]} on {data["created"]} (chgnet
{data["versions"]["chgnet"]}, atomate2 {data["versions"]["atomate2"]}); forces below
{data["settings"]["max_force"]} eV/Å. The DFT numbers are those of the Materials Project of 2019
(PBE, PBE+U), polysulfides corrected by charge. Differences between the anion corrections of 2019
and those of MP2020, which CHGNet has learnt, are taken out before comparing: O
{LEGACY_MINUS_MP2020["O"]:+.3f}, S²⁻ {LEGACY_MINUS_MP2020["S"]:+.3f}, Se
{LEGACY_MINUS_MP2020["Se"]:+.3f} eV per atom of the anion, {SULFUR_2019:+.3f} eV per S in sulfates
and their like.

## Formation energies, bundled minus DFT, meV/atom
{chr(10).join(system_lines(rows))}

## Conspicuous: more than {CONSPICUOUS * 1000:.0f} meV/atom apart
{chr(10).join(conspicuous_lines(rows))}

## Errors of the energies
Without the conspicuous phases the differences have a part that is independent for each compound,
of {own * 1000:.0f} meV/atom, and a part that all compounds of an element share, of
{common * 1000:.0f} meV per atom of the element (standard deviations by maximum likelihood).
`stores/accuracy.py` builds on them.

## Windows and products
A voltage in brackets is where the exchange of sodium changes sign, for compositions without a range
that is free of exchange.

{chr(10).join(window_lines(ours, table))}

## Missing, with the reason
{chr(10).join(missing)}
"""
    DOCUMENT.write_text(text, encoding="utf-8")
    print(f"{len(rows)} phases compared -> {DOCUMENT}")


if __name__ == "__main__":
    main()
