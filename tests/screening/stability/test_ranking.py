"""Ranking: order, ties, vetoes, missing values, and that better is never worse."""

from __future__ import annotations

import itertools
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.errors import InputError
from trona.screening.stability.ranking import (
    DEFAULT_CRITERIA,
    DEFAULT_VETOES,
    Criterion,
    Veto,
    rank,
)

UP = Criterion("oxidation_limit", "V", worst=1.0, best=4.0, weight=2.0)
DOWN = Criterion("driving_force", "eV/atom", worst=1.0, best=0.0, weight=1.0)
CRITERIA = (UP, DOWN)
VETOES = (Veto("energy_above_hull", 0.1, "too far above the hull"),)

optional = st.none() | st.floats(-1, 6, allow_subnormal=False)
values = st.fixed_dictionaries(
    {"oxidation_limit": optional, "driving_force": optional, "energy_above_hull": optional}
)
candidates = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), values, min_size=1)


def place(ranked, label):
    return next(r.place for r in ranked if r.label == label)


@given(candidates, st.randoms(use_true_random=False))
def test_input_order_does_not_matter(entries, random):
    shuffled = random.sample(list(entries.items()), len(entries))
    assert rank(shuffled, CRITERIA, VETOES) == rank(entries.items(), CRITERIA, VETOES)


@given(candidates)
def test_everyone_has_a_place_and_a_score(entries):
    ranked = rank(entries.items(), CRITERIA, VETOES)
    assert {r.label for r in ranked} == set(entries)
    assert all(0.0 <= r.score <= 1.0 for r in ranked)
    assert ranked[0].place == 1
    for position, entry in enumerate(ranked, start=1):
        key = (bool(entry.vetoes), -entry.score)
        better = [r for r in ranked if (bool(r.vetoes), -r.score) < key]
        assert entry.place == len(better) + 1 <= position


@given(candidates)
def test_ties_share_a_place_and_stand_by_label(entries):
    ranked = rank(entries.items(), CRITERIA, VETOES)
    for first, second in itertools.pairwise(ranked):
        if first.place == second.place:
            assert first.score == second.score
            assert first.label < second.label
        else:
            assert second.place > first.place


@given(candidates)
def test_vetoed_candidates_come_last(entries):
    ranked = rank(entries.items(), CRITERIA, VETOES)
    broken = [bool(r.vetoes) for r in ranked]
    assert broken == sorted(broken)
    for entry in ranked:
        above = entries[entry.label]["energy_above_hull"]
        assert bool(entry.vetoes) == (above is not None and above > VETOES[0].bound)


@given(candidates, st.data())
def test_improving_one_value_never_lowers_a_place(entries, data):
    label = data.draw(st.sampled_from(sorted(entries)))
    name, sign = data.draw(
        st.sampled_from([("oxidation_limit", 1), ("driving_force", -1), ("energy_above_hull", -1)])
    )
    old = entries[label][name]
    step = data.draw(st.floats(0, 3))
    better = {name: step if old is None else old + sign * step}
    if name == "energy_above_hull" and old is None:
        better = {}
    improved = entries | {label: entries[label] | better}
    before, after = (rank(e.items(), CRITERIA, VETOES) for e in (entries, improved))
    assert place(after, label) <= place(before, label)


@given(candidates, values)
def test_a_score_does_not_depend_on_the_company(entries, newcomer):
    alone = {r.label: r.score for r in rank(entries.items(), CRITERIA, VETOES)}
    together = rank([*entries.items(), ("newcomer", newcomer)], CRITERIA, VETOES)
    assert {r.label: r.score for r in together if r.label != "newcomer"} == alone


@given(candidates, st.floats(0.1, 10))
def test_only_proportions_of_weights_matter(entries, factor):
    scaled = [Criterion(c.name, c.unit, c.worst, c.best, c.weight * factor) for c in CRITERIA]
    ours, theirs = (rank(entries.items(), c, VETOES) for c in (CRITERIA, scaled))
    by_label = {r.label: r.score for r in theirs}
    assert {r.label: r.score for r in ours} == pytest.approx(by_label, abs=1e-11)


def test_equal_scores_share_a_place_and_the_next_is_skipped():
    entries = [("c", {"driving_force": 0.5}), ("b", {"driving_force": 0.0}), ("a", {})]
    ranked = rank([*entries, ("B", {"driving_force": 0.0})], [DOWN], ())
    assert [(r.place, r.label) for r in ranked] == [(1, "B"), (1, "b"), (3, "c"), (4, "a")]


def test_a_missing_value_earns_nothing_and_is_named():
    none, absent, worst = rank(
        [
            ("a", {"oxidation_limit": 4.0, "driving_force": None}),
            ("b", {"oxidation_limit": 4.0}),
            ("c", {"oxidation_limit": 4.0, "driving_force": 9.0}),
        ],
        CRITERIA,
        VETOES,
    )
    assert none.score == absent.score == worst.score == pytest.approx(2 / 3)
    assert none.missing == absent.missing == ("driving_force",)
    assert worst.missing == ()


