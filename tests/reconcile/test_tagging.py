"""Tagging: a team's tags bring its alerts to its channel; nobody waits long for AWS, and a message does not wander."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.tags import Tagged
from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.known_tags import KnownTags
from bot.domain.routing.route import Route, Routes
from bot.domain.routing.tags import CHANNEL, OWNER, Source, Tag, Tags
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.reconcile.tag_haste import TagHaste
from bot.reconcile.tag_wait import TagWait
from bot.reconcile.tagging import Tagging
from bot.store import incidents
from bot.store import tags as store
from bot.store.deliveries import Delivery, record
from bot.store.ledger import Rules
from tests.reconcile.cloud import Cloud
from tests.reconcile.scene import KEY, Scene, kill, one_pass

PAYMENTS = [{"key": CHANNEL, "value": "#team-payments"}, {"key": OWNER, "value": "S0PAYMENTS"}]
SUBJECT = Subject.of(KEY)
Read = Callable[[Subject], Awaitable[Tags]]


def tagging(stage: Scene, read: Read, known: KnownTags | None = None, *, hurries: bool = False) -> Tagging:
    """The reconciler; from now on the scene's routes look at what it knows, and its alerts wait for it."""
    known = KnownTags() if known is None else known
    haste = TagHaste(read, known)
    hurry = haste.hurry if hurries else lambda _: None
    stage.routes = replace(stage.routes, tags_of=known.of)
    stage.manner = replace(stage.manner, tag_wait=TagWait(known, timedelta(seconds=2), hurry))
    return Tagging(stage.bench, haste, known)


async def until_idle(reconciler: Tagging) -> None:
    """Passes until there is nothing to do."""
    while await reconciler.one_pass():
        pass


def reader(stage: Scene, *answers: Tags | dict[str, str] | str) -> Read:
    """Answers one after the other, the last one for ever: tags, or why there are none."""
    left = list(answers)

    async def read(_: Subject) -> Tags:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, str):
            return Tags(asked_at=stage.clock(), problem=answer)
        assert isinstance(answer, dict)
        found = {key: Tag(value, Source.SERVICE) for key, value in answer.items()}
        return Tags(found=found, asked_at=stage.clock())

    return read


def shown(message: Any) -> str:
    """All that a message shows."""
    return json.dumps([message.text, message.blocks, message.attachments])


@pytest.mark.parametrize(
    ("on", "source"),
    [
        pytest.param("service", Source.SERVICE, id="on the service"),
        pytest.param("definition", Source.DEFINITION, id="on the task definition"),
        pytest.param("cluster", Source.CLUSTER, id="on the cluster"),
    ],
)
async def test_a_tag_brings_the_first_alert_to_its_channel(aws: Cloud, on: str, source: Source) -> None:
    ecs = aws.world.ecs
    service = ecs.services["prod", "checkout-api"]
    if on == "service":
        service.tags = PAYMENTS
        ecs.cluster_tags["prod"] = [{"key": CHANNEL, "value": "general"}]
    elif on == "definition":
        ecs.definitions.tags(service.primary.definition["taskDefinitionArn"]).extend(PAYMENTS)
    else:
        ecs.cluster_tags["prod"] = PAYMENTS
    reconciler = tagging(aws.stage, Tagged(aws.calls, aws.stage.clock).of)
    await aws.kill()
    await aws.tell_whole()
    await until_idle(reconciler)
    await aws.stage.passes()
    [alert] = aws.stage.roots("team-payments")
    assert "<!subteam^S0PAYMENTS>" in shown(alert)
    assert aws.stage.roots() == []
    [(_, tags)] = await aws.stage.db.read(store.learned_since, None)
    assert tags.found[CHANNEL].source is source


async def test_what_is_further_off_does_not_win_because_the_service_cannot_be_asked(aws: Cloud) -> None:
    aws.world.ecs.cluster_tags["prod"] = PAYMENTS
    aws.world.faults.deny("ecs:DescribeServices")
    tags = await Tagged(aws.calls, aws.stage.clock).of(replace(SUBJECT, name="checkout-api"))
    assert tags.found == {}
    assert "ecs:DescribeServices" in tags.problem


