"""Scopes: what the app must be allowed in Slack, and why; deploy/slack has the same list."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.telling.language import mark

NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "commands": mark("/oom"),
        "chat:write": mark("post alerts and keep them up to date"),
        "chat:write.public": mark("post to a public channel without being invited first"),
        "channels:read": mark("hear that a public channel came back, and look at it here"),
        "groups:read": mark("the same for private channels"),
        "channels:history": mark("find its own alert again after a crash, so that it never posts one twice"),
        "groups:history": mark("the same in private channels"),
        "im:write": mark("open the conversation with a person who wishes to be told something directly"),
        "im:history": mark(
            "find its own direct message again after a crash, so that it never sends one twice"
        ),
        "app_mentions:read": mark("be asked in a thread, where slash commands do not work"),
        "usergroups:read": mark("who is in the user groups that POLICY names"),
        "users:read": mark("who somebody is"),
        "users:read.email": mark("whose e-mail POLICY names"),
        "files:write": mark("upload the memory chart of an alert"),
        "files:read": mark("know when that chart is ready to be shown"),
    }
)
VITAL = frozenset({"commands", "chat:write"})  # without them there is no alert, or no answer
