#!/usr/bin/env python
"""Write the pages of docs/, or parts of them, that are generated from results; do not edit those.

python scripts/make_pages.py validation        docs/validation.md: the output of `trona validate`
python scripts/make_pages.py benchmark FILE BESIDE  docs/benchmark.md: outputs of benchmark.py
python scripts/make_pages.py contacts          docs/contacts.png, and its table in docs/contacts.md
python scripts/make_pages.py buffers           the rankings in docs/buffers.md, with times
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from PIL import Image

from trona.stores.assess.stack.buffers import buffer_document
from trona.stores.assess.validation import TOLERANCE, validate
from trona.stores.energies.references import load_reference
from trona.workflows.drawings import save_drawing
from trona.workflows.study import Study
from trona.workflows.tables.buffers import why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.stability.matrix import MatrixCell

DOCUMENTS = Path(__file__).parent.parent / "docs"

VALIDATION = """\
# Against published values
Written by `scripts/make_pages.py validation`; do not edit by hand.

`trona validate` compares predictions with published results on sodium electrolytes, to which
nothing is fitted. `trona validate --reference NAME` does the same with other energies.

Energies here: `{name}`, {origin}; checksum `{checksum}`.

{n_systems} systems: {agree} agree, {disagree} disagree, {neither} cannot be judged.

- **agree**: limits within {tolerance:g} V, the scatter of published calculations; the same
  products; the same class of interphase.
- **disagree**: otherwise. Disagreement with an experiment means that equilibrium is not the only
  factor: see [what trona cannot tell you](limits.md).
- **cannot say**: the reference lacks an element or a phase, the composition is a mixture, or the
  published charges do not balance.

## Where trona disagrees
{disagreements}

## All comparisons
{comparisons}

## Systems without a comparison
{others}
"""

BENCHMARK = """\
# Speed
Written by `scripts/make_pages.py benchmark FILE BESIDE`, where FILE holds the output of
`scripts/benchmark.py --quick` and BESIDE that of `scripts/benchmark.py --against COMMIT --relax`;
do not edit by hand.

trona and pymatgen answer the same questions about the same phases in the same run, on one core.
Their answers are compared before times are printed. Phases are synthetic unless stated otherwise.

{times}

Further measurements:

```text
{others}
```

## Beside an earlier build
`scripts/benchmark.py --against PATH_OR_COMMIT` times large tables, screenings of formulas and
starts of commands beside another build, in processes that take turns; `--relax` adds relaxations.
Answers are compared first, bit for bit. The other build here is the last one before the work on
speed. Its screenings and windows differ because the bundled set, its corrections and the content
of documents have changed since; relaxed energies are compared in meV/atom. The table has 85,098
compositions; 41,557 of them consist of its 48 commonest elements.

{beside}

```text
{relaxed}
```

A table of 100 kB and more is parsed and sorted once. What is kept of it lies in `tables` in the
user's cache folder (`TRONA_CACHE` names another), is found by a checksum of the table's content,
and may be removed at any time; the data files that ship with trona are kept in `data` there in the
same way. Phases are found by an index of the elements that they hold and made when they are asked
for, so an answer looks at the phases of its elements and at no others.

Of the time of `trona window Na3PS4`, half is Python and the packages it imports (20 ms, typer 40,
pydantic 75, numpy 45 and rich 20, of 410 ms in one run); trona's own modules take a fifth, reading
and correcting the 2,743 bundled phases an eighth, the answer with its 200 draws a sixth, printing
the rest. A query needs neither pydantic nor numpy.

Two workers share what a process before them has loaded (Linux; proportional set sizes): with
SevenNet each holds 250 MB beside 410 MB that it shares, with CHGNet 165 MB beside 480 MB. In the
other build each held 690 and 530 MB, respectively.

