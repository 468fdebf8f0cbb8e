"""The stream: tells open pages that something changed, and rings their phones."""

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from sandbox.slack.conversation import Json

COALESCE_SECONDS = 0.1  # of real time: a page refetches at most that often


class Stream:
    """Server-sent events for every page that is open."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._pages: set[asyncio.Queue[Json | None]] = set()

    def changed(self) -> None:
        """What pages show is out of date."""
        self._send({"type": "changed"})

    def toast(self, channel: str, title: str, text: str) -> None:
        """Show a push notification as a phone would."""
        self._send({"type": "toast", "channel": channel, "title": title, "text": text})

    def close(self) -> None:
        """End all streams."""
        self._send(None)

    def _send(self, event: Json | None) -> None:
        for page in self._pages:
            page.put_nowait(event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it leaves or the sandbox closes."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._pages.add(queue)
        queue.put_nowait({"type": "changed"})
        with suppress(ConnectionError):
            while (events := await self._gather(queue)) is not None:
                for event in events:
                    await response.write(f"data: {json.dumps(event)}\n\n".encode())
        self._pages.discard(queue)
        return response

    async def _gather(self, queue: asyncio.Queue[Json | None]) -> list[Json] | None:
        """The next events with "changed" at most once; None at the end."""
        events = [await queue.get()]
        if events[0] is not None:
            await asyncio.sleep(COALESCE_SECONDS)
        while not queue.empty():
            events.append(queue.get_nowait())
        if None in events:
            return None
        toasts = [event for event in events if event and event["type"] != "changed"]
        return [*toasts, {"type": "changed"}]
