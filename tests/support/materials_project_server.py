"""A small server that answers as the Materials Project's API does, and can be told to fail.

The documents are built by emmet-core from entries with structures, as the Materials Project builds
its own; routes, parameters, defaults, limits and error bodies are those of the public API.
"""

from __future__ import annotations

import json
import threading
import time
import warnings
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
from pymatgen.core import Composition, Lattice, Structure

KEY = "abcdefghijklmnopqrstuvwxyz012345"
"""The only key that this server knows: no real one."""

DATABASE = "2025.09.25"

# Plausible PBE energies of the elements, eV/atom; formation energies, eV/atom, corrected by
# -0.503 eV for each S of a compound; volumes, Å³/atom; band gaps, eV.
ELEMENTS = {"Na": (-1.312, 37.0), "P": (-5.409, 22.0), "S": (-4.136, 25.6), "Cl": (-1.840, 30.0)}
COMPOUNDS = {
    "Na2S": (-1.2409, 23.4, 2.44),
    "NaS": (-1.0845, 23.3, 1.24),
    "NaS2": (-0.9211, 24.0, 2.00),
    "Na2S5": (-0.8567, 24.4, 1.76),
    "Na3P": (-0.3405, 26.4, 0.41),
    "NaP": (-0.3863, 23.0, 0.87),
    "Na3P11": (-0.2418, 20.9, 1.83),
    "NaP7": (-0.1558, 20.5, 1.74),
    "P2S5": (-0.5213, 25.9, 2.55),
    "Na3PS4": (-1.1342, 23.6, 2.28),
    "Na2PS3": (-1.0993, 22.6, 2.74),
    "NaPS3": (-0.8750, 24.8, 2.00),
    "NaCl": (-2.1049, 22.5, 5.00),
    "PCl3": (-0.8200, 29.0, 3.60),
}
SULFIDE = -0.503

THERMO_PARAMETERS = {
    "thermo_ids", "material_ids", "thermo_types", "formula", "chemsys", "is_stable", "license",
    "_page", "_per_page", "_skip", "_limit", "_fields", "_all_fields", "_sort_fields",
}  # fmt: skip
CORE_PARAMETERS = {
    "material_ids", "task_ids", "formula", "chemsys", "elements", "deprecated", "license", "_page",
    "_per_page", "_skip", "_limit", "_fields", "_all_fields", "_sort_fields",
}  # fmt: skip
SUMMARY_PARAMETERS = THERMO_PARAMETERS - {"thermo_ids", "thermo_types"} | {"deprecated", "batch_id"}


def energy_per_atom(formula):
    """Corrected energy, eV/atom, as the server gives it."""
    composition = Composition(formula)
    if len(composition) == 1:
        return ELEMENTS[str(composition.elements[0])][0]
    fractions = composition.fractional_composition
    return COMPOUNDS[formula][0] + sum(ELEMENTS[str(e)][0] * x for e, x in fractions.items())


def _entry(number, formula, shift=0.0):
    """Entry with a structure of the right composition and volume, at no particular places."""
    from pymatgen.entries.computed_entries import (
        CompositionEnergyAdjustment,
        ComputedStructureEntry,
    )

    composition = Composition(formula)
    n_atoms = int(composition.num_atoms)
    known = ELEMENTS[str(composition.elements[0])] if len(composition) == 1 else COMPOUNDS[formula]
    species = [str(e) for e, n in composition.items() for _ in range(int(n))]
    places = np.random.default_rng(number).random((n_atoms, 3))
    structure = Structure(Lattice.cubic((known[1] * n_atoms) ** (1 / 3)), species, places)
    sulfur = composition["S"] if len(composition) > 1 else 0.0
    adjustments = (
        [CompositionEnergyAdjustment(SULFIDE, sulfur, 0.0, "MP2020 anion correction (S)")]
        if sulfur
        else []
    )
    return ComputedStructureEntry(
        structure,
        (energy_per_atom(formula) + shift) * n_atoms - SULFIDE * sulfur,
        energy_adjustments=adjustments,
        parameters={"run_type": "GGA"},
        data={"material_id": f"mp-{number}", "task_id": f"mp-{number}", "run_type": "GGA"},
        entry_id=f"mp-{number}-GGA",
    )


