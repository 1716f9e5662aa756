"""Free energies: what temperature and gas pressure add to energies at 0 K."""

from __future__ import annotations
