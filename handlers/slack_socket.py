"""The Slack socket: in Socket Mode we call Slack and keep the line open; what people do comes down it."""

import asyncio
import logging
import re
from contextlib import suppress

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = structlog.get_logger(__name__)


class SlackSocket:
    """One line to Slack that is opened again whenever it breaks or Slack asks for it.

    An envelope is acknowledged when Bolt has answered, and so after the write; until then Slack keeps it and sends it
    again on the next line. What people do may therefore arrive twice, and is written so that it happens once.
    """

    def __init__(self, bolt: AsyncApp, app_token: str, *, pause_s: float = 10) -> None:
        """Needs a running event loop. Nothing is opened yet. `pause_s`: between looks at the line, and between calls."""
        self._pause_s = pause_s
        self._handler = _Handler(bolt, app_token, pause_s)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def state(self) -> str:
        """`connected` or `disconnected`."""
        client = self._handler.client
        session = client.current_session
        is_open = session is not None and not session.closed and not client.stale and not client.closed
        return "connected" if is_open else "disconnected"

    def open(self) -> None:
        """Begin to connect; goes on until it works, so that a bot can start while Slack is down."""
        self._tasks = [asyncio.create_task(self._connect()), asyncio.create_task(self._watch())]

    async def close(self, within_s: float) -> None:
        """Let what is under way be answered, for so many seconds at most, then hang up."""
        if self._handler.under_way:
            await asyncio.wait(self._handler.under_way, timeout=within_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._handler.close_async()  # type: ignore[no-untyped-call]
        with suppress(asyncio.CancelledError):
            await self._handler.client.message_processor

    async def _connect(self) -> None:
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        """A line's address is good for one call: while there is no line, the next call must ask for a new one."""
        was = ""
        while True:
            if self.state != was:
                was = self.state
                log.info("slack_socket", state=was)
            await asyncio.sleep(self._pause_s)
            if self.state == "disconnected":
                self._handler.client.wss_uri = None


class _Handler(AsyncSocketModeHandler):
    """Bolt's own, which also knows what is under way."""

    def __init__(self, app: AsyncApp, app_token: str, pause_s: float) -> None:
        super().__init__(app, app_token, logger=_discreet_logger(), ping_interval=pause_s)
        self.under_way: set[asyncio.Task[None]] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        task = asyncio.ensure_future(super().handle(client, req))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        await task


def _discreet_logger() -> logging.Logger:
    """The SDK's log: its warnings, without the addresses of lines (who has one is let in) and without payloads."""
    logger = logging.getLogger("slack_socket")
    logger.setLevel(logging.WARNING)
    if _without_addresses not in logger.filters:
        logger.addFilter(_without_addresses)
    return logger


def _without_addresses(record: logging.LogRecord) -> bool:
    record.msg = re.sub(r"wss?://\S+", "wss://…", record.getMessage())
    record.args = record.exc_info = None
    return True
