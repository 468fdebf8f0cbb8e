"""Health: is the process alive, is it ready, and what do its counters say."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import Connection

from bot.store import backlog, pulse
from bot.store.database import Database, SchemaOutdated, StoreUnavailable

log = structlog.get_logger(__name__)

# All counters in Prometheus's text form, with the backlog as the store has it; None where it does not answer.
Counted = Callable[[backlog.Backlog | None, datetime], bytes]

_PATIENCE_S = 3.0  # load balancers wait for five seconds or so


class Health:
    """Answers /healthz, /readyz and /metrics."""

    def __init__(
        self,
        db: Database,
        counted: Counted,
        *,
        loops: Callable[[], Mapping[str, bool]],
        remarks: Callable[[], Mapping[str, str]],
        clock: Callable[[], datetime],
    ) -> None:
        """`counted` tells all counters; `loops` tells by name which reconciler loops are alive.

        `remarks` are told and change nothing.
        """
        self._db = db
        self._counted = counted
        self._loops = loops
        self._remarks = remarks
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The three doors."""
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
        ]

    async def alive(self, _request: web.Request) -> web.Response:
        """200 as long as the event loop turns; for restarting a hung process."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when the store can be read and all loops live; 503 names what is wrong. For a load balancer."""
        store, known = await self._store_state()
        loops = {name: "alive" if alive else "stuck" for name, alive in self._loops().items()}
        is_ready = store == "ok" and "stuck" not in loops.values()
        body: dict[str, object] = {
            "status": "ready" if is_ready else "not ready",
            "store": store,
            "loops": loops,
            "last_event_age_seconds": known.get("last_event_age_seconds"),
            **self._remarks(),
            **known,
        }
        return web.json_response(body, status=200 if is_ready else 503)

    async def metrics(self, _request: web.Request) -> web.Response:
        """All counters in Prometheus's text form; the backlog is counted now."""
        now = self._clock()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                told = self._counted(await self._db.read(backlog.backlog), now)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("metrics.backlog_unknown", error=str(error) or f"no answer in {_PATIENCE_S:g} s")
            told = self._counted(None, now)
        return web.Response(body=told, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _store_state(self) -> tuple[str, dict[str, object]]:
        """How the store is, and what of its contents a stranger may know; the log has the rest."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._db.check()
                return "ok", await self._db.read(_known, self._clock())
        except SchemaOutdated as error:
            log.warning("readyz.store_outdated", error=str(error))
            return "lacks migrations", {}
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("readyz.store_unavailable", error=str(error) or f"no answer in {_PATIENCE_S:g} s")
            return "unavailable", {}


def _known(conn: Connection, now: datetime) -> dict[str, object]:
    """The last event's age, and what Slack does not take, if there is any: it makes nobody less ready."""
    last = pulse.last_event_at(conn)
    failing: Counter[str] = Counter()
    for error, count in backlog.failing(conn):
        failing[_short(error)] += count
    age_s = None if last is None else round((now - last).total_seconds(), 1)
    return {"last_event_age_seconds": age_s} | ({"notices_failing": dict(failing)} if failing else {})


def _short(error: str) -> str:
    """Slack's own word, such as `is_archived`, or the kind of trouble; nothing that an error message might carry."""
    kind, _, said = error.partition(": ")
    word = said.partition(":")[0]
    return word if re.fullmatch(r"[a-z_]{1,60}", word) else kind[:60]
