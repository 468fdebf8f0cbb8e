"""The audit trail in a channel of its own: all of it, in order, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.resize.audit import Deed, Entry
from bot.domain.routing.route import Routes
from bot.language.tongues import Tongues
from bot.reconcile.audit_mirror import AuditMirror
from bot.store import audit_trail
from sandbox.slack import faults
from tests.reconcile.scene import START, Scene

ASKED = Entry(
    at=START,
    who="U0ALICE",
    deed=Deed.REQUESTED,
    words="dies <!channel> at noon",
    subject="123456789012/eu-west-1/prod/service:checkout",
    resize_id=5,
)
AGREED = replace(ASKED, who="U0BOB", deed=Deed.APPROVED, words="")


async def told(stage: Scene) -> list[str]:
    """One pass of each of two processes, as replicas run; what the channel shows."""
    for worker in ("worker-1", "worker-2"):
        bench = replace(stage.bench, worker=worker)
        mirror = AuditMirror(bench, stage.channel)
        while left := await mirror.one_pass():
            if left is not True:
                await stage.clock.sleep(left)
    return [str(one.blocks) for one in stage.messages()]


async def test_entries_are_mirrored_once_and_in_order(stage: Scene) -> None:
    await stage.db.write(audit_trail.add, [ASKED, AGREED])
    await stage.clock.sleep(timedelta(seconds=6).total_seconds())
    (message,) = await told(stage)
    assert message.index("*requested*") < message.index("*approved*")
    assert "&lt;!channel&gt;" in message
    assert len(await told(stage)) == 1


async def test_the_mirror_speaks_its_channels_language(stage: Scene) -> None:
    tongues = Tongues(Routes(replace(stage.routes.default, language="zh-CN")))
    await stage.db.write(audit_trail.add, [ASKED, AGREED])
    await stage.clock.sleep(6)
    await AuditMirror(replace(stage.bench, tongues=tongues), stage.channel).one_pass()
    (message,) = stage.messages()
    assert message.text == "审计记录：已请求、已批准"


async def test_what_was_only_just_written_waits_for_the_commits_beside_it(stage: Scene) -> None:
    await stage.db.write(audit_trail.add, [replace(ASKED, at=stage.clock())])
    assert await told(stage) == []


@pytest.mark.parametrize(
    "troubles",
    [
        pytest.param([faults.ratelimited(3)], id="Slack asks to wait"),
        pytest.param([faults.ratelimited(40)], id="for long"),
        pytest.param([faults.http(503)] * 4, id="Slack is down"),
        pytest.param([faults.dropped(after=False)], id="the connection broke before"),
        pytest.param([faults.dropped(after=True)], id="it came, and nobody heard of it"),
    ],
)
async def test_slacks_troubles_delay_it_and_lose_nothing(stage: Scene, troubles: list[faults.Fault]) -> None:
    await stage.db.write(audit_trail.add, [ASKED])
    await stage.clock.sleep(6)
    stage.slack.faults.next("chat.postMessage", *troubles)
    assert len(await told(stage)) == 1
    await stage.db.write(audit_trail.add, [AGREED])
    await stage.clock.sleep(60)
    first, second = await told(stage)
    assert ("*requested*" in first, "*approved*" in second) == (True, True)


async def test_what_is_in_doubt_and_cannot_be_looked_for_is_not_told_twice(stage: Scene) -> None:
    await stage.db.write(audit_trail.add, [ASKED])
    await stage.clock.sleep(6)
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    stage.slack.faults.next("conversations.history", faults.refused("missing_scope"))
    assert len(await told(stage)) == 1


async def test_what_was_not_told_after_all_is_given_back_unless_somebody_went_on(stage: Scene) -> None:
    await stage.db.write(audit_trail.add, [ASKED, AGREED])
    assert await stage.db.write(audit_trail.read_up_to, "channel", 2)
    assert await stage.db.write(audit_trail.give_back, "channel", 2, 0)
    assert len(await stage.db.read(audit_trail.unread, "channel", stage.clock() + timedelta(1))) == 2
    assert not await stage.db.write(audit_trail.give_back, "channel", 2, 0)
