"""The code blocks of the pages, and a folder in which their commands can be run."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.folders import ROOT
from tests.support.tables import ROWS
from trona.screening.equilibrium.hull import decompose
from trona.screening.formulas import parse
from trona.stores.assess.screenings import screening_document
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import bundled
from trona.workflows.jobs.backends import relaxation_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(
    r'^```(bash|python)(?: title="([^"\n]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A block of code; one with a title is shown with the reason why the tests do not run it."""

    page: str
    language: str
    title: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """Words of each command of a shell block, comments left out."""
        text = re.sub(r"(^|\s)#.*", "", self.text.replace("\\\n", " "), flags=re.MULTILINE)
        words = [shlex.split(command) for command in re.split("[;\n]", text)]
        return [command for command in words if command]


def blocks() -> Iterator[Block]:
    """All blocks, page after page, in order."""
    for path in PAGES:
        for language, title, text in FENCE.findall(path.read_text(encoding="utf-8")):
            yield Block(str(path.relative_to(ROOT)), language, title, text)


def lay_out(folder: Path) -> None:
    """Write the files that commands name, as small as they can be."""
    crystals = {one.label: one.structure for one in bundled() if one.structure is not None}
    sulfide = crystals["Na2S"].get_primitive_structure()
    sulfide.to(str(folder / "my.cif"))
    crystals["Na3PS4"].to(str(folder / "POSCAR"), fmt="poscar")
    (folder / "structures").mkdir()
    crystals["Na3PSe4"].to(str(folder / "structures" / "Na3PSe4.cif"))
    half = sulfide.copy()
    half.replace_species({"S": {"S": 0.5, "Se": 0.5}})
    half.to(str(folder / "disordered.cif"))
    (folder / "list.csv").write_text("formula,label\nNa3PS3O,mine\nNa2ZrCl6,halide\n")
    (folder / "energies.csv").write_text(ROWS, encoding="utf-8")


def relax_nothing(candidates, work, *_):
    """Stand in for `run_flows`: structures stay as they are, with energies 5 meV above the hull."""
    table = load_reference("bundled").table
    for candidate in candidates:
        start = candidate.structure
        amounts = parse(candidate.formula or start.reduced_formula)
        covered = set(amounts) <= set(table.elements)
        hull = decompose(table, amounts).energy / sum(amounts.values()) if covered else -4.0
        relaxation = RelaxationDoc(
            id=relaxation_id(start, work.backend),
            label=candidate.label,
            formula=start.reduced_formula,
            method=work.backend.method,
            settings={},
            converged=True,
            energy=(hull + 0.005) * len(start),
            max_force=0.0,
            n_steps=1,
            n_sites=len(start),
            volume_start=start.volume,
            volume=start.volume,
            space_group="P1",
            structure=StructureDoc.from_structure(start),
            versions={},
        )
        documents = [relaxation]
        if work.reference is not None:
            reference = load_reference(work.reference, work.correction)
            known = (candidate.label, candidate.formula, candidate.source, reference)
            documents.append(screening_document(*known, relaxation))
        yield candidate, documents
