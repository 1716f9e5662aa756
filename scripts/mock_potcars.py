#!/usr/bin/env python
"""Create a library of POTCAR files without pseudopotentials, for tests with mock VASP.

    python scripts/mock_potcars.py FOLDER [SYMBOL ...]

Each file holds the header data that pymatgen knows of the real file (title, valence electrons) and
none of its pseudopotential data: VASP cannot run with it. FOLDER then serves as PMG_VASP_PSP_DIR.
"""

from __future__ import annotations

import argparse
import bz2
import json
import re
from importlib.resources import files
from pathlib import Path

FOLDERS = {
    "PBE": "POT_GGA_PAW_PBE",
    "PBE_54": "POT_GGA_PAW_PBE_54",
    "PBE_64": "POT_PAW_PBE_64",
}
"""Functional to the folder in which pymatgen looks for it."""
TEMPLATE = """\
  {title}
 {valence:.6f}
 parameters from PSCTR are:
   VRHFIN ={configuration}
   LEXCH  = {exchange}
   TITEL  = {title}
   LULTRA =        F    use ultrasoft PP ?
   LPAW   =        T    paw PP
   POMASS =    1.000; ZVAL   = {valence:8.3f}    mass and valenz
   ENMAX  =  400.000; ENMIN  =  300.000 eV
 END of PSCTR-controll parameters
 MOCK made by trona: there is no pseudopotential in this file
 0.0
 End of Dataset
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("symbols", nargs="*", help="such as Na_pv; all by default")
    arguments = parser.parse_args()
    packed = files("pymatgen.io.vasp").joinpath("potcar-summary-stats.json.bz2").read_bytes()
    known = json.loads(bz2.decompress(packed))
    count = 0
    for functional, folder in FOLDERS.items():
        for key, (row, *_) in known[functional].items():
            symbol = row["symbol"]
            if arguments.symbols and symbol not in arguments.symbols:
                continue
            target = arguments.folder / folder / symbol / "POTCAR"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(potcar(key, row), encoding="utf-8")
            count += 1
    print(f"{count} POTCAR files without pseudopotentials in {arguments.folder}")


def potcar(key: str, row: dict[str, object]) -> str:
    date = re.search(r"\d{2}[A-Z][a-z]{2}\d{4}", key)
    title = f"PAW_PBE {row['symbol']} {date.group() if date else 'MOCK'}"
    return TEMPLATE.format(
        title=title,
        valence=row["ZVAL"],
        configuration=row["VRHFIN"],
        exchange=row["LEXCH"],
    )


if __name__ == "__main__":
    main()
