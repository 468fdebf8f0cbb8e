"""A tiny bot, run as a process of its own by the tests: it confirms, takes deliveries, and can die on demand."""

import asyncio
import json
import os
import sys

import aiohttp
from aiohttp import web

DELIVERED = web.AppKey("delivered", list[str])


async def ready(request: web.Request) -> web.Response:
    """Ready at once; what arrived is told for the tests."""
    return web.json_response(request.app[DELIVERED])


async def deliver(request: web.Request) -> web.Response:
    """Confirm by visiting SubscribeURL; note everything else; die when told to."""
    envelope = json.loads(await request.text())
    if envelope["Type"] == "SubscriptionConfirmation":
        async with aiohttp.ClientSession() as session, session.get(envelope["SubscribeURL"]) as answer:
            return web.Response(status=answer.status)
    request.app[DELIVERED].append(envelope["Message"])
    if "--die" in sys.argv:
        sys.stderr.write("Traceback: this bot dies of its first message\n")
        asyncio.get_running_loop().call_later(0.05, os._exit, 7)
    return web.Response()


def main() -> None:
    """Serve where the settings say."""
    app = web.Application()
    app[DELIVERED] = []
    app.add_routes([web.get("/readyz", ready), web.post("/sns", deliver)])
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)  # noqa: TID251 it is its own root


if __name__ == "__main__":
    main()
