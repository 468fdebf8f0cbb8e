"""Reports: one of each channel for each week, made once whoever comes first, and posted by its notice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, insert, select, update

from bot.domain.incident.notice import Urgency
from bot.domain.report.report import Report
from bot.store import dialects, leases, notices
from bot.store.report_tables import reports
from bot.store.schema import YES, rounds
from bot.store.schema import notices as notice_rows

ROUND = "weekly report"
_IS_OPEN = reports.c.is_open == YES
_DECODER = msgspec.json.Decoder(Report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report to keep for a channel. Not `is_posted`: it is only kept.

    `wants_chart`: its notice waits for a picture; else `shown_as` says what it is shown with.
    """

    channel: str
    report: Report
    wants_chart: bool
    is_posted: bool
    shown_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A report as it is kept; None where another version wrote it in another form.

    `shown_as` is its chart: a file's id, NATIVE, or "" for none.
    """

    id: int
    channel: str
    report: Report | None
    shown_as: str
    is_open: bool
    attempts: int
    fence: int


def handled(conn: Connection) -> datetime | None:
    """The last slot whose reports were made, or that was left out; None where there never was one."""
    found: datetime | None = conn.execute(select(rounds.c.due_at).where(rounds.c.name == ROUND)).scalar()
    return found


def make(conn: Connection, slot: datetime, made: Iterable[Made], now: datetime) -> bool:
    """Keep the reports of this slot, all or none; False where somebody else did, or made a later one's."""
    mine = dialects.insert(conn, rounds).values(name=ROUND, due_at=slot)
    later = mine.on_conflict_do_update(
        index_elements=["name"], set_={"due_at": slot}, where=rounds.c.due_at < slot
    )
    if conn.execute(later.returning(rounds.c.name)).first() is None:
        return False
    for one in made:
        _keep(conn, one, slot, now)
    return True


def get(conn: Connection, report_id: int) -> Kept | None:
    """The report; None where there is none (any more)."""
    row = conn.execute(select(reports).where(reports.c.id == report_id)).first()
    return None if row is None else _kept(row)


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is a chart to bring into Slack that nobody is at."""
    free = leases.free(reports, now)
    return bool(conn.execute(select(exists().where(_IS_OPEN, reports.c.due_at <= now, free))).scalar())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Kept]:
    """Lend the owner reports whose charts are due; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [_kept(row) for row in leases.lease(conn, reports, _IS_OPEN, claim)]


def uploaded(conn: Connection, held: Kept, file_id: str, due_at: datetime) -> bool:
    """Note the file before it is used, so that it is not uploaded twice. False where the lease was lost."""
    values: dict[str, Any] = {"chart_file_id": file_id, "due_at": due_at, "attempts": 0}
    return leases.settle(conn, reports, held, values | leases.UNLEASED)


def retry(conn: Connection, held: Kept, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at`. False where the lease was lost."""
    return leases.settle(conn, reports, held, leases.again(reports, due_at, error))


def charted(conn: Connection, held: Kept, shown_as: str, now: datetime) -> bool:
    """Its chart is ready, or there will be none: have it posted. False where the lease was lost."""
    values: dict[str, Any] = {"chart_file_id": shown_as, "is_open": False, "attempts": 0, "error": ""}
    if not leases.settle(conn, reports, held, values | leases.UNLEASED):
        return False
    _announce(conn, held.id, held.channel, now)
    return True


def _keep(conn: Connection, one: Made, slot: datetime, now: datetime) -> None:
    statement = insert(reports).values(
        channel=one.channel,
        slot=slot,
        made_at=now,
        report=msgspec.json.encode(one.report).decode(),
        is_open=one.is_posted and one.wants_chart,
        chart_file_id=one.shown_as,
        **leases.fresh(now),
    )
    report_id = conn.execute(statement.returning(reports.c.id)).scalar_one()
    if one.is_posted and not one.wants_chart:
        _announce(conn, int(report_id), one.channel, now)


def _announce(conn: Connection, report_id: int, channel: str, now: datetime) -> None:
    """Open its notice, behind all that people wait for."""
    notices.open_or_bump(conn, now, urgent=True, report_id=report_id)
    mine = update(notice_rows).where(notice_rows.c.report_id == report_id)
    conn.execute(mine.values(channel=channel, urgency=Urgency.REPORTS))


def _kept(row: Any) -> Kept:
    return Kept(
        id=row.id,
        channel=row.channel,
        report=_read(row.report),
        shown_as=row.chart_file_id,
        is_open=row.is_open,
        attempts=row.attempts,
        fence=row.fence,
    )


def _read(text: str) -> Report | None:
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError:
        return None
