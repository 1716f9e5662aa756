"""Accounts for a Slurm of tests: its accounting database on a MariaDB of its own.

Debian's packages `slurmdbd` and `mariadb-server`, which `scripts/slurm` does not install.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

from tests.support.slurm_cluster import SYSTEM_PATH, answers, free_ports, until

PROGRAMS = ("slurmdbd", "mariadbd", "mariadb-install-db", "sacctmgr")
MINE = "solids"
"""The account that the user has."""

SLURM = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={database}
AccountingStoragePass={folder}/munge/socket
AccountingStorageEnforce=associations,limits
"""

SLURMDBD = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={database}
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={sql}
StorageUser=root
StorageLoc=accounts
PidFile={folder}/slurmdbd.pid
LogFile={folder}/slurmdbd.log
"""


def missing_programs():
    """Programs without which there are no accounts."""
    path = f"{os.environ['PATH']}:{SYSTEM_PATH}"
    return [name for name in PROGRAMS if shutil.which(name, path=path) is None]


def prepare(cluster):
    """Write the files of the database of a cluster that has not been started."""
    folder = cluster.folder
    sql, database = free_ports(2)
    host = socket.gethostname().split(".")[0]
    places = {"folder": folder, "sql": sql, "database": database, "host": host}
    with (folder / "slurm.conf").open("a", encoding="utf-8") as file:
        file.write(SLURM.format(**places))
    # Its name is fixed: slurmctld and sacctmgr look for it beside their own.
    path = folder / "slurmdbd.conf"
    path.write_text(SLURMDBD.format(**places), encoding="utf-8")
    path.chmod(0o600)  # slurmdbd insists on it
    data = ["--no-defaults", f"--datadir={folder}/sql", "--user=root"]
    install = ["mariadb-install-db", *data, "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    place = [f"--socket={folder}/sql.sock", f"--port={sql}", "--bind-address=127.0.0.1"]
    cluster.commands |= {
        "mariadbd": ["mariadbd", *data, *place, "--skip-grant-tables", "--skip-log-bin"],
        "slurmdbd": ["slurmdbd", "-D"],
    }


def start(cluster):
    """Start the database, with one account for this user; munged runs, slurmctld does not yet."""
    cluster.start("mariadbd")
    until((cluster.folder / "sql.sock").exists)
    cluster.start("slurmdbd")
    until(lambda: answers("sacctmgr", "-n", "list", "user"))  # root is there at the start
    for words in (
        ("add", "cluster", "trona"),
        ("add", "account", MINE),
        ("add", "account", "others"),
        ("add", "user", "root", f"account={MINE}", f"defaultaccount={MINE}"),
    ):
        cluster.ask("sacctmgr", "-i", *words)


def limit(cluster, jobs):
    """Let the account submit only so many jobs at once; -1 for any number."""
    words = ("where", f"name={MINE}", "set", f"GrpSubmitJobs={jobs}")
    cluster.ask("sacctmgr", "-i", "modify", "account", *words)
