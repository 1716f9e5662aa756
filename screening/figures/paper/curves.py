"""Paper figures of mixing lines and discharges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.figures.labels import spaced
from trona.screening.typesetting import in_lines, subscripted

from .style import GREY, VOLTAGE, WIDTH, root, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from trona.screening.stability.discharge import Discharge
    from trona.screening.stability.interface import MixingLine

__all__ = ["LINES", "draw_discharges", "draw_mixing", "top_voltage"]

LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours of curves, of Okabe & Ito (2008); used again in turn."""
_MILLI = 1000.0
_HEADROOM = 0.35
"""V drawn above the highest plateau."""
_LINE_HEIGHT = 0.19
"""Inches that a line of small text takes."""


def top_voltage(discharges: Iterable[Discharge]) -> float:
    """
    Voltage up to which discharges are drawn.

    Parameters
    ----------
    discharges
        At least one with a plateau.

    Returns
    -------
    float
        V, some room above the highest plateau.

    Raises
    ------
    InputError
        If there is no plateau.
    """
    found = [plateau.voltage for discharge in discharges for plateau in discharge.plateaus]
    if not found:
        raise InputError("no composition accepts sodium: there is no discharge to draw.")
    return max(found) + _HEADROOM


def draw_mixing(line: MixingLine) -> Figure:
    """
    Draw the reaction energy of two materials against their mixing ratio.

    Parameters
    ----------
    line
        Everything that the two do to each other.

    Returns
    -------
    matplotlib.figure.Figure
        The curve with its kinks numbered and the products at each of them written beside it.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    labels = [in_lines(kink.equation.partition(" -> ")[2], indent=" " * 5) for kink in line.kinks]
    rows = sum(label.count("\n") + 1.6 for label in labels)
    axes = Figure(
        figsize=(WIDTH, max(4.0, 1.0 + rows * _LINE_HEIGHT)), layout="constrained"
    ).add_subplot()
    fractions = [kink.fraction for kink in line.kinks]
    energies = [kink.energy_per_atom * _MILLI for kink in line.kinks]
    depth = max(-min(energies), 1.0)
    label = "mixed" if line.other is None else subscripted(line.label)
    axes.plot(fractions, energies, color=LINES[0], marker="o", markersize=4, label=label)
    by_itself = min(energies[0], energies[-1]) < 0.0
    if by_itself:
        ends = [energies[0], energies[-1]]
        axes.plot([0, 1], ends, color="0.6", linestyle="--", label="each by itself")
    if line.other is not None:
        others = [kink.energy_per_atom * _MILLI for kink in line.other.kinks]
        axes.plot(
            [kink.fraction for kink in line.other.kinks], others, color=LINES[2], marker=".",
            linestyle=":", label=subscripted(line.other.label),
        )  # fmt: skip
        depth = max(depth, -min(others))
    if by_itself or line.other is not None:
        axes.legend(fontsize=8, frameon=False, loc="best")
    _number(axes, line, labels, depth)
    axes.set_ylim(-1.2 * depth, 0.15 * depth)
    axes.set_xlabel(f"atomic fraction of {subscripted(line.seconds)}")
    axes.set_ylabel("reaction energy (meV per atom of the reactants)")
    state = "closed" if line.voltage is None else f"open to sodium at {line.voltage:g} V"
    axes.set_title(f"{subscripted(line.names)}, {state}", fontsize=10, loc="left")
    tidy(axes)
    return root(axes)


def _number(axes: Axes, line: MixingLine, labels: list[str], depth: float) -> None:
    """Write a number at each kink, ends above and others below the curve, and list products."""
    places = spaced([kink.fraction for kink in line.kinks], 0.035)
    rows = [label.count("\n") + 1.6 for label in labels]
    ends = {0, len(labels) - 1}
    below = 0.0
    for at, (kink, label) in enumerate(zip(line.kinks, labels, strict=True)):
        height = kink.energy_per_atom * _MILLI
        best = line.reacts and kink is line.strongest
        colour = LINES[1] if best else "black"
        axes.annotate(
            str(at + 1),
            xy=(kink.fraction, height),
            xytext=(places[at], height + (0.07 if at in ends else -0.1) * depth),
            fontsize=9,
            ha="center",
            va="center",
            color=colour,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5},
        )
        axes.annotate(
            f"{at + 1}.  {label}",
            xy=(1.03, 1.0 - below / sum(rows)),
            xycoords="axes fraction",
            fontsize=8,
            va="top",
            color=colour,
            annotation_clip=False,
        )
        below += rows[at]


def draw_discharges(discharges: Mapping[str, Discharge]) -> Figure:
    """
    Draw voltage against capacity for some compositions, with their differential capacities.

    Parameters
    ----------
    discharges
        Formula to its equilibrium discharge.

    Returns
    -------
    matplotlib.figure.Figure
        Discharge curves on the left; on the right, on the same voltage axis, the comb that dQ/dV
        is at equilibrium: a tooth for each plateau, as long as its capacity.

    Raises
    ------
    InputError
        If there is nothing to draw.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    top = top_voltage(discharges.values())
    figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
    curve, comb = figure.subplots(1, 2, sharey=True, width_ratios=[3, 1.4])
    for at, (formula, discharge) in enumerate(discharges.items()):
        colour = LINES[at % len(LINES)]
        capacities, voltages = [0.0], [top]
        for plateau in discharge.plateaus:
            capacities += [plateau.total - plateau.capacity, plateau.total]
            voltages += [plateau.voltage, plateau.voltage]
        curve.plot([*capacities, capacities[-1]], [*voltages, 0.0], color=colour, linewidth=1.8)
        curve.plot([], [], color=colour, label=f"{subscripted(formula)}, {discharge.capacity:.0f}")
        levels = [plateau.voltage for plateau in discharge.plateaus]
        lengths = [plateau.capacity for plateau in discharge.plateaus]
        comb.hlines(levels, 0.0, lengths, color=colour, linewidth=1.8)
        comb.plot(lengths, levels, "o", color=colour, markersize=4)
    _label_levels(comb, discharges, top)
    curve.set(xlabel="capacity (mAh/g as written)", ylabel=VOLTAGE)
    curve.set_xlim(left=0.0)
    curve.set_ylim(0.0, top)
    curve.set_title("discharge at equilibrium", fontsize=10, loc="left")
    curve.legend(fontsize=8, frameon=False, title="down to 0 V, mAh/g", title_fontsize=8)
    comb.set_xlabel("capacity of a plateau (mAh/g)")
    comb.set_xlim(left=0.0)
    comb.set_title("dQ/dV", fontsize=10, loc="left")
    tidy(curve, comb)
    return figure


def _label_levels(comb: Axes, discharges: Mapping[str, Discharge], top: float) -> None:
    """Write the voltages beside their teeth, apart from each other."""
    teeth = sorted(
        (plateau.voltage, LINES[at % len(LINES)])
        for at, discharge in enumerate(discharges.values())
        for plateau in discharge.plateaus
    )
    levels = spaced([voltage for voltage, _ in teeth], top / 26)
    for (voltage, colour), level in zip(teeth, levels, strict=True):
        comb.annotate(
            f"{voltage:.2f}",
            xy=(1.0, voltage),
            xycoords=comb.get_yaxis_transform(),
            xytext=(1.09, level),
            textcoords=comb.get_yaxis_transform(),
            fontsize=7.5,
            va="center",
            color=colour,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5},
            annotation_clip=False,
        )
