"""Responses: what a person is told after a click, through the response_url that came with it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.desk import Json

AT_HOME = "at_home"  # in the context: how to tell something in the Home tab, which has no response_url
TIMEOUT_S = 0.8  # with the desk's budget it stays within Slack's three seconds

log = structlog.get_logger(__name__)


async def respond(
    context: AsyncBoltContext, body: Mapping[str, Any], told: Json, *, replaces: bool = False
) -> None:
    """Tell the person, beside the message with the button, or in place of it (if only they see it).

    What is told for everybody goes into the thread of that message.
    Never raises: what was asked for is done already, so a lost sentence is logged and no more.
    """
    url = str(body.get("response_url") or "")
    if not url and (tell := context.get(AT_HOME)) is not None:
        await tell(told)
        return
    # No retry handlers: the default one would send a POST twice whose connection broke.
    client = AsyncWebhookClient(url, timeout=3, session=context.client.session, retry_handlers=[])
    try:
        async with asyncio.timeout(TIMEOUT_S):
            answer = await client.send_dict({**told, "replace_original": replaces, **_thread(body, told)})
    except (TimeoutError, aiohttp.ClientError, ValueError) as error:
        log.warning("people.response_lost", error=repr(error))
        return
    if answer.status_code != 200:
        log.warning("people.response_refused", status=answer.status_code, answer=answer.body[:300])


def _thread(body: Mapping[str, Any], told: Json) -> Json:
    ts = str((body.get("container") or {}).get("message_ts", ""))
    return {"thread_ts": ts} if ts and told.get("response_type") == "in_channel" else {}
