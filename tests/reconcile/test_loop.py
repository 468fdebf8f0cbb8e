"""Loops: they look when they are woken, outlive errors, and stop in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.reconcile.loop import Loop

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
AN_HOUR_S = 3600.0  # no test waits for it: what happens, happens because the loop was woken


class Passes:
    """A reconciler whose passes the test counts and answers."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.done = 0
        self.ended = asyncio.Condition()
        self.now = START
        self.loop = Loop("notices", self.one_pass, clock=lambda: self.now, idle_s=AN_HOUR_S)

    async def one_pass(self) -> bool:
        answer = self.answers.pop(0) if self.answers else False
        self.done += 1
        async with self.ended:
            self.ended.notify_all()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def until(self, done: int) -> None:
        """Return once so many passes were done."""
        async with asyncio.timeout(60), self.ended:
            await self.ended.wait_for(lambda: self.done >= done)


Make = Callable[..., Awaitable[Passes]]


@pytest.fixture
async def start() -> AsyncIterator[Make]:
    started: list[Passes] = []

    async def make(*answers: bool | Exception) -> Passes:
        passes = Passes(*answers)
        started.append(passes)
        passes.loop.start()
        await passes.until(1)
        return passes

    yield make
    for passes in started:
        await passes.loop.stop(10)


async def test_a_commit_wakes_it(start: Make) -> None:
    passes = await start()
    passes.loop.wake()
    await passes.until(2)


async def test_while_there_is_work_it_does_not_sleep(start: Make) -> None:
    passes = await start(True, True, True, False)
    await passes.until(4)
    assert passes.answers == []


async def test_while_it_is_asked_to_it_stands_back_after_every_pass_and_stops_all_the_same() -> None:
    passes = Passes(True, True)
    passes.loop.resting(lambda: AN_HOUR_S).start()
    await passes.until(1)
    for _ in range(10):
        passes.loop.wake()
        await asyncio.sleep(0)
    await passes.loop.stop(10)
    assert passes.answers == [True]


async def test_a_commit_during_a_pass_is_not_missed() -> None:
    passes = Passes()

    async def one_pass() -> bool:
        if passes.done == 0:
            passes.loop.wake()
        return await passes.one_pass()

    passes.loop._one_pass = one_pass
    passes.loop.start()
    await passes.until(2)
    await passes.loop.stop(10)


async def test_it_outlives_an_error_and_a_storm_of_commits_does_not_hurry_it(start: Make) -> None:
    passes = await start(RuntimeError("Slack changed its mind"), False)
    for _ in range(100):
        passes.loop.wake()
        await asyncio.sleep(0)
    assert passes.done == 1
    await passes.until(2)
    assert passes.loop.is_alive()


async def test_it_stops_while_it_pauses_after_an_error(start: Make) -> None:
    passes = await start(*[RuntimeError("the store is gone")] * 20)
    async with asyncio.timeout(60):
        await passes.loop.stop(10)
    assert not passes.loop.is_alive()


async def test_a_stop_lets_the_pass_in_flight_finish() -> None:
    finished = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def one_pass() -> bool:
        begun.set()
        await go_on.wait()
        finished.append("pass")
        return True

    loop = Loop("shares", one_pass, clock=lambda: START, idle_s=AN_HOUR_S)
    loop.start()
    await begun.wait()
    stopping = asyncio.create_task(loop.stop(10))
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert finished == ["pass"]


async def test_a_stop_does_not_wait_for_ever() -> None:
    begun, cut_off = asyncio.Event(), asyncio.Event()

    async def one_pass() -> bool:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut_off.set()
        return True

    loop = Loop("notices", one_pass, clock=lambda: START, idle_s=AN_HOUR_S)
    loop.start()
    await begun.wait()
    async with asyncio.timeout(60):
        await loop.stop(0.01)
    assert cut_off.is_set()


async def test_one_that_never_started_stops_at_once() -> None:
    passes = Passes()
    await passes.loop.stop(10)
    assert (passes.done, passes.loop.is_alive()) == (0, False)


async def test_one_whose_passes_do_not_end_is_stuck(start: Make) -> None:
    passes = await start()
    assert passes.loop.is_alive()
    passes.now += timedelta(hours=3, seconds=1)  # three times as long as it may idle
    assert not passes.loop.is_alive()
    passes.loop.wake()
    await passes.until(2)
    await asyncio.sleep(0)
    assert passes.loop.is_alive()


async def test_what_its_passes_began_ends_before_it_does() -> None:
    passes, over, asked = Passes(), asyncio.Event(), asyncio.Event()

    async def outlasting() -> None:
        asked.set()
        await over.wait()

    passes.loop.telling_people(outlasting).start()
    await passes.until(1)
    stopping = asyncio.create_task(passes.loop.stop(60))
    async with asyncio.timeout(60):
        await asked.wait()
        assert not stopping.done()
        over.set()
        await stopping


async def test_a_commit_does_not_cut_its_breath_short_but_hurry_does() -> None:
    passes = Passes()
    passes.loop = Loop(
        "notices", passes.one_pass, clock=lambda: START, idle_s=AN_HOUR_S, breath_s=AN_HOUR_S / 2
    )
    passes.loop.start()
    await passes.until(1)
    for _ in range(10):
        passes.loop.wake()
        await asyncio.sleep(0)
    assert passes.done == 1
    passes.loop.hurry()
    await passes.until(2)
    await passes.loop.stop(10)


async def test_one_that_goes_behind_looks_a_while_after_the_commit_that_woke_it() -> None:
    passes = Passes()
    passes.loop.going_behind(AN_HOUR_S).start()
    await passes.until(1)
    passes.loop.wake()
    for _ in range(10):
        await asyncio.sleep(0)
    assert passes.done == 1
    async with asyncio.timeout(60):
        await passes.loop.stop(30)
