#!/usr/bin/env python
"""Time large tables, screenings of formulas and command start-up against another build.

    python scripts/benchmark_tables.py --against PATH_OR_COMMIT
    python scripts/benchmark_tables.py --against PATH_OR_COMMIT --quick    a table of 8,000

Each row runs in separate processes, first with one build and then with the other, several times;
the shortest CPU times count. Answers are compared first. The table is synthetic: random compounds
of two to five elements, always the same ones. A table is loaded once before the clock starts, so
that a build can use its cache; so is compiled code, which a long screening loads once.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SIZE, QUICK_SIZE = 85_098, 8_000
N_FORMULAS, N_BUNDLED, N_LADDERS, REPEATS = 200, 1000, 3000, 3
COMMON = ["O", "S", "F", "Na", "Li", "P", "Cl", "Se", "N", "H", "K", "Si"]
_OTHERS = (
    "Be B C Mg Al Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Br Rb Sr Y Zr Nb Mo Ru Rh Pd Ag Cd In "
    "Sn Sb Te I Cs Ba La Ce Pr Nd Sm Gd Dy Er Yb Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Th U"
)
COMMAND = "from trona.workflows.cli.main import main; main()"
STARTS = {"trona --help": ["--help"], "trona window Na3PS4": ["window", "Na3PS4", "--json"]}


def write_table(path: Path, size: int) -> None:
    """Write compounds with formation energies, water and hydroxide among them."""
    rng, symbols = random.Random(1), [*COMMON * 6, *_OTHERS.split()]  # noqa: S311 (no secret)
    energies = {"H2O": -1.0, "NaOH": -1.45, "NaAlO2": -2.9}
    while len(energies) < size:
        chosen = sorted(set(rng.choices(symbols, k=rng.choice([2, 3, 3, 4, 5]))))
        amounts = [rng.randint(1, 8) for _ in chosen]
        if len(chosen) > 1:
            parts = zip(chosen, amounts, strict=True)
            formula = "".join(f"{one}{n if n > 1 else ''}" for one, n in parts)
            energies.setdefault(formula, round(rng.gauss(-0.8, 0.5), 5))
    rows = (f"{formula},{energy}\n" for formula, energy in energies.items())
    path.write_text("formula,formation_energy_per_atom\n" + "".join(rows), encoding="utf-8")


def formulas(number: int) -> list[str]:
    """Compositions with sodium, always the same ones."""
    rng = random.Random(2)  # noqa: S311 (no secret)
    symbols = ["P", "S", "O", "Cl", "Si", "Al", "Se", "Sb", "Sn", "Zr", "Y", "F", "B", "N", "Br"]
    chosen = [rng.sample(symbols, rng.choice([2, 3])) for _ in range(number)]
    return ["Na3" + "".join(f"{one}{rng.randint(2, 6)}" for one in some) for some in chosen]


def digest(answer: object) -> str:
    return hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()[:12]


def load(table: str) -> tuple[float, object]:
    from trona.stores.energies.references import load_reference  # noqa: PLC0415

    load_reference("bundled")
    load_reference(f"table:{table}")
    start = process_time()
    found = load_reference(f"table:{table}").table
    return process_time() - start, [[p.id, p.energy] for p in found.phases]


def load_compiled() -> None:
    """Load compiled code, in a build that can be told to."""
    with suppress(ImportError):
        from trona.screening.equilibrium import simplex  # noqa: PLC0415

        with suppress(AttributeError):
            simplex.load_compiled()


def streamed(_: str) -> tuple[float, object]:
    import stream  # noqa: PLC0415

    from trona.screening.equilibrium.grand import profile  # noqa: PLC0415
    from trona.screening.equilibrium.phases import PhaseTable  # noqa: PLC0415

    load_compiled()
    given = stream.phases(5, 1000)
    asked = [stream.composition(5, seed) for seed in range(N_LADDERS)]
    profile(PhaseTable.from_phases(given), asked[0])
    table = PhaseTable.from_phases(given)
    start = process_time()
    found = []
    for one in asked:
        first = profile(table, one).intervals[0]
        found.append([first.voltage_upper, first.energy])  # ladders are not kept
    return (process_time() - start) / N_LADDERS, found


def screened(name: str, number: int = N_FORMULAS) -> tuple[float, object]:
    from trona.stores.assess.screenings import outcome  # noqa: PLC0415
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415

    gc.set_threshold(200_000)  # as the command line does
    energies, asked = load_reference(name), formulas(number)
    load_compiled()
    outcome(asked[0], asked[0], "formula", energies)
    with tempfile.TemporaryDirectory(prefix="trona-benchmark-") as folder:
        results = Results(str(Path(folder) / "s.sqlite"))
        start = process_time()
        docs = [outcome(one, one, "formula", energies) for one in asked]
        results.save(docs)
        taken = process_time() - start
        results.close()
    windows = [doc.window.model_dump(mode="json") if doc.window else doc.reason for doc in docs]
    return taken / number, windows


def hull(table: str) -> tuple[float, object]:
    from trona.screening.equilibrium.hull import energies_above_hull  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415

    whole = load_reference(f"table:{table}").table
    holding = (whole.amounts > 0).sum(axis=0)
    commonest = sorted(range(len(holding)), key=lambda at: -holding[at])[:48]
    some = whole.within(whole.elements[at] for at in commonest)
    energies_above_hull(whole.within(["Na", "O"]))  # compiled code is loaded
    start = process_time()
    values = energies_above_hull(some)
    return process_time() - start, values.tolist()


QUESTIONS: dict[str, Callable[[str], tuple[float, object]]] = {
    "load a table, from the second time on": load,
    "screen a formula against that table": lambda table: screened(f"table:{table}"),
    "screen a formula against the bundled set": lambda _: screened("bundled", N_BUNDLED),
    "ladders streamed, 5 elements, 1,000 phases": streamed,
    "energies above hull, 48 elements of that table": hull,
}


def child(build: Path, code: list[str], cache: Path) -> tuple[float, str]:
    """Run a process of a build: its processor time, and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(build / ".src"), "TRONA_CACHE": str(cache)}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    before = os.times()
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, *code], check=True, capture_output=True, text=True, env=environment
    )
    after = os.times()
    used = after.children_user - before.children_user
    return used + after.children_system - before.children_system, done.stdout


