"""Dismissals: deaths whose newest news does not count, so that older news that comes late does not count either."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, select

from bot.domain.kills.death import Death
from bot.store.circumstances import stem_and_id
from bot.store.dialects import insert_of, number
from bot.store.entries import name_of
from bot.store.folding import Known
from bot.store.prepared import Among, Many
from bot.store.schema import dismissals

_NEWS = ("verdict", "task_version", "task_stopped", "recorded_at")
_KNOWN = ("task_id", "death_digest", "container", "verdict", "task_version", "task_stopped")
_OF_TASK_IDS = Among(
    lambda _, ids: select(*(dismissals.c[name] for name in _KNOWN)).where(
        dismissals.c.task_id.in_([task_id for (task_id,) in ids])
    ),
    dismissals.c.task_id.type,
)
_REMOVE = delete(dismissals).where(
    dismissals.c.task_id == bindparam("task"), dismissals.c.death_digest == bindparam("death")
)


def of_tasks(conn: Connection, task_arns: Collection[str]) -> Iterator[tuple[str, str, Known]]:
    """What is known of these tasks' dismissed containers: task ARN, name, news."""
    arns: dict[str, list[str]] = {}
    for arn in task_arns:
        arns.setdefault(stem_and_id(arn)[1], []).append(arn)
    for task_id, death_digest, container, *news in _OF_TASK_IDS.rows(conn, [(one,) for one in sorted(arns)]):
        for arn in arns[task_id]:
            if death_digest == number(arn, container):
                yield arn, container, Known(*news)


def put(conn: Connection, dismissed: Sequence[tuple[Death, datetime]]) -> None:
    """Remember these news of deaths that do not count, and when they came."""
    _PUT.run(conn, [_row(death, at) for death, at in dismissed])


def remove(conn: Connection, deaths: Iterable[Death]) -> None:
    """These deaths count after all."""
    names = [{"task": task_id, "death": digest} for task_id, digest in map(name_of, deaths)]
    if names:
        conn.execute(_REMOVE, names)


def _put(dialect: str) -> Executable:
    statement = insert_of(dialect, dismissals)
    news = {name: statement.excluded[name] for name in _NEWS}
    return statement.on_conflict_do_update(index_elements=["task_id", "death_digest"], set_=news)


_PUT = Many(_put, ("task_id", "death_digest", "container", *_NEWS))


def _row(death: Death, at: datetime) -> dict[str, Any]:
    task_id, digest = name_of(death)
    return {
        "task_id": task_id,
        "death_digest": digest,
        "container": death.container,
        "verdict": death.verdict,
        "task_version": death.task_version,
        "task_stopped": death.task_stopped,
        "recorded_at": at,
    }
