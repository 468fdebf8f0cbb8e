"""The command that prints a report: the kills and resizes of a time as CSV, or what the report says as JSON."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import click
import msgspec

from bot.domain.calendar.report_period import Period, so_far
from bot.domain.command.report_grammar import AskReport
from bot.domain.report.report import report
from bot.domain.report.report_rows import COLUMNS, of_kill, of_resize
from bot.domain.report.report_scope import ReportScope
from bot.domain.subject.group_key import GroupKey
from bot.domain.telling.csv_line import csv_line
from bot.store import report_material, report_rows
from bot.store.database import Database, SchemaOutdated, StoreUnavailable

_LONGEST_DAYS = 400
Ours = Callable[[GroupKey], bool]


def report_command(
    database_url: Callable[[], str], scope_of_all: Callable[[], ReportScope], scope: Callable[[], ReportScope]
) -> click.Command:
    """`report`, of the store that this tells; the routes of `scope` are asked for only where a channel is named."""

    @click.command("report", short_help="Print a report: kills and resizes, or a summary.")
    @click.option("--csv", "form", flag_value="csv", default=True, help="Every kill and resize, a line each.")
    @click.option("--json", "form", flag_value="json", help="What the report in Slack says, as one object.")
    @click.option(
        "--days", type=click.IntRange(1, _LONGEST_DAYS), default=7, show_default=True, help="So far back."
    )
    @click.option("--channel", default="", help="Only what belongs to this channel, by its id or #name.")
    def print_report(form: str, days: int, channel: str) -> None:
        """Write a report to standard output. Reads the store at DATABASE_URL and changes nothing.

        Days are those of REPORT_TIME_ZONE, today among them; times are UTC.
        """
        found = scope() if channel else scope_of_all()
        asked = AskReport.of(channel, days) if channel else None
        period = so_far(datetime.now(UTC), days, found.zone)
        try:
            asyncio.run(_print(database_url(), _Wish(period, found, asked, form)))
        except (SchemaOutdated, StoreUnavailable, ValueError, OSError) as error:
            raise click.ClickException(str(error)) from error

    return print_report


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is printed."""

    period: Period
    scope: ReportScope
    asked: AskReport | None
    form: str


async def _print(url: str, wish: _Wish) -> None:
    db = Database.open(url)
    try:
        await db.check()
        found = await db.read(report_material.material, wish.period)
        ours: Ours | None = _any
        if wish.asked is not None:
            ours = wish.scope.asked(wish.asked, found)
        if ours is None:
            channels = ", ".join(wish.scope.channels(found))
            raise ValueError(f"no route leads to that channel; these have reports: {channels}")
        if wish.form == "json":
            click.echo(msgspec.json.format(msgspec.json.encode(report(found, ours)), indent=2))
        else:
            await _print_rows(db, wish.period, ours)
    finally:
        await db.close()


async def _print_rows(db: Database, period: Period, ours: Ours) -> None:
    """Page by page: there may be millions."""
    click.echo(csv_line(COLUMNS), nl=False)
    after: report_rows.After | None = None
    while page := await db.read(report_rows.kill_page, period.since, period.until, after):
        for kill in page:
            if ours(kill.death.group_key):
                click.echo(csv_line(of_kill(kill.death).values()), nl=False)
        after = (page[-1].death.died_at, page[-1].id)
    for resize in await db.read(report_rows.resizes_of, period.since, period.until):
        plan = resize.spec.plan
        if ours(plan.target.subject.with_container(plan.container)):
            click.echo(csv_line(of_resize(resize).values()), nl=False)


def _any(_: GroupKey) -> bool:
    return True
