"""Formulas in figures: subscripts for matplotlib's math text and for HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from .errors import FormulaError
from .formulas import parse

__all__ = [
    "HTML",
    "MATH",
    "Markup",
    "gases",
    "in_lines",
    "subscripted",
    "titled",
    "typeset",
]


@dataclass(frozen=True)
class Markup:
    """
    How a kind of text marks subscripts.

    Parameters
    ----------
    opening, closing
        What stands around a subscript.
    new_line
        What begins a new line.
    """

    opening: str
    closing: str
    new_line: str

    def quoted(self, text: str) -> str:
        """Escape the special characters of this markup."""
        return escape(text) if self.opening.startswith("<") else text.replace("$", r"\$")


MATH = Markup("$_{", "}$", "\n")
"""Math text of matplotlib."""
HTML = Markup("<sub>", "</sub>", "<br>")
"""What plotly understands."""


def subscripted(formula: str, markup: Markup = MATH) -> str:
    """
    Write a formula with subscript digits.

    Parameters
    ----------
    formula
        Plain formula, or a sum of formulas.
    markup
        Of matplotlib or of plotly.

    Returns
    -------
    str
        Amounts in front of a formula stay as they are.

    Examples
    --------
    >>> subscripted("Na3PS3.4O0.6")
    'Na$_{3}$PS$_{3.4}$O$_{0.6}$'
    >>> subscripted("0.5 P2S5", HTML)
    '0.5 P<sub>2</sub>S<sub>5</sub>'
    """
    text, digits, previous = "", "", ""
    for letter in f"{markup.quoted(formula)}·":
        inside = letter.isdigit() or (letter == "." and digits)
        if inside and (digits or previous.isalpha() or previous == ")"):
            digits += letter
            continue
        text += (f"{markup.opening}{digits}{markup.closing}" if digits else "") + letter
        digits, previous = "", letter
    return text[:-1]


def typeset(label: str, markup: Markup = MATH) -> str:
    """
    Write the name of a candidate, with subscripts if it begins with a formula.

    Parameters
    ----------
    label
        Such as ``"Na3PS4-cubic"`` or ``"sample12"``.
    markup
        Of matplotlib or of plotly.

    Returns
    -------
    str
        Only what reads as a formula gets subscripts.

    Examples
    --------
    >>> typeset("Na3PS4-phase2"), typeset("sample12")
    ('Na$_{3}$PS$_{4}$-phase2', 'sample12')
    """
    named, opening, formula = label.removesuffix(")").rpartition(" (")
    if named and label.endswith(")"):
        return f"{typeset(named, markup)}{opening}{typeset(formula, markup)})"
    formula, dash, rest = label.partition("-")
    try:
        parse(formula)
    except FormulaError:
        return markup.quoted(label)
    return subscripted(formula, markup) + dash + markup.quoted(rest)


def gases(text: str, markup: Markup = MATH) -> str:
    """
    Write a sentence with subscripts in the gases of air that it names.

    Parameters
    ----------
    text
        Plain.
    markup
        Of matplotlib or of plotly.

    Returns
    -------
    str
        Other words stay as they are.

    Examples
    --------
    >>> gases("25 °C, 1 ppm of H2S", HTML)
    '25 °C, 1 ppm of H<sub>2</sub>S'
    """
    named = {"H2O", "H2S", "CO2", "O2"}
    return " ".join(
        subscripted(word, markup) if word.strip(",;:()") in named else markup.quoted(word)
        for word in text.split(" ")
    )


def titled(label: str, formula: str) -> str:
    """
    Put the formula beside a label that does not begin with it.

    Parameters
    ----------
    label
        Name of a candidate.
    formula
        Its composition.

    Returns
    -------
    str
        To be shown, and for `typeset`.

    Examples
    --------
    >>> titled("sample12", "Na3PS4"), titled("Na3PS4-cubic", "Na3PS4")
    ('sample12 (Na3PS4)', 'Na3PS4-cubic')
    >>> typeset(titled("sample12", "Na3PS4"), HTML)
    'sample12 (Na<sub>3</sub>PS<sub>4</sub>)'
    """
    return label if label.partition("-")[0] == formula else f"{label} ({formula})"


def in_lines(side: str, markup: Markup = MATH, indent: str = "") -> str:
    """
    Write one side of a reaction with subscripts, two terms in a line.

    Parameters
    ----------
    side
        Terms joined by plus signs.
    markup
        Of matplotlib or of plotly.
    indent
        What further lines begin with.

    Returns
    -------
    str
        A line, or some.

    Examples
    --------
    >>> in_lines("Na2S + S + P", HTML)
    'Na<sub>2</sub>S + S +<br>P'
    """
    parts = [subscripted(term, markup) for term in side.split(" + ")]
    lines = (" + ".join(parts[start : start + 2]) for start in range(0, len(parts), 2))
    return f" +{markup.new_line}{indent}".join(lines)
