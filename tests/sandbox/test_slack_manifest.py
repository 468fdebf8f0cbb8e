"""The manifest that people install is the one the sandbox obeys, and it keeps to Slack's limits."""

from typing import Any

import pytest
import yaml

from sandbox.slack.catalogue import METHODS
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_parts import MANIFEST

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
