"""Screenings on this machine, in worker processes."""

from __future__ import annotations