def asked(build: Path, row: str, table: Path) -> tuple[float, str]:
    """Put a question to a build: s, and a digest of the answer."""
    _, printed = child(build, [__file__, "--row", row, str(table)], table.parent / "cache")
    seconds, answer = json.loads(printed)
    return seconds, answer


def started(build: Path, arguments: list[str], table: Path) -> tuple[float, str]:
    """Run a command of a build: s from its start to its end, and a digest of its output."""
    seconds, printed = child(build, ["-c", COMMAND, *arguments], table.parent / "cache")
    return seconds, digest(printed)


@contextmanager
def checked_out(against: str) -> Iterator[Path]:
    """Give the folder of a build: one that is there, or a commit in a worktree for a while."""
    if Path(against).is_dir():
        yield Path(against).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="trona-build-") as folder:
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", folder, against], check=True, capture_output=True)  # noqa: S603
        try:
            yield Path(folder)
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True)  # noqa: S603


def compare(name: str, ask: Callable[[Path], tuple[float, str]], builds: list[Path]) -> None:
    """Print a row: both times, their ratio, and whether the answers agree."""
    times: list[list[float]] = [[], []]
    answers: list[set[str]] = [set(), set()]
    for _ in range(REPEATS):
        for side, build in enumerate(builds):
            seconds, answer = ask(build)
            times[side].append(seconds)
            answers[side].add(answer)
    same = "the same" if answers[0] == answers[1] else "DIFFERENT"
    new, old = min(times[0]), min(times[1])
    print(f"{name:<50}{new * 1e3:>10.2f} ms{old * 1e3:>11.2f} ms{old / new:>8.1f}x  answers {same}")


def run(against: str, *, quick: bool) -> None:
    """Print all rows beside another build."""
    with checked_out(against) as other, tempfile.TemporaryDirectory() as folder:
        builds, table = [ROOT, other], Path(folder) / "table.csv"
        write_table(table, QUICK_SIZE if quick else SIZE)
        print(f"{'processor time':<50}{'this build':>13}{'the other':>14}{'ratio':>9}")
        for name in QUESTIONS:
            compare(name, partial(asked, row=name, table=table), builds)
        large = ["window", "NaAlO2", "--json", "--reference", f"table:{table}"]
        commands = {**STARTS, "trona window NaAlO2 --reference table:": large}
        for name, arguments in commands.items():
            compare(name, partial(started, arguments=arguments, table=table), builds)
        print(f"an empty Python: {child(ROOT, ['-c', 'pass'], table.parent)[0] * 1e3:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", help="folder or commit of the other build")
    parser.add_argument("--quick", action="store_true", help="a smaller table")
    parser.add_argument("--row", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        seconds, answer = QUESTIONS[options.row[0]](options.row[1])
        print(json.dumps([seconds, digest(answer)]))
    elif options.against:
        run(options.against, quick=options.quick)
    else:
        parser.error("name the other build with --against")


if __name__ == "__main__":
    main()
