"""What the workers of a screening have in common, loaded on import, once for all of them.

Only the process from which they are forked imports it: its modules and potentials are in the memory
of each worker from the start, and take up no more of it. Whatever cannot be loaded is left to the
workers, which say why.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from importlib import import_module

from trona.workflows.potentials.beforehand import make

from .pool import CALCULATORS, prepare

__all__: list[str] = []

_MODULES = (
    "ase.io.extxyz",  # this and the next three are imported where they are first used
    "jobflow.core.schemas",
    "jobflow.utils.graph",  # imports matplotlib
    "trona.stores.database.sqlite.store",
    "trona.stores.database.connect",
    "trona.workflows.jobs.flows",
    "trona.workflows.jobs.force_field",
)

with suppress(Exception):
    prepare()
    for _name in _MODULES:
        import_module(_name)
    for _line in os.environ.get(CALCULATORS, "").splitlines():
        make(_line)
gc.freeze()  # a collection in a worker would write to each object, and so copy its page
