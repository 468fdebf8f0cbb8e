"""Tallies: kills of days that are over, counted once per group key; trusted while no kill of the day has changed.

What is trusted equals what counting the kills would give at the same moment, whatever any clock says: a claim to the
day is committed first, changes of its kills are noted against that claim from then on (`bot.store.tally_tables`), and
what is counted afterwards is believed only where nothing was noted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from bot.store.column_types import EPOCH
from bot.store.dialects import has_turn
from bot.store.kills import IS_KILL
from bot.store.schema import YES, kills, tallied_days, tallies, tally_changes

DAY = timedelta(days=1)
MANY = 10_000  # of fewer kills in all these days a question reads each
KEPT_DAYS = 32  # the longest window of a question is 30 days
_SETTLED = timedelta(hours=1)  # most of what comes late has come: a day that changes has to be counted again
_PATIENCE = "100ms"  # those who record kills wait as long, once a day

_SET_PATIENCE = text("SELECT set_config('lock_timeout', :patience, true)")
_LOCK_NOT_AVAILABLE = "55P03"
_IS_CHANGED = exists().where(tally_changes.c.tallied_day_id == tallied_days.c.id)
_TRUSTED = select(tallied_days.c.day).where(tallied_days.c.is_counted == YES, ~_IS_CHANGED)


def trusted(conn: Connection, since: datetime) -> range:
    """The longest row of whole UTC days at or after `since` whose tallies hold, as days since 1970; may be empty."""
    first = -((EPOCH - since) // DAY)
    days = conn.execute(_TRUSTED.where(tallied_days.c.day >= first).order_by(tallied_days.c.day)).scalars()
    return max(_rows_of(days), key=len, default=range(0))


def wanted(conn: Connection, now: datetime, many: int) -> list[int]:
    """Days that are over and have no tally that holds, the oldest first; none where there are fewer than `many` kills."""
    over = (now - _SETTLED - EPOCH) // DAY
    asked = range(over - KEPT_DAYS, over)
    lately = select(kills.c.died_at).where(kills.c.died_at >= start_of(asked.start), IS_KILL)
    if conn.execute(lately.order_by(kills.c.died_at).offset(many - 1).limit(1)).first() is None:
        return []
    have = set(conn.execute(_TRUSTED).scalars())
    return [day for day in asked if day not in have]


def claim(conn: Connection, days: Sequence[int]) -> dict[int, int]:
    """Note changes of these days' kills from now on; under which claim, by day. Empty where it is not to be had just now.

    To be committed before the days are counted.
    """
    if not days or not has_turn(conn, "tallies") or not _nobody_writes_kills(conn):
        return {}
    _forget(conn, days)
    conn.execute(insert(tallied_days), [{"day": day, "is_counted": False} for day in days])
    claimed = select(tallied_days.c.day, tallied_days.c.id).where(tallied_days.c.day.in_(days))
    return {row.day: row.id for row in conn.execute(claimed.order_by(tallied_days.c.day))}


def count(conn: Connection, day: int) -> dict[int, int]:
    """How many kills of this day each group key has, by its number."""
    of_day = (kills.c.died_at >= start_of(day)) & (kills.c.died_at < start_of(day + 1)) & IS_KILL
    query = select(kills.c.group_key_id, func.count()).where(of_day).group_by(kills.c.group_key_id)
    return {row[0]: row[1] for row in conn.execute(query)}


def keep(conn: Connection, claimed: int, day: int, counted: Mapping[int, int]) -> bool:
    """Keep what was counted under this claim; False where another one has taken its place."""
    mine = update(tallied_days).where(tallied_days.c.id == claimed).values(is_counted=True)
    if conn.execute(mine).rowcount == 0:
        return False
    rows = [
        {"day": day, "group_key_id": key_id, "kills": number} for key_id, number in sorted(counted.items())
    ]
    if rows:
        conn.execute(insert(tallies), rows)
    return True


def forget_older(conn: Connection, now: datetime) -> int:
    """Remove the tallies of days that no question asks for any more; of how many days."""
    oldest = (now - EPOCH) // DAY - KEPT_DAYS - 1
    old = conn.execute(select(tallied_days.c.day).where(tallied_days.c.day < oldest)).scalars().all()
    return _forget(conn, old)


def start_of(day: int) -> datetime:
    """When a day begins, UTC."""
    return EPOCH + day * DAY


def _rows_of(days: Iterable[int]) -> list[range]:
    """Days that follow each other without a gap, together."""
    rows: list[range] = []
    for day in days:
        if rows and rows[-1].stop == day:
            rows[-1] = range(rows[-1].start, day + 1)
        else:
            rows.append(range(day, day + 1))
    return rows


def _nobody_writes_kills(conn: Connection) -> bool:
    """Whether all have committed who may have changed kills unnoticed; who comes now waits until this transaction ends.

    SQLite's one writer is this one. PostgreSQL lets go of the lock with the savepoint where it is not to be had soon.
    """
    if conn.dialect.name == "sqlite":
        return True
    before = conn.execute(text("SELECT current_setting('lock_timeout')")).scalar_one()
    try:
        with conn.begin_nested():
            conn.execute(_SET_PATIENCE, {"patience": _PATIENCE})
            conn.execute(text("LOCK TABLE kills IN SHARE MODE"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return False
        raise
    conn.execute(_SET_PATIENCE, {"patience": before})
    return True


def _forget(conn: Connection, days: Sequence[int]) -> int:
    ids = conn.execute(select(tallied_days.c.id).where(tallied_days.c.day.in_(days))).scalars().all()
    conn.execute(delete(tallied_days).where(tallied_days.c.id.in_(ids)))
    conn.execute(delete(tally_changes).where(tally_changes.c.tallied_day_id.in_(ids)))
    conn.execute(delete(tallies).where(tallies.c.day.in_(days)))
    return len(ids)
