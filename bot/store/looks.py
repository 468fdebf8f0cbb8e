"""Looks: questions whose answers take a while; each is answered by one process, by another one if that dies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select

from bot.domain.aws.arn import Arn
from bot.domain.subject.subject import Subject
from bot.store import group_keys, leases
from bot.store.answer_tables import looks
from bot.store.group_keys import SUBJECT_FIELDS
from bot.store.kills import IS_KILL, KILLS, of_rows
from bot.store.schema import group_keys as keys
from bot.store.schema import kills

_ALL = looks.c.due_at.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One question that is being answered; `fence` also counts how often somebody began to."""

    id: int
    user: str
    response_url: str = field(repr=False)
    words: str
    asked_at: datetime
    fence: int


def add(conn: Connection, *, user: str, response_url: str, words: str, now: datetime) -> None:
    """Have it answered through this address."""
    values = {"user_id": user, "response_url": response_url, "words": words, "asked_at": now}
    conn.execute(insert(looks).values(**values, **leases.fresh(now)))


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to answer."""
    free = leases.free(looks, now)
    return bool(conn.execute(select(exists().where(looks.c.due_at <= now, free))).scalar())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Held]:
    """Lend the owner questions; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Held(
            id=row.id,
            user=row.user_id,
            response_url=row.response_url,
            words=row.words,
            asked_at=row.asked_at,
            fence=row.fence,
        )
        for row in leases.lease(conn, looks, _ALL, claim)
    ]


def finish(conn: Connection, held: Held) -> bool:
    """It is answered, or never will be. False where the lease was lost."""
    return conn.execute(delete(looks).where(leases.holds(looks, held))).rowcount == 1


def killed(conn: Connection, since: datetime) -> set[Subject]:
    """Who had kills since then."""
    columns = [keys.c[field] for field in SUBJECT_FIELDS]
    mine = exists().where(kills.c.group_key_id == keys.c.id, kills.c.died_at >= since, IS_KILL)
    return {group_keys.subject_of_row(row) for row in conn.execute(select(*columns).where(mine))}


def deaths(conn: Connection, subject: Subject, since: datetime) -> Sequence[tuple[str, str, datetime]]:
    """The subject's kills since then: task id, container, moment."""
    query = KILLS.where(group_keys.of_subject(subject), kills.c.died_at >= since, IS_KILL).limit(10_000)
    found = (kill.death for kill in of_rows(conn.execute(query)))
    return [(Arn.parse(one.task_arn).name, one.container, one.died_at) for one in found]
