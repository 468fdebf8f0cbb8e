"""Shifts: all that works by one reading of the settings, doors and loops, on a ground of its own.

A process has one shift on duty. When the settings change, the next is built first, takes the doors over at once, and
the loops when those of the one before have finished their pass.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain

import structlog

from bot.composition.doors import build_desk, build_sns_door
from bot.composition.ending import Ending
from bot.composition.ground import Base, Ground, clock, standing
from bot.composition.loops import build_loops
from bot.composition.porter import Entrance
from bot.domain.telling.language import Language, speaking
from bot.reconcile import leases
from bot.reconcile.loop import Loop
from bot.settings import Settings
from bot.store.database import StoreUnavailable
from handlers import slack
from handlers.health import Health

log = structlog.get_logger("app")


class Shift:
    """Built, but at rest: `open` its doors, `begin` its loops, and `rest` both in the end."""

    def __init__(self, ground: Ground) -> None:
        """Raises ValueError where the settings do not go together."""
        self.settings = ground.settings
        self._ground = ground
        desk = build_desk(ground)
        answering = slack.build_answering(desk)
        self._sns = build_sns_door(ground)
        self._people = slack.SlackDoor(ground.settings.as_slack_keys(), desk, answering, ground.session)
        self._loops = build_loops(ground, answering.shared)
        self._begun: list[Loop] = []
        self._calming: asyncio.Task[bool] | None = None
        health = Health(
            ground.db,
            ground.meters.told,
            loops=lambda: {loop.name: loop.is_alive() for loop in self._begun},
            remarks=self._remarks,
            clock=clock,
        )
        self.entrance = Entrance(chain(self._sns.routes(), self._people.routes(), health.routes()))

    def language(self) -> Language:
        """What is spoken with the operators."""
        return self._ground.tongues.with_operators()

    def open(self) -> None:
        """Let people in by the doors that we open ourselves: Slack's socket."""
        self._people.open()

    def begin(self) -> None:
        """Start the loops."""
        with speaking(self.language()):  # of all that no route says otherwise
            for loop in self._loops:
                loop.start()
        self._begun = self._loops

    async def close(self, ending: Ending) -> None:
        """Take no more deliveries, and begin nothing but to tell people of those in flight: the process stops."""
        await self._sns.close()
        self._calming = asyncio.create_task(self._calm(ending))

    async def rest(self, ending: Ending) -> None:
        """Hang up on Slack, let the loops finish their pass, give back what was leased."""
        calming = self._calming or asyncio.create_task(self._calm(ending))
        # What is delivered until then is told.
        last = [loop.stop(ending.pass_s) for loop in self._loops if loop.tells_people]
        is_calm, *_ = await asyncio.gather(calming, self._people.close(ending.pass_s), *last)
        for loop in self._loops:
            self._ground.db.off_commit(loop.wake)
        if not is_calm:
            # Whoever looks at a resize while its last change is still on its way would not see it, and make it again:
            # what is leased stays so until its time is over.
            log.warning("aws.change_not_ended")
            return
        try:
            async with asyncio.timeout(ending.rest_s()):
                await leases.release(self._ground.db, self._ground.worker)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning(
                "leases.not_given_back", error=str(error) or "the store was too slow"
            )  # they end by themselves

    async def _calm(self, ending: Ending) -> bool:
        """Let all loops but one end, then the changes of AWS under way. Whether those did."""
        self._begun = []  # whoever asks meanwhile whether we are ready is not told that loops are stuck
        await asyncio.gather(*(loop.stop(ending.pass_s) for loop in self._loops if not loop.tells_people))
        return await self._ground.calls.changes_ended(ending.changes_s())

    async def finish(self) -> None:
        """After the rest, while the next shift works: end what was begun, such as the wait for a queue."""
        await asyncio.gather(*(loop.finish() for loop in self._loops))

    def _remarks(self) -> dict[str, str]:
        emulator = self.settings.sns_emulator_origin
        warning = {"warning": f"SNS messages of {emulator} are believed"} if emulator else {}
        return self._people.remarks() | warning | self._ground.in_force.remarks()


@asynccontextmanager
async def prepared(base: Base, settings: Settings) -> AsyncIterator[Shift]:
    """A shift at rest, and its ground for as long as the block lasts. Raises ValueError as Shift does."""
    async with standing(base, settings) as ground:
        yield Shift(ground)
