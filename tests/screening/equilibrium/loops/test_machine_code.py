"""Machine code that is kept on disk is that of the loops as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from trona.screening.equilibrium.loops import interpreted, kernels, near, pivots, systems

NUMBERS = {
    name: value for name, value in vars(interpreted).items() if isinstance(value, int | float)
}


def text(module):
    return Path(module.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "built_on"),
    [
        (pivots, repr(sorted(NUMBERS.items()))),
        (kernels, text(pivots)),
        (near, text(pivots)),
        (systems, text(kernels)),
    ],
)
def test_a_loop_changes_with_what_it_is_built_on(module, built_on):
    """numba compiles a kept function anew only where the file of the function itself changes."""
    checksum = hashlib.sha256(built_on.encode()).hexdigest()[:16]
    assert checksum == module.BUILT_ON, f"write BUILT_ON = {checksum!r} into {module.__name__}"