@cache
def documents():
    """Documents of both routes, built by emmet-core."""
    from emmet.core.thermo import ThermoDoc

    entries = [_entry(100 + i, formula) for i, formula in enumerate([*ELEMENTS, *COMPOUNDS])]
    entries.append(_entry(200, "Na3PS4", shift=0.02))  # another polymorph
    systems = [ELEMENTS.keys() - {"Cl"}, ELEMENTS.keys() - {"S"}]
    thermo = {}
    for system in systems:
        inside = [e for e in entries if {str(x) for x in e.composition.elements} <= system]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of emmet about the arbitrary structures
            docs = ThermoDoc.from_entries(inside, "GGA_GGA+U", deprecated=False)
            contents = [json.loads(doc.model_dump_json()) for doc in docs]
        thermo |= {content["material_id"]: content for content in contents}
    gaps = {formula: values[2] for formula, values in COMPOUNDS.items()}
    keys = ("material_id", "formula_pretty", "chemsys", "deprecated", "last_updated")
    summary = [
        {**{key: doc[key] for key in keys}, "band_gap": gaps.get(doc["formula_pretty"], 0.0)}
        for doc in thermo.values()
    ]
    return {"thermo": list(thermo.values()), "summary": summary}


SULFIDE_ID, ELECTROLYTE_ID, WITHDRAWN_ID, RESTRICTED_ID, MERGED_ID, TITANIA_ID = (
    "mp-104", "mp-28782", "mp-300", "mp-3402", "mp-104999", "mp-2657",
)  # fmt: skip
"""Materials with structures: Na2S, Na3PS4, one that is withdrawn, one that may not be sold, the
number of a calculation of Na2S that once was a material, and one without sodium."""


@cache
def structures():
    """Documents of the core route, built by emmet-core."""
    from emmet.core.material import MaterialsDoc

    from trona.workflows.candidates.sources import bundled

    crystals = {one.label: one.structure for one in bundled() if one.structure is not None}
    titania = Structure.from_spacegroup(
        "P4_2/mnm", Lattice.tetragonal(4.6, 2.96), ["Ti", "O"], [[0, 0, 0], [0.305, 0.305, 0]]
    )
    given = {
        SULFIDE_ID: (crystals["Na2S"], [MERGED_ID], {}, "BY-C"),
        ELECTROLYTE_ID: (crystals["Na3PS4"], [], {}, "BY-C"),
        WITHDRAWN_ID: (crystals["Na2S"], [], {"deprecated": True, "deprecation_reasons": ["E001"]},
                       "BY-C"),
        RESTRICTED_ID: (crystals["Na3SbS4"], [], {}, "BY-NC"),
        TITANIA_ID: (titania, [], {}, None),
    }  # fmt: skip
    found = []
    for number, (structure, more, fields, licence) in given.items():
        now = datetime.now(UTC)
        doc = MaterialsDoc.from_structure(
            structure,
            **{
                "material_id": number,
                "initial_structures": [structure],
                "task_ids": [number, *more],
                "created_at": now,
                "last_updated": now,
                "deprecated": False,
                "builder_meta": {"license": licence, "build_date": now},
                **fields,
            },
        )
        found.append(json.loads(doc.model_dump_json()))
    return found


def legacy(identifier):
    """An identifier with a number, as a client asks; emmet's documents spell it in letters."""
    from emmet.core.mpid import AlphaID

    return AlphaID(identifier).string


def meta(total):
    """The part of an answer that describes it."""
    now = datetime.now(UTC).isoformat()
    return {"api_version": "0.86.4", "time_stamp": now, "total_doc": total, "facet": None}


