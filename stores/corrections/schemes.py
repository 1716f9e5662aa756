"""Correction schemes: sets of corrections, checked against each other and against the energies.

Applying MP2020 to energies that already include it, or counting the sulfides of one fit with the
correction of another, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.errors import CorrectionError

from .methods import method_of
from .parts import PARTS, EnergyBasis, Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .mp2020 import Calculation

__all__ = [
    "AS_PUBLISHED",
    "LABELS",
    "SULFIDE_BY_CHARGE_LEGACY",
    "SULFIDE_BY_CHARGE_MP2020",
    "Scheme",
    "compose",
    "default_scheme",
]

_NOTHING = "as-published"
LABELS = (_NOTHING, *PARTS)
"""All that a user may write, alone or joined by commas."""


@dataclass(frozen=True)
class Scheme:
    """
    Corrections that are applied together.

    Parameters
    ----------
    parts
        In order of application; none leaves energies as they are published.
    """

    parts: tuple[Part, ...] = ()

    @property
    def label(self) -> str:
        """The scheme as a user writes it."""
        return ",".join(part.label for part in self.parts) or _NOTHING

    @property
    def name(self) -> str:
        """The scheme in an energy scale, with versions."""
        return " + ".join(part.name for part in self.parts) or _NOTHING

    @property
    def structural(self) -> bool:
        """Tell whether a shift needs a `Calculation`."""
        return any(part.structural for part in self.parts)

    @property
    def plain(self) -> Scheme:
        """The scheme without corrections that the energies themselves settle."""
        return Scheme(tuple(part for part in self.parts if not part.anchored))

    def settles(self, topic: str) -> bool:
        """
        Tell whether a part is about this.

        Parameters
        ----------
        topic
            Of a `Part`.
        """
        return any(part.topic == topic for part in self.parts)

    def objection(self, basis: EnergyBasis | None) -> str | None:
        """
        Say why energies cannot take this scheme.

        Parameters
        ----------
        basis
            What they hold; None where unknown: then only the parts must agree with each other.

        Returns
        -------
        str or None
            A sentence without a full stop; None if they can.
        """
        held = set(EnergyBasis) if basis is None else {basis}
        for part in self.parts:
            fitting = held.intersection(part.on)
            if not fitting:
                return (
                    f"the correction {part.label!r} is for energies that are "
                    f"{' or '.join(part.on)}, not {' or '.join(sorted(held))}"
                )
            held = {part.gives} if part.gives else fitting
        return None

    def result(self, basis: EnergyBasis | None) -> EnergyBasis | None:
        """
        Tell what energies hold after this scheme.

        Parameters
        ----------
        basis
            What they held before; None where unknown.
        """
        return next((part.gives for part in reversed(self.parts) if part.gives), basis)

    def require(self, basis: EnergyBasis | None, energies: str) -> None:
        """
        Refuse energies that cannot take this scheme.

        Parameters
        ----------
        basis
            What they hold; None where unknown.
        energies
            What to call them in the message.

        Raises
        ------
        CorrectionError
            If they cannot.
        """
        reason = self.objection(basis)
        if reason is not None:
            fitting = [part.label for part in PARTS.values() if basis in part.on]
            raise CorrectionError(
                f"{energies}: {reason}; choose from {', '.join((_NOTHING, *fitting))}."
            )

    def shift(self, amounts: Mapping[str, float], calculation: Calculation | None = None) -> float:
        """
        Energy to add to a formula unit.

        Parameters
        ----------
        amounts
            Element symbol to amount per formula unit.
        calculation
            Structure and settings behind the energy, for a scheme that is `structural`.

        Returns
        -------
        float
            eV per formula unit.

        Raises
        ------
        CorrectionError
            If the scheme needs a calculation and there is none, or one that does not fit.
        """
        return sum((part.shift(amounts, calculation) for part in self.parts), start=0.0)


def compose(text: str) -> Scheme:
    """
    Read a scheme.

    Parameters
    ----------
    text
        Labels joined by commas, in any order.

    Returns
    -------
    Scheme
        Its parts in order of application.

    Raises
    ------
    CorrectionError
        If a label is unknown, or two contradict each other.

    Examples
    --------
    >>> compose("hydroborate-uncorrected, sulfide-by-charge-mp2020").label
    'sulfide-by-charge-mp2020,hydroborate-uncorrected'
    """
    labels = {label.strip() for label in text.split(",")}
    for label in sorted(labels.difference(LABELS)):
        raise CorrectionError(
            f"no correction scheme {label!r}: choose from {', '.join(LABELS)}, joined by commas."
        )
    scheme = Scheme(tuple(part for label, part in PARTS.items() if label in labels))
    topics = [part.topic for part in scheme.parts]
    reason = scheme.objection(None)
    if len(set(topics)) < len(topics):
        reason = "two of them apply to the same compounds"
    if reason is not None:
        raise CorrectionError(f"cannot combine {scheme.label!r}: {reason}; leave one out.")
    return scheme


AS_PUBLISHED = Scheme()
"""No change to the source's energies."""

SULFIDE_BY_CHARGE_MP2020 = compose("sulfide-by-charge-mp2020")
"""Sources on the MP2020 scale, CHGNet among them: as many corrected S as there are S²⁻ equivalents.

MP2020 corrects every S atom, also in polysulfides and molecules with S–S bonds, which then come out
too stable by volts.
"""

SULFIDE_BY_CHARGE_LEGACY = compose("sulfide-by-charge-legacy")
"""The same for Materials Project energies before 2021."""


def default_scheme(method: str) -> Scheme:
    """
    Correction scheme that energies get unless another is asked for.

    Parameters
    ----------
    method
        Functional or potential of the energies.

    Returns
    -------
    Scheme
        That of the method, else that of what its energies hold; as published where there is none.
    """
    found = method_of(method)
    if found is None:
        return AS_PUBLISHED
    if found.correction is not None:
        return compose(found.correction)
    if found.basis is EnergyBasis.PLAIN:
        return compose("mp2020,sulfide-by-charge-mp2020")
    return SULFIDE_BY_CHARGE_MP2020 if found.basis is EnergyBasis.MP2020 else AS_PUBLISHED
