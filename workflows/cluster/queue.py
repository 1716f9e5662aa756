"""The queue of a project: opened, prepared, and repaired after a runner was killed.

jobflow-remote's runner locks a document while it works on it, and the lock of a killed runner is
never removed. `release` removes it and completes what was left half done.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING, Any

from maggma.stores import MongoStore
from pymongo.errors import PyMongoError

from trona.screening.errors import ProjectError
from trona.stores.database.connect import check_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project, WorkerBase
    from maggma.core import Store

__all__ = [
    "BATCH",
    "TAG",
    "open_queue",
    "prepare_queue",
    "release",
    "runner_has_old_project",
    "runner_is_active",
]

TAG = "trona"
"""Key of the metadata that flows and jobs of trona carry."""
BATCH = 500
"""Identities in one question to the server."""

_LOCKED = ("uuid", "index", "db_id", "state", "worker", "run_dir", "job.hosts")


@contextmanager
def open_queue(project: Project) -> Iterator[JobController]:
    """
    Open the queue and the outputs of a project.

    Parameters
    ----------
    project
        Where they are.

    Yields
    ------
    jobflow_remote.JobController
        Its servers answer; closed at the end.

    Raises
    ------
    StoreError
        If a server does not answer.
    ProjectError
        If a server stops answering in the middle, or refuses.
    """
    from jobflow_remote import JobController  # noqa: PLC0415 (optional)

    controller = JobController.from_project(project)
    try:
        check_answer(controller.queue_store, _location(controller.queue_store))
        check_answer(controller.jobstore.docs_store, _location(controller.jobstore.docs_store))
        yield controller
    except PyMongoError as error:
        detail = " ".join(str(error).split())[:200]
        raise ProjectError(
            f"the server of the project {project.name!r} stopped in the middle: {detail}. "
            "Repeat the command: it resumes where it stopped."
        ) from None
    finally:
        controller.close()


def _location(store: Store) -> str:
    """Address of a store."""
    if isinstance(store, MongoStore):
        return store.uri or f"mongodb://{store.host}:{store.port}/{store.database}"
    return str(store.name)


def prepare_queue(controller: JobController) -> None:
    """
    Make a new queue usable, and create the indexes without which a long queue slows down.

    A queue with content keeps it. With each index, the question that would otherwise read every
    job: once for each job, so that the whole grew with the square of their number.

    Parameters
    ----------
    controller
        Of the queue.
    """
    if controller.auxiliary.find_one({"next_id": {"$exists": True}}) is None:
        controller.reset(max_limit=1)
    # Which job is next? Sorted, so that the first one found is the answer.
    next_job = [("state", 1), ("priority", -1), ("created_on", 1)]
    controller.jobs.create_index(next_job)
    # Which jobs has this flow? Asked when a job completes.
    controller.jobs.create_index("job.hosts")
    # What became of this candidate?
    # With it the states: counts are then read from the index alone, without a document.
    fields = (f"job.metadata.{TAG}.id", "state", "lock_id", "lock_time")
    controller.jobs.create_index([(name, 1) for name in fields])
    # One flow for each piece of work, whoever submits it, and however often.
    controller.flows.create_index(f"metadata.{TAG}.id", unique=True, sparse=True)
    outputs = controller.jobstore.docs_store
    for key in (f"metadata.{TAG}.id", outputs.last_updated_field):
        outputs.ensure_index(key)


def runner_is_active(controller: JobController, project: Project) -> bool:
    """
    Tell whether a runner is known to work on a queue.

    Parameters
    ----------
    controller, project
        The queue.

    Returns
    -------
    bool
        True for a daemon of this machine, or one that reported from anywhere within the time
        between two reports.
    """
    from jobflow_remote.jobs.daemon import DaemonError, DaemonManager, DaemonStatus  # noqa: PLC0415

    try:
        status = DaemonManager.from_project(project).check_status(raise_on_shutdown=False)
    except (DaemonError, OSError):
        return False
    if status in {DaemonStatus.RUNNING, DaemonStatus.PARTIALLY_RUNNING, DaemonStatus.STARTING}:
        return True
    pings = [
        ping
        for ping in controller.get_runner_pings()
        # A daemon of this machine would have been found running.
        if ping.get("daemon_id") is None or ping.get("hostname") != gethostname()
    ]
    return bool(pings) and _age(pings[-1]["time"]) < timedelta(seconds=project.runner.delay_ping_db)


def runner_has_old_project(project: Project, path: Path) -> bool:
    """
    Tell whether the runner of this machine read the project file before it was changed.

    Parameters
    ----------
    project
        Whose runner.
    path
        Its file.

    Returns
    -------
    bool
        False also if no runner was started here.
    """
    started = Path(project.daemon_dir or "", "supervisord.pid")
    try:
        return path.stat().st_mtime > started.stat().st_mtime
    except OSError:
        return False


def _age(moment: datetime) -> timedelta:
    """Time since a moment that the server gives without its zone, UTC."""
    return datetime.now(UTC) - moment.replace(tzinfo=UTC)


def release(controller: JobController, project: Project, older: timedelta) -> int:
    """
    Release the locks of a killed runner, and put its jobs in a state from which they continue.

    A job that had been handed to its worker is not handed over again if it has finished since.

    Parameters
    ----------
    controller, project
        The queue.
    older
        Only locks of at least this age: a living runner holds none for long.

    Returns
    -------
    int
        Jobs and flows released.
    """
    stale = {"lock_id": {"$ne": None}, "lock_time": {"$lte": datetime.now(UTC) - older}}
    jobs = list(controller.jobs.find(stale, projection=list(_LOCKED)))
    flows = [flow["uuid"] for flow in controller.flows.find(stale, projection=["uuid"])]
    free = {"lock_id": None, "lock_time": None}
    controller.flows.update_many({"uuid": {"$in": flows}}, {"$set": free})
    for job in jobs:
        change = _next_state(job, project)
        update = {"$set": free | change}
        controller.jobs.update_one({"uuid": job["uuid"], "index": job["index"]}, update)
    for uuid in {*flows, *(job["job"]["hosts"][-1] for job in jobs)}:
        # A job that completed in the moment of the kill has not told those that wait for it.
        if flow := controller.get_flow_info_by_flow_uuid(uuid, ["jobs"]):
            controller.refresh_children(flow["jobs"])
            controller.update_flow_state(uuid)
    return len(jobs) + len(flows)


def _next_state(job: dict[str, Any], project: Project) -> dict[str, Any]:
    """Find where a job goes on that was locked when the runner died; empty for where it stood."""
    if job["state"] != "UPLOADED" or job["worker"] not in project.workers:
        return {}
    worker = project.workers[job["worker"]]
    if worker.batch is not None and _has_batch_file(job, worker, worker.batch.jobs_handle_dir):
        return {"state": "BATCH_SUBMITTED"}  # from where the runner sees what became of it
    output = _output(job, project)
    if output is None:
        return {}  # handed over or not: the worker's scheduler knows, and is asked first
    if "response" not in output and (process := _process_in(job["run_dir"], worker)):
        return {"state": "SUBMITTED", "remote.process_id": process}  # it still runs
    if "response" in output or output.get("error"):
        return {"state": "DOWNLOADED" if worker.is_local else "RUN_FINISHED"}
    # Started, and lost: it begins again in a new folder, out of the way of what may still run.
    return {"state": "READY", "remote.prerun_cleanup": True}


def _process_in(folder: str, worker: WorkerBase) -> str | None:
    """Find the job of Slurm that waits or runs in a folder."""
    from .slurm import id_in_queue  # noqa: PLC0415 (needs jobflow-remote)

    return id_in_queue(worker, folder)


def _has_batch_file(job: dict[str, Any], worker: WorkerBase, handles: Path) -> bool:
    """Tell whether a job stands in the folders by which batches are told what to do."""
    from jobflow_remote.jobs.batch import RemoteBatchManager  # noqa: PLC0415 (optional)

    host = worker.get_host()
    try:
        host.connect()  # type: ignore[no-untyped-call]
        manager = RemoteBatchManager(host, handles)
        name = f"{job['uuid']}_{job['index']}"
        known = {f"{one[0]}_{one[1]}" for one in manager.get_running() + manager.get_run_finished()}
        return name in known or name in manager.get_submitted()
    except OSError:
        return False
    finally:
        host.close()


def _output(job: dict[str, Any], project: Project) -> dict[str, Any] | None:
    """Read what a job writes when it starts and when it ends; None before that."""
    host = project.workers[job["worker"]].get_host()
    try:
        host.connect()  # type: ignore[no-untyped-call]
        text = host.read_text_file(str(Path(job["run_dir"]) / "jfremote_out.json"))
    except OSError:
        return None
    finally:
        host.close()
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return found
