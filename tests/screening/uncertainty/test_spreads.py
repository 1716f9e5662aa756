"""Percentiles are those of numpy."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.uncertainty.spreads import Spread, percentile

VALUES = st.lists(st.floats(-10, 10), min_size=1, max_size=250)


@given(VALUES, st.sampled_from([0, 16, 50, 84, 100]))
def test_a_percentile_is_that_of_numpy_to_the_last_bit(values, percent):
    assert percentile(sorted(values), percent) == np.percentile(values, percent)


def test_draws_in_any_order_have_one_spread():
    found = Spread.of(np.array([3.0, 1.0, 2.0]))
    assert (found.mean, found.std) == (2.0, 1.0)
    assert (found.low, found.high) == pytest.approx((1.32, 2.68))


def test_masked_arrays_are_not_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy.ma", None)
    Spread.of(np.array([3.0, 1.0, 2.0]))
