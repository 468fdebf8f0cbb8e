"""The reason to show a notice (again), as a table; the clock is passed in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.incident.notice import Grouping, Reason, Shown, earliest, lateness, needs_showing
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.silence import Matcher, Silence

T0 = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
KEY = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout", "app")
OPEN = Incident(
    id=7,
    group_key=KEY,
    verdict=Verdict.OOM,
    phase=Phase.OPEN,
    generation=1,
    kill_count=1,
    first_kill_at=T0,
    last_kill_at=T0,
    opened_at=T0,
)
ACKNOWLEDGED = replace(OPEN, phase=Phase.ACKNOWLEDGED, acknowledged_by="U1", acknowledged_at=T0)
RESOLVED = replace(OPEN, phase=Phase.RESOLVED, resolution=Resolution.QUIET, resolved_at=T0)
RETRACTED = replace(OPEN, phase=Phase.RESOLVED, resolution=Resolution.RETRACTED, kill_count=0)
SILENCE = Silence(
    id=3, matcher=Matcher(), starts_at=T0, ends_at=T0 + timedelta(hours=3), created_by="U1", reason="known"
)
SHOWN = Shown(digest="d1", phase=Phase.OPEN, silence_id=0, kill_count=1, reopened_count=0, at=T0)
HELD_BACK = replace(SHOWN, digest="", silence_id=3)


@pytest.mark.parametrize(
    ("incident", "silence", "shown", "is_posted", "digest", "reason"),
    [
        pytest.param(OPEN, None, None, False, "d1", Reason.NEW, id="the first kill is told"),
        pytest.param(OPEN, SILENCE, None, False, "d1", None, id="a silenced service stays quiet"),
        pytest.param(
            OPEN, None, HELD_BACK, False, "d1", Reason.NEW, id="the silence ended and it is still open"
        ),
        pytest.param(RESOLVED, None, HELD_BACK, False, "d1", None, id="it came and went within the silence"),
        pytest.param(
            RETRACTED, None, None, False, "d1", None, id="a later stage said: stopped by a deployment"
        ),
        pytest.param(
            RESOLVED, None, None, False, "d1", Reason.NEW, id="Slack was down until after it resolved"
        ),
        pytest.param(OPEN, None, None, True, "d1", Reason.FOUND_AGAIN, id="posted, then the process died"),
        pytest.param(OPEN, None, SHOWN, True, "d1", None, id="Slack tells the truth already"),
        pytest.param(ACKNOWLEDGED, None, SHOWN, True, "d2", Reason.ACKNOWLEDGED, id="somebody took it"),
        pytest.param(RESOLVED, None, SHOWN, True, "d2", Reason.RESOLVED, id="it went quiet"),
        pytest.param(
            replace(OPEN, reopened_count=1, kill_count=2),
            None,
            SHOWN,
            True,
            "d2",
            Reason.REOPENED,
            id="it came back",
        ),
        pytest.param(
            OPEN,
            None,
            replace(SHOWN, phase=Phase.RESOLVED),
            True,
            "d2",
            Reason.REOPENED,
            id="shown resolved, is open",
        ),
        pytest.param(OPEN, SILENCE, SHOWN, True, "d2", Reason.SILENCED, id="somebody silenced it"),
        pytest.param(
            OPEN,
            None,
            replace(SHOWN, silence_id=3),
            True,
            "d2",
            Reason.SILENCE_ENDED,
            id="the silence ran out",
        ),
        pytest.param(
            replace(OPEN, kill_count=5), None, SHOWN, True, "d2", Reason.MORE_KILLS, id="four more died"
        ),
        pytest.param(OPEN, None, SHOWN, True, "d2", Reason.DETAILS, id="the account got another name"),
        pytest.param(
            RESOLVED,
            SILENCE,
            replace(SHOWN, phase=Phase.RESOLVED),
            True,
            "d1",
            None,
            id="silencing the resolved",
        ),
    ],
)
def test_needs_showing(
    incident: Incident,
    silence: Silence | None,
    shown: Shown | None,
    is_posted: bool,
    digest: str,
    reason: Reason,
) -> None:
    assert needs_showing(incident, silence, shown, is_posted=is_posted, digest=digest) is reason


@pytest.mark.parametrize(
    ("reason", "shown_after", "waits_until"),
    [
        pytest.param(Reason.MORE_KILLS, 10, 15, id="in the first minute a counter moves every 5 s"),
        pytest.param(Reason.MORE_KILLS, 300, 345, id="later every 45 s"),
        pytest.param(Reason.ACKNOWLEDGED, 300, 301, id="a person's click is shown at once"),
    ],
)
def test_counters_are_coalesced(reason: Reason, shown_after: int, waits_until: int) -> None:
    shown = replace(SHOWN, at=T0 + timedelta(seconds=shown_after))
    now = shown.at + timedelta(seconds=1)
    assert earliest(reason, T0, shown, now, Grouping()) == T0 + timedelta(seconds=waits_until)


@pytest.mark.parametrize(
    ("grouping", "reason", "shown_after", "waits_until"),
    [
        pytest.param({"wait": 30}, Reason.NEW, None, 30, id="the first alert gathers kills if asked to"),
        pytest.param({}, Reason.NEW, None, 1, id="and comes at once by default"),
        pytest.param({"interval": 300}, Reason.MORE_KILLS, 100, 400, id="a calm channel"),
        pytest.param(
            {"interval": 300}, Reason.MORE_KILLS, 10, 15, id="whose first minute is lively all the same"
        ),
        pytest.param({"interval": 2}, Reason.MORE_KILLS, 10, 12, id="an eager channel"),
        pytest.param({"interval": 300}, Reason.RESOLVED, 100, 101, id="a change of state never waits"),
    ],
)
def test_grouping_is_a_setting(
    grouping: dict[str, int], reason: Reason, shown_after: int | None, waits_until: int
) -> None:
    shown = None if shown_after is None else replace(SHOWN, at=T0 + timedelta(seconds=shown_after))
    now = T0 + timedelta(seconds=(shown_after or 0) + 1)
    rule = Grouping(**{name: timedelta(seconds=seconds) for name, seconds in grouping.items()})
    assert earliest(reason, T0, shown, now, rule) == T0 + timedelta(seconds=waits_until)


@pytest.mark.parametrize(
    ("waited", "cause", "said"),
    [
        pytest.param(10, "Slack's limits", "", id="ten seconds are no delay"),
        pytest.param(40, "Slack's limits", "shown 40 s late: Slack's limits", id="a storm was on"),
        pytest.param(3600, "Slack did not answer", "shown 60 min late: Slack did not answer", id="an outage"),
        pytest.param(600, "", "shown 10 min late", id="nobody knows why"),
        pytest.param(None, "Slack's limits", "", id="nobody knows since when"),
    ],
)
def test_lateness_is_told(waited: int | None, cause: str, said: str) -> None:
    due_at = None if waited is None else T0 - timedelta(seconds=waited)
    assert lateness(due_at, T0, cause) == said
