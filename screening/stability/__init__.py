"""What an electrolyte does at every voltage, and what kind of interphase it leaves."""

from __future__ import annotations
