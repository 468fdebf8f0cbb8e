"""The audit trail for others' tools: JSON lines and CSV."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from bot.domain.resize.audit import FIELDS, Deed, Entry, as_csv, as_json_lines
from tests.domain.agreed import ALICE, NOW

ENTRY = Entry(
    id=7,
    at=NOW,
    who=ALICE,
    deed=Deed.REQUESTED,
    words='three kills, "tonight"\nagain',
    subject="prod/checkout",
    resize_id=12,
)


def test_json_lines() -> None:
    line, other = as_json_lines([ENTRY, replace(ENTRY, id=8, resize_id=None)])
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "id": 7,
        "at": "2026-11-21T03:00:00.000Z",
        "resize": 12,
        "subject": "prod/checkout",
        "who": ALICE,
        "action": "requested",
        "words": 'three kills, "tonight"\nagain',
        "detail": "",
        "link": "",
    }
    assert json.loads(other)["resize"] is None


def test_csv_is_read_back_as_it_was() -> None:
    local = ENTRY.at.astimezone(timezone(timedelta(hours=9)))
    header, row, other = csv.reader(io.StringIO("".join(as_csv([ENTRY, replace(ENTRY, at=local)]))))
    assert tuple(header) == FIELDS
    assert row[:7] == [
        "7",
        "2026-11-21T03:00:00.000Z",
        "12",
        "prod/checkout",
        ALICE,
        "requested",
        ENTRY.words,
    ]
    assert other == row


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = replace(ENTRY, words=f'{start}HYPERLINK("http://evil.example")')
    [_, row] = csv.reader(io.StringIO("".join(as_csv([evil]))))
    assert row[6] == f"'{evil.words}"
