"""Screenings on clusters through jobflow-remote."""

from __future__ import annotations
