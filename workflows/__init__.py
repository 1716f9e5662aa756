"""Structures in, jobs and flows, and the command line."""

from __future__ import annotations
