"""pymatgen entries as reference energies: read, put on a named scale, and written again."""

from __future__ import annotations
