"""Shell completion of backends, energies, corrections, classes, formulas and labels.

It runs on each press of the Tab key, so it imports nothing slow; a test compares its lists with
what the commands accept.
"""

from __future__ import annotations

import gzip
import json
import os
from contextlib import closing
from importlib import resources
from pathlib import Path

__all__ = [
    "complete_backend",
    "complete_class",
    "complete_correction",
    "complete_field",
    "complete_formula",
    "complete_label",
    "complete_material",
    "complete_reference",
    "complete_state",
]

BACKENDS = (
    "chgnet", "sevennet", "sevennet-0", "vasp", "vasp-chgnet", "vasp-sevennet", "vasp-d3",
    "vasp-r2scan", "mock",
)  # fmt: skip
"""As `trona.workflows.jobs.backends` names them."""
CLASSES = (
    "stable", "passivating", "growth-stops", "blocking", "mixed-conducting", "growth-goes-on",
    "electronic-conductor", "decomposes", "unknown",
)  # fmt: skip
"""As `InterphaseClass` names them."""
CORRECTIONS = (
    "as-published", "mp2020", "mp2019", "sulfide-legacy-to-mp2020", "sulfide-by-charge-legacy",
    "sulfide-by-charge-mp2020", "calibrated", "hydroborate-as-hydride", "hydroborate-uncorrected",
    "water-as-measured", "molecules-as-measured",
)  # fmt: skip
"""As correction schemes name their parts."""
SETS = ("bundled", "bundled-chgnet")
"""As the sets that ship with trona are named."""
_KINDS = {"GGA_GGA+U": "mp", "R2SCAN": "mp-r2scan"}
_STATES = ("completed", "rejected", "failed")
_DATA = "bundled_sevennet.json.gz"
_MOST = 200
"""Answers that a shell still shows."""
_LABELS = """
SELECT DISTINCT json_extract(head, '$.label') FROM documents_{number}
WHERE substr(json_extract(head, '$.label'), 1, ?) = ? LIMIT ?
"""


def complete_backend(incomplete: str) -> list[str]:
    """
    Complete a source of relaxations.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Names that begin so.
    """
    return _beginning(BACKENDS, incomplete)


def complete_class(incomplete: str) -> list[str]:
    """
    Complete a class of interphase.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Names that begin so.
    """
    return _beginning(CLASSES, incomplete)


def complete_state(incomplete: str) -> list[str]:
    """
    Complete the state of a result.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Names that begin so.
    """
    return _beginning(_STATES, incomplete)


def complete_field(incomplete: str) -> list[str]:
    """
    Complete a field that results are sorted by.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Names that begin so.
    """
    from trona.stores.collections.query_language import FIELDS  # noqa: PLC0415 (light)

    return _beginning(("rank", *FIELDS), incomplete)


def complete_correction(incomplete: str) -> list[str]:
    """
    Complete the last of several corrections.

    Parameters
    ----------
    incomplete
        What is typed so far, joined by commas.

    Returns
    -------
    list of str
        The corrections before, and one that begins so.
    """
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(CORRECTIONS, last)]


def complete_reference(incomplete: str) -> list[str]:
    """
    Complete the name of reference energies.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Sets that ship with trona, snapshots on this machine, and kinds of files.
    """
    folder = Path(_place("TRONA_REFERENCES", "references"))
    parts = [path.name.split("__") for path in folder.expanduser().glob("mp__*")]
    kept = [(_KINDS[one[2]], one[1]) for one in parts if len(one) > 2 and one[2] in _KINDS]
    systems = sorted({f"{kind}:{system}" for kind, system in kept})
    names = [*SETS, *dict.fromkeys(kind for kind, _ in kept), *systems, "table:", "store:"]
    return _beginning(names, incomplete)


def complete_formula(incomplete: str) -> list[str]:
    """
    Complete a formula with those of the bundled reference.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Formulas that begin so; none where nothing is typed.
    """
    if not incomplete:
        return []
    text = resources.files("trona.stores.energies").joinpath(_DATA).read_bytes()
    phases = json.loads(gzip.decompress(text))["phases"]
    return _beginning(sorted({phase["formula"] for phase in phases}), incomplete)


def complete_label(incomplete: str) -> list[str]:
    """
    Complete the label of a screened candidate of the user's store.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Labels that begin so; none where the store is no file, or cannot be read at once.
    """
    import sqlite3  # noqa: PLC0415 (other commands complete nothing)

    place = Path(_place("TRONA_STORE", "trona.sqlite")).expanduser()
    if not place.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            asked = "SELECT number FROM collections WHERE name = 'summaries'"
            number = next(iter(opened.execute(asked)), None)
            if number is None:
                return []
            question = _LABELS.format(number=int(number[0]))
            found = opened.execute(question, (len(incomplete), incomplete, _MOST))
            return sorted(str(label) for (label,) in found)
    except sqlite3.Error:
        return []


def complete_material(incomplete: str) -> list[str]:
    """
    Complete a formula of the bundled reference or the label of a screened candidate.

    Parameters
    ----------
    incomplete
        What is typed so far.

    Returns
    -------
    list of str
        Labels first.
    """
    return list(dict.fromkeys([*complete_label(incomplete), *complete_formula(incomplete)]))


def _place(variable: str, name: str) -> str:
    """Find where something is kept, as the settings do."""
    from platformdirs import user_data_path  # noqa: PLC0415 (slow, not always needed)

    return os.environ.get(variable) or str(user_data_path("trona") / name)


def _beginning(names: tuple[str, ...] | list[str], incomplete: str) -> list[str]:
    """Choose the names that begin as typed."""
    return [name for name in names if name.startswith(incomplete)][:_MOST]
