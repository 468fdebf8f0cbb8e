"""Material of reports, for tests: one week, with what happened in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.calendar.report_period import Period, so_far
from bot.domain.inspection.foresight import Foresight, Near, Spare
from bot.domain.report.report import Material, Report, Tally, report
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.silence import Matcher, Silence
from bot.domain.subject.subject import Subject
from tests.domain import agreed

DAY = timedelta(days=1)
UNTIL = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday
PERIOD: Period = so_far(UNTIL, 7, UTC)


def key(name: str = "checkout", container: str = "app") -> GroupKey:
    """A group key of a service."""
    return GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, name, container)


def tally(
    name: str, *per_day: int, before: int = 0, was_known: bool = False, container: str = "app"
) -> Tally:
    """Kills of a service; days that are not named had none."""
    padded = (*per_day, *(0,) * (7 - len(per_day)))
    return Tally(
        group_key=key(name, container), per_day=padded, before=before, was_known=was_known or before > 0
    )


def ended(phase: ResizePhase, at: datetime = UNTIL - DAY, **facts: Any) -> Resize:
    """A resize of `checkout` that came to its end."""
    return agreed.resize(phase, asked=agreed.spec(plan=agreed.plan(**facts)), ended_at=at)


def silence(name: str = "checkout", *, ends_at: datetime = UNTIL + DAY, **more: Any) -> Silence:
    """One of the week's middle."""
    matcher = Subject.of(key(name)).matcher() if name else Matcher(cluster="prod")
    facts: dict[str, Any] = {
        "id": 3,
        "starts_at": UNTIL - 3 * DAY,
        "created_by": "U0ALICE",
        "reason": "load test",
    }
    return Silence(matcher=matcher, ends_at=ends_at, **(facts | more))


def foresight(**more: Any) -> Foresight:
    """A look with two near misses and two savings."""
    payments, search = Subject.of(key("payments")), Subject.of(key("search"))
    facts: dict[str, Any] = {
        "made_at": UNTIL - timedelta(hours=3),
        "percent": 90,
        "looked_at": 41,
        "near": (
            Near(subject=search, at=UNTIL - DAY, share=0.99, limit_mib=512, peak_mib=507, stuck="for 20 min"),
            Near(subject=payments, at=UNTIL - 2 * DAY, share=0.94, limit_mib=1024, peak_mib=963),
        ),
        "spare": (
            Spare(subject=payments, now_mib=8192, then_mib=2048, monthly_usd=84.4, frees_mib=12288),
            Spare(subject=search, now_mib=1024, then_mib=512, monthly_usd=0, frees_mib=1024),
        ),
    }
    return Foresight(**(facts | more))


def material(*tallies: Tally, **more: Any) -> Material:
    """What happened."""
    return Material(period=PERIOD, tallies=tallies, **more)


def report_of(*tallies: Tally, **more: Any) -> Report:
    """The report of everything."""
    return report(material(*tallies, **more), lambda _: True)
