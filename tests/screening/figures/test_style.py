"""Figures show the numbers of the result, in words a reader knows."""

from __future__ import annotations

import pytest

from trona.screening.errors import InputError
from trona.screening.figures.labels import class_words
from trona.screening.figures.ladder_data import ladder_figure
from trona.screening.figures.paper.style import COLOURS, draw_ladder, save_figure
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.typesetting import subscripted
from trona.stores.assess.assessment import assess_formula


@pytest.fixture
def assessment(reference):
    return assess_formula("Na3PS4", reference)


def drawn(assessment):
    return draw_ladder(ladder_figure(assessment.stability, assessment.interphases))


def test_a_ladder_draws_each_interval_where_it_is(assessment):
    axes = drawn(assessment).axes[0]
    thick = [line for line in axes.lines if line.get_linewidth() > 2]
    for line, rung in zip(thick, assessment.stability.ladder, strict=True):
        assert list(line.get_xdata()) == [rung.interval.sodium_exchanged] * 2
        assert line.get_ydata()[0] == rung.interval.voltage_lower


def test_a_ladder_is_coloured_by_interphase_and_says_so(assessment):
    figure = drawn(assessment)
    thick = [line for line in figure.axes[0].lines if line.get_linewidth() > 2]
    kinds = [interphase.kind for interphase in assessment.interphases]
    assert [line.get_color() for line in thick] == [COLOURS[kind] for kind in kinds]
    legend = {text.get_text() for text in figure.legends[0].get_texts()}
    assert legend == {
        class_words(k) for k in ladder_figure(assessment.stability, assessment.interphases).kinds
    }


def test_products_are_stacked_over_the_range_of_their_step(assessment):
    ladder = ladder_figure(assessment.stability, assessment.interphases)
    boxes = drawn(assessment).axes[1].patches
    parts = [(step, part) for step in ladder.steps for part in step.parts]
    for box, (step, part) in zip(boxes, parts, strict=True):
        assert box.get_width() == pytest.approx(100 * part.fraction)
        assert box.get_y() == step.lower
    ends = {round(box.get_x() + box.get_width(), 9) for box in boxes if box.get_x() > 0}
    assert 100.0 in ends


def test_axes_carry_quantities_with_units(assessment):
    axes = drawn(assessment).axes[0]
    assert "(V)" in axes.get_ylabel()
    assert "Na$_{3}$PS$_{4}$" in axes.get_xlabel()
    assert "1.25 to 2.43 V" in axes.get_title(loc="left")


def test_every_class_has_a_colour_of_its_own():
    assert COLOURS.keys() == set(InterphaseClass)
    assert len(set(COLOURS.values())) == len(InterphaseClass)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("Na3PS3.4O0.6", "Na$_{3}$PS$_{3.4}$O$_{0.6}$"),
        ("Na2(B10H10)0.5", "Na$_{2}$(B$_{10}$H$_{10}$)$_{0.5}$"),
        ("Na3SbS4·8H2O", "Na$_{3}$SbS$_{4}$·8H$_{2}$O"),
        ("S", "S"),
    ],
)
def test_only_amounts_are_set_as_subscripts(formula, text):
    assert subscripted(formula) == text


def test_an_unknown_format_is_refused(assessment, tmp_path):
    figure = drawn(assessment)
    with pytest.raises(InputError, match="docx"):
        save_figure(figure, tmp_path / "figure.docx")
