"""The energies behind a study: loaded once, or when a question needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.stores.defaults import REFERENCE
from trona.stores.energies.conditions import under_conditions
from trona.stores.energies.references import (
    load_reference,
    reference_of_entries,
    source_names,
)
from trona.stores.materials_project.snapshots import KINDS

from .materials import elements_of, formula_of, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymatgen.analysis.phase_diagram import PhaseDiagram
    from pymatgen.core.entries import Entry

    from trona.stores.energies.references import Reference

    from .materials import Material

__all__ = ["Energies"]


class Energies:
    """Reference energies under the conditions and options of a study; `Study` describes them."""

    def __init__(
        self,
        reference: str | Iterable[Entry] | PhaseDiagram = REFERENCE,
        correction: str | None = None,
        exclude: Iterable[Material] | Material = (),
        pressure: float = 0.0,
        temperature: float | str = 0.0,
        scale: str | None = None,
    ) -> None:
        if scale is not None and isinstance(reference, str):
            raise InputError(
                f"the energy scale {scale!r} can be stated for entries only: of a file write "
                f"entries:FILE.json#{scale}."
            )
        self._given = reference
        left_out = tuple(map(formula_of, listed(exclude)))
        self._options = (correction, left_out, pressure, temperature)
        self._scale = scale
        self._loaded: dict[frozenset[str], Reference] = {}
        self._changed: dict[str, Reference] = {}
        self._open = isinstance(reference, str) and any(
            one in KINDS.values() for one in source_names(reference)
        )
        if not self._open:
            self.energies()

    def __repr__(self) -> str:
        kind = type(self).__name__
        if self._open:
            return f"<{kind} on {self._given}: the newest snapshot that covers a question>"
        return f"<{kind} on {self.reference.name}: {self.reference.table.heading}>"

    @property
    def reference(self) -> Reference:
        """
        The energies, under the conditions of the study.

        Raises
        ------
        ReferenceDataError
            If their name leaves open which they are until a question is asked (``"mp"``).
        """
        return self.energies()

    def energies(self, *names: str) -> Reference:
        """
        Find the energies for a question.

        Parameters
        ----------
        *names
            Formulas and electrodes that it is about.

        Returns
        -------
        Reference
            Under the conditions of the study.

        Raises
        ------
        InputError
            If there are no such energies, or an option does not fit them.
        """
        return self._found(names, cold=False)

    def cold(self, *names: str) -> Reference:
        """
        Find the energies for a question, at 0 K and without pressure.

        Parameters
        ----------
        *names
            Formulas and electrodes that it is about.

        Returns
        -------
        Reference
            With the corrections of the study, and without the phases that it leaves out.

        Raises
        ------
        InputError
            If there are no such energies, or an option does not fit them.
        """
        return self._found(names, cold=True)

    def _found(self, names: Sequence[str], *, cold: bool) -> Reference:
        """Look the energies of a question up, or load them; one snapshot is one object."""
        asked = elements_of(names) if self._open else frozenset[str]()
        if asked not in self._loaded:
            self._loaded[asked] = self._load(asked)
        found = self._loaded[asked]
        _, _, pressure, temperature = self._options
        if cold:
            return found
        if found.checksum not in self._changed:
            self._changed[found.checksum] = under_conditions(found, pressure, temperature)
        return self._changed[found.checksum]

    def _load(self, elements: frozenset[str]) -> Reference:
        """Load the energies that cover some elements."""
        correction, exclude, _, _ = self._options
        if isinstance(self._given, str):
            found = load_reference(self._given, correction, sorted(elements))
        else:
            found = reference_of_entries(self._given, self._scale, correction)
        found = found.without(exclude)
        alike = (one for one in self._loaded.values() if one.checksum == found.checksum)
        return next(alike, found)
