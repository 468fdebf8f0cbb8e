"""Posting to Slack: the only place that calls Slack's writing APIs for channels; for bot.reconcile alone.

The client has no retry handlers: the default one sends a dropped POST twice, which is a message posted twice.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import said
from bot.slack.last_look import last_look
from bot.slack.message import Message
from bot.tracing.tracer import UNTRACED, Tracer

# Slack's words for its own trouble: whether it did what was asked is unknown.
_SLACKS_TROUBLE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_NO_SUCH_MESSAGE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_NO_SUCH_CHANNEL = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
    }
)
_POST_ONLY = frozenset(
    {"unfurl_links", "unfurl_media", "reply_broadcast"}
)  # chat.update knows no such arguments
_PATIENCE_S = 10.0
_HISTORY_PAGE = 200
_HISTORY_PAGES = 10  # what people wrote meanwhile, while nobody looked
_SLACKS_CLOCK_S = 30  # how far it may be behind ours


class SlackTrouble(Exception):
    """A call to Slack did not do what was asked."""


class RateLimited(SlackTrouble):
    """Slack asks to wait; it surely did nothing."""

    def __init__(self, retry_after_s: float) -> None:
        """Keep the seconds that Slack asks for (its Retry-After header)."""
        super().__init__(f"Slack asks to wait {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class NotSent(SlackTrouble):
    """The request never reached Slack; trying again is safe."""


class OutcomeUnknown(SlackTrouble):
    """The request was sent and no clear answer came: Slack may have done it."""


class Refused(SlackTrouble):
    """Slack said no and will say no again; `error` is Slack's own word."""

    def __init__(self, error: str, detail: str = "") -> None:
        """Keep Slack's error word, and the sentences it added."""
        super().__init__(f"{error}: {detail}" if detail else error)
        self.error = error


class NoSuchMessage(Refused):
    """The message to update is gone (deleted by a person)."""


class NoSuchChannel(Refused):
    """The channel is archived, unknown, or closed to the bot."""


class Poster:
    """Posts and updates messages, one HTTP call a method; raises a SlackTrouble when it did not work out."""

    def __init__(
        self,
        token: str,
        base_url: str,
        session: aiohttp.ClientSession,
        *,
        patience_s: float = _PATIENCE_S,
        tracer: Tracer = UNTRACED,
    ) -> None:
        """Use one shared session; `base_url` ends with a slash. A call may take so many seconds."""
        self.client = AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[])
        self.session = session
        self.patience_s = patience_s
        self.tracer = tracer

    async def post_in_time(
        self, channel: str, message: Message, may_go: Callable[[], bool]
    ) -> tuple[str, str]:
        """As `post`; NotSent where `may_go` says no right before the message leaves."""
        with last_look(self.session, may_go) as look:
            try:
                return await self.post(channel, message)
            except OutcomeUnknown as error:
                if look.is_refused:
                    raise NotSent("it was too late to send it") from error
                raise

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> tuple[str, str]:
        """Post and return the channel's id and the message's ts."""
        arguments = message.as_arguments()
        answer = await self.ask(
            self.client.chat_postMessage(channel=channel, thread_ts=thread_ts, **arguments)
        )
        where, ts = answer.get("channel"), answer.get("ts")
        if not where or not ts:
            raise OutcomeUnknown("the answer does not tell where the message is")
        return str(where), str(ts)

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace what the message shows; doing it twice does no harm."""
        arguments = {key: value for key, value in message.as_arguments().items() if key not in _POST_ONLY}
        await self.ask(self.client.chat_update(channel=channel, ts=ts, **arguments))

    async def find_own(self, channel: str, metadata: Mapping[str, Any], since: datetime) -> str | None:
        """Find the ts of a message that carries this metadata, posted after `since`; None where there is none.

        Needs channels:history (groups:history in private channels); without it, Refused("missing_scope"). Two
        thousand messages that came since are looked through.
        """
        cursor: str | None = None
        for _ in range(_HISTORY_PAGES):
            page = await self.ask(
                self.client.conversations_history(
                    channel=channel,
                    oldest=f"{since.timestamp() - _SLACKS_CLOCK_S:.6f}",
                    include_all_metadata=True,
                    limit=_HISTORY_PAGE,
                    cursor=cursor,
                )
            )
            for found in page["messages"]:
                if found.get("metadata") == metadata:
                    return str(found["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None

    async def respond(self, response_url: str, message: Message, *, to_all: bool = False) -> None:
        """Tell a person where they asked or pressed, or all there, through its response_url (30 minutes, 5 uses)."""
        kind = "in_channel" if to_all else "ephemeral"
        body = {"response_type": kind, "replace_original": False, **message.as_arguments()}
        body.pop("metadata", None)
        await self.send(response_url, json=body)

    async def send(self, url: str, **body: Any) -> None:
        """POST to an address that Slack gave, which is its own key: no token goes there."""
        timeout = aiohttp.ClientTimeout(total=self.patience_s)
        try:
            with self.tracer.span("slack response_url"):
                async with self.session.post(url, timeout=timeout, **body) as answer:
                    text = await answer.text()
        except aiohttp.ClientConnectorError as error:
            raise NotSent(str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(type(error).__name__) from error
        if answer.status == 429:
            raise RateLimited(_seconds(answer.headers.get("Retry-After")))
        if answer.status >= 500:
            raise OutcomeUnknown(f"HTTP {answer.status}")
        if answer.status != 200:
            raise Refused(f"HTTP {answer.status}", text[:200])

    async def ask(self, call: Awaitable[Any]) -> Any:
        """Await one Web API call and turn what goes wrong into our small tree of errors."""
        try:
            # slack_sdk's own timeout does not hold for a session that it is given.
            with self.tracer.span(f"slack {getattr(call, '__name__', 'call')}"):
                async with asyncio.timeout(self.patience_s):
                    return await call
        except SlackApiError as error:
            raise _trouble(error) from error
        except aiohttp.ClientConnectorError as error:
            raise NotSent(str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error
        except (AttributeError, UnicodeDecodeError) as error:
            # So slack_sdk stumbles over JSON that is no object, and over what is no text.
            raise OutcomeUnknown("what answered is not Slack (a proxy?)") from error


def _trouble(refusal: SlackApiError) -> SlackTrouble:
    """Slack's answer as one of our errors."""
    status, data = said.status(refusal), said.data(refusal)
    error = said.word(refusal) or f"HTTP {status}"
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return RateLimited(_seconds(said.header(refusal, "Retry-After")))
    if status >= 500 or not data or error in _SLACKS_TROUBLE:
        return OutcomeUnknown(error)
    reasons = data.get("errors", ()) or data.get("response_metadata", {}).get("messages", ())
    detail = "; ".join(map(str, reasons))
    if error in _NO_SUCH_MESSAGE:
        return NoSuchMessage(error, detail)
    if error in _NO_SUCH_CHANNEL:
        return NoSuchChannel(error, detail)
    return Refused(error, detail)


def _seconds(header: str | None) -> float:
    """Retry-After in seconds, an hour at most; 30 where the header is missing or no number (Slack sends whole seconds)."""
    try:
        seconds = float(header or 30)
    except ValueError:
        return 30.0
    return max(0.0, min(seconds, 3600.0)) if math.isfinite(seconds) else 30.0
