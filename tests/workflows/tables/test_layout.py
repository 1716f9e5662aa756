"""Reactions in a narrow column are wrapped between terms, never inside a formula that fits."""

from __future__ import annotations

import pytest
from rich.console import Console

from trona.workflows.tables.layout import fit, framed

REACTION = "-> 0.6667 Na3PSe4 + 0.1667 Na4P2S6 + 0.1667 Na4P2Se6 + 0.3333 Na"


def shown(cell, width):
    """Lines of a table of one column, without its head."""
    table = framed()
    table.add_column("reaction", overflow="fold", min_width=8)
    table.add_row(cell)
    console = Console(width=width)
    with console.capture() as printed:
        console.print(fit(table, width))
    return [line.strip() for line in printed.get().splitlines()][3:]


@pytest.mark.parametrize("width", range(12, 60))
def test_a_formula_that_fits_into_a_line_is_not_broken(width):
    words = " ".join(shown(REACTION, width)).split()
    assert words == REACTION.split()


def test_an_amount_stays_with_its_formula_where_both_fit():
    assert "0.6667 Na3PSe4" in " | ".join(shown(REACTION, 18))


def test_a_formula_that_fits_nowhere_is_broken_between_elements():
    assert shown("-> Na2.25Y0.25Zr0.75Cl6", 14)[:3] == ["->", "Na2.25Y0.25", "Zr0.75Cl6"]
