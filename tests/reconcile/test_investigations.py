"""Investigations: the alert comes at once, what was found is shown when it is found, and nothing is looked into twice."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.domain.diagnosis.changes import first_kill_at
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.kills.verdict import Verdict
from bot.reconcile.bench import Bench
from bot.reconcile.investigations import Investigations
from bot.store import doubts, incidents, investigations
from bot.store.investigations import Investigation
from tests.reconcile.cloud import Cloud
from tests.reconcile.scene import KEY

WHY = "it needed more than it had"
REVISION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api"


async def examine(evidence: Evidence) -> Diagnosis:
    """What these tests need to see of the evidence."""
    return Diagnosis(
        made_at=evidence.collected_at,
        pattern=Pattern.SPIKE,
        pattern_why=WHY,
        culprit=Culprit.TASK,
        culprit_why="all containers together reached the task's limit",
        gaps=tuple(gap.why for gap in evidence.gaps),
        peak_mib=evidence.series.peak_mib if evidence.series else None,
        limit_mib=evidence.definition.memory_mib if evidence.definition else None,
    )


class Inquest:
    """One process's investigations, and what they found."""

    def __init__(self, aws: Cloud, bench: Bench | None = None, at_once: int = 4) -> None:
        clock = aws.stage.clock
        insights = Insights(4, sleep=clock.sleep)
        collector = Collector(aws.calls, insights, clock=clock, history=timedelta(hours=24))
        self._aws = aws
        self.seen: list[Evidence] = []
        self.trouble: list[Exception] = []
        self.reconciler = Investigations(bench or aws.stage.bench, collector, self._examine, at_once=at_once)

    async def _examine(self, evidence: Evidence) -> Diagnosis:
        self.seen.append(evidence)
        if self.trouble:
            raise self.trouble.pop()
        return await examine(evidence)

    async def passes(self, after: float = 0) -> None:
        """Let `after` seconds go by, then look into all that is due."""
        if after:
            await self._aws.stage.clock.sleep(after)
        while await self.reconciler.one_pass() is True:
            pass

    async def found(self) -> Investigation:
        """The only incident's investigation."""
        [incident] = await self._aws.stage.db.read(incidents.unfinished, 9)
        found = await self._aws.stage.db.read(investigations.get, incident.id)
        assert found is not None
        return found


@pytest.fixture
def inquest(aws: Cloud) -> Inquest:
    """A process that has looked into nothing yet."""
    return Inquest(aws)


async def killed(aws: Cloud) -> None:
    """A task of checkout-api was killed, and the bot heard of it."""
    arn = await aws.kill()
    its = [event for event in aws.events if event["detail"]["taskArn"] == arn]
    await aws.tell(json.dumps(its[-1]))


async def test_the_alert_comes_first_and_is_shown_again_with_what_was_found(
    aws: Cloud, inquest: Inquest
) -> None:
    await killed(aws)
    await aws.stage.passes()
    [root] = aws.stage.roots()
    before = str(root.blocks)
    assert inquest.seen == [], "nobody waited for AWS"
    await inquest.passes()
    found = await inquest.found()
    assert found.diagnosis is not None
    assert found.diagnosis.pattern_why == WHY
    assert found.picture is not None
    assert found.picture.life is not None
    assert found.picture.limit_mib == 1024
    assert found.picture.life.was_killed
    assert len(found.picture.life.mib) > 150
    assert not found.is_open
    await aws.stage.passes()
    [root] = aws.stage.roots()
    assert str(root.blocks) != before, "at once, though details may wait otherwise"


