"""Gestures: pressing buttons, choosing from menus, filling in and closing modals, opening the Home tab."""

from typing import Any

from sandbox.slack.conversation import Json
from sandbox.slack.courier import Delivery
from sandbox.slack.human import Verb, Wires
from sandbox.slack.people import TEAM_DOMAIN, TEAM_ID
from sandbox.slack.places import Place, Places, app_fields
from sandbox.slack.refusal import Nonsense, Refusal, Unheard
from sandbox.slack.screen import chosen, complaints, find, merged
from sandbox.slack.views import View, Views
from sandbox.slack.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


class Gestures:
    """What people do to blocks."""

    def __init__(self, workspace: Workspace, views: Views, places: Places, wires: Wires) -> None:
        """Act on these screens."""
        self._workspace, self._views, self._places, self._wires = workspace, views, places, wires
        self._offered: dict[tuple[str, str, str], list[Json]] = {}  # by user, block_id, action_id

    def verbs(self) -> dict[str, Verb]:
        """Everything that can be done here, by name."""
        return {
            "action": self.action,
            "options": self.options,
            "submit": self.submit,
            "close": self.close,
            "home": self.home,
        }

    async def action(self, body: Json) -> Json:
        """Press or choose one element."""
        user, place = self._at(body)
        block, element = find(place.all_blocks(), body.get("block_id", ""), body.get("action_id", ""))
        ids = (block["block_id"], element["action_id"])
        value = chosen(element, body.get("value") or {}, self._offered.get((user, *ids), []), self._workspace)
        touched = {ids[0]: {ids[1]: value | {"type": element["type"]}}}
        self._remember(user, place, body.get("state") or {}, touched)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return {}
        act = {"type": element["type"], "block_id": ids[0], "action_id": ids[1]} | value
        act["action_ts"] = self._workspace.next_ts()
        payload = self._payload("block_actions", user, place) | place.told
        payload |= {"container": place.describe(block), "actions": [act]}
        payload |= {"trigger_id": self._wires.triggers.give(user)}
        await self._tell("block_actions", f"{element['type']} {ids[1]}", payload)
        return {}

    def _at(self, body: Json) -> tuple[str, Place]:
        user = self._workspace.users.get(body.get("user", ""))
        if user is None or user.is_bot:
            raise Nonsense("Nobody of that name works here.")
        return user.id, self._places.find(user.id, body.get("container") or {})

    def _remember(self, user: str, place: Place, *typed: Json) -> None:
        """Keep what was typed, where it belongs."""
        place.state = merged(place.all_blocks(), place.state, *typed)
        if place.view:
            place.view.state = place.state
        if place.message:
            place.message.states[user] = place.state

    def _payload(self, kind: str, user: str, place: Place) -> Json:
        name = self._workspace.users[user].name
        payload: Json = {"type": kind, "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN}, **app_fields()}
        payload["user"] = {"id": user, "username": name, "name": name, "team_id": TEAM_ID}
        payload["token"] = self._wires.credentials.verification_token
        if place.view:
            return payload | {"view": place.view.api()}
        return payload | {"state": {"values": place.state}}

    async def _tell(self, name: str, title: str, payload: Json) -> Json:
        """Deliver, or tell the person that it did not work."""
        try:
            return await self._wires.courier.deliver(
                Delivery(kind="interactive", name=name, title=title, payload=payload)
            )
        except Unheard as unheard:
            raise Nonsense(f"{TROUBLE} ({unheard.error}: {unheard.detail})") from unheard

    async def options(self, body: Json) -> Json:
        """Type into an external select: the app offers options."""
        user, place = self._at(body)
        block, element = find(place.all_blocks(), body.get("block_id", ""), body.get("action_id", ""))
        if "external" not in element["type"]:
            raise Nonsense("That menu does not ask the app for options.")
        payload = self._payload("block_suggestion", user, place) | place.told
        payload = {k: v for k, v in payload.items() if k not in ("response_url", "state")}
        payload |= {"block_id": block["block_id"], "action_id": element["action_id"]}
        payload |= {"container": place.describe(block), "value": str(body.get("query", ""))}
        answer = await self._tell("block_suggestion", f"{element['action_id']}: {payload['value']}", payload)
        try:
            self._views.rulebook.check_options(answer)
        except Refusal as refusal:
            self._wires.courier.complain("block_suggestion", refusal.sentence(), answer)
            raise Nonsense(f"No results ({refusal.sentence()})") from refusal
        groups = answer.get("option_groups") or []
        offered = [
            *(answer.get("options") or []),
            *(option for group in groups for option in group["options"]),
        ]
        self._offered[user, block["block_id"], element["action_id"]] = offered
        return {key: answer[key] for key in ("options", "option_groups") if key in answer} or {"options": []}

    async def submit(self, body: Json) -> Json:
        """Press a modal's submit button."""
        user = str(body.get("user", ""))
        view = self._places.view(user, str(body.get("view_id", "")))
        if view.content["submit"] is None:
            raise Nonsense("That dialog has no submit button.")
        if view.busy:
            raise Nonsense("That dialog is being sent already.")
        view.state = merged(view.blocks, view.state, body.get("state") or {})
        view.errors = complaints(view.blocks, view.state)
        if view.errors:
            return {"errors": view.errors}
        place = self._places.find(user, {"type": "view", "view_id": view.id})
        payload = self._payload("view_submission", user, place)
        payload |= {"trigger_id": self._wires.triggers.give(user), "response_urls": []}
        view.busy = True
        try:
            answer = await self._tell("view_submission", f"submit {view.content['callback_id']}", payload)
        finally:
            view.busy = False
        self._respond(user, view, answer)
        return {"errors": view.errors} if view.errors else {}

    def _respond(self, user: str, view: View, answer: Json) -> None:
        """Do what the app answered to a submission: close, errors, update, push or clear."""
        stack = self._views.stacks[user]
        kind = answer.get("response_action")
        try:
            if not answer and view in stack:
                stack.remove(view)
            elif kind == "clear":
                stack.clear()
            elif kind == "errors":
                view.errors = _inputs_only(view, answer.get("errors"))
            elif kind == "update":
                self._views.replace(view, answer.get("view") or {})
            elif kind == "push":
                self._views.stack(user, answer.get("view") or {})
            elif answer:
                _refuse_action(answer)
        except Refusal as refusal:
            self._wires.courier.complain("view_submission", refusal.sentence(), answer)
            raise Nonsense(f"{TROUBLE} ({refusal.sentence()})") from refusal

    async def close(self, body: Json) -> Json:
        """Close the topmost modal with its cancel button; `all` (the x) or clear_on_close: the whole stack."""
        user = str(body.get("user", ""))
        view = self._places.view(user, str(body.get("view_id", "")))
        stack = self._views.stacks[user]
        cleared = bool(body.get("all") or view.content["clear_on_close"])
        closed = list(reversed(stack)) if cleared else [view]
        for one in closed:
            stack.remove(one)
        for one in closed:
            if one.content["notify_on_close"]:
                place = Place(blocks={0: one.blocks}, container={}, view=one)
                payload = self._payload("view_closed", user, place) | {"is_cleared": cleared}
                await self._tell("view_closed", f"close {one.content['callback_id']}", payload)
        return {}

    async def home(self, body: Json) -> Json:
        """Open the app's Home tab."""
        user = str(body.get("user", ""))
        if not self._workspace.manifest.has_home:
            raise Nonsense("The app has no Home tab.")
        channel = self._workspace.im_with(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": "home"}
        shown = self._views.homes.get(user)
        self._wires.events.emit(event | ({"view": shown.api()} if shown else {}))
        return {}


def _refuse_action(answer: Json) -> None:
    raise Refusal("invalid_response_action", messages=[str(answer.get("response_action"))])


def _inputs_only(view: View, errors: Any) -> dict[str, str]:
    """Errors can stand under input blocks only."""
    if not isinstance(errors, dict):
        raise Refusal("invalid_errors", messages=["errors must be an object"])
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or set(errors) - inputs:
        names = ", ".join(sorted(set(errors) - inputs)) or "none"
        raise Refusal("invalid_errors", messages=[f"errors must name input blocks of the view, not: {names}"])
    return errors
