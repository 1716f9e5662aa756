"""What `trona status` prints besides its table: selected candidates, live counts, decisions."""

from __future__ import annotations

from datetime import datetime
from time import sleep
from typing import TYPE_CHECKING

import typer

from trona.workflows.cli.terminal import print_parts
from trona.workflows.cluster import counting
from trona.workflows.cluster.campaigns.decisions import decisions
from trona.workflows.cluster.tracking import standings
from trona.workflows.tables.clusters import say_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.workflows.cluster.status import Standing

__all__ = ["chosen_rows", "print_decisions", "watch_counts"]

_WATCH_SECONDS = 5.0
"""Between two looks."""


def chosen_rows(
    controller: JobController, labels: Sequence[str], failed: bool, project: Project | None = None
) -> list[Standing]:
    """
    Read where some candidates stand.

    Parameters
    ----------
    controller
        Queue.
    labels
        Only these; all if empty.
    failed
        True for those that failed: then only what may have failed is read.
    project
        Whose schedulers are asked why they have not started jobs; none is asked without it.

    Returns
    -------
    list of Standing
        Sorted by label.
    """
    if not failed:
        return standings(controller, labels, project)
    wanted = counting.failed_labels(controller)
    if labels:
        wanted = [label for label in wanted if label in labels]
    rows = standings(controller, wanted, project) if wanted else []
    return [row for row in rows if row.state == "failed"]


def watch_counts(controller: JobController) -> None:
    """
    Print counts whenever they change, until nothing moves any more or the user interrupts.

    Parameters
    ----------
    controller
        Queue.
    """
    before = None
    try:
        while True:
            counts = counting.count_states(controller)
            if counts != before:
                print_parts(f"{datetime.now().astimezone():%H:%M:%S} {say_counts(counts)}")
            if not counts.keys() & {"waiting", "running"}:
                return
            before = counts
            sleep(_WATCH_SECONDS)
    except KeyboardInterrupt:
        return


def print_decisions(controller: JobController) -> None:
    """
    Show the recent decisions of a campaign.

    Parameters
    ----------
    controller
        Queue.
    """
    for one in reversed(decisions(controller, most=5)):
        typer.echo(f"{one.time:%Y-%m-%d %H:%M} UTC {one.label}: {one.text}", err=True)
