"""Commands on the store: bring it up to date, and write out the audit trail."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from bot.domain.resize.audit import Entry, as_csv, as_json_lines
from bot.store import audit_trail as trail
from bot.store import migrate as migrations
from bot.store.database import Database, SchemaOutdated, StoreUnavailable

FORMS = {"csv": as_csv, "jsonl": as_json_lines}
_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


def migrate_command(database_url: Callable[[], str]) -> click.Command:
    """`migrate`, on the store that this tells."""

    @click.command("migrate", short_help="Bring the store up to date.")
    def migrate() -> None:
        """Bring the store at DATABASE_URL up to date; safe to run at any time, and by several at once."""
        bring_up_to_date(database_url())

    return migrate


def audit_trail_command(database_url: Callable[[], str]) -> click.Command:
    """`audit-trail`, of the store that this tells."""

    @click.command("audit-trail", short_help="Write out who changed what, when and why.")
    @click.option(
        "--format", "form", type=click.Choice(sorted(FORMS)), default="jsonl", help="One line an entry."
    )
    @click.option(
        "--since", type=_DAY, default=None, help="From this day on, UTC; default: all that is kept."
    )
    @click.option("--until", type=_DAY, default=None, help="Before this day, UTC; default: up to now.")
    def audit_trail(form: str, since: datetime | None, until: datetime | None) -> None:
        """Write every request, plan, approval, refusal, call of AWS and outcome to standard output.

        Reads the store at DATABASE_URL and changes nothing.
        """
        start = since.replace(tzinfo=UTC) if since else datetime.fromtimestamp(0, UTC)
        end = until.replace(tzinfo=UTC) if until else datetime.max.replace(tzinfo=UTC)
        try:
            found = asyncio.run(_entries(database_url(), start, end))
        except (SchemaOutdated, StoreUnavailable, ValueError, OSError) as error:
            raise click.ClickException(str(error)) from error
        for line in FORMS[form](found):
            click.echo(line, nl=False)

    return audit_trail


def bring_up_to_date(url: str) -> None:
    """Run the migrations that the store lacks, and say which."""
    try:
        applied = migrations.upgrade(url)
    except (StoreUnavailable, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    said = f"Applied migrations: {', '.join(applied)}" if applied else "The store is up to date."
    click.echo(said, err=True)


async def _entries(url: str, since: datetime, until: datetime) -> list[Entry]:
    db = Database.open(url)
    try:
        await db.check()
        found: list[Entry] = []
        while page := await db.read(_page, since, until, found[-1].id if found else 0):
            found += page
        return found
    finally:
        await db.close()


def _page(conn: Connection, since: datetime, until: datetime, after: int) -> list[Entry]:
    return trail.page(conn, since, until, after=after)
