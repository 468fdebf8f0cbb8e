"""CSV lines: RFC 4180, and nothing that a spreadsheet would calculate."""

import pytest

from bot.domain.telling.csv_line import csv_line


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        pytest.param("checkout", "checkout", id="a word"),
        pytest.param(None, "", id="nothing"),
        pytest.param('say "hi", twice', '"say ""hi"", twice"', id="quotes and a comma"),
        pytest.param("two\nlines", '"two\nlines"', id="two lines"),
        pytest.param("=1+1", "'=1+1", id="a formula"),
        pytest.param("+49 30", "'+49 30", id="a plus"),
        pytest.param("-2", "'-2", id="a text that begins with a minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="an at"),
        pytest.param("\t=1", "'\t=1", id="a tab before it"),
        pytest.param(-2.5, "-2.5", id="a number is one"),
        pytest.param("服务", "服务", id="another script"),
    ],
)
def test_cell(cell: object, said: str) -> None:
    assert csv_line(["a", cell]) == f"a,{said}\r\n"
