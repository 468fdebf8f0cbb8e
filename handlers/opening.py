"""Opening: a form is shown within the three seconds that its trigger lives, or a sentence says why not."""

import asyncio

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import said
from bot.slack.answers import refusal
from bot.slack.answers.answer import Answer

OPEN_BUDGET_S = 1.2
TRIGGER_ERRORS = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"}

log = structlog.get_logger(__name__)


async def open_form(client: AsyncWebClient, trigger_id: str, view: View) -> tuple[str, str] | Answer:
    """The id and hash of the form that is open now; else what to tell."""
    try:
        async with asyncio.timeout(OPEN_BUDGET_S):
            answer = await client.views_open(trigger_id=trigger_id, view=view)
    except SlackApiError as error:
        code = said.word(error)
        if code and code not in TRIGGER_ERRORS and said.status(error) == 200:
            raise
        log.warning("form.refused", error=code, status=said.status(error))
        return refusal.form_too_late()
    except (TimeoutError, aiohttp.ClientError) as error:
        log.warning("form.slack_unreachable", error=repr(error))
        return refusal.form_too_late()
    opened = answer.get("view") or {}
    return str(opened.get("id", "")), str(opened.get("hash", ""))
