"""The command that forgets a person: shows what the store keeps of them, and takes them out of it."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import click

from bot.store import persons
from bot.store.database import Database, SchemaOutdated, StoreUnavailable
from bot.store.persons import Found, Mistakable

_LEFT = (
    "What is elsewhere is not reached: messages in Slack, log lines, backups, CloudTrail, the policy and other settings, "
    "and a name that somebody typed into a reason."
)


def forget_command(database_url: Callable[[], str]) -> click.Command:
    """`forget`, in the store that this tells."""

    @click.command("forget", short_help="Show or delete what is kept of a person.")
    @click.argument("person", metavar="USER")
    @click.option("--yes", "is_meant", is_flag=True, help="Do it. It cannot be undone.")
    def forget(person: str, *, is_meant: bool) -> None:
        """Show what the store keeps of the person with this Slack user id (U…), or, with --yes, forget them.

        Their own rows are removed; in what others need (who resized what, who silenced it) a pseudonym takes their
        place. With SQLite, stop the bot first.
        """
        if not persons.PERSON.fullmatch(person):
            raise click.BadParameter("a Slack user id begins with U or W: U012ABCDEF", param_hint="USER")
        pseudonym = f"former-member-{secrets.token_hex(3)}"
        try:
            found = asyncio.run(_found(database_url(), person, pseudonym if is_meant else ""))
        except (Mistakable, StoreUnavailable, SchemaOutdated, ValueError, OSError) as error:
            raise click.ClickException(str(error)) from error
        for line in _told(found, person, pseudonym if is_meant else ""):
            click.echo(line)

    return forget


async def _found(url: str, person: str, pseudonym: str) -> list[Found]:
    db = Database.open(url)
    try:
        await db.check()
        if pseudonym:
            return await db.write(persons.forget, person, pseudonym, datetime.now(UTC))
        return await db.read(persons.find, person)
    finally:
        await db.close()


def _told(found: Sequence[Found], person: str, pseudonym: str) -> list[str]:
    if not found:
        return [f"The store keeps nothing of {person}.", _LEFT]
    rows = [
        f"{one.table}.{one.column}: {one.rows} {'row' if one.rows == 1 else 'rows'}{', their own' * one.is_own}"
        for one in found
    ]
    if pseudonym:
        return [*rows, f"{person} is forgotten. What others need stands under {pseudonym}.", _LEFT]
    return [*rows, f"Nothing was changed. To forget them: python app.py forget {person} --yes", _LEFT]
