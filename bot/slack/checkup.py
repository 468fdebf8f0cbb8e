"""Slack's part of a checkup: token, scopes, Socket Mode, channels. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.checkup.checkup import Area, Check, broken, ok, unseen, warning
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses
from bot.slack import said
from bot.slack.scopes import NEEDED, VITAL

_APP_PAGE = "https://api.slack.com/apps"


@dataclass(frozen=True, slots=True)
class Introduced:
    """How Slack greets our token: its lines, and Slack's clock where it told it."""

    checks: list[Check]
    slack_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlackProbe:
    """Looks at Slack as the bot sees it."""

    client: AsyncWebClient
    app_token: str = field(repr=False)

    async def token(self) -> Introduced:
        """Whose token it is, and what it may."""
        what = say("Bot token")
        try:
            answer = await self.client.auth_test()
        except SlackApiError as error:
            return Introduced([_refused(what, error)])
        except (aiohttp.ClientError, TimeoutError) as error:
            return Introduced([_unreachable(what, error)])
        told: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
        whose = say("@{user} in {team}", user=str(told.get("user", "?")), team=str(told.get("team", "?")))
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        lines = [ok(Area.SLACK, what, whose), _scopes(headers.get("x-oauth-scopes"))]
        return Introduced(lines, _moment(headers.get("date", "")))

    async def socket(self) -> Check:
        """Whether Slack lets the app call in; the address that it gives is not used, and ends by itself."""
        what = say("Socket Mode token")
        try:
            await self.client.apps_connections_open(app_token=self.app_token)
        except SlackApiError as error:
            fix = say(
                "Make an app-level token with connections:write (Basic Information), put it into SLACK_APP_TOKEN, and switch Socket Mode on."
            )
            return broken(Area.SLACK, what, _word(error), fix, _APP_PAGE)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _unreachable(what, error)
        return ok(Area.SLACK, what, say("Slack takes it"))

    async def channel(self, channel: str, role: str) -> Check:
        """Whether the bot can post there. `role` says what it is for."""
        what = say("Channel {channel} ({role})", channel=channel, role=role)
        try:
            answer = await self.client.conversations_info(channel=channel)
        except SlackApiError as error:
            return _closed(what, channel, error)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _unreachable(what, error)
        found: Mapping[str, Any] = answer.get("channel") or {}
        name = f"#{found.get('name', channel)}"
        what = say("Channel {channel} ({role})", channel=name, role=role)
        if found.get("is_archived"):
            fix = say("Unarchive {name} in Slack, or change the route.", name=name)
            return broken(Area.SLACK, what, say("archived"), fix)
        if found.get("is_member"):
            return ok(Area.SLACK, what, say("a member"))
        if found.get("is_private"):
            fix = say("Invite the app in the channel.")
            return broken(Area.SLACK, what, say("private, and not a member"), fix, "/invite @OOM Guard")
        found_out = say("public, and not a member: after a crash an alert may be posted twice")
        return warning(
            Area.SLACK, what, found_out, say("Invite the app in the channel."), "/invite @OOM Guard"
        )


def _scopes(header: str | None) -> Check:
    what = say("Scopes")
    if header is None:
        return unseen(Area.SLACK, what, say("Slack did not tell them"))
    missing = sorted(set(NEEDED) - {one.strip() for one in header.split(",")})
    if not missing:
        return ok(Area.SLACK, what, say("all {n} that the manifest names", n=len(NEEDED)))
    told = clauses(say("{words} ({more})", words=one, more=say(NEEDED[one])) for one in missing)
    fix = say(
        "Put the scopes of deploy/slack/manifest.yaml into the app (OAuth & Permissions), and install it to the workspace again."
    )
    make = broken if VITAL & set(missing) else warning
    return make(Area.SLACK, what, say("missing: {scopes}", scopes=told), fix, _APP_PAGE)


def _refused(what: str, error: SlackApiError) -> Check:
    word = _word(error)
    if word in ("ratelimited", "rate_limited", "HTTP 429"):
        return unseen(Area.SLACK, what, say("Slack asks to wait"), say("Try again in a minute."))
    fix = say("Copy the Bot User OAuth Token (OAuth & Permissions) into SLACK_BOT_TOKEN, and restart.")
    return broken(Area.SLACK, what, say("Slack refuses it: {word}", word=word), fix, _APP_PAGE)


def _closed(what: str, channel: str, error: SlackApiError) -> Check:
    word = _word(error)
    if word == "channel_not_found" and not channel.startswith(("C", "G")):
        found = say("settings name it, and only an id can be looked at")
        fix = say("Write its id (C…, at the end of the channel's details in Slack) in place of its name.")
        return unseen(Area.SLACK, what, found, fix)
    if word == "missing_scope":
        return unseen(Area.SLACK, what, say("no scope to look at it (channels:read, groups:read)"))
    if word in ("ratelimited", "rate_limited", "HTTP 429"):
        return unseen(Area.SLACK, what, say("Slack asks to wait"), say("Try again in a minute."))
    fix = say("Check the id in the settings; a private channel must invite the app.")
    return broken(Area.SLACK, what, say("Slack says {word}", word=word), fix, "/invite @OOM Guard")


def _unreachable(what: str, error: Exception) -> Check:
    fix = say("Check that the bot may reach slack.com (port 443, proxy, DNS), and https://slack-status.com.")
    return broken(
        Area.SLACK,
        what,
        say("Slack does not answer: {error}", error=str(error)[:200] or say("too slow")),
        fix,
    )


def _word(error: SlackApiError) -> str:
    return (said.word(error) or f"HTTP {said.status(error)}")[:80]


def _moment(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (TypeError, ValueError):
        return None
