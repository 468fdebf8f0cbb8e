"""Storms in Slack: one message instead of hundreds, no 429, the urgent first, and the truth in the end."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.route import Route, Routes
from bot.domain.silence import Matcher
from bot.store import incidents, silences, storms
from sandbox.slack import faults
from sandbox.slack.conversation import Channel
from sandbox.slack.people import BOT_USER
from sandbox.wire import Entry
from tests.reconcile.scene import KEY, Scene

HOST = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/5f2d0c1e"


async def kill(stage: Scene, service: str, task: int, cluster: str = "prod", **changes: Any) -> int:
    """Record a kill of a service; its incident."""
    key = replace(KEY, name=service, cluster=cluster)
    arn = f"arn:aws:ecs:eu-west-1:123456789012:task/{cluster}/{service}-{task}"
    return (await stage.kill("", group_key=key, task_arn=arn, **changes)).incident_ids[0]


async def storm(stage: Scene, services: int, cluster: str = "prod", **changes: Any) -> list[int]:
    """Let so many services die at once; their incidents."""
    return [await kill(stage, f"{cluster}-{number:03d}", 0, cluster, **changes) for number in range(services)]


async def test_a_storm_is_one_message(stage: Scene) -> None:
    await storm(stage, 30)
    await stage.passes()
    [root] = stage.roots()
    assert "30 services in cluster prod" in root.text
    assert "and 10 more" in str(root.attachments)
    assert stage.replies() == []


async def test_those_that_were_posted_stay_and_go_on(stage: Scene) -> None:
    for number in range(4):
        await kill(stage, f"early-{number}", 0)
        await stage.passes(after=5)
    await storm(stage, 10)
    await stage.passes(after=1)
    assert len(stage.roots()) == 5
    await kill(stage, "early-0", 1)
    await stage.passes(after=60)
    assert sum("2 kills" in root.text for root in stage.roots()) == 1
    assert "14 services" in stage.roots()[-1].text
    assert "15 kills" in stage.roots()[-1].text


async def test_it_is_updated_in_place_and_counts_every_kill(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    for task in range(1, 6):
        await kill(stage, "prod-003", task)
        await stage.passes(after=2)
    await stage.passes(after=60)
    [root] = stage.roots()
    assert "17 kills" in root.text
    assert stage.calls("chat.update") <= 5


async def test_the_shared_host_is_named(stage: Scene) -> None:
    await storm(stage, 12, container_instance_arn=HOST, launch_type="EC2")
    await stage.passes()
    assert "12 on host `5f2d0c1e`" in str(stage.roots()[0].attachments)


async def test_it_says_when_it_is_over(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    await stage.passes(after=301)
    [root] = stage.roots()
    assert "Over" in root.text
    assert "21 Nov 03:00 UTC to 21 Nov 03:00 UTC" in root.text


async def test_crash_loops_keep_it_going(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    for task in range(1, 4):
        for number in range(12):
            await kill(stage, f"prod-{number:03d}", task)
        await stage.passes(after=200)
    [root] = stage.roots()
    assert "48 kills" in root.text
    assert "Over" not in root.text


async def test_killed_again_after_it_was_over_is_an_alert_of_its_own(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    await stage.passes(after=400)
    await stage.clock.sleep(1)
    await kill(stage, "prod-003", 1)
    await stage.passes(after=10)
    [_, root] = stage.roots()
    assert "prod-003" in root.text
    assert "2 kills" in root.text


async def test_a_second_wave_is_a_storm_again(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    await stage.passes(after=400)
    await stage.clock.sleep(1)
    for number in range(12):
        await kill(stage, f"prod-{number:03d}", 1)
    await stage.passes(after=10)
    assert len(stage.roots()) == 2


async def test_a_storm_of_what_was_resolved_does_not_flood_threads(stage: Scene) -> None:
    for number in range(12):
        await kill(stage, f"prod-{number:03d}", 0)
        await stage.passes(after=400)
    await stage.db.write(incidents.resolve_quiet, stage.clock(), stage.clock())
    await stage.passes(after=60)
    for number in range(12):
        await kill(stage, f"prod-{number:03d}", 1)
    await stage.passes(after=60)
    assert [one.broadcast for one in stage.messages()].count(True) == 0
    assert "12 services" in stage.roots()[-1].text


async def test_acting_on_one_gives_it_its_root(stage: Scene) -> None:
    ids = await storm(stage, 12)
    await stage.passes()
    await stage.db.write(incidents.acknowledge, ids[3], "U0BOB", stage.clock())
    await stage.passes(after=10)
    [_, root] = stage.roots()
    assert "prod-003" in root.text
    assert "cknowledged" in root.text


async def test_acknowledging_all_posts_nothing(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    await stage.db.write(storms.acknowledge, 1, "U0BOB", stage.clock())
    await stage.passes(after=10)
    [root] = stage.roots()
    assert "Acknowledged" in root.text
    assert "Acknowledge all" not in str(root.attachments)


async def test_what_is_silenced_is_no_part_of_it(stage: Scene) -> None:
    until = stage.clock() + timedelta(hours=1)
    await stage.db.write(silences.add, Matcher(cluster="prod"), stage.clock(), until, "U0ALICE", "known")
    await storm(stage, 12)
    await stage.passes()
    assert stage.roots() == []
    await stage.clock.sleep(3600)
    await stage.db.write(silences.expire, stage.clock())
    await stage.passes()
    [root] = stage.roots()
    assert "12 services" in root.text


async def test_two_clusters_have_two_storms(stage: Scene) -> None:
    await storm(stage, 12, "prod")
    await storm(stage, 12, "staging")
    await stage.passes()
    assert len(stage.roots()) == 2


async def test_what_goes_quiet_within_a_storm_gets_no_root_for_it(stage: Scene) -> None:
    await storm(stage, 12)
    await stage.passes()
    await stage.clock.sleep(60)
    assert await stage.db.write(incidents.resolve_quiet, stage.clock(), stage.clock()) == 12
    await stage.passes(after=10)
    assert len(stage.roots()) == 1


async def test_after_lost_answers_there_is_still_one_message(stage: Scene) -> None:
    await storm(stage, 12)
    for number in range(3):
        stage.slack.faults.next("chat.postMessage", faults.dropped(after=number == 1))
        await stage.passes(f"worker-{number}", after=10)
    await stage.passes(after=120)
    assert len(stage.roots()) == 1


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
    assert re.search(r"shown \d+ s late: Slack did not answer", str(root.attachments))
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
