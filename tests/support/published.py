"""
Published and recomputed values, read from the text and the table that lie beside the project.

Neither is copied here: where one is absent there is nothing to compare with, and the tests that
need it are skipped. Reactions are compared as the change of atoms in each phase, since one text
writes Na2S2 and another NaS, and to the digits that are printed.
"""

from __future__ import annotations

import re
from functools import cache
from math import floor, log10

import pytest

from tests.support.folders import SHARED
from trona.screening.formulas import canonical, parse
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.references import load_reference

SCIENCE = SHARED / "science.md"
TABLE = SHARED / "reference" / "formation_energies.csv"
NYZC = "Na2.25Y0.25Zr0.75Cl6"
POLYCHLORIDES = ("NaCl3", "NaCl7")

needs_table = pytest.mark.skipif(
    not TABLE.exists(), reason="the table of DFT formation energies is not beside the project"
)

# The text rounds twice, to 1 mV and then to 10 mV: 3.1552 V is printed as 3.15 V.
CENTIVOLT = 0.0055
MILLIVOLT = 0.00051
DIGITS = 4  # of amounts in reactions

FORMULA = r"[A-Z][A-Za-z0-9.()]*(?<![.])"
TERM = re.compile(rf"(?:(\d+(?:\.\d+)?) )?({FORMULA})")
FORMULAS = re.compile(rf"{FORMULA}(?: \+ {FORMULA})*(?![\w/])")


def require(*paths):
    """Skip the calling module where a file is not beside the project."""
    for path in paths:
        if not path.exists():
            pytest.skip(f"{path.name} is not beside the project", allow_module_level=True)


@cache
def section(number):
    """Text of a section, its heading included, up to the next heading."""
    text = SCIENCE.read_text(encoding="utf-8")
    heading = rf"^##+ {re.escape(number)}\.? .*?(?=^##+ |\Z)"
    return re.search(heading, text, re.MULTILINE | re.DOTALL)[0]


@cache
def rows(number):
    """Rows of the table of a section: column to cell."""
    lines = re.findall(r"^\|(.*)\|$", section(number), re.MULTILINE)
    cells = [[cell.strip().strip("*") for cell in line.split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def decimals(text):
    """Numbers of a cell that are printed with a decimal point."""
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text.replace("−", "-"))]


def span(text):
    """Both ends of a printed range of voltage; None where there is no range."""
    ends = decimals(text.replace("–", " "))
    return tuple(ends) if len(ends) == 2 else None


def formulas(text):
    """Products that a cell begins with, as a set of compositions."""
    found = FORMULAS.match(text)
    return {canonical(parse(name)) for name in found[0].split(" + ")} if found else set()


def printed_change(equation):
    """Atoms that each phase gains in a printed reaction, to the digits of its coefficients."""
    change, margin = {}, {}
    for sign, side in zip((-1, 1), equation.split(" -> "), strict=True):
        for term in side.split(" + "):
            coefficient, formula = TERM.fullmatch(term).groups(default="1")
            phase, n_atoms = canonical(parse(formula)), sum(parse(formula).values())
            amount = float(coefficient)
            last = 10.0 ** (floor(log10(amount)) + 1 - DIGITS)
            change[phase] = change.get(phase, 0.0) + sign * amount * n_atoms
            margin[phase] = margin.get(phase, 0.0) + 0.51 * last * n_atoms
    changed = {phase: atoms for phase, atoms in change.items() if abs(atoms) > margin[phase]}
    return {phase: pytest.approx(x, abs=margin[phase]) for phase, x in changed.items()}


def found_change(document, rung):
    """Atoms that each phase gains in an interval of a window document."""
    composition = parse(document.formula)
    parts = [(composition, -1.0), ({"Na": 1.0}, -rung.na_exchanged)]
    parts += [(parse(product.formula), product.amount) for product in rung.products]
    change = {}
    for amounts, units in parts:
        phase = canonical(amounts)
        change[phase] = change.get(phase, 0.0) + units * sum(amounts.values())
    return {phase: atoms for phase, atoms in change.items() if abs(atoms) > 1e-6}


@cache
def reference(variant):
    """A: energies as published; C: polysulfides by charge; C0: that without polychlorides."""
    if variant == "C0":
        return reference("C").without(POLYCHLORIDES)
    return load_reference(
        f"table:{TABLE}", {"A": "as-published", "C": "sulfide-by-charge-legacy"}[variant]
    )


@cache
def judged(formula, variant="C"):
    """Window document of a formula."""
    return window_document(assess_formula(formula, reference(variant)))


def covered(formula):
    """Tell whether the part of the table holds all elements of a formula."""
    return parse(formula).keys() <= set(reference("C").table.elements)
