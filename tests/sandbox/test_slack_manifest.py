"""The manifest that people install is the one the sandbox obeys, and it keeps to Slack's limits."""

from typing import Any

import pytest
import yaml

from sandbox.slack.catalogue import METHODS
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_parts import MANIFEST

SOCKET_MANIFEST = MANIFEST.with_name("manifest-socket.yaml")
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


def test_every_scope_lets_the_app_do_something_here() -> None:
    used = {scope for method in METHODS.values() for scope in method.scopes}
    beyond_methods = {"commands", "chat:write.public", "app_mentions:read"}
    assert Manifest.load(MANIFEST).scopes <= used | beyond_methods


def test_events_have_the_scopes_that_they_need() -> None:
    needs = {
        "app_mention": "app_mentions:read",
        "channel_archive": "channels:read",
        "channel_rename": "channels:read",
    }
    loaded = Manifest.load(MANIFEST)
    assert {scope for event, scope in needs.items() if event in loaded.bot_events} <= loaded.scopes


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
