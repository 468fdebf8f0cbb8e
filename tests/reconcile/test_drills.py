"""Drills: sent once, shown once, told with each leg; where it stops is said, and no forged event does anything."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.aws.event_writing import Bus
from bot.aws.message import read_message
from bot.domain.kills.drill import FOLDED_AFTER, GIVEN_UP_AFTER, SOURCE, synthetic_detail
from bot.reconcile.drills import Drills
from bot.reconcile.pace import posts_to
from bot.store import deliveries, drills, stats
from bot.store.deliveries import Delivery
from bot.store.drills import Wish
from bot.store.ledger import Rules
from bot.store.schema import drills as rows
from bot.store.schema import incidents, kills, notices
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.slack import faults
from tests.reconcile.cloud import Cloud

BUS = Bus(ACCOUNT, REGION)
TOKEN = "0123456789abcdef" * 2


def reconciler(aws: Cloud, bus: Bus | None = BUS) -> Drills:
    return Drills(aws.stage.bench, aws.calls, bus)


async def begin(aws: Cloud, token: str = TOKEN) -> None:
    """Alice asks for a test in #oom-alerts."""
    stage = aws.stage
    url = stage.slack.response_urls.give(stage.slack.workspace.channels[stage.channel], "U0ALICE")
    wish = Wish("U0ALICE", stage.channel, url)
    assert await stage.db.write(drills.begin, wish, token, stage.clock()) is None


async def deliver(aws: Cloud, event: dict[str, Any]) -> None:
    """What EventBridge put on the topic comes in by a door."""
    stage = aws.stage
    stage.told += 1
    await deliveries.record(
        stage.db,
        Delivery("topic", f"message-{stage.told}", stage.clock()),
        read_message(json.dumps(event), now=stage.clock()),
        stage.clock(),
        Rules(counts=lambda _: True, reopen_within=timedelta(days=7)),
    )


def caught(aws: Cloud) -> list[dict[str, Any]]:
    """What reaches the topic from now on."""
    events: list[dict[str, Any]] = []
    aws.world.emit = events.append  # type: ignore[method-assign, assignment]
    return events


def told(aws: Cloud) -> list[str]:
    """What Alice alone is told, blocks and all."""
    seen = aws.stage.slack.snapshot("U0ALICE")["messages"][aws.stage.channel]
    return [f"{one['text']} {one['blocks']}" for one in seen if one["ephemeral_for"]]


def shown(aws: Cloud) -> list[str]:
    """What everybody sees in the channel."""
    return [one.text for one in aws.stage.messages() if not one.ephemeral_for]


async def left(aws: Cloud) -> int:
    def number(conn: Connection) -> int:
        return int(conn.execute(select(func.count()).select_from(rows)).scalar_one())

    return await aws.stage.db.read(number)


async def test_the_whole_way(aws: Cloud) -> None:
    events, work = caught(aws), reconciler(aws)
    await begin(aws)
    await work.one_pass()
    [event] = events
    assert (event["source"], event["detail-type"]) == (SOURCE, "ECS Task State Change")
    await aws.stage.clock.sleep(2)
    await deliver(aws, event)
    await work.one_pass()
    assert shown(aws) == ["Test, not an incident: alerts of OOM Guard reach this channel."]
    [answer] = told(aws)
    assert "The path works" in answer
    for leg in (
        "EventBridge took the event",
        "SNS or SQS sent it on",
        "It came to my door",
        "Slack showed it",
    ):
        assert leg in answer
    assert "(not seen)" not in answer
    await aws.stage.clock.sleep(FOLDED_AFTER.total_seconds())
    while await work.one_pass():
        pass
    assert shown(aws) == ["Test, not an incident. It is over."]
    assert await left(aws) == 0


async def test_it_leaves_nothing_in_statistics_incidents_and_notices(aws: Cloud) -> None:
    events = caught(aws)
    await begin(aws)
    await reconciler(aws).one_pass()
    await deliver(aws, events[0])
    await reconciler(aws).one_pass()

    def counted(conn: Connection) -> list[int]:
        return [
            conn.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (incidents, kills, notices)
        ]

    assert await aws.stage.db.read(counted) == [0, 0, 0]
    assert await aws.stage.db.read(stats.top, aws.stage.clock() - timedelta(days=1), 10) == []


def forged(token: object = TOKEN) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "detail-type": "ECS Task State Change",
        "account": ACCOUNT,
        "detail": {**synthetic_detail("", ACCOUNT, REGION), "oomGuardTest": token},
    }


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("f" * 32, id="a guess"),
        pytest.param("", id="none"),
        pytest.param("' OR 1=1 --", id="an injection"),
    ],
)
async def test_an_event_of_no_test_of_ours_does_nothing(aws: Cloud, token: str) -> None:
    caught(aws)
    await begin(aws)
    await reconciler(aws).one_pass()
    await deliver(aws, forged(token))
    await reconciler(aws).one_pass()
    assert shown(aws) == []


