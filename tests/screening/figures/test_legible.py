"""Every text of a figure for papers is on its page and covers no other one."""

from __future__ import annotations

from itertools import combinations
from math import inf

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text

from trona.screening.figures.browser.matrices import show_matrix
from trona.screening.figures.browser.overviews import show_bars, show_ladder, show_parity
from trona.screening.figures.labels import spaced
from trona.screening.figures.ladder_data import LadderFigure, LadderPart, LadderStep
from trona.screening.figures.matrix_data import HeatCell, HeatMap
from trona.screening.figures.overview_data import (
    InterphaseMap,
    MapPoint,
    Mark,
    WindowBar,
    WindowBars,
)
from trona.screening.figures.paper.matrices import draw_matrix
from trona.screening.figures.paper.overviews import draw_bars, draw_map
from trona.screening.figures.paper.parity import PublishedLimit, WindowPair
from trona.screening.figures.paper.style import WIDTH, draw_ladder, letters_on
from trona.screening.stability.interphase import InterphaseClass

LONG = "Na2.9375Zr1.9375Si2.0625P0.9375O12"
KINDS = list(InterphaseClass)


def boxes(figure):
    """Where each text is that is seen, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    beyond = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }
    seen = [
        text
        for text in figure.findobj(Text)
        if text not in beyond and text.get_visible() and text.get_text().strip()
    ]
    # Of the letters alone: that of an annotation holds its line too.
    return {text: Text.get_window_extent(text, renderer) for text in seen}, figure.bbox


def assert_legible(figure, slack=3.0):
    found, page = boxes(figure)
    assert found
    for text, box in found.items():
        assert page.x0 - 1 <= box.x0 < box.x1 <= page.x1 + 1, text.get_text()
        assert page.y0 - 1 <= box.y0 < box.y1 <= page.y1 + 1, text.get_text()
    for (one, a), (other, b) in combinations(found.items(), 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= slack or along <= slack, (one.get_text(), other.get_text())


def ladder(n_steps, n_parts=4, formula=LONG):
    def step(at):
        parts = tuple(
            LadderPart("Na4Zr2(SiO4)3", 0.133, 1 / n_parts, KINDS[(at + part) % len(KINDS)])
            for part in range(n_parts)
        )
        upper = inf if at == n_steps - 1 else 0.02 * (at + 1)
        return LadderStep(0.02 * at, upper, -1.0 * at, KINDS[at % len(KINDS)], "volume", parts)

    return LadderFigure(formula, None, None, tuple(step(at) for at in range(n_steps)))


@pytest.mark.parametrize(("n_steps", "n_parts"), [(1, 1), (2, 4), (9, 5), (30, 4)])
def test_labels_of_a_ladder_cover_nothing(n_steps, n_parts):
    figure = draw_ladder(ladder(n_steps, n_parts))
    assert figure.get_figwidth() == WIDTH
    assert_legible(figure)


def test_windows_with_equal_limits_and_crowded_electrodes_are_legible():
    bars = [WindowBar(f"{LONG}-{at}", 1.0, 2.5, kind) for at, kind in enumerate(KINDS)]
    marks = [Mark("Na3V2(PO4)3", volts, volts - 0.3) for volts in (0.0, 0.1, 3.1, 3.2)]
    assert_legible(draw_bars(WindowBars((*bars, WindowBar("NaCl", 0.0, inf, KINDS[0])), marks)))


@pytest.mark.parametrize("computed", [0.3, None])
def test_many_electrodes_stay_on_the_page(computed):
    volts = (0.0, 0.1, 0.1, 0.4, 0.55, 1.4, 1.7, 1.8, 3.0, 3.4, 3.4)
    marks = tuple(Mark("Na2FeS2", at, computed) for at in volts)
    windows = WindowBars((WindowBar("NaCl", 0.0, 3.7, KINDS[0]),), marks)
    assert_legible(draw_bars(windows))


def test_what_open_points_and_bars_mean_is_said():
    kind = InterphaseClass.UNKNOWN
    points = (
        MapPoint("NaCl", 0.5, 0.1, 0.2, kind, sure=False),
        MapPoint(LONG, 0.1, 0.0, 0.0, kind),
    )
    figure = draw_map(InterphaseMap(points))
    assert "open: class uncertain" in figure.axes[0].get_xlabel()
    assert "bar: part whose conduction is unknown" in figure.axes[0].get_xlabel()
    assert_legible(figure)
    assert InterphaseMap(points[1:]).notes == ()


@pytest.mark.parametrize(("n_rows", "n_columns"), [(1, 1), (3, 40), (40, 4)])
def test_a_matrix_is_legible_and_its_scale_ends_with_its_cells(n_rows, n_columns):
    cell = HeatCell(498.0, InterphaseClass.UNKNOWN, "Na + S -> NaS")
    found = HeatMap(
        (LONG,) * n_rows, ("Na3V2(PO4)3",) * n_columns, (3.4,) * n_columns,
        ((cell,) * n_columns,) * n_rows,
    )  # fmt: skip
    page = show_matrix(found)
    assert list(page.layout.xaxis.range) == [-0.5, n_columns - 0.5]
    assert list(page.layout.yaxis.range) == [n_rows - 0.5, -0.5]
    numbers = {t for ax in draw_matrix(found).axes for t in ax.texts}
    assert {text.get_text() for text in numbers} == {"498"}


def test_both_scales_of_a_matrix_end_with_its_cells_and_letters_stand_out_from_them():
    energies = (None, 0.0, 100.0, 250.0, 350.0, 500.0)
    cells = tuple(HeatCell(value, KINDS[0], "Na + S -> NaS") for value in energies)
    found = HeatMap(("NaCl",), ("S",) * len(cells), (None,) * len(cells), (cells,))
    heat = show_matrix(found).data[0]
    axes, bar = draw_matrix(found).axes
    assert (heat.zmin, heat.zmax) == bar.get_ylim() == (0.0, 500.0)
    (image,) = axes.images
    for text, value in zip(axes.texts, energies, strict=True):
        behind = "#d9d9d9" if value is None else to_hex(image.to_rgba(value))
        assert text.get_color() == letters_on(behind)
    drawn = [to_rgb(image.to_rgba(500.0 * part)) for part in (0.0, 0.5, 1.0)]
    shown = [heat.colorscale[at][1] for at in (0, len(heat.colorscale) // 2, -1)]
    for one, other in zip(drawn, shown, strict=True):
        assert one == pytest.approx([int(part) / 255 for part in other[4:-1].split(",")], abs=0.02)


def test_one_colour_has_a_legend_too():
    assert show_bars(WindowBars((WindowBar("NaCl", 0.0, 3.0, KINDS[0]),))).layout.showlegend


def test_electrodes_at_like_potentials_are_named_above_each_other_in_the_browser():
    volts = (0.0, 0.1, 0.1, 0.1, 0.4, 0.55, 3.0, 3.0)
    marks = tuple(Mark("Na3V2(PO4)3", at, at - 0.1) for at in volts)
    windows = WindowBars((WindowBar("NaCl", 0.0, 3.0, KINDS[0]),), marks)
    page = show_bars(windows).layout
    assert [name.x for name in page.annotations] == list(volts)
    for one, other in combinations(page.annotations, 2):
        across = abs(one.x - other.x) / windows.top * 700  # pixels of a narrow window
        assert across >= len("Na3V2(PO4)3 0.10 V") * 6 or abs(one.yshift - other.yshift) >= 36
    assert max(name.yshift for name in page.annotations) + 36 <= page.margin.t
    plain = show_bars(WindowBars(windows.bars, marks[:1])).layout
    assert page.height - page.margin.t == plain.height - plain.margin.t  # bars are as high


def test_letters_in_the_products_of_a_ladder_stand_out_and_are_not_tiny():
    page = show_ladder(ladder(4))
    bars = [trace for trace in page.data if trace.type == "bar"]
    assert bars
    for trace in bars:
        assert trace.insidetextfont.color == letters_on(trace.marker.color)
    assert (page.layout.uniformtext.minsize, page.layout.uniformtext.mode) == (9, "hide")


def test_measured_limits_are_open_in_the_browser_too():
    limits = (PublishedLimit("oxidation", 2.0, 2.1, "agree"),)
    pairs = [
        WindowPair("NaCl", mixture=False, observed=seen, predicted=(0.0, 2.1), limits=limits)
        for seen in (False, True)
    ]
    shown = {trace.name: trace.marker.symbol for trace in show_parity(pairs).data[1:]}
    assert shown == {
        "oxidation, agree": "triangle-up",
        "oxidation, agree, measured": "triangle-up-open",
    }


def test_labels_stay_within_bounds_where_they_fit():
    assert spaced([0.0, 0.0, 0.0], [1.0, 2.0], (0.0, 9.0)) == [0.0, 1.0, 3.0]
    assert spaced([9.0, 9.0], 1.0, (0.0, 9.0)) == [8.0, 9.0]
    assert spaced([], 1.0) == []
