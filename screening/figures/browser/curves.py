"""Interactive figures of mixing curves, discharges, and phase diagrams with a voltage slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trona.screening.figures.paper.curves import LINES, top_voltage
from trona.screening.figures.paper.diagram import MARKED, STABLE, along, corners, marked, positions
from trona.screening.typesetting import HTML, in_lines, subscripted
from trona.screening.units import range_text

from .style import VOLTAGE, annotate_points, empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from plotly.graph_objects import Figure

    from trona.screening.equilibrium.diagram import GrandDiagram, Section
    from trona.screening.stability.discharge import Discharge
    from trona.screening.stability.interface import MixingLine

__all__ = ["show_diagram", "show_discharges", "show_mixing"]

_SIDE = 485.0
"""Pixels of a side of the triangle."""
_ACROSS, _UP = 675.0, 370.0
"""Pixels of the axes of a diagram of two elements."""
_FIRST, _LAST, _BELOW, _ABOVE = -0.1, 1.1, -1.2, 0.2
"""Ends of its axes: fractions, and multiples of the largest depth of a hull."""
_RING = 11.0
"""Pixels from the middle of a ring around a marked composition to its outer edge."""
_CIRCLE = np.array([[np.cos(way), np.sin(way)] for way in np.arange(0.0, 2 * np.pi, np.pi / 8)])
_MARK_LINE = 22
"""Pixels that the title needs for each marked composition."""


def show_mixing(line: MixingLine) -> Figure:
    """
    Show the reaction energy of two materials against their mixing ratio.

    Parameters
    ----------
    line
        Everything that the two do to each other.

    Returns
    -------
    plotly.graph_objects.Figure
        The curve with the reaction of each kink at the pointer.
    """
    figure = empty(height=480)
    fractions = [kink.fraction for kink in line.kinks]
    energies = [1000 * kink.energy_per_atom for kink in line.kinks]
    figure.add_scatter(
        x=fractions,
        y=energies,
        mode="lines+markers",
        line={"color": LINES[0]},
        marker={
            "size": 9,
            "color": [
                LINES[1] if line.reacts and kink is line.strongest else LINES[0]
                for kink in line.kinks
            ],
        },
        text=[in_lines(kink.equation.replace(" -> ", " + → "), HTML) for kink in line.kinks],
        hovertemplate="%{text}<br>%{y:.1f} meV/atom at %{x:.3f}<extra></extra>",
        name="mixed" if line.other is None else subscripted(line.label, HTML),
    )
    if line.other is not None:
        kinks = line.other.kinks
        figure.add_scatter(
            x=[kink.fraction for kink in kinks],
            y=[1000 * kink.energy_per_atom for kink in kinks],
            mode="lines+markers",
            line={"color": LINES[2], "dash": "dot"},
            text=[in_lines(kink.equation.replace(" -> ", " + → "), HTML) for kink in kinks],
            hovertemplate="%{text}<br>%{y:.1f} meV/atom at %{x:.3f}<extra></extra>",
            name=subscripted(line.other.label, HTML),
        )
    if min(energies[0], energies[-1]) < 0.0:
        figure.add_scatter(
            x=[0, 1], y=[energies[0], energies[-1]], mode="lines", name="each by itself",
            line={"color": "#909090", "dash": "dash"}, hoverinfo="skip",
        )  # fmt: skip
    state = "closed" if line.voltage is None else f"open to sodium at {line.voltage:g} V"
    figure.update_layout(
        title=f"{subscripted(line.names, HTML)}, {state}", showlegend=len(figure.data) > 1
    )
    figure.update_xaxes(title=f"atomic fraction of {subscripted(line.seconds, HTML)}")
    figure.update_yaxes(title="reaction energy (meV per atom of the reactants)")
    return figure


def show_discharges(discharges: Mapping[str, Discharge]) -> Figure:
    """
    Show voltage against capacity for some compositions, with their differential capacities.

    Parameters
    ----------
    discharges
        Formula to its equilibrium discharge.

    Returns
    -------
    plotly.graph_objects.Figure
        Discharge curves on the left; on the right a tooth of dQ/dV for each plateau.

    Raises
    ------
    InputError
        If there is nothing to show.
    """
    top = top_voltage(discharges.values())
    figure = empty(height=480, title="discharge at equilibrium, and dQ/dV")
    figure.set_subplots(1, 2, shared_yaxes=True, column_widths=[0.7, 0.3], horizontal_spacing=0.04)
    for at, (formula, discharge) in enumerate(discharges.items()):
        colour, name = LINES[at % len(LINES)], subscripted(formula, HTML)
        xs, ys = [0.0], [top]
        teeth: list[tuple[float | None, float | None]] = []
        for plateau in discharge.plateaus:
            xs += [plateau.total - plateau.capacity, plateau.total]
            ys += [plateau.voltage, plateau.voltage]
            teeth += [(0.0, plateau.voltage), (plateau.capacity, plateau.voltage), (None, None)]
        figure.add_scatter(
            x=[*xs, xs[-1]], y=[*ys, 0.0], mode="lines", line={"color": colour}, row=1, col=1,
            name=f"{name}, {discharge.capacity:.0f} mAh/g", legendgroup=formula,
            hovertemplate="%{x:.0f} mAh/g at %{y:.3f} V",
        )  # fmt: skip
        figure.add_scatter(
            x=[tooth[0] for tooth in teeth], y=[tooth[1] for tooth in teeth], row=1, col=2,
            mode="lines+markers", line={"color": colour}, name=name, legendgroup=formula,
            showlegend=False, hovertemplate="%{x:.0f} mAh/g at %{y:.3f} V",
        )  # fmt: skip
    figure.update_xaxes(title="capacity (mAh/g as written)", row=1, col=1)
    figure.update_xaxes(title="capacity of a plateau (mAh/g)", row=1, col=2)
    figure.update_yaxes(range=[0, top])
    figure.update_yaxes(title=VOLTAGE, row=1, col=1)
    return figure


def show_diagram(diagram: GrandDiagram, volts: float = 0.0) -> Figure:
    """
    Show the phases that coexist, with a slider over all voltages at which that changes.

    Parameters
    ----------
    diagram
        At all voltages.
    volts
        V against Na/Na+ that is shown first; not negative.

    Returns
    -------
    plotly.graph_objects.Figure
        A step of the slider is one range of voltage; two elements are drawn at its middle.

    Raises
    ------
    VoltageError
        If the voltage is negative or not a number.
    """
    shown = diagram.sections.index(diagram.at(volts))
    ternary = len(diagram.elements) == 3
    marks = _MARK_LINE * len(diagram.marks)
    figure = empty(height=(720 if ternary else 580) + marks, width=820, showlegend=False)
    figure.update_layout(margin={"t": 60 + marks, "l": 90})
    figure.update_layout(title={"yref": "container", "y": 1, "yanchor": "top", "pad": {"t": 16}})
    depth = max(0.05, *(-diagram.formation(s.middle).min() for s in diagram.sections))
    frames = [_frame(diagram, section, depth) for section in diagram.sections]
    line = {"color": "#888888", "width": 1.2}
    figure.add_scatter(mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        mode="markers",
        marker={"color": STABLE, "size": 10},
        hovertemplate="%{text}<extra></extra>",
    )
    ring = {"color": "rgba(0,0,0,0)", "size": 19, "line": {"color": MARKED, "width": 2.5}}
    figure.add_scatter(mode="markers", marker=ring, hovertemplate="%{text}<extra></extra>")
    for trace, (key, values) in ((t, kv) for kv in frames[shown][0].items() for t in range(3)):
        figure.data[trace][key] = values[trace]
    figure.update_layout(**frames[shown][1])
    figure.update_layout(
        sliders=[
            {
                "active": shown,
                "currentvalue": {"prefix": "voltage against Na/Na<sup>+</sup>: "},
                "pad": {"t": 30 if ternary else 60},
                "steps": [
                    {
                        "method": "update",
                        "label": _range(section),
                        "args": [frame[0], frame[1], [0, 1, 2]],
                    }
                    for section, frame in zip(diagram.sections, frames, strict=True)
                ],
            }
        ]
    )
    _set_axes(figure, diagram, depth)
    return figure


def _set_axes(figure: Figure, diagram: GrandDiagram, depth: float) -> None:
    """Scale the axes so that every step of the slider fits."""
    if len(diagram.elements) == 3:
        figure.update_xaxes(visible=False, range=[-0.22, 1.22])
        figure.update_yaxes(visible=False, range=[-0.12, 1.0], scaleanchor="x")
        return
    symbols = " + ".join(diagram.elements)
    figure.update_xaxes(
        title=f"{diagram.elements[1]} / ({symbols}), atomic fraction", range=[_FIRST, _LAST]
    )
    figure.update_yaxes(
        title="formation grand potential<br>(eV per atom other than Na)",
        range=[_BELOW * depth, _ABOVE * depth],
    )


def _range(section: Section) -> str:
    """Write a range of voltage."""
    return f"{range_text(section.lower, section.upper, digits=3)} V"


def _frame(
    diagram: GrandDiagram, section: Section, depth: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Collect data of the three traces and layout of one step: ties, phases, marks."""
    volts = section.middle
    points = positions(diagram, volts)
    place = {column: at for at, column in enumerate(section.stable)}
    ties: list[list[float | None]] = []
    for first, second in section.ties:
        ties += [points[place[first]].tolist(), points[place[second]].tolist(), [None, None]]
    rings = marked(diagram, points)
    formulas = [diagram.phases[at].formula for at in section.stable]
    found = []
    for mark in diagram.marks:
        products = mark.products(volts)
        state = f"→ {subscripted(products, HTML)}" if products else "is stable"
        found.append(f"{subscripted(mark.formula, HTML)} (ring) {state}")
    data = {
        "x": [[tie[0] for tie in ties], points[:, 0].tolist(), rings[:, 0].tolist()],
        "y": [[tie[1] for tie in ties], points[:, 1].tolist(), rings[:, 1].tolist()],
        "text": [[], [subscripted(formula, HTML) for formula in formulas], found],
    }
    title = f"Na–{'–'.join(diagram.elements)} open to sodium"
    layout = {
        "title.text": "<br>".join([title, *(f"<sub>{line}</sub>" for line in found)]),
        "annotations": _annotations(diagram, section, points, depth),
    }
    return data, layout


