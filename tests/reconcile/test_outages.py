"""Limits and outages of Slack: the urgent first, no 429, honest about delays, and the truth in the end."""

import re

import pytest

from bot.domain.routing.route import Route, Routes
from bot.store import incidents, storms
from sandbox.slack import faults
from sandbox.slack.conversation import Channel
from sandbox.slack.people import BOT_USER
from sandbox.wire import Entry
from tests.reconcile.scene import Scene, kill
from tests.slack.block_kit import texts


async def test_roots_come_before_updates_before_replies(stage: Scene) -> None:
    await kill(stage, "old", 0)
    await stage.passes()
    recorded = [await kill(stage, f"new-{number}", 0) for number in range(4)]
    await kill(stage, "old", 1)
    await stage.clock.sleep(10)
    calls: list[str] = []
    stage.slack.wire.listeners.append(lambda entry: calls.append(kind_of(entry)))
    await stage.db.write(incidents.acknowledge, recorded[0], "U0BOB", stage.clock())
    await stage.passes()
    told = [call for call in calls if call]
    posts = [call for call in told if call != "update"]
    assert posts == ["root"] * 4 + ["reply"] * (len(posts) - 4)
    assert len(posts) == 4 + 5  # details of four, and the second kill of the old one


async def test_late_roots_say_so_and_why(stage: Scene) -> None:
    stage.slack.faults.down = True
    await kill(stage, "a", 0)
    await stage.passes()
    for _ in range(12):
        await stage.passes(after=5)
    stage.slack.faults.down = False
    for _ in range(12):
        await stage.passes(after=5)
    [root] = stage.roots()
    assert re.search(r"shown \d+ s late: Slack did not answer", "\n".join(texts(root.attachments)))
    await kill(stage, "a", 1)
    await stage.passes(after=60)
    assert "2 kills" in root.text
    assert "Slack did not answer" in str(stage.roots()[0].attachments)


async def test_the_queue_says_so_too(stage: Scene) -> None:
    for number in range(16):
        await kill(stage, f"s-{number}", 0, f"cluster-{number // 8}")
    await stage.passes()
    late = [root for root in stage.roots() if "late: Slack's limits" in str(root.attachments)]
    assert len(stage.roots()) == 16
    assert 4 <= len(late) <= 6  # from the eleventh second on


@pytest.mark.parametrize("retry_after", [pytest.param(7, id="short"), pytest.param(40, id="long")])
async def test_retry_after_holds_its_channel_and_no_other(stage: Scene, retry_after: int) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    stage.routes = Routes(stage.routes.default, (Route(channel=payments.id, name="pay"),))
    stage.slack.faults.next("chat.postMessage", faults.ratelimited(retry_after))
    await kill(stage, "first", 0)
    await stage.live(0.5)
    for service in ("second", "pay"):
        await kill(stage, service, 0)
    await stage.live(retry_after - 1)
    assert (len(stage.roots()), len(stage.roots("team-payments"))) == (0, 1)
    await stage.live(3)
    assert len(stage.roots()) == 2


async def test_slack_down_for_an_hour(stage: Scene) -> None:
    """Services of five channels die while Slack is away; when it is back, every channel gets the truth in its turn."""
    names = add_channels(stage, 5)
    calls: list[str] = []
    stage.slack.wire.listeners.append(lambda entry: calls.append(kind_of(entry)))
    stage.slack.faults.down = True
    for twenty_minutes in range(3):
        for number in range(60):  # twelve in each channel; in the first two all of one cluster
            channel = number % 5
            cluster = f"{channel}-{'storm' if channel < 2 else number // 20}"
            await kill(stage, f"{channel}-service-{number}", twenty_minutes, cluster)
        await stage.live(1200)
    assert len(calls) < 150  # it knocks every half a minute, and not once for each alert
    stage.slack.faults.down = False
    calls.clear()
    await stage.live(90)
    assert "429" not in calls
    for name in names:
        roots = stage.roots(name)
        assert sum(kills_in(root.text) for root in roots) == 12 * 3
        assert len(roots) == (1 if name in names[:2] else 12)
        assert all("Slack did not answer" in str(root.attachments) for root in roots)
    assert calls.count("root") == 2 + 3 * 12
    assert calls.count("look") <= 2 + 3 * 12


def add_channels(stage: Scene, count: int) -> list[str]:
    """Channels of teams, each with a route for the services that are named after it."""
    routes = []
    for number in range(count):
        channel = Channel(id=f"C0TEAM{number}", name=f"team-{number}", members=[BOT_USER], created=0)
        stage.slack.workspace.channels[channel.id] = channel
        routes.append(Route(channel=channel.id, name=f"{number}-*"))
    stage.routes = Routes(stage.routes.default, routes)
    return [f"team-{number}" for number in range(count)]


def kind_of(entry: Entry) -> str:
    """What a call to Slack was for; "429" where Slack refused it."""
    if entry.status == 429:
        return "429"
    if entry.kind == "chat.postMessage":
        return "reply" if "thread_ts" in str(entry.request) else "root"
    return {"chat.update": "update", "conversations.history": "look"}.get(entry.kind, "")


def kills_in(text: str) -> int:
    """The number of kills that a root tells."""
    found = re.search(r"([\d,]+) kills?\b", text)
    return int(found[1].replace(",", "")) if found else 0


async def test_what_reopens_while_slack_is_away_is_one_storm(stage: Scene) -> None:
    for number in range(12):
        await kill(stage, f"prod-{number:03d}", 0)
        await stage.live(301)
    await stage.db.write(incidents.resolve_quiet, stage.clock(), stage.clock())
    await stage.live(60)
    stage.slack.faults.down = True
    for number in range(12):
        await kill(stage, f"prod-{number:03d}", 1)
    await stage.live(900)
    stage.slack.faults.down = False
    await stage.live(420)
    assert len(stage.roots()) == 13
    assert sum("Reopened" in root.text for root in stage.roots()) == 12
    assert await stage.db.read(storms.get, 2) is None