async def test_an_alert_waits_two_seconds_for_aws_and_then_stays_where_it_went(stage: Scene) -> None:
    reconciler = tagging(stage, reader(stage, {CHANNEL: "team-payments"}))
    await stage.kill("a")
    await stage.live(1.5)
    assert stage.roots() == []
    await stage.live(1)
    [alert] = stage.roots()
    await until_idle(reconciler)
    await stage.kill("b")
    await stage.passes(after=60)
    assert "2 kills" in alert.text
    assert stage.roots("team-payments") == []


async def test_a_later_incident_goes_where_its_tags_say_and_asks_anew(stage: Scene) -> None:
    reconciler = tagging(stage, reader(stage, {CHANNEL: "team-payments"}, {CHANNEL: "general"}))
    await stage.kill("a")
    await until_idle(reconciler)
    await stage.passes()
    assert len(stage.roots("team-payments")) == 1
    await stage.clock.sleep(8 * 86_400)
    await stage.db.write(incidents.resolve_quiet, stage.clock(), stage.clock())
    await stage.clock.sleep(8 * 86_400)
    await stage.kill("b")
    await until_idle(reconciler)
    await stage.passes()
    assert len(stage.roots("general")) == 1


async def test_tags_are_kept_fresh_on_the_day_of_a_kill_then_read_daily_and_in_the_end_no_more(
    stage: Scene,
) -> None:
    asked: list[Subject] = []
    read = reader(stage, {CHANNEL: "team-payments"})

    async def noted(subject: Subject) -> Tags:
        asked.append(subject)
        return await read(subject)

    known = KnownTags()
    reconciler = tagging(stage, noted, known)
    await stage.kill("a")
    await until_idle(reconciler)
    await stage.passes()
    await stage.clock.sleep(9 * 60)
    await until_idle(reconciler)
    assert len(asked) == 2
    assert known.are_fresh(KEY, stage.clock() + timedelta(minutes=8)), "the next alert need not wait"
    await stage.db.write(incidents.resolve_quiet, stage.clock(), stage.clock())
    for hours, times in ((25, 3), (23, 3), (2, 4)):
        await stage.clock.sleep(hours * 3600)
        await until_idle(reconciler)
        assert len(asked) == times
    await stage.clock.sleep(31 * 86_400)
    await until_idle(reconciler)
    assert len(asked) == 4
    assert await stage.db.read(store.learned_since, None) == []
    assert stage.routes.of(KEY).channel == stage.channel


async def test_what_cannot_be_read_keeps_what_was_and_is_asked_again(stage: Scene) -> None:
    reconciler = tagging(
        stage, reader(stage, {CHANNEL: "team-payments"}, "AWS is away", {CHANNEL: "general"})
    )
    await stage.kill("a")
    await until_idle(reconciler)
    await stage.clock.sleep(86_401)
    await until_idle(reconciler)
    tags = await stage.db.read(store.of, SUBJECT)
    assert tags is not None
    assert (tags.channel, tags.problem) == ("team-payments", "AWS is away")
    await stage.clock.sleep(3)
    await until_idle(reconciler)
    assert stage.routes.of(KEY).channel == "general"


async def test_what_could_never_be_read_holds_up_no_alert(stage: Scene) -> None:
    reconciler = tagging(stage, reader(stage, "not allowed: the role needs ecs:DescribeServices"))
    await stage.kill("a")
    await until_idle(reconciler)
    assert await one_pass(stage.notices()) is True
    assert len(stage.roots()) == 1


async def test_another_process_knows_what_was_read(stage: Scene) -> None:
    await stage.kill("a")
    await until_idle(tagging(stage, reader(stage, {CHANNEL: "team-payments"})))
    elsewhere = KnownTags()
    nobody = tagging(stage, reader(stage, "must not be asked"), elsewhere)
    await until_idle(nobody)
    assert stage.routes.of(KEY).channel == "team-payments"


