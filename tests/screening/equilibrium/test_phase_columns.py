"""Phases that are made on demand are those that a table of made phases has."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.systems import ANY_SYSTEM
from trona.screening.equilibrium.arrangement import PackedAmounts
from trona.screening.equilibrium.phase_columns import (
    PhaseColumns,
    arranged_table,
    shifted_table,
)
from trona.screening.equilibrium.phases import EnergyScale, PhaseTable
from trona.screening.errors import ChemicalSystemError
from trona.stores.energies.references import load_reference

OTHER = EnergyScale("test", "shifted/1")


def columns(phases):
    """The same phases, to be made again."""
    return PhaseColumns(
        amounts=PackedAmounts.of(
            [one.amounts for one in phases],
            tuple(sorted({symbol for one in phases for symbol in one.amounts})),
        ),
        energies=np.array([one.energy for one in phases]),
        scale=phases[0].scale,
        volumes=np.array([np.nan if one.volume is None else one.volume for one in phases]),
        ids=[one.id for one in phases],
        formulas=[one.formula for one in phases],
        sources=[one.source for one in phases],
        space_groups=[one.space_group for one in phases],
        order=np.arange(len(phases)),
    )


def assert_same(first, second):
    assert list(first.phases) == list(second.phases)
    assert [list(p.amounts) for p in first.phases] == [list(p.amounts) for p in second.phases]
    assert (first.elements, first.scale) == (second.elements, second.scale)
    for name in ("amounts", "energies", "ground", "keys"):
        assert np.array_equal(getattr(first, name), getattr(second, name))


@given(ANY_SYSTEM)
def test_a_table_of_columns_is_that_of_the_phases(system):
    phases, _ = system
    assert_same(arranged_table(columns(phases)), PhaseTable.from_phases(phases))


@given(ANY_SYSTEM, st.data())
def test_a_shifted_table_is_that_of_shifted_phases(system, data):
    phases, _ = system
    shift = st.sampled_from([0.0, -0.5, 0.25])
    for table in (PhaseTable.from_phases(phases), arranged_table(columns(phases))):
        symbols = table.elements[:2]
        before = table.system(symbols)
        shifts = np.array(data.draw(st.lists(shift, min_size=len(table), max_size=len(table))))
        moved = [one.moved(x, OTHER) for one, x in zip(table.phases, shifts, strict=True)]
        whole = PhaseTable.from_phases(moved)
        found = shifted_table(table, shifts, OTHER)
        assert_same(found, whole)
        assert np.array_equal(found.system(symbols).energies, whole.system(symbols).energies)
        assert table.system(symbols) is before


def test_a_phase_is_made_once_and_only_where_it_is_asked_for():
    table = load_reference("bundled").table
    fresh = shifted_table(table, np.zeros(len(table)), OTHER)
    first = fresh.find({"Na": 3.0, "P": 1.0})
    assert fresh.find({"Na": 6.0, "P": 2.0}) is first
    assert any(one is first for one in fresh.within(["Na", "P"]).phases)
    assert 1 < len(fresh.phases.made) < 30 < len(fresh)


def test_columns_are_sent_to_other_processes():
    phases = load_reference("bundled").table.phases
    sent = pickle.loads(pickle.dumps(phases))  # noqa: S301 (our own)
    assert list(sent) == list(phases)


def test_an_element_without_a_phase_is_named():
    phases = [one for one in load_reference("bundled").phases if one.formula in {"Na", "Na2S"}]
    with pytest.raises(ChemicalSystemError, match="no reference phase for S"):
        arranged_table(columns(phases))
