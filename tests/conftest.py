"""
Settings of all tests, and the fast tier.

Hypothesis runs the same bounded set of examples every time, however busy the machine is. With
``--fast``, tests that need a server, a browser, VASP flows, a potential or any other process are
left out, as `tests.support.tiers` notices when they ask for one.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "trona",
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("trona-fast", settings.get_profile("trona"), max_examples=8)
settings.load_profile("trona")

collect_ignore_glob = ["support/*"]  # no tests there
pytest_plugins = ("tests.support.fixtures", "tests.support.tiers")
