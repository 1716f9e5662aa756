#!/usr/bin/env python
"""Time relaxations against another commit; energies are compared before times.

    python scripts/benchmark_relax.py --against 96e8730
    python scripts/benchmark_relax.py --rows screen-sevennet --screen 1000 --keep answers

With --keep, the answers of each side are saved in a folder by commit, and an interrupted run
resumes from there; a tree with uncommitted changes is always measured again.

Each row runs in its own process, in one thread, on the same crystals: bundled candidates, some of
them strained and rattled, and a cell of 63 atoms with a vacancy. Times are CPU seconds, since
others may use the machine; loading the model is not counted for relaxations, but is for `screen`.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pymatgen.core import Structure

ROOT = Path(__file__).parents[1]
RATTLED = ("Na3PS4", "Na3SbS4", "Na3PO4", "Na2S", "Na3YCl6", "Na2ZrCl6", "Na4SnS4")
TWELVE = (
    "Na3PS4", "Na3PS4-cubic", "Na3SbS4", "Na3PSe4", "Na3PS3O", "Na3PO4", "Na2S",
    "Na3PS4, rattled", "Na3PO4, rattled", "Na3YCl6, rattled", "Na4SnS4, rattled", "vacancy",
)  # fmt: skip
ROWS = ("chgnet", "sevennet", "fire", "screen-chgnet", "screen-sevennet")
_ADOPT = 36
"""PR_SET_CHILD_SUBREAPER of Linux: what a command leaves behind counts as its own."""
LOWER = 1.0
"""meV/atom; an energy of this side may not be higher by more."""


def crystals() -> dict[str, Structure]:
    """Make the set: twenty crystals of 3 to 63 atoms."""
    from trona.workflows.candidates.sources import bundled  # noqa: PLC0415 (of the side that runs)

    known = {one.label: one.structure for one in bundled() if one.structure is not None}
    found = dict(known)
    random = np.random.default_rng(0)
    for label in RATTLED:
        strained = known[label].copy()
        strained.apply_strain(random.uniform(-0.03, 0.04, 3))
        places = strained.cart_coords + random.normal(0, 0.06, (len(strained), 3))
        found[f"{label}, rattled"] = Structure(
            strained.lattice, strained.species, places, coords_are_cartesian=True
        )
    vacancy = known["Na3PS4"] * (2, 2, 1)
    vacancy.remove_sites([0])
    found["vacancy"] = vacancy
    return found


def counted(kind: Any, calls: list[int]) -> None:  # noqa: ANN401 (ASE has no types)
    """Count the force calls of a calculator's class."""
    original = kind.calculate

    def calculate(*arguments: object, **options: object) -> None:
        calls[0] += 1
        original(*arguments, **options)

    kind.calculate = calculate


def relax(backend_name: str, *, fire: bool) -> dict[str, dict[str, float]]:
    """Relax the set on the side that is imported."""
    import torch  # noqa: PLC0415 (only in this process)

    from trona.workflows.jobs.backends import find_force_field  # noqa: PLC0415
    from trona.workflows.jobs.force_field import Continued, force_field_maker  # noqa: PLC0415

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    calls = [0]
    if backend_name == "chgnet":
        from chgnet.model.dynamics import CHGNetCalculator as Calculator  # noqa: PLC0415
    else:
        from sevenn.calculator import SevenNetCalculator as Calculator  # noqa: PLC0415
    counted(Calculator, calls)
    backend = find_force_field(backend_name)
    if fire:
        backend = replace(backend, optimizer="", longest_step=0.0)
    found = {}
    chosen = crystals()
    for label in ("Na2S", *chosen):  # the first once more: it loads the model
        maker = force_field_maker(backend)
        calls[0], begin = 0, time.process_time()
        task = Continued(maker).carried_out(maker, chosen[label])
        found[label] = {
            "calls": calls[0],
            "seconds": time.process_time() - begin,
            "energy": task.output.energy / len(chosen[label]),
            "converged": bool(task.is_force_converged),
        }
    return found


def screen(backend_name: str, number: int, workers: int, folder: Path) -> dict[str, float]:
    """Screen small crystals as a user does."""
    from stress import write_crystals  # noqa: PLC0415 (beside this script)

    files = write_crystals(folder, number)
    command = [
        sys.executable, "-c", "from trona.workflows.cli.main import main; main()", "screen",
        "--backend", backend_name, "--workers", str(workers), "--store", f"{folder}/s.sqlite",
        *files,
    ]  # fmt: skip
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    seconds = time.monotonic() - begin
    with suppress(ChildProcessError):  # the server that workers are forked from ends after it
        while True:
            os.wait()
    used = os.times()
    energies = stored_energies(f"{folder}/s.sqlite")
    return {
        "wall": seconds,
        "seconds": used.children_user + used.children_system,
        "memory": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "energies": energies,  # type: ignore[dict-item]
    }


def stored_energies(store: str) -> dict[str, float]:
    """Read energies per atom by label."""
    from trona.stores.collections.results import Results  # noqa: PLC0415

    results = Results(store)
    found = {one.label: one.energy / one.n_sites for one in results.relaxations()}
    results.close()
    return found


def unpacked(commit: str, folder: Path) -> Path:
    """Lay the tree of a commit out."""
    git = ["git", "-C", str(ROOT), "archive", commit]
    packed = subprocess.run(git, check=True, capture_output=True).stdout  # noqa: S603
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="tar")
    return folder


