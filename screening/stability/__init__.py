"""Electrochemical windows, interfaces and interphase classes of electrolytes."""

from __future__ import annotations
