"""Predicted beside published windows: all limits where they are, in the colour of the verdict."""

from __future__ import annotations

from math import inf

import pytest

from trona.screening.errors import InputError
from trona.screening.figures.browser.overviews import show_parity
from trona.screening.figures.paper.parity import (
    VERDICTS,
    PublishedLimit,
    WindowPair,
    draw_parity,
    draw_windows,
    parity_points,
)

PAIRS = [
    WindowPair(
        "Na3PS4",
        mixture=False,
        observed=False,
        predicted=(1.25, 2.9),
        limits=(
            PublishedLimit("reduction", 1.39, 1.25, "agree"),
            PublishedLimit("oxidation", 2.45, 2.9, "disagree"),
        ),
    ),
    WindowPair(
        "Na2S",
        mixture=True,
        observed=True,
        predicted=(0.0, inf),
        limits=(PublishedLimit("oxidation", 3.0, None, "cannot say"),),
    ),
    WindowPair(
        "NaSnO2",
        mixture=True,
        observed=False,
        predicted=(0.6, 2.0),
        limits=(PublishedLimit("reduction", 1.0, 0.6, "cannot say"),),
    ),
    WindowPair(
        "NaFeO2",
        mixture=False,
        observed=False,
        predicted=None,
        limits=(PublishedLimit("reduction", 1.0, None, "cannot say"),),
    ),
]


@pytest.fixture
def axes():
    (drawn,) = draw_windows(PAIRS).axes
    return drawn


def marks(axes, marker):
    return [
        (float(line.get_xdata()[0]), line.get_color())
        for line in axes.lines
        if line.get_marker() == marker and len(line.get_xdata()) == 1
    ]


def test_published_limits_are_black_and_observed_ones_marked(axes):
    assert [volts for volts, _ in marks(axes, "|")] == [1.39, 2.45, 1.0, 1.0]
    assert {colour for _, colour in marks(axes, "|")} == {"black"}
    assert marks(axes, "D") == [(3.0, "black")]


def test_predicted_limits_have_the_colour_of_their_verdict(axes):
    assert marks(axes, "s") == [
        (1.25, VERDICTS["agree"]),
        (2.9, VERDICTS["disagree"]),
        (0.6, VERDICTS["cannot say"]),
    ]
    assert VERDICTS["cannot say"].lstrip("#")[:2] * 3 == VERDICTS["cannot say"].lstrip("#")  # grey


def test_predicted_windows_are_bars_that_end_with_the_axes(axes):
    bars = [line for line in axes.lines if line.get_linewidth() > 3]
    assert [list(bar.get_xdata()) for bar in bars] == [
        [1.25, 2.9],
        [0.0, axes.get_xlim()[1]],
        [0.6, 2.0],
    ]
    assert axes.get_xlim()[0] == 0.0


def test_disagreement_is_written_and_absence_too(axes):
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["+0.45 V", "no predicted window"]


def test_systems_stand_from_the_top_with_subscripts(axes):
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["Na$_{3}$PS$_{4}$", "Na$_{2}$S*", "NaSnO$_{2}$*", "NaFeO$_{2}$"]
    assert axes.yaxis_inverted()
    assert "(V)" in axes.get_xlabel()


def test_a_legend_explains_only_what_is_there():
    def entries(pairs):
        (axes,) = draw_windows(pairs).axes
        return {text.get_text() for text in axes.get_legend().get_texts()}

    assert {"observed", "* mixture of phases"} <= entries(PAIRS)
    assert entries(PAIRS[:1]).isdisjoint({"observed", "* mixture of phases"})
    assert {f"predicted: {verdict}" for verdict in VERDICTS} <= entries(PAIRS[:1])


def test_nothing_published_is_nothing_to_draw():
    with pytest.raises(InputError, match="published window"):
        draw_windows([])


def test_parity_shows_each_limit_that_is_published_and_predicted():
    points = parity_points(PAIRS)
    assert [(p.formula, p.side) for p in points] == [
        ("Na3PS4", "reduction"),
        ("Na3PS4", "oxidation"),
        ("NaSnO2", "reduction"),
    ]
    (axes,) = draw_parity(PAIRS).axes
    drawn = {
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]), line.get_markeredgecolor())
        for line in axes.lines
        if len(line.get_xdata()) == 1
    }
    assert drawn == {(p.published, p.predicted, VERDICTS[p.verdict]) for p in points}
    page = show_parity(PAIRS)
    shown = {(t.x[i], t.y[i], t.marker.color) for t in page.data[1:] for i in range(len(t.x))}
    assert shown == drawn
    assert "(V)" in axes.get_xlabel()
    assert "(V)" in page.layout.yaxis.title.text


def test_parity_of_nothing_is_refused():
    with pytest.raises(InputError, match="published and predicted"):
        draw_parity(PAIRS[1:2])
