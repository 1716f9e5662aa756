"""Candidates by identifier: the real client against a server that answers as the API does."""

from __future__ import annotations

import gzip
import json
import traceback

import pytest
from pydantic import SecretStr
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Structure

from tests.stores.materials_project.test_fetch import folder, server, trona
from tests.support import materials_project_server as api
from trona.screening.errors import InputError, ReferenceDataError
from trona.stores.documents.results import StructureDoc
from trona.stores.materials_project.structures import FOLDER, MaterialDoc, is_material_id, obtain
from trona.workflows.candidates.sources import bundled, from_argument, gather
from trona.workflows.ordering.requests import read_blueprints

__all__ = ["folder", "server"]  # fixtures

GIVEN = (api.SULFIDE_ID, api.ELECTROLYTE_ID)


def ask(server, folder, *identifiers, key=api.KEY, **options):
    """Ask in this process."""
    return obtain(identifiers, folder, SecretStr(key), endpoint=server.endpoint, **options)


def core_questions(server):
    return [asked for route, asked in server.asked if route == "materials/core"]


@pytest.fixture
def user(server, folder, monkeypatch):
    """A user with a key; the settings name server and folder."""
    for name, value in {
        "MP_API_KEY": api.KEY, "MP_API_ENDPOINT": server.endpoint, "TRONA_REFERENCES": str(folder)
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        "mp_api.client.core.settings.MAPI_CLIENT_SETTINGS.ENDPOINT", server.endpoint
    )
    return server


def test_the_server_answers_in_the_schema_of_the_api():
    from emmet.core.material import MaterialsDoc

    for doc in api.structures():
        assert MaterialsDoc.model_validate(doc).deprecated == doc["deprecated"]
        assert isinstance(Structure.from_dict(doc["structure"]), Structure)


def test_a_structure_comes_with_its_provenance(server, folder):
    found = ask(server, folder, *GIVEN, api.RESTRICTED_ID)
    electrolyte = next(one for one in bundled() if one.label == "Na3PS4").structure
    material = found[api.ELECTROLYTE_ID]
    assert StructureMatcher().fit(material.structure.to_structure(), electrolyte)
    assert (material.database_version, material.licence) == (api.DATABASE, "CC BY 4.0")
    for part in (api.ELECTROLYTE_ID, api.DATABASE, "CC BY 4.0", f"{material.fetched:%Y-%m-%d}"):
        assert part in material.source
    assert found[api.RESTRICTED_ID].licence == "CC BY-NC 4.0"
    assert len(core_questions(server)) == 1


def test_what_was_fetched_once_needs_neither_network_nor_key(server, folder):
    first = ask(server, folder, *GIVEN)
    asked = len(server.asked)
    assert obtain(GIVEN, folder, None) == first
    assert len(server.asked) == asked
    ask(server, folder, *GIVEN, api.RESTRICTED_ID)
    assert core_questions(server)[-1]["material_ids"] == api.RESTRICTED_ID


@pytest.mark.parametrize("asked", [api.ELECTROLYTE_ID, "mp-aaaabqpa"])
@pytest.mark.parametrize("numbered", [True, False])
def test_numbers_and_letters_mean_the_same_material(server, folder, asked, numbered):
    if numbered:
        server.faults["core"] = api.numbered
    material = ask(server, folder, asked)[asked]
    assert (material.material_id, len(material.structure.species)) == (asked, 16)
    assert api.SULFIDE_ID in ask(server, folder, api.MERGED_ID)[api.MERGED_ID]
    assert obtain([asked], folder, None)[asked] == material


def test_many_are_asked_for_in_addresses_that_are_not_too_long(server, folder):
    many = [f"mp-{number}" for number in range(900_000, 900_450)]
    found = ask(server, folder, *many, api.SULFIDE_ID)
    assert isinstance(found[api.SULFIDE_ID], MaterialDoc)
    assert all("knows no material" in found[one] for one in many)
    assert max(len(asked.get("material_ids", "")) for asked in core_questions(server)) < 2500


