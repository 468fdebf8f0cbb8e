"""The reason to show a notice (again), as a table; the clock is passed in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.group_key import GroupKey, OwnerKind
from bot.domain.incident import Incident, Phase, Resolution
from bot.domain.notice import Reason, Shown, earliest, needs_showing
from bot.domain.silence import Matcher, Silence
from bot.domain.verdict import Verdict

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
    assert earliest(reason, OPEN, shown, now) == T0 + timedelta(seconds=waits_until)


def test_the_first_minute_begins_anew_when_an_incident_reopens() -> None:
    reopened = replace(OPEN, reopened_count=1, reopened_at=T0 + timedelta(days=1))
    shown = replace(SHOWN, at=T0 + timedelta(days=1, seconds=10))
    assert earliest(Reason.MORE_KILLS, reopened, shown, shown.at) == shown.at + timedelta(seconds=5)