def test_a_veto_puts_even_the_best_behind_the_worst():
    best = {"oxidation_limit": 5.0, "driving_force": 0.0, "energy_above_hull": 0.11}
    worst = {"oxidation_limit": 0.0, "driving_force": 2.0, "energy_above_hull": 0.10}
    ranked = rank([("best", best), ("worst", worst)], CRITERIA, VETOES)
    assert [(r.label, r.place, r.vetoes) for r in ranked] == [
        ("worst", 1, ()),
        ("best", 2, ("too far above the hull",)),
    ]


def test_equal_scores_on_both_sides_of_a_veto_do_not_share_a_place():
    ranked = rank(
        [("kept", {"driving_force": 0.0}), ("out", {"driving_force": 0.0, "e": 1.0})],
        [DOWN],
        [Veto("e", 0.5, "broken")],
    )
    assert [r.place for r in ranked] == [1, 2]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_utility_runs_from_worst_to_best_and_no_further(criterion):
    middle = (criterion.worst + criterion.best) / 2
    beyond = 2 * criterion.best - criterion.worst
    assert [criterion.utility(v) for v in (criterion.worst, middle, criterion.best, beyond)] == [
        pytest.approx(u) for u in (0.0, 0.5, 1.0, 1.0)
    ]
    assert criterion.direction == ("higher" if criterion is UP else "lower")


def test_an_unlimited_window_is_as_good_as_the_best():
    assert UP.utility(inf) == UP.utility(UP.best) == 1.0


def test_nobody_to_rank_is_an_empty_list():
    assert rank([], CRITERIA, VETOES) == []


@pytest.mark.parametrize("weight", [0.0, -1.0, nan, inf])
def test_weights_are_positive_numbers(weight):
    with pytest.raises(InputError, match="'x'"):
        Criterion("x", "", 0.0, 1.0, weight)


@pytest.mark.parametrize(("worst", "best"), [(1.0, 1.0), (nan, 1.0), (0.0, nan), (0.0, inf)])
def test_ends_are_two_different_numbers(worst, best):
    with pytest.raises(InputError, match="'x'"):
        Criterion("x", "", worst, best, 1.0)


def test_a_value_that_is_no_number_is_refused_by_name():
    with pytest.raises(InputError, match=r"'Na3PS4'.*driving_force"):
        rank([("Na3PS4", {"driving_force": nan})], CRITERIA, VETOES)


def test_ranking_by_nothing_is_refused():
    with pytest.raises(InputError, match="criterion"):
        rank([("a", {})], [], VETOES)


def test_defaults_prefer_a_stable_electrolyte_to_a_reactive_one():
    stable = dict.fromkeys([c.name for c in DEFAULT_CRITERIA], 0.0) | {"oxidation_limit": 3.3}
    reactive = stable | {"interphase_severity": 1.0, "driving_force": 0.9, "sodium_consumed": 1.0}
    ranked = rank([("reactive", reactive), ("stable", stable)])
    assert [r.label for r in ranked] == ["stable", "reactive"]
    assert {v.name for v in DEFAULT_VETOES} == {"energy_above_hull", "decomposes"}


def test_a_class_that_is_not_sure_stands_behind_the_sure_ones_of_it():
    good = dict.fromkeys([c.name for c in DEFAULT_CRITERIA], 0.0) | {"oxidation_limit": 4.0}
    fair = good | {"oxidation_limit": 2.0}
    poor = good | {"interphase_severity": 1.0, "driving_force": 0.9}
    classes = {"open": "stable", "sure": "stable", "twin": "stable", "poor": "blocking"}
    entries = [("open", good), ("sure", fair), ("twin", fair), ("poor", poor)]
    ranked = rank(entries, classes=classes, unsure={"open"})
    assert [(one.label, one.place) for one in ranked] == [
        ("sure", 1),
        ("twin", 1),
        ("open", 3),
        ("poor", 4),
    ]
    assert ranked[2].score > ranked[0].score  # its score is its own
    alone = rank(entries, classes=classes | {"open": "passivating"}, unsure={"open"})
    assert alone[0].label == "open"


@given(candidates, st.data())
def test_no_unsure_candidate_precedes_a_sure_one_of_its_class(entries, data):
    classes = {label: data.draw(st.sampled_from("ab")) for label in entries}
    unsure = {label for label in entries if data.draw(st.booleans())}
    ranked = rank(entries.items(), CRITERIA, VETOES, classes=classes, unsure=unsure)
    for before, after in itertools.combinations(ranked, 2):
        if bool(before.vetoes) == bool(after.vetoes) and before.label in unsure:
            assert classes[before.label] != classes[after.label] or after.label in unsure
