"""Programs that stand in for Slurm: a job is a process of this machine, its number the process."""

from __future__ import annotations

PROGRAMS = {
    "module": "#!/bin/bash\n",
    "sbatch": """#!/bin/bash
grep -q '^#SBATCH --nodes=1' "$1" || { echo "sbatch: error: how many nodes?" >&2; exit 1; }
setsid nohup bash "$1" > queue.out 2> queue.err &
echo "Submitted batch job $!"
""",
    # One line for each job, fields parted by <><>, as jobflow-remote asks for them.
    "squeue": """#!/bin/bash
for argument in "$@"; do [[ $argument == --jobs=* ]] && jobs=${argument#--jobs=}; done
for job in $(tr , '\\n' <<< "$jobs" | sort -u); do
  kill -0 "$job" 2> /dev/null || continue
  echo "$job<><> R<><> None<><> name<><> user<><> part<><> 4:00:00<><> 1<><> 1<><> 0:01<><> 0"
done
""",
}


def install(folder):
    """Write the programs into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in PROGRAMS.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
