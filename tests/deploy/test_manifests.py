"""Slack's manifests keep to Slack's schema, by the limits that its documentation gives; nothing unknown is in them.

The schema of slackapi/manifest-schema is not on the registry; these are its rules for what we use.
"""

from typing import Any

import jsonschema
import pytest
import yaml

from bot.domain.command.command import Misuse
from bot.domain.command.grammar import parse
from bot.domain.command.verb import VERBS
from bot.slack.scopes import NEEDED
from tests.deploy.template import ROOT

FOLDER = ROOT / "deploy" / "slack"
MANIFESTS = sorted(FOLDER.glob("manifest*.yaml"))
URL = {"type": "string", "pattern": "^https://", "maxLength": 3500}
YES_OR_NO = {"type": "boolean"}


def text(most: int, least: int = 1, **more: str) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def record(required: str = "", **fields: Any) -> dict[str, Any]:
    """An object with these fields and no others."""
    return {
        "type": "object",
        "properties": fields,
        "required": required.split(),
        "additionalProperties": False,
    }


def several(one: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": one, "maxItems": most, "uniqueItems": True}


COMMAND = record(
    "command description",
    command=text(32, 2, pattern="^/[a-z0-9_-]+$"),
    description=text(2000),
    usage_hint=text(1000),
    url=URL,
    should_escape=YES_OR_NO,
)
SHORTCUT = record(
    "name callback_id description type",
    name=text(24),
    callback_id=text(255),
    description=text(150),
    type={"enum": ["message", "global"]},
)
APP_HOME = record(
    home_tab_enabled=YES_OR_NO, messages_tab_enabled=YES_OR_NO, messages_tab_read_only_enabled=YES_OR_NO
)
SETTINGS = record(
    event_subscriptions=record(request_url=URL, bot_events=several(text(100), 100)),
    interactivity=record("is_enabled", is_enabled=YES_OR_NO, request_url=URL, message_menu_options_url=URL),
    org_deploy_enabled=YES_OR_NO,
    socket_mode_enabled=YES_OR_NO,
    token_rotation_enabled=YES_OR_NO,
)
SCHEMA = record(
    "_metadata display_information features oauth_config settings",
    _metadata=record(major_version={"enum": [1, 2]}, minor_version={"type": "integer"}),
    display_information=record(
        "name",
        name=text(35),
        description=text(140),
        long_description=text(4000, 175),
        background_color=text(7, 4, pattern="^#([0-9a-fA-F]{3}){1,2}$"),
    ),
    features=record(
        app_home=APP_HOME,
        bot_user=record("display_name", display_name=text(80), always_online=YES_OR_NO),
        slash_commands=several(COMMAND, 50),
        shortcuts=several(SHORTCUT, 10),
    ),
    oauth_config=record(scopes=record(bot=several(text(100, pattern="^[a-z._:]+$"), 255))),
    settings=SETTINGS,
)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_keeps_to_the_schema(path: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_over_http_all_have_an_address_and_in_socket_mode_none(path: Any) -> None:
    manifest = yaml.safe_load(path.read_text())
    in_socket_mode = manifest["settings"]["socket_mode_enabled"]
    assert ("https://" in path.read_text().split("_metadata")[1]) is not in_socket_mode
    assert all(("url" in one) is not in_socket_mode for one in manifest["features"]["slash_commands"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"display_information": {"name": "x" * 36}}, id="a name too long"),
        pytest.param({"settings": {"socket_mode": True}}, id="a slip of the pen"),
        pytest.param(
            {"features": {"slash_commands": [{"command": "oom", "description": "x"}]}}, id="no slash"
        ),
    ],
)
def test_the_schema_itself(change: dict[str, Any]) -> None:
    manifest = yaml.safe_load(MANIFESTS[0].read_text()) | change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(manifest)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_the_bot_knows_the_scopes_that_it_needs(path: Any) -> None:
    """At run time there is no deploy/ beside it: the doctor compares with its own list."""
    assert set(yaml.safe_load(path.read_text())["oauth_config"]["scopes"]["bot"]) == set(NEEDED)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_the_hint_offers_every_verb_in_its_order(path: Any) -> None:
    (command,) = yaml.safe_load(path.read_text())["features"]["slash_commands"]
    offered = command["usage_hint"].split(" | ")
    assert [one.split()[0] for one in offered] == [verb.name for verb in VERBS]
    typed = [one.replace("<task>", "checkout").replace("[7d]", "7d") for one in offered if " " in one]
    assert [one for one in typed if isinstance(parse(one), Misuse)] == []
