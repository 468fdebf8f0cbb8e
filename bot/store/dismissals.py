"""Dismissals: deaths whose newest news does not count, so that older news that comes late does not count either."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.domain.death import Death
from bot.store.circumstances import stem_and_id
from bot.store.dialects import insert, number
from bot.store.folding import Known
from bot.store.kills import name_of
from bot.store.schema import dismissals

_OF_TASK_ID = select(dismissals).where(dismissals.c.task_id == bindparam("task"))


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
    news = {
        "verdict": death.verdict,
        "task_version": death.task_version,
        "task_stopped": death.task_stopped,
        "recorded_at": now,
    }
    named = {"task_id": task_id, "death_digest": digest, "container": death.container}
    statement = insert(conn, dismissals).values(**named, **news)
    conn.execute(statement.on_conflict_do_update(index_elements=["task_id", "death_digest"], set_=news))


def remove(conn: Connection, death: Death) -> None:
    """The death counts after all."""
    task_id, digest = name_of(death)
    mine = (dismissals.c.task_id == task_id) & (dismissals.c.death_digest == digest)
    conn.execute(delete(dismissals).where(mine))
