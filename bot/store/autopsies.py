"""Autopsies: failures whose log is to be looked at, the newest of each revision first, and how many a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, exists, func, select

from bot.domain.kills.death import Death
from bot.store import leases
from bot.store.dialects import digest, insert
from bot.store.investigation_tables import autopsies
from bot.store.schema import NO, YES

LATEST = timedelta(hours=1)  # later nobody is waiting for it any more
MOST_A_MINUTE = 60  # of one account, as CloudWatch grants its few calls to all who read logs there
_MINUTE = timedelta(minutes=1)
_LINES_COME = timedelta(seconds=5)  # the log driver sends what it has gathered every five seconds
_death = msgspec.json.Decoder(Death)
_IS_ANY_OPEN = select(autopsies.c.id).where(autopsies.c.is_open == YES).limit(1)  # mostly there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Autopsy:
    """One that is leased; `death` is None where it was written by another version and cannot be read."""

    id: int
    death: Death | None
    matter: bytes
    fence: int
    attempts: int = 0  # to read its log, that failed


def add_all(conn: Connection, failed: Sequence[tuple[Death, datetime]]) -> None:
    """Have the logs of these deaths looked at, each once however often it is told. Times are when they were told."""
    if failed:
        rows = sorted((_row(death, at) for death, at in failed), key=itemgetter("digest"))
        conn.execute(insert(conn, autopsies).on_conflict_do_nothing(), rows)


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to look at."""
    if conn.execute(_IS_ANY_OPEN).first() is None:
        return False
    rows = autopsies.c
    is_free = leases.free(autopsies, now)
    query = select(exists().where(rows.due_at <= now, is_free, _is_its_turn(now)))
    return bool(conn.execute(query).scalar())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Autopsy]:
    """Lend the owner what is due: of one group key and revision the newest alone, and none while these rest."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Autopsy(
            id=row.id,
            death=_read(row.death),
            matter=bytes(row.matter),
            fence=row.fence,
            attempts=row.attempts,
        )
        for row in leases.lease(conn, autopsies, _is_its_turn(now), claim)
    ]


def done(conn: Connection, held: Autopsy, now: datetime, *, rests: timedelta, speaks_for_all: bool) -> bool:
    """It was looked at; the next of its group key and revision waits for `rests`. False where the lease was lost.

    `speaks_for_all`: those that died of it meanwhile are not looked at any more.
    """
    values = {"is_open": False, "looked_at": now, "due_at": now + rests, "death": "", **leases.UNLEASED}
    if not leases.settle(conn, autopsies, held, values):
        return False
    if speaks_for_all:
        rows = autopsies.c
        alike = (rows.matter == held.matter) & (rows.is_open == YES) & (rows.due_at <= now)
        conn.execute(delete(autopsies).where(alike, rows.leased_until.is_(None)))
    return True


def retry(conn: Connection, held: Autopsy, now: datetime, *, due_at: datetime) -> bool:
    """Its log could not be read: look once more. False where the lease was lost.

    Those that died of the same meanwhile wait for it, or a crash loop would have each of its logs tried again.
    """
    values = {**leases.again(autopsies, due_at, ""), "looked_at": now}
    return leases.settle(conn, autopsies, held, values)


def _is_its_turn(now: datetime) -> ColumnElement[bool]:
    rows, other, seen = autopsies.c, autopsies.alias(), autopsies.alias()
    is_resting = (other.c.is_open == NO) & (other.c.due_at > now)
    is_examined = (other.c.id != rows.id) & (other.c.leased_until > now)
    is_newer = (other.c.due_at <= now) & (other.c.id > rows.id) & (other.c.attempts == rows.attempts)
    is_tried = other.c.attempts > rows.attempts  # then all wait for that one, due or not
    is_preferred = (other.c.is_open == YES) & (is_newer | is_tried)
    goes_first = exists().where(other.c.matter == rows.matter, is_resting | is_examined | is_preferred)
    busy = select(seen.c.account).where(seen.c.looked_at > now - _MINUTE)
    busy = busy.group_by(seen.c.account).having(func.count() >= MOST_A_MINUTE)
    return (rows.is_open == YES) & ~goes_first & rows.account.not_in(busy)


def _row(death: Death, now: datetime) -> dict[str, Any]:
    return {
        "digest": digest(death.task_arn, death.container),
        "matter": digest(str(death.group_key), death.task_definition_arn),
        "account": death.group_key.account,
        "is_open": True,
        "recorded_at": now,
        "looked_at": None,
        "death": msgspec.json.encode(death).decode(),
        **leases.fresh(now + _LINES_COME),
    }


def _read(text: str) -> Death | None:
    try:
        return _death.decode(text)
    except msgspec.DecodeError:
        return None
