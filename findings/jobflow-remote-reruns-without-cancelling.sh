#!/usr/bin/env bash
# jobflow-remote 1.0.1: where a job is begun again that its scheduler has (JobController.rerun_job), the docstring
# says that the process on the worker is cancelled. It is not: the job is read without its field 'remote', in which the
# process id stands, and the KeyError becomes a warning in the log. The old process goes on in the same folder as the
# new one. Seen with a job in the state SUBMITTED: after rerun_job it is READY, its process runs, and the log ends with
# KeyError: 'remote'. The same call with the whole document cancels it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jobflow-remote==1.0.1 jobflow==0.4.0 maggma==0.77.1 qtoolkit==0.1.7
export JFREMOTE_PROJECTS_FOLDER="$folder/projects"
mkdir "$JFREMOTE_PROJECTS_FOLDER"
cat > "$JFREMOTE_PROJECTS_FOLDER/p.yaml" <<YAML
name: p
workers: {here: {type: local, scheduler_type: shell, work_dir: $folder/work}}
queue: {store: {type: MemoryStore}}
jobstore: {docs_store: {type: MemoryStore}}
YAML
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import logging
import subprocess
from importlib.metadata import version
from io import StringIO

from jobflow import Flow, job
from jobflow_remote import ConfigManager, JobController

log = StringIO()
logging.basicConfig(stream=log)


@job
def sleeps():
    return 1


controller = JobController.from_project(ConfigManager().get_project("p"))
controller.reset(max_limit=0)
(key,) = controller.add_flow(Flow([sleeps()]), worker="here")
process = subprocess.Popen(["sleep", "60"])
submitted = {"state": "SUBMITTED", "run_dir": "/nowhere", "remote.process_id": str(process.pid)}
controller.jobs.update_one({"db_id": key}, {"$set": submitted})
whole = controller.jobs.find_one({"db_id": key})
controller.rerun_job(db_id=key)
state = controller.jobs.find_one({"db_id": key})["state"]
last = log.getvalue().strip().splitlines()[-1]
print(f"jobflow-remote {version('jobflow-remote')}: {state}, process {process.poll()}; {last}")
assert (state, process.poll(), last) == ("READY", None, "KeyError: 'remote'")
controller._cancel_queue_process(whole)  # noqa: SLF001 (to show what was meant)
print(f"with the whole document: process {process.wait(10)}")
PYTHON
