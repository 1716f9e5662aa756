"""The options that say which results a command is about stand in one place."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from click.testing import CliRunner
from typer.main import get_command

from trona.screening.errors import InputError
from trona.stores.collections.filters import Filters
from trona.workflows.cli.filter_options import FilterOptions
from trona.workflows.cli.main import app
from trona.workflows.cli.store_filters import read_filters
from trona.workflows.jobs.backends import BACKENDS

NAMES = [one.name for one in fields(FilterOptions)]


def parameters(name):
    """Parameters of a command by name, in their order."""
    return {one.name: one for one in get_command(app).commands[name].params}


def test_every_filter_of_a_store_is_an_option():
    assert {"method" if name == "backend" else name for name in NAMES} == {
        one.name for one in fields(Filters)
    }


def test_commands_about_results_take_the_same_filters():
    query, report = parameters("query"), parameters("report")
    assert list(query)[: len(NAMES)] == NAMES
    assert list(report)[1 : len(NAMES) + 1] == NAMES
    for name in NAMES:
        assert (query[name].opts, query[name].help) == (report[name].opts, report[name].help)


def test_filters_are_read_as_typed():
    assert read_filters(FilterOptions()) == Filters(elements=[], without=[], products=[])
    typed = FilterOptions(elements="Na-P, S", products="SNa2", backend="chgnet", hull_below=0.1)
    read = read_filters(typed)
    assert (read.elements, read.products) == (["Na", "P", "S"], ["Na2S"])
    assert (read.method, read.hull_below) == (BACKENDS["chgnet"].method, 0.1)
    with pytest.raises(InputError, match="'Xx' is not an element"):
        read_filters(FilterOptions(without="Xx"))


def test_an_energy_above_hull_in_the_unit_of_the_tables_is_refused():
    with pytest.raises(InputError, match=r"such as 0\.03 for 30 meV/atom"):
        read_filters(FilterOptions(hull_below=30))


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        (FilterOptions(where="hull < 30"), "0.03 for 30 meV/atom"),
        (FilterOptions(where="not force > 300"), "0.3 for 300 meV/atom"),
        (FilterOptions(where="reduction < 1200"), "1.2 for 1200 mV"),
        (FilterOptions(reduction_below=1200), "1.2 for 1200 mV"),
        (FilterOptions(oxidation_above=2500), "2.5 for 2500 mV"),
    ],
)
def test_a_number_in_a_smaller_unit_is_refused_wherever_it_is_given(typed, remedy):
    with pytest.raises(InputError, match=f"such as {re.escape(remedy)}"):
        read_filters(typed)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("MCI", "mixed-conducting"),
        ("sei", "passivating"),
        ("mixed (MCI)", "mixed-conducting"),
        ("keeps growing", "growth-goes-on"),
        ("stops-growing", "growth-stops"),
        ("e⁻ conductor", "electronic-conductor"),
        ("blocking", "blocking"),
    ],
)
def test_a_class_is_named_as_stored_as_in_tables_or_as_in_papers(typed, kind):
    assert read_filters(FilterOptions(interphase=typed)).interphase == kind
    found = Filters(where=f"class = '{typed}'").criteria()
    assert found == Filters(where=f"class = {kind}").criteria()


def test_a_filter_that_is_no_number_is_a_mistake_in_the_command():
    done = CliRunner().invoke(get_command(app), ["query", "--hull-below", "much"])
    assert done.exit_code == 2
    assert "--hull-below" in done.output


@pytest.mark.parametrize("typed", ["O-S", "S-O", "O,S", "S, O"])
def test_the_order_of_anions_does_not_matter(typed):
    assert read_filters(FilterOptions(anions=typed)).anions == "O-S"
    found = Filters(where=f"anions = '{typed}'").criteria()
    assert found == {"$and": [{"anions": {"$eq": "O-S"}}]} == Filters(anions=typed).criteria()


@pytest.mark.parametrize(("typed", "named"), [("X-O", "X"), ("P", "P"), ("none-O", "none")])
def test_what_is_no_anion_is_refused(typed, named):
    with pytest.raises(InputError, match=f"'{named}' is not an anion: choose from N, O, S"):
        read_filters(FilterOptions(anions=typed))
    with pytest.raises(InputError, match=f"'{named}' is not an anion"):
        Filters(where=f"anions != {typed}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["query", "--limit", "-1"], "'--limit': -1 is too small: give 0 or more."),
        (["query", "--page", "0"], "'--page': 0 is too small: give 1 or more."),
        (["screen", "--workers", "0"], "'--workers': 0 is too small: give 1 or more."),
    ],
)
def test_a_number_out_of_bounds_is_named_with_its_bound(arguments, sentence):
    done = CliRunner().invoke(get_command(app), arguments)
    assert done.exit_code == 2
    assert sentence in done.output