async def test_a_channel_that_a_tag_names_in_vain_is_told_and_the_alert_comes_all_the_same(
    stage: Scene,
) -> None:
    reconciler = tagging(stage, reader(stage, {CHANNEL: "no-such-team", OWNER: "@channel"}))
    await stage.kill("a")
    await until_idle(reconciler)
    await stage.passes()
    [alert] = [one for one in stage.roots() if "OOM Guard itself" not in one.text]
    assert "#no-such-team could not be reached" in shown(alert)
    assert "<!channel>" not in shown(alert)
    assert "owner" not in shown(alert).replace(":owner", "")


async def test_the_services_of_a_storm_go_where_their_tags_say(stage: Scene) -> None:
    reconciler = tagging(stage, reader(stage, {CHANNEL: "team-payments"}))
    for number in range(12):
        await kill(stage, f"service-{number}", 1)
    await until_idle(reconciler)
    await stage.passes()
    assert stage.roots() == []
    [storm] = stage.roots("team-payments")
    assert "12 services" in storm.text


async def test_a_warning_has_its_tags_read_as_well(stage: Scene) -> None:
    reconciler = tagging(stage, reader(stage, {CHANNEL: "team-payments"}))
    on = AlarmState(
        alarm="arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-memory",
        name="checkout-memory",
        group_key=replace(KEY, container=""),
        is_on=True,
        metric="MemoryUtilization",
        reason="93 %",
        changed_at=stage.clock(),
    )
    told = Assessment(verdict=Verdict.MEMORY_WARNING, why="93 %", alarms=(on,))
    delivery, now = Delivery("topic", "warning", stage.clock()), stage.clock()
    (
        await record(
            stage.db, delivery, told, now, Rules(counts=stage.routes.counts, reopen_within=timedelta(days=7))
        ),
    )
    await until_idle(reconciler)
    await stage.passes()
    assert len(stage.roots("team-payments")) == 1


async def test_a_route_may_be_firm(stage: Scene) -> None:
    stage.routes = Routes(stage.routes.default, (Route(channel="general", name="checkout*", tags_win=False),))
    reconciler = tagging(stage, reader(stage, {CHANNEL: "team-payments"}))
    await stage.kill("a")
    await until_idle(reconciler)
    await stage.passes()
    assert len(stage.roots("general")) == 1


async def test_a_task_known_by_its_arn_alone_has_no_tags_and_does_not_wait(stage: Scene) -> None:
    reconciler = tagging(stage, reader(stage, "must not be asked"))
    await stage.kill("a", group_key=replace(KEY, kind=OwnerKind.TASK))
    assert await reconciler.one_pass() is False
    assert await one_pass(stage.notices()) is True
    assert len(stage.roots()) == 1


async def test_an_alert_that_waits_has_its_tags_read_at_once_and_once(stage: Scene) -> None:
    """Before the store is asked whose turn it is; when that turn comes, AWS is not asked again."""
    asked: list[Subject] = []
    read = reader(stage, {CHANNEL: "team-payments"})

    async def noted(subject: Subject) -> Tags:
        asked.append(subject)
        return await read(subject)

    known, learned = KnownTags(), asyncio.Event()
    known.on_learned(learned.set)
    reconciler = tagging(stage, noted, known, hurries=True)
    await stage.kill("a")
    notices = stage.notices()
    assert await one_pass(notices) is not True
    async with asyncio.timeout(10):
        await learned.wait()
    assert await one_pass(notices) is True
    assert len(stage.roots("team-payments")) == 1
    await until_idle(reconciler)
    assert asked == [SUBJECT]
    [(_, tags)] = await stage.db.read(store.learned_since, None)
    assert tags.channel == "team-payments"


async def test_a_hurried_read_that_fails_by_our_fault_holds_up_nobody(stage: Scene) -> None:
    async def broken(_: Subject) -> Tags:
        raise ZeroDivisionError

    tagging(stage, broken, hurries=True)
    await stage.kill("a")
    await stage.live(2.5)
    assert len(stage.roots()) == 1
