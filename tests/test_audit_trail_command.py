"""`python app.py audit-trail`: the whole trail of a store on standard output, and a word where there is none."""

import csv
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from bot.domain.resize.audit import Deed, Entry
from bot.store import audit_trail
from bot.store.database import Database
from bot.store_commands import audit_trail_command

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
async def url(sqlite_url: str) -> str:
    """A store in which somebody asked, and another agreed a day later."""
    db = Database.open(sqlite_url)
    asked = Entry(at=NOON, who="U0ALICE", deed=Deed.REQUESTED, words="=cmd|' /C calc'!A0", resize_id=5)
    agreed = Entry(at=NOON.replace(day=22), who="U0BOB", deed=Deed.APPROVED, words="", resize_id=5)
    await db.write(audit_trail.add, [asked, agreed])
    await db.close()
    return sqlite_url


def run(url: str, *options: str) -> Result:
    return CliRunner().invoke(audit_trail_command(lambda: url), options)


def test_json_lines_tell_everything_in_order(url: str) -> None:
    told = [json.loads(line) for line in run(url).output.splitlines()]
    assert [(one["who"], one["action"], one["resize"]) for one in told] == [
        ("U0ALICE", "requested", 5),
        ("U0BOB", "approved", 5),
    ]


def test_csv_holds_no_formula_and_only_the_days_asked_for(url: str) -> None:
    (row,) = csv.DictReader(run(url, "--format", "csv", "--until", "2026-11-22").output.splitlines())
    assert row["words"].startswith("'=cmd")


def test_a_store_that_cannot_be_read_is_told_in_a_sentence(tmp_path: object) -> None:
    result = run(f"sqlite:///{tmp_path}/none/none.db")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
