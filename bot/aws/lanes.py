"""Lanes: how many calls may be under way in one account or region, so that a hanging one leaves threads to the rest."""

import asyncio
from collections.abc import Callable
from weakref import WeakValueDictionary

IN_ONE_ACCOUNT = 8
IN_ONE_REGION = 24


class Lanes:
    """A turn in each; a lane that nobody is in or waits for is forgotten."""

    def __init__(self) -> None:
        """No lane yet."""
        self._lanes: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def enter(self, account: str, region: str) -> Callable[[], None]:
        """Wait for a turn in the account, then in the region; call what is returned to leave both."""
        in_account = self._lane(f"account {account}", IN_ONE_ACCOUNT)
        in_region = self._lane(f"region {region}", IN_ONE_REGION)
        await in_account.acquire()
        try:
            await in_region.acquire()
        except BaseException:
            in_account.release()
            raise

        def leave() -> None:
            in_region.release()
            in_account.release()

        return leave

    def _lane(self, name: str, width: int) -> asyncio.Semaphore:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = asyncio.Semaphore(width)
        return lane
