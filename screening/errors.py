"""The exception hierarchy of trona.

::

    TronaError
    ├── InputError                 bad input that the user can fix: one sentence, exit code 2
    │   ├── FormulaError           a chemical formula that cannot be read or used
    │   ├── EnergyScaleError       energies of different scales in one hull
    │   ├── ChemicalSystemError    an element without a reference phase
    │   ├── PhaseDataError         a phase with an impossible number or a duplicate id
    │   ├── VoltageError           a chemical potential outside its physical range
    │   ├── ReferenceDataError     reference energies that cannot be read
    │   ├── CorrectionError        a correction scheme that does not fit the energies
    │   ├── StructureInputError    a structure file that cannot be read
    │   ├── StoreError             a store that cannot be opened, read or written
    │   ├── BackendError           an energy backend that is unknown or not installed
    │   └── ProjectError           a project, worker or queue for clusters that cannot be used
    └── ConvergenceError           the simplex did not terminate: an internal error, please report
"""

from __future__ import annotations

__all__ = [
    "BackendError",
    "ChemicalSystemError",
    "ConvergenceError",
    "CorrectionError",
    "EnergyScaleError",
    "FormulaError",
    "InputError",
    "PhaseDataError",
    "ProjectError",
    "ReferenceDataError",
    "StoreError",
    "StructureInputError",
    "TronaError",
    "VoltageError",
]


class TronaError(Exception):
    """Base of every error that trona raises on purpose."""


class InputError(TronaError):
    """User input that cannot be used; the message names it and the remedy."""


class FormulaError(InputError):
    """A chemical formula cannot be read, or has no meaning for the question asked."""


class EnergyScaleError(InputError):
    """Energies of different scales cannot be combined in one hull."""


class ChemicalSystemError(InputError):
    """A composition needs an element for which there is no reference phase."""


class PhaseDataError(InputError):
    """A phase carries an impossible number, or an identifier that is taken."""


class VoltageError(InputError):
    """A voltage or chemical potential lies outside its physical range."""


class ReferenceDataError(InputError):
    """Reference energies cannot be found or read."""


class CorrectionError(InputError):
    """A correction scheme is unknown, contradicts itself, or does not fit the energies."""


class StructureInputError(InputError):
    """A structure cannot be read, or is not a structure one could relax."""


class StoreError(InputError):
    """A store cannot be opened, read or written, or holds nothing to show."""


class BackendError(InputError):
    """An energy backend is unknown or not installed."""


class ProjectError(InputError):
    """A project of jobflow-remote, a worker or a queue is missing or cannot be used."""


class ConvergenceError(TronaError):
    """The parametric simplex did not reach an optimum within its pivot limit."""
