"""The doctor names what is missing, and the remedy works."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pymatgen.core import SETTINGS
from pymatgen.io.vasp.inputs import PotcarSingle, UnknownPotcarWarning

from tests.support.folders import SCRIPTS
from tests.workflows.cli.test_commands import trona
from trona.screening.errors import InputError
from trona.stores.collections.results import Results
from trona.workflows.cli.commands.doctor import examine
from trona.workflows.jobs.backends import BACKENDS, ForceField
from trona.workflows.jobs.pseudopotentials import wanted

SCRIPT = SCRIPTS / "mock_potcars.py"


def look(name, elements=("Na",), store="nowhere.sqlite"):
    findings = examine(BACKENDS[name], list(elements), str(store))
    return {finding.subject: finding for finding in findings}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Headers of sodium's and sulfur's pseudopotentials."""
    folder = tmp_path_factory.mktemp("psp")
    subprocess.run([sys.executable, SCRIPT, folder, "Na_pv", "S"], check=True, capture_output=True)
    return folder


@pytest.fixture
def configured(library, monkeypatch):
    monkeypatch.setitem(SETTINGS, "PMG_VASP_PSP_DIR", str(library))
    return library


@pytest.mark.parametrize("name", ["vasp", "vasp-r2scan"])
@pytest.mark.usefixtures("configured")
def test_pseudopotentials_that_are_there_are_those_that_pymatgen_finds(name):
    functional, _, symbols = wanted(BACKENDS[name], ["Na", "S"])
    found = look(name, ["Na", "S"])
    for symbol in symbols.values():
        assert not found[f"POTCAR {symbol}"].remedy
        with pytest.warns(UnknownPotcarWarning):
            assert PotcarSingle.from_symbol_and_functional(symbol, functional).symbol == symbol


@pytest.mark.usefixtures("configured")
def test_one_that_is_missing_is_named_with_its_element():
    finding = look("vasp", ["Zr"])["POTCAR Zr_sv"]
    assert "Zr_sv" in finding.remedy
    assert "potpaw_PBE" in finding.remedy


def test_a_folder_named_as_vasp_names_it_is_recognised(tmp_path, monkeypatch, library):
    monkeypatch.setitem(SETTINGS, "PMG_VASP_PSP_DIR", str(tmp_path))
    (library / "POT_PAW_PBE_64").rename(tmp_path / "potpaw_PBE.64")
    remedy = look("vasp-r2scan")["POTCAR PBE_64"].remedy
    subprocess.run(remedy.split(), check=True, cwd=tmp_path)
    assert not look("vasp-r2scan")["POTCAR Na_pv"].remedy
    (tmp_path / "potpaw_PBE.64").rename(library / "POT_PAW_PBE_64")


def test_a_missing_library_is_told_apart_from_a_missing_folder(tmp_path, monkeypatch):
    monkeypatch.setitem(SETTINGS, "PMG_VASP_PSP_DIR", str(tmp_path / "none"))
    assert "PMG_VASP_PSP_DIR" in look("vasp")["pseudopotentials"].remedy
    monkeypatch.setitem(SETTINGS, "PMG_VASP_PSP_DIR", str(tmp_path))
    assert "potpaw_PBE" in look("vasp")["POTCAR PBE"].remedy


def test_programs_are_looked_for_by_every_word_that_is_one(monkeypatch):
    from atomate2 import SETTINGS as COMMANDS

    monkeypatch.setattr(COMMANDS, "VASP_CMD", f"{sys.executable} -n 4 no_such_vasp")
    assert "no_such_vasp" in look("vasp")["VASP_CMD"].found
    monkeypatch.setattr(COMMANDS, "VASP_CMD", sys.executable)
    assert not look("vasp")["VASP_CMD"].remedy
    assert not look("mock")["VASP command"].remedy


def test_a_store_is_opened_but_not_made(tmp_path):
    path = tmp_path / "s.sqlite"
    assert "not there yet" in look("mock", store=path)["store"].found
    assert not path.exists()
    Results(str(path)).close()
    assert "0 results" in look("mock", store=path)["store"].found
    path.write_text("no database", encoding="utf-8")
    assert look("mock", store=path)["store"].remedy


def test_a_key_is_judged_by_its_look_and_not_shown(monkeypatch):
    for name in ("TRONA_MP_API_KEY", "PMG_MAPI_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MP_API_KEY", "secret")
    finding = look("mock")["Materials Project key"]
    assert "6 characters" in finding.found
    assert "secret" not in finding.found + finding.remedy
    monkeypatch.setenv("MP_API_KEY", "s" * 32)
    assert not look("mock")["Materials Project key"].remedy
    monkeypatch.delenv("MP_API_KEY")
    monkeypatch.setenv("TRONA_MP_API_KEY", "s" * 32)  # every name that fetching reads
    assert not look("mock")["Materials Project key"].remedy


def test_a_package_that_is_missing_comes_with_its_extra():
    ghost = ForceField("ghost", "ghost", "no_such_package_of_trona", "ghost")
    findings = {one.subject: one for one in examine(ghost, [], "nowhere.sqlite")}
    assert "trona[ml]" in findings["no_such_package_of_trona"].remedy


@pytest.mark.parametrize("symbol", ["Xx", "Fm"])
def test_an_element_that_has_none_is_refused(symbol):
    with pytest.raises(InputError, match=symbol):
        wanted(BACKENDS["vasp"], [symbol])


def test_the_command_exits_by_what_it_found(tmp_path, library):
    well = trona("doctor", "--backend", "mock", "--store", tmp_path / "s.sqlite")
    assert well.returncode == 0, well.stderr
    ill = trona("doctor", "--elements", "Na,S", PMG_VASP_PSP_DIR=str(library), PATH="/nowhere")
    assert ill.returncode == 2
    assert "ATOMATE2_VASP_CMD" in ill.stdout
    assert "VASP_CMD" in ill.stderr
    assert "POTCAR Na_pv: PBE" in ill.stdout
