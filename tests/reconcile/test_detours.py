"""Detours: a message whose channel is closed stands in the default one, says so, and goes on saying it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.routing.route import Route, Routes
from bot.store import operator_alerts
from tests.reconcile.scene import Scene


def shown(message: Any) -> str:
    """All that a message shows."""
    return json.dumps([message.text, message.blocks, message.attachments], ensure_ascii=False)


def alerts(stage: Scene) -> list[Any]:
    """The roots that tell of the service."""
    return [one for one in stage.roots() if "OOM Guard itself" not in one.text]


@pytest.mark.parametrize(
    ("closed", "channel", "words"),
    [
        pytest.param("archived", None, "(it is archived): unarchive it, or change the route", id="archived"),
        pytest.param("left", None, "(I am not a member): `/invite @OOM Guard` there", id="never invited"),
        pytest.param(
            "", "no-such-team", "#no-such-team could not be reached (there is none", id="a wrong name"
        ),
        pytest.param("", "C0NOSUCH", "<#C0NOSUCH> could not be reached (there is none", id="a wrong id"),
    ],
)
async def test_the_message_says_where_it_should_be(
    stage: Scene, closed: str, channel: str | None, words: str
) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    payments.is_archived = closed == "archived"
    if closed == "left":
        manifest = stage.slack.workspace.manifest
        scopes = manifest.scopes - {"chat:write.public"}
        stage.slack.workspace.manifest = replace(manifest, scopes=scopes)
    stage.routes = Routes(stage.routes.default, (Route(channel=channel or payments.id, name="checkout*"),))
    await stage.kill("a")
    await stage.passes()
    [alert] = alerts(stage)
    assert words in shown(alert)
    await stage.kill("b")
    await stage.passes(after=60)
    assert "2 kills" in alert.text
    assert words in shown(alert)
    [told] = [one for one in stage.roots() if "OOM Guard itself" in one.text]
    assert (channel or payments.id) in told.text


async def test_a_later_incident_goes_where_it_belongs_once_the_channel_is_open(stage: Scene) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    payments.is_archived = True
    stage.routes = Routes(stage.routes.default, (Route(channel=payments.id),))
    await stage.kill("a")
    await stage.passes()
    payments.is_archived = False
    await stage.kill("b")
    await stage.passes(after=60)
    [alert] = alerts(stage)
    assert "2 kills" in alert.text  # a message does not wander
    assert stage.roots("team-payments") == []


async def test_operators_hear_of_a_closed_chinese_channel_in_their_own_language(stage: Scene) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    payments.is_archived = True
    stage.routes = Routes(stage.routes.default, (Route(channel=payments.id, language="zh-CN"),))
    await stage.kill("a")
    await stage.passes()
    [alert] = alerts(stage)
    assert "内存不足" in shown(alert)
    [told] = [one for one in stage.roots() if "OOM Guard itself" in one.text]
    assert "Slack does not let me post to channel" in told.text


async def test_the_default_channel_alone_makes_no_detour(stage: Scene) -> None:
    stage.slack.workspace.channel_named("oom-alerts").is_archived = True
    await stage.kill("a")
    await stage.passes()
    assert stage.calls("chat.postMessage") == 1
    assert await stage.db.read(operator_alerts.get, 1) is None


async def test_where_all_are_closed_the_first_that_opens_has_it(stage: Scene) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    stage.slack.workspace.channel_named("oom-alerts").is_archived = payments.is_archived = True
    stage.routes = Routes(stage.routes.default, (Route(channel=payments.id),))
    await stage.kill("a")
    await stage.passes()
    payments.is_archived = False
    await stage.live(700)
    [alert] = stage.roots("team-payments")
    assert "could not be reached" not in shown(alert)
