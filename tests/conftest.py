"""Hypothesis runs the same bounded set of examples every time, however busy the machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "trona",
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("trona")

pytest_plugins = (
    "tests.support.browser",
    "tests.support.commands",
    "tests.support.mongo_server",
    "tests.support.tables",
    "tests.support.vasp_runs",
    "tests.support.vasp_flows",
)
