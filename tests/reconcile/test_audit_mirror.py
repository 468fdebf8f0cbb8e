"""The audit trail in a channel of its own: all of it, in order, once."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.audit import Deed, Entry
from bot.domain.route import Routes
from bot.language.tongues import Tongues
from bot.reconcile.audit_mirror import AuditMirror
from bot.store import audit_trail
from sandbox.slack.faults import ratelimited
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
        while await AuditMirror(bench, stage.channel).one_pass():
            pass
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


async def test_slacks_limits_delay_it_and_lose_nothing(stage: Scene) -> None:
    await stage.db.write(audit_trail.add, [ASKED])
    await stage.clock.sleep(6)
    stage.slack.faults.next("chat.postMessage", ratelimited(3))
    assert len(await told(stage)) == 1
