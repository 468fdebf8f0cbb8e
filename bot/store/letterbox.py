"""Letter box: messages kept as they came, while more come than can be looked into; recorded when their turn comes.

To keep one takes a tenth of the work of recording it, and touches no row that anybody else wants. So a storm is
accepted as fast as it is verified, and no delivery waits until SNS gives up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.domain.kills.death import Assessment
from bot.store import deliveries
from bot.store.column_types import EPOCH, bounded
from bot.store.database import Database
from bot.store.deliveries import Delivery, Recorded
from bot.store.dialects import has_turn
from bot.store.ledger import Rules
from bot.store.letter_tables import letters
from bot.store.prepared import Many

ROOM = 20_000  # letters, of 2 to 256 kB each; then whoever delivers waits until a message is recorded
MOST_BYTES = 4 * 2**20  # of letters that are opened together

_TURN = "letterbox"
_KEPT = ("words", "published_at", "arrived_at", "due_at", "attempts", "error")
_KEEP = Many(lambda _: insert(letters), _KEPT)
_TAKE_OUT = Many(lambda _: delete(letters).where(letters.c.id == bindparam("letter_id")))
_IS_DUE = letters.c.due_at <= bindparam("now", type_=letters.c.due_at.type)
_SIZES = (
    select(letters.c.id, func.length(letters.c.words))
    .where(_IS_DUE)
    .order_by(letters.c.id)
    .limit(bindparam("limit"))
)
_DUE = select(letters).where(_IS_DUE, letters.c.id <= bindparam("last")).order_by(letters.c.id)
_FIRST = select(letters.c.id).where(letters.c.attempts == 0).order_by(letters.c.id).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One verified message as it came. `arrived_at` is aware UTC; the message may be secret."""

    delivery: Delivery
    subject: str
    message: str = field(repr=False)
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter that was taken out, what was read in it, and what that changed."""

    letter: Letter
    assessment: Assessment
    recorded: Recorded


Read = Callable[[Letter], Assessment]


class LetterBox:
    """The box as one process sees it."""

    def __init__(self, db: Database) -> None:
        """It lies in this store."""
        self._db = db
        self._waiting = 0

    @property
    def is_open(self) -> bool:
        """Whether messages are to be kept now: more come than can be looked into, and there is room."""
        return self._db.is_crowded and self._waiting < ROOM

    async def keep(self, letter: Letter) -> None:
        """Put it in; durable once this returns. Raise StoreUnavailable."""
        await self._db.write_together(_keep_all, letter)
        self._waiting += 1

    async def look(self) -> int:
        """How many letters are in it, whoever put them there. Raise StoreUnavailable."""
        self._waiting = await self._db.read(waiting)
        return self._waiting


def waiting(conn: Connection) -> int:
    """How many letters are in the box, at most.

    Those that were never tried are told by their first and their last: to count thousands takes as long as to record
    some. Before the first of them lie the few that could not be recorded.
    """
    first = conn.execute(_FIRST).scalar()
    count = select(func.count()).select_from(letters)
    if first is None:
        return int(conn.execute(count).scalar_one())
    last = conn.execute(select(func.max(letters.c.id))).scalar_one()
    return int(conn.execute(count.where(letters.c.id < first)).scalar_one() + last - first + 1)


def holds_news(conn: Connection) -> bool:
    """Whether there are letters that nobody has looked into yet."""
    return conn.execute(_FIRST).first() is not None


def waiting_since(conn: Connection) -> datetime | None:
    """When the oldest letter in the box arrived; None where the box is empty."""
    found: datetime | None = conn.execute(
        select(letters.c.arrived_at).order_by(letters.c.id).limit(1)
    ).scalar()
    return found


def record_due(conn: Connection, limit: int, now: datetime, read: Read, rules: Rules) -> list[Opened]:
    """Take out up to `limit` letters that are due, the oldest first, and record them as deliveries are.

    Their being recorded and their being gone are one transaction. None are taken while another process is at it.
    """
    if not has_turn(conn, _TURN):
        return []
    rows = _due(conn, limit, now)
    found = [_letter(row) for row in rows]
    assessments = [read(letter) for letter in found]
    recorded = deliveries.record_all(
        conn,
        [
            (letter.delivery, deliveries.telling(letter.delivery, assessment, letter.arrived_at, rules))
            for letter, assessment in zip(found, assessments, strict=True)
        ],
    )
    _TAKE_OUT.run(conn, [{"letter_id": row.id} for row in rows])
    return list(map(Opened, found, assessments, recorded))


def put_off(conn: Connection, now: datetime, until: Callable[[int], datetime], error: str) -> str:
    """Let the oldest letter that is due, which could not be recorded, wait; its message id, "" where there is none.

    `until` says when it is due again after so many attempts.
    """
    row = next(iter(_due(conn, 1, now)), None) if has_turn(conn, _TURN) else None
    if row is None:
        return ""
    attempts = row.attempts + 1
    values = {"attempts": attempts, "due_at": until(attempts), "error": bounded(error, 500)}
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    try:
        return _letter(row).delivery.message_id
    except ValueError:  # written by another version, or damaged: that may be why
        return f"letter {row.id}"


def _keep_all(conn: Connection, kept: Sequence[Letter]) -> list[None]:
    _KEEP.run(conn, [_row(letter) for letter in kept])
    return [None] * len(kept)


def _due(conn: Connection, limit: int, now: datetime) -> Sequence[Any]:
    """The oldest that are due, and no more of them than memory has room for; one at least, if there is any."""
    last, size = 0, 0
    for number, length in conn.execute(_SIZES, {"now": now, "limit": limit}):
        size += length
        if last and size > MOST_BYTES:
            break
        last = number
    return conn.execute(_DUE, {"now": now, "last": last}).all() if last else ()


def _row(letter: Letter) -> dict[str, Any]:
    told = letter.delivery
    texts = (told.topic_arn, told.message_id, letter.subject, letter.message)
    return {
        # As bytes: what came escaped in JSON need not be a text that UTF-8 has.
        "words": msgspec.msgpack.encode([one.encode("utf-8", "surrogatepass") for one in texts]),
        "published_at": told.published_at,
        "arrived_at": letter.arrived_at,
        "due_at": EPOCH,  # at once, wherever the clock goes meanwhile
        "attempts": 0,
        "error": "",
    }


def _letter(row: Any) -> Letter:
    texts = msgspec.msgpack.decode(row.words, type=tuple[bytes, bytes, bytes, bytes])
    topic_arn, message_id, subject, message = (one.decode("utf-8", "surrogatepass") for one in texts)
    return Letter(
        delivery=Delivery(topic_arn, message_id, row.published_at),
        subject=subject,
        message=message,
        arrived_at=row.arrived_at,
    )
