"""Events: what happens in the workspace, told to the app if it subscribed, again and again if it does not listen."""

import asyncio
import secrets

from sandbox.slack import limits
from sandbox.slack.conversation import Channel, Json
from sandbox.slack.courier import Courier, Delivery
from sandbox.slack.people import APP_ID, BOT_USER, TEAM_ID
from sandbox.slack.refusal import Unheard
from sandbox.slack.workspace import Credentials, Workspace

REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}


class Events:
    """Sends events in the background."""

    def __init__(self, workspace: Workspace, courier: Courier, credentials: Credentials) -> None:
        """Tell what happens in this workspace through this courier."""
        self._workspace, self._courier, self._credentials = workspace, courier, credentials
        self._under_way: set[asyncio.Task[None]] = set()

    def emit(self, event: Json) -> None:
        """Tell the app of an event, if its manifest asks for this type."""
        if event["type"] not in self._workspace.manifest.bot_events:
            return
        task = asyncio.create_task(self._send(event | {"event_ts": self._workspace.next_ts()}))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def joined(self, channel: Channel, member: str, inviter: str = "") -> None:
        """Tell the app that somebody, perhaps itself, is in a channel that it is in."""
        if channel.im_user or BOT_USER not in channel.members:
            return
        event = {"type": "member_joined_channel", "user": member, "channel": channel.id, "team": TEAM_ID}
        kind = {"channel_type": "G" if channel.is_private else "C"}
        self.emit(event | kind | ({"inviter": inviter} if inviter else {}))

    def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()

    async def _send(self, event: Json) -> None:
        """Send, then retry at once, after a minute and after five more."""
        authorization = {"enterprise_id": None, "team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True}
        payload = {
            "token": self._credentials.verification_token,
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(self._workspace.clock.time()),
            "authorizations": [authorization | {"is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        headers: dict[str, str] = {}
        for number, pause in enumerate((*limits.EVENT_RETRY_SECONDS, None), 1):
            title = f"event {event['type']}" + (f" (retry {number - 1})" if number > 1 else "")
            try:
                await self._courier.deliver(
                    Delivery(kind="events_api", name=title, title=title, payload=payload, headers=headers)
                )
            except Unheard as unheard:
                if unheard.final:
                    return
                reason = REASONS.get(unheard.error, "unknown_error")
                headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            else:
                return
            if pause is not None:
                await self._workspace.clock.sleep(pause)
