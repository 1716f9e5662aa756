"""What is said below a ranking: one line for each reason, not for each candidate."""

from __future__ import annotations

from types import SimpleNamespace

from trona.workflows.tables.ranking import counts, seen, unranked_lines, vetoes


def failed(label, reason):
    return SimpleNamespace(label=label, state="failed", reason=reason)


def test_candidates_that_fail_alike_share_a_line():
    docs = [failed("x", "no W"), *(failed(f"c{n}", "no Na") for n in range(9))]
    assert unranked_lines(docs) == [
        "c0, c1, c2, c3, c4 and 4 more failed: no Na",
        "x failed: no W",
    ]


def test_many_reasons_are_cut_and_counted():
    lines = unranked_lines([failed(f"c{n}", f"reason {n}") for n in range(30)])
    assert len(lines) == 11
    assert lines[-1] == "… and 20 more reasons: --csv and --json have all."


def test_candidates_that_stand_apart_alike_share_a_line():
    place = SimpleNamespace(vetoes=(), apart=("no phase with Ta and O",))
    ranked = [(place, SimpleNamespace(label=label)) for label in ("a", "b")]
    assert vetoes(ranked) == ["– a, b not ranked: no phase with Ta and O"]


def test_an_observation_of_several_rows_is_told_once():
    window = SimpleNamespace(
        observed=[
            SimpleNamespace(quantity="interphase", sentence="Observed: stable."),
            SimpleNamespace(quantity="products", sentence="Observed: products."),
        ]
    )
    docs = [SimpleNamespace(label=label, window=window) for label in ("a", "b")]
    assert seen(docs) == ["a, b: Observed: stable."]


def test_results_of_the_store_are_counted_apart():
    docs = [SimpleNamespace(state="completed"), failed("x", "no W")]
    assert counts(docs) == "2 candidates: 1 assessed, 1 failed."
    assert counts([docs[0], *docs], 1) == (
        "3 candidates: 2 assessed (1 of them already in the store), 1 failed."
    )
