"""Workers share what they load, where that is safe."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
from pymatgen.core import Lattice, Structure

from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS, ForceField
from trona.workflows.local import pool

SHARED = {
    "chgnet": 1, "sevennet": 1, "vasp": 0, "mock": 0, "vasp-chgnet": 1, "vasp-sevennet": 1,
}  # fmt: skip
RUN = """
import sys
from functools import partial
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.local import pool
from trona.workflows.local.processes import run_each

backend = BACKENDS["chgnet"]
shared = pool._calculators(backend)
environment = {pool.CALCULATORS: "\\n".join(shared)}
made = "__import__('trona.workflows.potentials.chgnet', fromlist=['_'])"
again = f"{made}.chgnet_calculator(**{dict(backend.calculator_kwargs)!r})"
found = f"id({again}), {made}._made.cache_info().misses"
items = [f"(__import__('time').sleep(0.5), {number}, {found})[1:]" for number in range(4)]
for _, result in run_each(eval, items, 2, pool.prepare, environment, forerunner=pool._FORERUNNER):
    print(*result)
"""


@pytest.mark.parametrize("name", SHARED)
def test_the_potentials_of_a_backend_are_shared_and_nothing_else(name):
    assert len(pool._calculators(BACKENDS[name])) == SHARED[name]


def test_a_potential_of_another_package_is_loaded_by_each_worker():
    other = ForceField("other", "Other 1", "other", force_field="other.module.Calculator")
    known = ForceField("known", "Known 1", "known", force_field="MACE")
    assert pool._calculators(other) == pool._calculators(known) == []


@pytest.mark.skipif(sys.platform != "linux", reason="processes are started anew")
def test_a_potential_is_made_once_for_all_workers():
    run = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True)
    numbers, addresses, loads = zip(
        *(line.split() for line in run.stdout.splitlines()), strict=True
    )
    assert sorted(numbers) == ["0", "1", "2", "3"]
    assert len(set(addresses)) == 1  # the same object in each fork
    assert set(loads) == {"1"}


def sized(*sizes):
    return [SimpleNamespace(structure=range(size)) for size in sizes]


@pytest.mark.parametrize(
    ("sizes", "workers", "taken"),
    [
        ([2] * 100, 2, 16),
        ([2] * 9, 2, 5),
        ([2], 2, 1),
        ([30] * 40, 2, 3),
        ([200, 300], 1, 1),
    ],
)
def test_small_crystals_are_relaxed_together_as_many_as_pay(sizes, workers, taken):
    assert pool._share(sized(*sizes), workers) == taken


def test_crystals_are_relaxed_together_where_that_pays_and_no_files_are_kept():
    def together(name, **choices):
        return pool._several(pool.Work(BACKENDS[name], **choices), 2, "scratch") is not None

    assert together("sevennet")
    assert together("sevennet-0")
    assert not any(together(name) for name in ("chgnet", "vasp", "mock", "vasp-sevennet"))
    assert not together("sevennet", files="kept")


def test_a_crystal_that_fails_leaves_those_relaxed_with_it_alone(tmp_path):
    salts = {"NaCl": 5.6, "NaPo": 6.5, "NaBr": 5.9, "NaH": 4.9}
    candidates = []
    for formula, edge in salts.items():
        cell = Structure.from_spacegroup(
            "Fm-3m", Lattice.cubic(edge), ["Na", formula[2:]], [[0.5] * 3, [0.0] * 3]
        ).get_primitive_structure()
        candidates.append(Candidate(formula, formula, "", cell))
    work, running = pool.Work(BACKENDS["sevennet"]), set()
    done = pool.run_flows(candidates, work, str(tmp_path / "s.sqlite"), 1, running)
    first, outputs = next(done)
    found = {first.label: outputs}
    assert running == set(salts) - {first.label}
    found |= {one.label: outputs for one, outputs in done}
    assert running == set()
    assert "atomic number: 84" in pool.relaxed(found.pop("NaPo"))
    assert {pool.relaxed(one).converged for one in found.values()} == {True}
