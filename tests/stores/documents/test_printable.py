"""What is printed has no noise of the arithmetic; what is stored is not touched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trona.screening.units import rounded
from trona.stores.assess.interfaces import interface_document
from trona.stores.documents.printable import printable
from trona.stores.energies.references import load_reference

ENERGIES = st.floats(-1e3, 1e3)


def numbers(content):
    """All numbers in some content, but those of versions."""
    if isinstance(content, dict):
        return [x for key, value in content.items() if key != "versions" for x in numbers(value)]
    if isinstance(content, list):
        return [x for value in content for x in numbers(value)]
    return [content] if isinstance(content, float) else []


@given(ENERGIES)
def test_an_energy_is_rounded_to_a_millionth(value):
    assert abs(rounded(value) - value) <= 5.1e-7
    assert rounded(rounded(value)) == rounded(value)
    assert str(rounded(value)) != "-0.0"
    assert len(f"{rounded(value)!r}".partition(".")[2]) <= 6 or "e-" in repr(rounded(value))


@given(st.floats(1e-15, 1.0))
def test_a_humidity_keeps_its_digits_however_small(value):
    assert abs(rounded(value, "onset_humidity") / value - 1.0) < 1e-5
    assert rounded(value, "onset_humidity") > 0.0


def test_a_document_is_rounded_where_it_is_printed_and_keeps_its_id():
    document = interface_document("Na3PS4", "NaCrO2", load_reference("bundled"))
    printed = printable([document])
    assert printed[0]["id"] == document.id
    assert printed[0]["strongest"]["energy_per_atom"] == round(
        document.strongest.energy_per_atom, 6
    )
    assert all(x == round(x, 6) for x in numbers(printed))
    assert document.model_dump(mode="json") != printed[0]


def test_structures_and_versions_stay_as_they_are():
    exact = {"structure": {"lattice": [[3.123456789, 0.0, 0.0]]}, "versions": {"trona": "1.0"}}
    assert printable(exact) == exact
