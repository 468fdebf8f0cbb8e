"""Health: is the process alive, is it ready, and what do its counters say."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from bot.store import pulse
from bot.store.database import Database, SchemaOutdated, StoreUnavailable

log = structlog.get_logger(__name__)

_PATIENCE_S = 3.0  # load balancers wait for five seconds or so


class Health:
    """Answers /healthz, /readyz and /metrics."""

    def __init__(
        self,
        db: Database,
        registry: CollectorRegistry,
        *,
        loops: Callable[[], Mapping[str, bool]],
        remarks: Callable[[], Mapping[str, str]],
        clock: Callable[[], datetime],
    ) -> None:
        """`loops` tells by name which reconciler loops are alive; `remarks` are told and change nothing."""
        self._db = db
        self._registry = registry
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
        """200 when deliveries can be stored and shown; 503 names what is wrong. For a load balancer."""
        store, last_event_age_s = await self._store_state()
        loops = {name: "alive" if alive else "stuck" for name, alive in self._loops().items()}
        is_ready = store == "ok" and "stuck" not in loops.values()
        body: dict[str, object] = {
            "status": "ready" if is_ready else "not ready",
            "store": store,
            "loops": loops,
            "last_event_age_seconds": last_event_age_s,
            **self._remarks(),
        }
        return web.json_response(body, status=200 if is_ready else 503)

    async def metrics(self, _request: web.Request) -> web.Response:
        """All counters in Prometheus's text form."""
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _store_state(self) -> tuple[str, float | None]:
        """What of the store a stranger may know; the log has the rest."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._db.check()
                last = await self._db.read(pulse.last_event_at)
        except SchemaOutdated as error:
            log.warning("readyz.store_outdated", error=str(error))
            return "lacks migrations", None
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("readyz.store_unavailable", error=str(error) or f"no answer in {_PATIENCE_S:g} s")
            return "unavailable", None
        return "ok", None if last is None else round((self._clock() - last).total_seconds(), 1)
