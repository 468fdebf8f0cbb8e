"""Recoveries: kills that no event told of, found by the sweep."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.kills.death import Death
from bot.store import kills, operator_alerts, rounds
from bot.store.circumstances import kept_arn
from bot.store.column_types import kept
from bot.store.kills import IS_KILL, KILLS, Kill
from bot.store.schema import YES, circumstances
from bot.store.schema import kills as table

SWEEP = "sweep"
_LONGEST_AGO = timedelta(days=1)  # ECS forgets sooner

Tell = Callable[[Sequence[Kill]], tuple[str, str]]  # kills → summary and detail


def unknown(conn: Connection, deaths: Iterable[Death]) -> list[Death]:
    """Those deaths that are no kills yet. A task of which only the ARN was told is known, whatever its container."""
    containers: dict[str, set[str]] = {}
    missing = []
    for death in deaths:
        task_arn = kept_arn(death.task_arn)
        if task_arn not in containers:
            containers[task_arn] = {kill.death.container for kill in kills.by_task(conn, task_arn)}
        if not containers[task_arn] & {"", kept(circumstances.c.container, death.container)}:
            missing.append(death)
    return missing


def finish(conn: Connection, now: datetime, tell: Tell) -> int:
    """End a sweep: tell the operators what was recovered since the last one ended; how many kills those are.

    So what a process found just before it died is told by the next one.
    """
    before = rounds.finish(conn, SWEEP, now) or now - _LONGEST_AGO
    query = KILLS.where(
        table.c.died_at > now - _LONGEST_AGO, table.c.recorded_at > before, table.c.recovered == YES, IS_KILL
    )
    found = kills.of_rows(conn.execute(query.order_by(table.c.died_at, table.c.id)))
    if found:
        operator_alerts.raise_alert(conn, f"recovered:{now.isoformat()}", *tell(found), now)
    return len(found)
