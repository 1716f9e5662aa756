"""The contacts of a cell."""

from __future__ import annotations

import pytest

from trona.screening.errors import InputError
from trona.stores.assess.stack.buffers import buffer_document
from trona.stores.assess.stack.cells import cell_document
from trona.stores.energies.references import load_reference

AMONG = ["NaAl11O17", "NaCl", "Na2S", "Na3PO4"]


@pytest.fixture(scope="module")
def reference():
    return load_reference("bundled")


def test_the_worst_contact_of_na3sbs4_is_the_anode(reference):
    found = cell_document("Na15Sn4", "Na3SbS4", "NaCrO2", reference, "Na3PS4", AMONG)
    anode, cathode = found.contacts
    assert found.worst == "anode"
    assert anode.class_at_low == "mixed-conducting"
    assert anode.worst > cathode.worst > 0.1
    assert [one.given.formula for one in found.contacts] == ["Na3PS4", "Na3PS4"]
    assert cathode.best[0].formula == "NaAl11O17"


@pytest.mark.parametrize("layer", ["Na3SbS4", "Na15Sn4", "NaCrO2"])
def test_a_layer_that_is_part_of_the_cell_is_refused(reference, layer):
    with pytest.raises(InputError, match=f"{layer} is no layer at the"):
        cell_document("Na15Sn4", "Na3SbS4", "NaCrO2", reference, layer, AMONG)


def test_a_contact_proposes_what_the_layers_alone_would(reference):
    found = cell_document("Na", "Na3PS4", "NaCrO2", reference, among=AMONG)
    alone = buffer_document("Na3PS4", "Na", reference, among=AMONG)
    passing = [one.formula for one in alone.layers if one.grade != "vetoed" and not one.open_pairs]
    assert [one.formula for one in found.contacts[0].best] == passing[:5]
    assert found.contacts[0].given is None