class _Handler(BaseHTTPRequestHandler):
    """Answer one request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Keep silent."""

    def do_GET(self):
        """Answer a question, or fail as told."""
        address = urlsplit(self.path)
        parameters = {name: values[0] for name, values in parse_qs(address.query).items()}
        route = address.path.strip("/")
        self.server.asked.append((route, parameters))
        fault = self.server.faults.get(route.split("/")[-1])
        if fault is not None and fault(self, parameters) is not None:
            return
        if route == "heartbeat":
            self.answer(200, self.server.heartbeat)
        elif self.headers.get("x-api-key") is None:
            self.answer(401, {"message": "No API key found in request"})
        elif self.headers["x-api-key"] != KEY:
            self.answer(401, {"message": "Unauthorized"})
        elif route == "materials/thermo":
            self.search(documents()["thermo"], parameters, THERMO_PARAMETERS, "thermo_id")
        elif route == "materials/core":
            self.search(structures(), parameters, CORE_PARAMETERS, "material_id")
        elif route == "materials/summary":
            self.search(documents()["summary"], parameters, SUMMARY_PARAMETERS, "material_id")
        else:
            self.answer(404, {"message": "no Route matched with those values"})

    def search(self, docs, parameters, known, default_field):
        """Filter, page and project, as the API does."""
        if unknown := parameters.keys() - known:
            names = ", ".join(sorted(unknown))
            detail = f"Request contains query parameters which cannot be used: {names}"
            self.answer(400, {"detail": detail})
            return
        limit, skip = int(parameters.get("_limit", 100)), int(parameters.get("_skip", 0))
        if limit > 1000:
            self.answer(400, {"detail": "Requested more data per query than allowed"})
            return
        for field, values in (("chemsys", "chemsys"), ("thermo_type", "thermo_types")):
            if wanted := parameters.get(values):
                docs = [doc for doc in docs if doc.get(field) in wanted.split(",")]
        if wanted := parameters.get("material_ids"):
            docs = [doc for doc in docs if legacy(doc["material_id"]) in wanted.split(",")]
        if wanted := parameters.get("task_ids"):
            asked = set(wanted.split(","))
            docs = [doc for doc in docs if asked.intersection(map(legacy, doc["task_ids"]))]
        if wanted := parameters.get("deprecated"):
            docs = [doc for doc in docs if str(doc["deprecated"]).lower() == wanted.lower()]
        fields = parameters.get("_fields", f"{default_field},material_id,last_updated").split(",")
        page = [{f: doc[f] for f in fields if f in doc} for doc in docs[skip : skip + limit]]
        self.answer(200, {"data": page, "meta": meta(len(docs))})

    def answer(self, status, content, headers=()):
        """Send JSON."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        return True


class Server(ThreadingHTTPServer):
    """The server; ``faults`` maps the end of a route to a function that answers instead."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults = {}
        self.asked = []
        self.heartbeat = {
            "status": "OK",
            "time": datetime.now(UTC).isoformat(),
            "version": "0.86.4",
            "pymatgen": "2026.5.4",
            "db_version": DATABASE,
            "suffix": "",
            "access_controlled_batch_ids": ["gnome_r2scan_statics"],
        }

    @property
    def endpoint(self):
        """Address for the client."""
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, *_):
        """A client that hangs up is no news."""


@contextmanager
def running():
    """Serve until the end of the block."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def status(code, content, *headers):
    """Fault: always answer with a status."""
    return lambda handler, _: handler.answer(code, content, headers)


def echo_key(code):
    """Fault: a refusal that repeats the key, as a careless proxy might."""
    return lambda handler, _: handler.answer(
        code, {"detail": f"bad key {handler.headers.get('x-api-key')}"}
    )


def truncated(handler, parameters):
    """Fault: valid up to the middle of the data."""
    if "_fields" not in parameters:
        return None
    return handler.answer(200, b'{"data": [{"material_id": "mp-1", "energy_per_a')


def broken_off(handler, parameters):
    """Fault: the connection ends in the middle of the body."""
    if "_fields" not in parameters:
        return None
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')
    handler.close_connection = True
    return True


def nothing_after_first_page(handler, parameters):
    """Fault: later pages are empty though more was announced."""
    if int(parameters.get("_skip", 0)) == 0:
        return None
    return handler.answer(200, {"data": [], "meta": meta(1000)})


def silent(handler, _):
    """Fault: no answer."""
    time.sleep(60)
    handler.close_connection = True
    return True


def first_page_again(_, parameters):
    """Fault: every page is the first one, as of a server that forgets to skip."""
    if "_fields" in parameters and int(parameters.get("_skip", 0)):
        parameters["_skip"] = "0"


def altered(**changes):
    """Fault: one document of each page has other values; an ellipsis takes a field away."""

    def fault(handler, parameters):
        send = handler.answer

        def alter(code, content):
            if "_fields" in parameters and content.get("data"):
                changed = content["data"][0] | changes
                kept = {name: value for name, value in changed.items() if value is not ...}
                content["data"][0] = kept
            return send(code, content)

        handler.answer = alter

    return fault


def numbered(handler, _):
    """Identifiers with numbers, as the API gave them before emmet spelled them in letters."""
    send = handler.answer

    def answer(code, content, headers=()):
        for doc in content.get("data", ()):
            for name in {"material_id", "task_ids"} & doc.keys():
                value = doc[name]
                doc[name] = legacy(value) if name == "material_id" else [*map(legacy, value)]
        return send(code, content, headers)

    handler.answer = answer


def without(symbol):
    """Fault: an element is missing, and is not announced either."""

    def fault(_, parameters):
        systems = parameters["chemsys"].split(",")
        parameters["chemsys"] = ",".join(s for s in systems if s != symbol)

    return fault
