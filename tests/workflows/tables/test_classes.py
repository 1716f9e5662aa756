"""The line below a table explains each word that leaves something open."""

from __future__ import annotations

import pytest

from trona.workflows.tables.classes import legend


@pytest.mark.parametrize("brief", [True, False])
def test_an_unknown_class_is_explained(brief):
    (line,) = legend(["unknown", "stable"], brief=brief)
    assert line == "[dim]unknown: whether electrons pass is not known[/]"
