#!/usr/bin/env python
"""Compare a bundled set with tables of DFT formation energies, and write a page of docs/.

    python scripts/compare_reference.py TABLE.csv [MORE.csv.gz]
    python scripts/compare_reference.py --set bundled-chgnet TABLE.csv [MORE.csv.gz]

The tables must be on the Materials Project's scale of 2019; polysulfides are corrected by charge
here. The set `bundled` is on that scale; compounds used in its calibration are compared with the
energies of a fit that left them out (scripts/fit_calibration.py). In `bundled-chgnet` the
corrections of MP2020, which CHGNet has learnt, are replaced by those of 2019, both as they ship
with pymatgen, and its deviations by class are written into trona
(stores/energies/deviations_chgnet.yaml).
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml
from compare_windows import (
    COATINGS,
    Sources,
    coating_lines,
    compositions,
    coverage,
    limit_lines,
    window_lines,
)
from fit_calibration import compounds, cross_validated, design, read_table, summary
from legacy_scale import correction_text, on_their_scale
from parity import (
    CONSPICUOUS,
    WELL_ABOVE,
    by_class,
    by_system,
    class_lines,
    comparison,
    deviation,
    draw_parity,
    stable_here_only,
    system_lines,
    worst_lines,
)

from trona.screening.formulas import canonical, parse
from trona.screening.uncertainty.error_model import CLASSES, anion_class
from trona.stores.corrections.calibration import calibration
from trona.stores.energies.bundled import SETS, bundled_data
from trona.stores.energies.references import Reference, load_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parity import Row

    from trona.stores.energies.accuracy import Deviation

DOCS = Path(__file__).parent.parent / "docs"
CALIBRATED, LEARNT_MP2020 = "bundled", "bundled-chgnet"
COMPUTED = {
    CALIBRATED: "mp2019,sulfide-by-charge-legacy,calibrated",
    LEARNT_MP2020: "sulfide-by-charge-mp2020",
}
"""Schemes of the sets that leave water and molecules as computed, as they are in the tables."""
DATA = Path(__file__).parent.parent / "stores" / "energies" / "deviations_chgnet.yaml"
SAME_FIT = 0.3
"""meV/atom of the mean absolute residual: the fit that ships is of this set and these tables."""
NO_CHARGE = frozenset(("P2S7", "S8O"))
"""Molecules with S-S bonds, whose charges cannot be counted: left out of the tables."""


@dataclass(frozen=True)
class Judged:
    """Differences of a compound before the fit, with it, and with a fit that has not seen it."""

    row: Row
    before: float
    fitted: float


def dft_reference(paths: Iterable[Path]) -> Reference:
    """Join tables into one reference, polysulfides by charge."""
    energies = read_table(paths, farthest=inf)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joined.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("formula", "formation_energy_per_atom"))
            writer.writerows(row for row in energies.items() if row[0] not in NO_CHARGE)
        return load_reference(f"table:{path}", "as-published")


def both(name: str, paths: Sequence[Path]) -> Sources:
    """Load a set and the tables; water and molecules as computed, not as measured."""
    return Sources(load_reference(name, COMPUTED[name]), dft_reference(paths))


def judged_on_folds(ours: Reference, paths: Sequence[Path]) -> list[Judged]:
    """Differences of the compounds that the calibration was fitted to, folds held apart."""
    table = read_table(paths)
    found = compounds(bundled_data(ours.name)["phases"], table)
    shifts = calibration()["shifts"]
    residuals, _ = cross_validated(found, list(shifts))
    stated = calibration()["cross_validated"]["mean_absolute"]
    if abs(summary(residuals)["mean_absolute"] - stated) > SAME_FIT:
        sys.exit("the calibration is not of this set and these tables: run fit_calibration.py")
    added = design(found, list(shifts)) @ np.array([one["shift"] for one in shifts.values()])
    judged = []
    for one, residual, shift in zip(found, map(float, residuals), added, strict=True):
        phase, dft = ours.table.find_required(one.amounts), table[one.formula]
        row = (residual, phase, dft + residual, dft)
        judged.append(Judged(row, one.difference, one.difference + float(shift)))
    return judged


def judged_lines(judged: Sequence[Judged], groups: dict[str, list[int]]) -> list[str]:
    """Mean absolute differences of groups: uncalibrated, fitted, folds held apart."""
    lines = [
        "| | compounds | uncalibrated | calibrated | not seen by the fit | mean | 68 % below |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, members in groups.items():
        if not members:
            continue
        chosen = [judged[at] for at in members]
        ways = ([one.before for one in chosen], [one.fitted for one in chosen])
        apart = np.array([one.row[0] for one in chosen])
        sizes = [1000 * float(np.abs(way).mean()) for way in (*ways, apart)]
        inside = 1000 * float(np.quantile(np.abs(apart), 0.68))
        cells = " | ".join(f"{size:.0f}" for size in sizes)
        mean = 1000 * apart.mean()
        lines.append(f"| {name} | {len(chosen)} | {cells} | {mean:+.0f} | {inside:.0f} |")
    return lines


def class_groups(judged: Sequence[Judged]) -> dict[str, list[int]]:
    """Members of each class, and all."""
    names = [str(anion_class(one.row[1].amounts)) for one in judged]
    groups = {name: [at for at, one in enumerate(names) if one == name] for name in CLASSES}
    return groups | {"all": list(range(len(judged)))}


def system_groups(judged: Sequence[Judged]) -> dict[str, list[int]]:
    """Members of each chemical system."""
    systems = by_system([(at, *one.row[1:]) for at, one in enumerate(judged)])
    return {name: [int(at) for at in members] for name, members in systems.items()}


def statistics_lines() -> list[str]:
    """Statistics of the fit that ship with it."""
    lines = [
        "| meV/atom | compounds | mean absolute | median | 90 % below |",
        "|---|---|---|---|---|",
    ]
    for key, name in (
        ("before", "without shifts"),
        ("after", "calibrated, compounds that were fitted"),
        ("cross_validated", "calibrated, chemical systems that the fit has not seen"),
    ):
        one = calibration()[key]
        numbers = (one["compounds"], one["mean_absolute"], one["median"], one["ninety_percent"])
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    return lines


def element_text() -> str:
    """Median absolute difference of each element's compounds when none of them is fitted."""
    left = sorted(calibration()["one_element_left_out"].items(), key=lambda row: -row[1])
    return ", ".join(f"{symbol} {size:.0f}" for symbol, size in left)


