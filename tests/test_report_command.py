"""`python app.py report`: kills and resizes of a store on standard output, or what the report says."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from bot.domain.report.report_scope import ReportScope
from bot.domain.routing.route import Route, Routes
from bot.report_command import report_command
from bot.store import report_rows
from bot.store.database import Database
from tests.store.telling import Teller, death, key

ROUTES = Routes(Route(channel="oom-alerts"), (Route(channel="team-pay", name="pay-*"),))


@pytest.fixture
async def url(sqlite_url: str) -> str:
    """A store with three kills of an hour ago, and one of a month ago."""
    db, now = Database.open(sqlite_url), datetime.now(UTC)
    teller, hour = Teller(db), timedelta(hours=1)
    await teller.tell(*(death(number, died_at=now - hour) for number in (1, 2)))
    await teller.tell(death(3, group_key=key("pay-api"), died_at=now - hour))
    await teller.tell(death(4, died_at=now - timedelta(days=30)))
    await db.close()
    return sqlite_url


def run(url: str, *options: str) -> Result:
    scope = ReportScope(ROUTES, UTC)
    command = report_command(lambda: url, ReportScope.of_everything, lambda: scope)
    return CliRunner().invoke(command, options)


@pytest.mark.parametrize(
    ("options", "owners"),
    [
        pytest.param([], ["checkout", "checkout", "pay-api"], id="a week, of everything"),
        pytest.param(["--csv", "--days", "60"], ["checkout", "checkout", "checkout", "pay-api"], id="longer"),
        pytest.param(["--channel", "#team-pay"], ["pay-api"], id="of a channel"),
    ],
)
def test_rows(url: str, options: list[str], owners: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_rows, "PAGE", 2)
    told = run(url, *options)
    assert told.exit_code == 0, told.output
    assert sorted(row["owner"] for row in csv.DictReader(told.output.splitlines())) == owners


def test_json_says_what_the_report_says(url: str) -> None:
    told = json.loads(run(url, "--json").output)
    assert [(one["subject"]["name"], sum(one["per_day"]), one["is_new"]) for one in told["offenders"]] == [
        ("checkout", 2, False),
        ("pay-api", 1, True),
    ]


def test_a_channel_without_a_route_is_told_in_a_sentence(url: str) -> None:
    told = run(url, "--channel", "lunch")
    assert told.exit_code == 1
    assert told.output == "Error: no route leads to that channel; these have reports: oom-alerts, team-pay\n"
