"""The roster: which shift is on duty, and how the next one takes over without a request or a kill lost."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from bot.composition.ending import Ending
from bot.composition.ground import Base
from bot.composition.porter import Porter
from bot.composition.shift import Shift, prepared
from bot.reconcile import leases
from bot.settings import Settings

log = structlog.get_logger("app")

_HANDOVER_S = 25.0  # one after the other: two crews would count Slack's rates apart


class Roster:
    """One shift after another on the same base."""

    def __init__(self, base: Base, shift: Shift, ground: AsyncExitStack) -> None:
        self._base = base
        self._ground = ground
        self._leaving: set[asyncio.Task[None]] = set()
        self._ending: Ending | None = None
        self.shift = shift
        self.porter = Porter(shift.entrance)

    @classmethod
    async def begin(cls, base: Base, settings: Settings) -> "Roster":
        """Put the first shift on duty. Raises ValueError where the settings do not go together."""
        shift, ground = await _ready(base, settings)
        await leases.take_over(base.db)
        shift.begin()
        shift.open()
        return cls(base, shift, ground)

    async def change(self, settings: Settings) -> None:
        """Put another shift on duty. Where it cannot be built this raises, and the one on duty stays there.

        Its doors open at once. Its loops begin when those before have ended their pass and given back their leases:
        two crews would count Slack's rates apart.
        """
        shift, ground = await _ready(self._base, settings)
        old, old_ground = self.shift, self._ground
        self.shift, self._ground, self.porter.entrance = shift, ground, shift.entrance
        shift.open()
        try:
            await old.rest(Ending.begin(_HANDOVER_S))
        except (
            Exception
        ):  # the new one is on duty: whatever the old one left undone, its leases end by themselves
            log.exception("shift.not_rested")
        shift.begin()
        leaving = asyncio.create_task(_finish(old, old_ground))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Take no more deliveries: the process stops. What is in flight finishes."""
        self._ending = Ending.begin(self.shift.settings.shutdown_seconds)
        self._ending.cut_off()
        await self.shift.close(self._ending)

    async def end(self) -> None:
        """After the last request: all work ends, and all connections."""
        await self.shift.rest(self._ending or Ending.begin(self.shift.settings.shutdown_seconds))
        await _leave(self.shift, self._ground)
        for one in self._leaving:
            one.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)


async def _ready(base: Base, settings: Settings) -> tuple[Shift, AsyncExitStack]:
    async with AsyncExitStack() as stack:
        shift = await stack.enter_async_context(prepared(base, settings))
        return shift, stack.pop_all()


async def _finish(shift: Shift, ground: AsyncExitStack) -> None:
    """Let it end what it began, unless the process is about to end; then as `_leave`."""
    try:
        await shift.finish()
    finally:
        await _leave(shift, ground)


async def _leave(shift: Shift, ground: AsyncExitStack) -> None:
    """Take its ground away, once whom it lets in has been answered."""
    await shift.entrance.emptied()
    await ground.aclose()
