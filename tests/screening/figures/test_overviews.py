"""Figure data are the numbers of the results; both libraries draw the same data."""

from __future__ import annotations

import sys
from math import inf

import pytest

from trona.screening.errors import ChemicalSystemError, InputError
from trona.screening.figures.browser.overviews import show_bars, show_ladder, show_map
from trona.screening.figures.ladder_data import ladder_figure
from trona.screening.figures.overview_data import (
    InterphaseMap,
    MapPoint,
    Mark,
    WindowBar,
    WindowBars,
    electrode_mark,
    map_point,
    window_bar,
)
from trona.screening.figures.paper.overviews import draw_bars, draw_map
from trona.screening.figures.paper.style import COLOURS
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess import figures as stored
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.screenings import screening_document
from trona.workflows.drawings import save_drawing

FORMULAS = ("Na3PS4", "NaCl", "Na2PS3", "ZrCl2")


@pytest.fixture
def assessments(reference):
    return {formula: assess_formula(formula, reference) for formula in FORMULAS}


@pytest.fixture
def documents(reference):
    return [screening_document(f, f, "test", reference) for f in FORMULAS]


@pytest.fixture
def windows(assessments, reference):
    bars = [window_bar(a.stability, a.interphases[0]) for a in assessments.values()]
    return WindowBars(tuple(bars), tuple(electrode_mark(reference.table, e) for e in ("Na", "S")))


@pytest.fixture
def mapped(assessments):
    return InterphaseMap(tuple(map_point(a.stability, a.interphases) for a in assessments.values()))


def test_stored_results_show_what_typed_results_show(assessments, documents, windows, mapped):
    assert stored.window_bars(documents) == windows.bars
    assert stored.interphase_map(documents) == mapped
    for assessment, doc in zip(assessments.values(), documents, strict=True):
        typed = ladder_figure(assessment.stability, assessment.interphases)
        assert stored.ladder_of_document(doc.window) == typed


def test_figure_data_of_na3ps4_stay_as_they_are(assessments):
    found = assessments["Na3PS4"]
    ladder = ladder_figure(found.stability, found.interphases)
    steps = [
        (round(s.lower, 2), round(s.upper, 2), round(s.sodium, 2), s.kind.value, s.products)
        for s in ladder.steps
    ]
    assert steps[0] == (0.0, 0.29, 8.0, "mixed-conducting", "Na3P + 4 Na2S")
    assert (1.25, 2.43, 0.0, "stable", "Na3PS4") in steps
    assert ladder.title == "stable from 1.25 to 2.43 V"
    assert ladder.steps[-1].upper == inf
    assert ladder.units == "at%"


def test_the_parts_of_a_step_make_a_whole_most_harmful_first(assessments):
    for found in assessments.values():
        for step in ladder_figure(found.stability, found.interphases).steps:
            assert sum(part.fraction for part in step.parts) == pytest.approx(1.0)
            assert step.lower < step.upper


def test_an_electrode_is_marked_where_it_works(reference):
    assert electrode_mark(reference.table, "Na") == Mark("Na", 0.0)
    assert 1.5 < electrode_mark(reference.table, "S").voltage < 2.5  # takes sodium up
    assert electrode_mark(reference.table, "Na2S").voltage > 1.5  # gives sodium off
    with pytest.raises(ChemicalSystemError, match="Sn"):
        electrode_mark(reference.table, "Na15Sn4")


def test_bars_lie_where_the_windows_are(windows):
    axes = draw_bars(windows).axes[0]
    for box, bar in zip(axes.patches, windows.bars, strict=True):
        assert box.get_x() == bar.lower
        assert box.get_x() + box.get_width() == pytest.approx(min(bar.upper, windows.top))
    page = show_bars(windows)
    for trace in page.data:
        for row, base, width in zip(trace.y, trace.base, trace.x, strict=True):
            bar = windows.bars[row]
            assert (base, COLOURS[bar.kind]) == (bar.lower, trace.marker.color)
            assert base + width == pytest.approx(min(bar.upper, windows.top))
    assert sum(len(trace.y) for trace in page.data) == len(windows.bars)


