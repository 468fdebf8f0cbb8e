"""Confirmations: SNS subscriptions to confirm; their tokens are secret and kept no longer than needed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select

from bot.store import leases
from bot.store.dialects import digest, insert
from bot.store.schema import EMPTY, confirmations

WANTING = confirmations.c.token != EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One subscription that SNS asked to confirm."""

    id: int
    topic_arn: str
    token: str = field(repr=False)
    attempts: int
    fence: int


def add(conn: Connection, topic_arn: str, token: str, now: datetime) -> None:
    """Have it confirmed, now; a token that was seen before changes nothing."""
    values = {"digest": digest(topic_arn, token), "topic_arn": topic_arn, "token": token, "added_at": now}
    statement = insert(conn, confirmations).values(**values, subscription_arn="", **leases.fresh(now))
    conn.execute(statement.on_conflict_do_nothing())


def lease(
    conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta
) -> list[Confirmation]:
    """Lend the owner confirmations that are due; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Confirmation(
            id=row.id, topic_arn=row.topic_arn, token=row.token, attempts=row.attempts, fence=row.fence
        )
        for row in leases.lease(conn, confirmations, WANTING, claim)
    ]


def done(conn: Connection, confirmation: Confirmation, subscription_arn: str, now: datetime) -> bool:
    """AWS confirmed it; the token is forgotten. False where the lease was lost."""
    values = {"token": "", "subscription_arn": subscription_arn, "confirmed_at": now, "error": ""}
    return leases.settle(conn, confirmations, confirmation, values | leases.UNLEASED)


def retry(conn: Connection, confirmation: Confirmation, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at`. False where the lease was lost."""
    return leases.settle(conn, confirmations, confirmation, leases.again(confirmations, due_at, error))


def give_up(conn: Connection, confirmation: Confirmation, error: str) -> bool:
    """AWS refused for good; the token is forgotten. False where the lease was lost."""
    return leases.settle(conn, confirmations, confirmation, {"token": "", "error": error, **leases.UNLEASED})


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to confirm."""
    return bool(conn.execute(select(exists().where(WANTING, confirmations.c.due_at <= now))).scalar())
