"""The command `doctor`: whether all that OOM Guard needs is there, for a person or for CI."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import aiohttp
import click
from slack_sdk.web.async_client import AsyncWebClient

from bot.aws.calls import Calls
from bot.composition.clinic import clinic, doctor_orders
from bot.domain.checkup.checkup import Check, Checkup, State
from bot.settings import Settings
from bot.store.peek import Peek

_AT_ONCE = 16
_PATIENCE = aiohttp.ClientTimeout(total=10)
_COLOURS = {State.OK: "green", State.WARNING: "yellow", State.BROKEN: "red", State.UNSEEN: "cyan"}
_WIDTH = max(len(one.value) for one in State)


def doctor_command(read_settings: Callable[[], Settings]) -> click.Command:
    """The command; settings are read when it runs."""

    @click.command("doctor", short_help="Look whether all that it needs is there.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option(
        "--strict", is_flag=True, help="Fail on warnings (4) and on what was not looked at (3), too."
    )
    @click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour; auto: on a terminal, unless NO_COLOR is set.",
    )
    @click.option("--no-color", type=str, envvar="NO_COLOR", default="", hidden=True)
    def doctor(*, as_json: bool, strict: bool, color: str, no_color: str) -> None:
        """Look at Slack, AWS, the path of events and the store, and say how to mend what is not well.

        Only looks: a running bot is not disturbed, and nothing is written. Exits with 1 where something is broken.
        """
        found = asyncio.run(examined(read_settings()))
        lines = [json.dumps(as_object(found), ensure_ascii=False)] if as_json else as_lines(found)
        is_coloured = {"always": True, "never": False}.get(color, False if no_color else None)
        for line in lines:
            click.echo(line, color=is_coloured)
        sys.exit(found.exit_status(strict=strict))

    return doctor


async def examined(settings: Settings) -> Checkup:
    """Look at everything as the bot sees it."""
    keys, store = settings.as_slack_keys(), Peek(settings.database_url)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="aws") as pool:
        calls = Calls(pool, settings.as_accounts())
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            client = AsyncWebClient(
                token=keys.bot_token, base_url=keys.api_url, session=session, retry_handlers=[]
            )
            try:
                return await clinic(
                    doctor_orders(settings), store.read, client, calls, clock=lambda: datetime.now(UTC)
                ).examine()
            finally:
                store.close()


def as_object(found: Checkup) -> dict[str, Any]:
    """For machines; the names in it stay."""
    return {
        "state": found.worst.value,
        "counts": {one.value: found.count(one) for one in State},
        "checks": [
            {
                "area": area.value,
                "what": one.what,
                "state": one.state.value,
                "found": one.found,
                "fix": one.fix,
                "command": one.command,
                "account": one.account,
            }
            for area, checks in found.by_area()
            for one in checks
        ],
    }


def as_lines(found: Checkup) -> Iterator[str]:
    """For people: the state first and always as a word, so that it can be read without colour."""
    for area, checks in found.by_area():
        yield click.style(area.value, bold=True)
        for one in checks:
            yield from _of(one)
        yield ""
    counts = ", ".join(f"{found.count(one)} {one.value}" for one in State if found.count(one))
    yield f"{len(found.checks)} lines: {counts}."


def _of(one: Check) -> Iterator[str]:
    state = click.style(f"{one.state.value:<{_WIDTH}}", fg=_COLOURS[one.state])
    where = f" [{one.account}]" if one.account else ""
    yield f"  {state}  {_plain(one.what)}{_plain(where)}: {_plain(one.found)}"
    indent = " " * (_WIDTH + 4)
    if one.fix:
        yield f"{indent}→ {_plain(one.fix)}"
    if one.command:
        yield f"{indent}  {_plain(one.command)}"


def _plain(text: str) -> str:
    """Nothing from outside moves a terminal's cursor."""
    return "".join(char if char.isprintable() else " " for char in text)
