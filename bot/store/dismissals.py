"""Dismissals: deaths whose newest news does not count, so that older news that comes late does not count either."""

import functools
from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, delete, literal, select

from bot.domain.death import Death
from bot.store.circumstances import stem_and_id
from bot.store.dialects import insert_of, number
from bot.store.folding import Known
from bot.store.kills import name_of
from bot.store.schema import dismissals, kills

_NEWS = ("verdict", "task_version", "task_stopped", "recorded_at")
_OF_TASK_ID = select(dismissals).where(dismissals.c.task_id == bindparam("task"))

_ANY_OF_TASK_ID = (
    select(literal(1))
    .where(kills.c.task_id == bindparam("task"))
    .union_all(select(literal(1)).where(dismissals.c.task_id == bindparam("task")))
    .limit(1)
)


def is_told_of(conn: Connection, task_arn: str) -> bool:
    """Whether anything is known of a task with this id: a kill, or a death that does not count."""
    return conn.execute(_ANY_OF_TASK_ID, {"task": stem_and_id(task_arn)[1]}).first() is not None


def of_task(conn: Connection, task_arn: str) -> dict[str, Known]:
    """What is known of a task's dismissed containers, by name."""
    rows = conn.execute(_OF_TASK_ID, {"task": stem_and_id(task_arn)[1]})
    return {
        row.container: Known(row.verdict, row.task_version, row.task_stopped)
        for row in rows
        if row.death_digest == number(task_arn, row.container)
    }


def put(conn: Connection, death: Death, now: datetime) -> None:
    """Remember this news of a death that does not count."""
    task_id, digest = name_of(death)
    values = {
        "task_id": task_id,
        "death_digest": digest,
        "container": death.container,
        "verdict": death.verdict,
        "task_version": death.task_version,
        "task_stopped": death.task_stopped,
        "recorded_at": now,
    }
    conn.execute(_put(conn.dialect.name), values)


@functools.cache
def _put(dialect: str) -> Executable:
    """Built once: it runs for nearly every delivery, since a task's other containers seldom die of memory."""
    statement = insert_of(dialect, dismissals)
    news = {name: statement.excluded[name] for name in _NEWS}
    return statement.on_conflict_do_update(index_elements=["task_id", "death_digest"], set_=news)


def remove(conn: Connection, death: Death) -> None:
    """The death counts after all."""
    task_id, digest = name_of(death)
    mine = (dismissals.c.task_id == task_id) & (dismissals.c.death_digest == digest)
    conn.execute(delete(dismissals).where(mine))
