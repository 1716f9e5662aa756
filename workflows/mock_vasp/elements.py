"""Element data for mock VASP; they do not describe any real pseudopotential."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Element", "element", "valence_electrons"]

_TABLE = """
H 0.31 2.20|He 0.28 3.0|Li 1.28 0.98|Be 0.96 1.57|B 0.84 2.04|C 0.76 2.55|N 0.71 3.04|O 0.66 3.44|
F 0.57 3.98|Ne 0.58 3.0|Na 1.66 0.93|Mg 1.41 1.31|Al 1.21 1.61|Si 1.11 1.90|P 1.07 2.19|
S 1.05 2.58|Cl 1.02 3.16|Ar 1.06 3.0|K 2.03 0.82|Ca 1.76 1.00|Sc 1.70 1.36|Ti 1.60 1.54|
V 1.53 1.63|Cr 1.39 1.66|Mn 1.50 1.55|Fe 1.42 1.83|Co 1.38 1.88|Ni 1.24 1.91|Cu 1.32 1.90|
Zn 1.22 1.65|Ga 1.22 1.81|Ge 1.20 2.01|As 1.19 2.18|Se 1.20 2.55|Br 1.20 2.96|Kr 1.16 3.0|
Rb 2.20 0.82|Sr 1.95 0.95|Y 1.90 1.22|Zr 1.75 1.33|Nb 1.64 1.60|Mo 1.54 2.16|Tc 1.47 1.90|
Ru 1.46 2.20|Rh 1.42 2.28|Pd 1.39 2.20|Ag 1.45 1.93|Cd 1.44 1.69|In 1.42 1.78|Sn 1.39 1.96|
Sb 1.39 2.05|Te 1.38 2.10|I 1.39 2.66|Xe 1.40 2.60|Cs 2.44 0.79|Ba 2.15 0.89|La 2.07 1.10|
Ce 2.04 1.12|Pr 2.03 1.13|Nd 2.01 1.14|Pm 1.99 1.13|Sm 1.98 1.17|Eu 1.98 1.2|Gd 1.96 1.20|
Tb 1.94 1.1|Dy 1.92 1.22|Ho 1.92 1.23|Er 1.89 1.24|Tm 1.90 1.25|Yb 1.87 1.1|Lu 1.87 1.27|
Hf 1.75 1.30|Ta 1.70 1.50|W 1.62 2.36|Re 1.51 1.90|Os 1.44 2.20|Ir 1.41 2.20|Pt 1.36 2.28|
Au 1.36 2.54|Hg 1.32 2.00|Tl 1.45 1.62|Pb 1.46 2.33|Bi 1.48 2.02
"""
"""In order of atomic number: symbol, covalent radius (Å, after Cordero et al., Dalton Trans. (2008)
2832) and electronegativity (Pauling's scale)."""

_CORES = (0, 2, 10, 18, 36, 54)
"""Electrons of the noble gases."""
_NONMETALS = "H He B C N O F Ne Si P S Cl Ar Ge As Se Br Kr Te I Xe"


@dataclass(frozen=True)
class Element:
    """
    An element to mock VASP.

    Parameters
    ----------
    symbol
        Of the element.
    number
        Atomic number.
    radius
        Covalent radius, Å.
    electronegativity
        Pauling's.
    """

    symbol: str
    number: int
    radius: float
    electronegativity: float

    @property
    def metallic(self) -> bool:
        """True for metals."""
        return self.symbol not in _NONMETALS.split()


_ROWS = [row.split() for row in _TABLE.replace("\n", "").split("|")]
_ELEMENTS = {
    row[0]: Element(row[0], number, float(row[1]), float(row[2]))
    for number, row in enumerate(_ROWS, start=1)
}


def element(symbol: str) -> Element:
    """
    Look an element up.

    Parameters
    ----------
    symbol
        Of the element; one beyond bismuth is given average numbers.

    Returns
    -------
    Element
        Its numbers.
    """
    return _ELEMENTS.get(symbol, Element(symbol, 90, 1.8, 1.3))


def valence_electrons(potential: str) -> float:
    """
    Guess the valence electrons of a pseudopotential where there is no POTCAR to read.

    Parameters
    ----------
    potential
        Such as ``"Na_pv"``.

    Returns
    -------
    float
        Electrons outside the noble-gas core, with those that a suffix adds.
    """
    symbol, _, suffix = potential.partition("_")
    number = element(symbol).number
    core = max(electrons for electrons in _CORES if electrons < number)
    outside = number - core
    if outside > 12 and not suffix.startswith("d"):  # a filled d shell is core, and a filled f
        outside -= 10 if number < 71 else 24
    return float(outside + {"pv": 6, "sv": 8}.get(suffix, 0))
