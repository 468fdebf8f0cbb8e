"""Endings: a stop fits into its seconds, waits for the change of AWS on its way, and for no thread that hangs."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import Connection, select

from bot.aws.callers import Callers
from bot.composition.ending import Ending
from bot.composition.ground import Ground, clock, opened, standing
from bot.composition.shift import Shift
from bot.settings import Settings
from bot.store import confirmations
from bot.store.schema import confirmations as table
from bot.tracing.tracer import UNTRACED
from tests.sandbox.slack_parts import serve
from tests.test_settings import REQUIRED

ACCOUNT = "123456789012"
_WHO = f"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"


@dataclass
class SlowAws:
    """Answers a change when the test lets it."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        if (await request.read()).startswith(b"Action=GetCallerIdentity"):
            return web.Response(text=_WHO, content_type="text/xml")
        self.asked.set()
        await self.answers.wait()
        return web.json_response({"service": {}})


@pytest.fixture
async def aws(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlowAws]:
    it = SlowAws()
    async with serve([web.post("/", it.answer)]) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        yield it
        it.answers.set()


@pytest.fixture
async def ground(store_url: str) -> AsyncIterator[Ground]:
    settings = Settings(**REQUIRED, database_url=store_url)  # type: ignore[arg-type]  # as texts
    async with opened(settings, UNTRACED, emulates_sns=False) as base, standing(base, settings) as ground:
        yield ground


async def change(ground: Ground) -> None:
    """Lease some work, and change AWS for it."""
    now = clock()
    await ground.db.write(confirmations.add, "arn:aws:sns:eu-west-1:123456789012:x", "token", now)
    lease_for = timedelta(minutes=1)
    assert await ground.db.write(confirmations.lease, ground.worker, now, limit=1, lease_for=lease_for)
    await ground.calls.change("ecs", "eu-west-1", "update_service", account=ACCOUNT, service="checkout")


def owners(conn: Connection) -> list[str]:
    """Who has leased the work."""
    return list(conn.execute(select(table.c.lease_owner)).scalars())


async def test_the_change_on_its_way_ends_before_leases_are_given_back(aws: SlowAws, ground: Ground) -> None:
    """Whoever looked before that would not see it, and make it again."""
    changing = asyncio.create_task(change(ground))
    await aws.asked.wait()
    shift = Shift(ground)
    resting = asyncio.create_task(shift.rest(Ending.begin(60)))
    await asyncio.sleep(0.05)
    assert await ground.db.read(owners) == [ground.worker]
    aws.answers.set()
    await resting
    await changing
    assert await ground.db.read(owners) == [""]


async def test_of_a_change_that_hangs_nobody_gets_the_lease_before_its_time(
    aws: SlowAws, ground: Ground
) -> None:
    changing = asyncio.create_task(change(ground))
    await aws.asked.wait()
    await Shift(ground).rest(Ending.begin(0.1))
    assert await ground.db.read(owners) == [ground.worker]
    changing.cancel()


@pytest.mark.parametrize("seconds", [pytest.param(2.0, id="short"), pytest.param(25.0, id="as by default")])
def test_all_parts_fit_into_the_whole(seconds: float) -> None:
    ending = Ending.begin(seconds)
    assert ending.requests_s + ending.pass_s < ending.changes_s() < ending.rest_s() <= seconds


def test_the_default_is_less_than_a_task_of_ecs_is_given() -> None:
    assert Settings.model_fields["shutdown_seconds"].default <= 25


def test_callers_make_so_many_calls_at_once_and_the_others_after_them() -> None:
    callers, goes_on, under_way = Callers(2), threading.Event(), threading.Semaphore(0)

    def call(number: int) -> int:
        under_way.release()
        goes_on.wait()
        return number

    futures = [callers.submit(call, number) for number in range(5)]
    for _ in range(2):
        under_way.acquire()
    assert not under_way.acquire(blocking=False)
    goes_on.set()
    assert [future.result() for future in futures] == list(range(5))
    with pytest.raises(ZeroDivisionError):
        callers.submit(lambda: 1 // 0).result()
    callers.shutdown()


def test_callers_that_are_shut_down_begin_nothing_and_wait_for_nobody() -> None:
    callers, goes_on, begun = Callers(1), threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        goes_on.wait()

    hanging, queued = callers.submit(hang), callers.submit(print)
    begun.wait()
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("aws-"))
    callers.shutdown(wait=True)
    with pytest.raises(CancelledError):
        queued.result()
    with pytest.raises(RuntimeError):
        callers.submit(print)
    goes_on.set()
    hanging.result()
