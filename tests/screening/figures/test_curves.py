"""Curves show the numbers of their results: every kink and every plateau, where it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from trona.screening.equilibrium.grand import profile
from trona.screening.errors import InputError
from trona.screening.figures.browser.curves import show_discharges, show_mixing
from trona.screening.figures.labels import spaced
from trona.screening.figures.paper.curves import LINES, draw_discharges, draw_mixing
from trona.screening.formulas import parse
from trona.screening.stability.discharge import discharge
from trona.screening.stability.interface import mix


@pytest.fixture
def line(reference):
    return mix(reference.table, parse("Na3PS4"), parse("Na"), ("Na3PS4", "Na"))


def discharges(reference, *formulas):
    return {f: discharge(profile(reference.table, parse(f))) for f in formulas}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_a_mixing_curve_passes_through_every_kink(line):
    (axes,) = draw_mixing(line).axes
    assert list(axes.lines[0].get_xdata()) == [kink.fraction for kink in line.kinks]
    assert list(axes.lines[0].get_ydata()) == [k.energy_per_atom * 1000 for k in line.kinks]
    low, high = axes.get_ylim()
    assert low < min(axes.lines[0].get_ydata())
    assert high > 0


def test_kinks_are_numbered_and_their_products_listed_the_strongest_in_colour(line):
    (axes,) = draw_mixing(line).axes
    numbers = [text for text in axes.texts if text.get_text().isdigit()]
    assert [text.get_text() for text in numbers] == [str(i + 1) for i in range(len(line.kinks))]
    assert [text.xy[0] for text in numbers] == [kink.fraction for kink in line.kinks]
    assert "6.  Na$_{3}$P + 4 Na$_{2}$S" in texts(axes)
    (strong,) = {t.get_text() for t in axes.texts if t.get_color() == LINES[1]} - set("1234567")
    assert strong == "5.  4 Na$_{2}$S + NaP"


def test_an_interface_open_to_sodium_shows_what_each_does_by_itself(reference, line):
    opened = mix(reference.table, parse("Na3PS4"), parse("S"), ("Na3PS4", "S"), 0.5)
    (axes,) = draw_mixing(opened).axes
    ends = [opened.kinks[0].energy_per_atom * 1000, opened.kinks[-1].energy_per_atom * 1000]
    assert list(axes.lines[1].get_ydata()) == ends
    assert "open to sodium at 0.5 V" in axes.get_title(loc="left")
    assert len(draw_mixing(line).axes[0].lines) == 1


def test_the_other_state_of_an_electrode_is_a_curve_of_its_own(reference, line):
    other = mix(reference.table, line.first.composition, {"S": 1.0}, (line.first.formula, "S"))
    both = replace(line, other=other)
    (axes,) = draw_mixing(both).axes
    drawn = [curve.get_xdata() for curve in axes.lines]
    assert [len(one) for one in drawn] == [len(line.kinks), len(other.kinks)]
    assert axes.get_xlabel().endswith(" or S")
    assert [len(trace.x) for trace in show_mixing(both).data] == [len(one) for one in drawn]


def test_mixing_axes_carry_quantities_with_units(line):
    (axes,) = draw_mixing(line).axes
    assert "meV per atom" in axes.get_ylabel()
    assert axes.get_xlabel() == "atomic fraction of Na"
    assert axes.get_title(loc="left") == "Na$_{3}$PS$_{4}$ | Na, closed"


def test_a_pair_that_does_not_react_has_a_flat_curve(reference):
    flat = mix(reference.table, parse("Na3PS4"), parse("Na2S"), ("Na3PS4", "Na2S"))
    (axes,) = draw_mixing(flat).axes
    assert set(axes.lines[0].get_ydata()) == {0.0}
    assert all(text.get_color() == "black" for text in axes.texts)


def test_discharges_stand_beside_each_other(reference):
    found = discharges(reference, "S", "Na3PS4")
    curve, comb = draw_discharges(found).axes
    drawn = [line for line in curve.lines if len(line.get_xdata())]
    for line, one in zip(drawn, found.values(), strict=True):
        assert line.get_xdata()[-1] == pytest.approx(one.capacity)
        levels = list(line.get_ydata())[1:-1]
        assert levels == [p.voltage for p in one.plateaus for _ in "ab"]
        assert list(line.get_xdata()) == sorted(line.get_xdata())
    legend = [text.get_text() for text in curve.get_legend().get_texts()]
    assert legend == [f"S, {found['S'].capacity:.0f}", "Na$_{3}$PS$_{4}$, 1292"]
    teeth = [sorted(map(tuple, line.get_xydata())) for line in comb.lines]
    assert teeth == [sorted((p.capacity, p.voltage) for p in o.plateaus) for o in found.values()]
    assert sorted(texts(comb)) == sorted(
        f"{p.voltage:.2f}" for one in found.values() for p in one.plateaus
    )


def test_discharge_axes_carry_quantities_with_units(reference):
    curve, comb = draw_discharges(discharges(reference, "S")).axes
    assert "mAh/g" in curve.get_xlabel()
    assert "(V)" in curve.get_ylabel()
    assert "mAh/g" in comb.get_xlabel()
    assert comb.get_ylim() == curve.get_ylim()


def test_what_takes_up_no_sodium_is_not_drawn(reference):
    with pytest.raises(InputError, match="discharge"):
        draw_discharges(discharges(reference, "Zr"))


@pytest.mark.parametrize("levels", [[], [1.0], [0.0, 0.1, 0.1, 0.2, 5.0], [0.0, 2.0, 4.0]])
def test_labels_keep_their_distance_and_their_order(levels):
    moved = spaced(levels, 1.0)
    assert all(b - a > 1.0 - 1e-9 for a, b in pairwise(moved))
    assert sum(moved) == pytest.approx(sum(levels))  # nothing drifts away
    if all(b - a >= 1.0 for a, b in pairwise(levels)):
        assert moved == levels


def test_the_browser_shows_the_same_curves(reference, line):
    page = show_mixing(line)
    assert list(page.data[0].x) == [kink.fraction for kink in line.kinks]
    assert list(page.data[0].y) == [1000 * kink.energy_per_atom for kink in line.kinks]
    assert "meV per atom" in page.layout.yaxis.title.text
    assert "Na<sub>3</sub>P + 4 Na<sub>2</sub>S" in page.data[0].text[5].replace("<br>", "")
    found = discharges(reference, "S", "Na3PS4")
    traces = show_discharges(found).data
    for one, curve, comb in zip(found.values(), traces[::2], traces[1::2], strict=True):
        assert curve.x[-1] == pytest.approx(one.capacity)
        assert [x for x in comb.x if x] == [plateau.capacity for plateau in one.plateaus]


def test_the_browser_shows_what_two_materials_do_by_themselves(reference):
    opened = mix(reference.table, parse("Na3PS4"), parse("S"), ("Na3PS4", "S"), 0.5)
    assert len(show_mixing(opened).data) == 2
    with pytest.raises(InputError, match="discharge"):
        show_discharges(discharges(reference, "Zr"))