def asked(tree: Path, *arguments: str) -> Any:  # noqa: ANN401 (whatever the row gives)
    """Run one row with the code of a tree."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tree / ".src"), str(ROOT / "scripts")]),
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    with tempfile.TemporaryDirectory(prefix="trona-benchmark-") as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, __file__, "--answer", str(answer), *arguments]
        subprocess.run(  # noqa: S603
            command, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return json.loads(answer.read_text())


def compared(here: dict[str, float], there: dict[str, float]) -> str:
    """Compare energies; what is higher here by too much is an error."""
    off = {label: 1e3 * (here[label] - there[label]) for label in there}
    worst = max(off, key=lambda label: off[label])
    if off[worst] > LOWER:
        sys.exit(f"{worst}: the energy is {off[worst]:.2f} meV/atom higher than there.")
    mean = np.mean([abs(value) for value in off.values()])
    text = f"energies here minus there, meV/atom: highest {off[worst]:+.2f}, mean of |…| {mean:.2f}"
    lower = [f"{label} {value:+.1f}" for label, value in off.items() if value < -LOWER]
    return text + (f"; lower: {', '.join(lower)}" if lower else "")


def relaxations(title: str, there: dict[str, Any], here: dict[str, Any], labels: Any) -> None:  # noqa: ANN401
    """Print calls and times of some crystals."""
    chosen = list(labels)
    print(f"{title}, {len(chosen)} crystals")
    sides = ({label: side[label]["energy"] for label in chosen} for side in (here, there))
    print("  " + compared(*sides))
    for what, unit in (("calls", "force calls"), ("seconds", "CPU s")):
        old, new = (sum(side[label][what] for label in chosen) for side in (there, here))
        print(f"  {unit:12} there {old:8.4g}   here {new:8.4g}   ratio {old / new:.2f}")


def answer(options: argparse.Namespace) -> Any:  # noqa: ANN401 (whatever the row gives)
    """Measure one row with the code that is imported."""
    if options.number:
        return screen(options.backend, options.number, options.workers, Path.cwd())
    return relax(options.backend, fire=options.fire)


class Sides:
    """
    Two trees, and what each answered before.

    Parameters
    ----------
    commit
        To compare with.
    folder
        Where its tree is laid out.
    keep
        Folder of answers; None to keep none.
    """

    def __init__(self, commit: str, folder: Path, keep: Path | None) -> None:
        git = ["git", "-C", str(ROOT)]
        named = [*git, "rev-parse", "--short=10", f"{commit}^{{commit}}"], [
            *git, "describe", "--always", "--abbrev=10", "--exclude=*", "--dirty",
        ]  # fmt: skip
        self._names = [
            subprocess.run(one, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
            for one in named
        ]
        self._trees = unpacked(commit, folder), ROOT
        self._keep = keep

    def there(self, *row: str) -> Any:  # noqa: ANN401 (whatever the row gives)
        """Ask the commit."""
        return self._asked(0, row)

    def here(self, *row: str) -> Any:  # noqa: ANN401 (likewise)
        """Ask this tree."""
        return self._asked(1, row)

    def _asked(self, side: int, row: tuple[str, ...]) -> Any:  # noqa: ANN401 (likewise)
        """Measure, or read what was measured before."""
        name = self._names[side]
        if self._keep is None or name.endswith("-dirty"):
            return asked(self._trees[side], *row)
        words = "-".join(one.strip("-") for one in row)
        kept = self._keep.resolve() / f"{name}-{words}.json"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(asked(self._trees[side], *row)))
        return json.loads(kept.read_text())


def compare_relaxations(sides: Sides, rows: list[str]) -> None:
    """Print the rows of relaxations."""
    for backend in ("chgnet", "sevennet"):
        if backend in rows:
            there, here = (side("--backend", backend) for side in (sides.there, sides.here))
            relaxations(backend, there, here, TWELVE)
            relaxations(backend, there, here, there)
    if "fire" in rows:
        there = sides.there("--backend", "sevennet", "--fire")
        relaxations("sevennet, there with FIRE", there, sides.here("--backend", "sevennet"), there)


def compare_screenings(sides: Sides, rows: list[str], number: int, workers: int) -> None:
    """Print the rows of whole screenings."""
    for backend in ("chgnet", "sevennet"):
        if f"screen-{backend}" not in rows:
            continue
        row = ("--backend", backend, "--number", str(number), "--workers", str(workers))
        old, new = sides.there(*row), sides.here(*row)
        print(f"screen, {backend}, {number} small crystals, {workers} workers")
        print("  " + compared(new["energies"], old["energies"]))
        for key, unit in (("seconds", "CPU s"), ("wall", "wall s"), ("memory", "MB at most")):
            ratio = old[key] / new[key]
            print(f"  {unit:12} there {old[key]:8.4g}   here {new[key]:8.4g}   ratio {ratio:.2f}")


def main() -> None:
    """Compare two trees, or answer for one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", default="96e8730", metavar="COMMIT")
    parser.add_argument("--rows", default=",".join(ROWS), help="of " + ", ".join(ROWS))
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep answers, and go on")
    parser.add_argument("--screen", type=int, default=100, help="small crystals to screen")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--backend", default="", help=argparse.SUPPRESS)
    parser.add_argument("--fire", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer is not None:
        options.answer.write_text(json.dumps(answer(options)))
        return
    rows = options.rows.split(",")
    if unknown := set(rows) - set(ROWS):
        parser.error(f"no rows {', '.join(sorted(unknown))}: choose from {', '.join(ROWS)}.")
    with tempfile.TemporaryDirectory(prefix="trona-against-") as folder:
        sides = Sides(options.against, Path(folder), options.keep)
        compare_relaxations(sides, rows)
        compare_screenings(sides, rows, options.screen, options.workers)


if __name__ == "__main__":
    main()