async def test_who_is_diagnosed_before_the_first_showing_is_shown_once(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    await inquest.passes()
    await aws.stage.passes()
    assert len(aws.stage.roots()) == 1
    assert aws.stage.calls("chat.update") == 0


async def test_more_kills_of_the_same_revision_are_not_looked_into_each(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    await inquest.passes()
    for _ in range(3):
        await aws.stage.clock.sleep(30)
        await killed(aws)
        await inquest.passes()
    assert len(inquest.seen) == 1


async def test_a_kill_long_after_the_last_look_is_looked_into(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    await inquest.passes()
    await aws.stage.clock.sleep(16 * 60)
    await killed(aws)
    await inquest.passes()
    assert [len(evidence.deaths) for evidence in inquest.seen] == [1, 2]


async def test_a_kill_of_another_revision_is_looked_into_at_once(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    await inquest.passes()
    await aws.stage.clock.sleep(60)
    death = inquest.seen[0].death
    newer = death.task_definition_arn.removesuffix(":1") + ":2"
    changes = {"task_arn": f"{death.task_arn[:-4]}beef", "task_definition_arn": newer}
    await aws.stage.kill("", **{**_fields(death), **changes, "died_at": aws.stage.clock()})
    await inquest.passes()
    assert [one.death.task_definition_arn for one in inquest.seen] == [death.task_definition_arn, newer]


def _fields(death: object) -> dict[str, object]:
    return {name: getattr(death, name) for name in ("group_key", "verdict", "reason", "started_at", "limits")}


async def test_what_the_title_tells_is_examined_and_a_bare_137_after_it_changes_nothing(
    aws: Cloud, inquest: Inquest
) -> None:
    await aws.stage.kill("1" * 32)
    await aws.stage.clock.sleep(60)
    await aws.stage.kill("2" * 32, verdict=Verdict.SUSPECTED_OOM, task_definition_arn=f"{REVISION}:2")
    await inquest.passes()
    assert [one.verdict for one in inquest.seen[-1].deaths] == [Verdict.OOM, Verdict.SUSPECTED_OOM]
    assert (await inquest.found()).task_definition_arn == f"{REVISION}:2", (
        "nor is that revision looked for again"
    )


async def test_of_many_kills_the_first_of_all_and_of_the_revision_are_known(
    aws: Cloud, inquest: Inquest
) -> None:
    began = aws.stage.clock()
    for number in range(60):
        revision = f"{REVISION}:{1 if number < 3 else 2}"
        await aws.stage.kill(f"{number:032x}", task_definition_arn=revision)
        await aws.stage.clock.sleep(60)
    await inquest.passes()
    seen = inquest.seen[-1]
    assert len(seen.deaths) == 52
    assert seen.death.task_arn.endswith(f"{59:032x}")
    assert first_kill_at(seen) == began + timedelta(minutes=3)
    assert min(death.died_at for death in seen.deaths) == began


async def test_records_that_come_late_are_looked_for_again(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    aws.world.faults.throttle("logs:StartQuery", times=6)
    await inquest.passes()
    found = await inquest.found()
    assert (found.is_open, found.looks) == (True, 1)
    assert found.diagnosis is not None
    assert found.diagnosis.gaps
    await inquest.passes(after=100)
    assert len(inquest.seen) == 1, "not yet"
    await inquest.passes(after=60)
    found = await inquest.found()
    assert (found.is_open, found.looks) == (False, 2)
    assert found.diagnosis is not None
    assert found.diagnosis.gaps == ()


async def test_throttled_everywhere_the_alert_says_so_and_is_whole_a_few_minutes_later(
    aws: Cloud, inquest: Inquest
) -> None:
    await killed(aws)
    for service in ("ecs", "logs", "cloudwatch", "ecr"):
        aws.world.faults.throttle(f"{service}:*")
    await inquest.passes()
    await aws.stage.passes()
    [root] = aws.stage.roots()
    assert "ThrottlingException from ecs:DescribeTaskDefinition" in str(root.attachments)
    assert (await inquest.found()).is_open
    aws.world.faults.clear()
    await Inquest(aws).passes(after=160)
    await aws.stage.passes()
    [root] = aws.stage.roots()
    assert "Not looked at" not in str(root.attachments)
    found = (await inquest.found()).diagnosis
    assert found is not None
    assert (found.gaps, found.limit_mib) == ((), 1024)


async def test_a_second_look_that_sees_less_changes_nothing(aws: Cloud, inquest: Inquest) -> None:
    await aws.stage.kill("0" * 32)  # of whose memory there is no record (yet)
    await inquest.passes()
    first = (await inquest.found()).diagnosis
    aws.world.faults.deny("*")
    await Inquest(aws).passes(after=160)
    found = await inquest.found()
    assert found.diagnosis == first
    assert not found.is_open


async def test_a_second_look_that_is_throttled_is_made_again_later(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    aws.world.faults.throttle("logs:StartQuery", times=6)
    await inquest.passes()
    first = (await inquest.found()).diagnosis
    aws.world.faults.throttle("*")
    await Inquest(aws).passes(after=160)
    found = await inquest.found()
    assert (found.diagnosis, found.is_open) == (first, True), "what was known stays"
    aws.world.faults.clear()
    await Inquest(aws).passes(after=601)
    found = await inquest.found()
    assert found.diagnosis is not None
    assert (found.diagnosis.gaps, found.is_open) == ((), False)


async def test_what_fails_is_tried_again(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    inquest.trouble = [ValueError("odd")]
    with capture_logs() as logs:
        await inquest.passes()
        assert (await inquest.found()).diagnosis is None
        await inquest.passes(after=3)
    assert (await inquest.found()).diagnosis is not None
    assert [one["event"] for one in logs] == ["investigation.failed", "investigation.made"]


async def test_what_fails_again_and_again_is_given_up(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    inquest.trouble = [ValueError("odd") for _ in range(9)]
    with capture_logs():
        for _ in range(6):
            await inquest.passes(after=20)
    assert len(inquest.trouble) == 4, "five attempts"
    found = await inquest.found()
    assert (found.is_open, found.diagnosis) == (False, None)


async def test_a_process_that_died_at_it_is_followed_by_another(aws: Cloud) -> None:
    await killed(aws)
    now = aws.stage.clock()
    await aws.stage.db.write(doubts.open_wanted, now)
    [held] = await aws.stage.db.write(
        investigations.lease, "dead", now, room=investigations.Room(alone=4), lease_for=timedelta(minutes=2)
    )
    other = Inquest(aws, replace(aws.stage.bench, worker="worker-2"))
    await other.passes()
    assert other.seen == [], "somebody is at it"
    await other.passes(after=121)
    assert (await other.found()).diagnosis is not None
    kept = await aws.stage.db.write(investigations.retry, held, aws.stage.clock(), "too late")
    assert not kept, "the dead one's lease is worth nothing any more"


@pytest.mark.parametrize(
    ("verdict", "looks"),
    [
        pytest.param(Verdict.OOM, 1, id="an OOM"),
        pytest.param(Verdict.SUSPECTED_OOM, 1, id="a suspicion"),
        pytest.param(Verdict.MEMORY_WARNING, 1, id="a warning"),
        pytest.param(Verdict.FAILURE, 0, id="a failure that was asked for"),
    ],
)
async def test_which_incidents_are_looked_into(
    aws: Cloud, inquest: Inquest, verdict: Verdict, looks: int
) -> None:
    default = replace(aws.stage.routes.default, verdicts=frozenset(Verdict))
    aws.stage.routes = replace(aws.stage.routes, default=default)
    await aws.stage.kill("0123456789abcdef0123456789abcdef", verdict=verdict)
    await inquest.passes()
    assert len(inquest.seen) == looks


async def test_only_so_many_are_looked_into_side_by_side(aws: Cloud) -> None:
    inquest = Inquest(aws, at_once=2)
    for number in range(5):
        key = replace(KEY, name=f"shop-{number}")
        await aws.stage.kill(f"{number:032x}", group_key=key)
    gate, most, inside = asyncio.Event(), 0, 0

    async def slow(evidence: Evidence) -> Diagnosis:
        nonlocal most, inside
        inside += 1
        most = max(most, inside)
        await gate.wait()
        inside -= 1
        return await examine(evidence)

    inquest.reconciler._examine = slow
    while inside < 2:
        await inquest.reconciler.one_pass()
    await inquest.reconciler.one_pass()  # which would begin a third
    gate.set()
    await inquest.passes()
    assert most == 2
    for number in range(1, 6):
        assert (await aws.stage.db.read(investigations.get, number)) is not None


async def test_a_resolved_incident_is_left_alone(aws: Cloud, inquest: Inquest) -> None:
    await killed(aws)
    now = aws.stage.clock()
    await aws.stage.db.write(doubts.open_wanted, now)
    await aws.stage.db.write(incidents.resolve_quiet, now + timedelta(hours=1), now)
    await inquest.passes()
    assert inquest.seen == []
