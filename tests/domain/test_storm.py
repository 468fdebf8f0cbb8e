"""What is folded into a storm, when it ends, and what leaves it, as tables; the clock is passed in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incident.incident import Incident, Phase
from bot.domain.incident.notice import Reason, Shown
from bot.domain.incident.storm import (
    Host,
    Opening,
    Place,
    Storm,
    StormRule,
    Toll,
    gather,
    is_over,
    needs_showing,
    tells_of,
)
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind

T0 = datetime(2026, 11, 21, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROD = Place("123456789012", "eu-west-1", "prod", "C1")
RULE = StormRule(services=3, window=5 * MINUTE)
STORM = Storm(id=1, place=PROD, generation=1, began_at=T0, last_opened_at=T0 + MINUTE)
OVER = replace(STORM, ended_at=T0 + 20 * MINUTE)


def opening(number: int, minute: float, *, place: Place = PROD, is_pending: bool = True) -> Opening:
    return Opening(notice_id=number, place=place, at=T0 + minute * MINUTE, is_pending=is_pending)


@pytest.mark.parametrize(
    ("openings", "running", "told"),
    [
        pytest.param([opening(1, 0), opening(2, 1)], [], [], id="two services are no storm"),
        pytest.param(
            [opening(1, 0), opening(2, 1), opening(3, 4)], [], [[1, 2, 3]], id="three within five minutes are"
        ),
        pytest.param(
            [opening(1, 0), opening(2, 4), opening(3, 5.1)], [], [], id="three within a longer time are not"
        ),
        pytest.param(
            [opening(1, 0, is_pending=False), opening(2, 1, is_pending=False), opening(3, 4)],
            [],
            [[1, 2, 3]],
            id="those that were posted already count and are named",
        ),
        pytest.param(
            [opening(number, 0, is_pending=False) for number in (1, 2, 3)],
            [],
            [],
            id="nothing waits: there is nothing to fold",
        ),
        pytest.param([opening(4, 9)], [PROD], [[4]], id="a storm that runs takes whatever opens"),
        pytest.param(
            [opening(1, 0), opening(2, 0, place=replace(PROD, cluster="staging")), opening(3, 0)],
            [],
            [],
            id="another cluster is another matter",
        ),
        pytest.param(
            [opening(1, 0), opening(2, 0, place=replace(PROD, channel="C2")), opening(3, 0)],
            [],
            [],
            id="and so is another channel",
        ),
        pytest.param(
            [opening(number, 0, place=replace(PROD, cluster="")) for number in (1, 2, 3)],
            [],
            [],
            id="what belongs to no cluster has no storm",
        ),
        pytest.param(
            [opening(1, 0), opening(2, 60), opening(3, 61), opening(4, 62), opening(5, 200)],
            [],
            [[2, 3, 4]],
            id="Slack was down for hours: only the crowd in the middle is folded",
        ),
    ],
)
def test_who_is_folded(openings: list[Opening], running: list[Place], told: list[list[int]]) -> None:
    gathered = [[one.notice_id for one in found.openings] for found in gather(openings, running, RULE)]
    assert gathered == told


@pytest.mark.parametrize(
    ("storm", "killed_at", "told"),
    [
        pytest.param(STORM, 10, True, id="while it runs it tells of every kill"),
        pytest.param(OVER, 10, True, id="and later of those that it told of"),
        pytest.param(OVER, 20, True, id="up to its last moment"),
        pytest.param(OVER, 21, False, id="killed again when it was over: a root of its own"),
    ],
)
def test_who_stays_folded(storm: Storm, killed_at: int, told: bool) -> None:
    assert tells_of(storm, T0 + killed_at * MINUTE) is told


@pytest.mark.parametrize(
    ("minute", "killed_lately", "over"),
    [
        pytest.param(5, 0, False, id="something opened lately"),
        pytest.param(7, 2, True, id="nothing opened, and next to nothing dies"),
        pytest.param(7, 3, False, id="nothing new, but the old ones crash in a loop"),
    ],
)
def test_when_it_is_over(minute: int, killed_lately: int, over: bool) -> None:
    assert is_over(STORM, killed_lately, T0 + minute * MINUTE, RULE) is over


SHOWN = Shown(digest="d1", phase=Phase.OPEN, silence_id=0, kill_count=5, reopened_count=0, at=T0)
ACKNOWLEDGED = replace(STORM, acknowledged_by="U1", acknowledged_at=T0)


@pytest.mark.parametrize(
    ("storm", "kills", "shown", "is_posted", "digest", "reason"),
    [
        pytest.param(STORM, 5, None, False, "d1", Reason.NEW, id="it has just begun"),
        pytest.param(STORM, 5, None, True, "d1", Reason.FOUND_AGAIN, id="posted, then the process died"),
        pytest.param(STORM, 5, SHOWN, True, "d1", None, id="Slack tells the truth"),
        pytest.param(STORM, 6, SHOWN, True, "d2", Reason.MORE_KILLS, id="it goes on"),
        pytest.param(STORM, 5, SHOWN, True, "d2", Reason.DETAILS, id="another service joined"),
        pytest.param(ACKNOWLEDGED, 5, SHOWN, True, "d2", Reason.ACKNOWLEDGED, id="somebody took it"),
        pytest.param(OVER, 5, SHOWN, True, "d2", Reason.RESOLVED, id="it is over"),
        pytest.param(
            STORM,
            5,
            replace(SHOWN, phase=Phase.RESOLVED),
            True,
            "d2",
            Reason.REOPENED,
            id="shown as over too early",
        ),
    ],
)
def test_needs_showing(
    storm: Storm, kills: int, shown: Shown | None, is_posted: bool, digest: str, reason: Reason | None
) -> None:
    assert needs_showing(storm, kills, shown, is_posted=is_posted, digest=digest) is reason


def incident(number: int, phase: Phase = Phase.OPEN) -> Incident:
    key = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, f"s{number}", "app")
    return Incident(
        id=number,
        group_key=key,
        verdict=Verdict.OOM,
        phase=phase,
        generation=1,
        kill_count=1,
        first_kill_at=T0,
        last_kill_at=T0,
        opened_at=T0,
    )


@pytest.mark.parametrize(
    ("on_hosts", "shared"),
    [
        pytest.param([], [], id="on Fargate there is no host to blame"),
        pytest.param([6, 2, 2], ["h0"], id="most on one"),
        pytest.param([4, 3, 3], ["h0", "h1"], id="most on two"),
        pytest.param([3, 2, 2, 2, 1], [], id="spread over many"),
    ],
)
def test_the_host_that_most_kills_share(on_hosts: list[int], shared: list[str]) -> None:
    toll = Toll(
        storm=STORM,
        incidents=[incident(1), incident(2, Phase.ACKNOWLEDGED)],
        kills_of={1: 6, 2: 4},
        hosts=[Host(arn=f"h{number}", kills=kills) for number, kills in enumerate(on_hosts)],
        first_kill_at=T0,
        last_kill_at=T0,
    )
    assert [host.arn for host in toll.shared_hosts] == shared
    assert (toll.kills, toll.open_count) == (10, 1)
