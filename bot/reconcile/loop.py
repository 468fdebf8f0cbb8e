"""Loops: run one reconciler pass after another, woken by commits, alive under errors, stopped gracefully."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Self

import structlog

log = structlog.get_logger(__name__)

_STUCK_AFTER = timedelta(minutes=5)  # a pass of twenty alerts into one channel takes two
_LONGEST_PAUSE_S = 30.0


class Loop:
    """Calls `one_pass` for ever. A pass tells whether it found work; then the next follows at once.

    A pass may also tell in how many seconds it will find work that it knows of already.
    """

    def __init__(
        self,
        name: str,
        one_pass: Callable[[], Awaitable[bool | float]],
        *,
        clock: Callable[[], datetime],
        idle_s: float,
        breath_s: float = 0.0,
    ) -> None:
        """`idle_s`: seconds to sleep after a pass without work, unless something wakes the loop.

        `breath_s`: seconds that no commit shortens. Under load there are hundreds of commits a second, and a loop that
        looked after each of them would spend what the next deliveries need.
        """
        self.name = name
        self._one_pass = one_pass
        self._clock = clock
        self._idle_s = idle_s
        self._last: Callable[[], Awaitable[None]] | None = None
        self.tells_people = False
        self._outlasting: Callable[[], Awaitable[None]] | None = None
        self._breath_s = breath_s
        self._rest_s: Callable[[], float] = lambda: 0.0
        self._behind_s = 0.0
        self._woken = asyncio.Event()
        self._hurried = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._last_pass_at = clock()

    def ending_with(self, last: Callable[[], Awaitable[None]]) -> Self:
        """This loop, with something left to do after its last pass, where the process lives on."""
        self._last = last
        return self

    def telling_people(self, outlasting: Callable[[], Awaitable[None]]) -> Self:
        """This loop, which tells people what they wait for: it is stopped last.

        Its passes begin what outlasts them; it ends when that has, as `outlasting` says.
        """
        self.tells_people = True
        self._outlasting = outlasting
        return self

    def resting(self, rest_s: Callable[[], float]) -> Self:
        """This loop, which stands back after every pass, with work or without, for so many seconds as are told then."""
        self._rest_s = rest_s
        return self

    def going_behind(self, seconds: float) -> Self:
        """This loop, which lets others, that people wait for, go first for so many seconds where a commit wakes it."""
        self._behind_s = seconds
        return self

    def start(self) -> None:
        """Begin to run on the current event loop."""
        self._task = asyncio.create_task(self._run(), name=f"loop {self.name}")

    def wake(self) -> None:
        """Something was committed: look now."""
        self._woken.set()

    def hurry(self) -> None:
        """What the last pass waits for has come: look now, without a breath."""
        self._hurried.set()
        self._woken.set()

    def is_alive(self) -> bool:
        """Whether the loop runs and has finished a pass lately."""
        stuck_after = max(_STUCK_AFTER, timedelta(seconds=3 * self._idle_s))
        running = self._task is not None and not self._task.done()
        return running and self._clock() - self._last_pass_at < stuck_after

    async def stop(self, within_s: float) -> None:
        """Let the pass in flight finish, then end; what takes longer than so many seconds is cut off."""
        self._stopping.set()
        self.hurry()
        if self._task is None:
            return
        _, late = await asyncio.wait({self._task}, timeout=within_s)
        if late:
            log.warning("loop.pass_cut_off", loop=self.name)
            self._task.cancel()
            await asyncio.wait(late)

    async def finish(self) -> None:
        """After the stop, and in no hurry: end what was begun outside of a pass. Never raises."""
        try:
            if self._last is not None:
                await self._last()
        except Exception:
            log.exception("loop.not_finished", loop=self.name)

    async def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._woken.clear()
            self._hurried.clear()
            found_work: bool | float = False
            try:
                found_work = await self._one_pass()
                failures = 0
            except Exception:  # a loop outlives any error of one pass
                log.exception("loop.pass_failed", loop=self.name)
                failures += 1
            self._last_pass_at = self._clock()
            if rest_s := self._rest_s():
                await _within(rest_s, self._stopping)
            if found_work is not True:
                await self._pause(failures, min(self._idle_s, found_work or self._idle_s))
        if self._outlasting is not None:
            await self._outlasting()

    async def _pause(self, failures: int, seconds: float) -> None:
        """Sleep until woken; after failures in a row sleep longer, and a commit does not cut that short."""
        alarm = self._woken
        if failures:
            seconds, alarm = min(_LONGEST_PAUSE_S, 0.5 * 2**failures), self._stopping
        breath_s = min(seconds, self._breath_s)
        await _within(breath_s, self._stopping if failures else self._hurried)
        await _within(seconds - breath_s, alarm)
        if self._woken.is_set() and not failures:
            await _within(self._behind_s, self._stopping)


async def _within(seconds: float, alarm: asyncio.Event) -> None:
    """Return after so many seconds, or as soon as the alarm is raised."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await alarm.wait()
