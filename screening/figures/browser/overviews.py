"""Interactive figures of many candidates, and of a decomposition ladder.

Plotly is imported inside the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trona.screening.figures.labels import class_words, stacked
from trona.screening.figures.ladder_data import UNITS
from trona.screening.figures.paper.parity import VERDICTS, parity_points
from trona.screening.figures.paper.style import COLOURS, letters_on
from trona.screening.formulas import number
from trona.screening.typesetting import HTML, subscripted, typeset
from trona.screening.units import range_text

from .style import LEGEND, VOLTAGE, annotate_points, empty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plotly.graph_objects import Figure

    from trona.screening.figures.ladder_data import LadderFigure, LadderStep
    from trona.screening.figures.overview_data import (
        InterphaseMap,
        MapPoint,
        WindowBar,
        WindowBars,
    )
    from trona.screening.figures.paper.parity import WindowPair
    from trona.screening.stability.interphase import InterphaseClass

__all__ = ["show_bars", "show_ladder", "show_map", "show_parity"]

_WIDTH, _HEIGHT = 860, 560
"""Pixels."""
_LEAST = 520
"""Pixels that few bars share: a figure of two fills its page too."""
_NAMES_ACROSS, _NAME_LETTER, _NAME_ROW = 700.0, 7.0, 36.0
"""Pixels of the voltage axis in a narrow window, of a letter, and of a row of electrodes."""
_LEAST_LETTERS = 9
"""Pixels of the smallest letters in the products of a ladder; what needs smaller ones has none."""
_DASHED = {"color": "#808080", "width": 1, "dash": "dash"}


def show_bars(windows: WindowBars) -> Figure:
    """
    Show windows of candidates on one voltage axis.

    Parameters
    ----------
    windows
        What it shows.

    Returns
    -------
    plotly.graph_objects.Figure
        A row for each candidate, coloured by its interphase at 0 V; electrodes as dashed lines.
    """
    height = max(_LEAST, 280 + 26 * len(windows.bars))
    figure = empty(height=height, bargap=0.35, barmode="overlay")
    figure.update_layout(legend={**LEGEND, "title": "interphase at 0 V"}, margin_b=110)
    names = [typeset(b.label, HTML) + b.signs for b in windows.bars]
    for kind, colour in COLOURS.items():
        rows = [at for at, bar in enumerate(windows.bars) if bar.kind is kind]
        if not rows:
            continue
        bars = [windows.bars[at] for at in rows]
        figure.add_bar(
            orientation="h",
            y=rows,
            base=[bar.lower for bar in bars],
            x=[max(min(bar.upper, windows.top) - bar.lower, 0.01) for bar in bars],
            marker={
                "color": colour,
                "pattern": {"shape": ["" if bar.sure else "/" for bar in bars]},
            },
            name=class_words(kind),
            customdata=[
                f"{names[at]}<br>{_range(windows.bars[at])}<br>{_class(windows.bars[at])}"
                for at in rows
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    _mark_electrodes(figure, windows)
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=names,
        range=[len(names) - 0.4, -0.6],
        ticks="",
    )
    title = "<br>".join([VOLTAGE, *windows.notes])
    figure.update_xaxes(title=title, range=[0.0, windows.top], showgrid=True)
    return figure


def _mark_electrodes(figure: Figure, windows: WindowBars) -> None:
    """Draw electrodes as dashed lines, with their names above in as many rows as they need."""
    marks = sorted(windows.marks, key=lambda mark: mark.voltage)
    lines = [f"{mark.formula} {mark.potential}".split("\n") for mark in marks]
    rows = stacked(
        [mark.voltage / windows.top * _NAMES_ACROSS for mark in marks],
        [_NAME_LETTER * max(map(len, text)) for text in lines],
    )
    for mark, row in zip(marks, rows, strict=True):
        figure.add_vline(
            mark.voltage, opacity=1, line={"color": "#707070", "width": 1, "dash": "dash"}
        )
        figure.add_annotation(
            x=mark.voltage,
            y=1.0,
            yref="paper",
            yanchor="bottom",
            yshift=_NAME_ROW * row,
            text=f"{typeset(mark.formula, HTML)} {mark.potential}".replace("\n", "<br>"),
            showarrow=False,
        )
    above = _NAME_ROW * max(0, max(rows, default=0) - 1)
    figure.update_layout(margin_t=90 + above, height=figure.layout.height + above)


def _class(one: WindowBar | MapPoint) -> str:
    """Write the class, and that it is not sure where it is not."""
    words = class_words(one.kind)
    return words if one.sure else f"{words}, not sure"


def _range(limits: Any) -> str:  # noqa: ANN401
    """Write a range of voltage."""
    if limits.lower == limits.upper:
        return f"changes sign at {limits.lower:.3f} V"
    return f"{range_text(limits.lower, limits.upper, digits=3)} V"


def show_ladder(ladder: LadderFigure) -> Figure:
    """
    Show sodium content against voltage, with the products of each step as stacked fractions.

    Parameters
    ----------
    ladder
        What it shows.

    Returns
    -------
    plotly.graph_objects.Figure
        Sodium exchanged on the left, products on the right; all details at the pointer.
    """
    figure = empty(height=560, barmode="overlay")
    figure.update_layout(uniformtext={"minsize": _LEAST_LETTERS, "mode": "hide"})
    figure.set_subplots(
        1, 2, shared_yaxes=True, column_widths=[0.62, 0.38], horizontal_spacing=0.03
    )
    figure.update_layout(
        title={
            "text": f"{subscripted(ladder.formula, HTML)}: {ladder.title}",
            "font": {"size": 15},
        },
        legend=LEGEND,
        margin={"b": 110},
    )
    xs = [step.sodium for step in ladder.steps for _ in "ab"]
    ys = [y for step in ladder.steps for y in (step.lower, min(step.upper, ladder.top))]
    figure.add_scatter(
        x=xs, y=ys, mode="lines", line={"color": "#999999", "width": 1}, hoverinfo="skip",
        showlegend=False, row=1, col=1,
    )  # fmt: skip
    for kind in (kind for kind in COLOURS if kind in ladder.kinds):
        _add_steps(figure, ladder, kind)
        _add_parts(figure, ladder, kind)
    name = subscripted(ladder.formula, HTML)
    reach = max(xs) - min(xs) or 1.0
    figure.update_xaxes(
        title=f"Na exchanged per {name}",
        range=[min(xs) - 0.04 * reach, max(xs) + 0.04 * reach],
        row=1,
        col=1,
    )
    figure.update_xaxes(title=f"products ({ladder.units})", range=[0, 100], row=1, col=2)
    figure.update_yaxes(range=[0, ladder.top])
    figure.update_yaxes(title=VOLTAGE, row=1, col=1)
    return figure


def _details(step: LadderStep) -> str:
    """Describe a step at the pointer."""
    lines = [
        f"<b>{_range(step)}</b>, {class_words(step.kind)}",
        f"Na exchanged: {number(step.sodium)}",
        *(
            f"{number(part.amount)} {subscripted(part.formula, HTML)}: "
            f"{100 * part.fraction:.1f} {UNITS[step.basis]}, {class_words(part.kind)}"
            for part in step.parts
        ),
    ]
    return "<br>".join(lines)


def _add_steps(figure: Figure, ladder: LadderFigure, kind: InterphaseClass) -> None:
    """Add the steps of a class: thick vertical lines, with room to point at."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    texts: list[str] = []
    for step in ladder.steps:
        if step.kind is kind:
            upper = min(step.upper, ladder.top)
            xs += [step.sodium, step.sodium, step.sodium, None]
            ys += [step.lower, (step.lower + upper) / 2, upper, None]
            texts += [_details(step)] * 3 + [""]
    figure.add_scatter(
        x=xs, y=ys, mode="lines", line={"color": COLOURS[kind], "width": 7}, text=texts,
        hovertemplate="%{text}<extra></extra>", showlegend=False, row=1, col=1,
    )  # fmt: skip


