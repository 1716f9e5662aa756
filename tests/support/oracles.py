"""The same questions asked of others: pymatgen's phase diagrams and scipy's linear programs."""

from __future__ import annotations

import numpy as np
from pymatgen.analysis.interface_reactions import (
    GrandPotentialInterfacialReactivity,
    InterfacialReactivity,
)
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element
from scipy.optimize import linprog

SODIUM = Element("Na")
_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def to_entries(phases):
    """Entries of pymatgen; the id travels as the name."""
    return [PDEntry(Composition(dict(p.amounts)), p.energy, name=p.id) for p in phases]


def phase_diagram(phases):
    """Closed phase diagram of pymatgen."""
    return PhaseDiagram(to_entries(phases))


def grand_diagram(phases, mu):
    """Phase diagram of pymatgen that is open to sodium."""
    return GrandPotentialPhaseDiagram(to_entries(phases), {SODIUM: mu})


def decomposition(diagram, composition):
    """Formula units of each product by id, per formula unit of the composition."""
    parts = diagram.get_decomposition(Composition(composition))
    atoms = sum(composition.values())
    return {e.name: float(x) * atoms / e.composition.num_atoms for e, x in parts.items()}


def element_profile(diagram, composition):
    """
    Rows (lower voltage, sodium exchanged, products) of pymatgen's profile, ascending.

    A row's chemical potential is the lower-voltage edge of its region; of rows at one voltage
    only the last has a width.
    """
    mu_metal = diagram.el_refs[SODIUM].energy_per_atom
    rows = {}
    for row in diagram.get_element_profile(SODIUM, Composition(composition)):
        critical = row["critical_composition"]
        others = sum(n for symbol, n in composition.items() if symbol != "Na")
        scale = others / (critical.num_atoms - critical["Na"])
        amounts = {str(symbol): n * scale for symbol, n in critical.items()}
        products = decomposition(diagram, amounts)
        voltage = mu_metal - row["chempot"]
        rows[round(voltage, 9)] = (voltage, row["evolution"], products)
    return [rows[key] for key in sorted(rows)]


def profile_error(found, rows):
    """Largest difference of a profile to `element_profile`; inf where steps or products differ."""
    if len(found.intervals) != len(rows):
        return np.inf
    error = 0.0
    for interval, (lower, exchanged, parts) in zip(found.intervals, rows, strict=True):
        made = {p.id: float(x) for p, x in zip(interval.phases, interval.amounts, strict=True)}
        if made.keys() != parts.keys():
            return np.inf
        differences = [interval.voltage_lower - lower, interval.sodium_exchanged - exchanged]
        differences += [made[name] - parts[name] for name in parts]
        error = max(error, *np.abs(differences))
    return error


def mixing_kinks(phases, first, second):
    """Energy (eV/atom) by atomic fraction of the second material, both lowered onto the hull."""
    # Its entries must not be named: pymatgen reads the name as a formula.
    diagram = PhaseDiagram([PDEntry(Composition(dict(p.amounts)), p.energy) for p in phases])
    line = InterfacialReactivity(
        Composition(second), Composition(first), diagram, norm=True, use_hull_energy=True
    )
    return {round(fraction, 6): energy for _, fraction, energy, *_ in line.get_kinks()}


def open_mixing_kinks(phases, first, second, mu):
    """The same open to sodium at a chemical potential, what each releases alone included."""
    entries = [PDEntry(Composition(dict(p.amounts)), p.energy) for p in phases]
    line = GrandPotentialInterfacialReactivity(
        Composition(second),
        Composition(first),
        GrandPotentialPhaseDiagram(entries, {SODIUM: mu}),
        PhaseDiagram(entries),
        include_no_mixing_energy=True,
        norm=True,
        use_hull_energy=True,
    )
    # Its energies are per atom without sodium, its fractions are of all atoms.
    rest = [1.0 - one.get("Na", 0.0) / sum(one.values()) for one in (second, first)]
    return {
        round(x, 6): energy * (x * rest[0] + (1.0 - x) * rest[1])
        for _, x, energy, *_ in line.get_kinks()
    }


def lowest_energy(phases, composition, mu=None):
    """Minimum of E, or of E − n_Na μ at open sodium, by scipy; eV per formula unit."""
    rows = [symbol for symbol in composition if mu is None or symbol != "Na"]
    allowed = {*rows, "Na"} if mu is not None else set(rows)
    columns = [p for p in phases if set(p.amounts) <= allowed and set(p.amounts) & set(rows)]
    matrix = [[p.amounts.get(symbol, 0.0) for p in columns] for symbol in rows]
    costs = [p.energy - p.amounts.get("Na", 0.0) * (mu or 0.0) for p in columns]
    target = [composition[symbol] for symbol in rows]
    found = linprog(costs, A_eq=matrix, b_eq=target, options=_EXACT)
    assert found.success, found.message
    return found.fun


def participants(phases, interval, composition, mu):
    """Ids of the phases that some product set as good as the interval's contains."""
    rows = [symbol for symbol in composition if symbol != "Na"]
    allowed = {*rows, "Na"}
    columns = [p for p in phases if set(p.amounts) <= allowed and set(p.amounts) & set(rows)]
    sodium = composition.get("Na", 0.0) + interval.sodium_exchanged
    matrix = [[p.amounts.get(symbol, 0.0) for p in columns] for symbol in [*rows, "Na"]]
    matrix.append([p.energy - p.amounts.get("Na", 0.0) * mu for p in columns])
    target = [*(composition[symbol] for symbol in rows), sodium, interval.energy - sodium * mu]
    found = set()
    for costs, phase in zip(-np.eye(len(columns)), columns, strict=True):
        best = linprog(costs, A_eq=matrix, b_eq=target)
        if best.success and -best.fun > 1e-6:
            found.add(phase.id)
    return found
