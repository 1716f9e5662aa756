"""Tables of decomposition ladders, and of the reaction at one voltage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from trona.screening.formulas import number
from trona.screening.uncertainty.confidence import is_sure
from trona.screening.units import range_text

from .classes import percent, styled
from .layout import NARROW, NONE, WIDE, energies_line, fit, framed, notes, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.assess.scheme_changes import ChangesDoc, SchemeLimitsDoc
    from trona.stores.documents.contacts import DischargeDoc
    from trona.stores.documents.json_output import SpreadDoc, UncertaintyDoc
    from trona.stores.documents.results import LimitDependenceDoc, RungDoc, WindowDoc

__all__ = [
    "basis",
    "changes",
    "electron_part",
    "heading",
    "ion_part",
    "ladder_table",
    "plateaus",
    "range_or_crossing",
    "reasons",
    "volts",
    "window_range",
]

_LONG = 28
"""Columns that a reaction of phases on both sides needs."""


def volts(lower: float | None, upper: float | None, digits: int = 2) -> str:
    """
    Write a range of voltage.

    Parameters
    ----------
    lower, upper
        Ends, V; an upper end of None is unbounded, a lower one means that there is no range.
    digits
        Decimals.

    Returns
    -------
    str
        For example ``"1.25–∞"``.
    """
    if lower is None:
        return NONE
    return range_text(lower, upper, digits, between="–")


def range_or_crossing(lower: float | None, upper: float | None, crossing: float | None) -> str:
    """
    Write the range without exchange, or the crossing voltage in brackets.

    Parameters
    ----------
    lower, upper
        Ends of the range, V, as in `volts`.
    crossing
        Reduction limit with the electrolyte lowered onto the hull, V; None without.

    Returns
    -------
    str
        For example ``"1.25–2.43"`` or ``"(1.66)"``.
    """
    if lower is None:
        return NONE if crossing is None else f"({crossing:.2f})"
    return volts(lower, upper)


def window_range(window: WindowDoc | SchemeLimitsDoc) -> str:
    """
    Write the range of a window as `range_or_crossing` does.

    Parameters
    ----------
    window
        Result of one composition.

    Returns
    -------
    str
        For example ``"1.25–2.43"`` or ``"(1.66)"``.
    """
    return range_or_crossing(
        window.reduction_limit, window.oxidation_limit, window.stabilized.reduction_limit
    )


def electron_part(rung: RungDoc) -> str:
    """
    Write the electron-conducting part and its distance from the nearest threshold.

    Parameters
    ----------
    rung
        An interval.

    Returns
    -------
    str
        For example ``"25 vol% (+9)"``; a question mark where an unknown part decides.
    """
    return _part(rung, rung.electronic_fraction, rung.threshold_margin, rung.electrons)


def ion_part(rung: RungDoc) -> str:
    """
    Write the sodium-ion-conducting part and its distance from the threshold.

    Parameters
    ----------
    rung
        An interval.

    Returns
    -------
    str
        As for electrons.
    """
    return _part(rung, rung.ionic_fraction, rung.ionic_threshold_margin, rung.ions)


def _part(rung: RungDoc, fraction: float, margin: float | None, verdict: str) -> str:
    """Write a conducting part."""
    if rung.reaction_kind == "none":
        return NONE
    distance = "?" if verdict == "unknown" or margin is None else f"{margin * 100:+.0f}"
    return f"{share(fraction, rung.fraction_basis)} ({distance})"


def heading(window: WindowDoc, uncertainty: UncertaintyDoc | None = None) -> str:
    """
    Write the limits of a composition in a line.

    Parameters
    ----------
    window
        Result of one composition.
    uncertainty
        Of its limits and classes; None where that was not asked for.

    Returns
    -------
    str
        Rich markup.
    """
    above = window.energy_above_hull
    hull = "mixture" if above is None else f"{above * 1000:.1f} meV/atom above hull"
    limits = f"{_with_errors(window, uncertainty)} V against Na/Na⁺"
    if window.reduction_limit is None:
        crossing = number(window.stabilized.reduction_limit or 0.0)
        error = "" if uncertainty is None else f" ± {uncertainty.reduction.std:.2f}"
        limits = f"no range without exchange; it changes sign at {crossing}{error} V"
    less = window.without_high_pressure
    if less is not None:
        other = volts(less.reduction_limit, less.oxidation_limit)
        limits += f"; {other} V without {', '.join(less.formulas)}"
    if window.tolerance is not None:
        allowed = f"{window.tolerance * 1000:g} meV/atom"
        limits += f"; {_tolerated(window)} where {allowed} are tolerated"
    return f"[bold]{escape(window.formula)}[/]  {limits}  ({hull})"


def basis(window: WindowDoc, uncertainty: UncertaintyDoc | None = None) -> list[str]:
    """
    Write the basis of limits and classes: frequency of each class, energies and corrections.

    Parameters
    ----------
    window
        Result of one composition.
    uncertainty
        Of its limits and classes; None where that was not asked for.

    Returns
    -------
    list of str
        Rich markup, a line each.
    """
    scale = window.energy_scale
    named = f"{escape(window.reference)}: {escape(scale.method)}, {escape(scale.correction)}"
    return [*([] if uncertainty is None else [_confidence(uncertainty)]), f"[dim]{named}[/]"]


def _with_errors(window: WindowDoc, uncertainty: UncertaintyDoc | None) -> str:
    """Write the limits, each with the spread of its draws."""
    lower, upper = window.reduction_limit, window.oxidation_limit
    if uncertainty is None or lower is None:
        return window_range(window)
    above = "∞" if upper is None else _with_error(upper, uncertainty.oxidation)
    return f"{_with_error(lower, uncertainty.reduction)} – {above}"


def _with_error(limit: float, spread: SpreadDoc | None) -> str:
    """Write a limit with its spread; at 0 V there is none below."""
    if spread is None:
        return f"{limit:.2f}"
    if limit == 0.0:
        return "0.00" if spread.high < 0.005 else f"0.00 + {spread.high:.2f}"
    return f"{limit:.2f} ± {spread.std:.2f}"


def _confidence(found: UncertaintyDoc) -> str:
    """Write how often which class was drawn, and from which errors."""
    at = "; ".join(
        f"at {number(round(one.voltage, 3))} V "
        + ", ".join(f"{styled(kind)} {percent(x)}" for kind, x in one.fractions.items())
        for one in found.interphases
    )
    closed = f"; no window in {percent(1 - found.with_window)}" if found.with_window < 1 else ""
    shared = f" + {found.common * 1000:.0f} per element" if found.common else ""
    draws = f"{found.samples} draws, σ {_sigma(found)} meV/atom{shared}"
    return f"{at}{closed}  [dim]({draws})[/]"


def _sigma(found: UncertaintyDoc) -> str:
    """Write the errors of compounds, meV/atom: one number, or the range over the classes."""
    if not found.sigma_by_class:
        return f"{found.sigma * 1000:g}"
    least, most = min(found.sigma_by_class.values()), max(found.sigma_by_class.values())
    return f"{least * 1000:.0f}–{most * 1000:.0f}"


def _tolerated(window: WindowDoc) -> str:
    """Write the tolerated range."""
    if window.tolerated is None:
        return "no voltage"
    return f"{volts(window.tolerated.reduction_limit, window.tolerated.oxidation_limit)} V"


def _reaction(rung: RungDoc) -> str:
    """Write a reaction without its reactant: the sodium taken up and the products."""
    return (
        escape("+ " + rung.reaction.partition(" + ")[2])
        if rung.na_exchanged > 0
        else (escape(rung.reaction.partition(" ")[2]))
    )


def ladder_table(formula: str, rungs: Sequence[RungDoc], width: int = NARROW) -> RenderableType:
    """
    Lay out the ladder of a composition, lowest voltage first.

    Parameters
    ----------
    formula
        The composition.
    rungs
        Intervals of voltage.
    width
        Columns of the terminal: a wide one has room for the ion-conducting part and the sodium per
        thickness too, a narrow one not even for the electron-conducting part.

    Returns
    -------
    rich.console.RenderableType
        One row per interval.
    """
    wide = width >= WIDE
    table = framed()
    table.add_column("V", no_wrap=True)
    table.add_column(f"reaction of {escape(formula)}", overflow="fold", min_width=16)
    table.add_column("Na\nper f.u.", justify="right", no_wrap=True)
    table.add_column("energy\neV/atom", justify="right", no_wrap=True)
    table.add_column("interphase", no_wrap=True)
    table.add_column("e⁻ conductor\n(margin)", justify="right", no_wrap=True)
    if wide:
        table.add_column("Na⁺ conductor\n(margin)", justify="right", no_wrap=True)
        table.add_column("mAh/cm²\nper µm", justify="right", no_wrap=True)
    for rung in rungs:
        still = rung.reaction_kind == "none"
        used = rung.sodium_charge_per_um
        charge = "?" if used is None else f"{used:+.3f}"
        table.add_row(
            volts(rung.voltage_lower, rung.voltage_upper, digits=3),
            _reaction(rung),
            "0" if still else f"{rung.na_exchanged:+.3g}",
            f"{'≤ ' if rung.voltage_upper is None and not still else ''}"
            f"{rung.energy_per_atom:z.3f}",
            styled(rung.interphase)
            + ("" if is_sure(rung.interphase, rung.interphase_shares) else " ?"),
            electron_part(rung),
            *([ion_part(rung), NONE if still else charge] if wide else []),
        )
    return fit(table, width, ("e⁻ conductor (margin)", "Na per f.u."))


def reasons(document: LimitDependenceDoc) -> list[RenderableType]:
    """
    Lay out what a limit depends on.

    Parameters
    ----------
    document
        One limit.

    Returns
    -------
    list
        Parts to print in order.
    """
    error = "" if document.uncertainty is None else f" ± {document.uncertainty:.2f}"
    table = framed()
    table.add_column("phase")
    table.add_column("V per 10 meV/at", justify="right")
    table.add_column("limit without it, V", justify="right")
    for phase in document.phases:
        removed = NONE if phase.removed is None else f"{phase.removed:.3f}"
        table.add_row(escape(phase.formula), f"{phase.slope / 100:+.3f}", removed)
    head = f"[bold]{document.limit} limit {document.voltage:.3f}{error} V[/] depends on"
    note = None
    if document.uncertainty is not None:
        note = "[dim]± over the draws; the slopes hold as long as the same products form.[/]"
    return [head, table, *([note] if note else [])]


def changes(document: ChangesDoc) -> list[RenderableType]:
    """
    Lay out what a correction scheme changes.

    Parameters
    ----------
    document
        One composition under the default scheme and the chosen one.

    Returns
    -------
    list
        Parts to print in order.
    """
    table = framed()
    table.add_column("correction")
    table.add_column("window, V", no_wrap=True)
    table.add_column("above hull meV/atom", justify="right", no_wrap=True)
    for limits, note in ((document.default, " (default)"), (document.chosen, "")):
        above = limits.energy_above_hull
        table.add_row(
            f"{limits.correction.replace(',', ', ')}{note}",
            window_range(limits),
            NONE if above is None else f"{above * 1000:.1f}",
        )
    moved = Counter(f"{one.formula} {one.shift * 1000:+.0f}" for one in document.shifts)
    listed = ", ".join(text if n == 1 else f"{text} (×{n})" for text, n in moved.items())
    counted = f"{len(document.shifts)} of {document.n_phases} phases of "
    head = f"{counted}{'–'.join(document.elements)} shifted"
    return [table, f"{head}, meV/atom: {escape(listed)}" if moved else f"{head}."]


def plateaus(document: DischargeDoc, width: int = NARROW) -> list[RenderableType]:
    """
    Lay out the discharge of a composition.

    Parameters
    ----------
    document
        Result of one composition.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    table = framed()
    table.add_column("V", no_wrap=True)
    table.add_column("reaction on discharge", overflow="fold", min_width=_LONG)
    table.add_column("Na\nper f.u.", justify="right", no_wrap=True)
    table.add_column("capacity\nmAh/g", justify="right", no_wrap=True)
    table.add_column("total\nmAh/g", justify="right", no_wrap=True)
    for plateau in document.plateaus:
        table.add_row(
            f"{plateau.voltage:.3f}",
            escape(plateau.reaction),
            f"{plateau.sodium:.3g}",
            f"{plateau.capacity:.0f}",
            f"{plateau.total:.0f}",
        )
    head = (
        f"[bold]{escape(document.formula)}[/]  {document.capacity:.0f} mAh/g down to 0 V "
        f"({document.molar_mass:.2f} g/mol)"
    )
    energies = energies_line(document.reference, document.energy_scale)
    fitted = fit(table, width, ("capacity mAh/g",))
    return [escape(document.answer), head, fitted, *notes(document.caveats), energies]
