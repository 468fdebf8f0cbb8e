"""The workspace: Acme's people and channels, and the keys that the app was given when it was installed."""

import re
import secrets
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.slack.conversation import Channel, Message
from sandbox.slack.manifest import Manifest
from sandbox.slack.people import BOT_USER, SLACKBOT, User, UserGroup, groups, staff
from sandbox.slack.refusal import Refusal

HANDLE = re.compile(r"(?<![\w&/])([@#])([a-z0-9][a-z0-9._-]*[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Made anew at each start; worth nothing outside."""

    bot_token: str = field(default_factory=lambda: f"xoxb-sandbox-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-1-sandbox-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))


def escaped(text: str) -> str:
    """Text without any meaning in Slack's markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Workspace:
    """Everybody and everything that is said, in memory."""

    def __init__(self, clock: Clock, manifest: Manifest) -> None:
        """Found the workspace: people, groups, four channels."""
        self.clock = clock
        self.manifest = manifest
        self._last_ts = 0
        self.users: dict[str, User] = {user.id: user for user in staff()}
        self.groups: dict[str, UserGroup] = {group.id: group for group in groups()}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in self._channels()}

    def _channels(self) -> list[Channel]:
        everybody = [user.id for user in self.users.values() if not user.is_bot]
        payments = ["U0ALICE", "U0BOB"]
        made = int(self.clock.time())
        return [
            Channel(
                id="C0GENERAL", name="general", members=everybody, topic="Company-wide news", created=made
            ),
            Channel(
                id="C0OOMALERTS",
                name="oom-alerts",
                members=[*everybody, BOT_USER],
                topic="What ran out of memory in ECS",
                created=made,
            ),
            Channel(id="C0PAYMENTS", name="team-payments", members=[*payments, "U0CHEN"], created=made),
            Channel(
                id="G0WARROOM", name="payments-war-room", members=payments, is_private=True, created=made
            ),
        ]

    def next_ts(self) -> str:
        """A time stamp that no message has: seconds since 1970 with six decimals, always growing."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.time() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel_named(self, name: str) -> Channel:
        """The channel of that name; KeyError if there is none."""
        found = next((c for c in self.channels.values() if c.name == name and not c.im_user), None)
        if found is None:
            raise KeyError(name)
        return found

    def channel_for_bot(self, reference: str) -> Channel:
        """The channel that the bot means by an id, a public channel's name or a user's id."""
        if reference in self.users:
            return self.im_with(reference)
        name = reference.removeprefix("#")
        by_name = (c for c in self.channels.values() if c.name == name and c.kind == "public_channel")
        channel = self.channels.get(reference) or next(by_name, None)
        if channel is None or not channel.seen_by(BOT_USER):
            raise Refusal("channel_not_found")
        return channel

    def im_with(self, user: str) -> Channel:
        """The direct message between the bot and a person, opened if need be."""
        if user not in self.users or self.users[user].is_bot:
            raise Refusal("channel_not_found" if user not in self.users else "cannot_dm_bot")
        channel_id = f"D{user[1:]}"
        if channel_id not in self.channels:
            made = int(self.clock.time())
            name = self.users[user].name
            self.channels[channel_id] = Channel(
                id=channel_id, name=name, members=[user, BOT_USER], im_user=user, created=made
            )
        return self.channels[channel_id]

    def say(self, channel: Channel, message: Message) -> Message:
        """Put a message into a channel."""
        channel.messages[message.ts] = message
        return message

    def whisper(self, channel: Channel, user: str, text: str) -> Message:
        """What Slackbot tells one person, "Only visible to you"."""
        said = Message(ts=self.next_ts(), user=SLACKBOT, text=text, ephemeral_for=user)
        return self.say(channel, said)

    def typed(self, text: str) -> str:
        """What a person typed, as Slack stores it: escaped, with handles turned into mentions."""
        return HANDLE.sub(self._mention, escaped(text))

    def _mention(self, match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "#":
            channels = (c for c in self.channels.values() if c.name == name and not c.im_user)
            return next((f"<#{c.id}|{c.name}>" for c in channels), match[0])
        mentions = {group.handle: f"<!subteam^{group.id}>" for group in self.groups.values()}
        mentions |= {user.name: f"<@{user.id}>" for user in self.users.values()}
        mentions |= {word: f"<!{word}>" for word in ("here", "channel", "everyone")}
        return mentions.get(name, match[0])
