"""A class is said as sure as it is, and the worst plausible one counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import SURE, is_sure, verdict, worst_plausible

CLASSES = [kind.value for kind in InterphaseClass]


@st.composite
def drawn(draw):
    """Shares of some classes, and one of all classes."""
    kinds = draw(st.lists(st.sampled_from(CLASSES), min_size=1, max_size=4, unique=True))
    counts = draw(st.lists(st.integers(1, 100), min_size=len(kinds), max_size=len(kinds)))
    shares = {kind: n / sum(counts) for kind, n in zip(kinds, counts, strict=True)}
    return draw(st.sampled_from(CLASSES)), shares


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({}, ("", ["stable"])),
        ({"stable": 0.9, "unknown": 0.1}, ("", ["stable"])),
        ({"stable": 0.89, "unknown": 0.11}, ("likely", ["stable"])),
        ({"unknown": 0.95, "stable": 0.05}, ("likely", ["unknown"])),
        ({"unknown": 0.53, "stable": 0.46, "blocking": 0.01}, ("uncertain", ["unknown", "stable"])),
    ],
)
def test_a_class_that_holds_in_half_of_the_draws_is_not_printed_as_if_it_were_sure(shares, said):
    word, named = verdict("stable", shares)
    assert (word, [kind.value for kind in named]) == said


@given(drawn())
def test_a_sure_class_is_its_own_worst(system):
    kind, shares = system
    worst = worst_plausible(kind, shares)
    if is_sure(kind, shares):
        assert worst.severity == InterphaseClass(kind).severity
    as_bad = [x for k, x in shares.items() if _harm(k) >= _harm(worst)]
    assert sum(as_bad) > 1.0 - SURE
    assert sum(x for k, x in shares.items() if _harm(k) > _harm(worst)) <= 1.0 - SURE + 1e-9


def _harm(kind):
    severity = InterphaseClass(kind).severity
    return 2.0 if severity is None else severity


def test_without_draws_the_class_counts_as_it_is():
    assert worst_plausible("blocking", {}) is InterphaseClass.BLOCKING
    assert is_sure("blocking", {})
