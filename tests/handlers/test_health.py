"""Health: a load balancer, a person and Prometheus each get an answer, and strangers learn nothing."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import Counter
from sqlalchemy import Connection

from bot.composition.meters import Meters
from bot.configuration.in_force import InForce
from bot.store import notices, operator_alerts, pulse
from bot.store.database import Database
from handlers.health import Health

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
Get = Callable[[str], Awaitable[tuple[int, Any]]]


@asynccontextmanager
async def health(
    db: Database, *, stuck: str = "", remarks: dict[str, str] | None = None
) -> AsyncIterator[Get]:
    """The doors on a real port."""
    meters = Meters.begin(InForce(since=NOW))
    Counter("oomguard_example", "One counter", registry=meters.registry).inc(7)
    doors = Health(
        db,
        meters.told,
        loops=lambda: {name: name != stuck for name in ("notices", "upkeep")},
        remarks=lambda: remarks or {},
        clock=lambda: NOW,
    )
    app = web.Application()
    app.add_routes(doors.routes())
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:

        async def get(path: str) -> tuple[int, Any]:
            async with client.get(path) as answer:
                is_json = answer.content_type == "application/json"
                return answer.status, await (answer.json() if is_json else answer.text())

        yield get


async def test_ready(database: Database) -> None:
    async with health(database) as get:
        assert await get("/readyz") == (
            200,
            {
                "status": "ready",
                "store": "ok",
                "loops": {"notices": "alive", "upkeep": "alive"},
                "last_event_age_seconds": None,
            },
        )


async def test_how_long_nothing_was_heard(database: Database) -> None:
    await database.write(pulse.hear, "111111111111", NOW - timedelta(minutes=90))
    await database.write(pulse.watch, "222222222222", NOW)
    async with health(database) as get:
        assert (await get("/readyz"))[1]["last_event_age_seconds"] == 5400


async def test_a_stuck_loop_is_named(database: Database) -> None:
    async with health(database, stuck="notices") as get:
        status, body = await get("/readyz")
        assert (status, body["status"]) == (503, "not ready")
        assert body["loops"] == {"notices": "stuck", "upkeep": "alive"}


async def test_remarks_are_told_and_change_nothing(database: Database) -> None:
    async with health(database, remarks={"slack_socket": "disconnected"}) as get:
        status, body = await get("/readyz")
        assert (status, body["slack_socket"]) == (200, "disconnected")


async def refuse(db: Database, *errors: str) -> None:
    """One notice for each of these errors, which backs off from it since two minutes ago."""
    begun = NOW - timedelta(minutes=2)
    for number, error in enumerate(errors):
        await db.write(operator_alerts.raise_alert, f"trouble {number}", "Trouble", "", begun)
        [notice] = await db.write(notices.lease, "me", begun, limit=1, lease_for=timedelta(minutes=1))
        await db.write(notices.retry, notice, NOW + timedelta(minutes=8), error, keep_intent=False)


async def test_what_slack_refuses_is_told_in_its_own_word_and_changes_nothing(database: Database) -> None:
    archived = "NoSuchChannel: is_archived"
    await refuse(
        database, archived, archived, "Refused: no_text: private words", "NotSent: Cannot connect to a:1"
    )
    async with health(database) as get:
        status, body = await get("/readyz")
        assert (status, body["status"]) == (200, "ready")
        assert body["notices_failing"] == {"is_archived": 2, "no_text": 1, "NotSent": 1}


@pytest.mark.parametrize(("errors", "waiting", "oldest"), [((), "0.0", "0.0"), (("429",), "1.0", "120.0")])
async def test_what_waits_is_counted_at_every_look(
    database: Database, errors: tuple[str, ...], waiting: str, oldest: str
) -> None:
    await refuse(database, *errors)
    async with health(database) as get:
        lines = (await get("/metrics"))[1].splitlines()
    assert f"oomguard_notices_waiting {waiting}" in lines
    assert f"oomguard_notices_oldest_wait_seconds {oldest}" in lines


async def test_what_waits_is_unknown_without_a_store(database: Database) -> None:
    await database.close()
    async with health(database) as get:
        status, text = await get("/metrics")
    assert status == 200
    assert "oomguard_notices_waiting NaN" in text.splitlines()


async def test_a_closed_store(database: Database) -> None:
    await database.close()
    async with health(database) as get:
        status, body = await get("/readyz")
        assert (status, body["store"]) == (503, "unavailable")
        assert await get("/healthz") == (200, {"status": "ok"})


async def test_a_server_that_is_gone_is_not_described_to_strangers() -> None:
    db = Database.open("postgresql://oom:pa55word@127.0.0.1:9/oom")
    async with health(db) as get:
        status, body = await get("/readyz")
        assert status == 503
        assert body["store"] == "unavailable"
    await db.close()


async def test_a_store_that_lacks_migrations(tmp_path: Path) -> None:
    db = Database.open(f"sqlite:///{tmp_path}/empty.db")
    async with health(db) as get:
        status, body = await get("/readyz")
        assert (status, body["store"]) == (503, "lacks migrations")
    await db.close()


async def test_a_store_that_hangs_is_given_up_before_the_load_balancer_does(sqlite_url: str) -> None:
    db = Database.open(sqlite_url, readers=1)
    begun, over = threading.Event(), threading.Event()

    def hang(_connection: Connection) -> None:
        begun.set()
        over.wait()

    hanging = asyncio.create_task(db.read(hang))
    await asyncio.to_thread(begun.wait)
    async with health(db) as get:
        status, body = await get("/readyz")
    over.set()
    await hanging
    await db.close()
    assert (status, body["store"]) == (503, "unavailable")


@pytest.mark.parametrize("line", ["# TYPE oomguard_example_total counter", "oomguard_example_total 7.0"])
async def test_counters_for_prometheus(sqlite_url: str, line: str) -> None:
    db = Database.open(sqlite_url)
    async with health(db) as get:
        status, text = await get("/metrics")
    await db.close()
    assert status == 200
    assert line in text.splitlines()