def _add_parts(figure: Figure, ladder: LadderFigure, kind: InterphaseClass) -> None:
    """Add the products of a class: areas as high as their steps."""
    boxes = []
    for step in ladder.steps:
        upper, left = min(step.upper, ladder.top), 0.0
        still = None if step.kind.reacts else step.kind
        for part in step.parts:
            if (still or part.kind) is kind:
                boxes.append((left, 100 * part.fraction, step.lower, upper, part.formula, step))
            left += 100 * part.fraction
    figure.add_bar(
        orientation="h",
        base=[box[0] for box in boxes],
        x=[box[1] for box in boxes],
        y=[(box[2] + box[3]) / 2 for box in boxes],
        width=[box[3] - box[2] for box in boxes],
        marker={"color": COLOURS[kind], "line": {"color": "white", "width": 1}},
        text=[subscripted(box[4], HTML) for box in boxes],
        textposition="inside",
        insidetextanchor="middle",
        insidetextfont={"color": letters_on(COLOURS[kind])},
        textangle=0,
        constraintext="both",
        customdata=[_details(box[5]) for box in boxes],
        hovertemplate="%{customdata}<extra></extra>",
        name=class_words(kind),
        row=1,
        col=2,
    )


def show_map(interphases: InterphaseMap) -> Figure:
    """
    Show the conducting part of interphases against what drives their reaction.

    Parameters
    ----------
    interphases
        What it shows.

    Returns
    -------
    plotly.graph_objects.Figure
        A point for each candidate, coloured by class; names and numbers at the pointer.
    """
    figure = empty(height=_HEIGHT, width=_WIDTH, legend=LEGEND)
    figure.update_layout(
        title=f"interphases at {interphases.voltage:g} V against Na/Na<sup>+</sup>",
        margin={"b": 110},
    )
    for kind, colour in COLOURS.items():
        points = [point for point in interphases.points if point.kind is kind]
        if not points:
            continue
        figure.add_scatter(
            x=[point.driving_force for point in points],
            y=[100 * point.conducting for point in points],
            error_y={
                "type": "data",
                "array": [100 * point.unknown for point in points],
                "arrayminus": [0.0] * len(points),
                "thickness": 1,
            },
            mode="markers",
            marker={
                "color": colour,
                "size": 10,
                "symbol": ["circle" if p.sure else "circle-open" for p in points],
            },
            customdata=[
                f"{typeset(p.label, HTML)}<br>{p.driving_force:.3f} eV/atom<br>"
                f"{100 * p.conducting:.1f} {UNITS[p.basis]} conducting, "
                f"{100 * p.unknown:.1f} unknown<br>{_class(p)}"
                for p in points
            ],
            hovertemplate="%{customdata}<extra></extra>",
            name=class_words(kind),
        )
    limits = interphases.thresholds
    for name, level in (("metals", limits.metal), ("narrow-gap phases", limits.percolation)):
        figure.add_hline(
            100 * level,
            opacity=1,
            line=_DASHED,
            annotation={"text": f"{name} connect", "font": {"size": 11, "color": "#606060"}},
        )
    units = " or ".join(sorted({UNITS[p.basis] for p in interphases.points}, reverse=True))
    force = "driving force (eV released per electrolyte atom)"
    figure.update_xaxes(title="<br>".join([force, *interphases.notes]))
    figure.update_yaxes(title=f"electron-conducting part of the products ({units})")
    _scale_map(figure, interphases)
    return figure


