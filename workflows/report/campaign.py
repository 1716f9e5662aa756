"""HTML page of a running campaign: failures with their causes, running jobs, decisions."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from trona.stores.provenance import versions
from trona.workflows.tables.clusters import count

from .templates import style, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.workflows.cluster.campaigns.decisions import Decision
    from trona.workflows.cluster.status import Standing

__all__ = ["render_campaign"]

_MOST = 500
"""Rows of candidates under way: more are not read any more."""


def render_campaign(name: str, rows: Sequence[Standing], decided: Sequence[Decision]) -> str:
    """
    Make the page.

    Parameters
    ----------
    name
        Project.
    rows
        All its candidates.
    decided
        What the campaign decided by itself, latest first.

    Returns
    -------
    str
        HTML without scripts; nothing is loaded.
    """
    moving = [row for row in rows if row.state in {"running", "waiting"}]
    moving.sort(key=lambda row: (row.state, row.label))
    days = Counter(f"{row.updated:%Y-%m-%d}" for row in rows if row.state == "done")
    return template("campaign.html").render(
        title=f"Project {name}: {len(rows)} candidates",
        summary=f"{count(row.state for row in rows) or 'nothing submitted'}.",
        failed=[(row.label, row.job, row.reason or "") for row in rows if row.state == "failed"],
        moving=[
            (row.label, row.state, row.job, f"{row.done}/{row.total}", row.reason or "")
            for row in moving[:_MOST]
        ],
        hidden=max(0, len(moving) - _MOST),
        decisions=[(f"{one.time:%Y-%m-%d %H:%M} UTC", one.label, one.text) for one in decided],
        done=sorted(days.items(), reverse=True),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        style=Markup(style()),  # noqa: S704 (a file of this package)
        version=versions().get("trona", "unknown"),
    )
