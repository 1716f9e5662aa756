"""Phase diagrams open to sodium agree with pymatgen's, and with the profile, at every voltage."""

from __future__ import annotations

import re
from itertools import pairwise
from math import inf

import numpy as np
import pytest

from tests.support import oracles
from tests.support.systems import random_phases
from trona.screening.equilibrium.diagram import grand_diagram
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import ChemicalSystemError, InputError, VoltageError
from trona.screening.figures.browser.curves import show_diagram
from trona.screening.figures.paper.diagram import draw_diagram, positions
from trona.screening.formulas import parse
from trona.stores.energies.references import load_reference


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


def oracle(phases, mu):
    """Names of the phases that pymatgen finds stable."""
    return {entry.original_entry.name for entry in oracles.grand_diagram(phases, mu).stable_entries}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n_elements", [3, 4])
def test_stable_phases_are_those_of_pymatgen(seed, n_elements):
    table = PhaseTable.from_phases(random_phases(seed, n_elements, 30))
    diagram = grand_diagram(table, table.elements)
    for section in diagram.sections:
        if section.upper - section.lower > 1e-4:
            mine = {diagram.phases[at].id for at in section.stable}
            assert mine == oracle(table.phases, table.mu_sodium_metal - section.middle)


@pytest.mark.parametrize("seed", range(6))
def test_a_composition_changes_only_where_the_diagram_does(seed):
    table = PhaseTable.from_phases(random_phases(seed, 4, 30))
    diagram = grand_diagram(table, table.elements)
    edges = np.array([section.upper for section in diagram.sections[:-1]])
    for phase in table.phases:
        if phase.amounts.keys() != {"Na"}:
            for volts in profile(table, phase.amounts).breakpoints:
                assert np.abs(edges - volts).min() < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_products_of_a_composition_coexist(seed):
    table = PhaseTable.from_phases(random_phases(seed, 4, 30))
    diagram = grand_diagram(table, table.elements)
    mixed = {"P": 1.0, "S": 1.3, "Cl": 0.7}
    found = profile(table, mixed)
    for section in diagram.sections:
        if section.upper - section.lower > 1e-6:
            ids = {diagram.phases[at].id for at in section.stable}
            assert {phase.id for phase in found.at(section.middle).phases} <= ids


def test_sections_touch_and_differ(reference):
    sections = grand_diagram(reference.table, "PS").sections
    assert sections[0].lower == 0.0
    assert sections[-1].upper == inf
    assert all(one.upper == other.lower for one, other in pairwise(sections))
    assert all(one.stable != other.stable for one, other in pairwise(sections))


def test_a_triangle_is_divided_without_crossing_lines(bundled):
    """Euler: a triangulation of n points, b of them on the border, has 3n − 3 − b edges."""
    diagram = grand_diagram(bundled.table, ("P", "S", "O"))
    for section in diagram.sections:
        border = sum(diagram.fractions[at].min() == 0.0 for at in section.stable)
        assert len(section.ties) == 3 * len(section.stable) - 3 - border


def test_a_candidate_is_marked_with_what_it_becomes(reference):
    diagram = grand_diagram(reference.table, "PS", {"Na3PS4": parse("Na3PS4")})
    (mark,) = diagram.marks
    assert mark.fractions.tolist() == [0.2, 0.8]
    assert mark.products(1.5) == ""
    assert set(mark.products(0.1).split(" + ")) == {"Na3P", "Na2S"}


def test_formation_grand_potentials_are_zero_in_the_corners_and_not_positive(reference):
    diagram = grand_diagram(reference.table, "PS")
    for section in diagram.sections:
        heights = diagram.formation(section.middle)
        ends = diagram.fractions[list(section.stable)].max(axis=1) == 1.0
        assert np.abs(heights[ends]).max() < 1e-12
        assert heights.max() < 1e-9


@pytest.mark.long
def test_both_figures_show_the_section_at_the_voltage(bundled):
    diagram = grand_diagram(bundled.table, "PSO", {"Na3PS3O": parse("Na3PS3O")})
    section = diagram.at(1.5)
    drawn = draw_diagram(diagram, 1.5).axes[0]
    page = show_diagram(diagram, 1.5)
    points = positions(diagram, 1.5)
    dots = next(line for line in drawn.lines if len(line.get_xdata()) == len(points))
    assert np.array_equal(dots.get_xydata(), points)
    assert list(page.data[1].x) == points[:, 0].tolist()
    assert len(page.layout.sliders[0].steps) == len(diagram.sections)
    assert page.layout.sliders[0].active == diagram.sections.index(section)
    assert sum(x is None for x in page.data[0].x) == len(section.ties)
    names = {text.get_text() for text in drawn.texts}
    assert {"Na$_{3}$PS$_{4}$", "P", "S", "O"} <= names


def test_two_elements_are_drawn_on_axes_with_units(reference):
    diagram = grand_diagram(reference.table, "PS")
    assert "eV" in draw_diagram(diagram, 1.5).axes[0].get_ylabel()
    page = show_diagram(diagram).layout
    assert "eV" in page.yaxis.title.text
    assert page.xaxis.title.text == "S / (P + S), atomic fraction"


def test_names_of_an_explorer_cover_no_ring_at_any_voltage(reference):
    formulas = ("Na3PS4", "Na2S", "NaP")
    diagram = grand_diagram(reference.table, "PS", {name: parse(name) for name in formulas})
    page = show_diagram(diagram)
    (x0, x1), (y0, y1) = page.layout.xaxis.range, page.layout.yaxis.range
    scale = np.array([675.0 / (x1 - x0), 370.0 / (y1 - y0)])
    for step in page.layout.sliders[0].steps:
        data, layout, _ = step.args
        rings = np.column_stack([data["x"][2], data["y"][2]]) * scale
        for name in layout["annotations"]:
            letters = re.sub("<[^>]+>", "", name["text"])
            middle = np.array([name["x"], name["y"]]) * scale + [name["ax"], -name["ay"]]
            gaps = np.maximum(np.abs(rings - middle) - [3.3 * len(letters), 7.0], 0.0)
            assert np.hypot(*gaps.T).min() > 10.0, (step.label, letters)


def test_a_line_of_the_title_for_each_mark_takes_no_room_from_the_axes(reference):
    def layout(*formulas):
        marks = {name: parse(name) for name in formulas}
        return show_diagram(grand_diagram(reference.table, "PS", marks)).layout

    plain, marked = layout(), layout("Na3PS4", "Na2S", "NaP")
    assert marked.height - marked.margin.t == plain.height - plain.margin.t
    assert marked.margin.t - plain.margin.t >= 3 * 20


@pytest.mark.parametrize("elements", ["P", "PSOCl", "Na"])
def test_a_diagram_has_two_or_three_other_elements(reference, elements):
    with pytest.raises(InputError, match="two or three"):
        grand_diagram(reference.table, parse(elements))


def test_what_cannot_be_drawn_is_refused(reference):
    with pytest.raises(ChemicalSystemError, match="O"):
        grand_diagram(reference.table, "PO")
    with pytest.raises(InputError, match="Cl"):
        grand_diagram(reference.table, "PS", {"NaCl": parse("NaCl")})
    with pytest.raises(VoltageError):
        grand_diagram(reference.table, "PS").at(-0.1)
