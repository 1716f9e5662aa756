"""Chemical systems to test on: by hand, random, and as a hypothesis strategy."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.formulas import parse

SCALE = EnergyScale("test potential", "none/1")
ELEMENTS = ("Na", "P", "S", "Cl", "O", "Sb", "Zr")


def make_phase(formula, energy_per_atom=0.0, name=None, **details):
    """Phase of a formula; its id is the formula unless a name is given."""
    amounts = parse(formula)
    energy = energy_per_atom * sum(amounts.values())
    return Phase(name or formula, formula, amounts, energy, **{"scale": SCALE} | details)


def make_table(**energies):
    """Table of phases from formulas and energies per atom; elements at zero unless given."""
    symbols = {symbol for formula in energies for symbol in parse(formula)} | {"Na"}
    filled = dict.fromkeys(sorted(symbols), 0.0) | energies
    return PhaseTable.from_phases(make_phase(formula, e) for formula, e in filled.items())


def with_energy(phase, energy, name=None):
    """Copy a phase with another energy (eV per formula unit)."""
    return Phase(name or phase.id, phase.formula, phase.amounts, energy, phase.scale)


def without(table, phase_id):
    """Table without one phase."""
    return PhaseTable.from_phases(p for p in table.phases if p.id != phase_id)


def random_phases(seed, n_elements, n_phases):
    """Elements and random compounds of them, a good part of which is on the hull."""
    rng = np.random.default_rng(seed)
    symbols = ELEMENTS[:n_elements]
    reference = dict(zip(symbols, rng.uniform(-8, -1, n_elements).tolist(), strict=True))
    bonds = rng.uniform(0.5, 6.0, (n_elements, n_elements))
    np.fill_diagonal(bonds, 0.0)
    phases = [make_phase(symbol, energy, f"ref-{symbol}") for symbol, energy in reference.items()]
    while len(phases) < n_phases:
        count = rng.integers(2, min(4, n_elements) + 1)
        chosen = rng.choice(n_elements, size=count, replace=False)
        numbers = rng.integers(1, 9, size=count)
        fractions = np.zeros(n_elements)
        fractions[chosen] = numbers / numbers.sum()
        formation = rng.normal(0.0, 0.15) - fractions @ bonds @ fractions
        energy = formation + fractions @ list(reference.values())
        formula = "".join(f"{symbols[i]}{n}" for i, n in zip(chosen, numbers, strict=True))
        phases.append(make_phase(formula, float(energy), f"{len(phases)}-{formula}"))
    return phases


def random_composition(seed, n_elements):
    """Composition with every element of a random system in no simple proportion."""
    amounts = np.random.default_rng([seed, n_elements]).uniform(0.2, 5.0, n_elements)
    return dict(zip(ELEMENTS, amounts.tolist(), strict=False))


@st.composite
def systems(draw, exact=False, max_elements=4, max_compounds=9):
    """
    Phases of 2 to 4 elements and a composition that is not pure sodium.

    Exact systems have small integer energies per formula unit, so that phases on tie lines,
    duplicate compositions and coinciding breakpoints are common.
    """
    symbols = ELEMENTS[: draw(st.integers(2, max_elements))]
    energy = st.integers(-6, 1) if exact else st.floats(-1.5, 0.2, allow_subnormal=False)
    numbers = st.tuples(*[st.integers(0, 3 if exact else 6)] * len(symbols))
    references = [float(draw(st.integers(-3, 3))) for _ in symbols]
    phases = [make_phase(s, e, f"ref-{s}") for s, e in zip(symbols, references, strict=True)]
    compounds = numbers.filter(lambda n: sum(map(bool, n)) > 1)
    for i, shape in enumerate(draw(st.lists(compounds, max_size=max_compounds))):
        formula = "".join(f"{s}{n}" for s, n in zip(symbols, shape, strict=True) if n)
        formation = draw(energy) * (1 if exact else sum(shape))
        total = formation + sum(e * n for e, n in zip(references, shape, strict=True))
        phases.append(make_phase(formula, total / sum(shape), f"{i}-{formula}"))
    shape = draw(numbers.filter(lambda n: any(n[1:])))
    return phases, {s: float(n) for s, n in zip(symbols, shape, strict=True) if n}


ANY_SYSTEM = systems() | systems(exact=True)
