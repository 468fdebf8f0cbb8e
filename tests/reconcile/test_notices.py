"""Notices in Slack: posted once, updated in place, true in the end, whatever goes wrong on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from bot.domain.incident.incident import Resolution
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.route import Route, Routes
from bot.domain.subject.silence import Matcher
from bot.store import backlog, incidents, notices, operator_alerts, silences
from sandbox.slack import faults
from tests.reconcile.scene import KEY, Scene, kill


async def test_a_kill_is_posted_once_with_its_details_in_the_thread(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    await stage.passes()
    [root] = stage.roots()
    assert "checkout-api" in root.text
    assert "1 kill" in root.text
    [details] = stage.replies()
    assert details.startswith("Details of checkout-api")
    assert stage.calls("chat.update") == 0


async def test_further_kills_count_up_in_place(stage: Scene) -> None:
    for task in "abcdefghij":
        await stage.kill(task)
        await stage.passes(after=10)
    await stage.passes(after=45)
    [root] = stage.roots()
    assert "10 kills" in root.text
    singles = [text for text in stage.replies() if text.startswith("Kill ")]
    assert [text.split(" of ")[0] for text in singles] == ["Kill 2", "Kill 3", "Kill 4", "Kill 5"]


async def test_counter_updates_are_coalesced(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    for task in "bcdefg":
        await stage.kill(task)
        await stage.passes(after=0.5)
    assert stage.calls("chat.update") == 0
    await stage.passes(after=5)
    assert stage.calls("chat.update") == 1
    assert "7 kills" in stage.roots()[0].text


async def test_acknowledging_is_shown_at_once(stage: Scene) -> None:
    recorded = await stage.kill("a")
    await stage.passes()
    await stage.db.write(incidents.acknowledge, recorded.incident_ids[0], "U0BOB", stage.clock())
    await stage.passes(after=1)
    [root] = stage.roots()
    assert "cknowledged" in root.text
    assert "U0BOB" in str(root.blocks)


async def test_it_resolves_and_reopens_visibly(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    await stage.db.write(incidents.resolve_quiet, stage.clock() + timedelta(seconds=1), stage.clock())
    await stage.passes(after=60)
    assert "esolved" in stage.roots()[0].text
    await stage.kill("b")
    await stage.passes(after=60)
    [root] = stage.roots()
    assert "2 kills" in root.text
    assert [one.broadcast for one in stage.messages()].count(True) == 1


async def test_a_silenced_incident_is_held_back_until_the_silence_ends(stage: Scene) -> None:
    matcher = Matcher(name=KEY.name)
    until = stage.clock() + timedelta(hours=1)
    await stage.db.write(silences.add, matcher, stage.clock(), until, "U0ALICE", "load test")
    await stage.kill("a")
    await stage.kill("b")
    await stage.passes()
    assert stage.roots() == []
    await stage.clock.sleep(3600)
    await stage.db.write(silences.expire, stage.clock())
    await stage.passes()
    [root] = stage.roots()
    assert "2 kills" in root.text


async def test_silencing_and_its_end_are_told_in_the_thread(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    until = stage.clock() + timedelta(hours=1)
    await stage.db.write(silences.add, Matcher(name=KEY.name), stage.clock(), until, "U0ALICE", "load test")
    await stage.passes(after=1)
    await stage.clock.sleep(3600)
    await stage.db.write(silences.expire, stage.clock())
    await stage.passes(after=1)
    assert [text.split(":")[0] for text in stage.replies()][1:] == [
        "Silenced",
        "The silence of checkout-api / app is over",
    ]


async def test_a_suspicion_that_is_taken_back_before_it_was_shown_is_never_shown(stage: Scene) -> None:
    await stage.kill("a", verdict=Verdict.SUSPECTED_OOM, task_version=4)
    await stage.kill("a", verdict=Verdict.NONE, task_version=5)
    await stage.passes()
    assert stage.roots() == []


async def test_a_suspicion_that_is_taken_back_afterwards_is_shown_as_resolved(stage: Scene) -> None:
    await stage.kill("a", verdict=Verdict.SUSPECTED_OOM, task_version=4)
    await stage.passes()
    await stage.kill("a", verdict=Verdict.NONE, task_version=5)
    await stage.passes(after=1)
    assert "esolved" in stage.roots()[0].text


async def test_rate_limited(stage: Scene) -> None:
    stage.slack.faults.next("chat.postMessage", faults.ratelimited(30))
    await stage.kill("a")
    await stage.passes()
    await stage.passes(after=29)
    assert stage.roots() == []
    await stage.passes(after=1)
    assert len(stage.roots()) == 1


async def test_slack_did_it_but_the_answer_was_lost(stage: Scene) -> None:
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    await stage.kill("a")
    await stage.passes()
    assert len(stage.roots()) == 1
    await stage.passes(after=60)
    assert len(stage.roots()) == 1
    assert [text.split(" of ")[0] for text in stage.replies()] == ["Details"]
    assert await stage.db.read(backlog.failing) == []


async def test_found_again_but_slack_has_no_time_to_change_it(stage: Scene) -> None:
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    stage.slack.faults.next("chat.update", faults.ratelimited(30))
    await stage.kill("a")
    await stage.passes()
    await stage.passes(after=60)
    await stage.passes(after=60)
    assert len(stage.roots()) == 1


async def test_slack_is_still_at_it_when_the_next_process_looks(stage: Scene) -> None:
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    await stage.kill("a")
    await stage.passes()
    [root] = stage.roots()
    root.deleted = True  # not there yet
    await stage.passes(after=5)
    root.deleted = False
    await stage.passes(after=60)
    assert len(stage.roots()) == 1


async def test_a_thread_in_trouble_does_not_post_the_root_again(stage: Scene) -> None:
    stage.slack.faults.next("chat.postMessage", faults.slow(0), faults.ratelimited(30))
    await stage.kill("a")
    await stage.passes()
    assert stage.replies() == []
    await stage.passes(after=31)
    assert len(stage.roots()) == 1
    assert len(stage.replies()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.dropped(after=False), id="the connection broke before Slack did anything"),
        pytest.param(faults.http(503), id="Slack was down"),
        pytest.param(faults.html(), id="a proxy answered in Slack's place"),
        pytest.param(faults.refused("internal_error"), id="Slack's own error"),
        pytest.param(faults.refused("invalid_blocks"), id="Slack disliked the message"),
    ],
)
async def test_after_trouble_it_is_shown_once(stage: Scene, fault: faults.Fault) -> None:
    stage.slack.faults.next("chat.postMessage", fault)
    await stage.kill("a")
    await stage.passes()
    assert stage.roots() == []
    await stage.passes(after=600)
    assert len(stage.roots()) == 1


async def test_without_the_history_scope_an_alert_twice_is_better_than_none(stage: Scene) -> None:
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    stage.slack.faults.next("conversations.history", faults.refused("missing_scope"))
    await stage.kill("a")
    await stage.passes()
    await stage.passes(after=60)
    assert len(stage.roots()) == 2


async def test_a_slack_that_takes_its_time_holds_up_no_other_alert(stage: Scene) -> None:
    general = Route(channel=stage.slack.workspace.channel_named("general").id, cluster="other")
    stage.routes = Routes(stage.routes.default, (general,))
    stage.slack.faults.next("chat.postMessage", faults.slow(3))  # whichever of the two comes first
    one_answered, reconciler = asyncio.Event(), stage.notices()
    stage.slack.wire.listeners.append(lambda _: one_answered.set())
    async with asyncio.timeout(60):
        for service, cluster in (("checkout", "prod"), ("search", "other")):
            await kill(stage, service, 1, cluster=cluster)
            assert await reconciler.one_pass() is True
        await one_answered.wait()
    assert len(stage.roots()) + len(stage.roots("general")) == 1
    await stage.clock.sleep(3)
    await reconciler.ended()
    assert len(stage.roots()) == len(stage.roots("general")) == 1


async def test_a_first_alert_is_leased_and_meant_in_one_commit(stage: Scene) -> None:
    await stage.kill("a")
    commits = 0

    def committed(_connection: Connection) -> None:
        nonlocal commits
        commits += not stage.roots()

    event.listen(stage.db._writer.engine, "commit", committed)
    await stage.passes()
    assert len(stage.roots()) == commits == 1


async def test_killed_between_post_and_save(stage: Scene) -> None:
    await stage.kill("a")
    [leased] = await stage.db.write(
        notices.lease, "dead", stage.clock(), limit=1, lease_for=timedelta(seconds=90)
    )
    view = await stage.notices()._views.of(leased, stage.clock())
    assert view is not None
    await stage.notices()._shower.show(leased, view)
    await stage.passes()  # the dead one's lease still holds
    assert len(stage.roots()) == 1
    await stage.passes(after=91)
    assert len(stage.roots()) == 1
    assert stage.replies() != []


async def test_a_deleted_root_is_posted_anew_while_somebody_must_look(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    stage.roots()[0].deleted = True
    await stage.kill("b")
    await stage.passes(after=10)
    [root] = stage.roots()
    assert "2 kills" in root.text


async def test_a_deleted_root_of_a_resolved_incident_is_let_go(stage: Scene) -> None:
    recorded = await stage.kill("a")
    await stage.passes()
    stage.roots()[0].deleted = True
    await stage.db.write(
        incidents.resolve, recorded.incident_ids[0], "U0BOB", Resolution.BY_PERSON, stage.clock()
    )
    await stage.passes(after=10)
    await stage.passes(after=3600)
    assert stage.roots() == []
    assert stage.calls("chat.update") == 1


async def test_a_new_root_gets_a_thread_of_its_own(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    stage.roots()[0].deleted = True
    await stage.kill("b")
    await stage.passes(after=10)
    [root] = stage.roots()
    below = [one for one in stage.messages() if one.thread_ts == root.ts and one.ts != root.ts]
    assert [one.text.split(" of ")[0] for one in below] == ["Details", "Kill 2"]


async def test_a_silenced_incident_reopens_without_a_broadcast(stage: Scene) -> None:
    recorded = await stage.kill("a")
    await stage.passes()
    until = stage.clock() + timedelta(hours=1)
    await stage.db.write(silences.add, Matcher(name=KEY.name), stage.clock(), until, "U0ALICE", "load test")
    await stage.db.write(
        incidents.resolve, recorded.incident_ids[0], "U0BOB", Resolution.BY_PERSON, stage.clock()
    )
    await stage.passes(after=10)
    await stage.kill("b")
    await stage.passes(after=60)
    assert not any(one.broadcast for one in stage.messages())
    await stage.clock.sleep(3600)
    await stage.db.write(silences.expire, stage.clock())
    await stage.passes(after=1)
    assert [one.broadcast for one in stage.messages()].count(True) == 1


async def test_a_deleted_root_of_a_silenced_incident_stays_away_until_the_silence_ends(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    until = stage.clock() + timedelta(hours=1)
    await stage.db.write(silences.add, Matcher(name=KEY.name), stage.clock(), until, "U0ALICE", "load test")
    await stage.passes(after=1)
    stage.roots()[0].deleted = True
    await stage.kill("b")
    await stage.passes(after=60)
    assert stage.roots() == []
    await stage.clock.sleep(3600)
    await stage.db.write(silences.expire, stage.clock())
    await stage.passes(after=1)
    assert "2 kills" in stage.roots()[0].text


async def test_an_archived_channel_falls_back_to_the_default_and_says_so(stage: Scene) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    payments.is_archived = True
    stage.routes = Routes(stage.routes.default, (Route(channel=payments.id, name="checkout*"),))
    await stage.kill("a")
    await stage.passes()
    await stage.passes(after=60)
    alert, about_the_channel = sorted(stage.roots(), key=lambda one: "OOM Guard itself" in one.text)
    assert "checkout-api" in alert.text
    assert payments.id in about_the_channel.text


async def test_a_channel_archived_later(stage: Scene) -> None:
    payments = stage.slack.workspace.channel_named("team-payments")
    stage.routes = Routes(stage.routes.default, (Route(channel=payments.id, name="checkout*"),))
    await stage.kill("a")
    await stage.passes()
    assert len(stage.roots("team-payments")) == 1
    payments.is_archived = True
    await stage.kill("b")
    await stage.passes(after=60)
    assert any("2 kills" in one.text for one in stage.roots())


async def test_when_even_the_default_channel_is_archived_it_is_not_retried_for_ever(stage: Scene) -> None:
    stage.slack.workspace.channel_named("oom-alerts").is_archived = True
    await stage.kill("a")
    await stage.passes()
    for _ in range(10):
        await stage.passes(after=30)
    assert stage.calls("chat.postMessage") == 1


async def test_two_workers_never_post_the_same_incident(stage: Scene) -> None:
    for number in range(9):
        await stage.kill("a", group_key=replace(KEY, name=f"service-{number}"), task_arn=f"task-{number}")
    await stage.passes("worker-1")
    await stage.passes("worker-2")
    assert len(stage.roots()) == 9


async def test_operator_alerts_are_shown_and_counted_up(stage: Scene) -> None:
    for _ in range(2):
        await stage.db.write(
            operator_alerts.raise_alert, "key", "The topic is gone", "Do this.", stage.clock()
        )
        await stage.passes(after=1)
    [root] = stage.roots()
    assert "The topic is gone" in root.text
    assert stage.calls("chat.update") == 1
