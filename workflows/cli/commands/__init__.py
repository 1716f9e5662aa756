"""The commands of trona, a module for each group of them."""

from __future__ import annotations
