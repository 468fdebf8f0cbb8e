"""Deliveries: each recorded once, in one transaction with all that it tells."""

import functools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Executable

from bot.domain.death import Assessment, Death
from bot.domain.verdict import Verdict
from bot.store import group_keys, kills, lookups
from bot.store.circumstances import kept_arn
from bot.store.column_types import LARGEST, kept
from bot.store.dialects import digest, insert_of
from bot.store.ledger import Ledger
from bot.store.schema import circumstances, deliveries


@dataclass(frozen=True, slots=True)
class Delivery:
    """One arrival of an envelope; topic and message id name the message, which may arrive again.

    `recovered`: nothing arrived, the sweep found it.
    """

    topic_arn: str
    message_id: str
    published_at: datetime
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a delivery changed: the incidents it touched, and how many deaths are counted that were not before."""

    duplicate: bool
    incident_ids: tuple[int, ...] = ()
    new_kills: int = 0


def record(
    conn: Connection,
    delivery: Delivery,
    assessment: Assessment,
    now: datetime,
    *,
    counts: Callable[[Death], bool],
    reopen_within: timedelta,
) -> Recorded:
    """Enter what a delivery tells, unless it came before; committed together, or not at all.

    A later stage of a stop may upgrade a kill, fill in what was unknown, or take it back; the order in which the
    stages arrive makes no difference. `counts` says which deaths become kills; an incident that was resolved less
    than `reopen_within` ago is reopened by the next one.
    """
    if not _is_first(conn, delivery, now):
        return Recorded(duplicate=True)
    by_task: dict[str, list[Death]] = defaultdict(list)
    for death in map(_kept, assessment.deaths):
        by_task[death.task_arn].append(death)
    ledger = Ledger(conn, now, counts, reopen_within, delivery.recovered)
    for task_arn, deaths in sorted(by_task.items(), key=lambda task: (str(task[1][0].group_key), task[0])):
        ledger.enter(task_arn, deaths)
    for wanted in assessment.lookup_task_arns:
        if not _is_told_in_full(conn, kept_arn(wanted)):
            lookups.add(conn, wanted, delivery.published_at, now)
    return Recorded(False, tuple(sorted(ledger.incident_ids)), ledger.new_kills)  # noqa: FBT003 -- see the class


def _is_told_in_full(conn: Connection, task_arn: str) -> bool:
    """Whether a sentence about this task has nothing to add: the end of the whole task was told, and who was killed.

    While the task lives on, the sentence may be about another of its containers than those that are known.
    """
    return any(
        kill.death.container and kill.death.task_stopped and kill.death.verdict is Verdict.OOM
        for kill in kills.by_task(conn, task_arn)
    )


def _is_first(conn: Connection, delivery: Delivery, now: datetime) -> bool:
    named = digest(delivery.topic_arn, delivery.message_id)
    when = {"published_at": delivery.published_at, "received_at": now}
    return conn.execute(_note_once(conn.dialect.name), {"digest": named, **when}).first() is not None


@functools.cache
def _note_once(dialect: str) -> Executable:
    """Built once: it runs for every delivery. Gives a row only where it made one."""
    return insert_of(dialect, deliveries).on_conflict_do_nothing().returning(deliveries.c.received_at)


def _kept(death: Death) -> Death:
    """The death with its names as the tables keep them, so that they equal what is read back."""
    return replace(
        death,
        group_key=group_keys.kept(death.group_key),
        task_arn=kept_arn(death.task_arn),
        container=kept(circumstances.c.container, death.container),
        task_version=min(max(0, death.task_version), LARGEST),
    )
