"""Windows of many compositions as one table."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from trona.screening.figures.overview_data import WindowBars, window_bar
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula

from .drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trona.stores.assess.assessment import Assessment
    from trona.stores.energies.references import Reference

    from .windows import Window

__all__ = ["Windows", "assess_formulas"]


@dataclass(frozen=True, eq=False)
class Windows(Drawn):
    """
    Windows of many compositions, in the order in which they were asked for.

    Parameters
    ----------
    windows
        One for each composition, as often as it was asked for; ``windows["Na3PS4"]`` is its first.
    """

    windows: tuple[Window, ...]

    def __len__(self) -> int:
        return len(self.windows)

    def __iter__(self) -> Iterator[Window]:
        return iter(self.windows)

    def __getitem__(self, formula: str) -> Window:
        for one in self.windows:
            if one.formula == formula:
                return one
        raise KeyError(formula)

    @property
    def heading(self) -> str:
        """Number of windows, and the caveats that all of them share."""
        said = [set(one.caveats) for one in self.windows]
        common = [one for one in self.windows[0].caveats if all(one in them for them in said)]
        return " ".join([f"Windows of {len(self)} compositions.", *common])

    def rows(self) -> list[dict[str, object]]:
        """List the compositions."""
        return [_window_row(one) for one in self.windows]

    def _drawing(self) -> tuple[str, *tuple[object, ...]]:
        """Choose the windows as bars."""
        return "windows", self._bars()

    def _bars(self) -> WindowBars:
        """Lay the windows out as bars."""
        return WindowBars(
            tuple(
                window_bar(one.assessment.stability, one.assessment.interphases[0])
                for one in self.windows
            ),
            (),
        )


def _window_row(one: Window) -> dict[str, object]:
    """Write a window as a row."""
    limits, stability = one.limits, one.assessment.stability
    metal, interphase = stability.ladder[0], one.assessment.interphases[0]
    row: dict[str, object] = {
        "formula": one.formula,
        "answer": one.answer,
        "from (V)": None if limits is None else limits.reduction,
        "to (V)": None if limits is None else limits.oxidation,
        "above hull (eV/atom)": one.energy_above_hull,
        "reaction": metal.equation,
        "interphase": interphase.kind.value,
        "released at 0 V (eV/atom)": -stability.reaction_energy(0.0),
        "Na per formula unit": metal.interval.sodium_exchanged,
    }
    if one.tolerance is not None:
        found = one.tolerated
        row["tolerated from (V)"] = None if found is None else found.reduction_limit
        row["tolerated to (V)"] = None if found is None else found.oxidation_limit or inf
    if (errors := one.uncertainty) is not None:
        row["from ± (V)"] = errors.reduction.std
        row["to ± (V)"] = None if errors.oxidation is None else errors.oxidation.std
        row["share of the class"] = errors.interphases[0].fractions.get(interphase.kind.value, 0.0)
    if one.electrode is not None:
        row[f"at {one.electrode.formula}"] = one.electrode.at_takes.interphase
    row["caveats"] = " ".join(one.caveats)
    return row


def assess_formulas(formulas: Sequence[str], reference: Reference) -> list[Assessment]:
    """
    Assess many compositions, those of one chemical system after each other.

    A table keeps some chemical systems laid out; in this order each is laid out once.

    Parameters
    ----------
    formulas
        As the user writes them.
    reference
        Energies of competing phases.

    Returns
    -------
    list of Assessment
        The same as of `assess_formula`, in the order of the formulas.

    Raises
    ------
    InputError
        If a formula cannot be used with this reference.
    """
    by_system = sorted(set(formulas), key=lambda formula: (sorted(parse(formula)), formula))
    found = {formula: assess_formula(formula, reference) for formula in by_system}
    return [found[formula] for formula in formulas]
