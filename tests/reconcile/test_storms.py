"""Storms in Slack: one message instead of hundreds, no 429, the urgent first, and the truth in the end."""

from datetime import timedelta
from typing import Any

from bot.domain.subject.silence import Matcher
from bot.store import incidents, silences, storms
from sandbox.slack import faults
from tests.reconcile.scene import Scene, kill

HOST = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/5f2d0c1e"


async def storm(stage: Scene, services: int, cluster: str = "prod", **changes: Any) -> list[int]:
    """Let so many services die at once; their incidents."""
    return [await kill(stage, f"{cluster}-{number:03d}", 0, cluster, **changes) for number in range(services)]


async def test_a_storm_is_one_message(stage: Scene) -> None:
    await storm(stage, 30)
    await stage.passes()
    [root] = stage.roots()
    assert "30 services in cluster prod" in root.text
    assert "and 20 more" in str(root.attachments)
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
