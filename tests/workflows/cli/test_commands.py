"""The commands as a user types them: what they print, how they refuse, what they do not load."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.support.tables import ROWS
from trona.stores.assess.validation import published_cases
from trona.stores.assess.validation import validate as compare
from trona.stores.collections.results import Results
from trona.stores.corrections.schemes import LABELS
from trona.stores.database.connect import exists
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import bundled
from trona.workflows.drawings import window_pairs

MAIN = "from trona.workflows.cli.main import main; main()"
FORMULAS = ["Na3PS4", "Na2S", "NaCl", "Na2ZrCl6"]


def trona(*arguments, **environment):
    """Run the command in a process of its own."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from trona.workflows.cli.main import main; main()",
            *map(str, arguments),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "80", **environment},
    )


def succeed(*arguments, **environment):
    done = trona(*arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "energies.csv"
    path.write_text(ROWS, encoding="utf-8")
    return f"table:{path}"


@pytest.fixture(scope="module")
def store(tmp_path_factory, table):
    """A store with a screening by composition."""
    path = tmp_path_factory.mktemp("store") / "s.sqlite"
    succeed("screen", *FORMULAS, "--reference", table, "--store", path)
    return path


def test_the_ranking_names_every_candidate_within_80_columns(table, tmp_path):
    printed = succeed("screen", *FORMULAS, "--reference", table, "--store", tmp_path / "s.sqlite")
    assert all(formula in printed for formula in FORMULAS)
    assert max(map(len, printed.splitlines())) <= 80
    assert "\x1b" not in printed


def test_the_ranking_as_json_carries_place_score_and_provenance(store, table):
    content = json.loads(
        succeed("screen", *FORMULAS, "--reference", table, "--store", store, "--json")
    )
    assert [row["place"] for row in content["ranking"]] == sorted(
        row["place"] for row in content["ranking"]
    )
    assert {"score", "missing", "vetoes", "versions", "reference"} <= content["ranking"][0].keys()


def test_window_prints_one_line_per_interval_and_the_limits(table):
    options = ("--reference", table, "--sigma", "0")
    printed = succeed("window", "Na3PS4", *options, "--why", COLUMNS="200")
    assert "1.25–2.43 V" in printed
    assert "+ 8 Na -> Na3P + 4 Na2S" in printed
    assert "sulfide-by-charge/1 (-0.66346 eV per S)" in printed


def test_window_as_json_is_the_contract(table):
    content = json.loads(succeed("window", "Na3PS4", "--reference", table, "--json"))
    assert content["reduction_limit"] == pytest.approx(1.246, abs=0.005)
    assert content["oxidation_limit"] == pytest.approx(2.429, abs=0.005)
    lowest = content["ladder"][0]
    assert lowest["voltage_lower"] == 0.0
    assert lowest["na_exchanged"] == pytest.approx(8.0)
    assert {p["formula"]: p["amount"] for p in lowest["products"]} == pytest.approx(
        {"Na3P": 1.0, "Na2S": 4.0}
    )


def test_window_at_a_voltage_gives_the_energy_there(table):
    content = json.loads(succeed("window", "Na3PS4", "--at", "0.1", "--reference", table, "--json"))
    (rung,) = content["ladder"]
    assert rung["energy_voltage"] == 0.1
    assert rung["energy_per_atom"] == pytest.approx(-0.897 + 0.1, abs=0.001)


def test_window_shows_what_happens_at_an_electrode(table):
    printed = succeed("window", "Na3PS4", "--electrode", "S", "--reference", table)
    assert "S operates at 1.42 V (1.25–2.30 V), measured; computed 2.09 V, 0.67 V higher" in printed
    assert "At 2.300 V: likely stable" in printed
    printed = succeed("window", "Na3PS4", "--electrode", "S@computed", "--reference", table)
    assert "At equilibrium it releases no sodium, accepts it at 2.089 V" in printed
    assert "At 2.089 V: stable" in printed
    content = json.loads(
        succeed("window", "Na3PS4", "--electrode", "Na", "--reference", table, "--json")
    )
    assert content["electrode"]["gives"] == 0.0
    assert content["electrode"]["at_gives"]["interphase"] == "mixed-conducting"
    assert [rung["reaction_kind"] for rung in content["ladder"]][-1] == "none"


def test_window_shows_how_far_the_threshold_is_and_ranks_products():
    printed = succeed("window", "Na3PS4", "--products")
    assert "25 vol% (+9)" in printed
    ranked = printed.partition("\n product ")[2]
    assert ranked.index("Na3P ") < ranked.index("Na2S ") < ranked.index("Na3P11")
    at_sodium = succeed("window", "Na3PS4", "--at", "0", COLUMNS="120")
    assert "each µm of electrolyte accepts 0.2" in at_sodium
    assert "worst first: Na3P 25 vol% mixed (MCI), Na2S 75 vol% blocking" in at_sodium


def test_window_shows_limits_without_high_pressure_phases_too():
    printed = succeed("window", "NaCl", "--sigma", "0", COLUMNS="120")
    assert "0.00–3.76 V against Na/Na⁺; 0.00–4.21 V without NaCl3, NaCl7" in printed


def test_window_draws_a_figure(table, tmp_path):
    for ending, magic in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = tmp_path / f"ladder.{ending}"
        succeed("window", "Na3PS4", "--reference", table, "--plot", path)
        assert path.read_bytes().startswith(magic)


@pytest.mark.parametrize(
    "arguments",
    [
        ["interface", "Na3PS4", "S", "--voltage", "1"],
        ["profile", "S", "Na3PS4"],
        ["validate", "Na3PS4"],
    ],
)
def test_other_results_are_drawn_too(arguments, table, tmp_path):
    path = tmp_path / "figure.png"
    done = trona(*arguments, "--reference", table, "--plot", path, "--json")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert str(path) in done.stderr
    assert json.loads(done.stdout)


def test_a_figure_of_validation_shows_what_was_judged():
    findings = compare(
        load_reference("bundled"), [case for case in published_cases() if case.window]
    )
    pairs = {pair.formula: pair for pair in window_pairs(findings)}
    assert len(pairs) == len(findings)
    for finding in findings:
        pair = pairs[finding.case.formula]
        verdicts = {f"{limit.side} limit": limit.verdict for limit in pair.limits}
        assert verdicts == {
            c.quantity: c.verdict for c in finding.comparisons if c.quantity.endswith("limit")
        }
        for limit in pair.limits:
            assert limit.published == getattr(finding.case.window, limit.side)
            if limit.predicted is not None:
                assert limit.predicted == getattr(finding.prediction, f"{limit.side}_limit")


def test_window_gives_limits_at_a_tolerated_driving_force(table):
    options = ("--reference", table, "--tolerance", "0.025", "--json")
    content = json.loads(succeed("window", "Na3PS4", *options))
    assert content["tolerance"] == 0.025
    assert content["tolerated"]["reduction_limit"] == pytest.approx(1.13, abs=0.01)
    assert content["tolerated"]["oxidation_limit"] == pytest.approx(2.53, abs=0.01)


def test_excluded_phases_are_named_in_the_result(table):
    options = ("--reference", table, "--exclude", "Na2PS3", "--json")
    content = json.loads(succeed("window", "Na3PS4", *options))
    assert content["reference"].endswith("without Na2PS3")
    assert content["reduction_limit"] == pytest.approx(1.166, abs=0.005)


def test_another_scheme_stands_beside_the_default(table):
    options = ("--reference", table, "--correction", "as-published")
    printed = succeed("window", "Na3PS4", *options)
    assert "sulfide-by-charge-legacy (default)  1.25–2.43" in printed
    assert "as-published                        1.25–2.13" in printed
    assert "4 of 16 phases of Na–P–S shifted, meV/atom: Na2S5 -379" in printed
    assert max(map(len, printed.splitlines())) <= 80
    compared = json.loads(succeed("window", "Na3PS4", *options, "--json"))["compared"]
    assert compared["default"]["oxidation_limit"] == pytest.approx(2.429, abs=0.005)
    assert compared["chosen"]["oxidation_limit"] == pytest.approx(2.130, abs=0.005)
    assert compared["shifts"][0]["formula"] == "Na2S5"


@pytest.mark.parametrize("options", [(), ("--correction", "sulfide-by-charge-legacy")])
def test_nothing_is_compared_under_the_default_scheme(table, options):
    printed = succeed("window", "Na3PS4", "--reference", table, *options)
    assert "(default)" not in printed
    content = json.loads(succeed("window", "Na3PS4", "--reference", table, *options, "--json"))
    assert "compared" not in content


def test_the_help_names_every_correction():
    printed = re.sub(r"-\n +", "-", succeed("window", "--help"))
    assert all(label in printed for label in LABELS)


def test_window_says_what_its_limits_depend_on(table):
    options = ("--reference", table, "--why", "--sigma", "0.02")
    printed = succeed("window", "Na3PS4", *options)
    assert "reduction limit 1.246 ±" in printed
    reduction, _ = json.loads(succeed("window", "Na3PS4", *options, "--json"))["dependence"]
    removed = {phase["formula"]: phase["removed"] for phase in reduction["phases"]}
    assert removed["Na2PS3"] == pytest.approx(1.166, abs=0.005)


def test_a_limit_has_one_error(table):
    options = ("--reference", table, "--why", "--sigma", "0.03")
    printed = succeed("window", "Na3PS4", *options, "--why", COLUMNS="120")
    answer = json.loads(succeed("window", "Na3PS4", *options, "--json"))
    for one in answer["dependence"]:
        drawn = answer["uncertainty"][one["limit"]]["std"]
        assert one["uncertainty"] == drawn
        assert f"{one['limit']} limit {one['voltage']:.3f} ± {drawn:.2f} V" in printed
        assert f"{one['voltage']:.2f} ± {drawn:.2f}" in printed


def test_window_says_how_sure_it_is(table):
    options = ("--reference", table, "--sigma", "0.01")
    printed = succeed("window", "Na3PS4", *options, "--why", COLUMNS="120")
    answer = json.loads(succeed("window", "Na3PS4", *options, "--json"))["uncertainty"]
    lower, upper = answer["reduction"]["std"], answer["oxidation"]["std"]
    assert f"1.25 ± {lower:.2f} – 2.43 ± {upper:.2f} V against" in printed
    assert "at 0 V mixed (MCI) 100 %  (200 draws, σ 10 meV/atom)" in printed
    assert (answer["samples"], answer["source"]) == (200, "given by the user")
    silent = json.loads(succeed("window", "Na3PS4", *options[:-1], "0", "--json"))
    assert silent["uncertainty"] is None


def test_an_interface_is_kept_on_request_and_once(table, tmp_path):
    kept = tmp_path / "s.sqlite"
    asked = ("interface", "Na3PS4", "Na", "--reference", table, "--store", kept)
    document = json.loads(succeed(*asked, "--json"))
    succeed(*asked)
    held = json.loads(succeed("store", "info", "--store", kept, "--json"))["collections"]
    assert [(one["collection"], one["count"]) for one in held] == [("interfaces", 1)]
    assert document["first"] == "Na3PS4"


def test_interface_prints_every_kink_and_json(table):
    printed = succeed("interface", "Na3PS4", "Na", "--reference", table)
    assert "Na3PS4 and Na react to Na3P and Na2S" in printed
    assert "Na3PS4 + 6 Na" in printed
    content = json.loads(succeed("interface", "Na3PS4", "Na", "--reference", table, "--json"))
    assert content["strongest"]["energy_per_atom"] == pytest.approx(-0.471, abs=0.001)
    assert content["kinks"][0]["fraction"] == 0.0
    opened = succeed("interface", "Na3PS4", "Na", "--voltage", "0", "--reference", table)
    assert "open to sodium at 0 V" in opened


def test_profile_gives_capacities_of_several_compositions(table):
    sulfur, electrolyte = json.loads(
        succeed("profile", "S", "Na3PS4", "--reference", table, "--json")
    )
    assert sulfur["capacity"] == pytest.approx(1675, rel=0.003)
    assert electrolyte["plateaus"][-1]["voltage"] == pytest.approx(0.295, abs=0.005)
    assert "mAh/g" in succeed("profile", "S", "--reference", table)


def test_validate_gives_a_verdict_for_each_system():
    printed = succeed("validate", "Na3PS4", "Na3PS3.4O0.6")
    assert "1 of 2 comparable systems agree" in printed
    assert "Lacivita" in printed
    alone = succeed("validate", "Na3SbS4")
    rows = [line.split()[-1] for line in alone.partition("•")[0].splitlines() if "agree" in line]
    agreeing, differing = rows.count("agree"), rows.count("disagree")
    assert f"Na3SbS4: {agreeing} of {agreeing + differing} comparable quantities agree" in alone
    assert differing
    content = json.loads(succeed("validate", "Na3PS4", "--json"))
    assert content[0]["verdict"] == "agree"


def test_query_filters_and_exports(store):
    assert [d["label"] for d in json.loads(succeed("query", "--store", store, "--json"))] != []
    stable = json.loads(succeed("query", "--class", "stable", "--store", store, "--json"))
    assert sorted(doc["label"] for doc in stable) == ["Na2S", "NaCl"]
    lines = succeed("query", "--elements", "Na,S", "--store", store, "--csv").splitlines()
    assert lines[0].startswith("label,formula,state")
    assert [line.split(",")[0] for line in lines[1:]] == ["Na2S", "Na3PS4"]
    nothing = trona("query", "--hull-below", "-1", "--store", store)
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "No candidate passes these filters, of 4 in the store" in nothing.stderr


def test_show_prints_ladder_and_provenance(store):
    printed = succeed("show", "Na3PS4", "--store", store)
    assert "formula given by the user" in printed
    assert "mixed (MCI)" in printed
    assert json.loads(succeed("show", "Na3PS4", "--store", store, "--json"))[0]["id"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["screen", "nowhere.cif"], "nowhere.cif"),
        (["screen", "Na3XX"], "Na3XX"),
        (["screen", "P2S5"], "P2S5"),
        (["screen", "--backend", "magic"], "chgnet"),
        (["screen", "Na3PS4", "--reference", "table:none.csv"], "none.csv"),
        (["screen", "Na3PS4", "--store", "/dev/null/s.sqlite"], "--store"),
        (["screen", "Na3PS4", "--workers", "0"], "workers"),
        (["window", "Xx"], "Xx"),
        (["window", "S8"], "S8"),
        (["window", "Na"], "Na"),
        (["window", "Na3OsS3"], "Os"),
        (["window", "Na3PS4", "--at", "-1"], "-1"),
        (["window", "Na3PS4", "--at", "nan"], "nan"),
        (["window", "Na3PS4", "--electrode", "Qq"], "Qq"),
        (["window", "Na3PS4", "--electrode", "OsS"], "Os"),
        (["window", "Na3PS4", "--electrode", "S", "--at", "1"], "electrode"),
        (["window", "Na3PS4", "--correction", "magic"], "as-published"),
        (["window", "Na3PS4", "--correction", "sulfide-legacy-to-mp2020"], "choose from"),
        (["window", "Na3PS4", "--tolerance", "-1"], "-1"),
        (["window", "Na3PS4", "--pressure", "-1"], "-1"),
        (["profile", "S", "--pressure", "99"], "99"),
        (["window", "Na3PS4", "--sigma", "-1"], "-1"),
        (["window", "Na3PS4", "--sigma", "nan"], "nan"),
        (["window", "Na3PS4", "--exclude", "Na7Ga13"], "Na7Ga13"),
        (["interface", "Na3PS4", "Qq"], "Qq"),
        (["interface", "Na3PS4", "Os"], "Os"),
        (["interface", "Na3PS4", "S", "--voltage", "-1"], "-1"),
        (["profile", "Na"], "sodium"),
        (["validate", "Na99S"], "Na99S"),
        (["window", "Na3PS4", "--plot", "figure.docx"], "docx"),
        (["window", "Na3PS4", "--plot", "/nowhere/figure.png"], "/nowhere"),
        (["interface", "Na3PS4", "NaCrO2", "--plot", "/nowhere/figure.png"], "/nowhere"),
        (["profile", "S", "--plot", "figure.docx"], "docx"),
        (["profile", "Zr", "--plot", "figure.png"], "discharge"),
        (["validate", "Na3PS4", "--plot", "/nowhere/figure.png"], "/nowhere"),
        (["validate", "Na3PS3.4O0.6", "--plot", "figure.png"], "published window"),
        (["query"], "trona screen"),
        (["query", "--class", "good"], "passivating"),
        (["query", "--elements", "Na,Qq"], "Qq"),
        (["show", "Na3PS4"], "trona screen"),
        (["window", "Na3PS4", "--reference", "mp"], "trona reference fetch Na-P-S"),
        (["reference", "fetch", "Na-Xx"], "Na-Xx"),
        (["reference", "info", "mp:Na-Xx"], "Na-Xx"),
        (["reference", "info", "unheard-of"], "bundled"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(arguments, word, tmp_path):
    places = {"TRONA_STORE": tmp_path / "empty.sqlite", "TRONA_REFERENCES": tmp_path / "none"}
    done = trona(*arguments, **{name: str(path) for name, path in places.items()})
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_unknown_name_is_refused(store):
    done = trona("show", "unobtainium", "--store", store)
    assert (done.returncode, "unobtainium" in done.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [["--help"], ["query"], ["window", "Na3PS4"]])
def test_light_commands_load_no_heavy_package(arguments, store):
    heavy = {"torch", "atomate2", "chgnet", "matplotlib"}
    if arguments == ["--help"]:
        heavy |= {"numba", "numpy", "pymatgen"}
    if arguments == ["query"]:
        heavy |= {"numba"}
        arguments = [*arguments, "--store", str(store)]
    code = (
        "import sys\nsys.argv[1:] = " + repr(arguments) + "\n"
        "from trona.workflows.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "[]"


def hear_interrupts():
    """Undo what a shell does to jobs in the background: there an interrupt is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_screening_keeps_what_is_finished_and_goes_on(tmp_path):
    path = str(tmp_path / "s.sqlite")
    run = subprocess.Popen(
        [sys.executable, "-c", MAIN, "screen", "--store", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 (the test has one thread)
    )
    while not (exists(path) and any(doc.relaxation_id for doc in Results(path).screenings())):
        assert run.poll() is None
        time.sleep(0.2)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does
    _, printed = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in printed) == (130, False)
    assert "finished and kept" in printed
    assert "leaked" not in printed
    finished = Results(path).screenings()
    again = json.loads(succeed("screen", "--store", path, "--json"))
    created = {row["id"]: row["created"] for row in again["ranking"]}
    assert len(created) == len(bundled())
    assert all(created[d.id] == d.model_dump(mode="json")["created"] for d in finished)


def test_version_names_what_matters_for_provenance():
    assert {"trona", "pymatgen"} <= {line.split()[0] for line in succeed("--version").splitlines()}


def test_query_pages_sorts_counts_and_takes_questions(store):
    page = json.loads(
        succeed("query", "--sort", "hull", "--limit", "2", "--store", store, "--json")
    )
    assert len(page) == 2
    asked = ["--where", "class = stable and not elements has Cl", "--state", "completed"]
    found = json.loads(succeed("query", *asked, "--store", store, "--json"))
    assert [doc["label"] for doc in found] == ["Na2S"]
    assert "Na2S" in succeed("query", "--products", "Na3P", "--text", "na3ps", "--store", store)
    table = succeed("query", "--count", "anions,class", "--store", store)
    assert "mixed-conducting" in table
    rows = json.loads(succeed("query", "--count", "anions", "--store", store, "--json"))
    assert {"anions": "Cl", "results": 2} in rows
    first = trona("query", "--limit", "1", "--store", store)
    assert "1 of " in first.stderr


def test_a_store_is_copied_exported_imported_checked_and_rebuilt(store, tmp_path):
    other, lines = str(tmp_path / "other.sqlite"), str(tmp_path / "all.jsonl")
    assert "screenings: " in succeed("store", "copy", store, other)
    assert "documents in" in succeed("store", "export", lines, "--store", other)
    assert "0 of them new" in succeed("store", "import", lines, "--store", other)
    assert "are consistent" in succeed("store", "check", "--store", other)
    assert "summaries made" in succeed("store", "reindex", "--store", other)
    assert "screenings" in succeed("store", "info", "--store", other)
    done = succeed("store", "rebuild", "--reference", "bundled", "--workers", "1", "--store", other)
    assert "results made" in done
    bundled_now = succeed("query", "--reference", "bundled", "--store", other, "--csv")
    assert len(bundled_now.splitlines()) > 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["query", "--where", "$where = 1"], "a field"),
        (["query", "--sort", "colour"], "colour"),
        (["store", "copy", "none.sqlite", "other.sqlite"], "none.sqlite"),
        (["store", "export", "all.xlsx"], ".jsonl"),
        (["store", "import", "none.jsonl"], "none.jsonl"),
        (["store", "copy", "mongodb://me:secret@host", "other.sqlite"], "***@host"),
    ],
)
def test_mistakes_with_stores_are_one_sentence_without_secrets(arguments, word, store):
    done = trona(*arguments, *(["--store", store] if "copy" not in arguments else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("trona: ")
    assert word in done.stderr
    assert "secret" not in done.stderr


def test_what_experiments_say_stands_with_the_answer():
    said = "Observed on sodium metal: stable (Chi et al., Nat. Commun. 13 (2022) 2854)"
    printed = succeed("window", "Na6Zr4Si4P2O24", "--sigma", "0", COLUMNS="300")
    assert f"{said}; trona disagrees" in printed
    printed = succeed("compare", "Na3Zr2Si2PO12", "Na3PO4", COLUMNS="300")
    assert f"Na3Zr2Si2PO12: {said}; trona disagrees" in printed
    printed = succeed("interface", "Na3Zr2Si2PO12", "Na", COLUMNS="300")
    assert f"{said}; trona disagrees" in printed
    content = json.loads(succeed("compare", "Na3Zr2Si2PO12", "--json"))
    (seen,) = [
        one
        for one in content["ranking"][0]["window"]["observed"]
        if one["quantity"] == "interphase"
    ]
    assert (seen["observed"], seen["verdict"]) == ("stable", "disagree")


def test_an_interface_says_where_its_cathode_works():
    printed = succeed("interface", "Na3PS4", "NaCrO2", COLUMNS="300")
    assert "NaCrO2 operates at 3.00 V (2.50–3.60 V), measured; computed" in printed


def test_rankings_say_who_is_stable_at_an_electrode(table, store):
    options = ("--electrode", "NVP", "--reference", table)
    printed = succeed("compare", "Na3PS4", "NaCl", *options, COLUMNS="300")
    assert "NVP operates at 3.40 V (3.30–3.40 V), measured" in printed
    assert "oxidised above 2.43 V" in printed
    content = json.loads(succeed("compare", "Na3PS4", *options, "--json"))
    assert content["ranking"][0]["electrode"] == "oxidised above 2.43 V"
    assert "measured" in content["electrode"]
    printed = succeed("query", "--electrode", "NVP", "--store", store, COLUMNS="300")
    assert "oxidised above 2.43 V" in printed
    as_csv = succeed("query", "--electrode", "NVP", "--store", store, "--csv")
    assert ",at NVP," in as_csv.splitlines()[0]
    listed = json.loads(succeed("query", "--electrode", "NVP", "--store", store, "--json"))
    assert "oxidised above 2.43 V" in {one["electrode"] for one in listed}
    for more in (["--count", "class"], ["--interfaces"]):
        assert trona("query", "--electrode", "NVP", *more, "--store", store).returncode == 2
    assert trona("query", "--electrode", "CoS2", "--store", store).returncode == 2


def test_a_long_ranking_shows_a_page_and_where_the_rest_is(tmp_path):
    many = [f"Na{sodium}PS{sulfur}" for sodium in range(1, 12) for sulfur in range(1, 12)]
    listed = tmp_path / "many.csv"
    listed.write_text("\n".join(["formula", *many]), encoding="utf-8")
    command = ("screen", listed, "--unbalanced", "--store", tmp_path / "s.sqlite")
    done = trona(*command)
    assert done.returncode == 0, done.stderr
    assert "The 100 best of 121 are shown: --csv and --json list all." in done.stderr
    shown = [one for one in many if re.search(rf"\b{one}\b", done.stdout)]
    assert 100 <= len(shown) < len(many)
    assert len(succeed(*command, "--csv").splitlines()) == 1 + len(many)
