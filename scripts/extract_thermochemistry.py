#!/usr/bin/env python
"""Extract measured free energies from the packages `janaf` and `chemicals` for trona's data file.

    python scripts/extract_thermochemistry.py

Writes stores/thermochemistry/measured.json.gz: for each composition one condensed series (crystal
and liquid where the tables join them, otherwise the crystal of lowest Gibbs energy of formation at
298.15 K), elements in their reference states (phosphorus as black phosphorus), and the gases of
`GASES`. A row is T, the Gibbs energy function -[G - H(298.15 K)]/T and H - H(298.15 K), between
`COLDEST` and `HOTTEST`; two rows of one temperature are a transition. `janaf` is read as text, so
that polars is not imported. What JANAF lacks, or has with another reference state (`BETTER`), comes
from the enthalpies and entropies at 298.15 K in `chemicals`.
"""

from __future__ import annotations

import gzip
import json
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from chemicals import reaction

from trona.screening.formulas import fractions_key, parse

OUTPUT = Path(__file__).parent.parent / "stores" / "thermochemistry" / "measured.json.gz"
COLDEST, HOTTEST = 200.0, 1000.0  # K; one row beyond each end is kept to interpolate
ROOM = 298.15
BLACK_PHOSPHORUS = "Phosphorus, Black (P)"
GASES = (
    "H2 O2 N2 F2 Cl2 Br2 I2 S2 S8 P4 H2O H2S SO2 SO3 CO CO2 COS CS2 CH4 HCl HBr HI HF NH3 B2H6 "
    "SiH4 NO NO2 N2O SiF4 SiCl4 PCl3 PF3 PF5 POCl3 PSCl3 BF3 BCl3 SF4 SF6 SCl2 S2Cl2 "
    "TiCl4 Cl2O ClO2 O3"
)
BETTER = {
    # JANAF's enthalpy of PH3 agrees with other sources against red phosphorus only.
    "PH3": ("g", "7803-51-2"),
    "AsH3": ("g", "7784-42-1"),
    "SbH3": ("g", "7803-52-3"),
    "GeH4": ("g", "7782-65-2"),
    "SnH4": ("g", "2406-52-2"),
    "H2Se": ("g", "7783-07-5"),
    "H2O2": ("l", "7722-84-1"),
    "GeCl4": ("l", "10038-98-9"),
    "SnCl4": ("l", "7646-78-8"),
    "AsCl3": ("l", "7784-34-1"),
    "PCl3": ("l", "7719-12-2"),
    "PCl5": ("s", "10026-13-8"),
}
NOT_WANTED = frozenset(["Ar1", "He1", "Kr1", "Ne1", "Rn1", "Xe1"])
"""Reference states of what forms no compound here."""
DEUTERIUM = re.compile(r"D\d")
_HEADER = re.compile(r"(?P<formula>(?:[A-Z][a-z]?\d+)+)\((?P<state>cr|l|cr,l|g|ref)\)")


def main() -> None:
    """Write the data file."""
    tables = [read(path) for path in sorted(folder().glob("*.txt"))]
    known = [table for table in tables if table is not None and table["rows"]]
    found = [*elements(known), *condensed(known), *gases(known), *by_entropy()]
    found.sort(key=lambda one: (one["formula"], one["state"]))
    versions = {name: distribution(name).version for name in ("janaf", "chemicals")}
    packed = json.dumps({"versions": versions, "substances": found}, separators=(",", ":"))
    OUTPUT.write_bytes(gzip.compress(packed.encode(), mtime=0))
    print(f"{len(found)} substances, {OUTPUT.stat().st_size / 1e3:.0f} kB")


def folder() -> Path:
    """Find the tables of `janaf` without importing it."""
    return Path(str(distribution("janaf").locate_file("janaf/data")))


def read(path: Path) -> dict[str, Any] | None:
    """Read one table; None for ions and for states that are not asked for."""
    lines = path.read_text("utf-8").splitlines()
    name, _, header = lines[0].partition("\t")
    match = _HEADER.fullmatch(header.strip())
    if match is None or DEUTERIUM.search(match["formula"]):
        return None
    rows, formation = [], None
    for line in lines[2:]:
        cells = line.split("\t")
        try:
            temperature, gef, increment = (float(cells[i]) for i in (0, 3, 4))
        except (ValueError, IndexError):
            continue
        if COLDEST <= temperature <= HOTTEST:
            rows.append([temperature, gef, increment])
        if temperature == ROOM and len(cells) > 6:
            formation = (float(cells[5]), float(cells[6]))
    return {
        "formula": match["formula"],
        "state": match["state"],
        "name": name,
        "source": f"JANAF {path.stem}",
        "rows": rows,
        "enthalpy": None if formation is None else formation[0],
        "gibbs": None if formation is None else formation[1],
    }


def substance(table: dict[str, Any], state: str, formula: str | None = None) -> dict[str, Any]:
    """Keep what the data file holds of a table."""
    kept = {key: table[key] for key in ("name", "source", "enthalpy", "rows")}
    return {"formula": formula or table["formula"], "state": state, **kept}


def elements(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose the reference state of each element."""
    kept = []
    for table in tables:
        reference = table["state"] == "ref" and not table["formula"].startswith("P1")
        if table["formula"] in NOT_WANTED:
            continue
        if reference or table["name"] == BLACK_PHOSPHORUS:
            kept.append(substance(table, "element"))
    return kept


def condensed(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose one condensed series for each compound."""
    chosen: dict[Any, dict[str, Any]] = {}
    for table in tables:
        amounts = parse(table["formula"])
        if len(amounts) == 1 or table["state"] in {"g", "ref"} or table["gibbs"] is None:
            continue
        key, rank = fractions_key(amounts), {"cr,l": 0, "cr": 1, "l": 2}[table["state"]]
        table["rank"] = (rank, table["gibbs"] / sum(amounts.values()))
        if key not in chosen or table["rank"] < chosen[key]["rank"]:
            chosen[key] = table
    return [substance(table, "condensed") for table in chosen.values()]


def gases(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose the gases that are named."""
    wanted = {tuple(sorted(parse(formula).items())): formula for formula in GASES.split()}
    of_gas = [table for table in tables if table["state"] == "g" or table["formula"] in ELEMENTAL]
    kept = []
    for table in of_gas:
        amounts = tuple(sorted(parse(table["formula"]).items()))
        if amounts in wanted and table["enthalpy"] is not None:
            kept.append(substance(table, "gas", wanted.pop(amounts)))
    print("without a table:", *wanted.values())
    return kept


ELEMENTAL = ("H2", "O2", "N2", "F2", "Cl2")
"""Reference states that are gases."""


def by_entropy() -> list[dict[str, Any]]:
    """Make a series of enthalpy and entropy at 298.15 K, for a constant heat content."""
    made = []
    for formula, (state, cas) in BETTER.items():
        method = "CRC"
        enthalpy = getattr(reaction, f"Hf{state}")(cas, method=method) / 1000
        known = method in getattr(reaction, f"S0{state}_methods")(cas)
        entropy = getattr(reaction, f"S0{state}")(cas, method=method) if known else None
        made.append(
            {
                "formula": formula,
                "state": "gas" if state == "g" else "condensed",
                "name": formula,
                "source": f"CRC Handbook by chemicals, CAS {cas}",
                "enthalpy": enthalpy,
                "entropy": entropy,
                "rows": [],
            }
        )
    return made


if __name__ == "__main__":
    main()
