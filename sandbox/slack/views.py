"""Views: modals in their stacks and Home tabs, by the views.* methods."""

import itertools
import secrets
from dataclasses import dataclass, field

from sandbox.slack import limits
from sandbox.slack.call import Call
from sandbox.slack.content import with_ids
from sandbox.slack.conversation import Json
from sandbox.slack.people import APP_ID, BOT_ID, TEAM_ID
from sandbox.slack.refusal import Refusal
from sandbox.slack.rulebook import Rulebook
from sandbox.slack.screen import merged
from sandbox.slack.triggers import Triggers
from sandbox.slack.webapi import Handler
from sandbox.slack.workspace import Workspace

OPTIONAL: Json = {
    "title": None,
    "submit": None,
    "close": None,
    "callback_id": "",
    "external_id": "",
    "private_metadata": "",
    "clear_on_close": False,
    "notify_on_close": False,
}


@dataclass(slots=True, kw_only=True)
class View:
    """A view as it stands on one person's screen."""

    id: str
    user: str
    hash: str
    root: str
    previous: str | None = None
    content: Json = field(default_factory=dict)
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    busy: bool = False

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, with ids."""
        return list(self.content["blocks"])

    def show(self, content: Json, new_hash: str) -> None:
        """Show something else; what was typed stays where block_id and action_id are the same."""
        self.content = OPTIONAL | content | {"blocks": with_ids(content["blocks"]) or []}
        self.hash = new_hash
        self.state = merged(self.blocks, self.state)
        self.errors = {}

    def api(self) -> Json:
        """The view as Slack sends it."""
        return self.content | {
            "id": self.id,
            "team_id": TEAM_ID,
            "state": {"values": self.state},
            "hash": self.hash,
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }


class Views:
    """What the app shows to each person beside messages."""

    def __init__(self, workspace: Workspace, triggers: Triggers, rulebook: Rulebook) -> None:
        """Begin with empty screens."""
        self._workspace, self._triggers, self.rulebook = workspace, triggers, rulebook
        self._numbers = itertools.count(1)
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {
            "views.open": self.open,
            "views.push": self.push,
            "views.update": self.update,
            "views.publish": self.publish,
        }

    async def open(self, call: Call) -> Json:
        """views.open: a new stack in place of an older one."""
        content = self._checked(call["view"], "modal")
        user = self._triggers.spend(call.get("trigger_id"))
        self.stacks[user] = []
        return {"view": self.stack(user, content).api()}

    async def push(self, call: Call) -> Json:
        """views.push: on top of the open modal."""
        content = self._checked(call["view"], "modal")
        user = self._triggers.spend(call.get("trigger_id"))
        if not self.stacks.get(user):
            raise Refusal("not_found")
        return {"view": self.stack(user, content).api()}

    def stack(self, user: str, content: Json) -> View:
        """Put a modal on a person's stack; Refusal beyond three."""
        stack = self.stacks.setdefault(user, [])
        if len(stack) >= limits.VIEW_STACK:
            raise Refusal("push_limit_reached")
        view = self._new(user, content)
        if stack:
            view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    async def update(self, call: Call) -> Json:
        """views.update: by view_id or external_id."""
        view = self._found(call)
        if call.get("hash") not in (None, view.hash):
            raise Refusal("hash_conflict")
        self.replace(view, call["view"])
        return {"view": view.api()}

    def replace(self, view: View, content: Json) -> None:
        """Show other content in an open view; Refusal if it breaks a rule."""
        view.show(self._checked(content, view.content["type"], replacing=view), self._hash())

    def _found(self, call: Call) -> View:
        wanted = [call.get("view_id"), call.get("external_id")]
        if sum(bool(one) for one in wanted) != 1:
            message = "[ERROR] must provide exactly one of `view_id` or `external_id`"
            raise Refusal("invalid_arguments", messages=[message])
        for view in self._all():
            if call.get("view_id") == view.id or (wanted[1] and wanted[1] == view.content["external_id"]):
                return view
        raise Refusal("not_found")

    async def publish(self, call: Call) -> Json:
        """views.publish: a person's Home tab."""
        user = self._workspace.users.get(call["user_id"])
        if user is None or user.is_bot:
            message = "[ERROR] invalid `user_id` [json-pointer:/user_id]"
            raise Refusal("invalid_arguments", messages=[message])
        if not self._workspace.manifest.has_home:
            raise Refusal("not_enabled")
        old = self.homes.get(user.id)
        content = self._checked(call["view"], "home", replacing=old)
        if call.get("hash") not in (None, old.hash if old else None):
            raise Refusal("hash_conflict")
        view = old or self._new(user.id, content)
        view.show(content, self._hash())
        self.homes[user.id] = view
        return {"view": view.api()}

    def _new(self, user: str, content: Json) -> View:
        view_id = f"V{next(self._numbers):08d}"
        view = View(id=view_id, user=user, hash="", root=view_id)
        view.show(content, self._hash())
        return view

    def _hash(self) -> str:
        return f"{int(self._workspace.clock.time())}.{secrets.token_hex(4)}"

    def _all(self) -> list[View]:
        return [*itertools.chain.from_iterable(self.stacks.values()), *self.homes.values()]

    def _checked(self, content: Json, kind: str, replacing: View | None = None) -> Json:
        """The content, if Slack would show it."""
        self.rulebook.check_view(content, kind)
        external_id = content.get("external_id")
        others = (view for view in self._all() if view is not replacing)
        if external_id and any(view.content["external_id"] == external_id for view in others):
            raise Refusal("duplicate_external_id")
        return content
