#!/usr/bin/env python
"""Fit the calibration of SevenNet energies to DFT formation energies, with cross-validation.

    python scripts/fit_calibration.py PHASES TABLE [TABLE ...]

PHASES is the set that scripts/pack_reference.py writes; a TABLE has the columns of a user's table
of formation energies (formula, formation_energy_per_atom, energy above hull). Compounds of H with O
are left out, since PBE overbinds water, hydroxides and hydrates, and so is whatever the table
places more than 0.1 eV/atom above its hull. One shift for each element, and one for each metal
computed with U in oxides and fluorides: finer classes (sulfates, hydroborates, S in S-S bonds) did
not lower the cross-validated error. Ridge regression with Huber weights; compounds that deviate by
more than 0.2 eV/atom are assumed to have a different structure from the table's and have no weight.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml
from scipy.stats import median_abs_deviation

from trona.screening.formulas import canonical, parse
from trona.screening.uncertainty.error_model import CLASSES, anion_class
from trona.stores.corrections.calibration import kinds
from trona.stores.corrections.schemes import SULFIDE_BY_CHARGE_LEGACY, compose
from trona.stores.provenance import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

STORES = Path(__file__).parent.parent / "stores"
OUTPUT = STORES / "corrections" / "calibration.yaml"
DEVIATIONS = STORES / "energies" / "deviations_sevennet.yaml"
BASE = compose("sulfide-by-charge-legacy")
RIDGE = 0.02  # in units of squared fractions: 20 meV for an element in one compound, half of it
HUBER = 1.5  # robust standard deviations
ANOTHER_STRUCTURE = 0.2  # eV/atom
FARTHEST = 0.1  # eV/atom above the hull of DFT
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Compound:
    """A compound of both sets."""

    formula: str
    amounts: dict[str, float]
    difference: float
    """Formation energy of the potential minus that of DFT, eV/atom."""


def read_table(paths: Iterable[Path], farthest: float = FARTHEST) -> dict[str, float]:
    """Formation energies by reduced formula, eV/atom, polysulfides by charge."""
    found: dict[str, float] = {}
    for path in paths:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                above = row.get("energy_above_hull") or row.get("e_above_hull") or 0.0
                if float(above) > farthest:
                    continue
                amounts = parse(row["formula"])
                shift = SULFIDE_BY_CHARGE_LEGACY.shift(amounts) / sum(amounts.values())
                energy = float(row["formation_energy_per_atom"])
                found[canonical(amounts)] = energy + (shift if len(amounts) > 1 else 0.0)
    return found


def compounds(phases: Sequence[dict], table: dict[str, float]) -> list[Compound]:
    """Compare the lowest phase of each composition with the table."""
    lowest: dict[str, tuple[float, dict[str, float]]] = {}
    for row in phases:
        amounts = parse(row["formula"])
        energy = row["energy_per_atom"] + row["corrections"]["mp2019"]
        energy += BASE.shift(amounts) / sum(amounts.values())
        name = canonical(amounts)
        if name not in lowest or energy < lowest[name][0]:
            lowest[name] = energy, amounts
    elements = {next(iter(a)): e for e, a in lowest.values() if len(a) == 1}
    found = []
    for name, (energy, amounts) in sorted(lowest.items()):
        if len(amounts) == 1 or name not in table or {"H", "O"} <= amounts.keys():
            continue
        zero = sum(elements[symbol] * n for symbol, n in amounts.items()) / sum(amounts.values())
        found.append(Compound(name, amounts, energy - zero - table[name]))
    return found


def design(found: Sequence[Compound], names: Sequence[str]) -> NDArray[np.float64]:
    """Atomic fractions of each kind of atom, shape (compounds, kinds)."""
    rows = []
    for one in found:
        counted, total = kinds(one.amounts), sum(one.amounts.values())
        rows.append([counted.get(name, 0.0) / total for name in names])
    return np.array(rows)


def fit(fractions: NDArray[np.float64], differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shifts that are to be added, eV per atom of each kind."""
    weights = np.ones(len(differences))
    for _ in range(20):
        square = (fractions.T * weights) @ fractions + RIDGE * np.eye(fractions.shape[1])
        excess = np.linalg.solve(square, (fractions.T * weights) @ differences)
        left = np.abs(differences - fractions @ excess)
        scale = max(1.4826 * float(np.median(left)), 0.003)
        weights = 1.0 / np.maximum(1.0, left / (HUBER * scale))
        weights[left > ANOTHER_STRUCTURE] = 0.0
    return -excess


def fold_of(amounts: dict[str, float]) -> int:
    """All compounds of a chemical system fall into one fold."""
    return zlib.crc32("-".join(sorted(amounts)).encode()) % FOLDS


