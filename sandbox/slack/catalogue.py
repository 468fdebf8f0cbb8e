"""The catalogue: every Web API method that exists here, what it needs and which arguments it takes.

An argument is written `name`, `name!` (required) or `name:kind`; the kinds are str (the default), bool, int, list,
dict (the latter two travel as JSON) and ts. Anything else sent is refused.
"""

from dataclasses import dataclass, field
from typing import Literal

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
MESSAGE = "channel! text markdown_text blocks:list attachments:list metadata:dict thread_ts:ts parse link_names:bool"
POST = f"{MESSAGE} reply_broadcast:bool unfurl_links:bool unfurl_media:bool mrkdwn:bool username icon_emoji icon_url"
PAGE = "cursor limit:int"
RANGE = f"channel! {PAGE} inclusive:bool latest oldest include_all_metadata:bool"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Method:
    """One method: any of `scopes` (none: no scope needed), the tier of its rate limit (None: special)."""

    scopes: tuple[str, ...]
    tier: int | None
    signature: str
    caller: Literal["bot", "app"] = "bot"  # whose token it takes
    takes_json: bool = True
    arguments: dict[str, Argument] = field(init=False)

    def __post_init__(self) -> None:
        """Read the signature."""
        words = [word.partition(":") for word in self.signature.split()]
        read = [Argument(name.rstrip("!"), kind or "str", name.endswith("!")) for name, _, kind in words]
        object.__setattr__(self, "arguments", {argument.name: argument for argument in read})


METHODS: dict[str, Method] = {
    "auth.test": Method((), None, ""),
    # Its page says tier 1, "1+ a minute"; an app that Slack asks to reconnect must be able to at once.
    "apps.connections.open": Method(("connections:write",), None, "", caller="app"),
    "blocks.validate": Method((), None, "blocks:list view:dict message:dict"),
    "bots.info": Method(("users:read",), 3, "bot", takes_json=False),
    "chat.postMessage": Method(("chat:write",), None, POST),
    "chat.postEphemeral": Method(("chat:write",), 4, f"{MESSAGE} user! username icon_emoji icon_url"),
    "chat.update": Method(("chat:write",), 3, f"ts!:ts {MESSAGE} reply_broadcast:bool file_ids:list"),
    "chat.delete": Method(("chat:write",), 3, "channel! ts!:ts"),
    "chat.getPermalink": Method((), None, "channel! message_ts!:ts", takes_json=False),
    "conversations.info": Method(
        READ, 3, "channel! include_num_members:bool include_locale:bool", takes_json=False
    ),
    "conversations.list": Method(READ, 2, f"{PAGE} types exclude_archived:bool", takes_json=False),
    "conversations.members": Method(READ, 4, f"channel! {PAGE}", takes_json=False),
    "conversations.history": Method(HISTORY, 3, RANGE),
    "conversations.replies": Method(HISTORY, 3, f"{RANGE} ts!:ts", takes_json=False),
    "conversations.join": Method(("channels:join",), 3, "channel!"),
    "conversations.open": Method(
        ("im:write", "mpim:write"), 3, "channel users return_im:bool prevent_creation:bool"
    ),
    "files.getUploadURLExternal": Method(
        ("files:write",), 4, "filename! length!:int alt_txt snippet_type", takes_json=False
    ),
    "files.completeUploadExternal": Method(
        ("files:write",), 4, "files!:list channel_id channels initial_comment thread_ts:ts blocks:list"
    ),
    "files.info": Method(("files:read",), 4, f"file! {PAGE} count:int page:int", takes_json=False),
    "files.delete": Method(("files:write",), 3, "file!"),
    "reactions.add": Method(("reactions:write",), 3, "channel! name! timestamp!:ts"),
    "reactions.remove": Method(("reactions:write",), 2, "channel name! timestamp:ts file file_comment"),
    "team.info": Method(("team:read",), 3, "team domain", takes_json=False),
    "usergroups.list": Method(
        ("usergroups:read",),
        2,
        "include_users:bool include_count:bool include_disabled:bool",
        takes_json=False,
    ),
    "usergroups.users.list": Method(
        ("usergroups:read",), 2, "usergroup! include_disabled:bool", takes_json=False
    ),
    "users.info": Method(("users:read",), 4, "user! include_locale:bool", takes_json=False),
    "users.list": Method(("users:read",), 2, f"{PAGE} include_locale:bool", takes_json=False),
    "users.lookupByEmail": Method(("users:read.email",), 3, "email!", takes_json=False),
    "views.open": Method((), 4, "view!:dict trigger_id interactivity_pointer"),
    "views.push": Method((), 4, "view!:dict trigger_id interactivity_pointer"),
    "views.update": Method((), 4, "view!:dict view_id external_id hash"),
    "views.publish": Method((), 4, "view!:dict user_id! hash"),
}