def _annotations(
    diagram: GrandDiagram, section: Section, points: NDArray[np.float64], depth: float
) -> list[dict[str, Any]]:
    """Names of phases beside their points, and elements at the corners."""
    formulas = [diagram.phases[at].formula for at in section.stable]
    scale = np.array([_SIDE, _SIDE])
    room = (-0.2 * _SIDE, -1.2 * _SIDE, 1.2 * _SIDE, 1.2 * _SIDE)
    if len(diagram.elements) == 2:
        low, high = np.array([_FIRST, _BELOW * depth]), np.array([_LAST, _ABOVE * depth])
        scale = np.array([_ACROSS, _UP]) / (high - low)
        (left, bottom), (right, top) = (low * scale).tolist(), (high * scale).tolist()
        room = (left, bottom, right, top)
    rings = marked(diagram, points)[:, None] + _RING / scale * _CIRCLE
    avoid = np.vstack([along(diagram, section, points), rings.reshape(-1, 2)])
    names = annotate_points(formulas, points, scale, room, avoid)
    if len(diagram.elements) == 2:
        return names
    away = corners(3) + 0.16 * (corners(3) - corners(3).mean(axis=0))
    letters = [
        {
            "x": float(x), "y": float(y), "text": element, "showarrow": False,
            "font": {"size": 18, "color": "#909090"},
        }
        for element, (x, y) in zip(diagram.elements, away, strict=True)
    ]  # fmt: skip
    return names + letters
