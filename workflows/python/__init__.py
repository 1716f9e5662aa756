"""What `Study` is made of: materials and energies as Python users have them, windows as answers."""

from __future__ import annotations
