"""Ordered models of partly occupied, substituted and hydroborate structures."""

from __future__ import annotations
