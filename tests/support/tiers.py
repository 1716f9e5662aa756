"""
The fast tier: no server, browser, VASP flow, potential or other process, and few examples.

Only tests that compute for long are marked by hand (``@pytest.mark.long``). With ``--fast``
whatever would start a process or load one of the heavy packages is skipped at that moment, be it a
module that is collected, a fixture or a test. So a test of the fast tier cannot come to depend on
them unnoticed.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.abc import MetaPathFinder
from multiprocessing.process import BaseProcess

import pytest
from hypothesis import settings

HEAVY = frozenset(("atomate2", "chgnet", "jobflow_remote", "selenium", "sevenn", "torch"))
"""Packages that take seconds to load: flows, potentials, queues, browsers."""
REASON = "not in the fast tier: it needs {}"


class _Gate(MetaPathFinder):
    """Skips who imports a heavy package."""

    def find_spec(self, name, *_):
        if name in HEAVY:
            _skip(f"the package {name}")


def _skip(what):
    pytest.skip(REASON.format(what), allow_module_level=True)


def _start(*_, **__):
    _skip("another process")


def pytest_collection_modifyitems(config, items):
    """Leave out what only computes for long, and take few examples of hypothesis."""
    if config.getoption("--fast"):
        settings.load_profile("trona-fast")
        long = pytest.mark.skip(reason=REASON.format("seconds of computing"))
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(long)


def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true", help="leave out what needs other processes")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    """Close the gate where tests run: in each worker, and not where workers are started."""
    config = session.config
    starts_workers = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if config.getoption("--fast") and not starts_workers:
        sys.meta_path.insert(0, _Gate())
        subprocess.Popen.__init__ = _start
        ProcessPoolExecutor.__init__ = _start  # which starts processes in a thread of its own
        BaseProcess.start = _start
