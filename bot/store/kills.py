"""Kills: the history, one row a container death that counts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey
from bot.store import circumstances, group_keys
from bot.store.circumstances import LIMITS, TEXTS, stem_and_id
from bot.store.group_keys import FIELDS
from bot.store.prepared import Among
from bot.store.schema import circumstances as shared
from bot.store.schema import group_keys as keys
from bot.store.schema import kills

# Failures that a route asked to see lie in the same table; statistics are about kills.
IS_KILL = kills.c.verdict <= Verdict.SUSPECTED_OOM

KILLS = (
    select(
        kills,
        *(keys.c[field] for field in FIELDS),
        shared.c.task_arn_stem,
        shared.c.container.label("death_container"),
        *(shared.c[field] for field in (*TEXTS, *LIMITS)),
    )
    .join_from(kills, keys, kills.c.group_key_id == keys.c.id)
    .join(shared, kills.c.circumstance_id == shared.c.id)
)
NEWEST_FIRST = (kills.c.died_at.desc(), kills.c.id.desc())
_OF_INCIDENT = (
    KILLS.where(kills.c.incident_id == bindparam("incident_id"))
    .order_by(*NEWEST_FIRST)
    .limit(bindparam("limit"))
)
_SINCE = (
    select(func.count())
    .select_from(kills)
    .where(
        kills.c.group_key_id
        == select(keys.c.id)
        .where(*(keys.c[field] == bindparam(field) for field in FIELDS))
        .scalar_subquery(),
        kills.c.died_at >= bindparam("since", type_=kills.c.died_at.type),
        IS_KILL,
    )
)
_OF_TASK_ID = KILLS.where(kills.c.task_id == bindparam("task_id")).order_by(kills.c.id)
_HAVE_KILLS = Among(
    lambda _, ids: select(kills.c.task_id).where(kills.c.task_id.in_([task_id for (task_id,) in ids])),
    kills.c.task_id.type,
)
_OF_TASK_IDS = KILLS.where(kills.c.task_id.in_(bindparam("task_ids", expanding=True))).order_by(kills.c.id)

TOLD = 50  # of an incident: the newest ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill as the store has it."""

    id: int
    death: Death
    incident_id: int
    recorded_at: datetime
    recovered: bool = False  # found by the sweep: no event had told of it


def of_incident(conn: Connection, incident_id: int, limit: int = TOLD) -> list[Kill]:
    """An incident's kills, the newest first."""
    return of_rows(conn.execute(_OF_INCIDENT, {"incident_id": incident_id, "limit": limit}))


def first_of_incident(conn: Connection, incident_id: int, task_definition_arn: str = "") -> Kill | None:
    """An incident's first kill, of that revision where one is named; None for none."""
    query = KILLS.where(kills.c.incident_id == incident_id).order_by(kills.c.died_at, kills.c.id).limit(1)
    if task_definition_arn:
        query = query.where(shared.c.task_definition_arn == task_definition_arn)
    return next(iter(of_rows(conn.execute(query))), None)


def count_since(conn: Connection, group_key: GroupKey, since: datetime) -> int:
    """How many kills of this group key died at or after `since`."""
    mine = {field: str(getattr(group_key, field)) for field in FIELDS}
    return conn.execute(_SINCE, mine | {"since": since}).scalar_one()


def by_task(conn: Connection, task_arn: str) -> list[Kill]:
    """What was recorded of this task, failures that were asked for included."""
    found = of_rows(conn.execute(_OF_TASK_ID, {"task_id": stem_and_id(task_arn)[1]}))
    return [kill for kill in found if kill.death.task_arn == task_arn]


def by_tasks(conn: Connection, task_arns: Collection[str]) -> list[Kill]:
    """Likewise of all of these tasks."""
    asked = sorted({stem_and_id(task_arn)[1] for task_arn in task_arns})
    # Nearly always a kill is the first news of its task.
    task_ids = sorted({task_id for (task_id,) in _HAVE_KILLS.rows(conn, [(one,) for one in asked])})
    found = of_rows(conn.execute(_OF_TASK_IDS, {"task_ids": task_ids})) if task_ids else []
    return [kill for kill in found if kill.death.task_arn in task_arns]


def by_task_id(conn: Connection, task_id: str) -> list[Kill]:
    """Likewise by the last part of the ARN alone, which is unique for real tasks."""
    return of_rows(conn.execute(_OF_TASK_ID, {"task_id": task_id}))


def of_rows(rows: Iterable[Row[Any]]) -> list[Kill]:
    """Kills from rows of `KILLS`."""
    return [
        Kill(
            id=row.id,
            death=_death(row),
            incident_id=row.incident_id,
            recorded_at=row.recorded_at,
            recovered=row.recovered,
        )
        for row in rows
    ]


def _death(row: Row[Any]) -> Death:
    return Death(
        group_key=group_keys.of_row(row),
        task_arn=row.task_arn_stem + row.task_id,
        container=row.death_container,
        verdict=row.verdict,
        confidence=Confidence(row.confidence),
        died_at=row.died_at,
        started_at=row.started_at,
        exit_code=row.exit_code,
        task_version=row.task_version,
        limits=circumstances.limits_of(row),
        task_stopped=row.task_stopped,
        **{field: getattr(row, field) for field in TEXTS},
    )
