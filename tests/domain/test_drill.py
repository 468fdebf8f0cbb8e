"""Drills: what is done next, how long each leg took, where it stopped, and what a synthetic event may do."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.aws.message import read_message
from bot.domain.kills.drill import Drill, Step, Stop, legs, next_step, stopped_at, synthetic_detail
from bot.domain.kills.verdict import Verdict

T0 = datetime(2026, 11, 21, 3, tzinfo=UTC)
TOKEN = "0123456789abcdef" * 2
FRESH = Drill(id=1, token=TOKEN, user="U0ALICE", channel="C1", started_at=T0)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


SENT = replace(FRESH, sent_at=after(0.1), accepted_at=after(0.2))
CAME = replace(SENT, published_at=after(0.3), received_at=after(0.4))
SHOWN = replace(CAME, stored_at=after(0.5), posting_at=after(0.5), posted_at=after(0.9))
TOLD = replace(SHOWN, told_at=after(1))


@pytest.mark.parametrize(
    ("drill", "seconds", "step", "due"),
    [
        pytest.param(FRESH, 0, Step.SEND, 0, id="it was just asked for"),
        pytest.param(
            FRESH, 61, Step.TELL, 61, id="nobody looked at it for a minute: it is not sent any more"
        ),
        pytest.param(
            replace(FRESH, sent_at=T0), 1, Step.WAIT, 60, id="a process died over it: it may be on its way"
        ),
        pytest.param(SENT, 1, Step.WAIT, 60, id="it is on its way"),
        pytest.param(SENT, 60, Step.TELL, 60, id="it did not come"),
        pytest.param(CAME, 1, Step.SHOW, 1, id="it came"),
        pytest.param(CAME, 90, Step.SHOW, 90, id="it came, and Slack was slow"),
        pytest.param(SHOWN, 1, Step.TELL, 1, id="Slack shows it"),
        pytest.param(replace(SENT, error="no"), 1, Step.TELL, 1, id="AWS refused it"),
        pytest.param(TOLD, 2, Step.WAIT, 121, id="told: it stands for two minutes"),
        pytest.param(TOLD, 121, Step.FOLD, 121, id="it has stood long enough"),
        pytest.param(replace(TOLD, attempts=5), 121, Step.FORGET, 121, id="folded"),
        pytest.param(replace(SENT, told_at=after(60)), 61, Step.FORGET, 61, id="told that it did not come"),
    ],
)
def test_next_step(drill: Drill, seconds: float, step: Step, due: float) -> None:
    assert next_step(drill, after(seconds)) == (step, after(due))


@pytest.mark.parametrize(
    ("drill", "stop"),
    [
        pytest.param(SHOWN, None, id="it came through"),
        pytest.param(CAME, Stop.CHANNEL, id="Slack did not take it"),
        pytest.param(SENT, Stop.WAY, id="it did not come back"),
        pytest.param(FRESH, Stop.BUS, id="EventBridge did not take it"),
    ],
)
def test_where_it_stopped(drill: Drill, stop: Stop | None) -> None:
    assert stopped_at(drill) is stop


def test_legs_are_told_from_the_start_and_never_negative() -> None:
    spans = [took for _, took in legs(replace(SHOWN, published_at=after(-3)))]
    assert [None if one is None else one.total_seconds() for one in spans] == [0.2, 0.0, 0.4, 0.5, 0.9]
    assert [took for _, took in legs(FRESH)] == [None] * 5


def event(source: str, **detail: object) -> dict[str, Any]:
    inside = {**synthetic_detail(TOKEN, "123456789012", "eu-west-1"), **detail}
    return {
        "version": "0",
        "id": "1",
        "detail-type": "ECS Task State Change",
        "source": source,
        "account": "123456789012",
        "time": "2026-11-21T03:00:01Z",
        "region": "eu-west-1",
        "detail": inside,
    }


def test_the_detail_is_a_kill_where_ecs_tells_it_and_nothing_where_a_test_does() -> None:
    """Else the test would prove nothing about kills, or be one."""
    assert read_message(json.dumps(event("aws.ecs")), now=T0).verdict is Verdict.OOM
    found = read_message(json.dumps(event("oomguard.test")), now=T0)
    assert (found.verdict, found.deaths, found.lookup_task_arns) == (Verdict.NONE, (), ())
    assert found.passage is not None
    assert (found.passage.token, found.passage.stamped_at) == (TOKEN, after(1))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="none"),
        pytest.param(TOKEN.upper(), id="in capitals"),
        pytest.param(TOKEN + "0", id="too long"),
        pytest.param("<!channel>" + TOKEN[10:], id="markup"),
        pytest.param(7, id="a number"),
        pytest.param([TOKEN], id="a list"),
    ],
)
def test_a_token_of_another_form_belongs_to_no_drill(token: object) -> None:
    found = read_message(json.dumps(event("oomguard.test", oomGuardTest=token)), now=T0)
    assert (found.verdict, found.deaths) == (Verdict.NONE, ())
    assert found.passage is not None
    assert found.passage.token == ""


def test_a_list_of_events_carries_its_test_and_its_kill() -> None:
    found = read_message(json.dumps([event("oomguard.test"), event("aws.ecs")]), now=T0)
    assert found.verdict is Verdict.OOM
    assert len(found.deaths) == 1
    assert found.passage is not None