def _scale_map(figure: Figure, interphases: InterphaseMap) -> None:
    """Set the axes of a map and name its points."""
    points = np.array([[p.driving_force, 100 * p.conducting] for p in interphases.points])
    right = 1.15 * (points[:, 0].max() or 0.1)
    upper = max(30.0, *(108 * (p.conducting + p.unknown) for p in interphases.points))
    figure.update_xaxes(range=[-0.05 * right, right])
    figure.update_yaxes(range=[-0.1 * upper, upper])
    inside = np.array([_WIDTH - 100.0, _HEIGHT - 180.0])
    scale = inside / np.array([1.05 * right, 1.1 * upper])
    low = np.array([-0.05 * right, -0.1 * upper]) * scale
    room = (float(low[0]), float(low[1]), *(low + inside).tolist())
    names = [point.label for point in interphases.points]
    figure.update_layout(
        annotations=[*figure.layout.annotations, *annotate_points(names, points, scale, room)]
    )


def show_parity(pairs: Iterable[WindowPair]) -> Figure:
    """
    Show predicted against published limits.

    Parameters
    ----------
    pairs
        Systems.

    Returns
    -------
    plotly.graph_objects.Figure
        A point for each limit, coloured by its verdict; the diagonal is agreement.

    Raises
    ------
    InputError
        If no limit is both published and predicted.
    """
    points = parity_points(pairs)
    figure = empty(height=660, width=680, legend=LEGEND, margin={"b": 120, "l": 70})
    top = 1.05 * max(volts for point in points for volts in (point.published, point.predicted))
    figure.add_scatter(
        x=[0, top], y=[0, top], mode="lines", line={"color": "#909090", "width": 1},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    for verdict, colour in VERDICTS.items():
        for side, symbol in (("reduction", "triangle-down"), ("oxidation", "triangle-up")):
            for observed in (False, True):
                chosen = [
                    p
                    for p in points
                    if (p.verdict, p.side, p.observed) == (verdict, side, observed)
                ]
                if not chosen:
                    continue
                figure.add_scatter(
                    x=[p.published for p in chosen],
                    y=[p.predicted for p in chosen],
                    mode="markers",
                    marker={"color": colour, "symbol": symbol + "-open" * observed, "size": 10},
                    text=[typeset(p.formula, HTML) for p in chosen],
                    name=f"{side}, {verdict}" + ", measured" * observed,
                    hovertemplate="%{text}<br>published %{x:.2f} V<br>predicted %{y:.2f} V",
                )
    figure.update_xaxes(title="published limit (V)", range=[0, top])
    figure.update_yaxes(title="predicted limit (V)", range=[0, top])
    return figure
