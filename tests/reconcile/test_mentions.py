"""Mentions: a new alert calls its owner in working hours; outside of them it names them quietly, for good."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Mentioning
from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.route import Route, Routes
from bot.store import incidents
from bot.store.deliveries import Delivery, record
from bot.store.ledger import Rules
from bot.store.schema import notices
from tests.reconcile.scene import KEY, START, Scene, kill

OWNER, MENTION, NAME = "S0PAYMENTS", "<!subteam^S0PAYMENTS>", "Payments on call"
# A scene begins on a Saturday at three in the morning, UTC.
OFF = WorkingHours(("Mon-Fri 09:00-18:00",), "Europe/Berlin")
ON = WorkingHours(("Fri 22:00-05:00",), "Europe/Berlin")  # until 04:00 UTC
MONDAY = f"<!date^{int((START + timedelta(days=2, hours=5)).timestamp())}^"


def route_to(stage: Scene, mentioning: Mentioning, hours: WorkingHours | None, **more: Any) -> None:
    """All goes to this owner."""
    route = Route(channel=stage.channel, owner=OWNER, mentioning=mentioning, hours=hours, **more)
    stage.routes = Routes(route)


def shown(message: Any) -> str:
    """All that a message shows."""
    return json.dumps([message.text, message.blocks, message.attachments], ensure_ascii=False)


@pytest.mark.parametrize(
    ("mentioning", "hours", "there", "absent"),
    [
        pytest.param(Mentioning.ALWAYS, OFF, (MENTION,), "not mentioned", id="always, at night as well"),
        pytest.param(Mentioning.WORKING_HOURS, ON, (MENTION,), "not mentioned", id="in their hours"),
        pytest.param(
            Mentioning.WORKING_HOURS,
            OFF,
            (f"owner {NAME}, not mentioned: working hours begin {MONDAY}",),
            MENTION,
            id="at night they are named, with the moment at which their hours begin",
        ),
        pytest.param(Mentioning.NEVER, None, (f"owner {NAME}, not mentioned",), MENTION, id="never"),
    ],
)
async def test_a_new_alert(
    stage: Scene, mentioning: Mentioning, hours: WorkingHours | None, there: tuple[str, ...], absent: str
) -> None:
    route_to(stage, mentioning, hours)
    await stage.kill("a")
    await stage.passes()
    [root] = stage.roots()
    assert all(words in shown(root) for words in there)
    assert absent not in shown(root)


@pytest.mark.parametrize(
    ("hours", "there"),
    [
        pytest.param(OFF, "not mentioned", id="their hours begin meanwhile"),
        pytest.param(ON, MENTION, id="their hours end meanwhile"),
    ],
)
async def test_what_was_decided_does_not_flip(stage: Scene, hours: WorkingHours, there: str) -> None:
    route_to(stage, Mentioning.WORKING_HOURS, hours)
    await stage.kill("a")
    await stage.passes()
    await stage.kill("b")
    await stage.passes(after=54 * 3600)
    [root] = stage.roots()
    assert "2 kills" in root.text
    assert there in shown(root)


async def test_a_crash_after_the_post_does_not_flip_it(stage: Scene) -> None:
    route_to(stage, Mentioning.WORKING_HOURS, OFF)
    began = stage.clock()
    await stage.kill("a")
    await stage.passes()
    as_if_crashed = {"shown": "", "observed_generation": 0, "waiting_since": began}
    await stage.db.write(lambda conn: conn.execute(update(notices).values(as_if_crashed)).rowcount)
    await stage.passes(after=54 * 3600)
    [root] = stage.roots()
    assert stage.calls("chat.update") == 1
    assert "not mentioned" in shown(root)


async def test_the_owner_of_a_message_stays_though_the_routes_change(stage: Scene) -> None:
    route_to(stage, Mentioning.WORKING_HOURS, ON)
    await stage.kill("a")
    await stage.passes()
    stage.routes = Routes(Route(channel=stage.channel, owner="U0ALICE", mentioning=Mentioning.NEVER))
    await stage.kill("b")
    await stage.passes(after=60)
    [root] = stage.roots()
    assert "2 kills" in root.text
    assert MENTION in shown(root)
    assert "Alice" not in shown(root)


async def test_a_name_is_asked_of_slack_once_and_without_it_the_id_is_shown(stage: Scene) -> None:
    stage.slack.workspace.groups.clear()
    route_to(stage, Mentioning.NEVER, None)
    await kill(stage, "search", 1)
    await kill(stage, "ledger", 1)
    await stage.passes()
    assert [f"owner {OWNER}, not mentioned" in shown(root) for root in stage.roots()] == [True, True]
    assert stage.calls("usergroups.list") <= 2  # both at once, or one after the other


@pytest.mark.parametrize(
    ("hours", "there", "absent"),
    [
        pytest.param(OFF, MENTION, "not mentioned", id="posted at night, reopened in their hours"),
        pytest.param(ON, "not mentioned", MENTION, id="posted in their hours, reopened at night"),
    ],
)
async def test_a_reopening_calls_as_it_is_by_then(
    stage: Scene, hours: WorkingHours, there: str, absent: str
) -> None:
    route_to(stage, Mentioning.WORKING_HOURS, hours)
    await stage.kill("a")
    await stage.passes()
    await stage.db.write(incidents.resolve_quiet, stage.clock(), stage.clock() + timedelta(hours=1))
    await stage.passes(after=54 * 3600)
    await stage.kill("b")
    await stage.passes(after=1)
    [reply] = [text for text in map(shown, _replies(stage)) if "Reopened" in text]
    assert there in reply
    assert absent not in reply


def _replies(stage: Scene) -> list[Any]:
    return [one for one in stage.messages() if one.is_reply]


async def test_a_warning_calls_likewise(stage: Scene) -> None:
    route_to(stage, Mentioning.WORKING_HOURS, OFF)
    on = AlarmState(
        alarm="arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-memory",
        name="checkout-memory",
        group_key=KEY,
        is_on=True,
        metric="MemoryUtilization",
        reason="93 %",
        changed_at=stage.clock(),
    )
    told = Assessment(verdict=Verdict.MEMORY_WARNING, why="93 %", alarms=(on,))
    delivery = Delivery("topic", "warning", stage.clock())
    counts, within = stage.routes.counts, timedelta(days=7)
    (await record(stage.db, delivery, told, stage.clock(), Rules(counts=counts, reopen_within=within)),)
    await stage.passes()
    [root] = stage.roots()
    assert f"{NAME}, not mentioned" in shown(root)
    assert MENTION not in shown(root)
    before = shown(root)
    await stage.passes(after=60 * 3600)
    assert shown(stage.roots()[0]) == before


async def test_a_storm_calls_likewise(stage: Scene) -> None:
    route_to(stage, Mentioning.WORKING_HOURS, OFF)
    for number in range(12):
        await kill(stage, f"service-{number}", 1)
    await stage.passes()
    [root] = stage.roots()
    assert "12 services" in root.text
    assert f"{NAME}, not mentioned" in shown(root)
    assert MENTION not in shown(root)


async def test_a_route_gathers_in_its_own_time(stage: Scene) -> None:
    route_to(
        stage,
        Mentioning.ALWAYS,
        None,
        name="checkout*",
        group_wait=timedelta(seconds=20),
        group_interval=timedelta(minutes=5),
    )
    await stage.kill("a")
    await stage.live(10)
    assert stage.roots() == []
    await stage.live(15)
    [root] = stage.roots()
    await stage.clock.sleep(60)
    await stage.kill("b")
    await stage.live(10)
    await stage.kill("c")
    await stage.live(120)
    assert "2 kills" in root.text
    await stage.live(200)
    assert "3 kills" in root.text