def missing_lines(name: str) -> list[str]:
    """Missing phases, those of one reason together."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in bundled_data(name)["missing"]:
        reason = row["reason"]
        if "not the right structure" in reason:
            reason = "too far from DFT: another structure, or an error of the potential"
        grouped[reason].append(row["formula"])
    return [f"- {', '.join(formulas)}: {reason}" for reason, formulas in grouped.items()]


def head(ours: Reference) -> str:
    """Say what was compared."""
    data = bundled_data(ours.name)
    package = "chgnet" if ours.name == LEARNT_MP2020 else "sevenn"
    versions = ", ".join(f"{name} {data['versions'][name]}" for name in (package, "atomate2"))
    return f"""Written by `scripts/compare_reference.py`; do not edit by hand.

{len(data["phases"])} phases relaxed with {data["method"]} on {data["created"]} ({versions});
forces below {data["settings"]["max_force"]} eV/Å. The DFT numbers are those of the Materials
Project of 2019 (PBE, PBE+U), polysulfides corrected by charge. Water and molecules are
as computed in both, not as measured."""


def unnamed_text(ternaries: dict[str, bool], name: str) -> str:
    """Name the ternaries that are neither in a set nor among those that it lacks by name."""
    lost = {canonical(parse(row["formula"])) for row in bundled_data(name)["missing"]}
    lacking = [formula for formula, here in ternaries.items() if not here]
    unnamed = [formula for formula in lacking if canonical(parse(formula)) not in lost]
    return (
        f"Of the {len(lacking)} ternaries that are not here, trona names "
        f"{len(lacking) - len(unnamed)} as missing. The others: {', '.join(unnamed) or 'none'}."
    )


def calibrated_page(sources: Sources, paths: Sequence[Path]) -> str:
    """Make the page of the set that is calibrated."""
    ours, dft = sources.ours, sources.dft
    judged = judged_on_folds(ours, paths)
    rows = [one.row for one in judged]
    aside = deviation(
        [row[0] for row in comparison(ours, dft) if {"H", "O"} <= row[1].amounts.keys()]
    )
    have = coverage(sources)
    groups = {"published and bundled electrolytes": compositions(), "coatings": COATINGS}
    draw_parity(rows, DOCS / "bundled-parity.png")
    return f"""# The bundled reference set against DFT
{head(ours)}
Both are on one scale: the corrections of 2019, and a shift for each element that was fitted to
these DFT energies ([how](corrections.md#calibrated-energies-of-sevennet)). To keep the comparison
independent, five fits were made, each without the chemical systems of one fold, and every compound
is listed with the energy of the fit that left it out.

![Bundled against DFT formation energies](bundled-parity.png)

## The fit, and chemical systems that it has not seen
{chr(10).join(statistics_lines())}

Compounds of hydrogen with oxygen are not fitted. After calibration, the {aside.phases} in both
differ by {1000 * aside.mean_absolute:.0f} meV/atom (mean absolute; mean {1000 * aside.mean:+.0f}).

With all compounds of an element left out of the fit, these differ from DFT by (median absolute,
meV/atom): {element_text()}.

Compounds that lie more than 70 meV/atom above or 100 below DFT were assumed to have another
structure or to reflect an error of the potential, and are excluded from both set and fit, so that
these statistics cover only the compounds that were kept. The excluded ones are listed at the end.

The following tables cover the {len(judged)} compounds that set and table share now;
the folds were drawn again.

## Errors by class, meV/atom
Bundled minus DFT: mean absolute differences uncalibrated, calibrated, and cross-validated; for
the last also the mean, and the magnitude below which 68 % lie. This magnitude is distributed with
trona (`stores/energies/deviations_sevennet.yaml`); combined with the error of DFT in quadrature, it
is the error of bundled energies (`stores/energies/accuracy.py`).

{chr(10).join(judged_lines(judged, class_groups(judged)))}

## Errors by chemical system, meV/atom
{chr(10).join(judged_lines(judged, system_groups(judged)))}

## The worst ten
Cross-validated.

{chr(10).join(worst_lines(rows))}

Stable here, though more than {1000 * WELL_ABOVE:.0f} meV/atom above the hull in DFT (meV/atom):
{", ".join(stable_here_only(ours, dft))}.

## Compounds stable in DFT that the set contains
Compounds on the hull of these DFT energies, of the {len(ours.table.elements)} elements of the set:

{chr(10).join(have.lines())}

{unnamed_text(have.ternaries, ours.name)}

## Limits compared with DFT
All limits that both have. Limits may differ because of the energies, or because one source lacks a
product. They are therefore compared in three ways: with all phases of both, as in trona's answers;
without the bundled compounds that the table lacks (it has no Na3AsS4, Na4SiS4, Na2ZrCl6 and other
known compounds); and with common compounds only, which isolates the effect of the energies.

{chr(10).join(limit_lines(groups, sources))}

## Coatings
A voltage in brackets is where the exchange of sodium changes sign, for compositions that exchange
sodium at every voltage. The columns on the right use the common compounds only.

{chr(10).join(coating_lines(sources.pairs(COATINGS), sources.common().pairs(COATINGS)))}

## Windows and products of electrolytes
Products are those of both, or else those of the bundled set followed by those of the table.

{chr(10).join(window_lines(sources.pairs(compositions())))}

## Missing, with the reason
{chr(10).join(missing_lines(ours.name))}
"""


def learnt_page(sources: Sources) -> str:
    """Make the page of the set whose potential has learnt MP2020; writes its deviations."""
    ours, dft = sources.ours, sources.dft
    rows = comparison(on_their_scale(ours), dft)
    classes, common = by_class(rows)
    draw_parity(rows, DOCS / "bundled-chgnet-parity.png")
    write_data(ours.name, classes, common)
    apart = sum(abs(row[0]) > CONSPICUOUS for row in rows)
    return f"""# The set of CHGNet energies against DFT
{head(ours)}
Before the comparison, the corrections of MP2020, which CHGNet has learnt, are replaced by those of
2019, both as distributed with pymatgen. 2019 minus MP2020:
{correction_text()};
sulfur in sulfates is corrected in 2019 only. The energies of H2, F2 and Cl2 cancel: those of CHGNet
are shifted as PBE's were in 2019, and their own error remains in the differences.

![Bundled against DFT formation energies](bundled-chgnet-parity.png)

## Errors by class, meV/atom
Bundled minus DFT. σ is 1.4826 times the median distance from the median: the standard deviation of
the bulk. "Own" is the standard deviation of the difference after removal of the part shared by all
compounds of an element, {common * 1000:.0f} meV per atom of the element; both by maximum
likelihood, without the compounds that differ by more than {CONSPICUOUS * 1000:.0f} meV/atom. These
numbers are distributed with trona (`stores/energies/deviations_chgnet.yaml`); the own and the
shared part, combined with the error of DFT in quadrature, are the errors of these energies
(`stores/energies/accuracy.py`).

{chr(10).join(class_lines(classes))}

## Errors by chemical system, meV/atom
{chr(10).join(system_lines(by_system(rows)))}

## The worst ten
{chr(10).join(worst_lines(rows))}

{apart} compounds differ by more than {CONSPICUOUS * 1000:.0f} meV/atom. A constructed structure
that is too high may be the wrong one; a molecule indicates a weakness of the potential.

Stable here, though more than {WELL_ABOVE * 1000:.0f} meV/atom above the hull in DFT (meV/atom):
{", ".join(stable_here_only(ours, dft))}.

## Windows and products
A voltage in brackets is where the exchange of sodium changes sign, for compositions that exchange
sodium at every voltage. Products are those of both, or else those of CHGNet followed by those of
the table.

{chr(10).join(window_lines(sources.pairs(compositions())))}

## Missing, with the reason
{chr(10).join(missing_lines(ours.name))}
"""


def write_data(name: str, classes: dict[str, Deviation], common: float) -> None:
    """Write the deviations that ship with trona."""
    data = bundled_data(name)
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
    top = "# Deviations of bundled formation energies from DFT; docs/bundled-chgnet.md.\n"
    DATA.write_text(top + yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=list(SETS), default=CALIBRATED)
    parser.add_argument("tables", type=Path, nargs="+")
    options = parser.parse_args()
    sources = both(options.set, options.tables)
    if options.set == CALIBRATED:
        page, text = "bundled-reference.md", calibrated_page(sources, options.tables)
    else:
        page, text = "bundled-chgnet.md", learnt_page(sources)
    (DOCS / page).write_text(text, encoding="utf-8")
    print(f"docs/{page}")


if __name__ == "__main__":
    main()