def cross_validated(
    found: Sequence[Compound], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Residuals of compounds whose chemical system the fit has not seen, and shifts by fold."""
    fractions, differences = design(found, names), np.array([one.difference for one in found])
    folds = np.array([fold_of(one.amounts) for one in found])
    residuals, shifts = np.zeros(len(found)), []
    for fold in range(FOLDS):
        held = folds == fold
        shifts.append(fit(fractions[~held], differences[~held]))
        residuals[held] = differences[held] + fractions[held] @ shifts[-1]
    return residuals, np.array(shifts)


def without_an_element(found: Sequence[Compound], names: Sequence[str]) -> dict[str, float]:
    """Median absolute residual of an element's compounds when none of them is fitted, eV/atom."""
    fractions, differences = design(found, names), np.array([one.difference for one in found])
    left = {}
    for symbol in sorted({symbol for one in found for symbol in one.amounts}):
        held = np.array([symbol in one.amounts for one in found])
        shifts = fit(fractions[~held], differences[~held])
        left[symbol] = float(np.median(np.abs(differences[held] + fractions[held] @ shifts)))
    return left


def summary(values: NDArray[np.float64]) -> dict[str, float | int]:
    """Statistics of residuals in meV/atom."""
    absolute = 1000 * np.abs(values)
    return {
        "compounds": len(values),
        "mean_absolute": round(float(absolute.mean()), 1),
        "median": round(float(np.median(absolute)), 1),
        "ninety_percent": round(float(np.percentile(absolute, 90)), 1),
    }


def deviations(found: Sequence[Compound], residuals: NDArray[np.float64]) -> dict[str, object]:
    """Deviations by class, as `trona.stores.energies.accuracy` reads them, eV/atom."""
    classes = np.array([str(anion_class(one.amounts)) for one in found])
    rows = {}
    for name in ("all", *CLASSES):
        here = residuals[(classes == name) | (name == "all")]
        inside = float(np.quantile(np.abs(here), 0.68)) if len(here) else 0.0
        rows[name] = {
            "phases": len(here),
            "mean": round(float(here.mean()), 4),
            "mean_absolute": round(float(np.abs(here).mean()), 4),
            "std": round(float(here.std()), 4),
            "sigma": round(float(median_abs_deviation(here, scale="normal")), 4),
            "own": round(inside, 4),
        }
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phases", type=Path)
    parser.add_argument("tables", type=Path, nargs="+")
    options = parser.parse_args()
    data = json.loads(gzip.decompress(options.phases.read_bytes()))
    found = compounds(data["phases"], read_table(options.tables))
    names = sorted({kind for one in found for kind in kinds(one.amounts)})
    differences, fractions = np.array([one.difference for one in found]), design(found, names)
    shifts, (residuals, by_fold) = fit(fractions, differences), cross_validated(found, names)
    outside = without_an_element(found, names)
    counts = (fractions > 0).sum(axis=0)
    common = float(np.sqrt(np.mean((by_fold.std(axis=0) ** 2)[counts >= FOLDS])))
    about = {
        "method": data["method"],
        "versions": versions(),
        "fitted_to": "PBE and PBE+U formation energies of the Materials Project of 2019, "
        "CC BY 4.0, polysulfides by charge; without compounds of H with O",
        "written_by": "scripts/fit_calibration.py",
    }
    worst = np.argsort(-np.abs(residuals))[:20]
    content = about | {
        "unit": "eV per atom, added to compounds; spread: standard deviation over five folds",
        "before": summary(differences),
        "after": summary(differences + fractions @ shifts),
        "cross_validated": summary(residuals),
        "one_element_left_out": {k: round(1000 * v, 1) for k, v in outside.items()},
        "worst_cross_validated": {
            found[i].formula: round(1000 * float(residuals[i])) for i in worst
        },
        "shifts": {
            name: {
                "shift": round(float(shift), 4),
                "spread": round(float(spread), 4),
                "compounds": int(count),
            }
            for name, shift, spread, count in zip(
                names, shifts, by_fold.std(axis=0), counts, strict=True
            )
        },
    }
    _write(OUTPUT, content, "Fitted shifts of SevenNet energies; docs/corrections.md.")
    errors = about | {
        "compared_with": about["fitted_to"],
        "unit": "eV/atom, calibrated minus DFT, of chemical systems that the fit has not seen",
        "common": round(common, 4),
        "classes": deviations(found, residuals),
    }
    _write(DEVIATIONS, errors, "Deviations of calibrated SevenNet energies from DFT.")
    for name in ("before", "after", "cross_validated"):
        print(name, content[name])


def _write(path: Path, content: dict[str, object], title: str) -> None:
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(f"# {title}\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