async def test_a_token_is_good_once_and_for_a_minute(aws: Cloud) -> None:
    events, work = caught(aws), reconciler(aws)
    await begin(aws)
    await work.one_pass()
    for _ in range(3):
        await deliver(aws, events[0])
        await work.one_pass()
    assert len(shown(aws)) == 1
    await aws.stage.clock.sleep(GIVEN_UP_AFTER.total_seconds())
    await begin(aws, "f" * 32)
    await work.one_pass()
    await aws.stage.clock.sleep(GIVEN_UP_AFTER.total_seconds())
    await work.one_pass()
    await deliver(aws, events[1])
    await work.one_pass()
    assert len(shown(aws)) == 1
    assert "it did not come to my door" in told(aws)[-1]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(
            lambda aws: aws.world.faults.deny("events:PutEvents"), "events:PutEvents", id="not allowed"
        ),
        pytest.param(
            lambda aws: aws.world.faults.throttle("events:PutEvents"), "ThrottlingException", id="throttled"
        ),
    ],
)
async def test_where_eventbridge_does_not_take_it(
    aws: Cloud, spoil: Callable[[Cloud], None], said: str
) -> None:
    events = caught(aws)
    spoil(aws)
    await begin(aws)
    await reconciler(aws).one_pass()
    [answer] = told(aws)
    assert "EventBridge did not take the event" in answer
    assert said in answer
    assert events == []
    assert aws.asked("events:PutEvents") == 1  # what changes something is not repeated
    assert await left(aws) == 0


async def test_where_no_rule_passes_it_on(aws: Cloud) -> None:
    events, work = caught(aws), reconciler(aws)
    aws.world.event_rules.listeners["oom-guard-test"].is_enabled = False
    await begin(aws)
    await work.one_pass()
    assert told(aws) == []
    await aws.stage.clock.sleep(GIVEN_UP_AFTER.total_seconds())
    await work.one_pass()
    [answer] = told(aws)
    assert "it did not come to my door" in answer
    assert "/oom doctor" in answer
    assert (events, await left(aws)) == ([], 0)


async def test_where_the_channel_is_closed(aws: Cloud) -> None:
    events, work = caught(aws), reconciler(aws)
    await begin(aws)
    await work.one_pass()
    aws.stage.slack.workspace.channel_named("oom-alerts").is_archived = True
    await deliver(aws, events[0])
    await work.one_pass()
    assert shown(aws) == []
    assert await left(aws) == 0  # told, as far as Slack lets anybody be told there


async def test_where_there_is_no_path(aws: Cloud) -> None:
    await begin(aws)
    await reconciler(aws, None).one_pass()
    assert "SNS_TOPIC_ARNS" in told(aws)[0]


async def test_a_process_that_died_while_posting_does_not_post_twice(aws: Cloud) -> None:
    events, stage = caught(aws), aws.stage
    await begin(aws)
    await reconciler(aws).one_pass()
    await deliver(aws, events[0])
    (held,) = await stage.db.write(
        drills.lease, "dead", stage.clock(), limit=1, lease_for=timedelta(seconds=60)
    )
    work = reconciler(aws)
    posted = await work._show(held)  # and what came of it is lost
    assert posted is not None
    await stage.db.write(drills.note, held, {"posted_at": None, "place": "", "ts": ""})
    await stage.clock.sleep(61)
    await work.one_pass()
    assert len(shown(aws)) == 1
    assert "The path works" in told(aws)[0]


async def test_slack_that_asks_for_patience_gets_it(aws: Cloud) -> None:
    events, work, stage = caught(aws), reconciler(aws), aws.stage
    await begin(aws)
    await work.one_pass()
    stage.slack.faults.down = True
    await deliver(aws, events[0])
    await work.one_pass()
    assert shown(aws) == []
    stage.slack.faults.down = False
    await stage.clock.sleep(15)
    await work.one_pass()
    assert len(shown(aws)) == 1


async def test_a_lost_answer_is_looked_for_however_often_slack_has_no_time_to_look(aws: Cloud) -> None:
    events, work, stage = caught(aws), reconciler(aws), aws.stage
    await begin(aws)
    await work.one_pass()
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    stage.slack.faults.next("conversations.history", faults.ratelimited(8), faults.ratelimited(8))
    await deliver(aws, events[0])
    for _ in range(6):
        await work.one_pass()
        await stage.clock.sleep(11)
    assert len(shown(aws)) == 1
    assert (stage.calls("chat.postMessage"), stage.calls("conversations.history")) == (1, 3)
    assert "The path works" in told(aws)[0]


async def test_what_slack_asks_to_wait_for_was_not_posted_and_holds_the_channel_for_all(aws: Cloud) -> None:
    events, work, stage = caught(aws), reconciler(aws), aws.stage
    await begin(aws)
    await work.one_pass()
    stage.slack.faults.next("chat.postMessage", faults.ratelimited(7))
    await deliver(aws, events[0])
    await work.one_pass()
    assert stage.bench.pace.wait_s(posts_to(stage.channel)) == 7
    await stage.clock.sleep(7)
    await work.one_pass()
    assert (len(shown(aws)), stage.calls("conversations.history")) == (1, 0)


async def test_a_message_that_somebody_deleted_needs_no_folding(aws: Cloud) -> None:
    events, work = caught(aws), reconciler(aws)
    await begin(aws)
    await work.one_pass()
    await deliver(aws, events[0])
    await work.one_pass()
    [message] = [one for one in aws.stage.messages() if not one.ephemeral_for]
    message.deleted = True
    await aws.stage.clock.sleep(FOLDED_AFTER.total_seconds())
    while await work.one_pass():
        pass
    assert await left(aws) == 0
