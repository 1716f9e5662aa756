"""Answers of a study about single compositions: windows, chemical potentials, discharge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trona.screening.equilibrium.chemical_potentials import chemical_potentials
from trona.screening.equilibrium.grand import profile
from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.stability.discharge import discharge
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.reservations import reservations
from trona.stores.energies.computed.candidates import own_phase

from .energies import Energies
from .many_windows import Windows, assess_formulas
from .materials import formula_of, is_entry, listed, sodium_formula
from .windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.chemical_potentials import ChemicalPotentials
    from trona.screening.stability.discharge import Discharge
    from trona.stores.assess.assessment import Assessment
    from trona.stores.energies.references import Reference

    from .materials import Material

__all__ = ["AboutCompositions"]


class AboutCompositions(Energies):
    """Reference energies, and answers about single compositions."""

    def window(
        self,
        material: Material,
        tolerance: float | None = None,
        electrode: str | None = None,
        sigma: float | None = None,
    ) -> Window:
        """
        Stability window, ladder and interphases of a composition.

        Parameters
        ----------
        material
            Such as ``"Na3PS4"`` or ``"Na3PS3.4O0.6"``; an entry of pymatgen brings its own energy.
        tolerance
            Also the limits at this tolerated driving force, eV per electrolyte atom.
        electrode
            Also what happens where this electrode works, as `electrode` takes it.
        sigma
            Error of each energy, eV/atom, 0 for none; by default that of the reference.

        Returns
        -------
        Window
            At every voltage.

        Raises
        ------
        InputError
            If it is no compound of sodium, or cannot be used with this reference, or tolerance or
            electrode cannot be used.
        """
        formula = sodium_formula(material)
        energies = self.energies(formula, electrode or "")
        found = self._with_own_energy(material, energies)
        if found is None:
            found = assess_formula(formula, energies)
        return Window(found, tolerance, electrode, sigma).checked()

    def _with_own_energy(self, material: Material, energies: Reference) -> Assessment | None:
        """Assess an entry with the energy that it brings; None for what brings none."""
        if not is_entry(material):
            return None
        own = own_phase(material, energies, self._scale)
        return assess_formula(formula_of(material), energies, own=own)

    def windows(
        self,
        materials: Iterable[Material] | Material,
        tolerance: float | None = None,
        electrode: str | None = None,
        sigma: float | None = 0.0,
    ) -> Windows:
        """
        Windows of many compositions; each chemical system is laid out once.

        Parameters
        ----------
        materials
            Compositions; an entry of pymatgen brings its own energy.
        tolerance, electrode
            As for `window`.
        sigma
            Error of each energy, eV/atom; 0, the default, for none, which is much faster; None for
            that of the reference.

        Returns
        -------
        Windows
            One for each material, in their order.

        Raises
        ------
        InputError
            If there is none, or one is no compound of sodium or cannot be used here.
        """
        asked = listed(materials)
        formulas = [sodium_formula(one) for one in asked]
        if not formulas:
            raise InputError("there is no composition: give at least one.")
        energies = self.energies(*formulas, electrode or "")
        found = assess_formulas(formulas, energies)
        own = (self._with_own_energy(one, energies) for one in asked)
        made = tuple(
            Window(mine or one, tolerance, electrode, sigma)
            for mine, one in zip(own, found, strict=True)
        )
        made[0].checked()
        return Windows(made)

    def chemical_potentials(self, material: Material) -> ChemicalPotentials:
        """
        Find the chemical potentials of its elements at which a compound is stable.

        Parameters
        ----------
        material
            Of which the reference has a stable phase.

        Returns
        -------
        ChemicalPotentials
            The corners of a polytope, exact; `to_pymatgen` draws all domains of the system.

        Raises
        ------
        InputError
            If the reference has no such compound, or it is stable nowhere.
        """
        formula = formula_of(material)
        return chemical_potentials(self.energies(formula).table, parse(formula))

    def discharge(self, material: Material) -> Discharge:
        """
        Discharge a composition to sodium metal at equilibrium.

        Parameters
        ----------
        material
            Sodium may be absent.

        Returns
        -------
        Discharge
            Plateaus with reactions, V and mAh/g.

        Raises
        ------
        InputError
            If the formula cannot be used with this reference.
        """
        formula = formula_of(material)
        energies = self.energies(formula)
        found = discharge(profile(energies.table, parse(formula)))
        return replace(found, caveats=tuple(reservations([formula], energies)))
