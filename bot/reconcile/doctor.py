"""The doctor: looks at everything that OOM Guard needs, side by side, each for a bounded time. Writes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from bot.domain.checkup import checkup_lines
from bot.domain.checkup.checkup import Area, Check, Checkup, broken, checkup, ok, unseen
from bot.domain.telling.language import say
from bot.reconcile.doctor_orders import DoctorOrders
from bot.reconcile.wards import Ward, Wards
from bot.store import checkup as store_checkup
from bot.store.checkup import StoreFacts
from bot.store.errors import StoreUnavailable
from bot.store.schema import REVISION

log = structlog.get_logger(__name__)

LIMIT_S = 30.0  # of one look: an account that hangs does not hide the others
_TOTAL = 7  # times as long for all of them: less than a loop may take for one answer
_AT_ONCE = 12  # looks; each makes its calls one after the other

Read = Callable[..., Awaitable[Any]]  # a database's `read`


class Doctor:
    """Makes checkups. Reads Slack, AWS and the store."""

    def __init__(
        self,
        read: Read,
        wards: Wards,
        orders: DoctorOrders,
        *,
        clock: Callable[[], datetime],
        limit_s: float = LIMIT_S,
    ) -> None:
        """`read` is the store's; `limit_s` is how long one look may take, and a seventh of what all may."""
        self._read = read
        self._wards = wards
        self._orders = orders
        self._clock = clock
        self._limit_s = limit_s
        self._total_s = limit_s * _TOTAL

    async def examine(self, heard: Callable[[int], None] = lambda _: None) -> Checkup:
        """Everything; `heard` is told how many looks there are. Never raises."""
        facts, of_store = await self._store()
        wards = self._wards.all(facts)
        heard(len(wards))
        gate, ends_at = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop().time() + self._total_s
        found = await asyncio.gather(*(self._attend(ward, gate, ends_at) for ward in wards))
        looked = [line for lines in found for line in lines]
        return checkup([*looked, *self._known(facts), *of_store, *self._rules(facts)])

    async def _attend(self, ward: Ward, gate: asyncio.Semaphore, ends_at: float) -> list[Check]:
        async with gate:
            limit_s = max(0.0, min(self._limit_s, ends_at - asyncio.get_running_loop().time()))
            try:
                async with asyncio.timeout(limit_s):
                    lines = list(await ward.look())
            except TimeoutError:
                found = say("no answer within {n} s", n=f"{limit_s:.0f}")
                lines = [unseen(ward.area, ward.what, found, say("Try again; the others were looked at."))]
            except Exception as error:
                log.exception("doctor.look_failed", what=ward.what, account=ward.account)
                found = say(
                    "it went wrong on my side ({error}); the log tells more", error=type(error).__name__
                )
                lines = [unseen(ward.area, ward.what, found)]
        return [line.of(ward.account) for line in lines] if ward.account else lines

    async def _store(self) -> tuple[StoreFacts | None, list[Check]]:
        what = say("Store")
        try:
            found = await self._read(store_checkup.revision)
            lines = [checkup_lines.revision(found, REVISION)]
            if found < REVISION:
                return None, lines
            facts: StoreFacts = await self._read(store_checkup.facts, self._clock())
        except StoreUnavailable as error:
            fix = say("Check DATABASE_URL, and that the database or the disk below it is there.")
            return None, [broken(Area.STORE, what, str(error)[:300], fix)]
        lines = [ok(Area.STORE, what, say("{kind} answers", kind=facts.kind)), *lines, *self._disk()]
        if facts.now is not None:
            lines.append(checkup_lines.clock("PostgreSQL", facts.now, self._clock()))
        return facts, lines

    def _disk(self) -> list[Check]:
        try:
            found = store_checkup.disk(self._orders.database_url)
        except (OSError, ValueError) as error:
            return [unseen(Area.STORE, say("Room for the store"), str(error)[:200])]
        return [] if found is None else [checkup_lines.room(str(found.path), found.size, found.free)]

    def _known(self, facts: StoreFacts | None) -> list[Check]:
        """What the store remembers of the doors."""
        if facts is None:
            return []
        orders, now = self._orders, self._clock()
        signing, socket = orders.has_signing_secret, bool(orders.app_token)
        heard = checkup_lines.requests(facts.sightings, now, signing=signing, socket=socket)
        return [*heard, checkup_lines.events(facts.last_event_at, now)]

    def _rules(self, facts: StoreFacts | None) -> list[Check]:
        freezes = 0 if facts is None else facts.freezes
        return checkup_lines.standing_rules(self._orders.policy, freezes, self._orders.faults())