`scripts/stream.py` streams candidates through one table; `scripts/stress.py` screens many small
crystals with relaxations, kills the run and resumes it.
"""

ELECTROLYTES = (
    "Na3PS4", "Na3PS3.4O0.6", "Na3SbS4", "Na2.9Sb0.9W0.1S4", "Na3PSe4", "Na4SiS4", "Na4GeS4",
    "Na4SnS4", "Na11Sn2PS12", "Na3YCl6", "Na2.25Y0.25Zr0.75Cl6", "Na2ZrCl6", "NaTaCl6", "NaAl11O17",
    "Na3Zr2Si2PO12", "Na3PO4", "Na4(B10H10)(B12H12)", "NaBH4",
)  # fmt: skip
"""Solid electrolytes of sodium cells by family: sulfides, halides, oxides, hydroborates."""

ELECTRODES = ("Na", "Na15Sn4", "sulfur", "FeS2", "TiS2", "NaCrO2", "NVP", "NVPF")

MARKS = ("<!-- made by scripts/make_pages.py contacts -->\n", "<!-- until here -->\n")
"""Lines around the table of docs/contacts.md."""
CONTACTS = (
    ("Na3SbS4", "NaCrO2..Na0.5CrO2"),
    ("Na3PS4", "Na"),
    ("Na2.25Y0.25Zr0.75Cl6", "Na15Sn4"),
)
TEN = 10
BEGIN, END = "<!-- scripts/make_pages.py buffers -->", "<!-- end of what it writes -->"

TIMED = re.compile(r"^(.+?)\s+([\d.]+) ms\s+([\d.]+) ms\s+(\d+)x$")
"""Line of benchmark.py: question, trona's time, pymatgen's, their ratio."""
BESIDE = re.compile(r"^(.+?)\s+([\d.]+) ms\s+([\d.]+) ms\s+([\d.]+)x\s+answers (.+)$")
"""Line of benchmark.py --against: question, both times, their ratio, whether answers agree."""


def validation() -> str:
    """The page of published values beside predictions."""
    reference = load_reference("bundled")
    findings = validate(reference)
    counts = Counter(finding.verdict for finding in findings)
    compared = [(found.case.formula, one) for found in findings for one in found.comparisons]
    names = ("system", "quantity", "trona", "published", "which was")
    return VALIDATION.format(
        name=reference.name,
        origin=reference.origin,
        checksum=reference.checksum,
        n_systems=len(findings),
        agree=counts["agree"],
        disagree=counts["disagree"],
        neither=counts["cannot say"],
        tolerance=TOLERANCE,
        disagreements=table(
            (*names, "why"),
            (
                (formula, one.quantity, one.predicted, one.published, one.kind, one.reason)
                for formula, one in compared
                if one.verdict == "disagree"
            ),
        ),
        comparisons=table(
            (*names, "verdict", "source"),
            (
                (name, c.quantity, c.predicted, c.published, c.kind, c.verdict, c.source)
                for name, c in compared
            ),
        ),
        others="\n".join(
            f"- {finding.case.formula}: {' '.join(finding.reasons)}"
            for finding in findings
            if not finding.comparisons
        ),
    )


def contacts(figure: Path | None = None) -> str:
    """The page of contacts with its table anew: each electrode at its own potentials."""
    found = Study("bundled").matrix(ELECTROLYTES, ELECTRODES, at_electrode=True, charged=True)
    if figure is not None:
        save_drawing("matrix", figure, found)
        lessen(figure)
    heads = (f"{one.label}<br>{one.voltage:.2f} V" for one in found.seconds)
    rows = zip((one.label for one in found.firsts), found.cells, strict=True)
    made = table(("", *heads), ((label, *map(released, row)) for label, row in rows))
    before, rest = (DOCUMENTS / "contacts.md").read_text("utf-8").split(MARKS[0])
    return f"{before}{MARKS[0]}{made}\n{MARKS[1]}{rest.split(MARKS[1])[1]}"


def lessen(picture: Path) -> None:
    """Save a picture of few colours with a palette: 256 of them show what it has."""
    with Image.open(picture) as full:
        few = full.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


def released(cell: MatrixCell) -> str:
    """What a contact releases, in meV/atom with its error."""
    if cell.open_pairs:
        return "?"
    if cell.kink is None:
        return "–"
    error = "" if cell.uncertainty is None else f" ± {1000 * cell.uncertainty:.0f}"
    return f"{-1000 * cell.energy_per_atom:.0f}{error}"


def benchmark(printed: str, beside: str) -> str:
    """The page of times, from what benchmark.py printed, alone and beside another build."""
    lines, theirs = printed.splitlines(), beside.splitlines()
    compared = [found.groups() for line in theirs if (found := BESIDE.match(line))]
    _, _, relaxed = beside.partition("an empty Python")
    timed = [found.groups() for line in lines if (found := TIMED.match(line))]
    others = [line for line in lines if not TIMED.match(line) and not line.startswith("question")]
    return BENCHMARK.format(
        times=table(
            ("question", "trona", "pymatgen", "ratio"),
            (
                (question, time(ours), time(theirs), f"{int(ratio):,}")
                for question, ours, theirs, ratio in timed
            ),
        ),
        others="\n".join(others).strip(),
        beside=table(
            ("question", "this build", "the other", "ratio", "answers"),
            (
                (question, time(here), time(there), ratio, verdict.lower())
                for question, here, there, ratio, verdict in compared
            ),
        ),
        relaxed=relaxed.partition("\n")[2].strip(),
    )


def buffers() -> str:
    """The page of layers, with the ten best of each contact written anew."""
    page = (DOCUMENTS / "buffers.md").read_text(encoding="utf-8")
    reference = load_reference("bundled")
    buffer_document(*CONTACTS[0], reference, None, ["NaCl"])  # compiles what is compiled once
    parts = []
    for electrolyte, electrode in CONTACTS:
        begun = process_time()
        document = buffer_document(electrolyte, electrode, reference)
        seconds = process_time() - begun
        rows = (
            (
                str(one.place),
                one.formula,
                one.grade,
                f"{1000 * one.worst:.0f}",
                {"insulator": "blocked"}.get(one.electronic, "?"),
                {"conductor": "conducted", "insulator": "hardly"}.get(one.ionic, "?"),
                "" if one.air is None else one.air.verdict,
                why(one),
            )
            for one in document.layers[:TEN]
        )
        names = ("", "layer", "verdict", "meV/atom", "electrons", "Na⁺", "moist air", "why")
        parts.append(
            f"### {electrolyte} and {electrode}\n`trona buffer {electrolyte} {electrode}`: "
            f"{document.answer}\n\n{table(names, rows)}\n\n"
            f"{len(document.layers)} layers, {seconds:.1f} s of processor time after loading."
        )
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return "".join([before, begin, "\n\n", "\n\n".join(parts), "\n\n", end, after])


def time(milliseconds: str) -> str:
    """A time with two or three digits, in ms or s."""
    value = float(milliseconds)
    if value >= 1000:
        return f"{value / 1000:.0f} s" if value >= 10_000 else f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


def table(names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [names, ("---",) * len(names), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '·') for cell in line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    pages = parser.add_subparsers(dest="page", required=True)
    pages.add_parser("validation", help="what `trona validate` answers")
    pages.add_parser("buffers", help="the ten best layers of three contacts")
    measured = pages.add_parser("benchmark", help="what benchmark.py printed")
    measured.add_argument("file", type=Path, help="output of benchmark.py --quick")
    measured.add_argument("beside", type=Path, help="output of benchmark.py --against --relax")
    pages.add_parser("contacts", help="electrolytes against electrodes")
    given = parser.parse_args()
    made = {
        "validation": validation,
        "buffers": buffers,
        "contacts": lambda: contacts(DOCUMENTS / "contacts.png"),
        "benchmark": lambda: benchmark(
            given.file.read_text("utf-8"), given.beside.read_text("utf-8")
        ),
    }[given.page]()
    (DOCUMENTS / f"{given.page}.md").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
