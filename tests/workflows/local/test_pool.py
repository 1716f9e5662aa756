"""Workers share what they load, where that is safe."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
