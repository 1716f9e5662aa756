"""The command line: each command parses its arguments, calls a library function, and prints."""

from __future__ import annotations
