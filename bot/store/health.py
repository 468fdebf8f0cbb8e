"""Health in the store: how the way from AWS to Slack does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, func, select

from bot.domain.checkup.health import Health
from bot.store import backlog, letterbox, pulse
from bot.store.schema import deliveries, looks, lookups, pulses

_HOUR = timedelta(hours=1)
_MOST_COUNTED = 100_000  # deliveries: beyond that the exact number tells nobody anything
_MEASURED = 21  # deliveries: what one old event says of the way is not believed
_MOST_SILENT = 5


def health(conn: Connection, now: datetime) -> Health:
    """How it does now."""
    waits = backlog.backlog(conn)
    undone = list(_undone(conn))
    return Health(
        last_event_at=pulse.last_event_at(conn),
        deliveries=_deliveries(conn, now),
        delay_minutes=_delay_minutes(conn, now),
        silent=_silent(conn),
        waiting=waits.waiting,
        waiting_since=waits.since,
        failing=tuple(dict.fromkeys(word(error) for error, _ in backlog.failing(conn))),
        unread=sum(number for number, _ in undone),
        unread_since=min((since for _, since in undone if since is not None), default=None),
        kept=letterbox.waiting(conn),
        kept_since=letterbox.waiting_since(conn),
    )


def word(error: str) -> str:
    """Slack's own word of an error that was kept, such as `is_archived`, else the kind of trouble."""
    kind, _, said = error.partition(": ")
    first = said.partition(":")[0]
    return first if first.isidentifier() else kind[:60]


def _deliveries(conn: Connection, now: datetime) -> int:
    recent = select(deliveries.c.digest).where(deliveries.c.received_at >= now - _HOUR).limit(_MOST_COUNTED)
    return conn.execute(select(func.count()).select_from(recent.subquery())).scalar_one()


def _delay_minutes(conn: Connection, now: datetime) -> int:
    recent = select(deliveries.c.received_at, deliveries.c.published_at).order_by(
        deliveries.c.received_at.desc()
    )
    rows = conn.execute(recent.where(deliveries.c.received_at >= now - _HOUR).limit(_MEASURED))
    spans = [(row.received_at - row.published_at).total_seconds() for row in rows]
    return int(median(spans) // 60) if spans else 0


def _silent(conn: Connection) -> tuple[tuple[str, datetime], ...]:
    silent = select(pulses.c.account, pulses.c.heard_at).where(pulses.c.silent_since.is_not(None))
    rows = conn.execute(silent.order_by(pulses.c.heard_at).limit(_MOST_SILENT))
    return tuple((row.account, row.heard_at) for row in rows)


def _undone(conn: Connection) -> Iterator[tuple[int, datetime | None]]:
    """Questions of people, and tasks to be looked up, that nobody has come to the end of."""
    for since in (looks.c.asked_at, lookups.c.published_at):
        number, first = conn.execute(select(func.count(), func.min(since))).one()
        yield number, first
