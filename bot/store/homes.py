"""Homes: who opened the app's Home tab, what each was shown, and what each wishes to be told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select, update

from bot.domain.home.wish import USUAL, Wish
from bot.store import leases
from bot.store.dialects import insert
from bot.store.home_tables import homes

WANTING = homes.c.observed_generation < homes.c.generation
_MOST = 500  # people with Home open: beyond that somebody's is refreshed when they open it


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One person's Home. `shown` names what they see, "" for nothing yet; `view_hash` is Slack's name for it."""

    id: int
    user: str
    wishes: frozenset[Wish]
    wished_at: datetime
    opened_at: datetime
    pressed_at: datetime | None
    published_at: datetime | None
    generation: int
    attempts: int
    fence: int
    shown: str
    view_hash: str
    note: str


def opened(conn: Connection, user: str, now: datetime) -> None:
    """The person looks at it: have it published, without what was said to them before."""
    _upsert(conn, user, {"opened_at": now, "note": ""}, now)


def pressed(conn: Connection, user: str, now: datetime) -> None:
    """The person pressed something there: what comes of it is looked for at once."""
    mine = homes.c.user_id == user
    conn.execute(update(homes).where(mine).values(opened_at=now, pressed_at=now, note=""))


def note(conn: Connection, user: str, words: str, now: datetime) -> None:
    """Say something to the person there, until they open it or press something again."""
    _upsert(conn, user, {"note": words}, now)


def wish(conn: Connection, user: str, wishes: Collection[Wish], now: datetime) -> None:
    """Keep what the person wishes to be told from now on."""
    _upsert(conn, user, {"wishes": _listed(wishes), "wished_at": now}, now)


def idle_since(moment: datetime) -> ColumnElement[bool]:
    """Who has not looked since then, and has not said what they wish: nothing is lost with their row."""
    return (homes.c.opened_at < moment) & (homes.c.wishes == _listed(USUAL))


def everybody(conn: Connection) -> list[Home]:
    """All who ever opened it or wished for anything."""
    return [_home(row) for row in conn.execute(select(homes).order_by(homes.c.id))]


def due(conn: Connection, now: datetime) -> bool:
    """Whether anybody's is to be published."""
    free = leases.free(homes, now)
    return bool(conn.execute(select(exists().where(WANTING, homes.c.due_at <= now, free))).scalar())


def open_since(conn: Connection, moment: datetime) -> list[Home]:
    """Who looked at it since then and sees what was current at some time; those who looked last come first."""
    query = select(homes).where(
        homes.c.opened_at >= moment, homes.c.observed_generation == homes.c.generation
    )
    return [_home(row) for row in conn.execute(query.order_by(homes.c.opened_at.desc()).limit(_MOST))]


def outdate(conn: Connection, seen: Sequence[Home], now: datetime) -> int:
    """What these people see is old: have it published, unless somebody did meanwhile; how many those are."""
    outdated = 0
    for home in sorted(seen, key=lambda one: one.id):
        same = (homes.c.id == home.id) & (homes.c.shown == home.shown) & ~WANTING
        values = {"generation": homes.c.generation + 1, "due_at": now}
        outdated += conn.execute(update(homes).where(same).values(values)).rowcount
    return outdated


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Home]:
    """Lend the owner those that are to be published; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [_home(row) for row in leases.lease(conn, homes, WANTING, claim)]


def published(conn: Connection, home: Home, shown: str, view_hash: str, now: datetime) -> bool:
    """Note what the person sees. False where the lease was lost."""
    values = {"shown": shown, "view_hash": view_hash, "published_at": now, "attempts": 0, "error": ""}
    seen = {"observed_generation": home.generation}
    return leases.settle(conn, homes, home, values | seen | leases.UNLEASED)


def retry(conn: Connection, home: Home, due_at: datetime, error: str) -> bool:
    """Put it back until then; what Slack shows is no longer known for sure. False where the lease was lost."""
    return leases.settle(conn, homes, home, leases.again(homes, due_at, error) | {"view_hash": ""})


def give_up(conn: Connection, home: Home, error: str) -> bool:
    """Slack refuses for good, until the person opens it again. False where the lease was lost."""
    values = {"observed_generation": home.generation, "error": error, "view_hash": "", "attempts": 0}
    return leases.settle(conn, homes, home, values | leases.UNLEASED)


def _upsert(conn: Connection, user: str, values: dict[str, Any], now: datetime) -> None:
    """Write this of the person and have their Home published."""
    begun = {"generation": 1, "observed_generation": 0, "shown": "", "view_hash": "", "note": ""}
    usual = {"wishes": _listed(USUAL), "wished_at": now, "opened_at": now}
    first: dict[str, Any] = {"user_id": user, **begun, **usual, **leases.fresh(now), **values}
    statement = insert(conn, homes).values(first)
    newer = {"generation": homes.c.generation + 1, "due_at": now, **values}
    conn.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=newer))


def _listed(wishes: Collection[Wish]) -> str:
    return ",".join(sorted(wishes))


def _home(row: Row[Any]) -> Home:
    named = {one.value: one for one in Wish}
    return Home(
        id=row.id,
        user=row.user_id,
        wishes=frozenset(named[word] for word in row.wishes.split(",") if word in named),
        wished_at=row.wished_at,
        opened_at=row.opened_at,
        pressed_at=row.pressed_at,
        published_at=row.published_at,
        generation=row.generation,
        attempts=row.attempts,
        fence=row.fence,
        shown=row.shown,
        view_hash=row.view_hash,
        note=row.note,
    )
