"""Report rows in the store: kills and resizes of a time, a page at a time, oldest first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from bot.domain.resize.resize import Resize
from bot.store import resize_rows
from bot.store.kills import IS_KILL, KILLS, Kill, of_rows
from bot.store.schema import kills, resizes

PAGE = 5000
After = tuple[datetime, int]  # the last row's moment and id


def kill_page(conn: Connection, since: datetime, until: datetime, after: After | None) -> list[Kill]:
    """The kills after `after` (None for the first page), at most a page of them."""
    query = KILLS.where(kills.c.died_at >= since, kills.c.died_at < until, IS_KILL)
    if after is not None:
        at, number = after
        later = or_(kills.c.died_at > at, and_(kills.c.died_at == at, kills.c.id > number))
        query = query.where(kills.c.died_at >= at, later)
    return of_rows(conn.execute(query.order_by(kills.c.died_at, kills.c.id).limit(PAGE)))


def resizes_of(conn: Connection, since: datetime, until: datetime) -> Sequence[Resize]:
    """The resizes that were asked for in that time."""
    mine = (resizes.c.requested_at >= since) & (resizes.c.requested_at < until)
    query = select(resizes).where(mine).order_by(resizes.c.requested_at, resizes.c.id)
    return resize_rows.readable(conn.execute(query))
