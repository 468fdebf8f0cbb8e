"""Stopping: what is in flight is answered and stored, what was leased is given back, and the exit code is 0."""

import asyncio
import contextlib
import json
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Connection, select

from bot.store import kills
from bot.store.database import Database
from bot.store.schema import metadata, notices
from tests.aws.sns.sender import make_certificate, notification, pack, sign, stamp
from tests.command import Bot, serving
from tests.handlers.sns_door import KILLED
from tests.sandbox.slack_parts import serve

TASK_ARN = "arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef"


@dataclass
class Outside:
    """A certificate host and a Slack that answer when the test lets them; each notes that it was asked."""

    url: str = ""
    certificate_asked: asyncio.Event = field(default_factory=asyncio.Event)
    certificate_given: asyncio.Event = field(default_factory=asyncio.Event)
    slack_asked: asyncio.Event = field(default_factory=asyncio.Event)
    slack_answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def certificate(self, _request: web.Request) -> web.Response:
        self.certificate_asked.set()
        await self.certificate_given.wait()
        return web.Response(body=make_certificate())

    async def slack(self, _request: web.Request) -> web.Response:
        self.slack_asked.set()
        await self.slack_answers.wait()
        return web.json_response({"ok": False, "error": "service_unavailable"})

    def settings(self, store: str) -> dict[str, str]:
        """What makes a bot live here."""
        return {
            "DATABASE_URL": store,
            "SNS_EMULATOR_ORIGIN": self.url,
            "SLACK_API_URL": f"{self.url}/api/",
        }

    async def deliver(self, bot: Bot) -> tuple[int, str]:
        """Send a kill as SNS does, signed; the answer."""
        now = datetime.now(UTC)
        url = f"{self.url}/sns.pem"
        envelope = notification(Message=json.dumps(KILLED), Timestamp=stamp(now), SigningCertURL=url)
        body, headers = pack(sign(envelope))
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{bot.url}/sns", data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    it = Outside()
    async with serve(
        [web.get("/sns.pem", it.certificate), web.route("*", "/api/{method}", it.slack)]
    ) as it.url:
        yield it
        it.certificate_given.set()
        it.slack_answers.set()


@asynccontextmanager
async def left_behind(url: str) -> AsyncIterator[Database]:
    """The store after the bot has ended."""
    db = Database.open(url)
    yield db
    await db.close()


def leased(conn: Connection) -> list[str]:
    """Whose leases there are."""
    tables = [table for table in metadata.sorted_tables if "lease_owner" in table.c]
    assert len(tables) >= 4
    owners = [owner for table in tables for owner in conn.execute(select(table.c.lease_owner)).scalars()]
    return [owner for owner in owners if owner]


def intents(conn: Connection) -> list[bool]:
    """Of each notice, whether a post of it is in doubt."""
    return [since is not None for since in conn.execute(select(notices.c.posting_since)).scalars()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_bot_stops_at_once(tmp_path: Path, number: signal.Signals) -> None:
    async with serving(tmp_path) as bot:
        async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/readyz") as answer:
            assert answer.status == 200
        bot.send(number)
        assert await bot.ends() == 0
    assert "stopping" in bot.events()
    assert [line for line in bot.said if line["level"] == "error"] == []
    assert (tmp_path / "var" / "oom-guard.db").exists()


async def test_a_delivery_in_flight_is_answered_and_stored(
    tmp_path: Path, store_url: str, outside: Outside
) -> None:
    outside.slack_answers.set()
    async with serving(tmp_path, **outside.settings(store_url)) as bot:
        delivery = asyncio.create_task(outside.deliver(bot))
        await outside.certificate_asked.wait()
        bot.send()
        await bot.says("stopping")
        outside.certificate_given.set()
        assert await delivery == (200, "recorded")
        assert await bot.ends() == 0
    async with left_behind(store_url) as db:
        assert len(await db.read(kills.by_task, TASK_ARN)) == 1
        assert await db.read(leased) == []


async def test_when_slack_hangs_the_notice_is_left_for_the_next_process(
    tmp_path: Path, store_url: str, outside: Outside
) -> None:
    outside.certificate_given.set()
    async with serving(tmp_path, **outside.settings(store_url)) as bot:
        assert await outside.deliver(bot) == (200, "recorded")
        await outside.slack_asked.wait()
        bot.send()
        assert await bot.ends() == 0
    assert "loop.pass_cut_off" in bot.events()
    async with left_behind(store_url) as db:
        assert await db.read(leased) == []
        assert await db.read(intents) == [True]  # so the next one looks for the message before it posts


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param("POST /sns HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{}", id="half a body"),
        pytest.param("POST /sns HTTP/1.1\r\nHo", id="half a header line"),
    ],
)
async def test_a_stop_waits_for_nobody_who_does_not_go_on(tmp_path: Path, begun: str) -> None:
    async with serving(tmp_path, SHUTDOWN_SECONDS="600") as bot:
        host, port = bot.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(begun.encode())
        async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/readyz") as answer:
            assert answer.status == 200  # and so the bot has read what came before
        bot.send()
        assert await bot.ends() == 0
        writer.close()


async def test_a_request_that_hangs_does_not_hold_up_a_stop(tmp_path: Path, outside: Outside) -> None:
    """aiohttp gives it its time twice over, and all of a stop must fit into what ECS gives a task."""
    async with serving(tmp_path, SHUTDOWN_SECONDS="2", **outside.settings("sqlite:///oom.db")) as bot:
        delivery = asyncio.create_task(outside.deliver(bot))
        await outside.certificate_asked.wait()
        bot.send()
        assert await bot.ends() == 0
        with pytest.raises(aiohttp.ClientError):
            await delivery  # SNS sends it again
    assert "stop.cut_off" not in bot.events()


async def test_what_hangs_even_then_is_cut_off(tmp_path: Path, sqlite_url: str, outside: Outside) -> None:
    outside.certificate_given.set()
    async with serving(tmp_path, SHUTDOWN_SECONDS="2", **outside.settings(sqlite_url)) as bot:
        with sqlite3.connect(tmp_path / "oom.db") as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            delivery = asyncio.create_task(outside.deliver(bot))
            await outside.certificate_asked.wait()
            bot.send()
            assert await bot.ends() == 1
            with contextlib.suppress(aiohttp.ClientError):
                assert (await delivery)[0] == 503, "cut off or sent back, never told that it is written"
    assert "stop.cut_off" in bot.events()


async def test_after_a_kill_the_next_process_goes_on_at_once(tmp_path: Path, outside: Outside) -> None:
    outside.certificate_given.set()
    async with serving(tmp_path, **outside.settings("sqlite:///oom.db")) as bot:
        assert await outside.deliver(bot) == (200, "recorded")
        await outside.slack_asked.wait()
        bot.send(signal.SIGKILL)
        await bot.ends()
    outside.slack_asked.clear()
    async with serving(tmp_path, **outside.settings("sqlite:///oom.db")), asyncio.timeout(30):
        await outside.slack_asked.wait()  # long before the lease of the killed one would have ended