def test_electrodes_are_marked_on_the_voltage_axis(windows):
    lines = [line.get_xdata()[0] for line in draw_bars(windows).axes[0].lines]
    assert lines == sorted(mark.voltage for mark in windows.marks)
    shapes = [shape.x0 for shape in show_bars(windows).layout.shapes]
    assert sorted(shapes) == lines


def test_an_unbounded_window_and_a_single_voltage_are_told_apart():
    kind = InterphaseClass.UNKNOWN
    windows = WindowBars((WindowBar("A", 1.0, inf, kind), WindowBar("B", 2.0, 2.0, kind)))
    axes = draw_bars(windows).axes[0]
    assert [text.get_text() for text in axes.texts] == ["1.00", "→", "2.00"]
    assert [line.get_marker() for line in axes.lines] == ["D"]
    assert windows.top > 2.0


def test_map_points_lie_at_their_numbers(mapped):
    points = {(p.driving_force, 100 * p.conducting) for p in mapped.points}
    lines = draw_map(mapped).axes[0].lines
    markers = {(x, y) for line in lines if line.get_marker() == "o" for x, y in line.get_xydata()}
    assert markers == points
    page = show_map(mapped)
    assert {(x, y) for trace in page.data for x, y in zip(trace.x, trace.y, strict=True)} == points


def test_what_does_not_react_has_no_conducting_part(mapped):
    stable = next(point for point in mapped.points if point.label == "NaCl")
    assert stable == MapPoint("NaCl", 0.0, 0.0, 0.0, InterphaseClass.STABLE, stable.basis)


def test_the_interactive_ladder_has_the_same_steps(assessments):
    found = assessments["Na3PS4"]
    ladder = ladder_figure(found.stability, found.interphases)
    page = show_ladder(ladder)
    bars = [trace for trace in page.data if trace.type == "bar"]
    widths = [width for trace in bars for width in trace.x]
    assert sorted(widths) == sorted(100 * p.fraction for s in ladder.steps for p in s.parts)
    staircase = page.data[0]
    assert list(staircase.x) == [step.sodium for step in ladder.steps for _ in "ab"]


def test_axes_carry_quantities_with_units(windows, mapped):
    assert "(V)" in draw_bars(windows).axes[0].get_xlabel()
    assert "(V)" in show_bars(windows).layout.xaxis.title.text
    assert "eV" in draw_map(mapped).axes[0].get_xlabel()
    assert "at%" in draw_map(mapped).axes[0].get_ylabel()
    assert "at%" in show_map(mapped).layout.yaxis.title.text


def test_nothing_to_draw_is_refused():
    with pytest.raises(InputError, match="no window"):
        WindowBars(())
    with pytest.raises(InputError, match="no interphase"):
        InterphaseMap(())


def test_without_a_drawing_library_the_remedy_is_named(monkeypatch, tmp_path, assessments):
    monkeypatch.setitem(sys.modules, "plotly", None)
    with pytest.raises(InputError, match=r"plotly: install trona\[plot\]"):
        save_drawing("ladder", tmp_path / "figure.html", assessments["Na3PS4"])
    assert not (tmp_path / "figure.html").exists()


def test_a_class_that_is_not_sure_is_hatched_or_open_in_both_figures():
    kind = InterphaseClass.STABLE
    bars = WindowBars(
        tuple(WindowBar(f"{sure}", 1.0, 2.0, kind, sure=sure) for sure in (True, False))
    )
    drawn = [patch.get_hatch() for patch in draw_bars(bars).axes[0].patches]
    assert drawn == [None, "///"]
    (shown,) = show_bars(bars).data
    assert list(shown.marker.pattern.shape) == ["", "/"]
    assert "not sure" in shown.customdata[1]
    points = tuple(MapPoint(f"{sure}", 0.5, 0.2, 0.0, kind, sure=sure) for sure in (True, False))
    (dots,) = show_map(InterphaseMap(points)).data[:1]
    assert list(dots.marker.symbol) == ["circle", "circle-open"]
    faces = [
        line.get_markerfacecolor()
        for line in draw_map(InterphaseMap(points)).axes[0].lines
        if line.get_marker() == "o"
    ]
    assert faces == [COLOURS[kind], "white"]
