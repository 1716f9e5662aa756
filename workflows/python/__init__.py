"""Building blocks of `Study`: materials and energies as Python objects, and windows as answers."""

from __future__ import annotations
