"""The manifest that people install is the one the sandbox obeys, and it keeps to Slack's limits."""

import re
from typing import Any

import pytest
import yaml

from sandbox.slack.catalogue import METHODS
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_parts import MANIFEST

SOCKET_MANIFEST = MANIFEST.with_name("manifest-socket.yaml")
ROOT = MANIFEST.parents[2]
SCOPES_OF_EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "channel_unarchive": ("channels:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
}
HOST = "https://oom-guard.example.com/slack/events"


@pytest.fixture
def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load(MANIFEST.read_text()))


def test_names_and_texts_are_as_long_as_slack_allows(manifest: dict[str, Any]) -> None:
    about, features = manifest["display_information"], manifest["features"]
    [command] = features["slash_commands"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(features["bot_user"]["display_name"]) <= 80
    assert command["command"].startswith("/")
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000


def test_everything_arrives_at_one_door(manifest: dict[str, Any]) -> None:
    [command], settings = manifest["features"]["slash_commands"], manifest["settings"]
    interactivity = settings["interactivity"]
    urls = [command["url"], settings["event_subscriptions"]["request_url"], interactivity["request_url"]]
    assert {*urls, interactivity["message_menu_options_url"]} == {
        HOST
    }  # the last is what external menus need


def test_every_scope_has_its_reason_beside_it() -> None:
    lines = MANIFEST.read_text().split("    bot:\n")[1].split("settings:")[0].splitlines()
    assert len(lines) == len(Manifest.load(MANIFEST).scopes)
    assert all(" # " in line for line in lines)


def called_by_the_bot() -> set[str]:
    """The Web API methods whose client functions the bot's code calls."""
    client_names = {method.replace(".", "_"): method for method in METHODS}
    code = "\n".join(
        path.read_text() for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")
    )
    return {client_names[name] for name in re.findall(r"client\.(\w+)\(", code) if name in client_names}


def test_the_methods_that_the_bot_calls_are_found() -> None:
    files = {"files.getUploadURLExternal", "files.completeUploadExternal", "files.info"}
    others = {"chat.postMessage", "chat.update", "conversations.history", "views.open"}
    assert called_by_the_bot() >= files | others


def test_the_app_asks_for_the_scopes_that_it_uses_and_no_others() -> None:
    loaded = Manifest.load(MANIFEST)
    # It speaks to single people, and asks about channels alone; connections are the app-level token's.
    other = ("mpim:", "im:read", "connections:")
    of_methods = {scope for method in called_by_the_bot() for scope in METHODS[method].scopes}
    of_events = {scope for event in loaded.bot_events for scope in SCOPES_OF_EVENTS[event]}
    wanted = {scope for scope in of_methods | of_events if not scope.startswith(other)}
    of_fields = {"users:read.email"}  # of users.info: without it the profile comes without an e-mail
    assert loaded.scopes == wanted | of_fields | {"commands", "chat:write.public"}


def test_every_event_that_is_asked_for_is_listened_to() -> None:
    code = "".join(path.read_text() for path in (ROOT / "handlers").glob("*.py"))
    assert all(f'"{event}"' in code for event in Manifest.load(MANIFEST).bot_events)


def test_in_socket_mode_the_app_is_the_same_but_for_the_way_in(manifest: dict[str, Any]) -> None:
    in_socket_mode = yaml.safe_load(SOCKET_MANIFEST.read_text())
    assert HOST not in SOCKET_MANIFEST.read_text()
    for command in manifest["features"]["slash_commands"]:
        del command["url"]
    del manifest["settings"]["event_subscriptions"]["request_url"]
    for name in ("request_url", "message_menu_options_url"):
        del manifest["settings"]["interactivity"][name]
    manifest["settings"]["socket_mode_enabled"] = True
    assert in_socket_mode == manifest
