"""What figures show, as plain numbers, and how names find their places."""

from __future__ import annotations
