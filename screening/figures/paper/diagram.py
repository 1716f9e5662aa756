"""Paper figure of a phase diagram open to sodium, at one voltage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.typesetting import subscripted
from trona.screening.units import range_text

from .style import WIDTH, name_points, root, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from trona.screening.equilibrium.diagram import GrandDiagram, Section

__all__ = ["MARKED", "STABLE", "along", "corners", "draw_diagram", "marked", "positions"]

STABLE, MARKED = "#0072B2", "#D55E00"
"""Colours of stable phases and of marked compositions, of Okabe & Ito (2008)."""
_ALONG = 60
"""Points along a tie line that stand for it where names look for room."""
_SIDE = 5.5
"""Inches of a side of the triangle."""


def corners(n_elements: int) -> NDArray[np.float64]:
    """
    Where the elements of a diagram are on the page.

    Parameters
    ----------
    n_elements
        Two or three.

    Returns
    -------
    ndarray : shape (n_elements, 2)
        Ends of a line, or corners of an equilateral triangle, of unit length.
    """
    return np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])[:n_elements]


def positions(diagram: GrandDiagram, volts: float) -> NDArray[np.float64]:
    """
    Where the phases that are stable at a voltage are on the page.

    Parameters
    ----------
    diagram
        The system.
    volts
        V against Na/Na+; not negative.

    Returns
    -------
    ndarray : shape (n_stable, 2)
        In the triangle; for two elements fraction and formation grand potential, eV per atom
        other than sodium.
    """
    fractions = diagram.fractions[list(diagram.at(volts).stable)]
    if len(diagram.elements) == 3:
        return np.asarray(fractions @ corners(3))
    return np.column_stack([fractions[:, 1], diagram.formation(volts)])


def draw_diagram(diagram: GrandDiagram, volts: float) -> Figure:
    """
    Draw the phases that coexist at a voltage.

    Parameters
    ----------
    diagram
        At all voltages.
    volts
        V against Na/Na+; not negative.

    Returns
    -------
    matplotlib.figure.Figure
        A triangle with tie lines; for two elements the hull of formation grand potentials.

    Raises
    ------
    VoltageError
        If the voltage is negative or not a number.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    section = diagram.at(volts)
    points = positions(diagram, volts)
    if len(diagram.elements) == 3:
        axes = Figure(figsize=(_SIDE + 1.4, _SIDE * 0.866 + 1.5)).add_axes((0.0, 0.0, 1.0, 0.9))
        axes.set_xlim(-0.11, 1.11)
        axes.set_ylim(-0.11, 0.95)
        axes.set_aspect("equal")
        axes.set_axis_off()
        _letter_corners(axes, diagram)
    else:
        axes = Figure(figsize=(WIDTH, 4.6)).add_axes((0.15, 0.13, 0.81, 0.75))
        _scale_line(axes, diagram, points)
    place = {column: at for at, column in enumerate(section.stable)}
    for first, second in section.ties:
        axes.plot(*points[[place[first], place[second]]].T, color="0.55", linewidth=0.9, zorder=1)
    axes.plot(*points.T, "o", color=STABLE, markersize=6, zorder=3)
    for at in marked(diagram, points):
        axes.plot(*at, "o", mfc="none", mec=MARKED, mew=1.8, markersize=13, zorder=4)
    formulas = [diagram.phases[at].formula for at in section.stable]
    name_points(axes, formulas, points, along(diagram, section, points), size=9.0)
    axes.set_title(_title(diagram, section, volts), fontsize=9, loc="left")
    return root(axes)


def _scale_line(axes: Axes, diagram: GrandDiagram, points: NDArray[np.float64]) -> None:
    """Give a diagram of two elements its axes."""
    depth = max(-points[:, 1].min(), 0.05)
    axes.set_xlim(-0.08, 1.08)
    axes.set_ylim(-1.18 * depth, 0.2 * depth)
    axes.set_xlabel(f"{diagram.elements[1]} / ({' + '.join(diagram.elements)}), atomic fraction")
    axes.set_ylabel("formation grand potential\n(eV per atom other than Na)")
    tidy(axes)


def marked(diagram: GrandDiagram, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Where marked compositions are on the page.

    Parameters
    ----------
    diagram
        With marks.
    points : shape (n_stable, 2)
        Where the stable phases are.

    Returns
    -------
    ndarray : shape (n_marks, 2)
        In the triangle; for two elements on the hull.
    """
    fractions = np.array([mark.fractions for mark in diagram.marks]).reshape(
        -1, len(diagram.elements)
    )
    if len(diagram.elements) == 3:
        return np.asarray(fractions @ corners(3))
    order = points[:, 0].argsort()
    heights = np.interp(fractions[:, 1], points[order, 0], points[order, 1])
    return np.column_stack([fractions[:, 1], heights])


def _title(diagram: GrandDiagram, section: Section, volts: float) -> str:
    """Say what is drawn, and what marked compositions are there."""
    system = f"Na–{'–'.join(diagram.elements)}"
    same = f"(the same from {range_text(section.lower, section.upper, digits=3)} V)"
    lines = [f"{system} open to sodium at {volts:g} V against Na/Na$^+$ {same}"]
    for mark in diagram.marks:
        products = mark.products(volts)
        found = f"→ {subscripted(products)}" if products else "is stable"
        lines.append(f"{subscripted(mark.formula)} (ring) {found}")
    return "\n".join(lines)


def along(
    diagram: GrandDiagram, section: Section, points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    Find what names of phases should not cover.

    Parameters
    ----------
    diagram
        At all voltages.
    section
        One range of voltage.
    points : shape (n_stable, 2)
        Where its phases are on the page.

    Returns
    -------
    ndarray : shape (n, 2)
        Points along the tie lines, and those of marked compositions.
    """
    place = {column: at for at, column in enumerate(section.stable)}
    ends = np.array([[points[place[a]], points[place[b]]] for a, b in section.ties])
    steps = np.linspace(0.0, 1.0, _ALONG)[:, None, None]
    lines = (ends[None, :, 0] + steps * (ends[:, 1] - ends[:, 0])[None]).reshape(-1, 2)
    return np.vstack([lines, marked(diagram, points)])


def _letter_corners(axes: Axes, diagram: GrandDiagram) -> None:
    """Write the elements beyond the corners."""
    middle = corners(3).mean(axis=0)
    for element, corner in zip(diagram.elements, corners(3), strict=True):
        x, y = (corner + (corner - middle) * 0.13).tolist()
        axes.text(x, y, element, fontsize=13, color="0.5", ha="center", va="center")
