"""Shell completion of backends, energies, corrections, classes, formulas and labels.

It runs on each press of the Tab key, so it imports nothing slow; a test compares its lists with
what the commands accept.
"""

from __future__ import annotations

import os
from contextlib import closing
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
"""As in `trona.workflows.jobs.backends`."""
CLASSES = (
    "stable", "passivating", "growth-stops", "blocking", "mixed-conducting", "growth-goes-on",
    "electronic-conductor", "decomposes", "unknown",
)  # fmt: skip
"""As in `InterphaseClass`."""
CLASS_WORDS = ("SEI", "MCI", "mixed", "stops-growing", "keeps-growing", "e-conductor")
"""Further words for them, of papers and tables, in which hyphens stand for spaces."""
CORRECTIONS = (
    "as-published", "mp2020", "mp2019", "sulfide-legacy-to-mp2020", "sulfide-by-charge-legacy",
    "sulfide-by-charge-mp2020", "calibrated", "hydroborate-as-hydride", "hydroborate-uncorrected",
    "water-as-measured", "molecules-as-measured",
)  # fmt: skip
"""Parts of correction schemes."""
SETS = ("bundled", "bundled-chgnet")
"""Sets of energies that ship with trona."""
_KINDS = {"GGA_GGA+U": "mp", "R2SCAN": "mp-r2scan"}
_FILES = ("table:", "store:", "entries:")
"""Prefixes of files and stores; the path behind them is not completed."""
_STATES = ("completed", "rejected", "failed")
_DATA = "bundled_sevennet.json.gz"
_MOST = 200
"""The most answers that a shell shows."""
_LABELS = """
SELECT DISTINCT json_extract(head, '$.label') FROM documents_{number}
WHERE substr(json_extract(head, '$.label'), 1, ?) = ? LIMIT ?
"""


def complete_backend(incomplete: str) -> list[str]:
    """
    List the sources of relaxations that begin as typed.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    return _beginning(BACKENDS, incomplete)


def complete_class(incomplete: str) -> list[str]:
    """
    List the interphase classes that begin as typed.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    return _beginning((*CLASSES, *CLASS_WORDS), incomplete)


def complete_state(incomplete: str) -> list[str]:
    """
    List the states of a result that begin as typed.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    return _beginning(_STATES, incomplete)


def complete_field(incomplete: str) -> list[str]:
    """
    List the fields to sort results by that begin as typed.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    from trona.stores.collections.query_language import FIELDS  # noqa: PLC0415 (light)

    return _beginning(("rank", *FIELDS), incomplete)


def complete_correction(incomplete: str) -> list[str]:
    """
    List the corrections that begin as the last one typed, each after those before it.

    Parameters
    ----------
    incomplete
        The word typed so far: names joined by commas.
    """
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(CORRECTIONS, last)]


def complete_reference(incomplete: str) -> list[str]:
    """
    List the references that begin as typed: bundled sets, local snapshots, kinds of files.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    folder = Path(_place("TRONA_REFERENCES", "references"))
    parts = [path.name.split("__") for path in folder.expanduser().glob("mp__*")]
    kept = [(_KINDS[one[2]], one[1]) for one in parts if len(one) > 2 and one[2] in _KINDS]
    systems = sorted({f"{kind}:{system}" for kind, system in kept})
    names = [*SETS, *dict.fromkeys(kind for kind, _ in kept), *systems, *_FILES]
    return _beginning(names, incomplete)


def complete_formula(incomplete: str) -> list[str]:
    """
    List the formulas of the bundled reference that begin as typed; none for an empty word.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    if not incomplete:
        return []
    import gzip  # noqa: PLC0415 (every command imports this module, and hardly any completes)
    import json  # noqa: PLC0415
    from importlib import resources  # noqa: PLC0415

    text = resources.files("trona.stores.energies").joinpath(_DATA).read_bytes()
    phases = json.loads(gzip.decompress(text))["phases"]
    return _beginning(sorted({phase["formula"] for phase in phases}), incomplete)


def complete_label(incomplete: str) -> list[str]:
    """
    List the labels of the user's store that begin as typed; none if it cannot be read at once.

    Parameters
    ----------
    incomplete
        The word typed so far.
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
    List labels of screened candidates, then formulas of the bundled reference.

    Parameters
    ----------
    incomplete
        The word typed so far.
    """
    return list(dict.fromkeys([*complete_label(incomplete), *complete_formula(incomplete)]))


def _place(variable: str, name: str) -> str:
    """Find where something is kept, as the settings do."""
    from platformdirs import user_data_path  # noqa: PLC0415 (slow, not always needed)

    return os.environ.get(variable) or str(user_data_path("trona") / name)


def _beginning(names: tuple[str, ...] | list[str], incomplete: str) -> list[str]:
    """Choose the names that begin as typed."""
    return [name for name in names if name.startswith(incomplete)][:_MOST]
