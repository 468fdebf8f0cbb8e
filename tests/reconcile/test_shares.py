"""Shares: what a person shares is in the channel once, or not at all; never twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.reconcile.shares import Shares
from bot.slack.answers.answer import sentence
from bot.slack.message import Message
from bot.store import shares
from bot.store.database import StoreUnavailable
from tests.reconcile.scene import Scene

MINUTE = timedelta(minutes=1)


async def share(stage: Scene, words: str = "stats checkout-api") -> str:
    """A person presses "Share in channel"; the way back to where that was."""
    channel = stage.slack.workspace.channels[stage.channel]
    url = stage.slack.response_urls.give(channel, "U0ALICE")
    await stage.db.write(
        shares.add,
        user="U0ALICE",
        channel=channel.id,
        response_url=url,
        words=words,
        source=words,
        now=stage.clock(),
    )
    return url


async def shown(words: str, user: str) -> Message:
    return sentence(f"{user} asked for {words}").privately()


async def post(stage: Scene, after: float = 0, render: Callable[..., object] = shown) -> None:
    """Let `after` seconds go by, then post what is due."""
    await stage.clock.sleep(after)
    while await Shares(stage.bench, render).one_pass():  # type: ignore[arg-type]  # rows that trip
        pass


def texts(stage: Scene) -> list[str]:
    return [message.text for message in stage.messages()]


def answers(stage: Scene) -> list[int]:
    """What Slack answered to posts through response_urls."""
    return [entry.status for entry in stage.slack.wire.entries() if entry.kind == "response_url"]


async def test_posted_once(stage: Scene) -> None:
    await share(stage)
    await post(stage)
    await post(stage, after=3600)
    assert texts(stage) == ["U0ALICE asked for stats checkout-api"]
    assert answers(stage) == [200]


async def test_each_of_several(stage: Scene) -> None:
    for words in ("top", "list", "silences"):
        await share(stage, words)
    await post(stage)
    assert sorted(texts(stage)) == [f"U0ALICE asked for {words}" for words in ("list", "silences", "top")]


async def test_when_slack_says_no_it_is_given_up(stage: Scene) -> None:
    await share(stage)
    await post(stage, after=31 * 60)  # a response_url lives for half an hour
    await post(stage, after=3600)
    assert answers(stage) == [404]
    assert texts(stage) == []


async def test_when_slack_is_down_it_is_given_up_because_nobody_knows(stage: Scene) -> None:
    await share(stage)
    stage.slack.faults.down = True
    await post(stage)
    stage.slack.faults.down = False
    await post(stage, after=600)
    assert answers(stage) == [503]
    assert texts(stage) == []


async def test_a_crash_after_the_intent_is_not_repeated(stage: Scene) -> None:
    await share(stage)
    [lost] = await stage.db.write(shares.lease, "dead", stage.clock(), limit=9, lease_for=MINUTE)
    assert await stage.db.write(shares.intend, lost, stage.clock())
    await post(stage, after=60)
    assert texts(stage) == []
    assert not await stage.db.read(shares.due, stage.clock() + MINUTE)


async def test_a_crash_before_the_intent_is_made_good(stage: Scene) -> None:
    await share(stage)
    await stage.db.write(shares.lease, "dead", stage.clock(), limit=9, lease_for=MINUTE)
    await post(stage, after=59)
    assert texts(stage) == []
    await post(stage, after=1)
    assert len(texts(stage)) == 1


async def test_a_store_that_fails_while_it_is_rendered_costs_a_minute(stage: Scene) -> None:
    async def unlucky(words: str, user: str) -> Message:
        raise StoreUnavailable("the database is gone for a moment")

    await share(stage)
    with pytest.raises(StoreUnavailable):
        await post(stage, render=unlucky)
    await post(stage, after=60)
    assert len(texts(stage)) == 1


async def test_what_cannot_be_rendered_is_given_up_and_hinders_no_other(stage: Scene) -> None:
    async def clumsy(words: str, user: str) -> Message:
        if words == "top":
            raise KeyError(words)
        return await shown(words, user)

    await share(stage, "top")
    await share(stage, "list")
    await post(stage, render=clumsy)
    assert texts(stage) == ["U0ALICE asked for list"]
    await post(stage, after=3600)
    assert len(texts(stage)) == 1
