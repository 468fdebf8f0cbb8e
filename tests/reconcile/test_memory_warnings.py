"""Memory warnings: an alarm is shown once when it goes off and once when it is OK; no incident, no kill counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.subject import Subject
from bot.store import incidents, prune, silences
from bot.store.deliveries import Delivery, record
from bot.store.ledger import Rules
from tests.reconcile.scene import KEY, START, Scene

MINUTE = timedelta(minutes=1)
ON = AlarmState(
    alarm="arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-memory",
    name="checkout-memory",
    group_key=replace(KEY, container=""),
    is_on=True,
    metric="MemoryUtilization",
    reason="Threshold Crossed: 1 datapoint [93.1] was greater than the threshold (90.0).",
    changed_at=START,
)
OK = replace(ON, is_on=False, reason="Back", changed_at=START + 12 * MINUTE)
SAYS_ON = (
    "Memory warning: checkout-api is close to its memory limit, says alarm checkout-memory. "
    "Look for growth before it is killed."
)
SAYS_OK = "Resolved: checkout-api is no longer close to its memory limit, says alarm checkout-memory."


async def tell(stage: Scene, *states: AlarmState) -> None:
    """Deliver these changes, one after the other."""
    for state in states:
        stage.told += 1
        verdict = Verdict.MEMORY_WARNING if state.is_on else Verdict.NONE
        await record(
            stage.db,
            Delivery("topic", f"message-{stage.told}", stage.clock()),
            Assessment(verdict=verdict, why=state.reason, alarms=(state,)),
            stage.clock(),
            Rules(counts=stage.routes.counts, reopen_within=timedelta(days=7)),
        )


async def shown(stage: Scene, *states: AlarmState) -> list[str]:
    """What the channel shows after these."""
    await tell(stage, *states)
    await stage.passes()
    return [root.text for root in stage.roots()]


async def test_shown_once_and_resolved_in_place(stage: Scene) -> None:
    assert await shown(stage, ON, ON) == [SAYS_ON]
    assert await shown(stage, ON) == [SAYS_ON]
    assert stage.calls("chat.postMessage") == 1
    assert await shown(stage, OK, OK) == [SAYS_OK]
    assert stage.calls("chat.postMessage") == 1
    assert stage.calls("chat.update") == 1
    assert await stage.db.read(incidents.count_unfinished) == 0


@pytest.mark.parametrize(
    ("states", "texts"),
    [
        pytest.param([OK, ON], [], id="OK overtook its ALARM: it is over before anybody heard"),
        pytest.param([OK], [], id="an OK of an alarm that never went off"),
        pytest.param([ON, replace(OK, changed_at=START - MINUTE)], [SAYS_ON], id="an OK of before"),
        pytest.param(
            [ON, OK, replace(ON, changed_at=START + 20 * MINUTE)],
            [SAYS_ON],
            id="over before it could be shown, and then on again",
        ),
        pytest.param(
            [ON, replace(ON, alarm="another", name="another")],
            [SAYS_ON, SAYS_ON.replace("checkout-memory", "another")],
            id="two alarms on one service",
        ),
    ],
)
async def test_changes_in_any_order(stage: Scene, states: list[AlarmState], texts: list[str]) -> None:
    assert sorted(await shown(stage, *states)) == sorted(texts)


async def test_each_time_it_goes_off_is_a_warning_of_its_own(stage: Scene) -> None:
    await shown(stage, ON)
    assert await shown(stage, OK, replace(ON, changed_at=START + 20 * MINUTE)) == [SAYS_OK, SAYS_ON]


async def test_a_silence_mutes_it(stage: Scene) -> None:
    matcher = Subject.of(KEY).matcher()
    await stage.db.write(silences.add, matcher, START, START + 60 * MINUTE, "U0ALICE", "")
    assert await shown(stage, ON) == []
    await stage.clock.sleep(2 * 3600)
    assert await shown(stage, OK) == []  # nobody heard of it: nobody need hear that it is over


async def test_old_ones_go(stage: Scene) -> None:
    await shown(stage, ON, OK)
    later = START + timedelta(days=500)
    removed = await stage.db.write(prune.prune, kills_before=later, deliveries_before=START, now=later)
    assert removed > 0
    assert await stage.db.write(prune.prune, kills_before=later, deliveries_before=START, now=later) == 0
