"""Lanes: how many calls may be under way in one account or region, so that a hanging one leaves threads to the rest."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from weakref import WeakValueDictionary

IN_ONE_ACCOUNT = 8
IN_ONE_REGION = 24


class Lanes:
    """A turn in each; a lane that nobody is in or waits for is forgotten."""

    def __init__(self) -> None:
        """No lane yet."""
        self._lanes: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def enter(self, account: str, region: str) -> Callable[[], None]:
        """Wait for a turn in the account, if one is named, then in the region; call what is returned to leave."""
        lanes = [self._lane(f"account {account}", IN_ONE_ACCOUNT)] if account else []
        lanes.append(self._lane(f"region {region}", IN_ONE_REGION))
        with ExitStack() as entered:
            for lane in lanes:
                await lane.acquire()
                entered.callback(lane.release)
            return entered.pop_all().close

    def _lane(self, name: str, width: int) -> asyncio.Semaphore:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = asyncio.Semaphore(width)
        return lane
