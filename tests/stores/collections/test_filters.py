"""Questions say what they mean, and nothing that a user writes becomes an operator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mongomock_ng import MongoClient

from trona.screening.errors import InputError
from trona.stores.collections.filters import Filters
from trona.stores.collections.query_language import FIELDS, criteria_of
from trona.stores.documents.bookkeeping import SummaryDoc

OURS = {"$and", "$or", "$lt", "$lte", "$gt", "$gte", "$eq", "$ne", "$nin"}
PATHS = {field.path for field in FIELDS.values()} | {"unbounded"}


def names(criteria):
    """All keys of a filter: fields and operators, not values."""
    if isinstance(criteria, dict):
        return set(criteria).union(*map(names, criteria.values()))
    if isinstance(criteria, list):
        return set().union(*map(names, criteria))
    return set()


def values(criteria):
    if isinstance(criteria, dict):
        return [value for one in criteria.values() for value in values(one)]
    if isinstance(criteria, list):
        return [value for one in criteria for value in values(one)]
    return [criteria]


TEXTS = st.text() | st.sampled_from(
    ["$where", "$gt", '{"$gt": ""}', "'; drop", "sleep(1)", "label", "hull < 1 or $where = 1"]
)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_whatever_a_user_writes_only_our_fields_and_operators_stand_in_a_filter(a, b, listed):
    filters = Filters(reference=a, method=b, elements=listed, without=listed,
                      products=listed, text=a)  # fmt: skip
    assert names(filters.criteria()) <= OURS | PATHS
    assert all(isinstance(value, str) for value in values(filters.criteria()))


@given(st.text() | st.lists(st.sampled_from(
    ["not", "and", "or", "(", ")", *FIELDS, "<", ">=", "=", "!=", "has", "lacks", "0.5", "$where",
     "'a b'", "true", "2026-01-01"]), max_size=12).map(" ".join))  # fmt: skip
def test_a_question_is_a_filter_of_ours_or_one_clear_error(text):
    try:
        criteria = criteria_of(text)
    except InputError as error:
        message = str(error)
        assert message
    else:
        assert names(criteria) <= OURS | PATHS


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("", "a field"),
        ("$where = 1", "a field"),
        ("hull", "one of <"),
        ("hull <", "a value"),
        ("hull < cheap", "a number in eV/atom"),
        ("hull < nan", "a number"),
        ("class < stable", "use =, !="),
        ("elements = Na", "has"),
        ("mixture = maybe", "true or false"),
        ("created >= soon", "a date"),
        ("hull < 1 class = stable", "'and' or 'or'"),
        ("(hull < 1", "')'"),
        ("not " * 60 + "hull < 1", "nested"),
        ("label = 'open", "cannot read"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_remedy(question, word):
    with pytest.raises(InputError) as caught:
        Filters(where=question)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        {"hull_below": {"$gt": 0}}, {"hull_below": float("nan")}, {"reference": {"$ne": 1}},
        {"elements": "Na"}, {"elements": [{"$gt": ""}]}, {"interphase": "good"}, {"state": "odd"},
    ],
)  # fmt: skip
def test_values_of_another_kind_are_refused(bad):
    with pytest.raises(InputError):
        Filters(**bad)


ROWS = [
    {"label": "a", "energy_above_hull": 0.0, "interphase": "stable", "elements": ["Cl", "Na"],
     "oxidation_limit": 3.0, "unbounded": False},
    {"label": "b", "energy_above_hull": 0.2, "interphase": "passivating", "elements": ["Na", "S"],
     "oxidation_limit": None, "unbounded": True},
    {"label": "c", "energy_above_hull": None, "interphase": None, "elements": ["Na", "P", "S"],
     "oxidation_limit": None, "unbounded": False},
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("hull <= 0", "a"),
        ("not hull <= 0", "b"),
        ("class != stable", "b"),
        ("not (class = stable or hull > 1)", "b"),
        ("elements has S", "bc"),
        ("not elements has S", "a"),
        ("elements lacks P and elements lacks Cl", "b"),
        ("oxidation > 2", "ab"),
        ("oxidation <= 5", "a"),
        ("label = a or label = 'c'", "ac"),
        ("hull < 1 AND class = passivating OR label = c", "bc"),
    ],
)
def test_a_question_finds_what_it_says_and_the_unknown_passes_nothing(question, labels):
    collection = MongoClient().test.rows
    collection.insert_many([dict(row) for row in ROWS])
    assert "".join(sorted(row["label"] for row in collection.find(criteria_of(question)))) == labels


def test_every_field_of_a_question_is_one_of_a_summary():
    assert {field.path for field in FIELDS.values()} <= SummaryDoc.model_fields.keys()


@pytest.mark.parametrize(
    ("column", "question"),
    [
        ("reduction_limit < 1", "reduction < 1"),
        ("E_hull < 0.03", "hull < 0.03"),
        ("energy_above_hull < 0.03", "hull < 0.03"),
        ("products at 0 V has Na3P", "products has Na3P"),
        ("'products at 0 V' has Na3P and label = a", "products has Na3P and label = a"),
        ("not (interphase at 0 V = stable or Na used > 2)", "not (class = stable or sodium > 2)"),
        ("interphase = stable", "class = stable"),
        ("in air < 0", "air < 0"),
    ],
)
def test_a_question_takes_the_names_of_tables_and_json(column, question):
    assert criteria_of(column) == criteria_of(question)


def test_a_range_names_its_two_fields_and_an_unknown_name_all_that_there_are():
    with pytest.raises(InputError, match="ask for reduction and oxidation"):
        criteria_of("window > 2")
    with pytest.raises(InputError, match=r"hull \(energy_above_hull, e_hull, above_hull\)"):
        criteria_of("gap > 2")