def test_a_damaged_file_is_fetched_anew(server, folder):
    ask(server, folder, *GIVEN)
    path = folder / FOLDER / f"{api.SULFIDE_ID}.json.gz"
    content = json.loads(gzip.decompress(path.read_bytes()))
    content["material"]["licence"] = "none"
    for data in (b"damaged", gzip.compress(json.dumps(content).encode())):
        path.write_bytes(data)
        assert ask(server, folder, api.SULFIDE_ID)[api.SULFIDE_ID].licence == "CC BY 4.0"
    path.write_bytes(b"damaged")
    with pytest.raises(ReferenceDataError, match="no key"):
        obtain([api.SULFIDE_ID], folder, None)


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("mp-999999", "knows no material 'mp-999999'"),
        (api.WITHDRAWN_ID, "withdrawn 'mp-300' (E001)"),
        (api.MERGED_ID, f"ask for {api.SULFIDE_ID}"),
    ],
)
def test_an_identifier_without_a_structure_says_why_and_leaves_nothing(
    server, folder, identifier, words
):
    reason = ask(server, folder, identifier)[identifier]
    assert words in reason
    assert reason.endswith(".")
    assert not list(folder.rglob("*.gz"))


FAULTS = {
    "wrong key": (api.status(401, {"message": "Unauthorized"}), "refuses the key"),
    "rate limit": (api.status(429, {"message": "API rate limit exceeded"}, ("Retry-After", "0")),
                   "too many requests"),
    "server error": (api.status(500, {"detail": "oops"}), "trouble of its own"),
    "truncated": (api.truncated, "cut off"),
    "broken off": (api.broken_off, "cannot be reached"),
    "no structure": (api.altered(structure=...), "cannot be used"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_failure_is_one_sentence_and_leaves_nothing(server, folder, fault):
    server.faults["core"], words = FAULTS[fault]
    with pytest.raises(ReferenceDataError, match=words) as caught:
        ask(server, folder, *GIVEN)
    assert len(str(caught.value).splitlines()) == 1
    assert api.KEY not in "".join(traceback.format_exception(caught.value))
    assert not list(folder.rglob("*.gz"))


def test_no_key_and_no_network_are_said(server, folder):
    with pytest.raises(ReferenceDataError, match="no key"):
        ask(server, folder, *GIVEN, key="")
    with api.running() as gone:
        pass
    with pytest.raises(ReferenceDataError, match="Connection refused"):
        ask(gone, folder, *GIVEN)


def test_identifiers_are_told_from_formulas_and_files():
    assert all(map(is_material_id, ("mp-28782", "mvc-12", "mp-bqmzwy")))
    assert not any(map(is_material_id, ("Na3PS4", "mp-", "mp-28782.cif", "POSCAR", "mp", "mp-1a")))


def test_materials_are_candidates_beside_files_and_formulas(user, tmp_path):
    next(one for one in bundled() if one.label == "Na3PO4").structure.to_file(tmp_path / "own.cif")
    found = gather([*GIVEN, str(tmp_path / "own.cif"), "Na3SbS4"]).candidates
    assert [one.label for one in found] == [
        "Na2S-mp-104", "Na3PS4-mp-28782", "own", "Na3SbS4"
    ]  # fmt: skip
    assert [one.formula for one in found][:2] == ["Na2S", "Na3PS4"]
    assert api.DATABASE in found[0].source
    assert len(core_questions(user)) == 1


@pytest.mark.usefixtures("user")
def test_a_material_that_is_not_there_or_no_electrolyte_is_refused():
    with pytest.raises(InputError, match="withdrawn"):
        gather([api.SULFIDE_ID, api.WITHDRAWN_ID])
    with pytest.raises(InputError, match="sodium"):
        from_argument(api.TITANIA_ID)


def test_a_table_names_materials_with_words_of_its_own(user, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        "label,formula,source,material_id\n"
        f"mine,Na3PS4,from a list,{api.ELECTROLYTE_ID}\n"
        f",,,{api.SULFIDE_ID}\n"
        f",Na3PS4,,{api.RESTRICTED_ID}\n"
        f",,,{api.WITHDRAWN_ID}\n"
        "plain,Na3SbS4,,\n"
    )
    gathered = from_argument(str(table))
    assert [one.label for one in gathered.candidates] == ["mine", "Na2S-mp-104", "plain"]
    assert gathered.candidates[0].source.startswith("from a list; Materials Project mp-28782")
    wrong, withdrawn = gathered.left_out
    assert "holds Na3SbS4, not Na3PS4" in wrong
    assert "withdrawn" in withdrawn
    assert len(core_questions(user)) == 1


@pytest.mark.parametrize("line", ["mp-1,a.cif", "28782,"])
def test_a_line_that_contradicts_itself_is_named(tmp_path, line):
    table = tmp_path / "t.csv"
    table.write_text(f"material_id,file\n{line}\n")
    with pytest.raises(InputError, match="line 2"):
        gather([str(table)])


@pytest.mark.usefixtures("user")
def test_models_are_made_of_materials():
    (blueprint,), left_out = read_blueprints([api.ELECTROLYTE_ID])
    assert (blueprint.label, left_out) == ("Na3PS4-mp-28782", [])
    assert "CC BY 4.0" in blueprint.source
    ((doped,), _) = read_blueprints(["Na2.875PS3.875Cl0.125"], (), api.ELECTROLYTE_ID)
    assert api.ELECTROLYTE_ID in doped.source


def test_the_commands_take_materials_and_repeat_offline(server, folder, tmp_path):
    environment = {"TRONA_STORE": str(tmp_path / "s.sqlite")}
    table = tmp_path / "e.csv"
    table.write_text("formula,formation_energy_per_atom\nNa3PS4,-1.2\nNa2S,-1.3\nNa3P,-0.3\n")
    commands = (
        ["candidates", "check", *GIVEN, "Na3PO4"],
        ["screen", *GIVEN, "--reference", f"table:{table}", "--json"],
    )
    online = [trona(server, folder, *arguments, **environment) for arguments in commands]
    assert [done.returncode for done in online] == [0, 0], [done.stderr for done in online]
    server.shutdown()
    asked = len(server.asked)
    offline = [trona(server, folder, *one, MP_API_KEY="", **environment) for one in commands]
    assert [done.returncode for done in offline] == [0, 0], [done.stderr for done in offline]
    assert len(server.asked) == asked
    docs = json.loads(offline[1].stdout)["ranking"]
    sources = {doc["label"]: doc["source"] for doc in docs}
    assert "database 2025.09.25" in sources["Na3PS4-mp-28782"]
    made = trona(
        server, folder, "candidates", "make", api.ELECTROLYTE_ID, "--relaxed", "0", "--to",
        str(tmp_path / "made"), MP_API_KEY="", **environment,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "CC BY 4.0" in (tmp_path / "made" / "provenance.json").read_text(encoding="utf-8")
    refused = trona(server, folder, "screen", "mp-1", MP_API_KEY="", **environment)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    for path in folder.rglob("*.gz"):
        assert api.KEY.encode() not in gzip.decompress(path.read_bytes())


def test_documents_survive_their_file():
    salt = StructureDoc(lattice=[[1.0, 0, 0], [0, 1, 0], [0, 0, 1]], species=["Na"],
                        coordinates=[[0, 0, 0]])  # fmt: skip
    doc = MaterialDoc(
        material_id="mp-1", structure=salt, database_version="x", endpoint="y",
        fetched="2026-11-21T00:00:00Z", client="z", licence="CC BY 4.0",
    )  # fmt: skip
    assert MaterialDoc.model_validate(doc.model_dump(mode="json")) == doc
