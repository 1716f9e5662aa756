"""Interactive figures, drawn with plotly."""

from __future__ import annotations
