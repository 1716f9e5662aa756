"""A real Slurm of one node, and a real SSH server, for tests: own ports, own folders, own keys.

`scripts/slurm` installs them (Debian's packages, as root). All are children of this process,
ended by their process ids, or with it; no service of the machine is touched.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.folders import ROOT
from tests.support.sweeper import swept

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sshd", "ssh-keygen", "setpriv")
PATIENCE = 60

SLURM = """\
ClusterName=trona
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=1500
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
EnforcePartLimits=NO
ReturnToService=2
SlurmdTimeout=20
MessageTimeout=3
KillWait=1
MinJobAge=10
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=12000
PartitionName=main Default=YES Nodes=ALL MaxTime=12:00:00
PartitionName=short Nodes=ALL MaxTime=00:01:00
"""

SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/ssh/host
AuthorizedKeysFile {folder}/ssh/user.pub
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxSessions 100
MaxStartups 100
Subsystem sftp internal-sftp
SetEnv SLURM_CONF={folder}/slurm.conf PATH={path} PYTHONPATH={python}
"""

LOGIN = """\
Host login
  HostName 127.0.0.1
  Port {port}
  User root
  IdentityFile {folder}/ssh/user
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
"""


@dataclass
class Cluster:
    """
    A running cluster.

    Parameters
    ----------
    folder
        Of its files.
    home
        Folder whose .ssh/config knows the login node as 'login'.
    processes
        Its servers by name.
    commands
        How each of them is started.
    """

    folder: Path
    home: Path
    processes: dict = field(default_factory=dict)
    commands: dict = field(default_factory=dict)

    def start(self, name):
        """Start a server."""
        with (self.folder / f"{name}.out").open("a") as out:
            # It ends with this process, however this process ends.
            command = ["setpriv", "--pdeathsig", "TERM", *self.commands[name]]
            self.processes[name] = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )

    def stop(self, name, hard=False):
        """End a server, and wait until it has."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.kill() if hard else process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def ask(self, *words):
        """Run a command of Slurm and return what it says."""
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def jobs(self):
        """Slurm's jobs that are not over: id, state, reason and folder of each."""
        text = self.ask("squeue", "--noheader", "-o", "%i|%t|%r|%Z")
        return [line.split("|") for line in text.splitlines()]

    def in_folder(self, folder):
        """Ids of the jobs in a folder."""
        return [job[0] for job in self.jobs() if job[3] == str(folder)]


def until(holds, patience=PATIENCE):
    """Wait until something holds, and return it."""
    ends = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < ends, f"did not come about in {patience} s"
        time.sleep(0.2)
    return found


def missing_programs():
    """Programs without which no cluster starts."""
    path = f"{os.environ['PATH']}:{SYSTEM_PATH}"
    return [name for name in PROGRAMS if shutil.which(name, path=path) is None]


def reason_to_skip():
    """Why there is no cluster here; None if there is one."""
    if os.geteuid() != 0:
        return "a Slurm of one's own needs root"
    if lacking := missing_programs():
        return f"no {', '.join(lacking)}: scripts/slurm installs them on Debian"
    return None


@contextmanager
def running(folder, accounts=None):
    """
    A cluster in an empty folder, its commands on the PATH; all of it is gone at the end.

    Parameters
    ----------
    folder
        Empty.
    accounts
        Module that gives it accounts: `tests.support.slurm_accounts`.
    """
    with ExitStack() as stack:
        # Slurm's steps leave its daemons, and what jobs start may leave them: all have this word.
        stack.enter_context(swept(f"SLURM_CONF={folder / 'slurm.conf'}"))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        path = f"{Path(sys.executable).parent}:{SYSTEM_PATH}"
        patch.setenv("PATH", path)
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        cluster = _prepare(folder, path)
        patch.setenv("HOME", str(cluster.home))
        stack.callback(_end, cluster)
        cluster.start("munged")
        until((folder / "munge" / "socket").exists)
        if accounts is not None:
            accounts.prepare(cluster)
            accounts.start(cluster)
        for name in ("slurmctld", "slurmd", "sshd"):
            cluster.start(name)
        until(lambda: answers("sinfo", "-h", "-t", "idle", "-o", "%n"))
        yield cluster


def _prepare(folder, path):
    """Write all files of a cluster."""
    folder.chmod(0o755)  # munged insists on it
    for name in ("munge", "state", "spool", "ssh", "home/.ssh"):
        (folder / name).mkdir(parents=True, mode=0o755)
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it
    key = folder / "munge" / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    for name in ("host", "user"):
        words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "ssh" / name)
        subprocess.run(words, check=True)
    controller, node, port = free_ports(3)
    places = {
        "folder": folder,
        "host": socket.gethostname().split(".")[0],
        "controller": controller,
        "node": node,
        "port": port,
        "path": path,
        "python": os.pathsep.join([str(ROOT / ".src"), str(ROOT)]),
    }
    home = folder / "home"
    (folder / "slurm.conf").write_text(SLURM.format(**places), encoding="utf-8")
    (folder / "sshd.conf").write_text(SSHD.format(**places), encoding="utf-8")
    (home / ".ssh" / "config").write_text(LOGIN.format(**places), encoding="utf-8")
    munge = [f"--{name}={folder}/munge/{name[:4]}" for name in ("pid-file", "log-file")]
    munge += [f"--seed-file={folder}/munge/seed", f"--key-file={key}"]
    commands = {
        "munged": ["munged", "--foreground", f"--socket={folder}/munge/socket", *munge],
        "slurmctld": ["slurmctld", "-D", "-i", "-f", str(folder / "slurm.conf")],
        "slurmd": ["slurmd", "-D", "-f", str(folder / "slurm.conf")],
        "sshd": [shutil.which("sshd"), "-D", "-f", str(folder / "sshd.conf")],
    }
    return Cluster(folder, home, {}, commands)


def _end(cluster):
    """Cancel what runs, and stop all servers."""
    if answers("sinfo", "-h"):
        subprocess.run(["scancel", "--user=root"], check=False, capture_output=True)
        ends = time.monotonic() + 10
        while answers("squeue", "-h") and time.monotonic() < ends:
            time.sleep(0.2)
    for name in ("sshd", "slurmd", "slurmctld", "slurmdbd", "mariadbd", "munged"):
        cluster.stop(name)


def answers(*words):
    """What a command says; empty also if it fails, or takes longer than two seconds."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=2, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def free_ports(number):
    """Ports that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
